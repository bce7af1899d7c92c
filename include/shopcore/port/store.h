/*
 * The store port: all that a driver has to know to keep a shop.
 *
 * A store keeps three things, addressed by (kind, key, sub):
 *
 *   records   a few indexed columns, a body and a personal part; the table of kinds says which
 *   accounts  bounded counters: stock at a place, uses of a coupon, the balance of a gift card
 *   holds     two-phase claims on accounts, with a deadline on the store's own clock
 *
 * and one append-only journal. Changes come in groups. Each group is decided on its own, all or
 * nothing, in the order given; a batch of groups is made durable in one step; every group gets an
 * outcome of its own. The condition of a write lives inside the write, because only the store can
 * make check-and-write one step.
 *
 * A transactional engine need not implement this: see port/rows.h for the smaller floor below,
 * where the library decides and the driver only reads and writes rows.
 *
 * Promise: this header is for authors of drivers and wrappers. It grows by new members at the end
 * of the table of operations; the structs that cross it in arrays keep their size.
 */
#ifndef SHOPCORE_PORT_STORE_H
#define SHOPCORE_PORT_STORE_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/id.h>
#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/* ---- addresses ------------------------------------------------------------------------- */

/**
 * Where a thing lives. The key decides the place (shard, slot), the sub orders inside it, so
 * children need no index: holds of an order, payments of an order, SKUs in a category.
 */
typedef struct sc_address {
	const char *key; /* 1..SC_KEY_MAX bytes of any value */
	const char *sub; /* 0..SC_KEY_MAX bytes */
	uint16_t key_size;
	uint16_t sub_size;
	uint16_t kind; /* an sc_kind's number */
	uint16_t reserved;
} sc_address;

/* ---- the table of kinds ---------------------------------------------------------------- */

typedef enum sc_kind_class {
	SC_CLASS_RECORD = 1,
	SC_CLASS_ACCOUNT = 2,
	SC_CLASS_HOLD = 3,
	SC_CLASS_CLAIM = 4 /* a record that only says "taken"; locked before all other records */
} sc_kind_class;

/** How an address finds its shard: 16 bits out of the key. */
typedef enum sc_route {
	SC_ROUTE_TEXT = 1, /* a hash of the key up to its first NUL byte */
	SC_ROUTE_ID = 2,   /* the key is an sc_id: its last 16 bits */
	SC_ROUTE_FIXED = 3 /* always 0: small tables that everybody needs together */
} sc_route;

enum {
	SC_KIND_TOUCH = 1u << 0,    /* each change appends (kind, key, sub, version) to the journal */
	SC_KIND_MADE_BY = 1u << 1,  /* keeps the id of the group that made the row; see sc_group.home */
	SC_KIND_PERSONAL = 1u << 2, /* the personal part belongs to a person and can be erased alone */
	SC_KIND_CRITICAL = 1u << 3, /* must not be kept by a store that may lose what it acknowledged */
	SC_KIND_LIFETIME = 1u << 4  /* rows may carry a lifetime; afterwards they are absent */
};

typedef enum sc_value_type { SC_VALUE_NULL = 0, SC_VALUE_INT = 1, SC_VALUE_BYTES = 2 } sc_value_type;

/** One column of a record. Bytes compare unsigned, byte by byte, the shorter first. */
typedef struct sc_value {
	uint32_t type; /* sc_value_type */
	uint32_t reserved;
	int64_t number; /* SC_VALUE_INT */
	sc_bytes bytes; /* SC_VALUE_BYTES */
} sc_value;

#define SC_VALUE_OF_INT(n)      ((sc_value){ SC_VALUE_INT, 0, (n), { NULL, 0 } })
#define SC_VALUE_OF_BYTES(p, n) ((sc_value){ SC_VALUE_BYTES, 0, 0, { (p), (n) } })
#define SC_VALUE_NONE           ((sc_value){ SC_VALUE_NULL, 0, 0, { NULL, 0 } })

typedef struct sc_column {
	const char *name;
	uint32_t type; /* sc_value_type: INT or BYTES; any value may be NULL */
	uint32_t reserved;
} sc_column;

#define SC_INDEX_COLUMNS_MAX 4

