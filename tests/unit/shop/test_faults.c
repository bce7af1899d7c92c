/*
 * A store that fails, goes silent, or lets writes land late, under carts and inventory; and how many calls of the port
 * each function costs.
 */
#include "world.h"

#include <shopcore/faulty.h>
#include <shopcore/memory.h>
#include <shopcore/traced.h>
#include <stdio.h>
#include <stdlib.h>

static const sc_call ada = CUSTOMER("ada");

typedef struct bench {
	sc_testkit_env *env;
	sc_store store; /* the wrapper; the shop owns it */
	world *w;
} bench;

static bench *set_up(bool faulty)
{
	bench *b = calloc(1, sizeof(*b));
	sc_store memory;
	b->env = sc_testkit_env_new(1);
	const sc_env *env = sc_testkit_env_table(b->env);
	assert_int_equal(sc_memory_open(env, NULL, &memory, NULL), SC_OK);
	if (faulty)
		assert_int_equal(sc_faulty_open(env, memory, NULL, &b->store, NULL), SC_OK);
	else
		assert_int_equal(sc_traced_open(env, memory, &b->store, NULL), SC_OK);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.env = env;
	options.store = b->store;
	options.volatile_ok = true;
	b->w = world_new(&options);
	world_add_sku(b->w, "mug", 500, "USD");
	world_receive(b->w, "mug", 10);
	return b;
}

static int with_faults(void **state)
{
	*state = set_up(true);
	return 0;
}

static int with_counters(void **state)
{
	*state = set_up(false);
	return 0;
}

static int tear_down(void **state)
{
	bench *b = *state;
	world_free(b->w);
	assert_int_equal(sc_testkit_env_live_blocks(b->env), 0);
	sc_testkit_env_free(b->env);
	free(b);
	return 0;
}

static void next_apply(bench *b, sc_fault fault)
{
	assert_int_equal(sc_faulty_script(&b->store, SC_FAULTY_APPLY, 1, fault, SC_OK, NULL), SC_OK);
}

static sc_status add_mug(bench *b, const char *key)
{
	sc_call call = ada;
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_cart cart;
	call.key = key;
	return sc_cart_add(b->w->shop, &call, NULL, &item, 1, &b->w->arena, &cart, &b->w->err);
}

static int64_t mugs_in_cart(bench *b)
{
	sc_cart cart;
	assert_status(b->w, sc_cart_get(b->w->shop, &ada, NULL, &b->w->arena, &cart, &b->w->err), SC_OK);
	return cart.line_count > 0 ? cart.lines[0].quantity : 0;
}

static void a_cart_whose_write_failed_is_as_it_was(void **state)
{
	bench *b = *state;
	next_apply(b, SC_FAULT_FAIL);
	assert_true(sc_status_is_failure(add_mug(b, "k")));
	assert_int_equal(mugs_in_cart(b), 0);
	assert_status(b->w, add_mug(b, "k"), SC_OK);
	assert_int_equal(mugs_in_cart(b), 1);
}

static void a_repeat_after_silence_adds_once_whether_it_was_done_or_not(void **state)
{
	bench *b = *state;
	next_apply(b, SC_FAULT_UNKNOWN_DONE);
	assert_true(sc_status_is_unknown(add_mug(b, "k-1")));
	assert_status(b->w, add_mug(b, "k-1"), SC_OK);
	assert_int_equal(mugs_in_cart(b), 1);
	next_apply(b, SC_FAULT_UNKNOWN_NOT_DONE);
	assert_true(sc_status_is_unknown(add_mug(b, "k-2")));
	assert_status(b->w, add_mug(b, "k-2"), SC_OK);
	assert_int_equal(mugs_in_cart(b), 2);
}

static void a_write_of_a_cart_that_lands_late_is_harmless(void **state)
{
	bench *b = *state;
	next_apply(b, SC_FAULT_LATE);
	assert_true(sc_status_is_unknown(add_mug(b, "k-1")));
	assert_status(b->w, add_mug(b, "k-1"), SC_OK);
	assert_int_equal(sc_faulty_land(&b->store, NULL, NULL), SC_OK);
	assert_int_equal(mugs_in_cart(b), 1);
}

static sc_status receive(bench *b, const char *key)
{
	sc_call call = *SC_CALL_SYSTEM;
	const sc_stock_change five = { "mug", NULL, 5 };
	call.key = key;
	return sc_inventory_receive(b->w->shop, &call, &five, 1, NULL, &b->w->err);
}

