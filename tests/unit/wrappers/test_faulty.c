/*
 * The faulty wrappers go wrong as they were told to, and in no other way.
 */
#include "world.h"

#include <shopcore/faulty.h>
#include <shopcore/testkit/conformance.h>
#include <shopcore/testkit/fake_gateway.h>

static void open_faulty(struct world *w, const sc_faulty_options *options)
{
	world_init(w);
	assert_int_equal(sc_faulty_open(w->env, memory_store(w), options, &w->store, NULL), SC_OK);
}

static void script(struct world *w, uint32_t nth, sc_fault fault)
{
	assert_int_equal(sc_faulty_script(&w->store, SC_FAULTY_APPLY, nth, fault, SC_OK, NULL), SC_OK);
}

static void a_failure_does_nothing_and_says_so(void **state)
{
	struct world w;

	(void)state;
	open_faulty(&w, NULL);
	script(&w, 2, SC_FAULT_FAIL);
	assert_int_equal(add_mugs(&w, 1), SC_OK);
	assert_int_equal(add_mugs(&w, 10), SC_STORE_FAILED);
	assert_int_equal(add_mugs(&w, 100), SC_OK);
	assert_mugs(&w, 101);
	world_clear(&w);
}

static void a_scripted_status_is_answered(void **state)
{
	struct world w;

	(void)state;
	open_faulty(&w, NULL);
	assert_int_equal(sc_faulty_script(&w.store, SC_FAULTY_APPLY, 1, SC_FAULT_FAIL, SC_BUSY, NULL), SC_OK);
	assert_int_equal(add_mugs(&w, 1), SC_BUSY);
	world_clear(&w);
}

static void an_unknown_may_have_been_done(void **state)
{
	struct world w;
	sc_outcome outcome;

	(void)state;
	open_faulty(&w, NULL);
	script(&w, 1, SC_FAULT_UNKNOWN_DONE);
	assert_int_equal(add_mugs_as(&w, 1, 5, &outcome), SC_OUTCOME_UNKNOWN);
	assert_mugs(&w, 5);
	assert_int_equal(add_mugs_as(&w, 1, 5, &outcome), SC_OK);
	assert_true(outcome.flags & SC_OUTCOME_REPEAT);
	assert_mugs(&w, 5);
	world_clear(&w);
}

static void an_unknown_may_not_have_been_done(void **state)
{
	struct world w;

	(void)state;
	open_faulty(&w, NULL);
	script(&w, 1, SC_FAULT_UNKNOWN_NOT_DONE);
	assert_int_equal(add_mugs(&w, 5), SC_OUTCOME_UNKNOWN);
	assert_int_equal(add_mugs(&w, 7), SC_OK);
	assert_mugs(&w, 7);
	world_clear(&w);
}

static void a_late_group_lands_when_it_is_told_to(void **state)
{
	struct world w;
	size_t landed;

	(void)state;
	open_faulty(&w, NULL);
	script(&w, 1, SC_FAULT_LATE);
	assert_int_equal(add_mugs(&w, 5), SC_OUTCOME_UNKNOWN);
	assert_int_equal(add_mugs(&w, 1), SC_OK);
	assert_mugs(&w, 1);
	assert_int_equal(sc_faulty_land(&w.store, &landed, NULL), SC_OK);
	assert_int_equal(landed, 1);
	assert_mugs(&w, 6);
	assert_int_equal(sc_faulty_land(&w.store, &landed, NULL), SC_OK);
	assert_int_equal(landed, 0);
	world_clear(&w);
}

static void a_late_group_lands_after_so_many_calls(void **state)
{
	struct world w;
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;

	(void)state;
	options.late_calls = 2;
	open_faulty(&w, &options);
	script(&w, 1, SC_FAULT_LATE);
	assert_int_equal(add_mugs(&w, 5), SC_OUTCOME_UNKNOWN);
	assert_int_equal(add_mugs(&w, 1), SC_OK);
	assert_mugs(&w, 6); /* the load is the second call */
	world_clear(&w);
}

