/* What is packed comes back as it was, and damaged bytes are told from whole ones. */
#include "world.h"

#include "base/store_clock.h"
#include "store/hold_body.h"

static sc_arena *arena_of(struct world *w)
{
	return &w->arena;
}

/* ---- journal entries ---- */

static void make_entries(sc_entry out[3])
{
	out[0] = (sc_entry){ .position = 5,
		             .previous = 2,
		             .subject = stock("mug"),
		             .time_ms = SC_TESTKIT_START_MS,
		             .type = SC_ENTRY_ACCOUNT,
		             .delta = { -3, INT64_MAX, 0, 0 },
		             .after = { INT64_MIN, 1, 2, SC_FLOOR_NONE },
		             .cause = address(SC_KIND_HOLD, "hold", "1"),
		             .topic = SC_BYTES("commit") };
	memset(out[0].group.bytes, 0xAB, sizeof out[0].group.bytes);
	out[1] = (sc_entry){
		.position = 6, .subject = address(SC_KIND_PRODUCT, "p", ""), .type = SC_ENTRY_TOUCH, .version = 6
	};
	out[2] = (sc_entry){ .position = 9,
		             .subject = address(SC_KIND_ORDER, "o", ""),
		             .type = SC_ENTRY_EVENT,
		             .topic = SC_BYTES("order.placed"),
		             .body = SC_BYTES("{\"a\":1}") };
}

static sc_bytes pack(struct world *w, const sc_entry *entries, size_t count)
{
	void *out = sc_arena_alloc(arena_of(w), sc_entries_bound(entries, count));
	return (sc_bytes){ out, sc_entries_pack(entries, count, out) };
}

static void packed_entries_come_back_as_they_were(void **state)
{
	struct world *w = *state;
	sc_entry entries[3], back[3];
	size_t count;
	make_entries(entries);
	assert_int_equal(sc_entries_unpack(pack(w, entries, 3), 0, 3, back, &count), SC_OK);
	assert_int_equal(count, 3);
	for (int i = 0; i < 3; i++) {
		assert_true(back[i].position == entries[i].position && back[i].previous == entries[i].previous);
		assert_int_equal(back[i].type, entries[i].type);
		assert_true(back[i].time_ms == entries[i].time_ms && back[i].version == entries[i].version);
		assert_true(sc_id_equal(back[i].group, entries[i].group));
		assert_int_equal(sc_address_compare(&back[i].subject, &entries[i].subject), 0);
		assert_memory_equal(&back[i].delta, &entries[i].delta, sizeof back[i].delta);
		assert_memory_equal(&back[i].after, &entries[i].after, sizeof back[i].after);
		assert_int_equal(back[i].topic.size, entries[i].topic.size);
		assert_int_equal(back[i].body.size, entries[i].body.size);
	}
	assert_int_equal(sc_address_compare(&back[0].cause, &entries[0].cause), 0);
	assert_memory_equal(back[2].body.data, entries[2].body.data, entries[2].body.size);
}

