/*
 * The row of one refund. Its parts are numbers: the index of the order's line (or -1 for shipping), units, amount, tax.
 */
#include "refund/refund.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/json.h>
#include <shopcore/text.h>

#include <string.h>

#define STEP_REFUND_ROW 0x40000u /* beside the steps of payment/attempt.c */
#define SHIPPING_INDEX  (-1)

sc_id sc__refund_row_id(sc_id order, uint32_t n)
{
	return sc_id_step(order, STEP_REFUND_ROW + n);
}

uint32_t sc__refund_row_number(sc_id order, sc_id attempt)
{
	for (uint32_t n = 1; n <= SC_REFUNDS_MAX; n++)
		if (sc_id_equal(sc__refund_row_id(order, n), attempt))
			return n;
	return 0;
}

/* ---- reading ----------------------------------------------------------------------------- */

static const char *member_text(const sc_json *body, const char *key)
{
	sc_bytes text = sc_json_text(sc_json_member(body, key));
	return text.data ? text.data : "";
}

static bool set_line(sc_refund_part *part, int64_t index, const sc_order *order)
{
	part->line = part->seller = "";
	if (index == SHIPPING_INDEX)
		return true;
	if (index < 0 || (size_t)index >= order->line_count)
		return false;
	part->line = order->lines[index].id;
	part->seller = order->lines[index].seller;
	return true;
}

static sc_status read_parts(const sc_json *list, const sc_order *order, sc_arena *arena, sc_refund *out)
{
	const size_t count = sc_json_count(list) / SC__PART_NUMBERS;
	sc_refund_part *parts = sc__arena_array(arena, count, sizeof(*parts));
	const sc_json *at = sc_json_first(list);
	if (!parts)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < count; i++) {
		int64_t numbers[SC__PART_NUMBERS];
		for (size_t k = 0; k < SC__PART_NUMBERS; k++, at = sc_json_next(at))
			numbers[k] = sc_json_int(at);
		if (!set_line(&parts[i], numbers[0], order))
			return SC_DAMAGED;
		parts[i].quantity = numbers[1];
		parts[i].amount_minor = numbers[2];
		parts[i].tax_minor = numbers[3];
		out->tax_minor += numbers[3];
		if (numbers[0] == SHIPPING_INDEX)
			out->shipping_minor += numbers[2];
	}
	out->parts = parts;
	out->part_count = count;
	return SC_OK;
}

static sc_status read_body(const sc_record *record, const sc_order *order, sc_arena *arena, sc_refund *out)
{
	const sc_json *body;
	sc_status status = sc_json_parse(record->body, arena, NULL, &body, NULL);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_DAMAGED;
	out->payment = (uint32_t)sc_json_int(sc_json_member(body, "payment"));
	out->reason = member_text(body, "reason");
	out->provider_ref = member_text(body, "provider_ref");
	out->decline_code = member_text(body, "decline_code");
	out->to_credit = sc_json_is_true(sc_json_member(body, "to_credit"));
	out->cancelled = sc_json_is_true(sc_json_member(body, SC__CANCELLED_MEMBER));
	return read_parts(sc_json_member(body, "parts"), order, arena, out);
}

static sc_status decode(const sc_record *record, const sc_order *order, sc_arena *arena, sc__refund *out)
{
	const sc_value *columns = record->columns;
	const uint8_t *sub = (const uint8_t *)record->address.sub;
	char id_text[SC_ID_TEXT_SIZE];
	sc_id id;
	if (!columns || record->address.sub_size != 2 || columns[SC_REFUND_STATE].type != SC_VALUE_INT ||
	    columns[SC_REFUND_AMOUNT].type != SC_VALUE_INT || columns[SC_REFUND_STATE].number < SC_REFUND_REQUESTED ||
	    columns[SC_REFUND_STATE].number > SC_REFUND_FAILED)
		return SC_DAMAGED;
	*out = (sc__refund){ .version = record->version };
	out->shown.number = (uint32_t)sub[0] << 8 | sub[1];
	out->shown.state = (uint32_t)columns[SC_REFUND_STATE].number;
	out->shown.amount_minor = columns[SC_REFUND_AMOUNT].number;
	out->shown.currency = order->currency;
	memcpy(id.bytes, record->address.key, sizeof(id.bytes));
	out->shown.attempt = sc_arena_dup(arena, sc_id_format(sc__refund_row_id(id, out->shown.number), id_text),
	                                  SC_ID_TEXT_SIZE - 1);
	return out->shown.attempt ? read_body(record, order, arena, &out->shown) : SC_NO_MEMORY;
}

