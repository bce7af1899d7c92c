#include "order/snapshot.h"

#include "base/error.h"
#include "base/json.h"

#include <shopcore/cart.h>

/* ---- totals ------------------------------------------------------------------------------ */

static bool add_up(int64_t *total, int64_t amount)
{
	return !__builtin_add_overflow(*total, amount, total) && *total <= SC_AMOUNT_MAX && *total >= -SC_AMOUNT_MAX;
}

static bool add_line(sc__snapshot *sums, const sc_order_line *line)
{
	int64_t goods;
	return !__builtin_mul_overflow(line->unit_price_minor, line->quantity, &goods) &&
	       add_up(&sums->goods_minor, goods) && add_up(&sums->discount_minor, line->discount_minor) &&
	       add_up(&sums->tax_minor, line->tax_minor) && add_up(&sums->total_minor, line->total_minor);
}

static bool add_fee(sc__snapshot *sums, const sc_order_fee *fee)
{
	return add_up(&sums->fees_minor, fee->amount_minor) && add_up(&sums->tax_minor, fee->tax_minor) &&
	       add_up(&sums->total_minor, fee->amount_minor);
}

sc_status sc__snapshot_derive(sc__snapshot *snapshot, sc_error *err)
{
	sc__snapshot sums = { .discount_minor = snapshot->shipping_discount_minor,
		              .tax_minor = snapshot->shipping_tax_minor,
		              .total_minor = snapshot->shipping_minor };
	for (size_t i = 0; i < snapshot->line_count; i++)
		if (!add_line(&sums, &snapshot->lines[i]))
			return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)i, "lines", "the order's total does not fit");
	for (size_t i = 0; i < snapshot->fee_count; i++)
		if (!add_fee(&sums, &snapshot->fees[i]))
			return sc__bad_at(err, SC_OUT_OF_RANGE, (int32_t)i, "fees", "the order's total does not fit");
	snapshot->goods_minor = sums.goods_minor;
	snapshot->discount_minor = sums.discount_minor;
	snapshot->fees_minor = sums.fees_minor;
	snapshot->tax_minor = sums.tax_minor;
	snapshot->total_minor = sums.total_minor;
	return SC_OK;
}

/* ---- writing: what a price is made of ---------------------------------------------------- */

static void write_promotions(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	if (snapshot->promotion_count == 0)
		return;
	sc_json_put_key(writer, "promotions");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < snapshot->promotion_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "id", snapshot->promotions[i].id);
		sc_json_add_int(writer, "discount", snapshot->promotions[i].discount_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_use(sc_json_writer *writer, const sc_coupon_use *use)
{
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "scope", use->scope);
	sc_json_add_text(writer, "whom", use->whom);
	sc_json_add_int(writer, "limit", use->limit);
	if (use->lifetime_ms != 0)
		sc_json_add_int(writer, "lifetime", use->lifetime_ms);
	if (use->reset)
		sc_json_add_bool(writer, "reset", true);
	sc_json_end_object(writer);
}

