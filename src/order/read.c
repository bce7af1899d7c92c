/*
 * Orders as people read them: one whole, and lists by owner.
 */
#include "base/error.h"
#include "order/cancelled.h"
#include "order/journal.h"
#include "order/record.h"
#include "order/shipment.h"

#include <sodium.h>
#include <string.h>

#define INDEX_BY_OWNER  0
#define CURSOR_ENCODING sodium_base64_VARIANT_URLSAFE_NO_PADDING

/* ---- one --------------------------------------------------------------------------------- */

/* What was paid for it, and what of its lines was cancelled since. */
static sc_status add_payments(sc_shop *shop, const sc_call *call, sc_id id, sc_arena *arena, sc_order *order,
                              sc_error *err)
{
	const sc_range ranges[] = { sc__attempts_range(&id), sc__refund_range(&id) };
	sc_page pages[2];
	sc_payment *payments;
	sc_status status = sc__range(shop, call, ranges, 2, arena, pages, err);
	if (status == SC_OK)
		status = sc__order_payments(order, &pages[0], arena, &payments, &order->payment_count, err);
	if (status != SC_OK)
		return status;
	order->payments = payments;
	return sc__order_count_cancelled(&pages[1], arena, order, err);
}

static sc_status add_history(sc_shop *shop, const sc_call *call, const sc_id *id, sc_arena *arena, sc_order *order,
                             sc_error *err)
{
	sc_order_event *history;
	size_t count;
	sc_status status = sc__order_history(shop, call, id, arena, &history, &count, err);
	if (status != SC_OK)
		return status;
	order->history = history;
	order->history_count = count;
	return SC_OK;
}

sc_status sc_order_get(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena, sc_order *out,
                       sc_error *err)
{
	sc_id id;
	sc__child_key key;
	sc_record records[2];
	sc_order order;
	sc_status status = sc__order_id_read(call, order_id, &id, err);
	if (status != SC_OK)
		return status;
	const sc_address addresses[2] = { sc__order_address(&id), sc__shipment_address(&key, id) };
	status = sc__load(shop, call, addresses, 2, SC_READ_ALL, arena, records, err);
	if (status == SC_OK)
		status = sc__order_admit(&records[0], call, SC__READ_ORDER, arena, &order, err);
	if (status == SC_OK)
		status = sc__shipment_decode(&records[1], arena, &order.shipment, err);
	if (status == SC_OK)
		status = add_payments(shop, call, id, arena, &order, err);
	if (status == SC_OK)
		status = add_history(shop, call, &id, arena, &order, err);
	if (status == SC_OK)
		*out = order;
	return status;
}

/* ---- lists ------------------------------------------------------------------------------- */

static sc_status read_cursor(const char *cursor, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	*out = (sc_bytes){ NULL, 0 };
	if (!cursor || !cursor[0])
		return SC_OK;
	size_t size = strlen(cursor), used = 0;
	unsigned char *bytes = sc_arena_alloc(arena, size);
	if (!bytes)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	if (sodium_base642bin(bytes, size, cursor, size, NULL, &used, NULL, CURSOR_ENCODING) != 0)
		return sc__bad(err, SC_BAD_FORMAT, "cursor", "is none of this list");
	*out = (sc_bytes){ bytes, used };
	return SC_OK;
}

static sc_status write_cursor(sc_bytes next, sc_arena *arena, const char **out, sc_error *err)
{
	*out = NULL;
	if (next.size == 0)
		return SC_OK;
	size_t room = sodium_base64_encoded_len(next.size, CURSOR_ENCODING);
	char *text = sc_arena_alloc(arena, room);
	if (!text)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	*out = sodium_bin2base64(text, room, next.data, next.size, CURSOR_ENCODING);
	return SC_OK;
}

/* The parcels of a whole page are read at once. */
static sc_status add_shipments(sc_shop *shop, const sc_call *call, const sc_page *page, sc_arena *arena,
                               sc_order *orders, sc_error *err)
{
	sc_address *addresses = sc_arena_alloc(arena, page->count * sizeof(*addresses));
	sc__child_key *keys = sc_arena_alloc(arena, page->count * sizeof(*keys));
	sc_record *records = sc_arena_alloc(arena, page->count * sizeof(*records));
	if (!addresses || !keys || !records)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < page->count; i++) {
		sc_id id;
		memcpy(id.bytes, page->records[i].address.key, sizeof(id.bytes));
		addresses[i] = sc__shipment_address(&keys[i], id);
	}
	sc_status status = sc__load(shop, call, addresses, page->count, SC_READ_COLUMNS | SC_READ_BODY, arena, records,
	                            err);
	for (size_t i = 0; i < page->count && status == SC_OK; i++)
		status = sc__shipment_decode(&records[i], arena, &orders[i].shipment, err);
	return status;
}

static sc_status read_page(sc_shop *shop, const sc_call *call, const sc_page *page, sc_arena *arena, sc_order_page *out,
                           sc_error *err)
{
	sc_order *orders = sc_arena_alloc(arena, page->count * sizeof(*orders));
	sc_status status = orders ? SC_OK : sc__fail(err, SC_NO_MEMORY, "out of memory");
	for (size_t i = 0; i < page->count && status == SC_OK; i++)
		status = sc__order_decode(&page->records[i], arena, &orders[i], err);
	if (status == SC_OK)
		status = add_shipments(shop, call, page, arena, orders, err);
	const char *next = NULL;
	if (status == SC_OK)
		status = write_cursor(page->next, arena, &next, err);
	if (status == SC_OK)
		*out = (sc_order_page){ orders, page->count, next };
	return status;
}

sc_status sc_order_list(sc_shop *shop, const sc_call *call, const char *owner, uint32_t limit, const char *cursor,
                        sc_arena *arena, sc_order_page *out, sc_error *err)
{
	char own[SC__OWNER_SIZE];
	sc_value equal;
	sc_page page;
	sc_range range = {
		.kind = SC_KIND_ORDER, .index = INDEX_BY_OWNER, .flags = SC_RANGE_DESCENDING, .limit = limit
	};
	sc_status status = owner ? SC_OK : sc__owner_of(call, own, err);
	if (status != SC_OK)
		return status;
	owner = owner ? owner : own;
	if (limit < 1 || limit > SC_PAGE_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "limit", "must be 1 to %d", SC_PAGE_MAX);
	status = read_cursor(cursor, arena, &range.cursor, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__READ_ORDER, owner, err);
	if (status != SC_OK)
		return status;
	equal = SC_VALUE_OF_BYTES(owner, strlen(owner));
	range.equal = &equal;
	range.equal_count = 1;
	range.mask = SC_READ_ALL;
	status = sc__range(shop, call, &range, 1, arena, &page, err);
	return status == SC_OK ? read_page(shop, call, &page, arena, out, err) : status;
}
