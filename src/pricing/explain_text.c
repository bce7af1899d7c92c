/*
 * A price in words: each line with what was taken off it and why, its tax, and the promotions that did not
 * apply with the reason.
 */
#include "pricing/names.h"

#include "base/error.h"

#include <shopcore/money.h>

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Text that grows on an arena. `failed`: there was no memory. */
typedef struct text {
	sc_arena *arena;
	char *data;
	size_t size, room;
	bool failed;
	const char *currency;
} text;

static void append(text *t, const char *data, size_t size)
{
	if (t->failed)
		return;
	if (t->room - t->size <= size) {
		const size_t room = 2 * (t->room + size) + 1024;
		char *grown = sc_arena_alloc(t->arena, room);

		t->failed = grown == NULL;
		if (t->failed)
			return;
		if (t->size > 0)
			memcpy(grown, t->data, t->size);
		t->data = grown;
		t->room = room;
	}
	memcpy(t->data + t->size, data, size);
	t->size += size;
	t->data[t->size] = '\0';
}

static void SC_PRINTF(2, 3) say(text *t, const char *format, ...)
{
	char room[1024];
	va_list arguments;

	va_start(arguments, format);
	const int size = vsnprintf(room, sizeof(room), format, arguments);
	va_end(arguments);
	append(t, room, size < (int)sizeof(room) ? (size_t)size : sizeof(room) - 1);
}

typedef struct money {
	char text[SC_MONEY_TEXT_SIZE];
} money;

static money show(const text *t, int64_t amount)
{
	money out = { "" };

	if (sc_money_format_amount(amount, t->currency, out.text) != SC_OK)
		snprintf(out.text, sizeof(out.text), "%lld", (long long)amount);
	return out;
}

/* Why an amount is not simply base × fraction. */
static void say_rounding(text *t, const sc_price_step *step)
{
	if (step->adjusted)
		say(t, ", adjusted so that all adds up");
	else if (step->rounded)
		say(t, ", rounded %s", sc__rounding_name(step->rounding));
	say(t, "\n");
}

static void say_fraction(text *t, const sc_price_step *step)
{
	char rate[32];

	if (step->denominator == SC_RATE_ONE) {
		sc__rate_text(step->numerator, rate, sizeof(rate));
		say(t, "%s %% of %s", rate, show(t, step->base).text);
	} else if (step->kind == SC_PRICE_STEP_SHARE && step->denominator > 1) {
		say(t, "its share of %s", show(t, step->base).text);
	} else {
		say(t, "%s", show(t, step->base).text);
	}
	if (step->units > 1)
		say(t, " for each of %lld", (long long)step->units);
}

static void say_step(text *t, const sc_breakdown *b, const sc_price_step *step)
{
	char rate[32];

	switch (step->kind) {
	case SC_PRICE_STEP_PRICE:
		say(t, "%s: %lld x %s = %s\n", sc__part_id(b, step->part, step->index), (long long)step->units,
		    show(t, step->base).text, show(t, step->amount).text);
		break;
	case SC_PRICE_STEP_DISCOUNT:
		say(t, "Promotion %s: ", b->promotions[step->promotion].id);
		say_fraction(t, step);
		say(t, " = %s", show(t, step->amount).text);
		say_rounding(t, step);
		break;
	case SC_PRICE_STEP_SHARE:
		say(t, "  - %s (%s, ", show(t, step->amount).text, b->promotions[step->promotion].id);
		say_fraction(t, step);
		say(t, ")");
		say_rounding(t, step);
		break;
	case SC_PRICE_STEP_NET:
		say(t, "  net %s", show(t, step->amount).text);
		say_rounding(t, step);
		break;
	case SC_PRICE_STEP_TAX:
		sc__rate_text(step->numerator, rate, sizeof(rate));
		say(t, "  + %s tax at %s %%%s", show(t, step->amount).text, rate,
		    step->denominator == SC_RATE_ONE ? "" : " (included)");
		say_rounding(t, step);
		break;
	}
}

/* The steps of each part in the order in which they were taken: a chain for each part. */
typedef struct chains {
	uint32_t *first, *next; /* step numbers; NO_STEP ends a chain */
	size_t shipping, fees, order;
} chains;

#define NO_STEP UINT32_MAX

static size_t chain_of(const chains *c, const sc_price_step *step)
{
	switch (step->part) {
	case SC_PRICE_PART_LINE:
		return step->index;
	case SC_PRICE_PART_SHIPPING:
		return c->shipping + step->index;
	case SC_PRICE_PART_FEE:
		return c->fees + step->index;
	case SC_PRICE_PART_ORDER:
		break;
	}
	return c->order;
}

static bool make_chains(chains *c, const sc_breakdown *b, sc_arena *arena)
{
	*c = (chains){ .shipping = b->line_count, .fees = b->line_count + b->shipping_count };
	c->order = c->fees + b->fee_count;
	c->first = sc_arena_alloc(arena, (c->order + 1 + b->step_count) * sizeof(*c->first));
	if (c->first == NULL)
		return false;
	c->next = c->first + c->order + 1;
	for (size_t i = 0; i <= c->order; i++)
		c->first[i] = NO_STEP;
	for (size_t i = b->step_count; i-- > 0;) {
		const size_t at = chain_of(c, &b->steps[i]);

		c->next[i] = c->first[at];
		c->first[at] = (uint32_t)i;
	}
	return true;
}

static void say_chain(text *t, const sc_breakdown *b, const chains *c, size_t at)
{
	for (uint32_t i = c->first[at]; i != NO_STEP; i = c->next[i])
		say_step(t, b, &b->steps[i]);
}

static void say_refused(text *t, const sc_breakdown *b)
{
	for (size_t i = 0; i < b->promotion_count; i++) {
		const sc_priced_promotion *promotion = &b->promotions[i];

		if (promotion->reason == SC_PROMOTION_APPLIED)
			continue;
		say(t, "Not applied: %s, because %s", promotion->id, sc__reason_text(promotion->reason));
		if (promotion->reason == SC_PROMOTION_MIN_SUBTOTAL)
			say(t, ": %s missing from %s", show(t, promotion->wanted - promotion->available).text,
			    show(t, promotion->wanted).text);
		else if (promotion->reason == SC_PROMOTION_MIN_QUANTITY ||
		         promotion->reason == SC_PROMOTION_NOT_ENOUGH_BOUGHT)
			say(t, ": %lld wanted, %lld there", (long long)promotion->wanted,
			    (long long)promotion->available);
		say(t, "\n");
	}
}

sc_status sc_price_explain(const sc_breakdown *b, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	text t = { .arena = arena, .currency = b->currency };
	chains c;

	if (!make_chains(&c, b, arena))
		return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	say_chain(&t, b, &c, c.order);
	for (size_t i = 0; i < c.fees; i++)
		say_chain(&t, b, &c, i);
	for (size_t i = 0; i < b->fee_count; i++) {
		say(&t, "%s: %s\n", b->fees[i].code, show(&t, b->fees[i].gross).text);
		say_chain(&t, b, &c, c.fees + i);
	}
	say_refused(&t, b);
	say(&t, "Total %s, of which tax %s and discounts %s\n", show(&t, b->total_gross).text,
	    show(&t, b->tax_total).text, show(&t, b->discount_total).text);
	if (t.failed)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the explanation");
	*out = (sc_bytes){ t.data, t.size };
	return SC_OK;
}