sc_status sc__refund_decode(const sc_page *page, const sc_order *order, sc_arena *arena, sc__refund **out,
                            size_t *count, sc_error *err)
{
	sc_status status = SC_OK;
	sc__refund *rows = sc__arena_array(arena, page->count, sizeof(*rows));
	if (!rows)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < page->count && status == SC_OK; i++)
		status = decode(&page->records[i], order, arena, &rows[i]);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, status, "out of memory");
	if (status != SC_OK)
		return sc__fail(err, status, "a refund's row does not read");
	*out = rows;
	*count = page->count;
	return SC_OK;
}

sc_status sc__refunds_load(sc_shop *shop, const sc_call *call, const struct sc__order_ref *order, sc_arena *arena,
                           sc__refunds *out, sc_error *err)
{
	const sc_range ranges[] = { sc__attempts_range(&order->id), sc__refund_range(&order->id) };
	sc_page pages[2];
	sc__attempt *attempts;
	size_t count;
	sc__refunds refunds = { .order = &order->order };
	sc_status status = sc__range(shop, call, ranges, 2, arena, pages, err);
	if (status == SC_OK)
		status = sc__attempts_decode(&pages[0], arena, &attempts, &count, err);
	if (status == SC_OK)
		status = sc__payments_of(&order->order, attempts, count, arena, &refunds.attempts,
		                         &refunds.attempt_count, err);
	if (status == SC_OK)
		status = sc__refund_decode(&pages[1], &order->order, arena, &refunds.rows, &refunds.count, err);
	if (status != SC_OK)
		return status;
	*out = refunds;
	return SC_OK;
}

/* ---- writing ----------------------------------------------------------------------------- */

static int64_t index_of(const sc_order *order, const char *line)
{
	for (size_t i = 0; i < order->line_count; i++)
		if (strcmp(order->lines[i].id, line) == 0)
			return (int64_t)i;
	return SHIPPING_INDEX;
}

static void add_given(sc_json_writer *writer, const char *key, const char *text)
{
	if (text && text[0])
		sc_json_add_text(writer, key, text);
}

static bool write_body(const sc_order *order, const sc_refund *refund, sc_arena *arena, sc_bytes *out)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "payment", refund->payment);
	add_given(&writer, "reason", refund->reason);
	add_given(&writer, "provider_ref", refund->provider_ref);
	add_given(&writer, "decline_code", refund->decline_code);
	if (refund->to_credit)
		sc_json_add_bool(&writer, "to_credit", true);
	if (refund->cancelled)
		sc_json_add_bool(&writer, SC__CANCELLED_MEMBER, true);
	sc_json_put_key(&writer, "parts");
	sc_json_begin_array(&writer);
	for (size_t i = 0; i < refund->part_count; i++) {
		sc_json_put_int(&writer, index_of(order, refund->parts[i].line));
		sc_json_put_int(&writer, refund->parts[i].quantity);
		sc_json_put_int(&writer, refund->parts[i].amount_minor);
		sc_json_put_int(&writer, refund->parts[i].tax_minor);
	}
	sc_json_end_array(&writer);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK;
}

static bool set_row(sc_id id, const sc_order *order, const sc_refund *refund, sc_arena *arena, sc_change *change)
{
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	sc_value *columns = sc_arena_zalloc(arena, SC_REFUND_COLUMNS * sizeof(*columns));
	if (!key || !columns || !write_body(order, refund, arena, &change->body))
		return false;
	change->address = sc__child_address(key, SC_KIND_REFUND, id, refund->number);
	columns[SC_REFUND_STATE] = SC_VALUE_OF_INT(refund->state);
	columns[SC_REFUND_AMOUNT] = SC_VALUE_OF_INT(refund->amount_minor);
	change->type = SC_CHANGE_PUT;
	change->columns = columns;
	change->column_count = SC_REFUND_COLUMNS;
	return true;
}

bool sc__refund_prepare(sc_id id, const sc_order *order, const sc_refund *refund, sc_arena *arena, sc_change *out)
{
	sc_change change = { .condition = SC_IF_ABSENT };
	if (!set_row(id, order, refund, arena, &change))
		return false;
	*out = change;
	return true;
}

/* A provider's text that is no UTF-8 is not worth failing a refund for. */
static const char *told(const char *text)
{
	return sc_text_is_utf8(text, strlen(text)) ? text : "";
}

bool sc__refund_move(sc_id id, const sc_order *order, const sc__refund *row, uint32_t to, const sc_gateway_reply *reply,
                     sc_arena *arena, sc_change *out)
{
	sc_change change = { .condition = SC_IF_VERSION, .version = row->version };
	sc_refund moved = row->shown;
	moved.state = to;
	moved.provider_ref = told(reply->provider_ref);
	moved.decline_code = told(reply->decline_code);
	if (!set_row(id, order, &moved, arena, &change))
		return false;
	*out = change;
	return true;
}
