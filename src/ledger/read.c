/*
 * Reading the ledger of an order.
 */
#include "ledger/ledger.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/access.h"

#include <shopcore/json.h>

static const char *const what_names[] = { "UNKNOWN", "CAPTURE", "REFUND", "RETURN", "GRANT" };

const char *sc_ledger_what_name(uint32_t what)
{
	return what_names[what < sizeof(what_names) / sizeof(what_names[0]) ? what : 0];
}

sc_range sc__ledger_range(const sc_id *order)
{
	return (sc_range){ .kind = SC_KIND_LEDGER,
		           .index = SC_BY_SUB,
		           .key = { order->bytes, sizeof(order->bytes) },
		           .limit = SC_REFUNDS_MAX + 2 * (SC_PAYMENT_ATTEMPTS_MAX + SC_TENDERS_MAX),
		           .mask = SC_READ_BODY };
}

static sc_status decode(const sc_record *record, sc_arena *arena, sc_ledger_entry *out)
{
	const uint8_t *sub = (const uint8_t *)record->address.sub;
	const sc_json *body, *list;
	int64_t payment;
	sc_status status = sc_json_parse(record->body, arena, NULL, &body, NULL);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_DAMAGED;
	if (record->address.sub_size != 3 || sc_json_get_int(body, "payment", &payment, NULL) != SC_OK ||
	    sc_json_get_object(body, "postings", &list, NULL) != SC_OK)
		return SC_DAMAGED;
	sc_ledger_entry entry = { .what = sub[0],
		                  .number = (uint32_t)sub[1] << 8 | sub[2],
		                  .payment = (uint32_t)payment };
	if (sc_json_get_text(body, "currency", &entry.currency, NULL) != SC_OK)
		return SC_DAMAGED;
	sc_posting *postings = sc__arena_array(arena, sc_json_count(list), sizeof(*postings));
	if (!postings)
		return SC_NO_MEMORY;
	for (const sc_json *item = sc_json_first(list); item; item = sc_json_next(item))
		postings[entry.count++] = (sc_posting){ sc_json_key(item), sc_json_int(item) };
	entry.postings = postings;
	*out = entry;
	return SC_OK;
}

sc_status sc__ledger_decode(const sc_page *page, sc_arena *arena, sc_ledger_entry **out, size_t *count, sc_error *err)
{
	sc_status status = SC_OK;
	sc_ledger_entry *entries = sc__arena_array(arena, page->count, sizeof(*entries));
	if (!entries)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < page->count && status == SC_OK; i++)
		status = decode(&page->records[i], arena, &entries[i]);
	if (status != SC_OK)
		return sc__fail(err, status, "an entry of the ledger does not read");
	*out = entries;
	*count = page->count;
	return SC_OK;
}

sc_status sc__ledger_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc_ledger_entry **out,
                          size_t *count, sc_error *err)
{
	const sc_range range = sc__ledger_range(&order);
	sc_page page;
	sc_status status = sc__range(shop, call, &range, 1, arena, &page, err);
	return status == SC_OK ? sc__ledger_decode(&page, arena, out, count, err) : status;
}

sc_status sc_ledger_list(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena,
                         sc_ledger_entry **out, size_t *count, sc_error *err)
{
	sc_id order;
	sc_record record;
	sc_ledger_entry *entries;
	size_t found;
	sc_status status = sc__allow(call, SC__REFUND_ORDER, NULL, err);
	if (status != SC_OK)
		return status;
	if (!order_id || sc_id_parse(order_id, &order) != SC_OK)
		return sc__bad(err, SC_BAD_FORMAT, "order_id", "is no id");
	status = sc__ledger_load(shop, call, order, arena, &entries, &found, err);
	if (status != SC_OK)
		return status;
	const sc_address address = { .key = (const char *)order.bytes,
		                     .key_size = sizeof(order.bytes),
		                     .kind = SC_KIND_ORDER };
	if (found == 0)
		status = sc__load(shop, call, &address, 1, SC_READ_COLUMNS, arena, &record, err);
	if (status == SC_OK && found == 0 && record.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "no such order");
	if (status != SC_OK)
		return status;
	*out = entries;
	*count = found;
	return SC_OK;
}
