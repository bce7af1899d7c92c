/*
 * The quote: the cart with the version of the shop's rules, then its SKUs with their stock and what bounds its coupons,
 * are loaded; then everything is decided without I/O. Only rules that ask for products or for earlier orders cost a
 * load more.
 */
#include "checkout/quote.h"

#include "base/arena.h"
#include "base/error.h"
#include "cart/cart.h"
#include "catalog/body.h"
#include "catalog/sku.h"
#include "core/access.h"
#include "core/input.h"
#include "pricing/document.h"

#include <shopcore/text.h>

#include <string.h>

#define ORDERS_BY_OWNER 0   /* index of the kind */
#define ORDERS_LOOKED   100 /* how many orders back a buyer is asked for an earlier one */

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

/* ---- loading ----------------------------------------------------------------------------- */

static bool is_for_sale(const sc__quoting *q, const sc_sku *sku)
{
	return sku->version != 0 && !sku->withdrawn && strcmp(sku->currency, q->cart.currency) == 0;
}

/* What a line could get: from one place, or from all of them together. */
static int64_t units_free(const sc__settings *settings, const sc_record *stock)
{
	int64_t best = 0, sum = 0;
	for (uint32_t i = 0; i < settings->location_count; i++) {
		const int64_t units = stock[i].version != 0 ? sc_counters_free(&stock[i].counters) : 0;
		if (units > best)
			best = units;
		if (units > 0 && __builtin_add_overflow(sum, units, &sum))
			sum = INT64_MAX;
	}
	return settings->split_lines ? sum : best;
}

static sc_status read_entries(sc__quoting *q, const sc_record *record, sc__quoted_line *line, sc_error *err)
{
	const char *sku;
	if (record->version == 0)
		return SC_OK;
	sc_status status = sc__rule_read_prices(record->body, q->task->arena, &sku, &line->entries, &line->entry_count,
	                                        err);
	if (status == SC_OK || status == SC_NO_MEMORY)
		return status;
	return sc__fail(err, SC_DAMAGED, "the prices of %s do not read", line->cart->sku);
}

/* Of each line: the SKU, its stock in each place, and its own prices when there are any in the shop. */
static size_t stride_of(const sc__quoting *q)
{
	return 1 + q->task->shop->settings.location_count + (q->set->has_prices ? 1 : 0);
}

static sc_status read_lines(sc__quoting *q, sc_error *err)
{
	const size_t stride = stride_of(q);
	const sc_record *records = q->records;
	for (size_t i = 0; i < q->cart.line_count; i++, records += stride) {
		sc__quoted_line *line = &q->lines[i];
		line->cart = &q->cart.lines[i];
		sc_status status = sc__sku_decode(&records[0], q->task->arena, &line->sku, err);
		if (status == SC_OK && q->set->has_prices)
			status = read_entries(q, &records[stride - 1], line, err);
		if (status != SC_OK)
			return status;
		line->for_sale = is_for_sale(q, &line->sku);
		line->free = units_free(&q->task->shop->settings, &records[1]);
	}
	sc__quote_coupons_judge(q, records);
	return SC_OK;
}

/* Lines and coupons, all in one load. */
static sc_status want_lines(sc__quoting *q, sc__then then)
{
	const sc__settings *settings = &q->task->shop->settings;
	const size_t lines = q->cart.line_count, stride = stride_of(q);
	const size_t room = stride * lines + q->cart.coupon_count * SC__COUPON_BOUNDS_MAX;
	sc_address *addresses = sc__arena_array(q->task->arena, room, sizeof(*addresses));
	size_t count = stride * lines;
	q->records = sc__arena_array(q->task->arena, room, sizeof(*q->records));
	q->lines = sc_arena_zalloc(q->task->arena, lines * sizeof(*q->lines));
	if (!addresses || !q->records || !q->lines)
		return no_memory(q->task->err);
	for (size_t i = 0; i < lines; i++) {
		const char *sku = q->cart.lines[i].sku;
		addresses[stride * i] = sc__sku_address(sku);
		sc__sources_of(settings, sku, &addresses[stride * i + 1]);
		if (q->set->has_prices)
			addresses[stride * (i + 1) - 1] = sc__rule_address(SC_RULE_PRICE, sku);
	}
	sc_status status = sc__quote_coupons_begin(q, addresses, &count, q->task->err);
	if (status != SC_OK)
		return status;
	return sc__want_rows(q->task, addresses, count, SC_READ_COLUMNS | SC_READ_BODY, q->records, then);
}

/* Brands, categories, tax classes: what a product knows of its SKUs. */
static sc_status want_products(sc__quoting *q, sc__then then)
{
	sc_address *addresses = sc__arena_array(q->task->arena, q->cart.line_count, sizeof(*addresses));
	size_t count = 0;
	if (!addresses)
		return no_memory(q->task->err);
	for (size_t i = 0; i < q->cart.line_count; i++)
		if (q->lines[i].for_sale)
			addresses[count++] = sc__product_address(q->lines[i].sku.product);
	return sc__want_rows(q->task, addresses, count, SC_READ_BODY, q->records, then);
}