static void write_coupons(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	if (snapshot->coupon_count == 0)
		return;
	sc_json_put_key(writer, "coupons");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < snapshot->coupon_count; i++) {
		const sc_order_coupon *coupon = &snapshot->coupons[i];

		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", coupon->code);
		sc_json_add_text(writer, "coupon", coupon->coupon);
		sc_json_add_int(writer, "discount", coupon->discount_minor);
		sc_json_put_key(writer, "uses");
		sc_json_begin_array(writer);
		for (size_t k = 0; k < coupon->use_count; k++)
			write_use(writer, &coupon->uses[k]);
		sc_json_end_array(writer);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_taxes(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	if (snapshot->tax_count == 0)
		return;
	sc_json_put_key(writer, "taxes");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < snapshot->tax_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_int(writer, "rate", snapshot->taxes[i].rate);
		sc_json_add_int(writer, "net", snapshot->taxes[i].net_minor);
		sc_json_add_int(writer, "tax", snapshot->taxes[i].tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_fees(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	if (snapshot->fee_count == 0)
		return;
	sc_json_put_key(writer, "fees");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < snapshot->fee_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "code", snapshot->fees[i].code);
		sc_json_add_int(writer, "total", snapshot->fees[i].amount_minor);
		if (snapshot->fees[i].tax_minor != 0)
			sc_json_add_int(writer, "tax", snapshot->fees[i].tax_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_tenders(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	if (snapshot->tender_count == 0)
		return;
	sc_json_put_key(writer, "tenders");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < snapshot->tender_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_int(writer, "kind", snapshot->tenders[i].kind);
		sc_json_add_text(writer, "account", snapshot->tenders[i].account);
		sc_json_add_int(writer, "amount", snapshot->tenders[i].amount_minor);
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
}

static void write_pricing(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	if (snapshot->priced_by == NULL && snapshot->pricing.size == 0)
		return;
	sc_json_put_key(writer, "pricing");
	if (snapshot->priced_by != NULL)
		sc__json_put_value(writer, snapshot->priced_by);
	else
		sc_json_put_raw(writer, snapshot->pricing);
}

/* What each unit really paid: pairs of how many and how much off, only where something was taken off. */
static void write_units(sc_json_writer *writer, const sc_order_line *line)
{
	if (line->discount_minor == 0 || line->unit_runs == 0)
		return;
	sc_json_put_key(writer, "units");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < line->unit_runs; i++) {
		sc_json_put_int(writer, line->units[i].count);
		sc_json_put_int(writer, line->units[i].discount);
	}
	sc_json_end_array(writer);
}

/* ---- writing: lines and the whole --------------------------------------------------------- */

static void write_options(sc_json_writer *writer, const sc_order_line *line)
{
	if (line->option_count == 0)
		return;
	sc_json_put_key(writer, "options");
	sc_json_begin_object(writer);
	for (size_t i = 0; i < line->option_count; i++)
		sc_json_add_text(writer, line->options[i].name, line->options[i].value);
	sc_json_end_object(writer);
}

static void write_line(sc_json_writer *writer, const sc_order_line *line)
{
	sc_json_begin_object(writer);
	sc_json_add_text(writer, "id", line->id);
	sc_json_add_text(writer, "sku", line->sku);
	sc_json_add_text(writer, "product", line->product);
	if (line->seller[0])
		sc_json_add_text(writer, "seller", line->seller);
	sc_json_add_text(writer, "name", line->name);
	sc_json_add_int(writer, "quantity", line->quantity);
	sc_json_add_int(writer, "unit_price", line->unit_price_minor);
	if (line->discount_minor)
		sc_json_add_int(writer, "discount", line->discount_minor);
	if (line->tax_minor)
		sc_json_add_int(writer, "tax", line->tax_minor);
	sc_json_add_int(writer, "total", line->total_minor);
	write_units(writer, line);
	write_options(writer, line);
	sc_json_end_object(writer);
}

void sc__snapshot_write(sc_json_writer *writer, const sc__snapshot *snapshot)
{
	sc_json_add_text(writer, "currency", snapshot->currency);
	sc_json_put_key(writer, "shipping");
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "total", snapshot->shipping_minor);
	sc_json_add_int(writer, "tax", snapshot->shipping_tax_minor);
	sc_json_add_int(writer, "discount", snapshot->shipping_discount_minor);
	sc_json_end_object(writer);
	sc_json_put_key(writer, "lines");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < snapshot->line_count; i++)
		write_line(writer, &snapshot->lines[i]);
	sc_json_end_array(writer);
	write_promotions(writer, snapshot);
	write_coupons(writer, snapshot);
	write_taxes(writer, snapshot);
	write_fees(writer, snapshot);
	write_tenders(writer, snapshot);
	write_pricing(writer, snapshot);
}

/* ---- reading ----------------------------------------------------------------------------- */

static const char *text_or_empty(const sc_json *object, const char *key)
{
	sc_bytes text = sc_json_text(sc_json_member(object, key));
	return text.data ? text.data : "";
}

static int64_t int_or_zero(const sc_json *object, const char *key)
{
	return sc_json_int(sc_json_member(object, key));
}

static sc_status read_options(const sc_json *object, sc_arena *arena, sc_order_line *line)
{
	size_t count = sc_json_count(object), at = 0;
	sc_line_option *options = sc_arena_alloc(arena, count * sizeof(*options));
	if (!options)
		return SC_NO_MEMORY;
	for (const sc_json *member = sc_json_first(object); member; member = sc_json_next(member)) {
		sc_bytes value = sc_json_text(member);
		options[at++] = (sc_line_option){ sc_json_key(member), value.data ? value.data : "" };
	}
	line->options = options;
	line->option_count = count;
	return SC_OK;
}

/* An array of a list that may be absent. DAMAGED, NO_MEMORY. */
static sc_status list_of(const sc_json *object, const char *key, size_t item_size, sc_arena *arena,
                         const sc_json **first, void **items, size_t *count)
{
	const sc_json *list = sc_json_member(object, key);

	if (list != NULL && sc_json_type_of(list) != SC_JSON_ARRAY)
		return SC_DAMAGED;
	*count = sc_json_count(list);
	*first = sc_json_first(list);
	*items = sc_arena_zalloc(arena, *count * item_size);
	return *items != NULL ? SC_OK : SC_NO_MEMORY;
}

static sc_status read_units(const sc_json *object, sc_arena *arena, sc_order_line *line)
{
	const sc_json *pair;
	sc_price_run *runs;
	void *items;
	size_t count;
	sc_status status = list_of(object, "units", sizeof(*runs), arena, &pair, &items, &count);

	if (status != SC_OK || count == 0)
		return status;
	runs = items;
	for (size_t i = 0; pair != NULL; pair = sc_json_next(pair), i++)
		*(i % 2 == 0 ? &runs[i / 2].count : &runs[i / 2].discount) = sc_json_int(pair);
	line->units = runs;
	line->unit_runs = count / 2;
	return SC_OK;
}

static sc_status read_promotions(const sc_json *object, sc_arena *arena, sc__snapshot *out)
{
	const sc_json *item;
	void *items;
	sc_status status = list_of(object, "promotions", sizeof(sc_order_promotion), arena, &item, &items,
	                           &out->promotion_count);

	if (status != SC_OK)
		return status;
	sc_order_promotion *promotion = items;
	out->promotions = promotion;
	for (; item != NULL; item = sc_json_next(item), promotion++) {
		promotion->id = text_or_empty(item, "id");
		promotion->discount_minor = int_or_zero(item, "discount");
	}
	return SC_OK;
}

static sc_status read_uses(const sc_json *object, sc_arena *arena, sc_order_coupon *out)
{
	const sc_json *item;
	void *items;
	sc_status status = list_of(object, "uses", sizeof(sc_coupon_use), arena, &item, &items, &out->use_count);

	if (status != SC_OK)
		return status;
	sc_coupon_use *use = items;
	out->uses = use;
	for (; item != NULL; item = sc_json_next(item), use++) {
		use->scope = (uint32_t)int_or_zero(item, "scope");
		use->whom = text_or_empty(item, "whom");
		use->limit = int_or_zero(item, "limit");
		use->lifetime_ms = int_or_zero(item, "lifetime");
		use->reset = sc_json_is_true(sc_json_member(item, "reset"));
		if (use->scope < SC_COUPON_IN_ALL || use->scope > SC_COUPON_OF_CODE)
			return SC_DAMAGED;
	}
	return SC_OK;
}

static sc_status read_coupons(const sc_json *object, sc_arena *arena, sc__snapshot *out)
{
	const sc_json *item;
	void *items;
	sc_status status = list_of(object, "coupons", sizeof(sc_order_coupon), arena, &item, &items,
	                           &out->coupon_count);

	if (status == SC_OK && out->coupon_count > SC_CART_COUPONS_MAX)
		return SC_DAMAGED;
	if (status != SC_OK)
		return status;
	sc_order_coupon *coupon = items;
	out->coupons = coupon;
	for (; item != NULL && status == SC_OK; item = sc_json_next(item), coupon++) {
		coupon->code = text_or_empty(item, "code");
		coupon->coupon = text_or_empty(item, "coupon");
		coupon->discount_minor = int_or_zero(item, "discount");
		status = read_uses(item, arena, coupon);
	}
	return status;
}

static sc_status read_taxes(const sc_json *object, sc_arena *arena, sc__snapshot *out)
{
	const sc_json *item;
	void *items;
	sc_status status = list_of(object, "taxes", sizeof(sc_order_tax), arena, &item, &items, &out->tax_count);

	if (status != SC_OK)
		return status;
	sc_order_tax *tax = items;
	out->taxes = tax;
	for (; item != NULL; item = sc_json_next(item), tax++)
		*tax = (sc_order_tax){ int_or_zero(item, "rate"), int_or_zero(item, "net"), int_or_zero(item, "tax") };
	return SC_OK;
}

static sc_status read_fees(const sc_json *object, sc_arena *arena, sc__snapshot *out)
{
	const sc_json *item;
	void *items;
	sc_status status = list_of(object, "fees", sizeof(sc_order_fee), arena, &item, &items, &out->fee_count);

	if (status != SC_OK)
		return status;
	sc_order_fee *fee = items;
	out->fees = fee;
	for (; item != NULL; item = sc_json_next(item), fee++)
		*fee = (sc_order_fee){ .code = text_or_empty(item, "code"),
			               .amount_minor = int_or_zero(item, "total"),
			               .tax_minor = int_or_zero(item, "tax") };
	return SC_OK;
}

static sc_status read_tenders(const sc_json *object, sc_arena *arena, sc__snapshot *out)
{
	const sc_json *item;
	void *items;
	sc_status status = list_of(object, "tenders", sizeof(sc_order_tender), arena, &item, &items,
	                           &out->tender_count);

	if (status == SC_OK && out->tender_count > SC_TENDERS_MAX)
		return SC_DAMAGED;
	if (status != SC_OK)
		return status;
	sc_order_tender *tender = items;
	out->tenders = tender;
	for (; item != NULL; item = sc_json_next(item), tender++) {
		*tender = (sc_order_tender){ .kind = (uint32_t)int_or_zero(item, "kind"),
			                     .account = text_or_empty(item, "account"),
			                     .amount_minor = int_or_zero(item, "amount") };
		if (tender->kind != SC_TENDER_GIFT_CARD && tender->kind != SC_TENDER_CREDIT)
			return SC_DAMAGED;
	}
	return SC_OK;
}

/* What a price is made of; an order without promotions has little of it. */
static sc_status read_making(const sc_json *object, sc_arena *arena, sc__snapshot *out)
{
	sc_status status = read_promotions(object, arena, out);

	if (status == SC_OK)
		status = read_coupons(object, arena, out);
	if (status == SC_OK)
		status = read_taxes(object, arena, out);
	if (status == SC_OK)
		status = read_fees(object, arena, out);
	if (status == SC_OK)
		status = read_tenders(object, arena, out);
	out->priced_by = sc_json_member(object, "pricing");
	return status;
}

static sc_status read_line(const sc_json *object, sc_arena *arena, sc_order_line *out)
{
	sc_order_line line = { .product = text_or_empty(object, "product"), .seller = text_or_empty(object, "seller") };
	if (sc_json_get_text(object, "id", &line.id, NULL) != SC_OK ||
	    sc_json_get_text(object, "sku", &line.sku, NULL) != SC_OK ||
	    sc_json_get_text(object, "name", &line.name, NULL) != SC_OK ||
	    sc_json_get_int(object, "quantity", &line.quantity, NULL) != SC_OK ||
	    sc_json_get_int(object, "unit_price", &line.unit_price_minor, NULL) != SC_OK ||
	    sc_json_get_int(object, "total", &line.total_minor, NULL) != SC_OK)
		return SC_DAMAGED;
	if (line.quantity < 1 || line.quantity > SC_QUANTITY_MAX)
		return SC_DAMAGED;
	line.discount_minor = int_or_zero(object, "discount");
	line.tax_minor = int_or_zero(object, "tax");
	sc_status status = read_options(sc_json_member(object, "options"), arena, &line);
	if (status == SC_OK)
		status = read_units(object, arena, &line);
	if (status == SC_OK)
		*out = line;
	return status;
}

static sc_status read_lines(const sc_json *array, sc_arena *arena, sc__snapshot *out)
{
	size_t count = sc_json_count(array), at = 0;
	sc_order_line *lines = sc_arena_alloc(arena, count * sizeof(*lines));
	if (!lines)
		return SC_NO_MEMORY;
	for (const sc_json *element = sc_json_first(array); element; element = sc_json_next(element)) {
		sc_status status = read_line(element, arena, &lines[at++]);
		if (status != SC_OK)
			return status;
	}
	out->lines = lines;
	out->line_count = count;
	return SC_OK;
}

sc_status sc__snapshot_read(const sc_json *object, sc_arena *arena, sc__snapshot *out, sc_error *err)
{
	sc__snapshot snapshot = { 0 };
	const sc_json *shipping, *lines;
	sc_status status = SC_DAMAGED;
	if (sc_json_get_text(object, "currency", &snapshot.currency, NULL) == SC_OK &&
	    sc_json_get_object(object, "shipping", &shipping, NULL) == SC_OK &&
	    sc_json_get_array(object, "lines", &lines, NULL) == SC_OK) {
		snapshot.shipping_minor = int_or_zero(shipping, "total");
		snapshot.shipping_tax_minor = int_or_zero(shipping, "tax");
		snapshot.shipping_discount_minor = int_or_zero(shipping, "discount");
		status = read_lines(lines, arena, &snapshot);
		if (status == SC_OK)
			status = read_making(object, arena, &snapshot);
	}
	if (status == SC_OK && sc__snapshot_derive(&snapshot, NULL) != SC_OK)
		status = SC_DAMAGED;
	if (status == SC_NO_MEMORY)
		return sc__fail(err, status, "out of memory");
	if (status != SC_OK)
		return sc__fail(err, status, "the snapshot does not read");
	*out = snapshot;
	return SC_OK;
}
