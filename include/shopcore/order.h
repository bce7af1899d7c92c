/*
 * Orders: what was bought, for how much, by whom, and how far it has come.
 *
 * An order is a snapshot, written once when it is placed and covered by a hash that every read
 * checks, plus three states that move: the order's own, its payment's and its fulfilment's. Each
 * is a table of moves that can be printed. The one word that people see ("SHIPPED") is a function
 * of the three and is stored nowhere. Addresses and contact stand apart with a hash of their own,
 * so that a person can be erased without breaking the snapshot.
 *
 * Every move is one line in the journal: what happened, why, when and who did it. The history of
 * an order is read from there.
 */
#ifndef SHOPCORE_ORDER_H
#define SHOPCORE_ORDER_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/json.h>
#include <shopcore/payment.h>
#include <shopcore/pricing.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/* ---- states ---------------------------------------------------------------------------- */

typedef enum sc_order_state {
	SC_ORDER_PENDING = 1,        /* placed, its stock held, waiting for money */
	SC_ORDER_CONFIRMED = 2,      /* paid, or nothing to pay; its stock is committed */
	SC_ORDER_PAYMENT_FAILED = 3, /* attempts or time ran out; its stock went back */
	SC_ORDER_CANCELLED = 4
} sc_order_state;

typedef enum sc_paid_state {
	SC_PAID_OPEN = 1,     /* no money yet */
	SC_PAID_NONE_DUE = 2, /* the total was zero */
	SC_PAID_CAPTURED = 3, /* shopcore/refund.h says what of it went back */
	SC_PAID_FAILED = 4,
	SC_PAID_REFUNDING = 5, /* all of it is on its way back; tick drives it */
	SC_PAID_REFUNDED = 6
} sc_paid_state;

typedef enum sc_fulfilment_state {
	SC_FULFILMENT_WAITING = 1,
	SC_FULFILMENT_SHIPPED = 2,
	SC_FULFILMENT_DELIVERED = 3,
	SC_FULFILMENT_CALLED_OFF = 4
} sc_fulfilment_state;

/** The status that people see. */
typedef enum sc_order_status {
	SC_STATUS_PENDING = 1,
	SC_STATUS_PAYMENT_FAILED = 2,
	SC_STATUS_CONFIRMED = 3,
	SC_STATUS_SHIPPED = 4,
	SC_STATUS_DELIVERED = 5,
	SC_STATUS_CANCELLED = 6
} sc_order_status;

typedef enum sc_machine {
	SC_MACHINE_ORDER = 1,      /* sc_order_state */
	SC_MACHINE_PAYMENT = 2,    /* sc_paid_state */
	SC_MACHINE_FULFILMENT = 3, /* sc_fulfilment_state */
	SC_MACHINE_ATTEMPT = 4     /* sc_attempt_state: each of an order's attempts to pay */
} sc_machine;

/** One row of a machine's table: in state `from`, `event` leads to `to`. `from` 0: how it starts. */
typedef struct sc_machine_move {
	uint32_t from, to;
	const char *event;
} sc_machine_move;

/**
 * Give the table of moves of a machine. Anything that is not in it does not happen.
 *
 * Ownership: a constant; never free it. Threads: any.
 * Returns: the rows, `count` of them; NULL and 0 for no machine of ours. Idempotent: yes. Since: 0.1.
 */
SC_API const sc_machine_move *sc_order_moves(sc_machine machine, size_t *count);

/**
 * Name a state of a machine as it is written in documents.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_order_state_name(sc_machine machine, uint32_t state);

/**
 * Print a machine as a graph in the language of Graphviz' dot.
 *
 * Ownership: `out` is in the arena, NUL-terminated. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for no machine of ours; SC_NO_MEMORY; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_order_states_dot(sc_machine machine, sc_arena *arena, const char **out, sc_error *err);

/**
 * Say what people see, from the three states.
 *
 * Ownership: values. Threads: any. Returns: the status; 0 for a combination that does not occur.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_order_status sc_order_status_of(sc_order_state order, sc_paid_state paid, sc_fulfilment_state fulfilment);

/**
 * Name a status as people see it, such as "PAYMENT_FAILED".
 *
 * Ownership: a constant; never free it. Threads: any. Returns: the name, or "UNKNOWN"; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_order_status_name(sc_order_status status);

/**
 * Print sc_order_status_of() as a table of text: each combination that occurs, and what people see.
 *
 * Ownership: `out` is in the arena, NUL-terminated. Threads: any. Returns, in this order: SC_NO_MEMORY; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_order_status_table(sc_arena *arena, const char **out, sc_error *err);

/* ---- what an order is ------------------------------------------------------------------ */

