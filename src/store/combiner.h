/*
 * The combiner: one in front of each store that wants one. It gathers the groups of threads that
 * arrive at the same time into one apply, so that they share one durable commit.
 *
 * Whoever finds the line free carries all who wait, in one batch, and hands over; nobody works for others for
 * longer. There is no thread of its own. A lone caller flushes at once and pays for one lock.
 *
 * Callers who are answered together tend to be back together. Would a batch go as soon as the former has ended, they
 * would split into two halves for good, each waiting out the other's commit. So the next batch waits for those who
 * were answered and those who wait, at most as long as the former one took, and whoever completes their number
 * carries them. Where that was in vain, it is left alone for two batches, then for four, up to 64. Batches that are
 * large already do not wait.
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
