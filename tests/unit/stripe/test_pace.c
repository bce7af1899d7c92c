/* When to try again, how long to wait, and when to leave a provider alone. */
#include "drivers/provider/pace.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define S  1000000000LL
#define MS 1000000LL

static const sc_provider_tuning tuning = SC_PROVIDER_TUNING_INIT;

static sc__http_answer answer_of(int status, int8_t should_retry)
{
	return (sc__http_answer){
		.end = SC__HTTP_ANSWERED, .status = status, .should_retry = should_retry, .retry_after_ms = -1
	};
}

static void the_provider_has_the_last_word_about_retries(void **state)
{
	sc__http_answer no = answer_of(500, 0), yes = answer_of(400, 1);
	(void)state;
	assert_false(pace_wants_retry(&no));
	assert_true(pace_wants_retry(&yes));
}

static void conflicts_limits_and_failures_are_tried_again_and_nothing_else(void **state)
{
	static const int again[] = { 409, 429, 500, 502, 503, 504 };
	static const int never[] = { 200, 201, 301, 400, 401, 402, 403, 404, 422 };
	(void)state;
	for (size_t i = 0; i < sizeof(again) / sizeof(again[0]); i++) {
		sc__http_answer answer = answer_of(again[i], -1);
		assert_true(pace_wants_retry(&answer));
	}
	for (size_t i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
		sc__http_answer answer = answer_of(never[i], -1);
		assert_false(pace_wants_retry(&answer));
	}
}

static void silence_is_tried_again(void **state)
{
	const sc__http_answer silent = { .end = SC__HTTP_SILENT }, unsent = { .end = SC__HTTP_NOT_SENT };
	(void)state;
	assert_true(pace_wants_retry(&silent));
	assert_true(pace_wants_retry(&unsent));
}

static void waits_double_and_have_a_most(void **state)
{
	const sc__http_answer answer = answer_of(500, -1);
	static const int64_t most[] = { 500, 1000, 2000, 4000, 5000, 5000 };
	(void)state;
	for (uint32_t n = 1; n <= 6; n++) {
		int64_t longest = pace_wait_ns(&tuning, &answer, n, 1023),
			shortest = pace_wait_ns(&tuning, &answer, n, 0);
		assert_true(longest <= most[n - 1] * MS && longest > most[n - 1] * MS * 99 / 100);
		assert_true(shortest >= most[n - 1] * MS / 2 && shortest >= 500 * MS);
	}
}

static void the_provider_may_ask_for_a_longer_wait(void **state)
{
	sc__http_answer answer = answer_of(429, -1);
	(void)state;
	answer.retry_after_ms = 30000;
	assert_true(pace_wait_ns(&tuning, &answer, 1, 7) == 30 * S);
	answer.retry_after_ms = SC__RETRY_AFTER_MAX_MS;
	assert_true(pace_wait_ns(&tuning, &answer, 1, 7) == 60 * S);
	answer.retry_after_ms = SC__RETRY_AFTER_MAX_MS + 1; /* nobody waits for that */
	assert_true(pace_wait_ns(&tuning, &answer, 1, 7) < S);
}

static void the_bucket_gives_no_more_than_its_rate(void **state)
{
	struct pace_bucket bucket;
	int64_t now = 5 * S;
	int taken = 0;
	(void)state;
	pace_bucket_init(&bucket, 20, now);
	for (int i = 0; i < 100; i++)
		taken += pace_bucket_take(&bucket, now) == 0;
	assert_int_equal(taken, 20);
	int64_t next = pace_bucket_take(&bucket, now);
	assert_true(next > now && next <= now + 51 * MS);
	assert_int_equal(pace_bucket_take(&bucket, next), 0);
	now += 100 * S; /* a long rest fills it once */
	for (taken = 0; pace_bucket_take(&bucket, now) == 0;)
		taken++;
	assert_int_equal(taken, 20);
}

