/*
 * The lower floor of the store port, for transactional engines: lock and read these rows; write
 * these rows and journal entries; commit.
 *
 * The library collects which rows a batch of groups needs, lets the driver lock and read them in
 * one order for everybody, decides without any I/O, and hands back what to write. So every engine
 * decides alike, and a driver is small. sc_rows_store() makes a full store out of such a driver.
 *
 * The order of locks is: ids, claims, holds, accounts, other records, journal; inside a class by
 * address. A commit learns its accounts only from the hold's row, so `read` may be called more than once
 * in a transaction, each time with later rows in that order than before.
 */
#ifndef SHOPCORE_PORT_ROWS_H
#define SHOPCORE_PORT_ROWS_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

typedef enum sc_row_type {
	SC_ROW_ID = 1, /* a line of the table of ids */
	SC_ROW_CLAIM = 2,
	SC_ROW_HOLD = 3,
	SC_ROW_ACCOUNT = 4,
	SC_ROW_RECORD = 5
} sc_row_type;

typedef enum sc_row_write {
	SC_ROW_KEEP = 0,
	SC_ROW_INSERT = 1, /* the row is not there */
	SC_ROW_UPDATE = 2, /* the row is there; `changed` says which parts differ */
	SC_ROW_DELETE = 3
} sc_row_write;

enum {
	SC_ROW_COLUMNS = 1u << 0,
	SC_ROW_BODY = 1u << 1,
	SC_ROW_PERSONAL = 1u << 2,
	SC_ROW_COUNTERS = 1u << 3,
	SC_ROW_STATE = 1u << 4, /* a hold's state and deadline */
	SC_ROW_LIFETIME = 1u << 5,
	SC_ROW_MADE_BY = 1u << 6,
	SC_ROW_ALL = (1u << 7) - 1
	/* version, entry and shape are written whenever `write` is not KEEP */
};

/** What the table of ids keeps of a group. */
typedef struct sc_stored_outcome {
	int32_t status; /* sc_status: OK, a kept refusal, or FENCED */
	uint32_t change, line;
	uint32_t reserved;
	int64_t wanted, available;
	uint64_t position;
	int64_t time_ms;
} sc_stored_outcome;

/**
 * One row of a transaction: read by the driver, then perhaps changed by the decision.
 *
 * `read` finds `type`, `need` and the name (id, or value.address) filled in and all else zeroed. It
 * fills `outcome` of an SC_ROW_ID, and of the others `value`, but for value.address, which stays.
 * Version, entry, expires_ms, counters, deadline, hold_state, made_by and shape are always read.
 *
 * A line of the table of ids is only ever inserted. A record of shape 0 is a tombstone: it has NULL
 * in every column, an empty body, and says that its address was fenced; load and range return it like
 * any other, and the library drops it.
 */
typedef struct sc_row {
	uint16_t type;    /* sc_row_type */
	uint16_t write;   /* sc_row_write */
	uint32_t changed; /* SC_ROW_COLUMNS..., with UPDATE */
	uint32_t need;    /* SC_READ_...: parts that the decision looks at; others may stay unread */
	uint32_t reserved0;
	sc_id id;                  /* SC_ROW_ID; all others are named by value.address */
	sc_stored_outcome outcome; /* SC_ROW_ID; status NOT_FOUND and time_ms 0: no such row */
	sc_record value;           /* version 0: no such row. A row whose lifetime ended is read as it is */
	void *driver;              /* the driver's own, such as where it found the row; NULL before `read` */
	uint64_t reserved[2];
} sc_row;

/** What holds for a whole transaction. */
typedef struct sc_rows_clock {
	int64_t now_ms;   /* the store's time; never below one that was committed */
	int64_t floor_ms; /* ids older than this are refused */
	uint32_t attempt; /* told by the library: how often this batch was begun before and crossed by others */
	uint32_t reserved;
} sc_rows_clock;

/**
 * The operations of a row driver. R: required. Called from any thread; one transaction is used by one
 * thread. Ownership and statuses as in sc_store_ops.
 *
 * SC_CHANGED from begin, read, draw, write or commit: another transaction came between, or the connection
 * went before anything was committed. Nothing happened, and the library does the whole batch anew with
 * a transaction of its own, some times, until the call's deadline.
 */
