/*
 * The traced wrappers count what passes and change nothing.
 */
#include "world.h"

#include <shopcore/testkit/conformance.h>
#include <shopcore/testkit/fake_gateway.h>
#include <shopcore/traced.h>

static void open_traced(struct world *w)
{
	world_init(w);
	assert_int_equal(sc_traced_open(w->env, memory_store(w), &w->store, NULL), SC_OK);
}

static sc_traced_counts counts(struct world *w)
{
	sc_traced_counts out;

	assert_int_equal(sc_traced_read(&w->store, &out, NULL), SC_OK);
	return out;
}

static void calls_groups_changes_and_rows_are_counted(void **state)
{
	struct world w;
	const sc_address at[] = { mugs(), address(KIND_CART, "u:nobody", "") };
	sc_record found[2];
	sc_traced_counts c;

	(void)state;
	open_traced(&w);
	assert_int_equal(add_mugs(&w, 5), SC_OK);
	assert_int_equal(add_mugs(&w, 5), SC_OK);
	assert_int_equal(w.store.ops->load(w.store.ctx, SC_CALL_SYSTEM, at, 2, 0, &w.arena, found, NULL), SC_OK);
	c = counts(&w);
	assert_int_equal(c.ops[SC_TRACED_APPLY].calls, 2);
	assert_int_equal(c.ops[SC_TRACED_APPLY].items, 2);
	assert_int_equal(c.changes, 2);
	assert_int_equal(c.groups_done, 2);
	assert_int_equal(c.commits, 2);
	assert_int_equal(c.ops[SC_TRACED_LOAD].calls, 1);
	assert_int_equal(c.ops[SC_TRACED_LOAD].items, 2);
	assert_int_equal(c.rows, 1);
	world_clear(&w);
}

static void refusals_and_repeats_are_no_commits(void **state)
{
	struct world w;
	sc_outcome outcome;
	sc_traced_counts c;

	(void)state;
	open_traced(&w);
	assert_int_equal(add_mugs_as(&w, 1, 5, &outcome), SC_OK);
	assert_int_equal(add_mugs_as(&w, 1, 5, &outcome), SC_OK);
	assert_int_equal(add_mugs(&w, 0), SC_OK); /* id 1 again: a repeat */
	w.ids = 10;
	assert_int_equal(add_mugs(&w, -100), SC_OK);
	c = counts(&w);
	assert_int_equal(c.commits, 1);
	assert_int_equal(c.groups_repeated, 2);
	assert_int_equal(c.groups_refused, 1);
	world_clear(&w);
}

static void time_is_counted_on_the_environments_clock(void **state)
{
	struct world w;
	sc_traced_counts c;

	(void)state;
	open_traced(&w);
	assert_int_equal(add_mugs(&w, 5), SC_OK);
	c = counts(&w);
	assert_int_equal(c.ops[SC_TRACED_APPLY].total_ns, 0); /* the test's clock stands still */
	assert_int_equal(c.ops[SC_TRACED_APPLY].worst_ns, 0);
	world_clear(&w);
}

static void failures_are_counted_apart(void **state)
{
	struct world w;
	sc_range bad = { .kind = KIND_CART, .index = SC_BY_ADDRESS, .limit = 0 };
	sc_page page;
	sc_traced_counts c;

	(void)state;
	open_traced(&w);
	assert_int_not_equal(w.store.ops->range(w.store.ctx, SC_CALL_SYSTEM, &bad, 1, &w.arena, &page, NULL), SC_OK);
	c = counts(&w);
	assert_int_equal(c.ops[SC_TRACED_RANGE].calls, 1);
	assert_int_equal(c.ops[SC_TRACED_RANGE].failures, 1);
	assert_int_equal(c.rows, 0);
	world_clear(&w);
}

static void reset_starts_from_zero(void **state)
{
	struct world w;

	(void)state;
	open_traced(&w);
	assert_int_equal(add_mugs(&w, 5), SC_OK);
	assert_int_equal(sc_traced_reset(&w.store, NULL), SC_OK);
	assert_int_equal(counts(&w).commits, 0);
	assert_int_equal(counts(&w).ops[SC_TRACED_APPLY].calls, 0);
	world_clear(&w);
}