static void over_a_minute_the_bucket_gives_its_rate(void **state)
{
	struct pace_bucket bucket;
	int taken = 0;
	(void)state;
	pace_bucket_init(&bucket, 7, S);
	pace_bucket_empty(&bucket, S);
	for (int64_t now = S; now < 61 * S; now += 3 * MS)
		taken += pace_bucket_take(&bucket, now) == 0;
	assert_in_range(taken, 419, 420);
}

static void the_breaker_opens_lets_one_through_and_closes(void **state)
{
	struct pace_breaker breaker = { .failures_max = 3, .open_ns = 10 * S };
	(void)state;
	for (int i = 0; i < 3; i++) {
		assert_true(pace_breaker_lets(&breaker, S));
		pace_breaker_tell(&breaker, false, S);
	}
	assert_false(pace_breaker_lets(&breaker, 11 * S - 1));
	assert_true(pace_breaker_lets(&breaker, 11 * S));
	assert_false(pace_breaker_lets(&breaker, 11 * S)); /* one at a time */
	pace_breaker_tell(&breaker, false, 12 * S);
	assert_false(pace_breaker_lets(&breaker, 13 * S));
	assert_true(pace_breaker_lets(&breaker, 22 * S));
	pace_breaker_tell(&breaker, true, 23 * S);
	assert_true(pace_breaker_lets(&breaker, 23 * S));
	pace_breaker_tell(&breaker, false, 23 * S);
	assert_true(pace_breaker_lets(&breaker, 23 * S)); /* counting anew */
}

static void a_success_between_failures_keeps_the_breaker_closed(void **state)
{
	struct pace_breaker breaker = { .failures_max = 2, .open_ns = S };
	(void)state;
	for (int i = 0; i < 10; i++) {
		pace_breaker_tell(&breaker, false, S);
		pace_breaker_tell(&breaker, true, S);
	}
	assert_true(pace_breaker_lets(&breaker, S));
}

static void ten_successes_earn_a_retry(void **state)
{
	struct pace_budget budget;
	(void)state;
	pace_budget_init(&budget, 2);
	assert_true(pace_budget_spend(&budget));
	assert_true(pace_budget_spend(&budget));
	assert_false(pace_budget_spend(&budget));
	for (int i = 0; i < 9; i++)
		pace_budget_earn(&budget);
	assert_false(pace_budget_spend(&budget));
	pace_budget_earn(&budget);
	assert_true(pace_budget_spend(&budget));
	for (int i = 0; i < 1000; i++)
		pace_budget_earn(&budget);
	assert_int_equal(budget.tenths, 20);
}

static void settings_of_a_url_are_decoded(void **state)
{
	sc_arena arena;
	(void)state;
	sc_arena_init(&arena, sc_env_default());
	const char *url = "stripe:?key_file=%2Fetc%2Fkey&return_url=https://a.example/%3fx%3d1&odd=%zz%4";
	assert_string_equal(sc__url_setting(url, "key_file", &arena), "/etc/key");
	assert_string_equal(sc__url_setting(url, "return_url", &arena), "https://a.example/?x=1");
	assert_string_equal(sc__url_setting(url, "odd", &arena), "%zz%4");
	assert_null(sc__url_setting(url, "key", &arena));
	assert_null(sc__url_setting("stripe:", "key", &arena));
	sc_arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_provider_has_the_last_word_about_retries),
		cmocka_unit_test(conflicts_limits_and_failures_are_tried_again_and_nothing_else),
		cmocka_unit_test(silence_is_tried_again),
		cmocka_unit_test(waits_double_and_have_a_most),
		cmocka_unit_test(the_provider_may_ask_for_a_longer_wait),
		cmocka_unit_test(the_bucket_gives_no_more_than_its_rate),
		cmocka_unit_test(over_a_minute_the_bucket_gives_its_rate),
		cmocka_unit_test(the_breaker_opens_lets_one_through_and_closes),
		cmocka_unit_test(a_success_between_failures_keeps_the_breaker_closed),
		cmocka_unit_test(ten_successes_earn_a_retry),
		cmocka_unit_test(settings_of_a_url_are_decoded),
	};
	return cmocka_run_group_tests_name("pace of a provider", tests, NULL, NULL);
}