/** An ordered list of columns. A row with NULL in any of them is not in the index. */
typedef struct sc_index {
	const char *name;
	uint8_t columns[SC_INDEX_COLUMNS_MAX];
	uint8_t count;
	uint8_t reserved[7];
} sc_index;

/** One kind of thing. Drivers make their schema from these; a new kind needs no new driver code. */
typedef struct sc_kind {
	uint16_t number;
	uint16_t kind_class; /* sc_kind_class */
	uint16_t route;      /* sc_route */
	uint16_t shape;      /* grows when columns, indexes or body change */
	uint32_t flags;      /* SC_KIND_... */
	uint32_t column_count, index_count;
	const char *name; /* lower case and underscores; fit for a table's name */
	const sc_column *columns;
	const sc_index *indexes;
	const char *owner; /* name of the column that holds the person it belongs to, or NULL */
	uint64_t reserved[2];
} sc_kind;

/**
 * Give the table of all kinds, by ascending number.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL; `count` is set.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const sc_kind *sc_kinds(size_t *count);

/**
 * Find a kind by its number.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: NULL when there is none.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const sc_kind *sc_kind_find(uint16_t number);

/**
 * Give the 16 bits by which an address is routed to its shard or slot.
 *
 * Ownership: borrowed for the call. Threads: any. Returns: 0..65535; cannot fail. Idempotent: yes. Since: 0.1.
 */
SC_API uint16_t sc_address_route(const sc_address *address);

/**
 * Compare two addresses: kind, then key, then sub, bytes unsigned, the shorter first.
 *
 * Ownership: borrowed for the call. Threads: any. Returns: below, at or above 0. Idempotent: yes. Since: 0.1.
 */
SC_API int sc_address_compare(const sc_address *a, const sc_address *b);

/* ---- accounts and holds ---------------------------------------------------------------- */

/**
 * A bounded counter. What can still be claimed is
 *
 *     free = on_hand - held - committed - floor
 *
 * `floor` above 0 is safety stock, below 0 a backorder allowance, SC_FLOOR_NONE no bound at all.
 * A hold needs its quantity free; `set` and a forced `adjust` may leave free below 0, because a
 * count of the shelf can be lower than what was promised. held and committed are never below 0.
 */
typedef struct sc_counters {
	int64_t on_hand;
	int64_t held;
	int64_t committed;
	int64_t floor;
} sc_counters;

#define SC_FLOOR_NONE INT64_MIN

/**
 * Give what can still be claimed: on_hand - held - committed - floor.
 *
 * Ownership: borrowed for the call. Threads: any. Returns: the number, saturated; INT64_MAX without a bound.
 * Idempotent: yes. Since: 0.1.
 */
SC_API int64_t sc_counters_free(const sc_counters *counters);

typedef enum sc_hold_state {
	SC_HOLD_NONE = 0,
	SC_HOLD_HELD = 1,
	SC_HOLD_COMMITTED = 2,
	SC_HOLD_RELEASED = 3, /* also the tombstone of a hold that was released before it arrived */
	SC_HOLD_EXPIRED = 4
} sc_hold_state;

enum {
	SC_LINE_SPLIT = 1u << 0, /* may be served from several sources, in their order */
	SC_LINE_LIMIT = 1u << 1  /* `limit` counts: makes the account with that on_hand when it is absent */
};

#define SC_NO_LINE UINT32_MAX

/** What one line of a hold claims: so many units, from the first of its sources that can serve. */
typedef struct sc_hold_line {
	const sc_address *sources; /* accounts, in order of preference; at least one */
	uint32_t source_count;
	uint32_t flags;   /* SC_LINE_... */
	int64_t quantity; /* 1..SC_QUANTITY_MAX */
	int64_t limit;    /* with SC_LINE_LIMIT; the account's lifetime is the change's `lifetime_ms` */
	uint64_t reserved[2];
} sc_hold_line;

/** What a hold took: so many units of one account for one line. */
typedef struct sc_take {
	sc_address account; /* in an outcome, borrowed from the request or from the caller's arena */
	int64_t quantity;
	uint32_t line;
	uint32_t reserved;
} sc_take;

/* ---- changes and groups ---------------------------------------------------------------- */

