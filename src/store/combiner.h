/*
 * The combiner: one in front of each store that wants one. It gathers the groups of threads that
 * arrive at the same time into one apply, so that they share one durable commit.
 *
 * Whoever finds the line free carries all who wait. There is no timer and no thread of its own: a lone
 * caller flushes at once and pays for one lock. A carrier takes at most one batch after its own and
 * then hands over to the first who waits, so that nobody works for others for long.
 *
 * A batch that definitely failed is halved and tried again, so that a poisoned group fails alone. When
 * a batch is unknown, so is each of its groups: it is up to their owners to resolve them.
 */
#ifndef SC_STORE_COMBINER_H
#define SC_STORE_COMBINER_H

#include <shopcore/port/store.h>

typedef struct sc__combiner sc__combiner;

typedef struct sc__combiner_options {
	uint32_t groups_max; /* groups in one batch; 0: what the store takes at once, at most 1,000 */
	uint32_t queue_max;  /* requests that may wait; 0: 4,096 */
} sc__combiner_options;

/* `env` and `store` are borrowed until sc__combiner_free(); `options` may be NULL. NO_MEMORY, a failure of the
 * store's info, or OK. */
sc_status sc__combiner_new(const sc_env *env, const sc_store *store, const sc__combiner_options *options,
                           sc__combiner **out, sc_error *err);

/* When nobody is inside any more. NULL is fine. */
void sc__combiner_free(sc__combiner *combiner);

/*
 * As the store's own apply, and it waits for the outcome. The first of these that applies:
 *   NO_MEMORY  no place to wait
 *   BUSY       the queue is full; nothing was sent
 *   DEADLINE   passed while waiting; nothing was sent
 * and then what the store answered. Once groups are carried their outcome is the store's, whatever the
 * deadline. OK: every outcome is set, and a group that failed or is unknown says so in its own. When all of them
 * failed alike, or are unknown, that is the answer too.
 */
sc_status sc__combiner_apply(sc__combiner *combiner, const sc_call *call, const sc_group *groups, size_t count,
                             sc_outcome *outcomes, sc_error *err);

#endif
