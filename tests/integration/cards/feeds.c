#include "feeds.h"

#include <stdio.h>
#include <string.h>

static sc_bytes bytes_of(const char *text)
{
	return (sc_bytes){ text, strlen(text) };
}

/* ---- who asks ---------------------------------------------------------------------------- */

static sc_status actor(struct world *w, const char *text)
{
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, text);
	sc_cart cart;
	return sc_cart_get(w->shop, &call, NULL, &w->arena, &cart, &w->err);
}

static sc_status guest(struct world *w, const char *text)
{
	const sc_call call = SC_CALL_INIT(SC_ACTOR_GUEST, text);
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_cart cart;
	return sc_cart_add(w->shop, &call, NULL, &item, 1, &w->arena, &cart, &w->err);
}

static sc_status key(struct world *w, const char *text)
{
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_call call = w->ada;
	sc_cart cart;
	call.key = text;
	return sc_cart_add(w->shop, &call, NULL, &item, 1, &w->arena, &cart, &w->err);
}

static sc_status key_of_stock(struct world *w, const char *text)
{
	const sc_stock_change change = { "mug", NULL, 1 };
	sc_call call = w->office;
	call.key = text;
	return sc_inventory_receive(w->shop, &call, &change, 1, "delivery", &w->err);
}

static sc_status key_of_order(struct world *w, const char *text)
{
	sc_call call = w->ada;
	sc_placement placement;
	call.key = text;
	return sc_checkout_find(w->shop, &call, &w->arena, &placement, &w->err);
}

static sc_status own_key(struct world *w, const char *text)
{
	sc_call call = w->office;
	call.key = text;
	return sc_key_note(w->shop, &call, "operation", bytes_of("content"), &w->err);
}

static sc_status own_operation(struct world *w, const char *text)
{
	sc_call call = w->office;
	call.key = "key";
	return sc_key_note(w->shop, &call, text, bytes_of("content"), &w->err);
}

/* ---- catalogue --------------------------------------------------------------------------- */

static sc_status put(struct world *w, const sc_product *product)
{
	uint64_t version;
	return sc_product_put(w->shop, &w->office, product, &version, &w->err);
}

#define PRODUCT_FEED(what, ...)                                                                        \
	static sc_status product_##what(struct world *w, const char *text)                             \
	{                                                                                              \
		const sc_sku sku = { .sku = "cup", .price_minor = 100, .currency = "USD" };            \
		sc_product product = {                                                                 \
			.id = "cup", .name = "A cup", .skus = &sku, .sku_count = 1, .rating_milli = -1 \
		};                                                                                     \
		__VA_ARGS__;                                                                           \
		return put(w, &product);                                                               \
	}

PRODUCT_FEED(id, product.id = text)
PRODUCT_FEED(name, product.name = text)
PRODUCT_FEED(brand, product.brand = text)
PRODUCT_FEED(description, product.description = text)
PRODUCT_FEED(seller, product.seller = text)
PRODUCT_FEED(attribute_name, const sc_attribute given = { .name = text, .text = "a" }; product.attributes = &given;
             product.attribute_count = 1)
PRODUCT_FEED(attribute_text, const sc_attribute given = { .name = "a", .text = text }; product.attributes = &given;
             product.attribute_count = 1)
PRODUCT_FEED(category, product.categories = &text; product.category_count = 1)
PRODUCT_FEED(image, const sc_image image = { .url = text }; product.images = &image; product.image_count = 1)
PRODUCT_FEED(alt, const sc_image image = { .url = "/a.png", .alt = text }; product.images = &image;
             product.image_count = 1)
PRODUCT_FEED(sku, const sc_sku given = { .sku = text, .price_minor = 1, .currency = "USD" }; product.skus = &given)
PRODUCT_FEED(sku_name, sc_sku given = sku; given.name = text; product.skus = &given)
PRODUCT_FEED(sku_option, const sc_attribute given = { .name = "size", .text = text }; sc_sku other = sku;
             other.options = &given; other.option_count = 1; product.skus = &other)

static sc_status product_get(struct world *w, const char *text)
{
	sc_product product;
	return sc_product_get(w->shop, &w->ada, text, &w->arena, &product, &w->err);
}

static sc_status sku_get(struct world *w, const char *text)
{
	sc_sku sku;
	return sc_sku_get(w->shop, &w->ada, text, &w->arena, &sku, &w->err);
}