typedef enum sc_change_type {
	SC_CHANGE_CHECK = 1,   /* the record has `version` (0: is absent); changes nothing */
	SC_CHANGE_PUT = 2,     /* write all of a record */
	SC_CHANGE_PATCH = 3,   /* write some columns, or the personal part, of a record that exists */
	SC_CHANGE_DELETE = 4,  /* remove a record */
	SC_CHANGE_ADJUST = 5,  /* add deltas to an account; made if absent */
	SC_CHANGE_SET = 6,     /* set on_hand or floor of an account; made if absent */
	SC_CHANGE_HOLD = 7,    /* claim accounts; the address is the hold's */
	SC_CHANGE_COMMIT = 8,  /* turn held into committed; parts say how much, the rest returns at once */
	SC_CHANGE_RELEASE = 9, /* give a hold back, or undo a committed one with SC_RELEASE_COMMITTED: all of it, or all
	                          but what parts say */
	SC_CHANGE_EXTEND = 10, /* give a hold a new deadline; ttl_ms 0: none, the pin before a saga confirms */
	SC_CHANGE_APPEND = 11  /* append an event about a row that an earlier change of this group writes;
	                          skipped when nothing was written to it after all */
} sc_change_type;

/**
 * The condition of CHECK, PUT, PATCH and DELETE. CHECK without one means SC_IF_VERSION. PATCH needs the
 * record present whatever the condition. A record that was fenced answers PUT with SC_FENCED.
 */
typedef enum sc_condition {
	SC_IF_ANY = 0,     /* no condition; PUT and DELETE only in a group whose id is kept */
	SC_IF_ABSENT = 1,  /* SC_EXISTS otherwise */
	SC_IF_VERSION = 2, /* SC_CHANGED otherwise; SC_NOT_FOUND when absent and `version` is not 0. Version 0
	                      means absent, and SC_CHANGED otherwise */
	SC_IF_PRESENT = 3  /* SC_NOT_FOUND otherwise */
} sc_condition;

enum {
	SC_SKIP = 1u << 0,              /* PUT, PATCH, DELETE, COMMIT, RELEASE, EXTEND: a failed condition skips this
	                                   change and does not refuse the group; RELEASE: "if live", makes no
	                                   tombstone */
	SC_ADJUST_FORCED = 1u << 1,     /* ADJUST may leave free below 0 */
	SC_SET_ON_HAND = 1u << 2,       /* SET writes on_hand */
	SC_SET_FLOOR = 1u << 3,         /* SET writes floor */
	SC_PATCH_PERSONAL = 1u << 4,    /* PATCH writes the personal part */
	SC_PATCH_BODY = 1u << 5,        /* PATCH writes the body */
	SC_RELEASE_COMMITTED = 1u << 6, /* RELEASE also undoes a committed hold: committed goes down */
	SC_RELEASE_DAMAGED = 1u << 7    /* RELEASE also settles a hold whose takes cannot be read; no account moves */
};

/**
 * Holds, state by state. COMMIT: done when HELD and not past its deadline; SC_HOLD_LAPSED past it or
 * EXPIRED; SC_HOLD_SETTLED when RELEASED; when COMMITTED, done without a change if it says the same, else
 * SC_HOLD_SETTLED; SC_NOT_FOUND when absent. RELEASE: done when HELD, lapsed or not; done without a change
 * when RELEASED or EXPIRED; SC_HOLD_SETTLED when COMMITTED, unless SC_RELEASE_COMMITTED; absent: leaves a
 * tombstone, so that a HOLD that arrives later is refused with SC_FENCED. RELEASE with parts: done when COMMITTED,
 * which it stays with so much of each line, at most what is committed of it (SC_OUT_OF_STOCK); SC_WRONG_STATE when
 * HELD, SC_HOLD_SETTLED when RELEASED or EXPIRED, SC_NOT_FOUND when absent. EXTEND: as COMMIT, but never done when
 * COMMITTED. HOLD: SC_EXISTS when there is one.
 *
 * ADJUST: SC_OUT_OF_STOCK when it lowers free below 0 and is not forced. Whatever would bring held or
 * committed below 0 is refused with SC_WRONG_STATE. Sums that do not fit: SC_OUT_OF_RANGE.
 */