typedef struct sc_line_option sc_line_option; /* see cart.h */

/** One line as it was bought. Amounts in minor units; `total_minor` is what the buyer pays for the line. */
typedef struct sc_order_line {
	const char *id; /* of the cart's line that it came from */
	const char *sku;
	const char *product;
	const char *seller; /* empty: the shop itself */
	const char *name;
	int64_t quantity;
	int64_t unit_price_minor;
	int64_t discount_minor; /* of the whole line, taken off */
	int64_t tax_minor;      /* of the whole line, inside or on top as the shop's policy says */
	int64_t total_minor;
	const sc_line_option *options;
	size_t option_count;
	const sc_price_run *units; /* units in a row with the same discount; none: all alike without a discount */
	size_t unit_runs;
	int64_t cancelled; /* units that were cancelled since; 0 in listings */
} sc_order_line;

/** What a bound on a coupon's uses is about. */
typedef enum sc_coupon_scope {
	SC_COUPON_IN_ALL = 1,
	SC_COUPON_OF_CUSTOMER = 2, /* a customer; a guest by a hash of the e-mail */
	SC_COUPON_OF_PERIOD = 3,
	SC_COUPON_OF_CODE = 4 /* a single-use code */
} sc_coupon_scope;

/** One bound that the use of a coupon counts against. */
typedef struct sc_coupon_use {
	uint32_t scope; /* sc_coupon_scope */
	bool reset;     /* the limit was changed since the bound was first used */
	const char *whom;
	int64_t limit;
	int64_t lifetime_ms; /* of a period: how long it is counted; 0: for good */
} sc_coupon_use;

/** A coupon that took something off. */
typedef struct sc_order_coupon {
	const char *code, *coupon;
	int64_t discount_minor;
	const sc_coupon_use *uses; /* none: it has no limits */
	size_t use_count;
	uint64_t reserved[2];
} sc_order_coupon;

/** What a promotion took off the whole order. */
typedef struct sc_order_promotion {
	const char *id;
	int64_t discount_minor;
} sc_order_promotion;

/** All that was taxed at one rate. */
typedef struct sc_order_tax {
	int64_t rate; /* in millionths of a percent */
	int64_t net_minor, tax_minor;
} sc_order_tax;

/** A fee, or below 0 a credit: what it came to. */
typedef struct sc_order_fee {
	const char *code;
	int64_t amount_minor; /* with its tax */
	int64_t tax_minor;    /* of that amount */
	uint64_t reserved[2];
} sc_order_fee;

/** What pays a part of an order beside the provider. */
typedef struct sc_order_tender {
	uint32_t kind;       /* sc_tender */
	const char *account; /* the gift card's id, or whose credit: "u:ID" */
	int64_t amount_minor;
} sc_order_tender;

/** A postal address. NULL and empty mean the same. At most SC_ADDRESS_FIELD_MAX bytes each. */
typedef struct sc_postal_address {
	const char *name; /* required */
	const char *company;
	const char *line1; /* required */
	const char *line2;
	const char *postal_code;
	const char *city; /* required */
	const char *region;
	const char *country; /* required: ISO 3166-1, two capital letters */
	const char *phone;
} sc_postal_address;

/** What happened to an order, when, why and by whom. */
typedef struct sc_order_event {
	int64_t time_ms;   /* the store's clock, since 1970 UTC */
	const char *topic; /* "order.placed", "payment.declined", "order.shipped" */
	const char *cause; /* why, in a few words; or empty */
	const char *actor; /* "system", "admin:…", "u:…", "g:…" */
} sc_order_event;

/** A parcel. */
typedef struct sc_shipment {
	const char *carrier;  /* or empty */
	const char *tracking; /* or empty */
	int64_t shipped_ms;   /* 0: not shipped */
} sc_shipment;

