/*
 * The pricing document of an order: what it was priced by, put together again from its snapshot.
 *
 * What the buyer pays is kept as numbers and never computed again. The document is kept beside them, so that years
 * later somebody can ask why, or what the same order would cost under other rules.
 */
#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"
#include "order/record.h"
#include "pricing/document.h"

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

/* The restated document as it lies in the order's body. NOT_FOUND: the order is older than such documents. */
static sc_status restated_of(const sc_record *record, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	const sc_json *body;
	sc_json_writer writer;
	sc_status status = sc_json_parse(record->body, arena, NULL, &body, NULL);

	if (status != SC_OK)
		return status == SC_NO_MEMORY ? no_memory(err) : sc__fail(err, SC_DAMAGED, "the order does not read");
	const sc_json *pricing = sc_json_member(body, "pricing");
	if (pricing == NULL)
		return sc__fail(err, SC_NOT_FOUND, "the order does not say what it was priced by");
	sc_json_writer_init(&writer, arena, false);
	sc__json_put_value(&writer, pricing);
	return sc_json_finish(&writer, out, err);
}

sc_status sc_order_pricing(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_bytes *out,
                           sc_error *err)
{
	sc_record record;
	sc_order order;
	sc_bytes restated;
	sc_id id;
	sc_status status = sc__order_id_read(call, order_id, &id, err);

	if (status != SC_OK)
		return status;
	const sc_address address = sc__order_address(&id);
	status = sc__load(shop, call, &address, 1, SC_READ_ALL, arena, &record, err);
	if (status == SC_OK)
		status = sc__order_admit(&record, call, SC__READ_ORDER, arena, &order, err);
	if (status == SC_OK)
		status = restated_of(&record, arena, &restated, err);
	if (status != SC_OK)
		return status;
	sc__restated_line *lines = sc__arena_array(arena, order.line_count, sizeof(*lines));
	if (lines == NULL)
		return no_memory(err);
	for (size_t i = 0; i < order.line_count; i++)
		lines[i] = (sc__restated_line){ order.lines[i].id, order.lines[i].sku, order.lines[i].unit_price_minor,
			                        order.lines[i].quantity };
	return sc__document_complete(restated, lines, order.line_count, arena, out, err);
}
