/*
 * Carts: what a buyer means to buy. A user's cart is found by the user's id, a guest's by a token that the
 * embedding program made and keeps (in a cookie, say). A cart is one record: every function here is one read
 * and one write, whatever the number of lines.
 *
 * A line has an id of its own and options (engraving, colour), so one SKU with two sets of options stands on
 * two lines; adding the same SKU with the same options raises the line that is there. Each line remembers the
 * unit price the buyer saw, so that a quote can tell what changed since. A cart has one currency: that of its
 * first line.
 *
 * Writes may name the version they are about, and may carry call->key: a cart remembers the last
 * SC_CART_KEYS_MAX keys, so that a repeat changes nothing. Every write renews the cart's lifetime.
 */
#ifndef SHOPCORE_CART_H
#define SHOPCORE_CART_H

#include <shopcore/arena.h>
#include <shopcore/json.h>
#include <shopcore/limits.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

/** How many idempotency keys a cart remembers. */
#define SC_CART_KEYS_MAX 16
/** How many coupons a cart carries. */
#define SC_CART_COUPONS_MAX 10

/** An option of a line, such as engraving: "For Ada". Names are unique within a line. */
typedef struct sc_line_option {
	const char *name;  /* 1..SC_ATTRIBUTE_NAME_MAX bytes */
	const char *value; /* 0..SC_NOTE_MAX bytes */
} sc_line_option;

typedef struct sc_cart_line {
	sc_id id;
	const char *sku;
	int64_t quantity;              /* 1..SC_QUANTITY_MAX */
	int64_t price_seen_minor;      /* unit price when it was last added */
	int64_t added_ms;              /* the store's time of that, about */
	const sc_line_option *options; /* by name */
	uint32_t option_count;
	uint32_t reserved0;
	uint64_t reserved[2];
} sc_cart_line;

/** A code that the buyer gave; see coupon.h. Whether it takes something off is for a quote to say. */
typedef struct sc_cart_coupon {
	const char *code;   /* as it was given, in capital letters */
	const char *coupon; /* the coupon it stands for: what promotions name */
} sc_cart_coupon;

typedef struct sc_cart {
	const char *owner; /* "u:" and a user's id, or "g:" and a guest's token */
	uint64_t version;  /* 0: there is none yet, or it ran out */
	char currency[4];  /* empty without lines */
	const sc_cart_line *lines;
	size_t line_count;
	int64_t changed_ms; /* the store's time of the last write, about; 0: never */
	int64_t expires_ms; /* the store's time at which it runs out; 0 when that is not known, as right after a write
	                     */
	const char *note;   /* of the buyer's, "" without one */
	const sc_cart_line *saved; /* put aside for later: not quoted, not bought */
	size_t saved_count;
	const sc_cart_coupon *coupons;
	size_t coupon_count;
	uint64_t reserved[3];
} sc_cart;

/** Which cart, and as of when. NULL in its place means the caller's own cart, in any version. */
typedef struct sc_cart_ref {
	const char *owner; /* "u:…" or "g:…"; NULL: the caller's own (SC_ACTOR_CUSTOMER, SC_ACTOR_GUEST) */
	uint64_t version;  /* the write is refused unless the cart has this version; 0: any */
} sc_cart_ref;

/** What to add. */
typedef struct sc_cart_item {
	const char *sku;
	int64_t quantity; /* 1..SC_QUANTITY_MAX */
	const sc_line_option *options;
	uint32_t option_count; /* at most SC_LINE_OPTIONS_MAX */
	uint32_t reserved0;
} sc_cart_item;

/** A new quantity for a line. 0 removes it. */
typedef struct sc_cart_quantity {
	sc_id line;
	int64_t quantity; /* 0..SC_QUANTITY_MAX */
} sc_cart_quantity;

