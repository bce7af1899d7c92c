/*
 * The memory driver: a row driver over tables in memory, in shards by key.
 *
 * Each shard has its own lock, rows and room for them; the lock is what a transaction holds on a row, so rows are read
 * without copying them. A transaction reads twice, first ids, claims and holds, then accounts and records; these live
 * in shards of their own behind the others. So everybody takes locks in the order of their numbers, those of a read
 * as a mask of bits, and nobody waits in a circle.
 *
 * All memory that a transaction needs is had in `draw` and `write`; `commit` only puts things in place and so cannot
 * fail. Entries are packed outside any lock; that of the journal is held for a copy.
 */
#ifndef SC_DRIVERS_MEMORY_MEMORY_H
#define SC_DRIVERS_MEMORY_MEMORY_H

#include "drivers/memory/journal.h"
#include "drivers/memory/table.h"

#include "base/spread.h"
#include "base/store_clock.h"

#include <stdatomic.h>

#define SHARDS_HALF (1u << SHARD_BITS)
#define SHARDS      (2 * SHARDS_HALF) /* a bit each in a mask */

struct shard {
	sc_mutex lock; /* guards all below */
	struct pool pool;
	struct table *tables; /* by number of kind; the first is that of ids */
};

struct txn;

#define SPARE_TXNS 8

struct spare_txn {
	_Atomic(struct txn *) txn; /* NULL: in use, or not made yet */
	char apart[SC__CACHE_LINE - sizeof(void *)];
};

struct memory {
	const sc_env *env;
	struct shard shards[SHARDS];
	struct table *tables;
	struct layout *layouts; /* by number of kind */
	size_t kind_count;
	uint64_t seed;
	sc__store_clock clock;
	_Atomic int64_t floor_ms;
	int64_t remembers_ms;
	sc_id incarnation;
	struct spare_txn spares[SPARE_TXNS];
	sc_mutex journal_lock; /* what all writers share stands behind what they only look at */
	struct journal journal;
};

static inline void memory_lock(const struct memory *memory, sc_mutex *mutex)
{
	memory->env->mutex_lock(memory->env->ctx, mutex);
}

static inline void memory_unlock(const struct memory *memory, sc_mutex *mutex)
{
	memory->env->mutex_unlock(memory->env->ctx, mutex);
}

/* The shard of an address; `hash` for its table. */
struct shard *memory_shard(struct memory *memory, const sc_address *address, uint32_t *hash);
/* The shards of a kind: SHARDS_HALF of them from here. */
uint32_t memory_half(const struct memory *memory, uint16_t kind);
int64_t memory_now_ms(struct memory *memory);

/* ---- txn.c ---- */
sc_status memory_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
sc_status memory_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err);
sc_status memory_draw(void *txn, size_t count, uint64_t *first, sc_error *err);
sc_status memory_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                       sc_error *err);
sc_status memory_commit(void *txn, sc_error *err);
void memory_abort(void *txn);
void memory_free_txns(struct memory *memory);

/* ---- read.c ---- */
sc_status memory_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                      sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err);
sc_status memory_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                          sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status memory_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                        sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);

/* Copies what `mask` asks for, all but the address. false: no memory. */
bool memory_copy_row(const struct layout *layout, const struct row *row, uint32_t mask, sc_arena *arena,
                     sc_record *out);
bool memory_copy_address(const sc_address *from, sc_arena *arena, sc_address *out);

/* ---- range.c ---- */
sc_status memory_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                       sc_page *out, int64_t *now_ms, sc_error *err);

/* ---- forget.c ---- */
sc_status memory_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                        sc_error *err);

#endif
