/*
 * /v1/carts/{owner}: "me" is the caller's own; "u:ID" or "g:TOKEN" names one, for whom it belongs to and for the
 * shop's people. A cart's version is its ETag, and If-Match guards any change.
 */
#include "http.h"

#include <string.h>

static sc_status reply_cart(struct request *request, const sc_cart *cart)
{
	sc_json_writer writer;
	if (not_modified(request, cart->version))
		return SC_OK;
	writer_begin(request, &writer);
	sc_cart_write_json(&writer, cart);
	return writer_end(request, &writer);
}

static sc_status cart_ref_of(struct request *request, sc_cart_ref *out)
{
	out->owner = owner_of(request);
	return if_match(request, false, &out->version);
}

sc_status get_cart(struct request *request)
{
	sc_cart cart;
	sc_status status = sc_cart_get(request->server->shop, &request->call, owner_of(request), &request->arena, &cart,
	                               &request->err);
	return status == SC_OK ? reply_cart(request, &cart) : status;
}

static sc_status read_options(struct request *request, const sc_json *object, sc_cart_item *item)
{
	const sc_json *options = sc_json_member(object, "options");
	size_t count = sc_json_count(options), n = 0;
	if (options == NULL)
		return SC_OK;
	if (sc_json_type_of(options) != SC_JSON_OBJECT || count > SC_LINE_OPTIONS_MAX)
		return bad(request, SC_BAD_FORMAT, "options", "an object of at most 16 texts");
	sc_line_option *all = sc_arena_alloc(&request->arena, count * sizeof(*all) + 1);
	if (all == NULL)
		return SC_NO_MEMORY;
	for (const sc_json *one = sc_json_first(options); one != NULL; one = sc_json_next(one), n++) {
		if (sc_json_type_of(one) != SC_JSON_TEXT)
			return bad(request, SC_BAD_FORMAT, "options", "an object of texts");
		all[n] = (sc_line_option){ sc_json_key(one), sc_json_text(one).data };
	}
	item->options = all;
	item->option_count = (uint32_t)count;
	return SC_OK;
}

static sc_status read_items(struct request *request, sc_cart_item **out, size_t *count)
{
	const sc_json *items;
	size_t n = 0;
	sc_status status = sc_json_get_array(request->document, "items", &items, &request->err);
	if (status != SC_OK)
		return status;
	*count = sc_json_count(items);
	if (*count == 0 || *count > SC_CART_LINES_MAX)
		return bad(request, *count == 0 ? SC_BAD_ARGUMENT : SC_OVER_LIMIT, "items", "1 to 500 items");
	*out = sc_arena_zalloc(&request->arena, *count * sizeof(**out));
	if (*out == NULL)
		return SC_NO_MEMORY;
	for (const sc_json *one = sc_json_first(items); status == SC_OK && one != NULL; one = sc_json_next(one), n++) {
		sc_cart_item *item = &(*out)[n];
		status = sc_json_get_text(one, "sku", &item->sku, &request->err);
		if (status == SC_OK)
			status = sc_json_get_int(one, "quantity", &item->quantity, &request->err);
		if (status == SC_OK)
			status = read_options(request, one, item);
	}
	return status;
}

sc_status add_to_cart(struct request *request)
{
	sc_cart cart;
	sc_cart_ref ref;
	sc_cart_item *items = NULL;
	size_t count = 0;
	sc_status status = cart_ref_of(request, &ref);
	if (status == SC_OK)
		status = read_items(request, &items, &count);
	if (status == SC_OK)
		status = sc_cart_add(request->server->shop, &request->call, &ref, items, count, &request->arena, &cart,
		                     &request->err);
	return status == SC_OK ? reply_cart(request, &cart) : status;
}

static sc_status line_of(struct request *request, sc_id *out)
{
	if (sc_id_parse(request->params[1], out) != SC_OK)
		return bad(request, SC_NOT_FOUND, "line", "no such line");
	return SC_OK;
}

sc_status set_cart_line(struct request *request)
{
	sc_cart cart;
	sc_cart_ref ref;
	sc_cart_quantity wanted;
	sc_status status = cart_ref_of(request, &ref);
	if (status == SC_OK)
		status = line_of(request, &wanted.line);
	if (status == SC_OK)
		status = sc_json_get_int(request->document, "quantity", &wanted.quantity, &request->err);
	if (status == SC_OK)
		status = sc_cart_set(request->server->shop, &request->call, &ref, &wanted, 1, &request->arena, &cart,
		                     &request->err);
	return status == SC_OK ? reply_cart(request, &cart) : status;
}

sc_status delete_cart_line(struct request *request)
{
	sc_cart cart;
	sc_cart_ref ref;
	sc_id line;
	sc_status status = cart_ref_of(request, &ref);
	if (status == SC_OK)
		status = line_of(request, &line);
	if (status == SC_OK)
		status = sc_cart_remove(request->server->shop, &request->call, &ref, &line, 1, &request->arena, &cart,
		                        &request->err);
	return status == SC_OK ? reply_cart(request, &cart) : status;
}

sc_status add_cart_coupon(struct request *request)
{
	sc_cart cart;
	sc_cart_ref ref;
	const char *code = NULL;
	sc_status status = cart_ref_of(request, &ref);
	if (status == SC_OK)
		status = sc_json_get_text(request->document, "code", &code, &request->err);
	if (status == SC_OK)
		status = sc_coupon_add(request->server->shop, &request->call, &ref, code, &request->arena, &cart,
		                       &request->err);
	return status == SC_OK ? reply_cart(request, &cart) : status;
}

sc_status remove_cart_coupon(struct request *request)
{
	sc_cart cart;
	sc_cart_ref ref;
	sc_status status = cart_ref_of(request, &ref);
	if (status == SC_OK)
		status = sc_coupon_remove(request->server->shop, &request->call, &ref, request->params[1],
		                          &request->arena, &cart, &request->err);
	return status == SC_OK ? reply_cart(request, &cart) : status;
}

static void write_merge(sc_json_writer *writer, const sc_cart_merge_report *report)
{
	sc_json_begin_object(writer);
	sc_json_put_key(writer, "cart");
	sc_cart_write_json(writer, &report->cart);
	sc_json_add_int(writer, "units_moved", report->units_moved);
	sc_json_put_key(writer, "leftovers");
	sc_json_begin_array(writer);
	for (size_t i = 0; i < report->leftover_count; i++) {
		sc_json_begin_object(writer);
		sc_json_add_text(writer, "sku", report->leftovers[i].sku);
		sc_json_add_int(writer, "quantity", report->leftovers[i].quantity);
		sc_json_add_text(writer, "reason", sc_status_name(report->leftovers[i].reason));
		sc_json_end_object(writer);
	}
	sc_json_end_array(writer);
	sc_json_end_object(writer);
}

sc_status merge_cart(struct request *request)
{
	sc_cart_merge_report report;
	sc_cart_ref ref;
	const char *guest = NULL;
	sc_json_writer writer;
	sc_status status = cart_ref_of(request, &ref);
	if (status == SC_OK)
		status = sc_json_get_text(request->document, "guest", &guest, &request->err);
	if (status == SC_OK)
		status = sc_cart_merge(request->server->shop, &request->call, &ref, guest, &request->arena, &report,
		                       &request->err);
	if (status != SC_OK)
		return status;
	request->etag = report.cart.version;
	writer_begin(request, &writer);
	write_merge(&writer, &report);
	return writer_end(request, &writer);
}