/** How much of one line of a hold is committed, or stays so, at most what it holds (SC_OUT_OF_STOCK); lines that are
 *  not named return at once. */
typedef struct sc_commit_part {
	uint32_t line;
	uint32_t reserved;
	int64_t quantity;
} sc_commit_part;

/** One typed change. Members that a type does not use are zero. */
typedef struct sc_change {
	sc_address address;
	uint16_t type;      /* sc_change_type */
	uint16_t condition; /* sc_condition */
	uint32_t flags;
	uint64_t version; /* SC_IF_VERSION, CHECK */

	/* PUT: all columns of the kind in order. PATCH: as many as `column_mask` has bits, in order. */
	const sc_value *columns;
	uint32_t column_count;
	uint32_t column_mask;
	sc_bytes body;     /* PUT, PATCH with SC_PATCH_BODY, APPEND */
	sc_bytes personal; /* PUT, PATCH with SC_PATCH_PERSONAL */

	/* ADJUST: deltas. SET: on_hand and floor as flagged. */
	sc_counters counters;

	/* HOLD */
	const sc_hold_line *lines;
	/* COMMIT: NULL commits everything. RELEASE with SC_RELEASE_COMMITTED: NULL keeps nothing */
	const sc_commit_part *parts;
	uint32_t line_count;
	uint32_t part_count;
	int64_t ttl_ms;      /* HOLD, EXTEND: interval from the store's now; 0: no deadline */
	int64_t lifetime_ms; /* PUT, and accounts that a HOLD makes: interval from now; 0: for ever */

	sc_bytes topic; /* APPEND: such as "order.placed"; ADJUST, SET, COMMIT, RELEASE, HOLD: the reason */
	uint64_t reserved[4];
} sc_change;

/** Where the group's id is kept, so that a repeat returns the stored outcome. */
typedef enum sc_home {
	SC_HOME_NONE = 0,  /* nowhere: every change is conditional and a repeat is refused by itself. An ADJUST
	                      needs another change beside it that a repeat refuses: a HOLD, a PUT if absent, or
	                      a PUT, PATCH or DELETE if version, without SC_SKIP */
	SC_HOME_TABLE = 1, /* in the store's table of ids */
	SC_HOME_FIRST = 2  /* in the row that the first change makes: a HOLD, or a PUT if absent of an
	                      SC_KIND_MADE_BY kind. When that row exists and was made by this very id, the
	                      group is a repeat (`position` is then the row's version of today); made by
	                      another, the change is refused with SC_EXISTS. */
} sc_home;

enum {
	SC_GROUP_KEEP_REFUSAL = 1u << 0 /* SC_HOME_TABLE: a refusal is stored too and ends the id */
};

/** Changes that happen together or not at all, within one domain of atomicity. Plain data. */
typedef struct sc_group {
	sc_id id;      /* UUIDv7; with SC_HOME_NONE it only marks the journal, and may be zero */
	uint16_t home; /* sc_home */
	uint16_t reserved0;
	uint32_t flags; /* SC_GROUP_... */
	uint64_t epoch; /* of the map of shards it was routed by; 0: not routed */
	const sc_change *changes;
	uint32_t count;
	uint32_t reserved1;
	uint64_t reserved[2];
} sc_group;

/** Counters of an account after a group. */
typedef struct sc_after {
	sc_address account; /* borrowed as in sc_take */
	sc_counters counters;
} sc_after;

enum {
	SC_OUTCOME_REPEAT = 1u << 0, /* the stored answer of an earlier time */
	SC_OUTCOME_SKIPPED = 1u << 1 /* at least one SC_SKIP change was skipped */
};

/**
 * What became of one group. The caller zeroes it and may hand in arrays; the store fills at most
 * their capacity and sets the counts to what there is.
 */
