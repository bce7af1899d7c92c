/* Shares of an amount: each method by hand on small cases, and what holds for all of them on many random ones. */
#include "support/cm.h"

#include <shopcore/money.h>

#define COUNT_MAX 12

static const sc_allocation methods[] = {
	SC_ALLOCATE_LARGEST_REMAINDER, SC_ALLOCATE_FLOOR_THEN_FIRST, SC_ALLOCATE_FLOOR_THEN_LAST,
	SC_ALLOCATE_ROUND_THEN_FIRST,  SC_ALLOCATE_LAST_GETS_REST,
};
#define METHODS (sizeof methods / sizeof methods[0])

static void assert_shares(sc_allocation method, int64_t amount, const int64_t *weights, size_t count,
                          const int64_t *expected)
{
	int64_t shares[COUNT_MAX];
	assert_int_equal(sc_money_allocate(amount, weights, count, method, shares), SC_OK);
	for (size_t i = 0; i < count; i++)
		assert_true(shares[i] == expected[i]);
}

#define LIST(...) ((const int64_t[]){ __VA_ARGS__ })

static void the_largest_remainders_get_the_rest(void **state)
{
	(void)state;
	const sc_allocation method = SC_ALLOCATE_LARGEST_REMAINDER;
	assert_shares(method, 100, LIST(1, 1, 1), 3, LIST(34, 33, 33));
	assert_shares(method, 10, LIST(1, 2, 4), 3, LIST(1, 3, 6)); /* 1.43 2.86 5.71 */
	assert_shares(method, 11, LIST(1, 2, 4), 3, LIST(2, 3, 6)); /* 1.57 3.14 6.29 */
	assert_shares(method, 2, LIST(1, 1, 1, 1), 4, LIST(1, 1, 0, 0));
}

static void cut_shares_give_the_rest_to_the_first(void **state)
{
	(void)state;
	const sc_allocation method = SC_ALLOCATE_FLOOR_THEN_FIRST;
	assert_shares(method, 10, LIST(1, 2, 4), 3, LIST(2, 3, 5));
	assert_shares(method, 5, LIST(0, 1, 1, 1), 4, LIST(0, 2, 2, 1));
}

static void cut_shares_give_the_rest_to_the_last(void **state)
{
	(void)state;
	const sc_allocation method = SC_ALLOCATE_FLOOR_THEN_LAST;
	assert_shares(method, 10, LIST(4, 2, 1), 3, LIST(5, 3, 2));
	assert_shares(method, 5, LIST(1, 1, 1, 0), 4, LIST(1, 2, 2, 0));
}

static void rounded_shares_take_the_difference_from_the_first(void **state)
{
	(void)state;
	const sc_allocation method = SC_ALLOCATE_ROUND_THEN_FIRST;
	assert_shares(method, 100, LIST(1, 1, 1), 3, LIST(34, 33, 33)); /* one too few */
	assert_shares(method, 200, LIST(1, 1, 1), 3, LIST(66, 67, 67)); /* one too many */
	assert_shares(method, 3, LIST(1, 1, 1, 1, 1), 5, LIST(0, 0, 1, 1, 1));
	assert_shares(method, 1, LIST(1, 1, 1), 3, LIST(1, 0, 0));
}

static void the_last_takes_what_the_rounded_ones_left(void **state)
{
	(void)state;
	const sc_allocation method = SC_ALLOCATE_LAST_GETS_REST;
	assert_shares(method, 100, LIST(1, 1, 1), 3, LIST(33, 33, 34));
	assert_shares(method, 200, LIST(1, 1, 1), 3, LIST(67, 67, 66));
	assert_shares(method, 3, LIST(1, 1, 1, 1, 1), 5, LIST(1, 1, 1, 0, 0)); /* never below nothing */
	assert_shares(method, 100, LIST(1, 1, 1, 0), 4, LIST(33, 33, 34, 0));
}

static void weights_that_are_all_zero_count_alike(void **state)
{
	(void)state;
	for (size_t m = 0; m < METHODS; m++)
		assert_shares(methods[m], 9, LIST(0, 0, 0), 3, LIST(3, 3, 3));
}

static void one_weight_takes_all(void **state)
{
	(void)state;
	for (size_t m = 0; m < METHODS; m++) {
		assert_shares(methods[m], INT64_MAX, LIST(INT64_MAX), 1, LIST(INT64_MAX));
		assert_shares(methods[m], INT64_MIN, LIST(7), 1, LIST(INT64_MIN));
		assert_shares(methods[m], 17, LIST(0, 5, 0), 3, LIST(0, 17, 0));
	}
}

static uint64_t next_random(uint64_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return *seed;
}

/* Small and huge numbers alike. */
static int64_t random_number(uint64_t *seed)
{
	return (int64_t)(next_random(seed) >> (1 + next_random(seed) % 63));
}