/* Everything that a hold with every kind of pointer needs, so that a copy that shared one would be seen. */
static void a_late_group_shares_nothing_with_its_caller(void **state)
{
	struct world w;
	char key[] = "mug", sub[] = "main", body[] = "body", hold_key[] = "0123456789abcdef", hold_sub[] = "00";
	sc_address source = { key, sub, 3, 4, KIND_STOCK, 0 };
	sc_hold_line line = { .sources = &source, .source_count = 1, .quantity = 2 };
	char cart_key[] = "u:ada";
	sc_change changes[] = {
		{ .address = { hold_key, hold_sub, 16, 2, 10, 0 },
		  .type = SC_CHANGE_HOLD,
		  .lines = &line,
		  .line_count = 1 },
		{ .address = { cart_key, "", 5, 0, KIND_CART, 0 },
		  .type = SC_CHANGE_PUT,
		  .condition = SC_IF_ABSENT,
		  .body = { body, 4 } },
	};
	sc_group group = { .changes = changes, .count = 2, .home = SC_HOME_NONE };
	const sc_address cart = address(KIND_CART, "u:ada", "");
	sc_outcome outcome = { 0 };
	sc_record found;

	(void)state;
	open_faulty(&w, NULL);
	assert_int_equal(add_mugs(&w, 5), SC_OK);
	script(&w, 1, SC_FAULT_LATE);
	assert_int_equal(w.store.ops->apply(w.store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL),
	                 SC_OUTCOME_UNKNOWN);
	memset(key, 'x', 3);
	memset(sub, 'x', 4);
	memset(body, 'x', 4);
	memset(cart_key, 'x', 5);
	memset(hold_key, 'x', 16);
	memset(&source, 0, sizeof(source));
	memset(&line, 0, sizeof(line));
	memset(changes, 0, sizeof(changes));
	assert_int_equal(sc_faulty_land(&w.store, NULL, NULL), SC_OK);
	assert_int_equal(w.store.ops->load(w.store.ctx, SC_CALL_SYSTEM, &cart, 1, SC_READ_ALL, &w.arena, &found, NULL),
	                 SC_OK);
	assert_int_equal(found.body.size, 4);
	assert_memory_equal(found.body.data, "body", 4);
	world_clear(&w);
}

struct grave {
	int deaths;
	jmp_buf escape;
	bool leave;
};

static void dies(void *ctx, sc_faulty_op op)
{
	struct grave *grave = ctx;

	assert_int_equal(op, SC_FAULTY_APPLY);
	grave->deaths++;
	if (grave->leave)
		longjmp(grave->escape, 1);
}

static void a_process_may_die_before_the_work(void **state)
{
	struct world w;
	struct grave grave = { .leave = true };
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;

	(void)state;
	options.dies = dies;
	options.dies_ctx = &grave;
	open_faulty(&w, &options);
	script(&w, 1, SC_FAULT_DIE_BEFORE);
	if (setjmp(grave.escape) == 0)
		add_mugs(&w, 5);
	assert_int_equal(grave.deaths, 1);
	assert_int_equal(add_mugs(&w, 1), SC_OK); /* another process uses the same store */
	assert_mugs(&w, 1);
	world_clear(&w);
}

static void a_process_may_die_after_the_work(void **state)
{
	struct world w;
	struct grave grave = { .leave = true };
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;

	(void)state;
	options.dies = dies;
	options.dies_ctx = &grave;
	open_faulty(&w, &options);
	script(&w, 1, SC_FAULT_DIE_AFTER);
	if (setjmp(grave.escape) == 0)
		add_mugs(&w, 5);
	assert_int_equal(grave.deaths, 1);
	assert_mugs(&w, 5);
	world_clear(&w);
}

static void after_a_death_that_returns_nothing_works(void **state)
{
	struct world w;
	struct grave grave = { .leave = false };
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;
	int64_t on_hand;

	(void)state;
	options.dies = dies;
	options.dies_ctx = &grave;
	open_faulty(&w, &options);
	script(&w, 1, SC_FAULT_DIE_BEFORE);
	assert_int_equal(add_mugs(&w, 5), SC_OUTCOME_UNKNOWN);
	assert_int_equal(add_mugs(&w, 5), SC_STORE_FAILED);
	assert_int_equal(load_mugs(&w, &on_hand), SC_STORE_FAILED);
	assert_int_equal(grave.deaths, 1);
	world_clear(&w);
}

/* The answers to a hundred groups, as letters. */
static void answers_of(uint64_t seed, char out[101])
{
	struct world w;
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;

	options.seed = seed;
	options.per_million[SC_FAULT_FAIL] = 200000;
	options.per_million[SC_FAULT_UNKNOWN_DONE] = 200000;
	open_faulty(&w, &options);
	for (int i = 0; i < 100; i++) {
		sc_status status = add_mugs(&w, 1);

		out[i] = status == SC_OK ? '.' : status == SC_STORE_FAILED ? 'f' : 'u';
	}
	out[100] = '\0';
	world_clear(&w);
}