typedef struct sc_outcome {
	sc_status status;  /* SC_OK, a refusal, bad input, a failure or an unknown, of this group alone */
	uint32_t flags;    /* SC_OUTCOME_... */
	uint32_t change;   /* refusals: which change */
	uint32_t line;     /* refusals of a HOLD or COMMIT: which line, or SC_NO_LINE */
	int64_t wanted;    /* stock and limits: what all lines of the group on that account want together */
	int64_t available; /* stock and limits: what was free before the group, and what its own earlier changes
	                      gave back; of several sources the largest, of SC_LINE_SPLIT their sum */
	uint64_t position; /* the last position that this group drew, which is the version of every row that it
	                      wrote; 0 when it changed nothing */
	int64_t time_ms;   /* the store's time of it */
	sc_take *takes;    /* HOLD: what came from where; a repeat with SC_HOME_FIRST fills it again from the hold */
	uint32_t take_capacity, take_count;
	sc_after *after; /* counters after the group, once per account; a repeat leaves count 0 */
	uint32_t after_capacity, after_count;
	sc_arena *arena; /* where addresses are copied that the request does not have: takes of a repeat, accounts
	                    that a COMMIT or RELEASE learned from the hold; NULL: those are left out */
	uint64_t reserved[3];
} sc_outcome;

/* ---- reads ----------------------------------------------------------------------------- */

enum { SC_READ_COLUMNS = 1u << 0, SC_READ_BODY = 1u << 1, SC_READ_PERSONAL = 1u << 2, SC_READ_ALL = 7u };

/** What a read found. `version` 0: absent. Columns that the mask left out are NULL. */
typedef struct sc_record {
	sc_address address; /* of a load: as asked; of a range: in the arena */
	uint64_t version;
	uint64_t entry;          /* newest journal entry about this subject, or 0 */
	const sc_value *columns; /* as many as the kind has */
	sc_bytes body;           /* holds: packed takes, see sc_hold_takes() */
	sc_bytes personal;
	int64_t expires_ms;   /* end of a lifetime in the store's time; 0: none */
	sc_counters counters; /* accounts */
	int64_t deadline_ms;  /* holds: 0: none */
	sc_id made_by;        /* holds, and SC_KIND_MADE_BY kinds */
	uint32_t hold_state;  /* holds: sc_hold_state */
	uint32_t shape;       /* the kind's shape when the row was written */
	uint64_t reserved[2];
} sc_record;

/** How a range walks. */
enum {
	SC_BY_SUB = -1,    /* the subs of `key`, low and high bound the sub */
	SC_BY_ADDRESS = -2 /* the whole kind by (key, sub), low and high bound the key */
};

enum {
	SC_RANGE_DESCENDING = 1u << 0,
	SC_RANGE_LOW_EXCLUDED = 1u << 1,
	SC_RANGE_HIGH_EXCLUDED = 1u << 2,
	SC_RANGE_UNTIL_NOW = 1u << 3 /* the high bound is the store's now plus high.number milliseconds */
};

typedef struct sc_range {
	uint16_t kind;
	int16_t index;         /* an index of the kind from 0, or SC_BY_SUB, SC_BY_ADDRESS. Holds have one index,
	                          0: by deadline, of those in state HELD that have one */
	uint32_t flags;        /* SC_RANGE_... */
	sc_bytes key;          /* SC_BY_SUB */
	const sc_value *equal; /* values for the first `equal_count` columns of the index */
	uint32_t equal_count;
	uint32_t limit;     /* 1..SC_PAGE_MAX */
	sc_value low, high; /* bounds on the next column, or on sub or key; type NULL: open */
	sc_bytes cursor;    /* `next` of the page before; empty: from the start */
	uint32_t mask;      /* SC_READ_... */
	uint32_t reserved0;
	uint64_t reserved[2];
} sc_range;

/** Rows with an ended lifetime are left out; a page may therefore be short and still have a `next`. */
typedef struct sc_page {
	sc_record *records; /* in the arena */
	size_t count;
	sc_bytes next; /* in the arena; empty: there is no more. Opaque, bound to the range it came from */
	uint64_t reserved[2];
} sc_page;

/* ---- journal --------------------------------------------------------------------------- */

typedef enum sc_entry_type {
	SC_ENTRY_ACCOUNT = 1, /* an account changed */
	SC_ENTRY_TOUCH = 2,   /* a record of an SC_KIND_TOUCH kind changed */
	SC_ENTRY_EVENT = 3    /* what APPEND said */
} sc_entry_type;