static sc_status category_id(struct world *w, const char *text)
{
	const sc_category category = { .id = text, .name = "Cups" };
	uint64_t version;
	return sc_category_create(w->shop, &w->office, &category, &version, &w->err);
}

static sc_status category_name(struct world *w, const char *text)
{
	const sc_category category = { .id = "cups", .name = text };
	uint64_t version;
	return sc_category_create(w->shop, &w->office, &category, &version, &w->err);
}

static void keep_row(void *ctx, const sc_import_row *row)
{
	struct world *w = ctx;
	w->row = row->status;
	snprintf(w->err.field, sizeof(w->err.field), "%s", row->field);
	snprintf(w->err.text, sizeof(w->err.text), "%s", row->text);
}

static sc_status import(struct world *w, const char *name, const char *text)
{
	char line[512];
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	sc_catalog_import *import;
	sc_import_summary summary;
	snprintf(line, sizeof(line), "{\"sku\":\"cup\",\"name\":\"%s\",\"price\":1,\"currency\":\"USD\"}\n", text);
	options.on_row = keep_row;
	options.ctx = w;
	options.resume = name;
	w->row = SC_OK;
	sc_status status = sc_catalog_import_new(w->shop, &options, &import, &w->err);
	if (status != SC_OK)
		return status;
	status = sc_catalog_import_feed(import, &w->office, line, strlen(line), &w->err);
	if (status == SC_OK)
		status = sc_catalog_import_finish(import, &w->office, &summary, &w->err);
	sc_catalog_import_free(import);
	return status == SC_OK ? w->row : status;
}

static sc_status import_line(struct world *w, const char *text)
{
	return import(w, NULL, text);
}

static sc_status import_name(struct world *w, const char *text)
{
	return import(w, text, "A cup");
}

static sc_status price(struct world *w, const char *text)
{
	const sc_price_change change = { .sku = text, .price_minor = 5 };
	sc_price_outcome outcome = { .status = SC_OK };
	sc_status status = sc_prices_change(w->shop, &w->office, &change, 1, 0, &outcome, &w->err);
	if (status == SC_OK) {
		w->err = outcome.error;
		status = outcome.status;
	}
	return status;
}

static sc_status words(struct world *w, const char *text)
{
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	request.words = text;
	return sc_search(w->shop, &w->ada, &request, &w->arena, &page, &w->err);
}

/* ---- rules ------------------------------------------------------------------------------- */

static sc_status rule(struct world *w, const char *text)
{
	char document[512];
	snprintf(document, sizeof(document),
	         "{\"id\":\"ten\",\"name\":\"%s\",\"action\":{\"type\":\"percent\",\"percent\":\"10\"}}", text);
	return sc_rule_put(w->shop, &w->office, SC_RULE_PROMOTION, bytes_of(document), &w->err);
}

static sc_status rule_id(struct world *w, const char *text)
{
	return sc_rule_delete(w->shop, &w->office, SC_RULE_PROMOTION, text, &w->err);
}

static sc_status coupon_code(struct world *w, const char *text)
{
	sc_cart cart;
	return sc_coupon_add(w->shop, &w->ada, NULL, text, &w->arena, &cart, &w->err);
}

static sc_status coupon_codes(struct world *w, const char *text)
{
	sc_status status = sc_rule_put(w->shop, &w->office, SC_RULE_COUPON,
	                               bytes_of("{\"id\":\"TEN\",\"single_use\":true}"), &w->err);
	if (status != SC_OK)
		return status;
	return sc_coupon_import(w->shop, &w->office, "TEN", &text, 1, &w->err);
}

/* ---- stock ------------------------------------------------------------------------------- */

static sc_status stock_sku(struct world *w, const char *text)
{
	const sc_stock_change change = { text, NULL, 1 };
	return sc_inventory_receive(w->shop, &w->office, &change, 1, "delivery", &w->err);
}

static sc_status stock_location(struct world *w, const char *text)
{
	const sc_stock_change change = { "mug", text, 1 };
	return sc_inventory_receive(w->shop, &w->office, &change, 1, "delivery", &w->err);
}

static sc_status stock_reason(struct world *w, const char *text)
{
	const sc_stock_change change = { "mug", NULL, 1 };
	return sc_inventory_adjust(w->shop, &w->office, &change, 1, text, &w->err);
}

static sc_status stock_move(struct world *w, const char *text)
{
	const sc_stock_move move = { "mug", NULL, text, 1 };
	return sc_inventory_transfer(w->shop, &w->office, &move, 1, "moved", &w->err);
}

