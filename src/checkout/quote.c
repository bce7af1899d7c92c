/*
 * The quote: the cart, its SKUs and their stock are loaded, then everything is decided without I/O.
 */
#include "checkout/quote.h"

#include "base/error.h"
#include "cart/cart.h"
#include "catalog/sku.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

#define RATE_OF_PPM (SC_RATE_ONE / 1000000) /* settings count in millionths, pricing in millionths of a percent */

/* One line while it is quoted. */
struct sc__quote_line {
	const sc_cart_line *cart;
	sc_sku sku;
	int64_t free; /* units of the SKU, a moment ago */
	bool for_sale;
};

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

static sc_status read_lines(sc__quoting *q, sc_error *err)
{
	const size_t stride = 1 + q->task->shop->settings.location_count; /* the SKU, and its stock in each place */
	for (size_t i = 0; i < q->cart.line_count; i++) {
		struct sc__quote_line *line = &q->lines[i];
		line->cart = &q->cart.lines[i];
		sc_status status = sc__sku_decode(&q->records[i * stride], q->task->arena, &line->sku, err);
		if (status != SC_OK)
			return status;
		line->for_sale = is_for_sale(q, &line->sku);
		line->free = units_free(&q->task->shop->settings, &q->records[i * stride + 1]);
	}
	return SC_OK;
}

/* Each SKU and its stock, all in one load. */
static sc_status want_lines(sc__quoting *q, sc__then then)
{
	const sc__settings *settings = &q->task->shop->settings;
	const size_t count = q->cart.line_count, stride = 1 + settings->location_count;
	sc_address *addresses = sc_arena_alloc(q->task->arena, stride * count * sizeof(*addresses));
	q->records = sc_arena_alloc(q->task->arena, stride * count * sizeof(*q->records));
	q->lines = sc_arena_zalloc(q->task->arena, count * sizeof(*q->lines));
	if (!addresses || !q->records || !q->lines)
		return no_memory(q->task->err);
	for (size_t i = 0; i < count; i++) {
		const char *sku = q->cart.lines[i].sku;
		addresses[stride * i] = sc__sku_address(sku);
		sc__sources_of(settings, sku, &addresses[stride * i + 1]);
	}
	return sc__want_rows(q->task, addresses, stride * count, SC_READ_COLUMNS | SC_READ_BODY, q->records, then);
}

/* ---- prices ------------------------------------------------------------------------------ */

static const char *id_text(sc_arena *arena, sc_id id)
{
	char text[SC_ID_TEXT_SIZE];
	return sc_arena_dup(arena, sc_id_format(id, text), SC_ID_TEXT_SIZE - 1);
}

static sc_status set_price_lines(sc__quoting *q, sc_error *err)
{
	q->price_lines = sc_arena_zalloc(q->task->arena, q->cart.line_count * sizeof(*q->price_lines));
	if (!q->price_lines)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.line_count; i++) {
		const struct sc__quote_line *line = &q->lines[i];
		if (!line->for_sale)
			continue;
		sc_price_line *price = &q->price_lines[q->price_count++];
		price->id = id_text(q->task->arena, line->cart->id);
		price->sku = line->cart->sku;
		price->unit_price = line->sku.price_minor;
		price->quantity = line->cart->quantity;
		price->tax_rates = &q->tax_rate;
		price->tax_rate_count = q->tax_rate != 0;
		price->tax_inclusive = q->task->shop->settings.tax_included;
		price->seller = line->sku.seller;
		if (!price->id)
			return no_memory(err);
	}
	return SC_OK;
}

static sc_status price(sc__quoting *q, const sc_quote_options *options, sc_breakdown *out, sc_error *err)
{
	const sc__settings *settings = &q->task->shop->settings;
	const sc_price_shipping flat = { .code = "flat",
		                         .amount = settings->shipping_flat_minor,
		                         .tax_rates = &q->tax_rate,
		                         .tax_rate_count = q->tax_rate != 0,
		                         .tax_inclusive = settings->tax_included };
	sc_price_request request = SC_PRICE_REQUEST_INIT;
	memcpy(request.currency, q->cart.currency, sizeof(request.currency));
	request.flags = SC_PRICE_EXPLAIN;
	request.lines = q->price_lines;
	request.line_count = q->price_count;
	request.time_ms = q->task->shop->env->wall_ms(q->task->shop->env->ctx);
	request.buyer.country = options ? options->country : NULL;
	if (settings->shipping_flat_minor > 0 && q->price_count > 0) {
		if (strcmp(settings->currency, q->cart.currency) != 0)
			return sc__fail(err, SC_CURRENCY_MISMATCH, "shipping is priced in %s", settings->currency);
		request.shipping = &flat;
		request.shipping_count = 1;
	}
	return sc_price(&request, q->task->arena, out, err);
}

