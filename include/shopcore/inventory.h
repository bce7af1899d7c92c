/*
 * Inventory: how many units of a SKU are where, and who has a claim on them.
 *
 * An account per (SKU, location) has three counters; available = on_hand - held - committed - safety stock.
 * A reservation holds units of many SKUs at once, all or nothing, until exactly one of commit, release or expiry
 * ends it. Its deadline is checked by the store on the store's own clock whenever the reservation is used, so a late
 * sweep may sell less but never more. Every change of a counter is an entry in the store's journal;
 * sc_inventory_journal() lists them, and shopcore/verify.h compares the two.
 *
 * A location of NULL means "main". A SKU need not be in the catalogue; an account that was never written has zero
 * units.
 */
#ifndef SHOPCORE_INVENTORY_H
#define SHOPCORE_INVENTORY_H

#include <shopcore/arena.h>
#include <shopcore/limits.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

/** Safety stock of a SKU whose units nobody counts: it can always be reserved. */
#define SC_NOT_TRACKED INT64_MIN

/** One account. */
typedef struct sc_stock_ref {
	const char *sku;
	const char *location; /* NULL: "main" */
} sc_stock_ref;

/** Counters of one account, in units. To a customer or guest only `available` is told, the others are 0; so it is to a
 *  seller of what is not that seller's. */
typedef struct sc_level {
	const char *sku;
	const char *location;
	int64_t available; /* what can be reserved; never below 0; INT64_MAX for a SKU that is not tracked */
	int64_t on_hand;
	int64_t held;
	int64_t committed;
	int64_t safety;   /* kept back; below 0: backorders allowed up to so many; INT64_MIN: not tracked */
	uint64_t version; /* 0: nothing was ever received */
	uint64_t reserved[2];
} sc_level;

/** A change of on_hand. */
typedef struct sc_stock_change {
	const char *sku;
	const char *location; /* NULL: "main" */
	int64_t quantity;
} sc_stock_change;

/**
 * Read the levels of many accounts in one call.
 *
 * Ownership: `refs` are borrowed for the call; `out` has room for `count`, its text is in `arena`. Threads: any, one
 * per arena. Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT (err->index, err->field);
 * SC_NOT_ALLOWED; what the store says; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_inventory_levels(sc_shop *shop, const sc_call *call, const sc_stock_ref *refs, size_t count,
                                     sc_arena *arena, sc_level *out, sc_error *err);

/**
 * Book units that arrived, all or none: on_hand grows by each quantity (1..SC_QUANTITY_MAX units).
 *
 * Ownership: inputs are borrowed for the call; `reason` is kept in the journal, NULL means "receive". Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->index, err->field);
 * SC_NOT_ALLOWED; SC_KEY_REUSED; what the store says; SC_NO_MEMORY; SC_OK. Idempotent: with call->key. Since: 0.1.
 */
SC_API sc_status sc_inventory_receive(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                                      const char *reason, sc_error *err);

/**
 * Set on_hand to what was counted on the shelf, all or none (0..SC_QUANTITY_MAX units). It may fall below what was
 * promised: available is then 0 until goods arrive.
 *
 * Ownership: inputs are borrowed for the call; `reason` is kept in the journal, NULL means "count". Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->index, err->field);
 * SC_NOT_ALLOWED; SC_KEY_REUSED; what the store says; SC_NO_MEMORY; SC_OK.
 * Idempotent: with call->key; without it a repeat after other changes counts again. Since: 0.1.
 */
SC_API sc_status sc_inventory_set(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                                  const char *reason, sc_error *err);

/**
 * Add to on_hand or take from it, all or none, with a reason ("breakage", "return"). Taking is refused when the units
 * are not available.
 *
 * Quantities are units between -SC_QUANTITY_MAX and SC_QUANTITY_MAX, not 0.
 *
 * Ownership: inputs are borrowed for the call; `reason` is required and kept in the journal. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->index, err->field);
 * SC_NOT_ALLOWED; SC_KEY_REUSED; SC_OUT_OF_STOCK (err->index, err->wanted, err->available); what the store says;
 * SC_NO_MEMORY; SC_OK. Idempotent: with call->key. Since: 0.1.
 */
SC_API sc_status sc_inventory_adjust(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                                     const char *reason, sc_error *err);

/** Units on their way from one location to another. */
typedef struct sc_stock_move {
	const char *sku;
	const char *from, *to; /* NULL: "main"; not the same */
	int64_t quantity;      /* 1..SC_QUANTITY_MAX units */
} sc_stock_move;

