/*
 * Who may do what: one table, asked first by every public function that takes an sc_call.
 *
 * It is asked before anything is read, so an answer about somebody else's cart never tells whether
 * there is one.
 */
#ifndef SC_CORE_ACCESS_H
#define SC_CORE_ACCESS_H

#include "core/handle.h"

typedef enum sc__operation {
	SC__READ_CATALOG,
	SC__WRITE_CATALOG, /* a seller: own SKUs and products */
	SC__READ_CART,
	SC__WRITE_CART,
	SC__READ_STOCK, /* how much is free: everybody; counters and journal: not */
	SC__AUDIT_STOCK,
	SC__WRITE_STOCK,
	SC__RESERVE, /* outside a checkout */
	SC__CHECKOUT,
	SC__READ_ORDER,
	SC__CANCEL_ORDER,
	SC__FULFIL_ORDER,
	SC__REFUND_ORDER,
	SC__ISSUE_MONEY, /* gift cards and store credit */
	SC__READ_CREDIT,
	SC__FIND_CARD,  /* whoever knows its code */
	SC__EDIT_RULES, /* promotions, coupons, taxes, shipping, prices */
	SC__RUN_SHOP,   /* tick, verify, repair, rebuild, relay */
	SC__OPERATIONS
} sc__operation;

/* One cell of the table. */
typedef enum sc__access { SC__NEVER, SC__OWN, SC__ALWAYS } sc__access;

/* Room for an owner's text with its NUL. */
#define SC__OWNER_SIZE (SC_ID_TEXT_MAX + 3)

/* The call is one of ours: there, of a known kind, with an actor where the kind needs one. BAD_ARGUMENT, BAD_TEXT or
 * OVER_LIMIT, field "call", "call.kind" or "call.actor". */
sc_status sc__call_check(const sc_call *call, sc_error *err);

/* `owner` is the "u:…" or "g:…" text of whom the object belongs to, or a seller's id for catalogue and stock;
 * NULL when it belongs to nobody in particular. SC_OK or SC_NOT_ALLOWED, or what sc__call_check() says. */
sc_status sc__allow(const sc_call *call, sc__operation operation, const char *owner, sc_error *err);

/* The owner text of a call's own things: "u:ID" for a customer, "g:TOKEN" for a guest. BAD_ARGUMENT for others. */
sc_status sc__owner_of(const sc_call *call, char out[SC__OWNER_SIZE], sc_error *err);

/* The table itself, for printing: a cell, and what an operation is called. */
sc__access sc__access_of(sc_actor_kind kind, sc__operation operation);
const char *sc__operation_name(sc__operation operation);

#endif