static void the_same_seed_gives_the_same_faults(void **state)
{
	char first[101], again[101], other[101];

	(void)state;
	answers_of(7, first);
	answers_of(7, again);
	answers_of(8, other);
	assert_string_equal(first, again);
	assert_string_not_equal(first, other);
	assert_non_null(strchr(first, 'f'));
	assert_non_null(strchr(first, 'u'));
	assert_non_null(strchr(first, '.'));
}

static void chance_can_be_turned_off(void **state)
{
	struct world w;
	sc_faulty_options options = SC_FAULTY_OPTIONS_INIT;

	(void)state;
	options.per_million[SC_FAULT_FAIL] = 1000000;
	open_faulty(&w, &options);
	assert_int_equal(add_mugs(&w, 1), SC_STORE_FAILED);
	assert_int_equal(sc_faulty_chance(&w.store, false, NULL), SC_OK);
	assert_int_equal(add_mugs(&w, 1), SC_OK);
	assert_int_equal(sc_faulty_chance(&w.store, true, NULL), SC_OK);
	assert_int_equal(add_mugs(&w, 1), SC_STORE_FAILED);
	assert_mugs(&w, 1); /* loads are not among the operations that chance strikes */
	world_clear(&w);
}

static void a_read_fails_for_every_fault(void **state)
{
	static const sc_fault faults[] = { SC_FAULT_FAIL, SC_FAULT_UNKNOWN_DONE, SC_FAULT_LATE };
	struct world w;
	int64_t on_hand;

	(void)state;
	open_faulty(&w, NULL);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		assert_int_equal(sc_faulty_script(&w.store, SC_FAULTY_LOAD, 1, faults[i], SC_OK, NULL), SC_OK);
		assert_int_equal(load_mugs(&w, &on_hand), SC_STORE_FAILED);
	}
	assert_int_equal(load_mugs(&w, &on_hand), SC_OK);
	world_clear(&w);
}

static void a_script_has_room_for_64_steps(void **state)
{
	struct world w;

	(void)state;
	open_faulty(&w, NULL);
	for (int i = 0; i < 64; i++)
		script(&w, 1000, SC_FAULT_FAIL);
	assert_int_equal(sc_faulty_script(&w.store, SC_FAULTY_APPLY, 1000, SC_FAULT_FAIL, SC_OK, NULL), SC_NO_ROOM);
	world_clear(&w);
}

