/*
 * Gift cards: money that whoever knows a code may spend in this shop.
 *
 * A card's balance is a bounded account like stock. What an order takes is held when the order is placed, in the
 * order's own group, spent when it is confirmed, and given back when it fails or is cancelled; so no card is spent
 * twice, whatever happens at the same time. An order that its cards pay in full needs no provider.
 *
 * The code is a secret and is stored nowhere: a card is found by a hash of it, which is also its id. Who tries codes at
 * random is stopped as with coupons, after SC_COUPON_TRIES_MAX wrong ones within SC_COUPON_TRIES_MS. In the ledger what
 * is on cards is owed: see ledger.h.
 */
#ifndef SHOPCORE_GIFT_CARD_H
#define SHOPCORE_GIFT_CARD_H

#include <shopcore/arena.h>
#include <shopcore/call.h>
#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

typedef struct sc_shop sc_shop; /* see shop.h */

/** Letters and digits of a code; blanks and hyphens between them do not count. */
#define SC_GIFT_CARD_CODE_MIN 16
#define SC_GIFT_CARD_CODE_MAX 64
/** What a card can be issued with, in minor units. */
#define SC_GIFT_CARD_MAX SC_QUANTITY_MAX
/** Cards on one order. */
#define SC_GIFT_CARDS_MAX 8

/** What a card is issued with. */
typedef struct sc_gift_card_request {
	size_t size;          /* set by the initialiser */
	int64_t amount_minor; /* 1..SC_GIFT_CARD_MAX */
	const char *currency; /* NULL: the shop's */
	const char *code;     /* one of your own, random and kept secret; NULL: the library makes one */
	int64_t expires_ms;   /* since 1970; 0: never */
	const char *note;     /* NULL or at most SC_NOTE_MAX bytes */
	uint64_t reserved[4];
} sc_gift_card_request;
#define SC_GIFT_CARD_REQUEST_INIT                    \
	{                                            \
		.size = sizeof(sc_gift_card_request) \
	}

/** A card, in the caller's arena. Text is never NULL. */
typedef struct sc_gift_card {
	const char *id;
	const char *code; /* only in the answer to the call that issued it, else empty */
	const char *currency;
	const char *note;      /* empty for who may not issue cards */
	const char *ledger_id; /* sc_ledger_list() of it has the entry of its issue */
	int64_t issued_minor;  /* what it was issued with */
	int64_t balance_minor; /* what can be spent */
	int64_t held_minor;    /* by orders that wait for their money */
	int64_t created_ms;    /* since 1970 */
	int64_t expires_ms;    /* 0: never */
	bool expired;          /* nothing can be spent; what goes back to it waits for sc_gift_card_extend() */
	uint64_t reserved[2];
} sc_gift_card;

/** A card on an order. */
typedef struct sc_gift_card_use {
	const char *code;
	int64_t amount_minor; /* exactly so much; 0: as much as it has and the order needs */
} sc_gift_card_use;

/**
 * Issue a card. Needs the rights of the shop. One durable commit, with its entry in the ledger.
 *
 * With call->key a repeat of the same request issues no second card; its answer has no code, because the code is stored
 * nowhere. Who has to survive a lost answer brings a code of its own.
 *
 * Ownership: `request` is borrowed for the call; `out` is the caller's, what it points to is in the arena. Threads:
 * any. Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED; SC_BAD_ARGUMENT without a request;
 * SC_OUT_OF_RANGE for the amount or the end; SC_BAD_CURRENCY; SC_OVER_LIMIT, SC_BAD_FORMAT or, when it reads like a
 * card number, SC_BAD_TEXT for the code; SC_BAD_TEXT or SC_OVER_LIMIT for the note; SC_KEY_REUSED; SC_EXISTS when a
 * card has this code; SC_NO_MEMORY; the store's failures and unknowns; SC_OK. Idempotent: with a key. Since: 0.1.
 */
SC_API sc_status sc_gift_card_issue(sc_shop *shop, const sc_call *call, const sc_gift_card_request *request,
                                    sc_arena *arena, sc_gift_card *out, sc_error *err);

/**
 * Find a card by its code: what a buyer asks for. Calls the store twice; a wrong code costs one of the caller's tries.
 *
 * Ownership: `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED for a seller; SC_BAD_ARGUMENT, SC_OVER_LIMIT,
 * SC_BAD_FORMAT or SC_BAD_TEXT for the code; the store's failures; SC_LIMIT_REACHED for a customer or guest who tried
 * too many wrong codes (err->field "tries"); SC_NOT_FOUND; SC_DAMAGED; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since:
 * 0.1.
 */
SC_API sc_status sc_gift_card_find(sc_shop *shop, const sc_call *call, const char *code, sc_arena *arena,
                                   sc_gift_card *out, sc_error *err);

/**
 * Get a card by its id. Needs the rights of the shop. Calls the store twice.
 *
 * Ownership: `out` is the caller's, what it points to is in the arena. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED; SC_BAD_ARGUMENT, SC_OVER_LIMIT or SC_BAD_TEXT
 * for the id; SC_NOT_FOUND; SC_DAMAGED; SC_NO_MEMORY; the store's failures; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_gift_card_get(sc_shop *shop, const sc_call *call, const char *id, sc_arena *arena,
                                  sc_gift_card *out, sc_error *err);

/**
 * Set the end of a card: later to extend it, a time that has passed to block it, 0 for none. Its balance stays. Needs
 * the rights of the shop. One durable commit.
 *
 * Ownership: everything is borrowed for the call. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT without a call; SC_NOT_ALLOWED; SC_BAD_ARGUMENT, SC_OVER_LIMIT or SC_BAD_TEXT
 * for the id; SC_OUT_OF_RANGE for the end; SC_NOT_FOUND; SC_DAMAGED; SC_CHANGED when somebody else was faster;
 * SC_NO_MEMORY; the store's failures and unknowns; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_gift_card_extend(sc_shop *shop, const sc_call *call, const char *id, int64_t expires_ms,
                                     sc_error *err);

SC_END_DECLS

#endif
