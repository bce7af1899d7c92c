/*
 * How gift cards and store credit share in an order that is about to be placed: read, decided, and held by the group
 * that places. What was read may be old by then; the hold is what decides, and whoever loses reads again.
 */
#include "base/error.h"
#include "checkout/place.h"

#include <stdio.h>
#include <string.h>

static sc_status finish(sc__placing *p, sc_status status)
{
	return p->tenders_then.step(p->tenders_then.self, status);
}

static size_t credit_row(const sc__placing *p)
{
	return 2 * p->wish->card_count;
}

static sc_status too_little(const sc__placing *p, int32_t index, int64_t wanted, int64_t available)
{
	sc_error *err = p->task->err;
	sc__short(err, SC_LIMIT_REACHED, index, wanted, available, "only %lld are on it", (long long)available);
	if (err)
		snprintf(err->field, sizeof(err->field), "%s", index < 0 ? "credit_minor" : "gift_cards");
	return SC_LIMIT_REACHED;
}

/* How much a balance gives: exactly what was asked for, or (0) what there is, and never more than is left to pay. */
static sc_status share(sc__placing *p, int32_t index, sc_order_tender tender, int64_t asked, int64_t balance,
                       int64_t *rest)
{
	sc__snapshot *bought = &p->offer.snapshot;
	int64_t amount = asked > 0 ? asked : balance < SC_QUANTITY_MAX ? balance : SC_QUANTITY_MAX;
	if (amount > *rest)
		amount = *rest;
	if (*rest == 0)
		return SC_OK; /* those before it pay everything */
	if (amount > balance || amount <= 0)
		return too_little(p, index, asked > 0 ? amount : 1, balance > 0 ? balance : 0);
	tender.amount_minor = amount;
	p->tenders[bought->tender_count++] = tender;
	*rest -= amount;
	return SC_OK;
}

static sc_status share_card(sc__placing *p, size_t i, int64_t now_ms, int64_t *rest)
{
	const sc_record *card = &p->tender_records[2 * i], *account = card + 1;
	sc_error *err = p->task->err;
	const int32_t index = (int32_t)i;
	sc_gift_card found;
	sc_status status = sc__card_decode(card, &account->counters, now_ms, p->task->arena, &found, err);
	if (status == SC_NOT_FOUND) {
		p->wrong_card = index;
		return sc__bad_at(err, status, index, "gift_cards", "no such gift card");
	}
	if (status != SC_OK)
		return status;
	if (strcmp(found.currency, p->offer.snapshot.currency) != 0)
		return sc__bad_at(err, SC_CURRENCY_MISMATCH, index, "gift_cards", "the card is in %s", found.currency);
	if (found.expired)
		return sc__bad_at(err, SC_WRONG_STATE, index, "gift_cards", "the card has run out");
	const sc_order_tender tender = { .kind = SC_TENDER_GIFT_CARD, .account = found.id };
	return share(p, index, tender, p->wish->cards[i].amount_minor, found.balance_minor, rest);
}

static sc_status share_all(sc__placing *p)
{
	const sc__wish *wish = p->wish;
	const sc_env *env = p->task->shop->env;
	const int64_t now_ms = env->wall_ms(env->ctx);
	const int64_t asked = wish->request->credit_minor;
	int64_t rest = p->offer.snapshot.total_minor;
	sc_status status = SC_OK;
	p->offer.snapshot.tenders = p->tenders;
	p->offer.snapshot.tender_count = 0;
	for (size_t i = 0; i < wish->card_count && status == SC_OK; i++)
		status = share_card(p, i, now_ms, &rest);
	if (status != SC_OK || asked == 0)
		return status;
	const sc_record *credit = &p->tender_records[credit_row(p)];
	const int64_t balance = credit->version != 0 ? sc_counters_free(&credit->counters) : 0;
	if (asked == SC_CREDIT_ALL && balance <= 0)
		return SC_OK;
	const sc_order_tender tender = { .kind = SC_TENDER_CREDIT, .account = p->owner };
	return share(p, -1, tender, asked == SC_CREDIT_ALL ? 0 : asked, balance, &rest);
}

static sc_status tried(void *self, sc_status status)
{
	sc__placing *p = self;
	if (status == SC_LIMIT_REACHED)
		return finish(p, sc__tries_refused(p->task->err));
	if (status == SC_OK)
		status = sc__bad_at(p->task->err, SC_NOT_FOUND, p->wrong_card, "gift_cards", "no such gift card");
	return finish(p, status);
}

static sc_status rows_read(void *self, sc_status status)
{
	sc__placing *p = self;
	const bool limited = p->wish->card_count > 0 && sc__tries_count_for(p->task->call);
	if (status != SC_OK)
		return finish(p, status);
	if (limited && sc__tries_used_up(&p->tender_records[credit_row(p) + 1]))
		return finish(p, sc__tries_refused(p->task->err));
	p->wrong_card = -1;
	status = share_all(p);
	if (p->wrong_card < 0 || !limited)
		return finish(p, status);
	sc__try_make(p->task->shop->env, &p->tender_rows[credit_row(p) + 1], &p->a_try);
	p->outcome = (sc_outcome){ 0 };
	return sc__want_outcome(p->task, &p->a_try.group, &p->outcome, (sc__then){ tried, p });
}

sc_status sc__place_tenders(sc__placing *p, sc__then then)
{
	const sc__wish *wish = p->wish;
	const char *currency = p->offer.snapshot.currency;
	size_t count = 0;
	p->tenders_then = then;
	if (wish->card_count == 0 && wish->request->credit_minor == 0)
		return finish(p, SC_OK);
	for (size_t i = 0; i < wish->card_count; i++) {
		p->tender_rows[count++] = sc__card_address(wish->cards[i].id);
		p->tender_rows[count++] = sc__balance_address(wish->cards[i].id, currency);
	}
	p->tender_rows[count++] = sc__balance_address(p->owner, currency);
	p->tender_rows[count++] = sc__tries_account(&p->tries_key, p->owner);
	return sc__want_rows(p->task, p->tender_rows, count, SC_READ_BODY, p->tender_records,
	                     (sc__then){ rows_read, p });
}
