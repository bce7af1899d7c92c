/*
 * /v1/stock/{sku}: units, and how they move. Buyers see only what is available, and so do sellers of what is another's.
 */
#include "http.h"

#include <string.h>

static sc_status sees_counters(struct request *request, bool *out)
{
	sc_sku sku;
	*out = request->role == ROLE_ADMIN;
	if (request->role != ROLE_SELLER)
		return SC_OK;
	sc_status status = sc_sku_get(request->server->shop, &request->call, request->params[0], &request->arena, &sku,
	                              &request->err);
	*out = status == SC_OK && sku.seller != NULL && strcmp(sku.seller, request->call.actor) == 0;
	return status == SC_NOT_FOUND ? SC_OK : status;
}

/* null where the units are not counted. */
static void add_units(sc_json_writer *writer, const char *key, int64_t units, int64_t none)
{
	if (units != none) {
		sc_json_add_int(writer, key, units);
		return;
	}
	sc_json_put_key(writer, key);
	sc_json_put_null(writer);
}

static sc_status reply_level(struct request *request, const char *location)
{
	sc_stock_ref ref = { request->params[0], location };
	sc_level level;
	sc_json_writer writer;
	bool counters;
	sc_status status = sc_inventory_levels(request->server->shop, &request->call, &ref, 1, &request->arena, &level,
	                                       &request->err);
	if (status == SC_OK)
		status = sees_counters(request, &counters);
	if (status != SC_OK)
		return status;
	writer_begin(request, &writer);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "sku", level.sku);
	sc_json_add_text(&writer, "location", level.location);
	add_units(&writer, "available", level.available, INT64_MAX);
	if (counters) {
		sc_json_add_int(&writer, "on_hand", level.on_hand);
		sc_json_add_int(&writer, "held", level.held);
		sc_json_add_int(&writer, "committed", level.committed);
		add_units(&writer, "safety", level.safety, SC_NOT_TRACKED);
	}
	sc_json_end_object(&writer);
	return writer_end(request, &writer);
}

sc_status get_stock(struct request *request)
{
	const char *location;
	sc_status status = query_text(request, "location", &location);
	return status == SC_OK ? reply_level(request, location) : status;
}

typedef sc_status mover(sc_shop *shop, const sc_call *call, const sc_stock_change *changes, size_t count,
                        const char *reason, sc_error *err);

static sc_status move(struct request *request, mover *do_move)
{
	sc_stock_change change = { .sku = request->params[0], .quantity = SC_NOT_TRACKED };
	const char *reason = NULL;
	bool uncounted = do_move == sc_inventory_set_safety &&
	                 sc_json_type_of(sc_json_member(request->document, "quantity")) == SC_JSON_NULL;
	sc_status status = SC_OK;
	if (!uncounted)
		status = sc_json_get_int(request->document, "quantity", &change.quantity, &request->err);
	if (status == SC_OK)
		status = member_text(request, request->document, "location", &change.location);
	if (status == SC_OK)
		status = member_text(request, request->document, "reason", &reason);
	if (status == SC_OK && !request->replayed)
		status = do_move(request->server->shop, &request->call, &change, 1, reason, &request->err);
	return status == SC_OK ? reply_level(request, change.location) : status;
}

sc_status receive_stock(struct request *request)
{
	return move(request, sc_inventory_receive);
}

sc_status adjust_stock(struct request *request)
{
	return move(request, sc_inventory_adjust);
}

sc_status count_stock(struct request *request)
{
	return move(request, sc_inventory_set);
}

sc_status transfer_stock(struct request *request)
{
	sc_stock_move wanted = { .sku = request->params[0] };
	const char *reason = NULL;
	sc_status status = sc_json_get_int(request->document, "quantity", &wanted.quantity, &request->err);
	if (status == SC_OK)
		status = member_text(request, request->document, "from", &wanted.from);
	if (status == SC_OK)
		status = member_text(request, request->document, "to", &wanted.to);
	if (status == SC_OK)
		status = member_text(request, request->document, "reason", &reason);
	if (status == SC_OK && !request->replayed)
		status = sc_inventory_transfer(request->server->shop, &request->call, &wanted, 1, reason,
		                               &request->err);
	return status == SC_OK ? reply_level(request, wanted.to) : status;
}

/* Units kept back from sale, below 0 backorders; null: they are not counted. */
sc_status set_safety(struct request *request)
{
	return move(request, sc_inventory_set_safety);
}
