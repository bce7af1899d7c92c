/*
 * The memory driver: a row driver over tables in memory. One lock is its transaction: `begin` takes
 * it and `commit` or `abort` gives it back, so rows can be read without copying them.
 *
 * All memory that a transaction needs is had in `write`; `commit` only puts things in place and so
 * cannot fail.
 */
#ifndef SC_DRIVERS_MEMORY_MEMORY_H
#define SC_DRIVERS_MEMORY_MEMORY_H

#include "drivers/memory/journal.h"
#include "drivers/memory/table.h"

#include "base/store_clock.h"

struct memory {
	const sc_env *env;
	sc_mutex lock; /* guards all below */
	struct pool pool;
	struct table *tables; /* by number of kind; the first is the table of ids */
	size_t table_count;
	struct journal journal;
	sc__store_clock clock;
	int64_t floor_ms;
	int64_t remembers_ms;
	uint64_t next_position;
	sc_id incarnation;
	/* what the running transaction has made ready */
	bool wrote;
	sc_row *const *written;
	size_t written_count;
	struct journal_end journal_end;
};

/* ---- txn.c ---- */
sc_status memory_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
sc_status memory_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err);
sc_status memory_draw(void *txn, size_t count, uint64_t *first, sc_error *err);
sc_status memory_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                       sc_error *err);
sc_status memory_commit(void *txn, sc_error *err);
void memory_abort(void *txn);

/* ---- range.c ---- */
sc_status memory_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                       sc_page *out, int64_t *now_ms, sc_error *err);

/* ---- memory.c ---- */

/* Copies what `mask` asks for. false: no memory. */
bool memory_copy_record(const struct memory *memory, const sc_record *from, uint32_t mask, sc_arena *arena,
                        sc_record *out);
bool memory_copy_address(const sc_address *from, sc_arena *arena, sc_address *out);

#endif