/** An order, in the caller's arena. Text is never NULL. */
typedef struct sc_order {
	const char *id;
	const char *owner;   /* "u:" and the user's id, or "g:" and the guest's token */
	uint32_t state;      /* sc_order_state */
	uint32_t paid;       /* sc_paid_state */
	uint32_t fulfilment; /* sc_fulfilment_state */
	uint32_t status;     /* sc_order_status: derived from the three */
	uint64_t version;
	int64_t created_ms;
	const char *currency;
	int64_t goods_minor; /* the lines before discounts and tax on top */
	int64_t discount_minor;
	int64_t shipping_minor; /* with its tax where the shop's policy adds it */
	int64_t fees_minor;     /* all fees with their tax, less credits */
	int64_t tax_minor;      /* all tax, of goods, shipping and fees */
	int64_t total_minor;    /* what is to pay */
	const sc_order_line *lines;
	size_t line_count;
	const sc_order_promotion *promotions; /* those that took something off */
	size_t promotion_count;
	const sc_order_coupon *coupons;
	size_t coupon_count;
	const sc_order_tax *taxes; /* by rate, lowest first */
	size_t tax_count;
	const sc_order_fee *fees;
	size_t fee_count;
	const sc_order_tender *tenders; /* the provider takes what they leave of the total */
	size_t tender_count;
	bool erased; /* addresses and contact were erased; the members below are empty */
	const char *email;
	sc_postal_address shipping;
	sc_postal_address billing;
	sc_shipment shipment;
	const sc_payment *payments; /* the first attempt first; NULL in listings */
	size_t payment_count;
	const sc_order_event *history; /* the oldest first; NULL in listings */
	size_t history_count;
	uint64_t reserved[4];
} sc_order;

/**
 * Read one order with its payments and its history. Calls the store three times, however long it is.
 *
 * Ownership: `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_NOT_FOUND;
 * SC_NOT_ALLOWED when it is another's; SC_DAMAGED when the snapshot does not match its hash; SC_NO_MEMORY; the store's
 * failures; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_order_get(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_order *out,
                              sc_error *err);

/** One page of orders. */
typedef struct sc_order_page {
	const sc_order *orders; /* the newest first; without payments and history */
	size_t count;
	const char *next; /* cursor of the next page; NULL: there is no more */
} sc_order_page;

/**
 * List the orders of one owner, newest first. Calls the store twice, however many orders a page has.
 *
 * `owner` is "u:ID" or "g:TOKEN"; NULL: the caller's own. `limit`: 1..SC_PAGE_MAX orders in a page.
 * `cursor` is NULL for the first page, then `next` of the page before.
 *
 * Ownership: `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when the caller has no orders of its own and `owner` is NULL;
 * SC_OUT_OF_RANGE for `limit`; SC_BAD_FORMAT when `cursor` is none of this list; SC_NOT_ALLOWED when it is
 * another's; SC_DAMAGED when a snapshot does not match its hash; SC_NO_MEMORY; the store's failures; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_order_list(sc_shop *shop, const sc_call *call, const char *owner, uint32_t limit,
                               const char *cursor, sc_arena *arena, sc_order_page *out, sc_error *err);

/**
 * Write an order as one JSON object, as a value. Members come in one fixed order, and later versions only add
 * some at the end; amounts are integers in minor units, times integers in milliseconds since 1970. Payments and
 * history are written when they were read.
 *
 * Ownership: everything is borrowed for the call. Threads: one at a time on one writer.
 * Returns: nothing; the status comes with sc_json_finish(). Idempotent: no, each call writes once. Since: 0.1.
 */
SC_API void sc_order_write_json(sc_json_writer *writer, const sc_order *order);

/* ---- what happens to it ---------------------------------------------------------------- */

/**
 * Give the pricing document of an order: what it was priced by, as docs/guide/pricing.md describes documents.
 * sc_price_document() on it explains every minor unit of the order, or says what it would cost under other rules.
 *
 * Ownership: `order_id` is borrowed for the call; `out` is in the arena. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; the store's
 * failures; SC_NOT_FOUND; SC_NOT_ALLOWED when it is another's; SC_DAMAGED; SC_NO_MEMORY; SC_OK. Idempotent: yes.
 * Since: 0.1.
 */
SC_API sc_status sc_order_pricing(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena,
                                  sc_bytes *out, sc_error *err);

