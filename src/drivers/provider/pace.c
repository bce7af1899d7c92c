#include "drivers/provider/pace.h"

#define NS_IN_MS     1000000LL
#define THOUSANDTHS  1000
#define BURST_IN_MS  1000 /* a full bucket holds what one second brings */
#define TENTHS       10
#define CHANCE_STEPS 1024

void pace_bucket_init(struct pace_bucket *bucket, uint32_t per_second, int64_t now_ns)
{
	*bucket = (struct pace_bucket){ per_second, (int64_t)per_second * BURST_IN_MS, now_ns };
}

static void fill(struct pace_bucket *bucket, int64_t now_ns)
{
	const int64_t most = (int64_t)bucket->per_second * BURST_IN_MS;
	int64_t passed_ms = (now_ns - bucket->filled_ns) / NS_IN_MS;
	if (passed_ms <= 0)
		return;
	bucket->filled_ns += passed_ms * NS_IN_MS;
	if (passed_ms > BURST_IN_MS)
		passed_ms = BURST_IN_MS; /* longer brings no more, and cannot overflow */
	bucket->thousandths += passed_ms * bucket->per_second;
	if (bucket->thousandths > most)
		bucket->thousandths = most;
}

int64_t pace_bucket_take(struct pace_bucket *bucket, int64_t now_ns)
{
	fill(bucket, now_ns);
	if (bucket->thousandths >= THOUSANDTHS) {
		bucket->thousandths -= THOUSANDTHS;
		return 0;
	}
	int64_t lacking = THOUSANDTHS - bucket->thousandths;
	return now_ns + (lacking + bucket->per_second - 1) / bucket->per_second * NS_IN_MS;
}

void pace_bucket_empty(struct pace_bucket *bucket, int64_t now_ns)
{
	fill(bucket, now_ns);
	if (bucket->thousandths > 0)
		bucket->thousandths = 0;
}

bool pace_breaker_lets(struct pace_breaker *breaker, int64_t now_ns)
{
	if (breaker->until_ns == 0)
		return true;
	if (now_ns < breaker->until_ns || breaker->probing)
		return false;
	breaker->probing = true;
	return true;
}

void pace_breaker_tell(struct pace_breaker *breaker, bool worked, int64_t now_ns)
{
	breaker->probing = false;
	if (worked) {
		breaker->failures = 0;
		breaker->until_ns = 0;
		return;
	}
	if (breaker->failures < breaker->failures_max)
		breaker->failures++;
	if (breaker->failures >= breaker->failures_max)
		breaker->until_ns = now_ns + breaker->open_ns;
}

void pace_budget_init(struct pace_budget *budget, uint32_t most)
{
	*budget = (struct pace_budget){ most * TENTHS, most * TENTHS };
}

void pace_budget_earn(struct pace_budget *budget)
{
	if (budget->tenths < budget->most)
		budget->tenths++;
}

bool pace_budget_spend(struct pace_budget *budget)
{
	if (budget->tenths < TENTHS)
		return false;
	budget->tenths -= TENTHS;
	return true;
}

bool pace_wants_retry(const sc__http_answer *answer)
{
	if (answer->end != SC__HTTP_ANSWERED)
		return true;
	if (answer->should_retry >= 0)
		return answer->should_retry == 1;
	return answer->status == 409 || answer->status == 429 || answer->status >= 500;
}

int64_t pace_wait_ns(const sc_provider_tuning *tuning, const sc__http_answer *answer, uint32_t n, uint32_t chance)
{
	int64_t wait_ms = tuning->retry_first_ms;
	for (uint32_t i = 1; i < n && wait_ms < tuning->retry_most_ms; i++)
		wait_ms *= 2;
	if (wait_ms > tuning->retry_most_ms)
		wait_ms = tuning->retry_most_ms;
	/* between half and all of it, but never less than the first wait */
	int64_t wait_ns = wait_ms * (CHANCE_STEPS + chance % CHANCE_STEPS) / (2 * CHANCE_STEPS) * NS_IN_MS;
	if (wait_ns < tuning->retry_first_ms * NS_IN_MS)
		wait_ns = tuning->retry_first_ms * NS_IN_MS;
	if (answer->retry_after_ms >= 0 && answer->retry_after_ms <= SC__RETRY_AFTER_MAX_MS &&
	    wait_ns < answer->retry_after_ms * NS_IN_MS)
		wait_ns = answer->retry_after_ms * NS_IN_MS;
	return wait_ns;
}
