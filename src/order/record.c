#include "order/record.h"

#include "base/error.h"
#include "order/digest.h"
#include "order/states.h"

#include <string.h>

sc_address sc__order_address(const sc_id *id)
{
	return (sc_address){ .key = (const char *)id->bytes, .key_size = sizeof(id->bytes), .kind = SC_KIND_ORDER };
}

sc_status sc__order_id_read(const sc_call *call, const char *text, sc_id *out, sc_error *err)
{
	sc_status status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	if (!text || sc_id_parse(text, out) != SC_OK)
		return sc__bad(err, SC_BAD_FORMAT, "order_id", "is no id");
	return SC_OK;
}

/* ---- writing ----------------------------------------------------------------------------- */

/* One row a member of sc_postal_address: how it is written, read and, elsewhere, checked. */
static const struct member {
	const char *key;
	size_t offset;
} address_members[] = {
	{ "name", offsetof(sc_postal_address, name) },
	{ "company", offsetof(sc_postal_address, company) },
	{ "line1", offsetof(sc_postal_address, line1) },
	{ "line2", offsetof(sc_postal_address, line2) },
	{ "postal_code", offsetof(sc_postal_address, postal_code) },
	{ "city", offsetof(sc_postal_address, city) },
	{ "region", offsetof(sc_postal_address, region) },
	{ "country", offsetof(sc_postal_address, country) },
	{ "phone", offsetof(sc_postal_address, phone) },
};
#define ADDRESS_MEMBERS (sizeof(address_members) / sizeof(address_members[0]))

void sc__address_write(sc_json_writer *writer, const sc_postal_address *address)
{
	sc_json_begin_object(writer);
	for (size_t i = 0; i < ADDRESS_MEMBERS; i++) {
		const char *text;
		memcpy(&text, (const char *)address + address_members[i].offset, sizeof(text));
		if (text && text[0])
			sc_json_add_text(writer, address_members[i].key, text);
	}
	sc_json_end_object(writer);
}

static void address_read(const sc_json *object, sc_postal_address *out)
{
	for (size_t i = 0; i < ADDRESS_MEMBERS; i++) {
		sc_bytes text = sc_json_text(sc_json_member(object, address_members[i].key));
		const char *value = text.data ? text.data : "";
		memcpy((char *)out + address_members[i].offset, &value, sizeof(value));
	}
}

static bool write_body(const sc__order_content *content, sc_arena *arena, sc_bytes *out)
{
	char id[SC_ID_TEXT_SIZE];
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "id", sc_id_format(content->id, id));
	sc_json_add_text(&writer, "owner", content->owner);
	sc_json_add_int(&writer, "created", content->created_ms);
	sc__snapshot_write(&writer, content->snapshot);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK;
}

static bool write_personal(const sc__order_content *content, sc_arena *arena, sc_bytes *out)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "email", content->email);
	sc_json_put_key(&writer, "shipping");
	sc__address_write(&writer, content->shipping);
	sc_json_put_key(&writer, "billing");
	sc__address_write(&writer, content->billing);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, NULL) == SC_OK;
}

static void set_first_states(sc_value columns[SC_ORDER_COLUMNS])
{
	columns[SC_ORDER_STATE] = SC_VALUE_OF_INT(SC_ORDER_PENDING);
	columns[SC_ORDER_PAYMENT] = SC_VALUE_OF_INT(SC_PAID_OPEN);
	columns[SC_ORDER_FULFILMENT] = SC_VALUE_OF_INT(SC_FULFILMENT_WAITING);
}

bool sc__order_put(const sc__order_content *content, sc_arena *arena, sc_change *out)
{
	sc_value *columns = sc_arena_zalloc(arena, SC_ORDER_COLUMNS * sizeof(*columns));
	uint8_t *digest = sc_arena_alloc(arena, SC__ORDER_DIGEST_SIZE);
	sc_change change = { .address = sc__order_address(&content->id),
		             .type = SC_CHANGE_PUT,
		             .condition = SC_IF_ABSENT };
	if (!columns || !digest || !write_body(content, arena, &change.body) ||
	    !write_personal(content, arena, &change.personal))
		return false;
	sc__order_digest(change.body, change.personal, digest);
	columns[SC_ORDER_OWNER] = SC_VALUE_OF_BYTES(content->owner, strlen(content->owner));
	set_first_states(columns);
	columns[SC_ORDER_TOTAL] = SC_VALUE_OF_INT(content->snapshot->total_minor);
	columns[SC_ORDER_CURRENCY] = SC_VALUE_OF_BYTES(content->snapshot->currency,
	                                               strlen(content->snapshot->currency));
	columns[SC_ORDER_CREATED] = SC_VALUE_OF_INT(content->created_ms);
	columns[SC_ORDER_DUE] = SC_VALUE_OF_INT(content->due_ms);
	columns[SC_ORDER_DIGEST] = SC_VALUE_OF_BYTES(digest, SC__ORDER_DIGEST_SIZE);
	change.columns = columns;
	change.column_count = SC_ORDER_COLUMNS;
	*out = change;
	return true;
}

