/*
 * Money that the shop puts on a card or on somebody's credit: one group with its entry in the ledger.
 */
#ifndef SC_TENDER_GRANT_H
#define SC_TENDER_GRANT_H

#include "tender/tender.h"

/* The first members are given. */
typedef struct sc__grant {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	sc_error *err;
	const char *operation, *whose, *currency, *reason;
	sc_tender tender;
	int64_t amount;          /* below zero: taken back */
	sc_id entry;             /* what the ledger knows it by */
	sc_id note;              /* what a key remembers of it */
	const sc_change *record; /* that is made with it, if absent; or NULL */

	bool repeated; /* the key says that it was done before */
	sc_id made;    /* its note then */
} sc__grant;

/* `digest` is over the request. KEY_REUSED; EXISTS when the record is there; LIMIT_REACHED; the store's statuses. */
sc_status sc__grant_make(sc__grant *grant, sc__digest *digest);

/* The currency of a grant or a card, NULL for the shop's. BAD_CURRENCY. */
sc_status sc__currency_read(const sc_shop *shop, const char *currency, const char **out, sc_error *err);

#endif