static sc_status read_products(sc__quoting *q, sc_error *err)
{
	const sc_record *record = q->records;
	for (size_t i = 0; i < q->cart.line_count; i++) {
		if (!q->lines[i].for_sale)
			continue;
		sc_status status = sc__product_decode(record++, q->task->arena, &q->lines[i].product, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status want_history(sc__quoting *q, sc__then then)
{
	q->owner_value = SC_VALUE_OF_BYTES(q->owner, strlen(q->owner));
	q->orders = (sc_range){ .kind = SC_KIND_ORDER,
		                .index = ORDERS_BY_OWNER,
		                .flags = SC_RANGE_DESCENDING,
		                .equal = &q->owner_value,
		                .equal_count = 1,
		                .limit = ORDERS_LOOKED,
		                .mask = SC_READ_COLUMNS };
	return sc__want_page(q->task, &q->orders, &q->history, then);
}

/* Whether the buyer has no order yet that came to something, or still may. */
static void read_history(sc__quoting *q)
{
	q->first_order = true;
	for (size_t i = 0; i < q->history.count; i++) {
		const int64_t state = q->history.records[i].columns[SC_ORDER_STATE].number;
		if (state == SC_ORDER_PENDING || state == SC_ORDER_CONFIRMED)
			q->first_order = false;
	}
}

/* ---- the steps --------------------------------------------------------------------------- */

static sc_status finish(sc__quoting *q, sc_status status)
{
	if (q->set)
		sc__rules_release(q->task->shop, q->set);
	q->set = NULL;
	return q->then.step(q->then.self, status);
}

static sc_status history_loaded(void *self, sc_status status)
{
	sc__quoting *q = self;
	if (status == SC_OK && q->set->asks_history)
		read_history(q);
	return finish(q, status == SC_OK ? sc__quote_decide(q, q->task->err) : status);
}

static sc_status products_loaded(void *self, sc_status status)
{
	sc__quoting *q = self;
	if (status == SC_OK && q->set->asks_products)
		status = read_products(q, q->task->err);
	if (status != SC_OK)
		return finish(q, status);
	return q->set->asks_history ? want_history(q, (sc__then){ history_loaded, q }) : history_loaded(q, SC_OK);
}

static sc_status lines_loaded(void *self, sc_status status)
{
	sc__quoting *q = self;
	if (status == SC_OK)
		status = read_lines(q, q->task->err);
	if (status == SC_OK && q->set->asks_products)
		status = want_products(q, (sc__then){ products_loaded, q });
	else if (status == SC_OK)
		return products_loaded(q, SC_OK);
	return status == SC_OK ? SC_OK : finish(q, status);
}

sc_status sc__quote_cart(sc__quoting *q, const sc_record *cart, const sc_record *rules)
{
	const sc_shop *shop = q->task->shop;
	q->now_ms = shop->env->wall_ms(shop->env->ctx);
	q->breakdown = sc_arena_zalloc(q->task->arena, sizeof(*q->breakdown));
	sc__coupon_whom(q->owner, q->options.email, q->whom);
	sc_status status = q->breakdown ? sc__cart_decode(cart, q->task->arena, &q->cart, q->task->err)
	                                : no_memory(q->task->err);
	if (status == SC_OK && q->cart.line_count == 0)
		status = sc__fail(q->task->err, SC_CART_EMPTY, "the cart is empty");
	if (status == SC_OK)
		status = sc__rules_get(q->task->shop, q->task->call, rules->version, &q->set, q->task->err);
	if (status == SC_OK)
		status = want_lines(q, (sc__then){ lines_loaded, q });
	return status == SC_OK ? SC_OK : finish(q, status);
}

/* ---- asking ------------------------------------------------------------------------------ */

static sc_status read_options(const sc_quote_options *options, sc_arena *arena, sc_quote_options *out, sc_error *err)
{
	*out = (sc_quote_options)SC_QUOTE_OPTIONS_INIT;
	if (!options)
		return SC_OK;
	if (options->size < offsetof(sc_quote_options, shipping_rate))
		return sc__bad(err, SC_BAD_ARGUMENT, "options", "its size is not set");
	memcpy(out, options, options->size < sizeof(*out) ? options->size : sizeof(*out));
	const struct {
		const char *field;
		const char **text;
		size_t max;
		unsigned flags;
	} texts[] = {
		{ "country", &out->country, SC_ADDRESS_FIELD_MAX, 0 },
		{ "region", &out->region, SC_ADDRESS_FIELD_MAX, 0 },
		{ "postal_code", &out->postal_code, SC_ADDRESS_FIELD_MAX, 0 },
		{ "shipping_rate", &out->shipping_rate, SC_ID_TEXT_MAX, SC__TEXT_CODE },
		{ "customer_group", &out->customer_group, SC_ID_TEXT_MAX, SC__TEXT_CODE },
		{ "channel", &out->channel, SC_ID_TEXT_MAX, SC__TEXT_CODE },
	};
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		sc_status status = sc__input_text(*texts[i].text, texts[i].flags | SC__TEXT_OPTIONAL | SC__TEXT_EMPTY,
		                                  texts[i].max, -1, texts[i].field, err);
		if (status != SC_OK)
			return status;
		if (*texts[i].text && !(*texts[i].text)[0])
			*texts[i].text = NULL;
	}
	if (!out->email || !out->email[0])
		return SC_OK;
	char *email = sc_arena_alloc(arena, SC_EMAIL_MAX + 1);
	if (!email)
		return no_memory(err);
	out->email = email;
	return sc_text_normalise_email(options->email, email, err);
}

/* A quote that is asked for by itself. */
struct asking {
	sc__task task;
	char owner[SC__OWNER_SIZE];
	sc__quoting quoting;
	sc__quoted quoted;
	sc__offer former;
	sc_address addresses[2];
	sc_record records[2]; /* cart and rules */
};

static sc_status quoted(void *self, sc_status status)
{
	struct asking *a = self;
	if (status == SC_OK && a->quoted.blocked < 0)
		status = sc__token_write(a->task.shop, &a->quoted.offer, a->task.arena, &a->quoted.quote.token,
		                         a->task.err);
	return status;
}

static sc_status cart_loaded(void *self, sc_status status)
{
	struct asking *a = self;
	return status == SC_OK ? sc__quote_cart(&a->quoting, &a->records[0], &a->records[1]) : status;
}

static sc_status read_former(struct asking *a, const char *token)
{
	sc_status status = token ? sc__token_read(a->task.shop, token, a->task.arena, &a->former, a->task.err)
	                         : sc__bad(a->task.err, SC_BAD_SIGNATURE, "token", "is missing");
	if (status == SC_OK && strcmp(a->former.owner, a->owner) != 0)
		status = sc__bad(a->task.err, SC_BAD_SIGNATURE, "token", "was made for somebody else");
	a->quoting.former = &a->former.snapshot;
	return status;
}

/* `again`: with a token of a former quote. */
static sc_status ask(struct asking *a, const sc_quote_options *options, const char *token, bool again)
{
	sc_status status = sc__owner_of(a->task.call, a->owner, a->task.err);
	if (status == SC_OK)
		status = read_options(options, a->task.arena, &a->quoting.options, a->task.err);
	if (status == SC_OK && again)
		status = read_former(a, token);
	if (status != SC_OK)
		return status;
	a->quoting.task = &a->task;
	a->quoting.owner = a->owner;
	a->quoting.explain = true;
	a->quoting.out = &a->quoted;
	a->quoting.then = (sc__then){ quoted, a };
	a->addresses[0] = sc__cart_address(a->owner);
	a->addresses[1] = sc__rules_address();
	status = sc__want_rows(&a->task, a->addresses, 2, SC_READ_ALL, a->records, (sc__then){ cart_loaded, a });
	return sc__task_run(&a->task, status);
}

sc_status sc_checkout_quote(sc_shop *shop, const sc_call *call, const sc_quote_options *options, sc_arena *arena,
                            sc_quote *out, sc_error *err)
{
	struct asking a = { .task = { .shop = shop, .call = call, .arena = arena, .err = err } };
	const sc_status status = ask(&a, options, NULL, false);
	if (status == SC_OK)
		*out = a.quoted.quote;
	return status;
}

sc_status sc_checkout_requote(sc_shop *shop, const sc_call *call, const char *token, const sc_quote_options *options,
                              sc_arena *arena, sc_quote *out, sc_error *err)
{
	struct asking a = { .task = { .shop = shop, .call = call, .arena = arena, .err = err } };
	const sc_status status = ask(&a, options, token, true);
	if (status == SC_OK)
		*out = a.quoted.quote;
	return status;
}

sc_status sc_checkout_pricing(sc_shop *shop, const sc_call *call, const sc_quote_options *options, sc_arena *arena,
                              sc_bytes *out, sc_error *err)
{
	struct asking a = { .task = { .shop = shop, .call = call, .arena = arena, .err = err } };
	const sc_price_request *request = &a.quoting.request;
	const sc_status status = ask(&a, options, NULL, false);
	if (status != SC_OK)
		return status;
	sc__restated_line *lines = sc__arena_array(arena, request->line_count, sizeof(*lines));
	if (!lines)
		return no_memory(err);
	for (size_t i = 0; i < request->line_count; i++)
		lines[i] = (sc__restated_line){ request->lines[i].id, request->lines[i].sku,
			                        request->lines[i].unit_price, request->lines[i].quantity };
	return sc__document_complete(a.quoted.offer.snapshot.pricing, lines, request->line_count, arena, out, err);
}
