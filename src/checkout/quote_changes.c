/*
 * What changed: since the lines were put into the cart, or since a former quote.
 */
#include "checkout/quote.h"

#include "base/arena.h"
#include "base/error.h"
#include "pricing/names.h"

#include <stdio.h>
#include <string.h>

const char *sc_offer_change_name(uint32_t kind)
{
	static const char *const names[] = {
		[SC_OFFER_PRICE_UP] = "price_up",
		[SC_OFFER_PRICE_DOWN] = "price_down",
		[SC_OFFER_NOT_FOR_SALE] = "not_for_sale",
		[SC_OFFER_SHORT_STOCK] = "short_stock",
		[SC_OFFER_LINE_NEW] = "line_new",
		[SC_OFFER_LINE_GONE] = "line_gone",
		[SC_OFFER_QUANTITY] = "quantity",
		[SC_OFFER_PROMOTION] = "promotion",
		[SC_OFFER_COUPON] = "coupon",
		[SC_OFFER_SHIPPING] = "shipping",
		[SC_OFFER_TAX] = "tax",
		[SC_OFFER_TOTAL_UP] = "total_up",
		[SC_OFFER_TOTAL_DOWN] = "total_down",
		[SC_OFFER_FEE] = "fee",
	};

	return kind >= SC_OFFER_PRICE_UP && kind <= SC_OFFER_FEE ? names[kind] : "unknown";
}

/* A list that grows in the arena. */
typedef struct changes {
	sc_arena *arena;
	sc_offer_change *items;
	size_t count, room;
	bool no_memory;
} changes;

static void add(changes *list, sc_offer_change change)
{
	if (list->count == list->room && !list->no_memory) {
		const size_t wider = list->room < 8 ? 16 : 2 * list->room;
		sc_offer_change *grown = sc__arena_resize(list->arena, list->items, list->room * sizeof(change),
		                                          wider * sizeof(change));

		list->no_memory = grown == NULL;
		list->items = grown != NULL ? grown : list->items;
		list->room = grown != NULL ? wider : list->room;
	}
	if (change.field == NULL || change.what == NULL || change.sku == NULL)
		list->no_memory = true;
	if (!list->no_memory)
		list->items[list->count++] = change;
}

/* "lines[2].unit_price" */
static const char *field_of(changes *list, size_t line, const char *member)
{
	char text[48];

	snprintf(text, sizeof(text), "lines[%zu].%s", line, member);
	return sc_arena_dup(list->arena, text, strlen(text));
}

static void add_line(changes *list, sc_offer_change_kind kind, size_t line, const char *member, const char *sku,
                     int64_t was, int64_t now)
{
	add(list, (sc_offer_change){ .kind = kind,
	                             .line = (uint32_t)line,
	                             .sku = sku,
	                             .was = was,
	                             .now = now,
	                             .field = field_of(list, line, member),
	                             .what = "" });
}

static void add_other(changes *list, sc_offer_change_kind kind, const char *field, const char *what, int64_t was,
                      int64_t now)
{
	if (was != now)
		add(list, (sc_offer_change){ .kind = kind,
		                             .line = SC_OFFER_NO_LINE,
		                             .sku = "",
		                             .was = was,
		                             .now = now,
		                             .field = field,
		                             .what = what });
}

static sc_status hand_over(const changes *list, sc_quote *quote, sc_error *err)
{
	if (list->no_memory)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	quote->changes = list->items;
	quote->change_count = list->count;
	return SC_OK;
}

/* ---- stock ------------------------------------------------------------------------------- */

/* How many units of a line's SKU the whole cart wants; 0 when an earlier line has told already. */
static int64_t wanted_of(const sc__quoting *q, size_t at)
{
	const char *sku = q->cart.lines[at].sku;
	int64_t wanted = 0;

	for (size_t i = 0; i < q->cart.line_count; i++) {
		if (strcmp(q->cart.lines[i].sku, sku) != 0)
			continue;
		if (i < at)
			return 0;
		wanted += q->cart.lines[i].quantity; /* at most 500 times 10^9 */
	}
	return wanted;
}

