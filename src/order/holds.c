#include "order/holds.h"

#include "base/error.h"

#include <string.h>

void sc__order_hold_addresses(sc_id order, sc__child_key keys[SC__ORDER_HOLDS], sc_address out[SC__ORDER_HOLDS])
{
	for (uint32_t n = 0; n < SC__ORDER_HOLDS; n++)
		out[n] = sc__child_address(&keys[n], SC_KIND_HOLD, order, n);
}

sc_status sc__order_hold_committed(const sc_record *records, sc_arena *arena, sc__order_hold *out, sc_error *err)
{
	*out = (sc__order_hold){ .take_count = 0 };
	for (uint32_t n = 0; n < SC__ORDER_HOLDS; n++) {
		if (records[n].version == 0 || records[n].hold_state != SC_HOLD_COMMITTED)
			continue;
		out->address = records[n].address;
		sc_status status = sc_hold_takes(&records[n], arena, &out->takes, &out->take_count);
		return status == SC_OK ? SC_OK : sc__fail(err, status, "%s", sc_status_text(status));
	}
	return SC_OK;
}

bool sc__order_hold_make(const sc__settings *settings, sc_id order, uint32_t n, const sc_order_line *lines,
                         size_t count, int64_t ttl_ms, sc_arena *arena, sc_change *out)
{
	const size_t places = settings->location_count;
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	sc_hold_line *wanted = sc_arena_zalloc(arena, count * sizeof(*wanted));
	sc_address *sources = sc_arena_alloc(arena, count * places * sizeof(*sources));
	if (!key || !wanted || !sources)
		return false;
	for (size_t i = 0; i < count; i++)
		wanted[i] = sc__source_line(settings, lines[i].sku, lines[i].quantity, &sources[i * places]);
	*out = (sc_change){ .address = sc__child_address(key, SC_KIND_HOLD, order, n),
		            .type = SC_CHANGE_HOLD,
		            .lines = wanted,
		            .line_count = (uint32_t)count,
		            .ttl_ms = ttl_ms };
	return true;
}

bool sc__order_hold_settle(sc_id order, uint32_t n, sc_change_type type, sc_arena *arena, sc_change *out)
{
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	if (!key)
		return false;
	*out = (sc_change){ .address = sc__child_address(key, SC_KIND_HOLD, order, n), .type = (uint16_t)type };
	if (type == SC_CHANGE_RELEASE)
		out->flags = SC_SKIP;
	return true;
}