static void a_store_that_is_not_traced_has_no_counters(void **state)
{
	struct world w;
	sc_traced_counts c;
	sc_error err = SC_ERROR_INIT;

	(void)state;
	world_init(&w);
	w.store = memory_store(&w);
	assert_int_equal(sc_traced_read(&w.store, &c, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "store");
	assert_int_equal(sc_traced_reset(&w.store, NULL), SC_BAD_ARGUMENT);
	world_clear(&w);
}

static void a_table_with_a_hole_is_refused(void **state)
{
	struct world w;
	sc_store hollow, out = { NULL, NULL };
	sc_store_ops ops;
	sc_error err = SC_ERROR_INIT;

	(void)state;
	world_init(&w);
	w.store = memory_store(&w);
	ops = *w.store.ops;
	ops.resolve = NULL;
	hollow = (sc_store){ &ops, w.store.ctx };
	assert_int_equal(sc_traced_open(w.env, hollow, &out, &err), SC_BAD_ARGUMENT);
	assert_non_null(strstr(err.text, "resolve"));
	assert_null(out.ops);
	world_clear(&w);
}

static void without_memory_the_inner_store_stays_the_callers(void **state)
{
	struct world w;
	sc_store inner, out;

	(void)state;
	world_init(&w);
	inner = memory_store(&w);
	sc_testkit_env_fail_allocation(w.testkit, 1, true);
	assert_int_equal(sc_traced_open(w.env, inner, &out, NULL), SC_NO_MEMORY);
	sc_testkit_env_fail_allocation(w.testkit, 0, false);
	w.store = inner;
	assert_int_equal(add_mugs(&w, 5), SC_OK);
	world_clear(&w);
}

static sc_status open_traced_memory(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	sc_store inner;
	sc_status status = sc_memory_open(env, NULL, &inner, err);

	(void)ctx;
	return status == SC_OK ? sc_traced_open(env, inner, out, err) : status;
}

static void a_traced_store_keeps_every_promise(void **state)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	sc_conformance_summary summary;

	(void)state;
	options.open = open_traced_memory;
	assert_int_equal(sc_conformance_store(&options, &summary, NULL), SC_OK);
	assert_int_equal(summary.failed, 0);
	assert_true(summary.passed > 100);
}

static void a_gateways_requests_and_replies_are_counted(void **state)
{
	struct world w;
	sc_fake_gateway *fake;
	sc_gateway gateway;
	sc_gateway_request request = {
		.op = SC_GATEWAY_CHARGE, .amount_minor = 500, .currency = "EUR", .token = "tok_ok"
	};
	sc_gateway_reply reply;
	sc_traced_counts c;
	size_t count;

	(void)state;
	world_init(&w);
	assert_int_equal(sc_fake_gateway_open(w.env, NULL, &fake, NULL), SC_OK);
	assert_int_equal(sc_traced_gateway_open(w.env, sc_fake_gateway_port(fake), &gateway, NULL), SC_OK);
	request.attempt = sc_id_make(w.env);
	assert_int_equal(gateway.ops->start(gateway.ctx, SC_CALL_SYSTEM, &request, 1, &count, NULL), SC_OK);
	assert_int_equal(gateway.ops->finish(gateway.ctx, 1, 0, &reply, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(sc_traced_gateway_read(&gateway, &c, NULL), SC_OK);
	assert_int_equal(c.ops[SC_TRACED_START].items, 1);
	assert_int_equal(c.ops[SC_TRACED_FINISH].items, 1);
	gateway.ops->close(gateway.ctx);
	sc_fake_gateway_free(fake);
	world_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_groups_changes_and_rows_are_counted),
		cmocka_unit_test(refusals_and_repeats_are_no_commits),
		cmocka_unit_test(time_is_counted_on_the_environments_clock),
		cmocka_unit_test(failures_are_counted_apart),
		cmocka_unit_test(reset_starts_from_zero),
		cmocka_unit_test(a_store_that_is_not_traced_has_no_counters),
		cmocka_unit_test(a_table_with_a_hole_is_refused),
		cmocka_unit_test(without_memory_the_inner_store_stays_the_callers),
		cmocka_unit_test(a_traced_store_keeps_every_promise),
		cmocka_unit_test(a_gateways_requests_and_replies_are_counted),
	};

	return cmocka_run_group_tests_name("traced", tests, NULL, NULL);
}