/* Not for sale, or not enough there. False: not for sale. */
static bool add_availability(changes *list, const sc__quoting *q, size_t at)
{
	const sc__quoted_line *line = &q->lines[at];

	if (!line->for_sale) {
		add_line(list, SC_OFFER_NOT_FOR_SALE, at, "sku", line->cart->sku, 0, 0);
		return false;
	}
	const int64_t wanted = wanted_of(q, at);
	if (wanted > line->free)
		add_line(list, SC_OFFER_SHORT_STOCK, at, "quantity", line->cart->sku, wanted,
		         line->free > 0 ? line->free : 0);
	return true;
}

/* ---- since the cart ---------------------------------------------------------------------- */

/* A special price below the usual one is no news. */
static bool is_news(const sc__quoted_line *line)
{
	const int64_t seen = line->cart->price_seen_minor;

	return line->unit_price > seen || (line->unit_price < seen && (!line->special || line->sku.price_minor < seen));
}

sc_status sc__quote_changes(const sc__quoting *q, sc_quote *quote, sc_error *err)
{
	changes list = { .arena = q->task->arena };

	for (size_t i = 0; i < q->cart.line_count; i++) {
		const sc__quoted_line *line = &q->lines[i];
		const int64_t seen = line->cart->price_seen_minor, now = line->unit_price;

		if (line->for_sale && is_news(line)) {
			add_line(&list, now > seen ? SC_OFFER_PRICE_UP : SC_OFFER_PRICE_DOWN, i, "unit_price",
			         line->cart->sku, seen, now);
			quote->needs_consent = quote->needs_consent || now > seen;
		}
		add_availability(&list, q, i);
	}
	return hand_over(&list, quote, err);
}

/* ---- since a former quote ---------------------------------------------------------------- */

static const sc_order_line *line_of(const sc__snapshot *snapshot, const char *id)
{
	for (size_t i = 0; i < snapshot->line_count; i++)
		if (strcmp(snapshot->lines[i].id, id) == 0)
			return &snapshot->lines[i];
	return NULL;
}

static void compare_lines(changes *list, const sc__quoting *q, const sc__snapshot *former, const sc__snapshot *now)
{
	for (size_t i = 0; i < now->line_count; i++) {
		const sc_order_line *line = &now->lines[i], *was = line_of(former, line->id);

		if (!add_availability(list, q, i))
			continue;
		if (was == NULL) {
			add_line(list, SC_OFFER_LINE_NEW, i, "quantity", line->sku, 0, line->quantity);
			continue;
		}
		if (line->unit_price_minor != was->unit_price_minor)
			add_line(list,
			         line->unit_price_minor > was->unit_price_minor ? SC_OFFER_PRICE_UP
			                                                        : SC_OFFER_PRICE_DOWN,
			         i, "unit_price", line->sku, was->unit_price_minor, line->unit_price_minor);
		if (line->quantity != was->quantity)
			add_line(list, SC_OFFER_QUANTITY, i, "quantity", line->sku, was->quantity, line->quantity);
	}
	for (size_t i = 0; i < former->line_count; i++)
		if (line_of(now, former->lines[i].id) == NULL)
			add_line(list, SC_OFFER_LINE_GONE, i, "quantity", former->lines[i].sku,
			         former->lines[i].quantity, 0);
}

static int64_t promotion_of(const sc__snapshot *snapshot, const char *id)
{
	for (size_t i = 0; i < snapshot->promotion_count; i++)
		if (strcmp(snapshot->promotions[i].id, id) == 0)
			return snapshot->promotions[i].discount_minor;
	return 0;
}

static int64_t coupon_of(const sc__snapshot *snapshot, const char *code)
{
	for (size_t i = 0; i < snapshot->coupon_count; i++)
		if (strcmp(snapshot->coupons[i].code, code) == 0)
			return snapshot->coupons[i].discount_minor;
	return 0;
}

