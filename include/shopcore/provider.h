/*
 * What every payment gateway over HTTP can be told: how long it waits, how often it tries again, and when
 * it stops asking. The drivers (stripe.h, paypal.h) take a pointer to it; NULL means these defaults.
 *
 * A try that may have moved money and was not answered is never counted as a failure: when all tries are
 * used up its answer is SC_PAYMENT_UNKNOWN, and a SC_GATEWAY_LOOKUP tells later what became of it.
 */
#ifndef SHOPCORE_PROVIDER_H
#define SHOPCORE_PROVIDER_H

#include <shopcore/common.h>

SC_BEGIN_DECLS

typedef struct sc_provider_tuning {
	size_t size;                /* set by the initialiser */
	int64_t connect_timeout_ms; /* for a connection, TLS included */
	int64_t timeout_ms;         /* for one try, from its first byte to its last */
	int64_t retry_first_ms;     /* the wait before the first retry; it doubles, with jitter */
	int64_t retry_most_ms;      /* no wait is longer, unless the provider asks for up to a minute */
	uint32_t retries_max;       /* of one call, at most 10 */
	uint32_t retry_budget;      /* retries that may be spent at once by all calls together; every tenth call that
	                               succeeds earns one back, so that an outage is not made worse */
	uint32_t breaker_failures;  /* so many tries in a row that failed, and no call is sent for a while */
	uint32_t rate_per_second;   /* calls; 0: what the provider allows this kind of key */
	int64_t breaker_ms;         /* how long that while is; then one call is sent to see */
	uint32_t requests_max;      /* that may be open at once; more are answered with SC_BUSY */
	uint32_t reserved0;
	uint64_t reserved[4];
} sc_provider_tuning;

#define SC_PROVIDER_TUNING_INIT                                                                   \
	{                                                                                         \
		sizeof(sc_provider_tuning), 5000, 30000, 500, 5000, 2, 20, 10, 0, 10000, 1024, 0, \
		{                                                                                 \
			0                                                                         \
		}                                                                                 \
	}

SC_END_DECLS

#endif
