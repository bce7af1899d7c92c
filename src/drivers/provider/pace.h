/*
 * When to try again, and when to leave a provider alone: pure functions of the time they are given.
 *
 * A call is sent when the breaker is closed and the bucket has a token; it is tried again when the answer
 * wants it, tries are left and the budget has one. The order of what wants a retry is the one of Stripe's own
 * clients: what the provider says itself, then a conflict, then too many requests, then its own failures.
 */
#ifndef SC_DRIVERS_PROVIDER_PACE_H
#define SC_DRIVERS_PROVIDER_PACE_H

#include "drivers/provider.h"

#define SC__RETRY_AFTER_MAX_MS 60000

/* Tokens are counted in thousandths. */
struct pace_bucket {
	uint32_t per_second;
	int64_t thousandths;
	int64_t filled_ns;
};

void pace_bucket_init(struct pace_bucket *bucket, uint32_t per_second, int64_t now_ns);
/* Takes one and gives 0, or gives the time at which there will be one. */
int64_t pace_bucket_take(struct pace_bucket *bucket, int64_t now_ns);
/* The provider said that it was too much: nothing is left. */
void pace_bucket_empty(struct pace_bucket *bucket, int64_t now_ns);

struct pace_breaker {
	uint32_t failures_max, failures;
	int64_t open_ns;  /* how long it stays open */
	int64_t until_ns; /* open until then; 0: closed */
	bool probing;     /* one call is on its way to see */
};

/* Whether a call may be sent now. The first one after the time is over is the probe. */
bool pace_breaker_lets(struct pace_breaker *breaker, int64_t now_ns);
void pace_breaker_tell(struct pace_breaker *breaker, bool worked, int64_t now_ns);

/* Retries, in tenths. */
struct pace_budget {
	uint32_t most, tenths;
};

void pace_budget_init(struct pace_budget *budget, uint32_t most);
void pace_budget_earn(struct pace_budget *budget);
bool pace_budget_spend(struct pace_budget *budget);

/* Whether what came back asks for another try, if one is left. */
bool pace_wants_retry(const sc__http_answer *answer);
/* How long to wait before retry `n`, from 1; `chance` is any number. */
int64_t pace_wait_ns(const sc_provider_tuning *tuning, const sc__http_answer *answer, uint32_t n, uint32_t chance);

#endif