static int64_t fee_of(const sc__snapshot *snapshot, const char *code)
{
	for (size_t i = 0; i < snapshot->fee_count; i++)
		if (strcmp(snapshot->fees[i].code, code) == 0)
			return snapshot->fees[i].amount_minor;
	return 0;
}

static int64_t tax_of(const sc__snapshot *snapshot, int64_t rate)
{
	for (size_t i = 0; i < snapshot->tax_count; i++)
		if (snapshot->taxes[i].rate == rate)
			return snapshot->taxes[i].tax_minor;
	return 0;
}

static bool has_tax(const sc__snapshot *snapshot, int64_t rate)
{
	for (size_t i = 0; i < snapshot->tax_count; i++)
		if (snapshot->taxes[i].rate == rate)
			return true;
	return false;
}

static void compare_tax(changes *list, int64_t rate, const sc__snapshot *former, const sc__snapshot *now)
{
	char text[32];

	sc__rate_text(rate, text, sizeof(text));
	add_other(list, SC_OFFER_TAX, "taxes", sc_arena_dup(list->arena, text, strlen(text)), tax_of(former, rate),
	          tax_of(now, rate));
}

/* What one of the two has, and the other has otherwise or not at all: each of them once. */
static void compare_making(changes *list, const sc__snapshot *former, const sc__snapshot *now)
{
	for (size_t i = 0; i < former->promotion_count; i++)
		add_other(list, SC_OFFER_PROMOTION, "promotions", former->promotions[i].id,
		          former->promotions[i].discount_minor, promotion_of(now, former->promotions[i].id));
	for (size_t i = 0; i < now->promotion_count; i++)
		if (promotion_of(former, now->promotions[i].id) == 0)
			add_other(list, SC_OFFER_PROMOTION, "promotions", now->promotions[i].id, 0,
			          now->promotions[i].discount_minor);
	for (size_t i = 0; i < former->coupon_count; i++)
		add_other(list, SC_OFFER_COUPON, "coupons", former->coupons[i].code, former->coupons[i].discount_minor,
		          coupon_of(now, former->coupons[i].code));
	for (size_t i = 0; i < now->coupon_count; i++)
		if (coupon_of(former, now->coupons[i].code) == 0)
			add_other(list, SC_OFFER_COUPON, "coupons", now->coupons[i].code, 0,
			          now->coupons[i].discount_minor);
	add_other(list, SC_OFFER_SHIPPING, "shipping", "", former->shipping_minor, now->shipping_minor);
	for (size_t i = 0; i < former->fee_count; i++)
		add_other(list, SC_OFFER_FEE, "fees", former->fees[i].code, former->fees[i].amount_minor,
		          fee_of(now, former->fees[i].code));
	for (size_t i = 0; i < now->fee_count; i++)
		if (fee_of(former, now->fees[i].code) == 0)
			add_other(list, SC_OFFER_FEE, "fees", now->fees[i].code, 0, now->fees[i].amount_minor);
	for (size_t i = 0; i < former->tax_count; i++)
		compare_tax(list, former->taxes[i].rate, former, now);
	for (size_t i = 0; i < now->tax_count; i++)
		if (!has_tax(former, now->taxes[i].rate))
			compare_tax(list, now->taxes[i].rate, former, now);
}

sc_status sc__quote_differences(const sc__quoting *q, const sc__snapshot *now, sc_quote *quote, sc_error *err)
{
	const sc__snapshot *former = q->former;
	changes list = { .arena = q->task->arena };
	const bool dearer = now->total_minor > former->total_minor;

	compare_lines(&list, q, former, now);
	compare_making(&list, former, now);
	add_other(&list, dearer ? SC_OFFER_TOTAL_UP : SC_OFFER_TOTAL_DOWN, "total", "", former->total_minor,
	          now->total_minor);
	quote->needs_consent = dearer;
	return hand_over(&list, quote, err);
}
