#include "tender/tender.h"

#include "base/arena.h"

#include <string.h>

sc_address sc__balance_address(const char *whose, const char *currency)
{
	return (sc_address){ .kind = SC_KIND_BALANCE,
		             .key = whose,
		             .key_size = (uint16_t)strlen(whose),
		             .sub = currency,
		             .sub_size = (uint16_t)strlen(currency) };
}

int64_t sc__order_due(const sc_order *order)
{
	int64_t due = order->total_minor;
	for (size_t i = 0; i < order->tender_count; i++)
		due -= order->tenders[i].amount_minor;
	return due;
}

static bool hold_address(sc_id order, uint32_t n, sc_arena *arena, sc_address *out)
{
	sc__child_key *key = sc_arena_alloc(arena, sizeof(*key));
	if (key)
		*out = sc__child_address(key, SC_KIND_HOLD, order, (uint32_t)SC__TENDER_HOLD << 8 | n);
	return key != NULL;
}

bool sc__tenders_hold(sc_id order, uint32_t n, const sc_order_tender *tenders, size_t count, const char *currency,
                      int64_t ttl_ms, sc_arena *arena, sc_change *changes, uint32_t *change_count)
{
	sc_change hold = { .type = SC_CHANGE_HOLD, .line_count = (uint32_t)count, .ttl_ms = ttl_ms };
	if (count == 0)
		return true;
	sc_hold_line *lines = sc__arena_array(arena, count, sizeof(*lines));
	sc_address *accounts = sc__arena_array(arena, count, sizeof(*accounts));
	if (!lines || !accounts || !hold_address(order, n, arena, &hold.address))
		return false;
	for (size_t i = 0; i < count; i++) {
		accounts[i] = sc__balance_address(tenders[i].account, currency);
		lines[i] = (sc_hold_line){ .sources = &accounts[i],
			                   .source_count = 1,
			                   .quantity = tenders[i].amount_minor };
	}
	hold.lines = lines;
	changes[(*change_count)++] = hold;
	return true;
}

bool sc__tenders_settle(sc_id order, uint32_t n, size_t count, sc_change_type type, sc_arena *arena, sc_change *changes,
                        uint32_t *change_count)
{
	sc_change change = { .type = (uint16_t)type, .flags = type == SC_CHANGE_RELEASE ? SC_SKIP : 0 };
	if (count == 0)
		return true;
	if (!hold_address(order, n, arena, &change.address))
		return false;
	changes[(*change_count)++] = change;
	return true;
}

sc_change sc__balance_add(const char *whose, const char *currency, int64_t amount, const char *topic)
{
	return (sc_change){ .address = sc__balance_address(whose, currency),
		            .type = SC_CHANGE_ADJUST,
		            .counters = { .on_hand = amount },
		            .topic = { topic, strlen(topic) } };
}