/**
 * Move units from one location to another, all moves or none: no unit is ever in neither place or in both. Refused
 * when the units are not available where they come from.
 *
 * Ownership: inputs are borrowed for the call; `reason` is kept in the journal of both accounts, NULL means "transfer".
 * Threads: any. Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->index,
 * err->field); SC_NOT_ALLOWED; SC_KEY_REUSED; SC_OUT_OF_STOCK (err->index, err->wanted, err->available); what the store
 * says; SC_NO_MEMORY; SC_OK. Idempotent: with call->key. Since: 0.1.
 */
SC_API sc_status sc_inventory_transfer(sc_shop *shop, const sc_call *call, const sc_stock_move *moves, size_t count,
                                       const char *reason, sc_error *err);

/**
 * Set the safety stock of accounts, all or none. `quantity` units are kept back from sale; below 0 so many may be
 * sold that are not there yet (backorders); SC_NOT_TRACKED lets every reservation through. What is reserved already
 * stays so.
 *
 * Quantities are units between -SC_QUANTITY_MAX and SC_QUANTITY_MAX, or SC_NOT_TRACKED.
 *
 * Ownership: inputs are borrowed for the call; `reason` is kept in the journal, NULL means "safety". Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->index, err->field);
 * SC_NOT_ALLOWED; SC_KEY_REUSED; what the store says; SC_NO_MEMORY; SC_OK. Idempotent: with call->key; setting the same
 * again changes nothing either. Since: 0.1.
 */
SC_API sc_status sc_inventory_set_safety(sc_shop *shop, const sc_call *call, const sc_stock_change *changes,
                                         size_t count, const char *reason, sc_error *err);

/* ---- reservations ---------------------------------------------------------------------- */

enum {
	SC_RESERVE_SPLIT = 1u << 0 /* the units may come from several of the locations, in their order */
};

/** What a reservation asks for: one SKU, how many, and where from: from `location`, or from the first of `locations`
 *  that has them all. */
typedef struct sc_reserve_line {
	const char *sku;
	const char *location;         /* NULL: "main", unless there are `locations` */
	int64_t quantity;             /* 1..SC_QUANTITY_MAX units */
	const char *const *locations; /* in order of preference, no one twice; NULL: `location` alone */
	uint32_t location_count;      /* at most SC_SOURCES_MAX */
	uint32_t flags;               /* SC_RESERVE_... */
} sc_reserve_line;

typedef struct sc_reserve_request {
	size_t size; /* set by the initialiser */
	sc_id id; /* the reservation's name from now on: a UUIDv7 of the caller's, or zero: one is made. With an id of
	             the caller's own a repeat is harmless */
	const sc_reserve_line *lines;
	size_t line_count; /* 1..SC_RESERVATION_LINES_MAX */
	int64_t ttl_ms;    /* it lapses after this long; 0: the shop's hold_ttl_ms */
	uint64_t reserved[2];
} sc_reserve_request;

#define SC_RESERVE_REQUEST_INIT                    \
	{                                          \
		.size = sizeof(sc_reserve_request) \
	}

typedef struct sc_reservation {
	sc_id id;
	uint32_t state; /* sc_hold_state */
	uint32_t reserved0;
	int64_t deadline_ms; /* the store's time at which it lapses; 0: never */
	uint64_t reserved[2];
} sc_reservation;

/**
 * Reserve stock for every line, or for none of them. Lines naming one account are added together before the check.
 *
 * The deadline is `ttl_ms` milliseconds after the store's now.
 *
 * Ownership: `request` is borrowed for the call; `out` is a value and may be NULL. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->index, err->field);
 * SC_NOT_ALLOWED; SC_KEY_REUSED when the id or call->key stands for another request; SC_FENCED when the id was released
 * before it arrived; SC_OUT_OF_STOCK (err->index the line, err->wanted, err->available); what the store says; SC_OK.
 * Idempotent: with an id of the caller's own, or with call->key. Since: 0.1.
 */
SC_API sc_status sc_inventory_reserve(sc_shop *shop, const sc_call *call, const sc_reserve_request *request,
                                      sc_reservation *out, sc_error *err);

/** What a reservation took from one account for one line. */
typedef struct sc_reservation_take {
	const char *sku;
	const char *location;
	int64_t quantity;  /* units */
	int64_t committed; /* of them; 0 unless it is committed */
	uint32_t line;     /* of the request */
	uint32_t reserved0;
	uint64_t reserved[2];
} sc_reservation_take;