/**
 * Read a cart. One that was never written, or ran out, is an empty cart of version 0.
 *
 * Ownership: `out` points into `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT for the owner; SC_NOT_ALLOWED for somebody
 * else's cart; what the store says; SC_DAMAGED; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_cart_get(sc_shop *shop, const sc_call *call, const char *owner, sc_arena *arena, sc_cart *out,
                             sc_error *err);

/**
 * Add items, all or none. The price that the buyer sees now is remembered with each line it touches.
 *
 * Quantities are in units. One read of the cart and of all SKUs, one write.
 *
 * Ownership: inputs are borrowed for the call; `out`, the cart afterwards, points into `arena`. Threads: any, one per
 * arena. Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE (err->field,
 * err->index); SC_NOT_ALLOWED; what the store says; SC_KEY_REUSED; SC_CHANGED for another version; SC_NOT_FOUND for an
 * unknown SKU; SC_NOT_FOR_SALE; SC_CURRENCY_MISMATCH; SC_LIMIT_REACHED when the cart would pass the shop's limits or
 * SC_BODY_MAX bytes; in a shop with hold_on_add_ms SC_OUT_OF_STOCK (err->index the item, or -1 when it is another line
 * that is gone, which err->text names); SC_BUSY when others kept changing the cart; SC_NO_MEMORY; SC_OK. Idempotent:
 * with call->key. Since: 0.1.
 */
SC_API sc_status sc_cart_add(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_cart_item *items,
                             size_t count, sc_arena *arena, sc_cart *out, sc_error *err);

/**
 * Give lines new quantities, all or none. The price that was seen stays as it was.
 *
 * Ownership: inputs are borrowed for the call; `out`, the cart afterwards, points into `arena`. Threads: any, one per
 * arena. Returns, in this order: SC_BAD_ARGUMENT or SC_OUT_OF_RANGE (err->field, err->index); SC_NOT_ALLOWED; what the
 * store says; SC_KEY_REUSED; SC_CHANGED for another version; SC_NOT_FOUND for a line that is not there (err->index);
 * SC_LIMIT_REACHED when a line or the cart would grow past the shop's limits; SC_OUT_OF_STOCK as in sc_cart_add();
 * SC_BUSY; SC_NO_MEMORY; SC_OK. Idempotent: yes, also without a key. Since: 0.1.
 */
SC_API sc_status sc_cart_set(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_cart_quantity *lines,
                             size_t count, sc_arena *arena, sc_cart *out, sc_error *err);

/**
 * Remove lines, all or none.
 *
 * Ownership: inputs are borrowed for the call; `out`, the cart afterwards, points into `arena`. Threads: any, one per
 * arena. Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_KEY_REUSED; SC_CHANGED;
 * SC_NOT_FOUND for a line that is not there (err->index); SC_BUSY; SC_NO_MEMORY; SC_OK. Idempotent: with call->key.
 * Since: 0.1.
 */
SC_API sc_status sc_cart_remove(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_id *lines,
                                size_t count, sc_arena *arena, sc_cart *out, sc_error *err);

/**
 * Put lines aside for later, or with `later` false back among those to be bought, all or none. A line that comes back
 * is added to one of the same SKU and options.
 *
 * Ownership: inputs are borrowed for the call; `out`, the cart afterwards, points into `arena`. Threads: any, one per
 * arena. Returns, in this order: SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says; SC_KEY_REUSED; SC_CHANGED;
 * SC_NOT_FOUND for a line that is not there (err->index); SC_LIMIT_REACHED (err->index); coming back also
 * SC_OUT_OF_STOCK as in sc_cart_add(); SC_BUSY; SC_NO_MEMORY; SC_OK. Idempotent: yes, a line that is there already
 * stays. Since: 0.1.
 */
SC_API sc_status sc_cart_save(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const sc_id *lines,
                              size_t count, bool later, sc_arena *arena, sc_cart *out, sc_error *err);

/**
 * Write a note into a cart: what the buyer wants to tell the shop.
 *
 * Ownership: `note` is borrowed for the call, NULL or "" removes it, 0..SC_NOTE_MAX bytes, several lines are fine;
 * `out`, the cart afterwards, points into `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_TEXT or SC_OVER_LIMIT; SC_BAD_ARGUMENT; SC_NOT_ALLOWED; what the store says;
 * SC_KEY_REUSED; SC_CHANGED; SC_BUSY; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_cart_set_note(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *note,
                                  sc_arena *arena, sc_cart *out, sc_error *err);

/** What a merge could not move, and why; it is still in the guest's cart. */
typedef struct sc_cart_leftover {
	const char *sku;
	int64_t quantity; /* units that did not fit */
	sc_status reason; /* SC_LIMIT_REACHED or SC_CURRENCY_MISMATCH */
	uint32_t reserved0;
	sc_id line; /* in the guest's cart */
} sc_cart_leftover;

