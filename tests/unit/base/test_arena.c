/* The arena: alignment, lifetimes, limits, and where memory comes from. */
#include "support/torture.h"

#include "base/arena.h"

struct fixture {
	sc_testkit_env *world;
	sc_arena arena;
};

static int set_up(void **state)
{
	struct fixture *f = malloc(sizeof *f);
	f->world = sc_testkit_env_new(1);
	sc_arena_init(&f->arena, sc_testkit_env_table(f->world));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	sc_arena_clear(&f->arena);
	int leaked = (int)sc_testkit_env_live_blocks(f->world);
	sc_testkit_env_free(f->world);
	free(f);
	return leaked;
}

static void every_block_is_aligned_for_any_type(void **state)
{
	struct fixture *f = *state;
	for (size_t size = 0; size < 300; size++) {
		void *block = sc_arena_alloc(&f->arena, size);
		assert_non_null(block);
		assert_int_equal((uintptr_t)block % 16, 0);
		assert_non_null(sc_arena_dup(&f->arena, "abc", 3)); /* leaves the next place odd */
	}
}

static void blocks_do_not_overlap(void **state)
{
	struct fixture *f = *state;
	unsigned char *blocks[200];
	for (size_t i = 0; i < 200; i++) {
		blocks[i] = sc_arena_alloc(&f->arena, i * 7);
		memset(blocks[i], (int)i, i * 7);
	}
	for (size_t i = 0; i < 200; i++)
		for (size_t at = 0; at < i * 7; at++)
			assert_int_equal(blocks[i][at], i);
}

static void an_unused_arena_takes_no_memory(void **state)
{
	struct fixture *f = *state;
	sc_arena_reset(&f->arena);
	assert_int_equal(sc_testkit_env_allocations(f->world), 0);
}

static void zeroed_memory_is_zero_where_a_reset_left_other_bytes(void **state)
{
	struct fixture *f = *state;
	memset(sc_arena_alloc(&f->arena, 1000), 0xFF, 1000);
	sc_arena_reset(&f->arena);
	const unsigned char *block = sc_arena_zalloc(&f->arena, 1000);
	for (size_t i = 0; i < 1000; i++)
		assert_int_equal(block[i], 0);
}

static void a_copy_ends_with_a_nul(void **state)
{
	struct fixture *f = *state;
	assert_string_equal(sc_arena_dup(&f->arena, "a mug and more", 5), "a mug");
	assert_string_equal(sc_arena_dup(&f->arena, NULL, 0), "");
}

static void a_loop_that_resets_soon_stops_allocating(void **state)
{
	struct fixture *f = *state;
	uint64_t before = 0;
	for (int turn = 0; turn < 20; turn++) {
		if (turn == 10)
			before = sc_testkit_env_allocations(f->world);
		for (int i = 0; i < 100; i++)
			assert_non_null(sc_arena_alloc(&f->arena, 10000));
		sc_arena_reset(&f->arena);
		assert_in_range(sc_testkit_env_live_blocks(f->world), 1, 1);
	}
	assert_int_equal(sc_testkit_env_allocations(f->world), before);
}

static void clear_gives_all_memory_back_and_the_arena_works_on(void **state)
{
	struct fixture *f = *state;
	assert_non_null(sc_arena_alloc(&f->arena, 100000));
	sc_arena_clear(&f->arena);
	assert_int_equal(sc_testkit_env_live_blocks(f->world), 0);
	assert_non_null(sc_arena_alloc(&f->arena, 10));
}

static void the_callers_buffer_is_filled_first(void **state)
{
	struct fixture *f = *state;
	char buffer[512];
	sc_arena arena;
	sc_arena_init_buffer(&arena, sc_testkit_env_table(f->world), buffer, sizeof buffer);
	char *block = sc_arena_alloc(&arena, 400);
	assert_true(block >= buffer && block + 400 <= buffer + sizeof buffer);
	assert_int_equal(sc_testkit_env_allocations(f->world), 0);
	assert_non_null(sc_arena_alloc(&arena, 400));
	assert_int_equal(sc_testkit_env_allocations(f->world), 1);
	sc_arena_clear(&arena);
	block = sc_arena_alloc(&arena, 400);
	assert_true(block >= buffer && block + 400 <= buffer + sizeof buffer);
	sc_arena_clear(&arena);
}

static void a_buffer_that_is_not_aligned_is_used_aligned(void **state)
{
	struct fixture *f = *state;
	_Alignas(16) char buffer[64];
	sc_arena arena;
	sc_arena_init_buffer(&arena, sc_testkit_env_table(f->world), buffer + 1, sizeof buffer - 1);
	assert_ptr_equal(sc_arena_alloc(&arena, 48), buffer + 16);
	assert_int_equal(sc_testkit_env_allocations(f->world), 0);
	sc_arena_clear(&arena);
}

