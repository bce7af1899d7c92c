/*
 * The full store made of a row driver, as its own files see it.
 *
 *     rows_store.c    making one, reads, the rest that only passes through
 *     rows_apply.c    apply, resolve, expire: what needs a transaction
 */
#ifndef SC_STORE_ROWS_STORE_H
#define SC_STORE_ROWS_STORE_H

#include "base/spread.h"
#include "store/batch.h"

/* Memory for one transaction at a time; kept for the next. */
typedef struct sc__scratch {
	sc_arena arena;
} sc__scratch;

#define SC__SPARES 8

typedef struct sc__spare {
	_Atomic(sc__scratch *) scratch; /* NULL: in use, or not made yet */
	char apart[SC__CACHE_LINE - sizeof(void *)];
} sc__spare;

typedef struct sc__rows_store {
	const sc_env *env;
	const sc_rows_ops *driver;
	void *driver_ctx;
	sc_store_ops ops; /* optional operations are there when the driver has them */
	uint64_t seed;
	uint32_t groups_max;
	int64_t remembers_ms;
	sc__spare spares[SC__SPARES];
} sc__rows_store;

/* NULL: no memory. */
sc__scratch *sc__scratch_get(sc__rows_store *store);
void sc__scratch_put(sc__rows_store *store, sc__scratch *scratch);

sc_status sc__rows_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                         sc_error *err);
sc_status sc__rows_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                           sc_outcome *out, sc_error *err);
sc_status sc__rows_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err);

#endif
