/*
 * /v1/orders: what was bought, and what happens to it. To a buyer, other people's orders do not exist. A step that was
 * taken before under the same key is not taken again: the answer is the order as it stands.
 */
#include "http.h"

#define PAGE_DEFAULT 20

sc_status list_orders(struct request *request)
{
	const char *owner, *cursor;
	int64_t limit = PAGE_DEFAULT;
	sc_order_page page;
	sc_json_writer writer;
	sc_status status = query_text(request, "owner", &owner);
	if (status == SC_OK)
		status = query_text(request, "cursor", &cursor);
	if (status == SC_OK)
		status = query_number(request, "limit", 1, 200, &limit);
	if (status == SC_OK)
		status = sc_order_list(request->server->shop, &request->call, owner, (uint32_t)limit, cursor,
		                       &request->arena, &page, &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "orders");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < page.count; i++)
		sc_order_write_json(&writer, &page.orders[i]);
	sc_json_end_array(&writer);
	sc_json_add_text(&writer, "next", page.next);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

static sc_status reply_order(struct request *request)
{
	sc_order order;
	sc_json_writer writer;
	sc_status status = sc_order_get(request->server->shop, &request->call, request->params[0], &request->arena,
	                                &order, &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_order_write_json(&writer, &order);
	return writer_end(request, &writer);
}

/* What is no id cannot be an order's. */
static sc_status check_id(struct request *request)
{
	sc_id id;
	if (sc_id_parse(request->params[0], &id) != SC_OK)
		return bad(request, SC_NOT_FOUND, "order", "no such order");
	return SC_OK;
}

sc_status get_order(struct request *request)
{
	sc_status status = check_id(request);
	return status == SC_OK ? reply_order(request) : status;
}

sc_status pay_order(struct request *request)
{
	const char *token = NULL;
	sc_status status = check_id(request);
	if (status == SC_OK)
		status = member_text(request, request->document, "payment_token", &token);
	if (status == SC_OK && !request->replayed)
		status = sc_checkout_pay(request->server->shop, &request->call, request->params[0], token,
		                         &request->err);
	return status == SC_OK ? reply_order(request) : status;
}

sc_status cancel_order(struct request *request)
{
	const char *reason = NULL;
	sc_status status = check_id(request);
	if (status == SC_OK)
		status = member_text(request, request->document, "reason", &reason);
	if (status == SC_OK && !request->replayed)
		status = sc_order_cancel(request->server->shop, &request->call, request->params[0], reason,
		                         &request->err);
	return status == SC_OK ? reply_order(request) : status;
}

static sc_status read_line(struct request *request, const sc_json *object, sc_refund_line *out)
{
	sc_status status = sc_json_get_text(object, "line", &out->line, &request->err);
	return status == SC_OK ? sc_json_get_int(object, "quantity", &out->quantity, &request->err) : status;
}

static sc_status read_lines(struct request *request, sc_refund_line **out, size_t *count)
{
	const sc_json *list;
	sc_status status = sc_json_get_array(request->document, "lines", &list, &request->err);
	if (status != SC_OK)
		return status;
	*count = 0;
	*out = sc_arena_zalloc(&request->arena, sc_json_count(list) * sizeof(**out) + 1);
	if (*out == NULL)
		return SC_NO_MEMORY;
	for (const sc_json *line = sc_json_first(list); status == SC_OK && line != NULL; line = sc_json_next(line))
		status = read_line(request, line, &(*out)[(*count)++]);
	return status;
}

/* Its own path, so that a request whose lines are misspelt never cancels the whole order. */
sc_status cancel_order_lines(struct request *request)
{
	const char *reason = NULL;
	sc_refund_line *lines;
	sc_refund_answer answer;
	size_t count;
	sc_status status = check_id(request);
	if (status == SC_OK)
		status = read_lines(request, &lines, &count);
	if (status == SC_OK)
		status = member_text(request, request->document, "reason", &reason);
	if (status == SC_OK && !request->replayed)
		status = sc_order_cancel_lines(request->server->shop, &request->call, request->params[0], lines, count,
		                               reason, &request->arena, &answer, &request->err);
	return status == SC_OK ? reply_order(request) : status;
}

sc_status ship_order(struct request *request)
{
	const char *carrier = NULL, *tracking = NULL;
	sc_status status = check_id(request);
	if (status == SC_OK)
		status = member_text(request, request->document, "carrier", &carrier);
	if (status == SC_OK)
		status = member_text(request, request->document, "tracking", &tracking);
	if (status == SC_OK && !request->replayed)
		status = sc_order_ship(request->server->shop, &request->call, request->params[0], carrier, tracking,
		                       &request->err);
	return status == SC_OK ? reply_order(request) : status;
}

sc_status deliver_order(struct request *request)
{
	sc_status status = check_id(request);
	if (status == SC_OK && !request->replayed)
		status = sc_order_deliver(request->server->shop, &request->call, request->params[0], &request->err);
	return status == SC_OK ? reply_order(request) : status;
}