static void nonsense_is_refused(void **state)
{
	struct world w;
	sc_store plain;

	(void)state;
	open_faulty(&w, NULL);
	assert_int_equal(sc_faulty_script(&w.store, SC_FAULTY_OPS, 1, SC_FAULT_FAIL, SC_OK, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_faulty_script(&w.store, SC_FAULTY_APPLY, 0, SC_FAULT_FAIL, SC_OK, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_faulty_script(&w.store, SC_FAULTY_APPLY, 1, SC_FAULTS, SC_OK, NULL), SC_BAD_ARGUMENT);
	plain = memory_store(&w);
	assert_int_equal(sc_faulty_script(&plain, SC_FAULTY_APPLY, 1, SC_FAULT_FAIL, SC_OK, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_faulty_land(&plain, NULL, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc_faulty_chance(&plain, true, NULL), SC_BAD_ARGUMENT);
	plain.ops->close(plain.ctx);
	world_clear(&w);
}

static sc_status open_faulty_memory(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	sc_store inner;
	sc_status status = sc_memory_open(env, NULL, &inner, err);

	(void)ctx;
	return status == SC_OK ? sc_faulty_open(env, inner, NULL, out, err) : status;
}

static void a_faulty_store_without_faults_keeps_every_promise(void **state)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	sc_conformance_summary summary;

	(void)state;
	options.open = open_faulty_memory;
	assert_int_equal(sc_conformance_store(&options, &summary, NULL), SC_OK);
	assert_int_equal(summary.failed, 0);
	assert_true(summary.passed > 100);
}

/* ---- the gateway ---------------------------------------------------------------------------- */

struct till {
	struct world w;
	sc_fake_gateway *fake;
	sc_gateway gateway;
};

static void open_till(struct till *t)
{
	world_init(&t->w);
	assert_int_equal(sc_fake_gateway_open(t->w.env, NULL, &t->fake, NULL), SC_OK);
	assert_int_equal(sc_faulty_gateway_open(t->w.env, sc_fake_gateway_port(t->fake), NULL, &t->gateway, NULL),
	                 SC_OK);
}

static void close_till(struct till *t)
{
	t->gateway.ops->close(t->gateway.ctx);
	sc_fake_gateway_free(t->fake);
	world_clear(&t->w);
}

static sc_status charge(struct till *t, sc_id order, char *token)
{
	sc_gateway_request request = {
		.op = SC_GATEWAY_CHARGE, .order = order, .amount_minor = 500, .currency = "EUR", .token = token
	};
	size_t accepted;

	request.attempt = sc_id_make(t->w.env);
	return t->gateway.ops->start(t->gateway.ctx, SC_CALL_SYSTEM, &request, 1, &accepted, NULL);
}

static int64_t charged(struct till *t, sc_id order)
{
	int64_t in = -1, back = -1;

	assert_int_equal(sc_fake_gateway_order_money(t->fake, order, &in, &back, NULL), SC_OK);
	return in;
}

static void a_request_may_fail_go_silent_or_land_late(void **state)
{
	static const sc_fault faults[] = { SC_FAULT_FAIL, SC_FAULT_UNKNOWN_NOT_DONE, SC_FAULT_UNKNOWN_DONE,
		                           SC_FAULT_LATE };
	static const sc_status answers[] = { SC_SERVICE_FAILED, SC_PAYMENT_UNKNOWN, SC_PAYMENT_UNKNOWN,
		                             SC_PAYMENT_UNKNOWN };
	static const int64_t moved[] = { 0, 0, 500, 0 };
	struct till t;

	(void)state;
	open_till(&t);
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		sc_id order = sc_id_make(t.w.env);
		char token[] = "tok_ok";

		assert_int_equal(sc_faulty_gateway_script(&t.gateway, SC_FAULTY_START, 1, faults[i], SC_OK, NULL),
		                 SC_OK);
		assert_int_equal(charge(&t, order, token), answers[i]);
		memset(token, 'x', sizeof(token) - 1);
		assert_int_equal(charged(&t, order), moved[i]);
		assert_int_equal(sc_faulty_gateway_land(&t.gateway, NULL, NULL), SC_OK);
		assert_int_equal(charged(&t, order), faults[i] == SC_FAULT_LATE ? 500 : moved[i]);
	}
	close_till(&t);
}

static void an_answer_may_fail_to_be_fetched(void **state)
{
	struct till t;
	sc_gateway_reply reply;
	char token[] = "tok_ok";
	size_t count;

	(void)state;
	open_till(&t);
	assert_int_equal(charge(&t, sc_id_make(t.w.env), token), SC_OK);
	assert_int_equal(sc_faulty_gateway_script(&t.gateway, SC_FAULTY_FINISH, 1, SC_FAULT_FAIL, SC_OK, NULL), SC_OK);
	assert_int_equal(t.gateway.ops->finish(t.gateway.ctx, 1, 0, &reply, &count, NULL), SC_SERVICE_FAILED);
	assert_int_equal(t.gateway.ops->finish(t.gateway.ctx, 1, 0, &reply, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(reply.state, SC_GATEWAY_CAPTURED);
	close_till(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_does_nothing_and_says_so),
		cmocka_unit_test(a_scripted_status_is_answered),
		cmocka_unit_test(an_unknown_may_have_been_done),
		cmocka_unit_test(an_unknown_may_not_have_been_done),
		cmocka_unit_test(a_late_group_lands_when_it_is_told_to),
		cmocka_unit_test(a_late_group_lands_after_so_many_calls),
		cmocka_unit_test(a_late_group_shares_nothing_with_its_caller),
		cmocka_unit_test(a_process_may_die_before_the_work),
		cmocka_unit_test(a_process_may_die_after_the_work),
		cmocka_unit_test(after_a_death_that_returns_nothing_works),
		cmocka_unit_test(the_same_seed_gives_the_same_faults),
		cmocka_unit_test(chance_can_be_turned_off),
		cmocka_unit_test(a_read_fails_for_every_fault),
		cmocka_unit_test(a_script_has_room_for_64_steps),
		cmocka_unit_test(nonsense_is_refused),
		cmocka_unit_test(a_faulty_store_without_faults_keeps_every_promise),
		cmocka_unit_test(a_request_may_fail_go_silent_or_land_late),
		cmocka_unit_test(an_answer_may_fail_to_be_fetched),
	};

	return cmocka_run_group_tests_name("faulty", tests, NULL, NULL);
}