/* Fills random weights whose sum fits. */
static size_t random_weights(uint64_t *seed, int64_t weights[COUNT_MAX])
{
	size_t count = 1 + next_random(seed) % COUNT_MAX;
	for (size_t i = 0; i < count; i++)
		weights[i] = next_random(seed) % 5 == 0 ? 0 : random_number(seed) / COUNT_MAX;
	return count;
}

/* What a buyer and an accountant may rely on, whatever the method. */
static void check_invariants(int64_t amount, const int64_t *weights, size_t count, sc_allocation method)
{
	int64_t shares[COUNT_MAX], opposite[COUNT_MAX], sum = 0, total = 0;
	assert_int_equal(sc_money_allocate(amount, weights, count, method, shares), SC_OK);
	assert_int_equal(sc_money_allocate(-amount, weights, count, method, opposite), SC_OK);
	for (size_t i = 0; i < count; i++)
		total += weights[i];
	for (size_t i = 0; i < count; i++) {
		assert_true(shares[i] >= 0);
		assert_true(opposite[i] == -shares[i]);
		assert_true(weights[i] > 0 || total == 0 || shares[i] == 0);
		assert_false(__builtin_add_overflow(sum, shares[i], &sum));
		if (method == SC_ALLOCATE_LAST_GETS_REST || total == 0)
			continue;
		int64_t cut; /* one unit beside the exact share at most */
		assert_int_equal(sc_money_ratio(amount, weights[i], total, SC_ROUND_DOWN, &cut), SC_OK);
		assert_true(shares[i] >= cut - 1 && shares[i] <= cut + 2);
	}
	assert_true(sum == amount);
}

static void shares_add_up_whatever_the_numbers(void **state)
{
	(void)state;
	uint64_t seed = 88172645463325252;
	for (int run = 0; run < 20000; run++) {
		int64_t weights[COUNT_MAX];
		size_t count = random_weights(&seed, weights);
		int64_t amount = random_number(&seed);
		for (size_t m = 0; m < METHODS; m++)
			check_invariants(amount, weights, count, methods[m]);
	}
}

static void the_largest_remainder_is_never_beaten_by_a_smaller_one(void **state)
{
	(void)state;
	uint64_t seed = 4101842887655102017;
	for (int run = 0; run < 20000; run++) {
		int64_t weights[COUNT_MAX], shares[COUNT_MAX], total = 0, amount = (int64_t)(next_random(&seed) % 1000);
		size_t count = 1 + next_random(&seed) % COUNT_MAX;
		for (size_t i = 0; i < count; i++)
			total += weights[i] = 1 + (int64_t)(next_random(&seed) % 50);
		assert_int_equal(sc_money_allocate(amount, weights, count, SC_ALLOCATE_LARGEST_REMAINDER, shares),
		                 SC_OK);
		for (size_t i = 0; i < count; i++)
			for (size_t other = 0; other < count; other++) {
				bool got = shares[i] > amount * weights[i] / total;
				bool other_got = shares[other] > amount * weights[other] / total;
				int64_t rest = amount * weights[i] % total,
					other_rest = amount * weights[other] % total;
				if (got && !other_got)
					assert_true(rest > other_rest || (rest == other_rest && i < other));
			}
	}
}

static void what_cannot_be_split_is_refused_and_out_stays(void **state)
{
	(void)state;
	for (size_t m = 0; m < METHODS; m++) {
		int64_t shares[2] = { 42, 42 };
		assert_int_equal(sc_money_allocate(1, LIST(1), 0, methods[m], shares), SC_BAD_ARGUMENT);
		assert_int_equal(sc_money_allocate(1, LIST(1, -1), 2, methods[m], shares), SC_BAD_ARGUMENT);
		assert_int_equal(sc_money_allocate(1, LIST(INT64_MAX, 1), 2, methods[m], shares), SC_OUT_OF_RANGE);
		assert_true(shares[0] == 42 && shares[1] == 42);
	}
}

static void an_unknown_method_is_refused(void **state)
{
	(void)state;
	int64_t share = 42;
	assert_int_equal(sc_money_allocate(1, LIST(1), 1, (sc_allocation)0, &share), SC_BAD_ARGUMENT);
	assert_int_equal(sc_money_allocate(1, LIST(1), 1, (sc_allocation)6, &share), SC_BAD_ARGUMENT);
	assert_int_equal(share, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_largest_remainders_get_the_rest),
		cmocka_unit_test(cut_shares_give_the_rest_to_the_first),
		cmocka_unit_test(cut_shares_give_the_rest_to_the_last),
		cmocka_unit_test(rounded_shares_take_the_difference_from_the_first),
		cmocka_unit_test(the_last_takes_what_the_rounded_ones_left),
		cmocka_unit_test(weights_that_are_all_zero_count_alike),
		cmocka_unit_test(one_weight_takes_all),
		cmocka_unit_test(shares_add_up_whatever_the_numbers),
		cmocka_unit_test(the_largest_remainder_is_never_beaten_by_a_smaller_one),
		cmocka_unit_test(what_cannot_be_split_is_refused_and_out_stays),
		cmocka_unit_test(an_unknown_method_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