static void entries_are_unpacked_after_a_position_and_up_to_a_number(void **state)
{
	struct world *w = *state;
	sc_entry entries[3], back[3];
	size_t count;
	make_entries(entries);
	sc_bytes packed = pack(w, entries, 3);
	assert_int_equal(sc_entries_unpack(packed, 5, 1, back, &count), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(back[0].position, 6);
	assert_int_equal(sc_entries_unpack(packed, 9, 3, back, &count), SC_OK);
	assert_int_equal(count, 0);
}

static void cut_entries_are_damaged_or_fewer_but_never_read_past_the_end(void **state)
{
	struct world *w = *state;
	sc_entry entries[3], back[3];
	size_t count, damaged = 0;
	make_entries(entries);
	sc_bytes packed = pack(w, entries, 3);
	for (size_t size = 1; size < packed.size; size++) {
		char *cut = malloc(size); /* so that a tool sees a read past the end */
		memcpy(cut, packed.data, size);
		damaged += sc_entries_unpack((sc_bytes){ cut, size }, 0, 3, back, &count) == SC_DAMAGED;
		free(cut);
	}
	assert_int_equal(damaged, packed.size - 3); /* two cuts fall between entries */
}

/* ---- the body of a hold ---- */

static void a_hold_body_comes_back_as_it_was(void **state)
{
	struct world *w = *state;
	const sc__take takes[] = { { stock("mug"), 5, 5, 0, 0, 0 },
		                   { address(SC_KIND_LIMIT, "daily", ""), SC_QUANTITY_MAX, 1, 12345, 7, 0 } };
	sc_bytes body;
	sc__take *back;
	size_t count;
	assert_int_equal(sc__hold_pack(takes, 2, arena_of(w), &body), SC_OK);
	assert_int_equal(sc__hold_unpack(body, arena_of(w), &back, &count), SC_OK);
	assert_int_equal(count, 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(sc_address_compare(&back[i].account, &takes[i].account), 0);
		assert_true(back[i].quantity == takes[i].quantity && back[i].committed == takes[i].committed);
		assert_true(back[i].ends_ms == takes[i].ends_ms && back[i].line == takes[i].line);
	}
}

static void a_hold_of_one_line_is_small(void **state)
{
	struct world *w = *state;
	const sc__take take = { address(SC_KIND_STOCK, "sku-0012", "main"), 2, 2, 0, 0, 0 };
	sc_bytes body;
	assert_int_equal(sc__hold_pack(&take, 1, arena_of(w), &body), SC_OK);
	assert_in_range(body.size, 1, 32);
}

static void a_damaged_hold_body_is_told(void **state)
{
	struct world *w = *state;
	const sc__take take = { stock("mug"), 5, 5, 0, 0, 0 };
	sc_bytes body;
	sc__take *back;
	size_t count;
	assert_int_equal(sc__hold_pack(&take, 1, arena_of(w), &body), SC_OK);
	for (size_t size = 1; size < body.size; size++)
		assert_int_equal(sc__hold_unpack((sc_bytes){ body.data, size }, arena_of(w), &back, &count),
		                 SC_DAMAGED);
	assert_int_equal(sc__hold_unpack(SC_BYTES("\x02\x00"), arena_of(w), &back, &count), SC_DAMAGED);
	assert_int_equal(sc__hold_unpack(SC_BYTES("\x01\xff\xff\xff\xff\xff\xff\xff\x7f"), arena_of(w), &back, &count),
	                 SC_DAMAGED);
}

/* ---- addresses and counters ---- */

static void addresses_compare_by_unsigned_bytes_and_the_shorter_first(void **state)
{
	(void)state;
	const sc_address a = address(SC_KIND_CART, "a", ""), ab = address(SC_KIND_CART, "ab", ""),
			 high = address(SC_KIND_CART, "\xff", ""), sub = address(SC_KIND_CART, "a", "1"),
			 other = address(SC_KIND_ORDER, "a", "");
	assert_true(sc_address_compare(&a, &ab) < 0);
	assert_true(sc_address_compare(&ab, &high) < 0);
	assert_true(sc_address_compare(&a, &sub) < 0);
	assert_true(sc_address_compare(&high, &other) < 0);
	assert_int_equal(sc_address_compare(&sub, &sub), 0);
}

static void a_route_is_the_owners_for_cart_key_and_order(void **state)
{
	struct world *w = *state;
	const char key[] = "u:42\0place\0k1";
	const sc_address cart = address(SC_KIND_CART, "u:42", ""),
			 used = { .key = key, .key_size = sizeof key - 1, .kind = SC_KIND_KEY };
	uint16_t route = sc_address_route(&cart);
	assert_int_equal(sc_address_route(&used), route);
	const sc_id order = sc_id_with_tail(sc_id_make(w->env), route);
	assert_int_equal(sc_address_route(&(sc_address){
				 .key = (const char *)order.bytes, .key_size = 16, .kind = SC_KIND_ORDER }),
	                 route);
}

static void what_is_free_saturates_and_may_have_no_bound(void **state)
{
	(void)state;
	assert_true(sc_counters_free(&(sc_counters){ 10, 3, 2, 1 }) == 4);
	assert_true(sc_counters_free(&(sc_counters){ 0, 0, 0, -7 }) == 7);
	assert_true(sc_counters_free(&(sc_counters){ 0, 9, 0, SC_FLOOR_NONE }) == INT64_MAX);
	assert_true(sc_counters_free(&(sc_counters){ INT64_MAX, 0, 0, -1 }) == INT64_MAX);
	assert_true(sc_counters_free(&(sc_counters){ INT64_MIN, 1, 1, 1 }) == INT64_MIN);
}

/* ---- the clock of a store ---- */

static void the_stores_clock_never_goes_back_and_is_not_frozen_by_a_jump(void **state)
{
	struct world *w = *state;
	sc__store_clock clock;
	sc__store_clock_init(&clock, w->env, 0);
	int64_t start_ms = sc__store_clock_now(&clock, w->env);
	sc_testkit_env_advance_ms(w->testkit, -5000); /* the wall clock alone */
	assert_true(sc__store_clock_now(&clock, w->env) == start_ms);
	sc_testkit_env_advance_ms(w->testkit, 100);
	assert_true(sc__store_clock_now(&clock, w->env) == start_ms + 100);
}

static void the_stores_clock_is_never_below_a_committed_time(void **state)
{
	struct world *w = *state;
	sc__store_clock clock;
	const int64_t ahead_ms = SC_TESTKIT_START_MS + 60000;
	sc__store_clock_init(&clock, w->env, ahead_ms);
	assert_true(sc__store_clock_now(&clock, w->env) == ahead_ms);
	sc_testkit_env_advance_ms(w->testkit, 10);
	assert_true(sc__store_clock_now(&clock, w->env) == ahead_ms + 10);
	sc__store_clock_raise(&clock, w->env, ahead_ms + 500);
	assert_true(sc__store_clock_now(&clock, w->env) == ahead_ms + 500);
	sc__store_clock_raise(&clock, w->env, ahead_ms);
	assert_true(sc__store_clock_now(&clock, w->env) == ahead_ms + 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(packed_entries_come_back_as_they_were),
		WORLD_TEST(entries_are_unpacked_after_a_position_and_up_to_a_number),
		WORLD_TEST(cut_entries_are_damaged_or_fewer_but_never_read_past_the_end),
		WORLD_TEST(a_hold_body_comes_back_as_it_was),
		WORLD_TEST(a_hold_of_one_line_is_small),
		WORLD_TEST(a_damaged_hold_body_is_told),
		WORLD_TEST(addresses_compare_by_unsigned_bytes_and_the_shorter_first),
		WORLD_TEST(a_route_is_the_owners_for_cart_key_and_order),
		WORLD_TEST(what_is_free_saturates_and_may_have_no_bound),
		WORLD_TEST(the_stores_clock_never_goes_back_and_is_not_frozen_by_a_jump),
		WORLD_TEST(the_stores_clock_is_never_below_a_committed_time),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