/* ---- reading ----------------------------------------------------------------------------- */

static bool is_text(const sc_value *value, const char *text)
{
	return value->type == SC_VALUE_BYTES && text && value->bytes.size == strlen(text) &&
	       memcmp(value->bytes.data, text, value->bytes.size) == 0;
}

static bool is_int(const sc_value *value, int64_t number)
{
	return value->type == SC_VALUE_INT && value->number == number;
}

/* The columns that never move are written in the body too, so that its digest covers them. */
static bool columns_agree(const sc_record *record, const sc_order *order)
{
	const sc_value *columns = record->columns;
	sc_id id;
	return record->address.key_size == sizeof(id) && sc_id_parse(order->id, &id) == SC_OK &&
	       memcmp(id.bytes, record->address.key, sizeof(id)) == 0 &&
	       is_text(&columns[SC_ORDER_OWNER], order->owner) &&
	       is_text(&columns[SC_ORDER_CURRENCY], order->currency) &&
	       is_int(&columns[SC_ORDER_CREATED], order->created_ms) &&
	       is_int(&columns[SC_ORDER_TOTAL], order->total_minor) && order->status != 0;
}

static void set_states(const sc_value *columns, sc_order *order)
{
	order->state = (uint32_t)columns[SC_ORDER_STATE].number;
	order->paid = (uint32_t)columns[SC_ORDER_PAYMENT].number;
	order->fulfilment = (uint32_t)columns[SC_ORDER_FULFILMENT].number;
	order->status = sc_order_status_of((sc_order_state)order->state, (sc_paid_state)order->paid,
	                                   (sc_fulfilment_state)order->fulfilment);
}

static void set_snapshot(const sc__snapshot *snapshot, sc_order *order)
{
	order->currency = snapshot->currency;
	order->goods_minor = snapshot->goods_minor;
	order->discount_minor = snapshot->discount_minor;
	order->shipping_minor = snapshot->shipping_minor;
	order->fees_minor = snapshot->fees_minor;
	order->tax_minor = snapshot->tax_minor;
	order->total_minor = snapshot->total_minor;
	order->lines = snapshot->lines;
	order->line_count = snapshot->line_count;
	order->promotions = snapshot->promotions;
	order->promotion_count = snapshot->promotion_count;
	order->coupons = snapshot->coupons;
	order->coupon_count = snapshot->coupon_count;
	order->taxes = snapshot->taxes;
	order->tax_count = snapshot->tax_count;
	order->fees = snapshot->fees;
	order->fee_count = snapshot->fee_count;
	order->tenders = snapshot->tenders;
	order->tender_count = snapshot->tender_count;
}

static sc_status read_personal(sc_bytes personal, sc_arena *arena, sc_order *order)
{
	const sc_json *json = NULL;
	order->erased = personal.size == 0;
	sc_status status = order->erased ? SC_OK : sc_json_parse(personal, arena, NULL, &json, NULL);
	if (status != SC_OK)
		return status;
	sc_bytes email = sc_json_text(sc_json_member(json, "email"));
	order->email = email.data ? email.data : "";
	address_read(sc_json_member(json, "shipping"), &order->shipping);
	address_read(sc_json_member(json, "billing"), &order->billing);
	return SC_OK;
}

static sc_status read_order(const sc_record *record, sc_arena *arena, sc_order *order)
{
	const sc_json *json;
	sc__snapshot snapshot;
	if (!record->columns || !sc__order_digest_matches(record))
		return SC_DAMAGED;
	sc_status status = sc_json_parse(record->body, arena, NULL, &json, NULL);
	if (status == SC_OK)
		status = sc__snapshot_read(json, arena, &snapshot, NULL);
	if (status != SC_OK)
		return status;
	if (sc_json_get_text(json, "id", &order->id, NULL) != SC_OK ||
	    sc_json_get_text(json, "owner", &order->owner, NULL) != SC_OK ||
	    sc_json_get_int(json, "created", &order->created_ms, NULL) != SC_OK)
		return SC_DAMAGED;
	set_states(record->columns, order);
	set_snapshot(&snapshot, order);
	order->version = record->version;
	if (!columns_agree(record, order))
		return SC_DAMAGED;
	return read_personal(record->personal, arena, order);
}

