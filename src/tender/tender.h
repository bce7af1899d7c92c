/*
 * Gift cards and store credit inside: their accounts, what an order holds of them, and what goes back.
 *
 * An account is (card's id or owner, currency), so money of one currency never pays in another. What an order spent
 * stays committed on it for good, as uses of coupons do; what goes back is added to on_hand. So a refund of a part
 * needs no second hold, and the hold of an order always says what the order took.
 */
#ifndef SC_TENDER_TENDER_H
#define SC_TENDER_TENDER_H

#include "core/access.h"
#include "core/digest.h"
#include "payment/attempt.h"

#include <shopcore/credit.h>
#include <shopcore/gift_card.h>
#include <shopcore/order.h>

/* ---- account.c --------------------------------------------------------------------------- */

/* The account of a card or of an owner's credit; texts stay borrowed. */
sc_address sc__balance_address(const char *whose, const char *currency);

/* What the provider has to take of an order. */
int64_t sc__order_due(const sc_order *order);

/* The change that claims the tenders of an order as its hold `n`, when there are some. Storage is in the arena; false:
 * no memory. */
bool sc__tenders_hold(sc_id order, uint32_t n, const sc_order_tender *tenders, size_t count, const char *currency,
                      int64_t ttl_ms, sc_arena *arena, sc_change *changes, uint32_t *change_count);
/* The change that settles it: COMMIT, or RELEASE if it is live. */
bool sc__tenders_settle(sc_id order, uint32_t n, size_t count, sc_change_type type, sc_arena *arena, sc_change *changes,
                        uint32_t *change_count);
/* The change that puts money on an account, for a group that a repeat refuses. `topic` is a constant. */
sc_change sc__balance_add(const char *whose, const char *currency, int64_t amount, const char *topic);

/* ---- payments.c -------------------------------------------------------------------------- */

/* The order's attempts, and behind them what its tenders pay, as payments whose state follows from the order's. */
sc_status sc__payments_of(const sc_order *order, const sc__attempt *attempts, size_t attempt_count, sc_arena *arena,
                          const sc__attempt **out, size_t *count, sc_error *err);

/* ---- gift_card_code.c -------------------------------------------------------------------- */

#define SC__CARD_ID_SIZE 19 /* "GC" and 80 bits of the code's hash, and the NUL */

/* From a code as people write it. BAD_ARGUMENT, OVER_LIMIT, BAD_FORMAT; field and index as given. */
sc_status sc__card_id_of(const char *code, int32_t index, const char *field, char out[SC__CARD_ID_SIZE], sc_error *err);
/* A new code, in groups of four. */
#define SC__CARD_CODE_SIZE 20
void sc__card_code_make(const sc_env *env, char out[SC__CARD_CODE_SIZE]);

/* ---- gift_card.c ------------------------------------------------------------------------- */

sc_address sc__card_address(const char *id);
/* Out of its record, and of the record of its account when that was read. DAMAGED, NO_MEMORY; NOT_FOUND when absent. */
sc_status sc__card_decode(const sc_record *card, const sc_counters *counters, int64_t now_ms, sc_arena *arena,
                          sc_gift_card *out, sc_error *err);

#endif