static void the_limit_is_reached_but_not_passed(void **state)
{
	struct fixture *f = *state;
	sc_arena_set_limit(&f->arena, 1000);
	assert_non_null(sc_arena_alloc(&f->arena, 600));
	assert_null(sc_arena_alloc(&f->arena, 401));
	assert_non_null(sc_arena_alloc(&f->arena, 400));
	assert_null(sc_arena_alloc(&f->arena, 1));
	sc_arena_reset(&f->arena);
	assert_non_null(sc_arena_alloc(&f->arena, 1000));
}

static void growing_in_place_keeps_to_the_limit(void **state)
{
	struct fixture *f = *state;
	sc_arena_set_limit(&f->arena, 1000);
	void *block = sc__arena_resize(&f->arena, NULL, 0, 900);
	assert_non_null(block);
	assert_null(sc__arena_resize(&f->arena, block, 900, 1001));
	assert_ptr_equal(sc__arena_resize(&f->arena, block, 900, 1000), block);
}

static void a_size_that_does_not_fit_is_refused_unasked(void **state)
{
	struct fixture *f = *state;
	assert_non_null(sc_arena_alloc(&f->arena, 1));
	uint64_t before = sc_testkit_env_allocations(f->world);
	assert_null(sc_arena_alloc(&f->arena, SIZE_MAX));
	assert_null(sc_arena_alloc(&f->arena, SIZE_MAX - 8));
	assert_null(sc_arena_dup(&f->arena, "x", SIZE_MAX));
	assert_null(sc__arena_array(&f->arena, SIZE_MAX / 8 + 1, 8));
	assert_int_equal(sc_testkit_env_allocations(f->world), before);
}

static void the_last_block_grows_where_it_is(void **state)
{
	struct fixture *f = *state;
	char *block = sc__arena_resize(&f->arena, NULL, 0, 100);
	memset(block, 'x', 100);
	assert_ptr_equal(sc__arena_resize(&f->arena, block, 100, 1000), block);
	assert_ptr_equal(sc__arena_resize(&f->arena, block, 1000, 50), block);
	assert_ptr_equal(sc__arena_bytes(&f->arena, 1), block + 50);
}

static void a_block_with_something_behind_it_moves_with_its_contents(void **state)
{
	struct fixture *f = *state;
	char *block = sc__arena_resize(&f->arena, NULL, 0, 100);
	memset(block, 'x', 100);
	assert_non_null(sc_arena_alloc(&f->arena, 1));
	char *moved = sc__arena_resize(&f->arena, block, 100, 200);
	assert_ptr_not_equal(moved, block);
	assert_memory_equal(moved, block, 100);
	assert_ptr_equal(sc__arena_resize(&f->arena, block, 100, 10), block); /* shrinking never fails */
}

static sc_status fill_and_clear(const sc_env *env)
{
	sc_arena arena;
	sc_status status = SC_OK;
	sc_arena_init(&arena, env);
	for (size_t i = 0; i < 100 && status == SC_OK; i++) {
		char *copy = sc_arena_dup(&arena, "abcdefgh", 8);
		void *block = sc_arena_alloc(&arena, i * 100);
		if (copy == NULL || block == NULL)
			status = SC_NO_MEMORY;
	}
	sc_arena_clear(&arena);
	return status;
}

static void each_allocation_may_fail(void **state)
{
	(void)state;
	each_allocation_fails_in_turn(fill_and_clear, false);
	each_allocation_fails_in_turn(fill_and_clear, true);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_block_is_aligned_for_any_type),
		TEST(blocks_do_not_overlap),
		TEST(an_unused_arena_takes_no_memory),
		TEST(zeroed_memory_is_zero_where_a_reset_left_other_bytes),
		TEST(a_copy_ends_with_a_nul),
		TEST(a_loop_that_resets_soon_stops_allocating),
		TEST(clear_gives_all_memory_back_and_the_arena_works_on),
		TEST(the_callers_buffer_is_filled_first),
		TEST(a_buffer_that_is_not_aligned_is_used_aligned),
		TEST(the_limit_is_reached_but_not_passed),
		TEST(growing_in_place_keeps_to_the_limit),
		TEST(a_size_that_does_not_fit_is_refused_unasked),
		TEST(the_last_block_grows_where_it_is),
		TEST(a_block_with_something_behind_it_moves_with_its_contents),
		TEST(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