/** One line of the journal. Positions grow per subject in order of effect and are never reused. */
typedef struct sc_entry {
	uint64_t position;
	uint64_t previous; /* position of this subject's entry before, or 0: a chain that can be walked */
	sc_address subject;
	int64_t time_ms;
	sc_id group;        /* the group that did it; zero when it had none */
	uint32_t type;      /* sc_entry_type */
	uint32_t partition; /* filled by the driver when it is read */
	/* ACCOUNT: what was added, and the counters after it */
	sc_counters delta, after; /* delta.floor is 0 when the floor was or became SC_FLOOR_NONE */
	sc_address cause;         /* ACCOUNT: the hold that did it; key_size 0: none */
	sc_bytes topic;   /* EVENT: what happened; ACCOUNT: hold, commit, release, expire, or the reason given */
	sc_bytes body;    /* EVENT */
	uint64_t version; /* TOUCH: version after, 0: deleted */
	uint64_t reserved[2];
} sc_entry;

/* ---- what a store says of itself --------------------------------------------------------- */

typedef enum sc_durability {
	SC_DURABLE_PROCESS = 1,   /* gone with the process */
	SC_DURABLE_LOSSY = 2,     /* may lose acknowledged writes on a crash or a failover */
	SC_DURABLE_DISK = 3,      /* acknowledged means on disk */
	SC_DURABLE_REPLICATED = 4 /* acknowledged means on disk on more than one machine */
} sc_durability;

typedef struct sc_store_info {
	size_t size;
	const char *name;          /* "memory", "sqlite" */
	uint32_t durability;       /* sc_durability */
	uint32_t partitions;       /* of the journal */
	sc_id incarnation;         /* a new one: whoever derived something from the journal starts over */
	uint32_t groups_max;       /* groups in one apply */
	uint32_t parallel_applies; /* applies that make sense at once */
	bool wants_combiner;       /* false: concurrent small applies cost nothing extra */
	int64_t remembers_ms;      /* how long the table of ids keeps an outcome */
	uint64_t reserved[4];
} sc_store_info;

/** An id to be resolved, and the row it lives in when it is at home there (key_size 0: in the table). */
typedef struct sc_group_ref {
	sc_id id;
	sc_address home;
} sc_group_ref;

/** What was made from rows, and what it was made from: when one of these is written, it is out of date. */
typedef struct sc_made {
	sc_bytes bytes;         /* data NULL: not to be kept */
	const sc_address *rows; /* also those that are not there */
	const sc_range *ranges; /* by an index, or by sub: whose rows it has all of */
	uint32_t row_count, range_count;
	bool absent; /* it says that there is nothing */
	uint8_t reserved[7];
} sc_made;

/** Something made from rows, such as a product with its SKUs, that a store with a cache may keep. */
typedef struct sc_recall {
	sc_address subject;
	uint32_t form; /* what of it; a new number whenever its bytes mean something else */
	uint32_t reserved0;
	/** Make those of `wanted` that which[0..count) names, each into out[which[i]]. `call` reads as of now. What
	 * `out` points to is in the arena. All of a call to recall have the same `make` and `maker`. */
	sc_status (*make)(void *maker, const sc_call *call, const struct sc_recall *wanted, const size_t *which,
	                  size_t count, sc_arena *arena, sc_made *out, sc_error *err);
	void *maker;
	uint64_t reserved[2];
} sc_recall;

/**
 * The operations of a store. R: required.
 *
 * All of them are called from any thread, several at once. `call` carries deadline and trace and is
 * never NULL. Whatever is handed in is borrowed for the call, and so are the arrays inside.
 * SC_OK when `out` is filled; on any other status `out` is untouched.
 */