/* ---- the answer -------------------------------------------------------------------------- */

static bool set_line(const sc__quoting *q, const struct sc__quote_line *line, const sc_priced_line *priced,
                     sc_order_line *out)
{
	const sc_sku *sku = &line->sku;
	*out = (sc_order_line){ .sku = line->cart->sku, .quantity = line->cart->quantity };
	out->id = priced ? priced->id : id_text(q->task->arena, line->cart->id);
	out->product = sku->product ? sku->product : "";
	out->seller = sku->seller ? sku->seller : "";
	out->name = sku->name ? sku->name : line->cart->sku;
	out->options = line->cart->options;
	out->option_count = line->cart->option_count;
	if (priced) {
		out->unit_price_minor = priced->unit_price;
		out->discount_minor = priced->discount;
		out->tax_minor = priced->tax;
		out->total_minor = priced->gross;
	}
	return out->id != NULL;
}

static sc_status set_snapshot(sc__quoting *q, const sc_breakdown *breakdown, sc__quoted *out, sc_error *err)
{
	sc_order_line *lines = sc_arena_alloc(q->task->arena, q->cart.line_count * sizeof(*lines));
	sc__snapshot *snapshot = &out->offer.snapshot;
	size_t priced = 0;
	if (!lines)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.line_count; i++) {
		const struct sc__quote_line *line = &q->lines[i];
		if (!set_line(q, line, line->for_sale ? &breakdown->lines[priced++] : NULL, &lines[i]))
			return no_memory(err);
		if (!line->for_sale && out->blocked < 0)
			out->blocked = (int32_t)i;
	}
	snapshot->currency = sc_arena_dup(q->task->arena, q->cart.currency, 3);
	snapshot->lines = lines;
	snapshot->line_count = q->cart.line_count;
	snapshot->shipping_minor = breakdown->shipping_gross;
	snapshot->shipping_tax_minor = breakdown->shipping_gross - breakdown->shipping_net;
	snapshot->shipping_discount_minor = breakdown->shipping_discount;
	return snapshot->currency ? sc__snapshot_derive(snapshot, err) : no_memory(err);
}

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

static sc_status set_changes(sc__quoting *q, sc_quote *quote, sc_error *err)
{
	sc_offer_change *changes = sc_arena_alloc(q->task->arena, 2 * q->cart.line_count * sizeof(*changes));
	size_t count = 0;
	if (!changes)
		return no_memory(err);
	for (size_t i = 0; i < q->cart.line_count; i++) {
		const struct sc__quote_line *line = &q->lines[i];
		const int64_t seen = line->cart->price_seen_minor, now = line->sku.price_minor;
		sc_offer_change change = { .line = (uint32_t)i, .sku = line->cart->sku };
		if (!line->for_sale) {
			change.kind = SC_OFFER_NOT_FOR_SALE;
			changes[count++] = change;
			continue;
		}
		if (now != seen) {
			change.kind = now > seen ? SC_OFFER_PRICE_UP : SC_OFFER_PRICE_DOWN;
			change.was = seen;
			change.now = now;
			changes[count++] = change;
			quote->needs_consent = quote->needs_consent || now > seen;
		}
		const int64_t wanted = wanted_of(q, i);
		if (wanted > line->free) {
			change.kind = SC_OFFER_SHORT_STOCK;
			change.was = wanted;
			change.now = line->free > 0 ? line->free : 0;
			changes[count++] = change;
		}
	}
	quote->changes = changes;
	quote->change_count = count;
	return SC_OK;
}

