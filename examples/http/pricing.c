/*
 * Where amounts come from, and what they would be: the pricing document of an order with its explanation, the same
 * order under other rules, and any pricing document by itself.
 */
#include "http.h"

static sc_status reply_json(struct request *request, sc_bytes json)
{
	request->code = 200;
	request->type = "application/json";
	request->reply = json;
	return SC_OK;
}

static sc_status pricing_of(struct request *request, sc_bytes *out)
{
	sc_id id;
	if (sc_id_parse(request->params[0], &id) != SC_OK)
		return bad(request, SC_NOT_FOUND, "order", "no such order");
	return sc_order_pricing(request->server->shop, &request->call, request->params[0], &request->arena, out,
	                        &request->err);
}

sc_status get_order_pricing(struct request *request)
{
	sc_bytes document, price;
	sc_json_writer writer;
	sc_status status = pricing_of(request, &document);
	if (status == SC_OK)
		status = sc_price_document(document, SC_PRICE_EXPLAIN, &request->arena, &price, &request->err);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "document");
	sc_json_put_raw(&writer, document);
	sc_json_put_key(&writer, "price");
	sc_json_put_raw(&writer, price);
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

sc_status ask_order_what_if(struct request *request)
{
	sc_bytes document, question, answer;
	sc_json_writer writer;
	sc_status status = pricing_of(request, &document);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "order");
	sc_json_put_raw(&writer, document);
	sc_json_put_key(&writer, "what_if");
	sc_json_put_raw(&writer, (sc_bytes){ request->body, request->body_size });
	sc_json_end_object(&writer);
	status = sc_json_finish(&writer, &question, &request->err);
	if (status == SC_OK)
		status = sc_price_document(question, 0, &request->arena, &answer, &request->err);
	return status == SC_OK ? reply_json(request, answer) : status;
}

sc_status price_document(struct request *request)
{
	int64_t explain = 0, best = 0;
	sc_bytes answer;
	sc_status status = query_number(request, "explain", 0, 1, &explain);
	if (status == SC_OK)
		status = query_number(request, "best", 0, 1, &best);
	if (status == SC_OK)
		status = sc_price_document((sc_bytes){ request->body, request->body_size },
		                           (explain ? SC_PRICE_EXPLAIN : 0) | (best ? SC_PRICE_BEST : 0),
		                           &request->arena, &answer, &request->err);
	return status == SC_OK ? reply_json(request, answer) : status;
}
