/* The map, on both kinds of memory and both kinds of keys. */
#include "support/torture.h"

#include "base/map.h"

#include <stdio.h>

#define MANY 5000

static char names[MANY][24];

static sc_bytes name(size_t i)
{
	snprintf(names[i], sizeof names[i], "k%zu", i);
	return (sc_bytes){ names[i], strlen(names[i]) };
}

static void put(sc__map *map, sc_bytes key, void *value)
{
	void **place = sc__map_put(map, key);
	assert_non_null(place);
	*place = value;
}

static void an_empty_map_finds_nothing(void **state)
{
	(void)state;
	sc__map map;
	size_t cursor = 0;
	sc_bytes key;
	void *value;
	sc__map_init(&map, sc_env_default(), SC__MAP_OWN_KEYS);
	assert_null(sc__map_find(&map, SC_BYTES("mug")));
	assert_null(sc__map_remove(&map, SC_BYTES("mug")));
	assert_false(sc__map_next(&map, &cursor, &key, &value));
	sc__map_clear(&map);
}

static void what_was_put_in_is_found(void **state)
{
	(void)state;
	for (int kind = SC__MAP_STRANGE_KEYS; kind <= SC__MAP_OWN_KEYS; kind++) {
		sc__map map;
		sc__map_init(&map, sc_env_default(), (sc__map_keys)kind);
		for (size_t i = 0; i < MANY; i++)
			put(&map, name(i), names[i]);
		assert_int_equal(map.count, MANY);
		for (size_t i = 0; i < MANY; i++)
			assert_ptr_equal(sc__map_find(&map, name(i)), names[i]);
		assert_null(sc__map_find(&map, SC_BYTES("other")));
		sc__map_clear(&map);
	}
}

static void the_same_key_has_one_place(void **state)
{
	(void)state;
	sc__map map;
	int first, second;
	sc__map_init(&map, sc_env_default(), SC__MAP_OWN_KEYS);
	put(&map, SC_BYTES("mug"), &first);
	assert_ptr_equal(*sc__map_put(&map, SC_BYTES("mug")), &first);
	put(&map, SC_BYTES("mug"), &second);
	assert_int_equal(map.count, 1);
	assert_ptr_equal(sc__map_find(&map, SC_BYTES("mug")), &second);
	sc__map_clear(&map);
}

static void keys_may_be_empty_and_may_hold_nul(void **state)
{
	(void)state;
	sc__map map;
	int a, b, c;
	sc__map_init(&map, sc_env_default(), SC__MAP_STRANGE_KEYS);
	put(&map, (sc_bytes){ NULL, 0 }, &a);
	put(&map, SC_BYTES("x\0y"), &b);
	put(&map, SC_BYTES("x\0z"), &c);
	assert_ptr_equal(sc__map_find(&map, SC_BYTES("")), &a);
	assert_ptr_equal(sc__map_find(&map, SC_BYTES("x\0y")), &b);
	assert_ptr_equal(sc__map_find(&map, SC_BYTES("x\0z")), &c);
	assert_null(sc__map_find(&map, SC_BYTES("x")));
	sc__map_clear(&map);
}

static void removing_one_loses_no_other(void **state)
{
	(void)state;
	sc__map map;
	sc__map_init(&map, sc_env_default(), SC__MAP_OWN_KEYS);
	for (size_t i = 0; i < MANY; i++)
		put(&map, name(i), names[i]);
	for (size_t i = 0; i < MANY; i += 2)
		assert_ptr_equal(sc__map_remove(&map, name(i)), names[i]);
	assert_int_equal(map.count, MANY / 2);
	for (size_t i = 0; i < MANY; i++)
		assert_ptr_equal(sc__map_find(&map, name(i)), i % 2 == 0 ? NULL : (void *)names[i]);
	assert_null(sc__map_remove(&map, name(0)));
	sc__map_clear(&map);
}

static void coming_and_going_does_not_let_it_grow(void **state)
{
	(void)state;
	sc__map map;
	sc__map_init(&map, sc_env_default(), SC__MAP_OWN_KEYS);
	for (size_t i = 0; i < MANY; i++) {
		put(&map, name(i), names[i]);
		if (i >= 8)
			assert_ptr_equal(sc__map_remove(&map, name(i - 8)), names[i - 8]);
	}
	assert_int_equal(map.room, 16);
	sc__map_clear(&map);
}

static void a_walk_meets_each_key_once(void **state)
{
	(void)state;
	static unsigned char met[MANY];
	sc__map map;
	size_t cursor = 0;
	sc_bytes key;
	void *value;
	sc__map_init(&map, sc_env_default(), SC__MAP_OWN_KEYS);
	for (size_t i = 0; i < MANY; i++)
		put(&map, name(i), &met[i]);
	while (sc__map_next(&map, &cursor, &key, &value))
		++*(unsigned char *)value;
	for (size_t i = 0; i < MANY; i++)
		assert_int_equal(met[i], 1);
	sc__map_clear(&map);
}

static void a_map_on_an_arena_needs_no_clear(void **state)
{
	(void)state;
	sc_testkit_env *world = sc_testkit_env_new(1);
	sc_arena arena;
	sc__map map;
	sc_arena_init(&arena, sc_testkit_env_table(world));
	sc__map_init_arena(&map, &arena, SC__MAP_STRANGE_KEYS);
	for (size_t i = 0; i < 100; i++)
		put(&map, name(i), names[i]);
	assert_ptr_equal(sc__map_find(&map, name(99)), names[99]);
	sc_arena_clear(&arena);
	assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	sc_testkit_env_free(world);
}

static sc_status fill(const sc_env *env)
{
	sc__map map;
	sc_status status = SC_OK;
	sc__map_init(&map, env, SC__MAP_OWN_KEYS);
	for (size_t i = 0; i < 200 && status == SC_OK; i++) {
		void **place = sc__map_put(&map, name(i));
		if (place != NULL)
			*place = names[i];
		else
			status = SC_NO_MEMORY;
	}
	for (size_t i = 0; i < map.count; i++) /* a failure to grow lost nothing */
		assert_ptr_equal(sc__map_find(&map, name(i)), names[i]);
	sc__map_clear(&map);
	return status;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(fill, false);
	each_allocation_fails_in_turn(fill, true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_map_finds_nothing),  cmocka_unit_test(what_was_put_in_is_found),
		cmocka_unit_test(the_same_key_has_one_place),  cmocka_unit_test(keys_may_be_empty_and_may_hold_nul),
		cmocka_unit_test(removing_one_loses_no_other), cmocka_unit_test(coming_and_going_does_not_let_it_grow),
		cmocka_unit_test(a_walk_meets_each_key_once),  cmocka_unit_test(a_map_on_an_arena_needs_no_clear),
		cmocka_unit_test(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