static void set_totals(const sc__snapshot *snapshot, sc_quote *quote)
{
	quote->currency = snapshot->currency;
	quote->lines = snapshot->lines;
	quote->line_count = snapshot->line_count;
	quote->goods_minor = snapshot->goods_minor;
	quote->discount_minor = snapshot->discount_minor;
	quote->shipping_minor = snapshot->shipping_minor;
	quote->tax_minor = snapshot->tax_minor;
	quote->total_minor = snapshot->total_minor;
}

static sc_status decide(sc__quoting *q, sc_error *err)
{
	const sc_env *env = q->task->shop->env;
	const sc__settings *settings = &q->task->shop->settings;
	sc_breakdown *breakdown = sc_arena_zalloc(q->task->arena, sizeof(*breakdown));
	sc__quoted quoted = { .blocked = -1 };
	q->tax_rate = settings->tax_rate_ppm * RATE_OF_PPM;
	sc_status status = breakdown ? read_lines(q, err) : no_memory(err);
	if (status == SC_OK)
		status = set_price_lines(q, err);
	if (status == SC_OK)
		status = price(q, q->options, breakdown, err);
	if (status == SC_OK)
		status = set_snapshot(q, breakdown, &quoted, err);
	if (status == SC_OK)
		status = set_changes(q, &quoted.quote, err);
	if (status != SC_OK)
		return status;
	set_totals(&quoted.offer.snapshot, &quoted.quote);
	quoted.quote.breakdown = breakdown;
	quoted.quote.expires_ms = env->wall_ms(env->ctx) + settings->quote_ttl_ms;
	quoted.offer.owner = q->owner;
	quoted.offer.needs_consent = quoted.quote.needs_consent;
	quoted.offer.expires_ms = quoted.quote.expires_ms;
	*q->out = quoted;
	return SC_OK;
}

static sc_status lines_loaded(void *self, sc_status status)
{
	sc__quoting *q = self;
	if (status == SC_OK)
		status = decide(q, q->task->err);
	return q->then.step(q->then.self, status);
}

sc_status sc__quote_cart(sc__quoting *q, const sc_record *cart)
{
	sc_status status = sc__cart_decode(cart, q->task->arena, &q->cart, q->task->err);
	if (status == SC_OK && q->cart.line_count == 0)
		status = sc__fail(q->task->err, SC_CART_EMPTY, "the cart is empty");
	if (status == SC_OK)
		status = want_lines(q, (sc__then){ lines_loaded, q });
	return status == SC_OK ? SC_OK : q->then.step(q->then.self, status);
}

static sc_status check_options(const sc_quote_options *options, sc_error *err)
{
	if (options->size < offsetof(sc_quote_options, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "options", "its size is not set");
	sc_status status = sc__input_text(options->country, SC__TEXT_OPTIONAL, SC_ADDRESS_FIELD_MAX, -1, "country",
	                                  err);
	if (status == SC_OK)
		status = sc__input_text(options->region, SC__TEXT_OPTIONAL, SC_ADDRESS_FIELD_MAX, -1, "region", err);
	return status;
}

/* A quote that is asked for by itself. */
struct asking {
	sc__task task;
	sc__quoting quoting;
	sc__quoted quoted;
	sc_address address;
	sc_record cart;
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
	return status == SC_OK ? sc__quote_cart(&a->quoting, &a->cart) : status;
}

sc_status sc_checkout_quote(sc_shop *shop, const sc_call *call, const sc_quote_options *options, sc_arena *arena,
                            sc_quote *out, sc_error *err)
{
	char owner[SC__OWNER_SIZE];
	struct asking a = { .task = { .shop = shop, .call = call, .arena = arena, .err = err } };
	sc_status status = sc__owner_of(call, owner, err);
	if (status == SC_OK && options)
		status = check_options(options, err);
	if (status != SC_OK)
		return status;
	a.quoting = (sc__quoting){ .task = &a.task, .owner = owner, .options = options, .out = &a.quoted };
	a.quoting.then = (sc__then){ quoted, &a };
	a.address = sc__cart_address(owner);
	status = sc__want_rows(&a.task, &a.address, 1, SC_READ_ALL, &a.cart, (sc__then){ cart_loaded, &a });
	status = sc__task_run(&a.task, status);
	if (status == SC_OK)
		*out = a.quoted.quote;
	return status;
}