typedef struct sc_reservation_detail {
	sc_reservation reservation;
	const sc_reservation_take *takes; /* by line */
	size_t take_count;                /* 0 when it was released before it arrived */
	uint64_t reserved[2];
} sc_reservation_detail;

/**
 * Look a reservation up: its state, and what came from where.
 *
 * Ownership: `out` points into `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_NOT_FOUND; SC_DAMAGED; SC_NO_MEMORY;
 * SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_inventory_get_reservation(sc_shop *shop, const sc_call *call, sc_id id, sc_arena *arena,
                                              sc_reservation_detail *out, sc_error *err);

/**
 * Give a reservation more time, or less: it lapses `ttl_ms` milliseconds after the store's now.
 *
 * Ownership: `deadline_ms`, about the store's time at which it lapses now, may be NULL. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT or SC_OUT_OF_RANGE (a `ttl_ms` of 0 is the shop's hold_ttl_ms);
 * SC_NOT_ALLOWED; SC_NOT_FOUND; SC_HOLD_LAPSED when its deadline passed; SC_HOLD_SETTLED when it was committed or
 * released; what the store says; SC_OK. Idempotent: a repeat counts from its own now. Since: 0.1.
 */
SC_API sc_status sc_inventory_extend(sc_shop *shop, const sc_call *call, sc_id id, int64_t ttl_ms, int64_t *deadline_ms,
                                     sc_error *err);

/**
 * Commit a reservation: the units are sold, and leave with sc_inventory_fulfil(). With `parts` only so many units of
 * the named lines; all other units return at once.
 *
 * Ownership: `parts` are borrowed for the call; NULL commits everything. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; SC_NOT_FOUND; SC_HOLD_LAPSED when its deadline passed;
 * SC_HOLD_SETTLED when it was settled before, except by a commit of everything that this call repeats; what the store
 * says; SC_OK. Idempotent: yes for a whole commit. Since: 0.1.
 */
SC_API sc_status sc_inventory_commit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts,
                                     size_t part_count, sc_error *err);

/**
 * Give a reservation back. Releasing one that was never made makes sure that it never will be.
 *
 * Ownership: a value. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; SC_HOLD_SETTLED when it was committed; what the store says;
 * SC_OK, also when it was released or lapsed before. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_inventory_release(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err);

/**
 * Let the units of a committed reservation leave the house: on_hand and committed go down.
 *
 * Ownership: a value. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; SC_NOT_FOUND; SC_HOLD_SETTLED when it is not committed, or
 * left already; what the store says; SC_NO_MEMORY; SC_OK. Idempotent: a repeat is refused and changes nothing. Since:
 * 0.1.
 */
SC_API sc_status sc_inventory_fulfil(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err);

/**
 * Settle holds whose deadline passed, at most `max` of them; their units return. sc_shop_tick() does this too.
 *
 * Ownership: `done` and `next_ms` (the store's time at which more is due, or SC_NEVER) may be NULL. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_inventory_expire(sc_shop *shop, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                                     sc_error *err);

/* ---- journal --------------------------------------------------------------------------- */

/** One movement: what was added to the counters of an account, and what they were afterwards. */
typedef struct sc_movement {
	uint64_t position;
	int64_t time_ms;                                    /* the store's */
	int64_t on_hand, held, committed;                   /* added */
	int64_t on_hand_after, held_after, committed_after; /* and then */
	const char *reason; /* "receive", "hold", "commit", "release", "expire", or as given */
	sc_id cause;        /* the order or reservation that did it, or zero */
	uint64_t reserved[2];
} sc_movement;

typedef struct sc_movement_page {
	const sc_movement *movements; /* newest first */
	size_t count;
	uint64_t next; /* `before` of the next page; 0: there is no more */
} sc_movement_page;

/**
 * List movements of one account, newest first.
 *
 * Ownership: `ref` is borrowed for the call; `out` points into `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT (a limit outside 1..SC_PAGE_MAX);
 * SC_NOT_ALLOWED; what the store says; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_inventory_journal(sc_shop *shop, const sc_call *call, const sc_stock_ref *ref, uint64_t before,
                                      size_t limit, sc_arena *arena, sc_movement_page *out, sc_error *err);

SC_END_DECLS

#endif