/**
 * Say that a confirmed order left the house: the goods leave stock and commitment at once.
 *
 * Needs the rights of the shop. One group, one durable commit. `carrier` and `tracking`: NULL or at most
 * SC_ID_TEXT_MAX bytes.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_BAD_TEXT,
 * SC_OVER_LIMIT for carrier and tracking; SC_NOT_FOUND; SC_NOT_ALLOWED; SC_DAMAGED; SC_WRONG_STATE when it is not
 * confirmed, or shipped with another tracking; SC_CHANGED when it moved meanwhile; SC_NO_MEMORY; the store's failures
 * and unknowns; SC_OK. Idempotent: yes, with the same carrier and tracking. Since: 0.1.
 */
SC_API sc_status sc_order_ship(sc_shop *shop, const sc_call *call, const char *order_id, const char *carrier,
                               const char *tracking, sc_error *err);

/**
 * Say that a shipped order arrived. Needs the rights of the shop. One durable commit.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_NOT_FOUND;
 * SC_NOT_ALLOWED; SC_DAMAGED; SC_WRONG_STATE when it was not shipped; SC_CHANGED when it moved meanwhile; SC_NO_MEMORY;
 * the store's failures and unknowns; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_order_deliver(sc_shop *shop, const sc_call *call, const char *order_id, sc_error *err);

/**
 * Cancel an order before it is shipped, in one durable commit: its goods go back to stock, its coupons by the shop's
 * policy, and its money becomes a refund in progress, less what was given back before. sc_shop_tick() drives the refund
 * with the provider until it is done. An order that still waits for its money is cancelled too: an attempt that is
 * open is called back by tick, and what it captures all the same goes back.
 *
 * The buyer may do it, and the shop. `reason`: NULL or at most SC_NOTE_MAX bytes.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_TEXT, SC_OVER_LIMIT for `reason`; SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when
 * `order_id` is no id; SC_NOT_FOUND; SC_NOT_ALLOWED; SC_DAMAGED; SC_WRONG_STATE when it failed or was shipped;
 * SC_CHANGED when it moved meanwhile; SC_NO_MEMORY; the store's failures and unknowns; SC_OK. Idempotent: yes.
 * Since: 0.1.
 */
SC_API sc_status sc_order_cancel(sc_shop *shop, const sc_call *call, const char *order_id, const char *reason,
                                 sc_error *err);

typedef struct sc_refund_line sc_refund_line;     /* see refund.h */
typedef struct sc_refund_answer sc_refund_answer; /* see refund.h */

/**
 * Cancel some units of a confirmed order before it is shipped: they go back to stock, and what was really paid for them
 * becomes refunds in progress, in one durable commit. What is left is shipped as usual. Units whose money was given
 * back before are cancelled without a further refund. Who cancels the last unit of an order cancels the order, as
 * sc_order_cancel() does, shipping and coupons included.
 *
 * The buyer may do it, and the shop. Reads again when the order moved meanwhile. With call->key a repeat of the same
 * request cancels nothing more. `reason`: NULL or at most SC_NOTE_MAX bytes.
 *
 * Ownership: everything is borrowed for the call; `out` is the caller's, what it points to is in the arena. Threads:
 * any. Returns, in this order: SC_BAD_ARGUMENT without a call; SC_BAD_FORMAT when `order_id` is no id; SC_BAD_ARGUMENT
 * or SC_OVER_LIMIT for the lines, SC_OUT_OF_RANGE for a quantity, SC_BAD_TEXT or SC_OVER_LIMIT for `reason`;
 * SC_KEY_REUSED; SC_NOT_FOUND; SC_NOT_ALLOWED; SC_DAMAGED; SC_WRONG_STATE when it is not confirmed or was shipped;
 * SC_NOT_FOUND when a line is none of the order's; SC_LIMIT_REACHED when it has not so many units left (err->index,
 * wanted, available), or the order has SC_REFUNDS_MAX refunds; SC_BUSY when others keep moving the order; SC_NO_MEMORY;
 * the store's failures and unknowns; SC_OK. Idempotent: with a key; the answer of a repeat, and of the last unit, has
 * no refunds. Since: 0.1.
 */
SC_API sc_status sc_order_cancel_lines(sc_shop *shop, const sc_call *call, const char *order_id,
                                       const sc_refund_line *lines, size_t count, const char *reason, sc_arena *arena,
                                       sc_refund_answer *out, sc_error *err);

SC_END_DECLS

#endif