typedef struct sc_store_ops {
	size_t size;
	const char *name;

	/** R. Say what this store is. */
	sc_status (*info)(void *ctx, sc_store_info *out, sc_error *err);

	/** R. Make the schema equal to the table of kinds, by adding only. Safe to repeat, and at once from
	 *  several processes. SC_SCHEMA_TOO_NEW: written by a later version; nothing was changed. */
	sc_status (*prepare)(void *ctx, const sc_call *call, sc_error *err);

	/** Optional. The domain of atomicity of an address. NULL: the whole store is one domain. */
	uint64_t (*place)(void *ctx, const sc_address *address);

	/** R. Read `count` addresses of mixed kinds into out[0..count), in order. No snapshot. */
	sc_status (*load)(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
	                  sc_arena *arena, sc_record *out, sc_error *err);

	/** R. Walk `count` ranges; one page each. */
	sc_status (*range)(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
	                   sc_page *out, sc_error *err);

	/** R. Decide the groups in order and make them durable. SC_OK: every out[i].status is set; when one of them
	 *  is bad input, `err` says about the first of those which field and, as index, which group. A failure:
	 *  none of them happened. An unknown: any of them may have happened, or may yet. */
	sc_status (*apply)(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
	                   sc_error *err);

	/** R. The stored outcome of each id: status SC_OK or the kept refusal with SC_OUTCOME_REPEAT, or
	 *  SC_NOT_FOUND; SC_TOO_OLD when it is not there but may have been forgotten; SC_EXISTS when its home was
	 *  made by another. With `fence`, an id that was not seen becomes dead: a group that arrives with it later
	 *  is refused with SC_FENCED, and the outcome here is SC_FENCED. */
	sc_status (*resolve)(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
	                     sc_outcome *out, sc_error *err);

	/** R. Settle at most `max` lapsed holds (state EXPIRED, units returned), remove ended lifetimes and
	 *  forgotten ids. `done`: how many; `next_ms`: the store's time at which more is due, or SC_NEVER. */
	sc_status (*expire)(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err);

	/** R. Entries of a partition after a position, oldest first, settled ones only: none will ever appear
	 *  before one that was returned. `out` has room for `max`. */
	sc_status (*log_read)(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
	                      sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);

	/** R. A subject's entries before a position (0: from the newest), newest first. A deleted row takes its
	 *  chain with it: its entries are found by log_read alone. */
	sc_status (*log_of)(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
	                    sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);

	/** Optional. Forget entries of a partition up to and with a position. NULL: it is kept for ever. */
	sc_status (*log_trim)(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);

	/** Optional. A descriptor that is readable when something was appended. NULL: poll log_read. */
	sc_status (*log_wait)(void *ctx, int *descriptor, sc_error *err);

	/** R. The store's clock in milliseconds since 1970; never goes back. Also the check of readiness. */
	sc_status (*now)(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err);

	/** Optional. Release everything. NULL: nothing to release. Called once, when nobody uses it any more. */
	void (*close)(void *ctx);

	/** Optional. The partition of the journal that has the entries about an address; with an empty key those about
	 *  all of its kind, or SC_PARTITIONS_MANY. NULL: there is one partition. */
	uint32_t (*partition)(void *ctx, const sc_address *address);

	/** Optional. Give what was made from rows, no older than the call's freshness_ms (above 0); what is not kept is
	 *  made, all of it at once. out[i] is a copy in the arena, aligned for any type. NULL: nothing is kept. */
	sc_status (*recall)(void *ctx, const sc_call *call, const sc_recall *wanted, size_t count, sc_arena *arena,
	                    sc_bytes *out, sc_error *err);
} sc_store_ops;

#define SC_PARTITIONS_MANY UINT32_MAX

/** A store in use: its operations and its state. A value; whoever opened it closes it. */
typedef struct sc_store {
	const sc_store_ops *ops;
	void *ctx;
} sc_store;

/** Whether a table reaches as far as `member` and has it. */
#define SC_OPS_HAS(table, type, member) \
	((table)->size >= offsetof(type, member) + sizeof((table)->member) && (table)->member != NULL)

/** One take of a hold, unpacked. */
typedef struct sc_hold_take {
	sc_take take;
	int64_t committed; /* of `take.quantity`, in state COMMITTED; 0 in any other */
} sc_hold_take;

/**
 * Unpack what a hold took from the body of its record.
 *
 * Ownership: `out` is in the arena, its addresses too. Threads: any.
 * Returns: SC_OK; SC_DAMAGED when the bytes are no hold's; SC_NO_MEMORY. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_hold_takes(const sc_record *hold, sc_arena *arena, sc_hold_take **out, size_t *count);

SC_END_DECLS

#endif
