/*
 * A reader of the journal. How far it has come is kept as a setting in the store, so that it goes on where it was after
 * a restart. Two processes may read for the same consumer: the work is then done twice, and the position of one of them
 * is refused, which harms nobody who reads at least once.
 */
#ifndef SC_CORE_CONSUMER_H
#define SC_CORE_CONSUMER_H

#include "core/handle.h"

typedef struct sc__consumer {
	const char *name; /* of the setting; short */
	/* Works off entries, oldest first. `done`: how many from the front are done, also when the next one failed;
	 * fewer than there are without a failure: there is no room for more now. The entries live in the arena. */
	sc_status (*consume)(void *ctx, const sc_call *call, const sc_entry *entries, size_t count, sc_arena *arena,
	                     size_t *done, sc_error *err);
	void *ctx;
} sc__consumer;

/* Reads at most `items` entries of each partition and begins no new batch after `until_ns` on the monotonic clock. What
 * was done before a failure is kept as done. `more` is set when there is more to read, also when something failed. A
 * store of another incarnation is read from its start. */
sc_status sc__consumer_run(sc_shop *shop, const sc_call *call, const sc__consumer *consumer, uint32_t items,
                           int64_t until_ns, bool *more, sc_error *err);

#endif
