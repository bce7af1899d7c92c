/*
 * The lower floor of the store port, for transactional engines: lock and read these rows; write
 * these rows and journal entries; commit.
 *
 * The library collects which rows a batch of groups needs, lets the driver lock and read them in
 * one order for everybody, decides without any I/O, and hands back what to write. So every engine
 * decides alike, and a driver is small. sc_rows_store() makes a full store out of such a driver.
 *
 * The order of locks is: ids, claims, holds, accounts, other records, journal; inside a class by
 * address. A commit learns its accounts only from the hold's row, so `read` is called more than once
 * in a transaction, each time with later rows in that order than before.
 */
#ifndef SHOPCORE_PORT_ROWS_H
#define SHOPCORE_PORT_ROWS_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

typedef enum sc_row_type {
	SC_ROW_ID = 1,     /* a line of the table of ids */
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
	SC_ROW_LIFETIME = 1u << 5
	/* version and entry are written whenever `write` is not KEEP */
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

/** One row of a transaction: read by the driver, then perhaps changed by the decision. */
typedef struct sc_row {
	uint16_t type;    /* sc_row_type */
	uint16_t write;   /* sc_row_write */
	uint32_t changed; /* SC_ROW_COLUMNS..., with UPDATE */
	uint32_t need;    /* SC_READ_...: parts that the decision looks at; others may stay unread */
	uint32_t touched; /* groups of this batch that changed it; for the driver to ignore */
	sc_id id;         /* SC_ROW_ID; all others are named by value.address */
	sc_stored_outcome outcome; /* SC_ROW_ID; status NOT_FOUND: no such row */
	sc_record value;  /* version 0: no such row. A row whose lifetime ended is read as it is */
	uint64_t reserved[2];
} sc_row;

/** What holds for a whole transaction. */
typedef struct sc_rows_clock {
	int64_t now_ms;         /* the store's time; never below one that was committed */
	int64_t floor_ms;       /* ids older than this are refused */
} sc_rows_clock;

/**
 * The operations of a row driver. R: required. Called from any thread; one transaction is used by one
 * thread. Ownership and statuses as in sc_store_ops.
 */
typedef struct sc_rows_ops {
	size_t size;
	const char *name;

	sc_status (*info)(void *ctx, sc_store_info *out, sc_error *err);                                    /* R */
	sc_status (*prepare)(void *ctx, const sc_call *call, sc_error *err);                                /* R */
	uint64_t (*place)(void *ctx, const sc_address *address);                                            /* optional */

	/** R. Start a transaction that will write. SC_BUSY or SC_DEADLINE when it cannot be had in time. */
	sc_status (*begin)(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
	/** R. Lock and read rows, sorted and without doubles. What is read lives in `arena`, or is borrowed from
	 *  the engine until the transaction ends. */
	sc_status (*read)(void *txn, sc_row *rows, size_t count, sc_arena *arena, sc_error *err);
	/** R. Draw `count` positions in a row, after all locks are had. */
	sc_status (*draw)(void *txn, size_t count, uint64_t *first, sc_error *err);
	/** R. Write every row whose `write` is not KEEP, and the entries in order. */
	sc_status (*write)(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
	                   sc_error *err);
	/** R. Make it durable. Ends the transaction whatever it answers. A failure: nothing happened. */
	sc_status (*commit)(void *txn, sc_error *err);
	/** R. Undo and end the transaction. Cannot fail. */
	void (*abort)(void *txn);

	/** R. As in sc_store_ops; rows with an ended lifetime may be returned, the library drops them. */
	sc_status (*load)(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
	                  sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err);
	sc_status (*range)(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
	                   sc_page *out, int64_t *now_ms, sc_error *err);                                   /* R */
	/** R. Stored outcomes of ids, outside a transaction. */
	sc_status (*ids)(void *ctx, const sc_call *call, const sc_id *ids, size_t count, sc_stored_outcome *out,
	                 sc_error *err);
	/** R. Raise the floor to `floor_ms` first, then remove at most `max` older ids and rows whose lifetime ended
	 *  before `now_ms`. */
	sc_status (*forget)(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done,
	                    int64_t *next_ms, sc_error *err);
	sc_status (*log_read)(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
	                      sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);                /* R */
	sc_status (*log_of)(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
	                    sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);                  /* R */
	sc_status (*log_trim)(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);
	sc_status (*log_wait)(void *ctx, int *descriptor, sc_error *err);
	sc_status (*now)(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err);                   /* R */
	void (*close)(void *ctx);
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

SC_END_DECLS

#endif