typedef struct sc_cart_merge_report {
	sc_cart cart; /* the user's, afterwards */
	int64_t units_moved;
	const sc_cart_leftover *leftovers;
	size_t leftover_count;
	uint64_t reserved[2];
} sc_cart_merge_report;

/**
 * Move a guest's cart into a user's, as on login. Lines of the same SKU and options are added up; what does not fit
 * under the limits, or has another currency, stays in the guest's cart and is reported. One write for both carts.
 *
 * The caller is the user (or system or admin, naming `cart->owner`); knowing the token is the right to the guest's
 * cart. Of two prices seen the lower one is kept, so that no rise goes unnoticed.
 *
 * Ownership: inputs are borrowed for the call; `out` points into `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT or SC_OVER_LIMIT for token or owner; SC_NOT_ALLOWED; what the
 * store says; SC_KEY_REUSED; SC_CHANGED for another version of the user's cart; SC_BUSY; SC_NO_MEMORY; SC_OK.
 * Idempotent: yes, what was moved is no longer with the guest. Since: 0.1.
 */
SC_API sc_status sc_cart_merge(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *guest_token,
                               sc_arena *arena, sc_cart_merge_report *out, sc_error *err);

/** What happens to a line that both carts have. Lines that only the guest has are moved by every rule. */
typedef enum sc_merge_rule {
	SC_MERGE_ADD = 0,       /* the quantities are added up */
	SC_MERGE_LARGER = 1,    /* the larger quantity */
	SC_MERGE_KEEP_USER = 2, /* the user's quantity */
	SC_MERGE_KEEP_GUEST = 3 /* the guest's quantity */
} sc_merge_rule;

/**
 * Merge as sc_cart_merge() does, by another rule. By all rules but SC_MERGE_ADD the guest's line is gone afterwards,
 * but for what would have been moved and passes a limit.
 *
 * Ownership: inputs are borrowed for the call; `out` points into `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT for the rule; then as sc_cart_merge(). Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_cart_merge_by(sc_shop *shop, const sc_call *call, const sc_cart_ref *cart, const char *guest_token,
                                  sc_merge_rule rule, sc_arena *arena, sc_cart_merge_report *out, sc_error *err);

typedef struct sc_cart_page {
	const sc_cart *carts; /* by owner */
	size_t count;         /* may be small, even 0, and there is still a `next` */
	sc_bytes next;        /* cursor of the next page; empty: there is no more */
	uint64_t reserved[2];
} sc_cart_page;

/**
 * List abandoned carts: those with lines that nobody changed for `idle_ms` milliseconds, by this program's clock. It
 * looks at `limit` carts a page, whether they are abandoned or not; a job for the back office.
 *
 * Ownership: `cursor` is empty for the first page, then `next` of the page before; `out` points into `arena`. Threads:
 * any, one per arena. Returns, in this order: SC_OUT_OF_RANGE for `idle_ms` below 0 or a `limit` outside
 * 1..SC_PAGE_MAX; SC_BAD_ARGUMENT; SC_NOT_ALLOWED unless system or admin; what the store says; SC_DAMAGED;
 * SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_cart_list_abandoned(sc_shop *shop, const sc_call *call, int64_t idle_ms, uint32_t limit,
                                        sc_bytes cursor, sc_arena *arena, sc_cart_page *out, sc_error *err);

/**
 * Write a cart as one JSON object, as a value: owner, version, currency, changed, lines with id, sku, quantity, price
 * seen in minor units, options. Members come in one fixed order, and later versions only add some at the end.
 *
 * Ownership: everything is borrowed for the call. Threads: one at a time on one writer.
 * Returns: nothing; the status comes with sc_json_finish(). Idempotent: no, each call writes once. Since: 0.1.
 */
SC_API void sc_cart_write_json(sc_json_writer *writer, const sc_cart *cart);

SC_END_DECLS

#endif
