/* Opening and closing a shop: what is checked, and who owns what when it fails. */
#include "world.h"

#include <string.h>

/* ---- a store that only says what it is, and counts ---- */

typedef struct fake {
	sc_store inner;
	uint32_t durability;
	int closed;
} fake;

static sc_status fake_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const fake *f = ctx;
	sc_status status = f->inner.ops->info(f->inner.ctx, out, err);
	out->durability = f->durability;
	return status;
}

static sc_status fake_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->prepare(f->inner.ctx, call, err);
}

static sc_status fake_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                           sc_arena *arena, sc_record *out, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->load(f->inner.ctx, call, addresses, count, mask, arena, out, err);
}

static sc_status fake_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                            sc_page *out, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->range(f->inner.ctx, call, ranges, count, arena, out, err);
}

static sc_status fake_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                            sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->apply(f->inner.ctx, call, groups, count, out, err);
}

static sc_status fake_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                              sc_outcome *out, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->resolve(f->inner.ctx, call, refs, count, fence, out, err);
}

static sc_status fake_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->expire(f->inner.ctx, call, max, done, next_ms, err);
}

static sc_status fake_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->log_read(f->inner.ctx, call, partition, after, max, arena, out, count, err);
}

static sc_status fake_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                             sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->log_of(f->inner.ctx, call, subject, before, max, arena, out, count, err);
}

static sc_status fake_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	const fake *f = ctx;
	return f->inner.ops->now(f->inner.ctx, call, now_ms, err);
}

static void fake_close(void *ctx)
{
	fake *f = ctx;
	f->closed++;
	f->inner.ops->close(f->inner.ctx);
}

static const sc_store_ops fake_ops = {
	.size = sizeof(sc_store_ops),
	.name = "fake",
	.info = fake_info,
	.prepare = fake_prepare,
	.load = fake_load,
	.range = fake_range,
	.apply = fake_apply,
	.resolve = fake_resolve,
	.expire = fake_expire,
	.log_read = fake_log_read,
	.log_of = fake_log_of,
	.now = fake_now,
	.close = fake_close,
};

static fake fake_store(sc_durability durability)
{
	fake f = { .durability = (uint32_t)durability };
	assert_int_equal(sc_memory_open(sc_env_default(), NULL, &f.inner, NULL), SC_OK);
	return f;
}

/* ---- tests ---- */

static sc_status try_open(const sc_shop_options *options, const char *field)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop *shop = NULL;
	const sc_status status = sc_shop_open(options, &shop, &err);
	if (status == SC_OK)
		sc_shop_close(shop);
	else
		assert_null(shop);
	if (status != SC_OK)
		assert_string_equal(err.field, field);
	return status;
}

static void a_shop_opens_on_memory_by_name(void **state)
{
	(void)state;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	assert_int_equal(try_open(&options, NULL), SC_OK);
	sc_shop_close(NULL);
}

static void exactly_one_store_is_named(void **state)
{
	(void)state;
	fake f = fake_store(SC_DURABLE_DISK);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	assert_int_equal(try_open(&options, "store_url"), SC_BAD_ARGUMENT);
	options.store = (sc_store){ &fake_ops, &f };
	options.store_url = "memory:";
	assert_int_equal(try_open(&options, "store_url"), SC_BAD_ARGUMENT);
	assert_int_equal(f.closed, 0);
	fake_close(&f);
	assert_int_equal(try_open(NULL, "options"), SC_BAD_ARGUMENT);
}

static void an_engine_that_is_not_built_in_is_unsupported(void **state)
{
	(void)state;
	const char *const urls[] = { "postgres://x", "memory", "memory:x", "", "shop.db" };
	for (size_t i = 0; i < 5; i++) {
		sc_shop_options options = SC_SHOP_OPTIONS_INIT;
		options.store_url = urls[i];
		assert_int_equal(try_open(&options, "store_url"), SC_UNSUPPORTED);
	}
}

static void a_store_that_may_lose_orders_is_refused_unless_allowed(void **state)
{
	(void)state;
	const sc_durability lossy[] = { SC_DURABLE_PROCESS, SC_DURABLE_LOSSY };
	for (size_t i = 0; i < 2; i++) {
		fake f = fake_store(lossy[i]);
		sc_shop_options options = SC_SHOP_OPTIONS_INIT;
		options.store = (sc_store){ &fake_ops, &f };
		assert_int_equal(try_open(&options, "volatile_ok"), SC_UNSUPPORTED);
		assert_int_equal(f.closed, 0); /* still the caller's */
		options.volatile_ok = true;
		assert_int_equal(try_open(&options, NULL), SC_OK);
		assert_int_equal(f.closed, 1); /* was the shop's */
	}
}