sc_status sc__order_decode(const sc_record *record, sc_arena *arena, sc_order *out, sc_error *err)
{
	sc_order order = { .shipment = { "", "", 0 } };
	if (record->version == 0)
		return sc__fail(err, SC_NOT_FOUND, "no such order");
	sc_status status = read_order(record, arena, &order);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, status, "out of memory");
	if (status != SC_OK)
		return sc__fail(err, SC_DAMAGED, "the order does not match its digest");
	*out = order;
	return SC_OK;
}

static sc_postal_address without_null(const sc_postal_address *address)
{
	sc_postal_address out;
	for (size_t i = 0; i < ADDRESS_MEMBERS; i++) {
		const char *text;
		memcpy(&text, (const char *)address + address_members[i].offset, sizeof(text));
		if (!text)
			text = "";
		memcpy((char *)&out + address_members[i].offset, &text, sizeof(text));
	}
	return out;
}

bool sc__order_of(const sc__order_content *content, sc_arena *arena, sc_order *out)
{
	sc_value columns[SC_ORDER_COLUMNS];
	char id[SC_ID_TEXT_SIZE];
	*out = (sc_order){ .owner = content->owner,
		           .created_ms = content->created_ms,
		           .email = content->email,
		           .shipping = without_null(content->shipping),
		           .billing = without_null(content->billing),
		           .shipment = { "", "", 0 } };
	out->id = sc_arena_dup(arena, sc_id_format(content->id, id), SC_ID_TEXT_SIZE - 1);
	set_first_states(columns);
	set_states(columns, out);
	set_snapshot(content->snapshot, out);
	return out->id != NULL;
}

/* Who may not see an order is told so before its content is looked at. */
static sc_status allow_owner(const sc_record *record, const sc_call *call, sc__operation operation, sc_arena *arena,
                             sc_error *err)
{
	sc_bytes owner = record->columns[SC_ORDER_OWNER].bytes;
	const char *text = sc_arena_dup(arena, owner.data, owner.size);
	if (!text)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	return sc__allow(call, operation, text, err);
}

sc_status sc__order_admit(const sc_record *record, const sc_call *call, sc__operation operation, sc_arena *arena,
                          sc_order *out, sc_error *err)
{
	sc_status status = record->version == 0 ? SC_OK : allow_owner(record, call, operation, arena, err);
	return status == SC_OK ? sc__order_decode(record, arena, out, err) : status;
}

sc_status sc__order_load(sc_shop *shop, const sc_call *call, const char *order_id, sc__operation operation,
                         sc_arena *arena, struct sc__order_ref *out, sc_error *err)
{
	sc_record record;
	sc_status status = sc__order_id_read(call, order_id, &out->id, err);
	if (status != SC_OK)
		return status;
	sc_address address = sc__order_address(&out->id);
	status = sc__load(shop, call, &address, 1, SC_READ_ALL, arena, &record, err);
	return status == SC_OK ? sc__order_admit(&record, call, operation, arena, &out->order, err) : status;
}

/* ---- moving ------------------------------------------------------------------------------ */

sc_status sc__order_move(const struct sc__order_ref *from, const sc__order_next *to, sc_arena *arena, sc_change *out,
                         sc_error *err)
{
	const sc_order *order = &from->order;
	if (!sc__machine_allows(SC_MACHINE_ORDER, order->state, to->state) ||
	    !sc__machine_allows(SC_MACHINE_PAYMENT, order->paid, to->paid) ||
	    !sc__machine_allows(SC_MACHINE_FULFILMENT, order->fulfilment, to->fulfilment))
		return sc__fail(err, SC_WRONG_STATE, "the order is %s",
		                sc_order_status_name((sc_order_status)order->status));
	sc_value *columns = sc_arena_zalloc(arena, 4 * sizeof(*columns));
	if (!columns)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	columns[0] = SC_VALUE_OF_INT(to->state);
	columns[1] = SC_VALUE_OF_INT(to->paid);
	columns[2] = SC_VALUE_OF_INT(to->fulfilment);
	columns[3] = to->due_ms == SC_NEVER ? SC_VALUE_NONE : SC_VALUE_OF_INT(to->due_ms);
	*out = (sc_change){ .address = sc__order_address(&from->id),
		            .type = SC_CHANGE_PATCH,
		            .condition = SC_IF_VERSION,
		            .version = order->version,
		            .columns = columns };
	out->column_count = to->due_ms == SC__DUE_KEEP ? 3 : 4;
	out->column_mask = 1u << SC_ORDER_STATE | 1u << SC_ORDER_PAYMENT | 1u << SC_ORDER_FULFILMENT;
	if (to->due_ms != SC__DUE_KEEP)
		out->column_mask |= 1u << SC_ORDER_DUE;
	return SC_OK;
}