typedef struct sc_rows_ops {
	size_t size;
	const char *name;

	sc_status (*info)(void *ctx, sc_store_info *out, sc_error *err);     /* R */
	sc_status (*prepare)(void *ctx, const sc_call *call, sc_error *err); /* R */
	uint64_t (*place)(void *ctx, const sc_address *address);             /* optional */

	/** R. Start a transaction that will write. SC_BUSY or SC_DEADLINE when it cannot be had in time. `clock` is
	 *  filled here, or by the first `read`, whichever spares a trip to the engine; it stays until the end. */
	sc_status (*begin)(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
	/** R. Lock and read rows, sorted and without doubles. What is read lives in `arena`, or is borrowed from
	 *  the engine until the transaction ends. At most twice in a transaction: first ids, claims and holds,
	 *  then accounts and other records; or once, all of them, when no hold is settled. */
	sc_status (*read)(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err);
	/** R. Draw `count` positions in a row, 1 or more, after all locks are had. At most once in a transaction,
	 *  and not at all when nothing changed. A position is never 0 and below 2^62. */
	sc_status (*draw)(void *txn, size_t count, uint64_t *first, sc_error *err);
	/** R. Write rows, in lock order, none of them KEEP, and the entries in order; either may be none. At most
	 *  once in a transaction. Rows, entries and all they point at stay as they are until commit or abort returns;
	 * the driver may put copies of its own in place of what `value` points at. */
	sc_status (*write)(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
	                   sc_error *err);
	/** R. Make it durable. Ends the transaction whatever it answers. A failure: nothing happened. */
	sc_status (*commit)(void *txn, sc_error *err);
	/** R. Undo and end the transaction. Cannot fail. */
	void (*abort)(void *txn);

	/** R. As in sc_store_ops, but `out` is the library's own and may be half written on failure. Rows with an
	 *  ended lifetime may be returned, the library drops them. The library has checked every argument but a
	 *  range's cursor: SC_BAD_ARGUMENT with field "cursor" when it is not one of this range.
	 *  SC_RANGE_UNTIL_NOW is the driver's to resolve. */
	sc_status (*load)(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
	                  sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err);
	sc_status (*range)(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
	                   sc_page *out, int64_t *now_ms, sc_error *err); /* R */
	/** R. Raise the floor to `floor_ms` first (never lower it), durably; then remove at most `max` ids older than
	 *  it and rows whose lifetime has ended. `next_ms`: when the next lifetime ends, the present when `max`
	 *  was reached, SC_NEVER when there is none; ids do not count. */
	sc_status (*forget)(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done,
	                    int64_t *next_ms, sc_error *err);
	sc_status (*log_read)(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
	                      sc_arena *arena, sc_entry *out, size_t *count, sc_error *err); /* R */
	sc_status (*log_of)(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
	                    sc_arena *arena, sc_entry *out, size_t *count, sc_error *err); /* R */
	sc_status (*log_trim)(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);
	sc_status (*log_wait)(void *ctx, int *descriptor, sc_error *err);
	sc_status (*now)(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err); /* R */
	void (*close)(void *ctx);

	/** Optional. As commit, for an engine that draws positions only when it commits: what `draw` gave were
	 * stand-ins from `first` on, below 2^62 and above every real position; the driver puts the real ones into rows
	 * and entries, and says here which was the first. NULL: what `draw` gave is final. */
	sc_status (*commit_drawn)(void *txn, uint64_t *first, sc_error *err);
} sc_rows_ops;

/**
 * Make a store out of a row driver.
 *
 * Ownership: on SC_OK the store owns `ctx` and closes it with the store's close; on any other status the
 * caller still does. `ops` and `env` are borrowed while the store lives. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when a required operation is missing (err->field names it);
 * SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_rows_store(const sc_env *env, const sc_rows_ops *ops, void *ctx, sc_store *out, sc_error *err);

/**
 * Say how many bytes sc_entries_pack() may need for these entries.
 *
 * Ownership: borrowed for the call. Threads: any. Returns: bytes, an upper bound; cannot fail.
 * Idempotent: yes. Since: 0.1.
 */
SC_API size_t sc_entries_bound(const sc_entry *entries, size_t count);

/**
 * Pack journal entries, in order of position, into one run of bytes. Runs may be put one behind the other.
 *
 * Ownership: `out` is the caller's and has room for sc_entries_bound() bytes. Threads: any.
 * Returns: how many bytes were written; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API size_t sc_entries_pack(const sc_entry *entries, size_t count, void *out);

/**
 * Unpack at most `max` entries whose position is above `after`, in order.
 *
 * Ownership: addresses, topics and bodies in `out` point into `packed`. Threads: any.
 * Returns: SC_OK and sets `count`; SC_DAMAGED when these are no entries. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_entries_unpack(sc_bytes packed, uint64_t after, size_t max, sc_entry *out, size_t *count);

SC_END_DECLS

#endif
