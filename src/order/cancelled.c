#include "order/cancelled.h"

#include "base/error.h"

#include <string.h>

sc_range sc__refund_range(const sc_id *order)
{
	return (sc_range){ .kind = SC_KIND_REFUND,
		           .index = SC_BY_SUB,
		           .key = { order->bytes, sizeof(order->bytes) },
		           .limit = SC_REFUNDS_MAX,
		           .mask = SC_READ_COLUMNS | SC_READ_BODY };
}

static sc_status count_row(const sc_record *row, sc_arena *arena, sc_order_line *lines, size_t line_count)
{
	const sc_json *body;
	sc_status status = sc_json_parse(row->body, arena, NULL, &body, NULL);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_DAMAGED;
	if (!sc_json_is_true(sc_json_member(body, SC__CANCELLED_MEMBER)))
		return SC_OK;
	const sc_json *list = sc_json_member(body, "parts");
	const size_t parts = sc_json_count(list) / SC__PART_NUMBERS;
	const sc_json *at = sc_json_first(list);
	for (size_t i = 0; i < parts; i++) {
		int64_t numbers[SC__PART_NUMBERS];
		for (size_t k = 0; k < SC__PART_NUMBERS; k++, at = sc_json_next(at))
			numbers[k] = sc_json_int(at);
		if (numbers[0] < 0 || (size_t)numbers[0] >= line_count)
			return SC_DAMAGED;
		lines[numbers[0]].cancelled += numbers[1];
	}
	return SC_OK;
}

sc_status sc__order_count_cancelled(const sc_page *refunds, sc_arena *arena, sc_order *order, sc_error *err)
{
	sc_status status = SC_OK;
	if (refunds->count == 0)
		return SC_OK;
	sc_order_line *lines = sc_arena_alloc(arena, order->line_count * sizeof(*lines));
	if (!lines)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	memcpy(lines, order->lines, order->line_count * sizeof(*lines));
	for (size_t i = 0; i < refunds->count && status == SC_OK; i++)
		status = count_row(&refunds->records[i], arena, lines, order->line_count);
	if (status != SC_OK)
		return sc__fail(err, status, "a refund's row does not read");
	order->lines = lines;
	return SC_OK;
}
