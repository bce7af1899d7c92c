/*
 * A primary that is killed while shops sell on it, and the synchronous standby that takes over. Shared by the
 * integration test and by the bar, which does the same with more callers and more often.
 */
#ifndef TESTS_INTEGRATION_POSTGRES_FAILOVER_H
#define TESTS_INTEGRATION_POSTGRES_FAILOVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct failover_report {
	/* what callers were told was done, and what of that the new primary does not have */
	long orders, reservations, payments;
	long lost_orders, lost_reservations, lost_payments;
	long unpaid;        /* charges of the provider without a confirmed order */
	long again;         /* answers that had to be asked for again */
	long wrong;         /* answers that nobody may get */
	size_t findings;    /* of verify */
	int64_t silence_ms; /* from the promotion to the first answer of the caller who waited longest */
	long resumed;       /* callers who got an answer after it */
};

/* `callers` threads buy and reserve; after `load_ms` the primary is killed with -9, and after `away_ms` more the
 * standby promoted. false: there is no PostgreSQL to be had; it has said why. */
bool failover_run(int callers, int load_ms, int away_ms, struct failover_report *out);

#endif
