/*
 * Short ways to write ids, addresses and changes. What they point at lives in the case's arena.
 */
#include "testkit/conformance/world.h"

#include <stdio.h>

sc_bytes ct_text(const char *text)
{
	return (sc_bytes){ text, text == NULL ? 0 : strlen(text) };
}

static void *need(struct world *w, void *memory)
{
	if (memory == NULL)
		ct_fail(w, __FILE__, __LINE__, "no memory for the case itself");
	return memory;
}

/* A copy of an array. sc_arena_dup() is for bytes and aligns for nothing else. */
void *ct_keep(struct world *w, const void *data, size_t size)
{
	void *copy = need(w, sc_arena_alloc(&w->arena, size));
	if (copy != NULL && size > 0)
		memcpy(copy, data, size);
	return copy;
}

sc_id ct_id_at(struct world *w, int64_t time_ms)
{
	sc_id id;
	uint64_t n = ++w->ids;

	memset(&id, 0, sizeof(id));
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)((uint64_t)time_ms >> (40 - 8 * i));
	id.bytes[6] = 0x70;
	id.bytes[8] = 0x80;
	for (int i = 0; i < 5; i++)
		id.bytes[9 + i] = (uint8_t)(n >> (32 - 8 * i));
	return sc_id_with_tail(id, w->tail);
}

sc_id ct_id(struct world *w)
{
	return ct_id_at(w, ct_now(w));
}

static bool placed_well(struct world *w, const sc_address *at)
{
	const sc_store_ops *ops = w->store.ops;

	return !SC_OPS_HAS(ops, sc_store_ops, place) || ops->place(w->store.ctx, at) == w->domain;
}

sc_address ct_at_bytes(struct world *w, uint16_t kind, sc_bytes key, sc_bytes sub)
{
	sc_address at = { .kind = kind, .key_size = (uint16_t)key.size, .sub_size = (uint16_t)sub.size };

	at.key = need(w, sc_arena_dup(&w->arena, key.data, key.size));
	at.sub = need(w, sc_arena_dup(&w->arena, sub.data, sub.size));
	return at;
}

sc_address ct_at(struct world *w, uint16_t kind, const char *key, const char *sub)
{
	sc_address at = ct_at_bytes(w, kind, ct_text(key), ct_text(sub));
	char text[SC_KEY_MAX + 16];

	for (unsigned n = 0; !placed_well(w, &at) && n < 100000; n++) {
		snprintf(text, sizeof(text), "%s~%u", key, n);
		at = ct_at_bytes(w, kind, ct_text(text), ct_text(sub));
	}
	return at;
}

sc_address ct_at_id(struct world *w, uint16_t kind, sc_id id, uint16_t n)
{
	const char sub[2] = { (char)(n >> 8), (char)(n & 0xff) };

	return ct_at_bytes(w, kind, (sc_bytes){ id.bytes, sizeof(id.bytes) },
	                   (sc_bytes){ sub, kind == KIND_ORDER ? 0 : sizeof(sub) });
}

bool ct_same_address(const sc_address *a, const sc_address *b)
{
	return sc_address_compare(a, b) == 0;
}

static sc_change change_of(sc_address at, sc_change_type type)
{
	sc_change change;

	memset(&change, 0, sizeof(change));
	change.address = at;
	change.type = (uint16_t)type;
	return change;
}

static sc_change conditional(sc_address at, sc_change_type type, sc_condition condition, uint64_t version)
{
	sc_change change = change_of(at, type);

	change.condition = (uint16_t)condition;
	change.version = version;
	return change;
}

sc_change ct_check(sc_address at, sc_condition condition, uint64_t version)
{
	return conditional(at, SC_CHANGE_CHECK, condition, version);
}

sc_change ct_put(sc_address at, sc_condition condition, uint64_t version, const char *body)
{
	static const sc_value nothing[SC_COLUMNS_MAX];
	sc_change change = conditional(at, SC_CHANGE_PUT, condition, version);
	const sc_kind *kind = sc_kind_find(at.kind);

	change.columns = kind->column_count == 0 ? NULL : nothing;
	change.column_count = kind->column_count;
	change.body = ct_text(body);
	return change;
}

sc_change ct_put_columns(struct world *w, sc_address at, sc_condition condition, const char *body,
                         const sc_value *columns, uint32_t count)
{
	sc_change change = conditional(at, SC_CHANGE_PUT, condition, 0);

	change.columns = ct_keep(w, columns, count * sizeof(*columns));
	change.column_count = count;
	change.body = ct_text(body);
	return change;
}

sc_change ct_patch_column(struct world *w, sc_address at, sc_condition condition, uint64_t version, uint32_t column,
                          sc_value value)
{
	sc_change change = conditional(at, SC_CHANGE_PATCH, condition, version);

	change.columns = ct_keep(w, &value, sizeof(value));
	change.column_count = 1;
	change.column_mask = 1u << column;
	return change;
}

sc_change ct_delete(sc_address at, sc_condition condition, uint64_t version)
{
	return conditional(at, SC_CHANGE_DELETE, condition, version);
}

sc_change ct_adjust(sc_address at, int64_t on_hand, uint32_t flags)
{
	sc_change change = change_of(at, SC_CHANGE_ADJUST);

	change.counters.on_hand = on_hand;
	change.flags = flags;
	return change;
}

sc_change ct_set_on_hand(sc_address at, int64_t on_hand)
{
	sc_change change = change_of(at, SC_CHANGE_SET);

	change.counters.on_hand = on_hand;
	change.flags = SC_SET_ON_HAND;
	return change;
}

sc_change ct_set_floor(sc_address at, int64_t floor)
{
	sc_change change = change_of(at, SC_CHANGE_SET);

	change.counters.floor = floor;
	change.flags = SC_SET_FLOOR;
	return change;
}

sc_hold_line ct_line(struct world *w, int64_t quantity, uint32_t flags, const sc_address *sources, uint32_t count)
{
	sc_hold_line line;

	memset(&line, 0, sizeof(line));
	line.sources = ct_keep(w, sources, count * sizeof(*sources));
	line.source_count = count;
	line.flags = flags;
	line.quantity = quantity;
	return line;
}

sc_change ct_hold(struct world *w, sc_address at, int64_t ttl_ms, const sc_hold_line *lines, uint32_t count)
{
	sc_change change = change_of(at, SC_CHANGE_HOLD);

	change.lines = ct_keep(w, lines, count * sizeof(*lines));
	change.line_count = count;
	change.ttl_ms = ttl_ms;
	return change;
}

sc_change ct_hold_one(struct world *w, sc_address at, int64_t ttl_ms, sc_address account, int64_t quantity)
{
	sc_hold_line line = ct_line(w, quantity, 0, &account, 1);

	return ct_hold(w, at, ttl_ms, &line, 1);
}

sc_change ct_commit(sc_address at)
{
	return change_of(at, SC_CHANGE_COMMIT);
}

sc_change ct_release(sc_address at, uint32_t flags)
{
	sc_change change = change_of(at, SC_CHANGE_RELEASE);

	change.flags = flags;
	return change;
}

sc_change ct_extend(sc_address at, int64_t ttl_ms)
{
	sc_change change = change_of(at, SC_CHANGE_EXTEND);

	change.ttl_ms = ttl_ms;
	return change;
}

sc_change ct_append(sc_address at, const char *topic, const char *body)
{
	sc_change change = change_of(at, SC_CHANGE_APPEND);

	change.topic = ct_text(topic);
	change.body = ct_text(body);
	return change;
}

sc_change ct_skip_change(sc_change change)
{
	change.flags |= SC_SKIP;
	return change;
}