static sc_status reserved_sku(struct world *w, const char *text)
{
	const sc_reserve_line line = { .sku = text, .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve(w->shop, &w->office, &request, NULL, &w->err);
}

/* ---- cart -------------------------------------------------------------------------------- */

static sc_status add(struct world *w, const char *sku, const char *name, const char *value)
{
	const sc_line_option option = { name, value };
	const sc_cart_item item = { .sku = sku, .quantity = 1, .options = &option, .option_count = 1 };
	sc_cart cart;
	return sc_cart_add(w->shop, &w->ada, NULL, &item, 1, &w->arena, &cart, &w->err);
}

static sc_status cart_sku(struct world *w, const char *text)
{
	return add(w, text, "engraving", "Ada");
}

static sc_status cart_option(struct world *w, const char *text)
{
	return add(w, "mug", text, "Ada");
}

static sc_status cart_option_value(struct world *w, const char *text)
{
	return add(w, "mug", "engraving", text);
}

static sc_status cart_note(struct world *w, const char *text)
{
	sc_cart cart;
	return sc_cart_set_note(w->shop, &w->ada, NULL, text, &w->arena, &cart, &w->err);
}

static sc_status cart_owner(struct world *w, const char *text)
{
	char owner[SC_ID_TEXT_MAX];
	sc_cart cart;
	snprintf(owner, sizeof(owner), "u:%s", text);
	return sc_cart_get(w->shop, &w->office, owner, &w->arena, &cart, &w->err);
}

static sc_status cart_merged(struct world *w, const char *text)
{
	sc_cart_merge_report report;
	return sc_cart_merge(w->shop, &w->ada, NULL, text, &w->arena, &report, &w->err);
}

/* ---- checkout ---------------------------------------------------------------------------- */

static sc_status buy(struct world *w, sc_checkout_request *request)
{
	sc_call call = w->ada;
	sc_placement placement;
	call.key = "another";
	return sc_checkout_buy(w->shop, &call, request, &w->arena, &placement, &w->err);
}

#define CHECKOUT_FEED(what, member)                                                                           \
	static sc_status checkout_##what(struct world *w, const char *text)                                   \
	{                                                                                                     \
		sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;                                       \
		request.payment_token = "tok_ok";                                                             \
		request.shipping =                                                                            \
			(sc_postal_address){ .name = "A", .line1 = "1 St", .city = "Bath", .country = "GB" }; \
		request.member = text;                                                                        \
		return buy(w, &request);                                                                      \
	}

CHECKOUT_FEED(name, shipping.name)
CHECKOUT_FEED(company, shipping.company)
CHECKOUT_FEED(line1, shipping.line1)
CHECKOUT_FEED(line2, shipping.line2)
CHECKOUT_FEED(postal_code, shipping.postal_code)
CHECKOUT_FEED(city, shipping.city)
CHECKOUT_FEED(region, shipping.region)
CHECKOUT_FEED(country, shipping.country)
CHECKOUT_FEED(phone, shipping.phone)
CHECKOUT_FEED(billing, billing.line2)
CHECKOUT_FEED(email, email)
CHECKOUT_FEED(payment_token, payment_token)
CHECKOUT_FEED(quote, quote)
CHECKOUT_FEED(group, customer_group)
CHECKOUT_FEED(channel, channel)
CHECKOUT_FEED(rate, shipping_rate)

#define QUOTE_FEED(member)                                                                        \
	static sc_status quote_##member(struct world *w, const char *text)                        \
	{                                                                                         \
		sc_quote_options options = SC_QUOTE_OPTIONS_INIT;                                 \
		sc_quote quote;                                                                   \
		options.member = text;                                                            \
		return sc_checkout_quote(w->shop, &w->ada, &options, &w->arena, &quote, &w->err); \
	}

QUOTE_FEED(country)
QUOTE_FEED(region)
QUOTE_FEED(postal_code)
QUOTE_FEED(shipping_rate)
QUOTE_FEED(customer_group)
QUOTE_FEED(channel)
QUOTE_FEED(email)

static sc_status pay_order(struct world *w, const char *text)
{
	return sc_checkout_pay(w->shop, &w->ada, text, "tok_ok", &w->err);
}

static sc_status pay_token(struct world *w, const char *text)
{
	return sc_checkout_pay(w->shop, &w->ada, w->order, text, &w->err);
}

/* ---- orders ------------------------------------------------------------------------------ */

static sc_status order_id(struct world *w, const char *text)
{
	sc_order order;
	return sc_order_get(w->shop, &w->office, text, &w->arena, &order, &w->err);
}

static sc_status carrier(struct world *w, const char *text)
{
	return sc_order_ship(w->shop, &w->office, w->order, text, "", &w->err);
}

static sc_status tracking(struct world *w, const char *text)
{
	return sc_order_ship(w->shop, &w->office, w->order, "post", text, &w->err);
}

static sc_status cancel_reason(struct world *w, const char *text)
{
	return sc_order_cancel(w->shop, &w->office, w->order, text, &w->err);
}

static sc_status refund(struct world *w, const char *line, const char *reason)
{
	const sc_refund_line lines = { line, 1 };
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	sc_refund_answer answer;
	request.lines = &lines;
	request.line_count = 1;
	request.reason = reason;
	return sc_refund_make(w->shop, &w->office, w->order, &request, &w->arena, &answer, &w->err);
}

static sc_status refund_line(struct world *w, const char *text)
{
	return refund(w, text, "broken");
}

static sc_status refund_reason(struct world *w, const char *text)
{
	return refund(w, "no such line", text);
}

/* ---- tokens ------------------------------------------------------------------------------ */

static sc_status token(struct world *w, const char *who, const char *scopes, const char *note)
{
	sc_token_request request = SC_TOKEN_REQUEST_INIT;
	sc_new_token made;
	request.kind = SC_ACTOR_CUSTOMER;
	request.actor = who;
	request.scopes = scopes;
	request.note = note;
	return sc_token_create(w->shop, &w->office, &request, &w->arena, &made, &w->err);
}

static sc_status token_actor(struct world *w, const char *text)
{
	return token(w, text, "cart", "a till");
}

static sc_status token_scopes(struct world *w, const char *text)
{
	return token(w, "ada", text, "a till");
}

static sc_status token_note(struct world *w, const char *text)
{
	return token(w, "ada", "cart", text);
}

#define FEED(function)              \
	{                           \
#function, function \
	}

const struct feed feeds[] = {
	FEED(actor),
	FEED(guest),
	FEED(key),
	FEED(key_of_stock),
	FEED(key_of_order),
	FEED(own_key),
	FEED(own_operation),
	FEED(product_id),
	FEED(product_name),
	FEED(product_brand),
	FEED(product_description),
	FEED(product_seller),
	FEED(product_attribute_name),
	FEED(product_attribute_text),
	FEED(product_category),
	FEED(product_image),
	FEED(product_alt),
	FEED(product_sku),
	FEED(product_sku_name),
	FEED(product_sku_option),
	FEED(product_get),
	FEED(sku_get),
	FEED(category_id),
	FEED(category_name),
	FEED(import_line),
	FEED(import_name),
	FEED(price),
	FEED(words),
	FEED(rule),
	FEED(rule_id),
	FEED(coupon_code),
	FEED(coupon_codes),
	FEED(stock_sku),
	FEED(stock_location),
	FEED(stock_reason),
	FEED(stock_move),
	FEED(reserved_sku),
	FEED(cart_sku),
	FEED(cart_option),
	FEED(cart_option_value),
	FEED(cart_note),
	FEED(cart_owner),
	FEED(cart_merged),
	FEED(checkout_name),
	FEED(checkout_company),
	FEED(checkout_line1),
	FEED(checkout_line2),
	FEED(checkout_postal_code),
	FEED(checkout_city),
	FEED(checkout_region),
	FEED(checkout_country),
	FEED(checkout_phone),
	FEED(checkout_billing),
	FEED(checkout_email),
	FEED(checkout_payment_token),
	FEED(checkout_quote),
	FEED(checkout_group),
	FEED(checkout_channel),
	FEED(checkout_rate),
	FEED(quote_country),
	FEED(quote_region),
	FEED(quote_postal_code),
	FEED(quote_shipping_rate),
	FEED(quote_customer_group),
	FEED(quote_channel),
	FEED(quote_email),
	FEED(pay_order),
	FEED(pay_token),
	FEED(order_id),
	FEED(carrier),
	FEED(tracking),
	FEED(cancel_reason),
	FEED(refund_line),
	FEED(refund_reason),
	FEED(token_actor),
	FEED(token_scopes),
	FEED(token_note),
};
const size_t feed_count = sizeof(feeds) / sizeof(feeds[0]);