static void a_receipt_without_a_key_is_settled_by_asking_again(void **state)
{
	bench *b = *state;
	next_apply(b, SC_FAULT_UNKNOWN_DONE);
	assert_status(b->w, receive(b, NULL), SC_OK);
	assert_level(b->w, "mug", 15, 0, 0);
	next_apply(b, SC_FAULT_UNKNOWN_NOT_DONE);
	assert_status(b->w, receive(b, NULL), SC_STORE_FAILED);
	assert_level(b->w, "mug", 15, 0, 0);
	next_apply(b, SC_FAULT_LATE);
	assert_status(b->w, receive(b, NULL), SC_STORE_FAILED);
	assert_int_equal(sc_faulty_land(&b->store, NULL, NULL), SC_OK);
	assert_level(b->w, "mug", 15, 0, 0);
}

static void a_receipt_with_a_key_can_be_repeated_after_silence(void **state)
{
	bench *b = *state;
	const sc_fault faults[] = { SC_FAULT_UNKNOWN_DONE, SC_FAULT_UNKNOWN_NOT_DONE, SC_FAULT_LATE };
	for (int i = 0; i < 3; i++) {
		char key[8];
		snprintf(key, sizeof(key), "k-%d", i);
		next_apply(b, faults[i]);
		assert_true(sc_status_is_unknown(receive(b, key)));
		assert_status(b->w, receive(b, key), SC_OK);
		assert_int_equal(sc_faulty_land(&b->store, NULL, NULL), SC_OK);
		assert_level(b->w, "mug", 15 + 5 * i, 0, 0);
	}
}

static sc_status reserve(bench *b, sc_id id, sc_reservation *out)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 2 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.id = id;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve(b->w->shop, SC_CALL_SYSTEM, &request, out, &b->w->err);
}

static void a_reservation_that_nobody_can_name_is_never_left_in_the_dark(void **state)
{
	bench *b = *state;
	const sc_id none = { { 0 } };
	sc_reservation reservation;
	next_apply(b, SC_FAULT_UNKNOWN_DONE);
	assert_status(b->w, reserve(b, none, &reservation), SC_OK);
	assert_level(b->w, "mug", 10, 2, 0);
	next_apply(b, SC_FAULT_LATE);
	assert_status(b->w, reserve(b, none, &reservation), SC_STORE_FAILED);
	assert_int_equal(sc_faulty_land(&b->store, NULL, NULL), SC_OK);
	assert_level(b->w, "mug", 10, 2, 0);
	assert_int_equal(world_verify(b->w, NULL), 0);
}

static void a_reservation_with_an_id_can_be_repeated_after_silence(void **state)
{
	bench *b = *state;
	const sc_fault faults[] = { SC_FAULT_UNKNOWN_DONE, SC_FAULT_UNKNOWN_NOT_DONE, SC_FAULT_LATE };
	for (int i = 0; i < 3; i++) {
		const sc_id id = sc_id_make(sc_testkit_env_table(b->env));
		sc_reservation reservation;
		next_apply(b, faults[i]);
		assert_true(sc_status_is_unknown(reserve(b, id, &reservation)));
		assert_status(b->w, reserve(b, id, &reservation), SC_OK);
		assert_int_equal(sc_faulty_land(&b->store, NULL, NULL), SC_OK);
		assert_level(b->w, "mug", 10, 2 * (i + 1), 0);
	}
}

static void a_verification_goes_on_after_a_failed_read(void **state)
{
	bench *b = *state;
	const sc_faulty_op ops[] = { SC_FAULTY_LOG, SC_FAULTY_RANGE, SC_FAULTY_LOAD };
	const sc_id none = { { 0 } };
	sc_reservation reservation;
	assert_status(b->w, reserve(b, none, &reservation), SC_OK);
	for (int i = 0; i < 3; i++) {
		sc_verify *verify;
		sc_verify_page page = { 0 };
		int failed = 0;
		assert_int_equal(sc_faulty_script(&b->store, ops[i], 1, SC_FAULT_FAIL, SC_OK, NULL), SC_OK);
		assert_status(b->w, sc_verify_new(b->w->shop, SC_CALL_SYSTEM, &verify, &b->w->err), SC_OK);
		while (!page.finished) {
			const sc_status status = sc_verify_step(verify, SC_CALL_SYSTEM, 10, &b->w->arena, &page,
			                                        &b->w->err);
			failed += status != SC_OK;
			assert_true(status == SC_OK || sc_status_is_failure(status));
			assert_int_equal(page.count, 0);
		}
		assert_int_equal(failed, 1);
		sc_verify_free(verify);
	}
}