static void a_durable_store_needs_no_permission(void **state)
{
	(void)state;
	fake f = fake_store(SC_DURABLE_DISK);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store = (sc_store){ &fake_ops, &f };
	assert_int_equal(try_open(&options, NULL), SC_OK);
	assert_int_equal(f.closed, 1);
}

static void a_store_without_a_required_operation_is_refused(void **state)
{
	(void)state;
	fake f = fake_store(SC_DURABLE_DISK);
	sc_store_ops lacking = fake_ops;
	lacking.log_of = NULL;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store = (sc_store){ &lacking, &f };
	assert_int_equal(try_open(&options, "store"), SC_BAD_ARGUMENT);
	lacking = fake_ops;
	lacking.size = offsetof(sc_store_ops, now); /* a table of an older header */
	assert_int_equal(try_open(&options, "store"), SC_BAD_ARGUMENT);
	fake_close(&f);
}

static void services_without_a_required_operation_are_refused(void **state)
{
	(void)state;
	static const sc_gateway_ops gateway = { .size = sizeof(gateway) };
	static const sc_notifier_ops notifier = { .size = sizeof(notifier) };
	static const sc_event_sink_ops sink = { .size = sizeof(sink) };
	static const sc_search_ops search = { .size = sizeof(search) };
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.gateway.ops = &gateway;
	assert_int_equal(try_open(&options, "gateway"), SC_BAD_ARGUMENT);
	options.gateway.ops = NULL;
	options.notifier.ops = &notifier;
	assert_int_equal(try_open(&options, "notifier"), SC_BAD_ARGUMENT);
	options.notifier.ops = NULL;
	options.events.ops = &sink;
	assert_int_equal(try_open(&options, "events"), SC_BAD_ARGUMENT);
	options.events.ops = NULL;
	options.search.ops = &search;
	assert_int_equal(try_open(&options, "search"), SC_BAD_ARGUMENT);
}

static void options_of_an_older_caller_get_the_defaults_for_the_rest(void **state)
{
	(void)state;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.payment_attempts_max = 0; /* behind the end of what that caller knew */
	options.size = offsetof(sc_shop_options, payment_attempts_max);
	assert_int_equal(try_open(&options, NULL), SC_OK);
}

static void every_allocation_of_opening_may_fail(void **state)
{
	(void)state;
	sc_testkit_env *env = sc_testkit_env_new(1);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.env = sc_testkit_env_table(env);
	sc_shop *shop = NULL;
	uint64_t step = 1;
	for (;; step++) {
		sc_testkit_env_fail_allocation(env, step, false);
		const sc_status status = sc_shop_open(&options, &shop, NULL);
		if (!sc_testkit_env_has_failed(env))
			break;
		if (status == SC_OK) { /* it could do without */
			sc_shop_close(shop);
			shop = NULL;
		} else {
			assert_int_equal(status, SC_NO_MEMORY);
			assert_null(shop);
		}
		assert_int_equal(sc_testkit_env_live_blocks(env), 0);
	}
	assert_true(step > 3);
	sc_testkit_env_fail_allocation(env, 0, false);
	sc_shop_close(shop);
	assert_int_equal(sc_testkit_env_live_blocks(env), 0);
	sc_testkit_env_free(env);
}

static void now_is_the_stores_clock(void **state)
{
	world *w = *state;
	int64_t first, later;
	assert_status(w, sc_shop_now(w->shop, SC_CALL_SYSTEM, &first, &w->err), SC_OK);
	assert_int_equal(first, SC_TESTKIT_START_MS);
	sc_testkit_env_advance_ms(w->env, 5);
	assert_status(w, sc_shop_now(w->shop, SC_CALL_SYSTEM, &later, &w->err), SC_OK);
	assert_int_equal(later, first + 5);
	assert_status(w, sc_shop_now(w->shop, NULL, &later, &w->err), SC_BAD_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_shop_opens_on_memory_by_name),
		cmocka_unit_test(exactly_one_store_is_named),
		cmocka_unit_test(an_engine_that_is_not_built_in_is_unsupported),
		cmocka_unit_test(a_store_that_may_lose_orders_is_refused_unless_allowed),
		cmocka_unit_test(a_durable_store_needs_no_permission),
		cmocka_unit_test(a_store_without_a_required_operation_is_refused),
		cmocka_unit_test(services_without_a_required_operation_are_refused),
		cmocka_unit_test(options_of_an_older_caller_get_the_defaults_for_the_rest),
		cmocka_unit_test(every_allocation_of_opening_may_fail),
		cmocka_unit_test_setup_teardown(now_is_the_stores_clock, world_open, world_close),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
