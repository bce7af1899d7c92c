/*
 * A store for a small shop, written to be read: all rows in one sorted array, every commit appended to one file.
 *
 * It is the example of docs/guide/write-a-driver.md and implements port/rows.h: the library decides, this locks, reads,
 * writes and commits. What it costs is easy to see: a new row moves those behind it, a range looks at every row. What
 * it promises is not small: acknowledged means on disk, several processes may share the file, and a torn end is cut
 * off.
 */
#ifndef SHELF_H
#define SHELF_H

#include <shopcore/port/rows.h>

/** Open a store. `path` NULL: in memory only. Free it with its close. */
sc_status shelf_open(const sc_env *env, const char *path, sc_store *out, sc_error *err);

/* ---- row.c: a record as one run of bytes, the same in memory, in the file and in a cursor -------- */

/* A row and its bytes; `value` points into them. */
struct row {
	sc_record value;
	sc_value columns[SC_COLUMNS_MAX];
	size_t size;
	char packed[];
};

size_t row_pack(const sc_record *record, void *out); /* how many bytes; `out` may be NULL */
/* false: these bytes are no record. Otherwise `out` points into them and into `columns`. */
bool row_unpack(sc_bytes from, sc_value columns[SC_COLUMNS_MAX], sc_record *out);
struct row *row_make(const sc_env *env, const sc_record *record); /* NULL: no memory */
bool row_copy(const struct row *row, uint32_t mask, sc_arena *arena, sc_record *out);

/* ---- shelf.c ------------------------------------------------------------------------------------- */

/* One row to be put in place. Of a DELETE the row has nothing but its address. */
struct change {
	uint32_t write; /* sc_row_write */
	struct row *row;
};

/* What a transaction is going to do, with all memory it needs. */
struct step {
	struct change *changes;
	size_t count;
	sc_bytes entries; /* packed */
	uint64_t last;    /* the last position drawn */
};

/* Journal entries of one step. */
struct batch {
	uint64_t last;
	sc_bytes entries;
};

struct shelf {
	const sc_env *env;
	sc_mutex mutex; /* one transaction, or one reader */
	sc_id incarnation;
	struct row **rows; /* by address; the table of ids has kind 0 */
	size_t count, room;
	struct batch *batches; /* by position */
	size_t batch_count, batch_room;
	uint64_t next_position;
	int64_t floor_ms;
	int64_t highest_ms, since_ns; /* the highest time seen, and the monotonic time of that */
	struct step step;             /* of the transaction under way */
	int file;                     /* -1: none */
	int64_t end;                  /* how far the file is known */
};

/* The row of an address, or NULL. */
struct row *shelf_find(const struct shelf *shelf, const sc_address *address);
sc_status shelf_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
void shelf_abort(void *txn);
int64_t shelf_time(struct shelf *shelf);
sc_status shelf_fail(sc_error *err, sc_status status, const char *text);
/* The lock, and what other processes have done meanwhile. Unless SC_OK, the lock is free. */
sc_status shelf_lock(struct shelf *shelf, sc_error *err);
void shelf_unlock(struct shelf *shelf);
/* Room for a step, so that putting it in place cannot fail. */
bool step_reserve(struct shelf *shelf, struct step *step, size_t count);
void step_install(struct shelf *shelf, struct step *step);
void step_drop(struct shelf *shelf, struct step *step);

/* ---- range.c, journal.c, file.c ------------------------------------------------------------------ */

sc_status shelf_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                      sc_page *out, int64_t *now_ms, sc_error *err);

sc_status shelf_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                         sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status shelf_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                       sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status shelf_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                       sc_error *err);

sc_status file_open(struct shelf *shelf, const char *path, sc_error *err);
void file_close(struct shelf *shelf);
/* Turns of the processes that write. */
sc_status file_lock(struct shelf *shelf, sc_error *err);
void file_unlock(struct shelf *shelf);
/* Takes in what others appended. `cut`: we have the lock, so a torn end is nobody's and goes. */
sc_status file_catch_up(struct shelf *shelf, bool cut, sc_error *err);
/* Durable when it answers SC_OK. */
sc_status file_append(struct shelf *shelf, const struct step *step, sc_error *err);

#endif