/* ---- how many calls -------------------------------------------------------------------- */

typedef struct calls {
	uint64_t load, range, apply, commits;
} calls;

static calls counted(bench *b)
{
	sc_traced_counts counts;
	assert_int_equal(sc_traced_read(&b->store, &counts, NULL), SC_OK);
	assert_int_equal(sc_traced_reset(&b->store, NULL), SC_OK);
	return (calls){ counts.ops[SC_TRACED_LOAD].calls, counts.ops[SC_TRACED_RANGE].calls,
		        counts.ops[SC_TRACED_APPLY].calls, counts.commits };
}

static void add_lines(bench *b, const sc_call *call, int count)
{
	sc_cart_item items[100];
	sc_line_option options[100];
	char texts[100][8];
	sc_cart cart;
	for (int i = 0; i < count; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%d", i);
		options[i] = (sc_line_option){ "n", texts[i] };
		items[i] = (sc_cart_item){ "mug", 1, &options[i], 1, 0 };
	}
	assert_status(b->w, sc_cart_add(b->w->shop, call, NULL, items, (size_t)count, &b->w->arena, &cart, &b->w->err),
	              SC_OK);
}

static void a_cart_of_one_or_a_hundred_lines_costs_the_same(void **state)
{
	bench *b = *state;
	const sc_call bob = CUSTOMER("bob");
	const sc_call *buyers[] = { &ada, &bob };
	sc_cart cart;
	counted(b);
	for (int i = 0; i < 2; i++) {
		add_lines(b, buyers[i], i == 0 ? 1 : 100);
		const calls added = counted(b);
		assert_int_equal(added.load, 1);
		assert_int_equal(added.range, 0);
		assert_int_equal(added.apply, 1);
		assert_int_equal(added.commits, 1);
		assert_status(b->w, sc_cart_get(b->w->shop, buyers[i], NULL, &b->w->arena, &cart, &b->w->err), SC_OK);
		const calls got = counted(b);
		assert_int_equal(got.load, 1);
		assert_int_equal(got.apply, 0);
	}
}

static void many_levels_cost_one_load(void **state)
{
	bench *b = *state;
	sc_stock_ref refs[100];
	sc_level levels[100];
	for (int i = 0; i < 100; i++)
		refs[i] = (sc_stock_ref){ "mug", NULL };
	counted(b);
	assert_status(b->w,
	              sc_inventory_levels(b->w->shop, SC_CALL_SYSTEM, refs, 100, &b->w->arena, levels, &b->w->err),
	              SC_OK);
	assert_int_equal(counted(b).load, 1);
}

static void a_reservation_costs_one_apply_and_no_read(void **state)
{
	bench *b = *state;
	const sc_id none = { { 0 } };
	sc_reservation reservation;
	counted(b);
	assert_status(b->w, reserve(b, none, &reservation), SC_OK);
	assert_status(b->w, sc_inventory_commit(b->w->shop, SC_CALL_SYSTEM, reservation.id, NULL, 0, &b->w->err),
	              SC_OK);
	const calls cost = counted(b);
	assert_int_equal(cost.load, 0);
	assert_int_equal(cost.apply, 2);
	assert_int_equal(cost.commits, 2);
}

int main(void)
{
#define F(name) cmocka_unit_test_setup_teardown(name, with_faults, tear_down)
#define C(name) cmocka_unit_test_setup_teardown(name, with_counters, tear_down)
	const struct CMUnitTest tests[] = {
		F(a_cart_whose_write_failed_is_as_it_was),
		F(a_repeat_after_silence_adds_once_whether_it_was_done_or_not),
		F(a_write_of_a_cart_that_lands_late_is_harmless),
		F(a_receipt_without_a_key_is_settled_by_asking_again),
		F(a_receipt_with_a_key_can_be_repeated_after_silence),
		F(a_reservation_that_nobody_can_name_is_never_left_in_the_dark),
		F(a_reservation_with_an_id_can_be_repeated_after_silence),
		F(a_verification_goes_on_after_a_failed_read),
		C(a_cart_of_one_or_a_hundred_lines_costs_the_same),
		C(many_levels_cost_one_load),
		C(a_reservation_costs_one_apply_and_no_read),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
