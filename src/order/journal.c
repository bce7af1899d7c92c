#include "order/journal.h"

#include "base/arena.h"
#include "base/error.h"
#include "order/record.h"

#include <string.h>

/* Enough for every order that was not refunded in dozens of steps. */
#define HISTORY_PAGE 64

static const char *actor_prefix(sc_actor_kind kind)
{
	switch (kind) {
	case SC_ACTOR_SYSTEM:
		return "system";
	case SC_ACTOR_ADMIN:
		return "admin";
	case SC_ACTOR_SELLER:
		return "seller";
	case SC_ACTOR_CUSTOMER:
		return "u";
	case SC_ACTOR_GUEST:
		return "g";
	}
	return "";
}

static const char *actor_text(const sc_call *call, sc_arena *arena)
{
	const char *prefix = actor_prefix(call->kind), *actor = call->actor ? call->actor : "";
	size_t prefix_size = strlen(prefix), actor_size = strlen(actor);
	char *text = sc_arena_alloc(arena, prefix_size + actor_size + 2);
	if (!text)
		return NULL;
	memcpy(text, prefix, prefix_size);
	text[prefix_size] = actor_size ? ':' : '\0';
	memcpy(text + prefix_size + 1, actor, actor_size + 1);
	return text;
}

bool sc__order_event(const sc_id *order, const char *topic, const char *cause, const sc_call *call, sc_arena *arena,
                     sc_change *out)
{
	char id[SC_ID_TEXT_SIZE];
	sc_change change = { .address = sc__order_address(order), .type = SC_CHANGE_APPEND };
	change.topic = (sc_bytes){ topic, strlen(topic) };
	const char *actor = actor_text(call, arena);
	if (!actor)
		return false;
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "order", sc_id_format(*order, id));
	sc_json_add_text(&writer, "cause", cause);
	sc_json_add_text(&writer, "actor", actor);
	sc_json_end_object(&writer);
	if (sc_json_finish(&writer, &change.body, NULL) != SC_OK)
		return false;
	*out = change;
	return true;
}

static sc_status read_event(const sc_entry *entry, sc_arena *arena, sc_order_event *out)
{
	const sc_json *json;
	sc_status status = sc_json_parse(entry->body, arena, NULL, &json, NULL);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_DAMAGED;
	sc_bytes cause = sc_json_text(sc_json_member(json, "cause")),
		 actor = sc_json_text(sc_json_member(json, "actor"));
	*out = (sc_order_event){ .time_ms = entry->time_ms };
	out->topic = sc_arena_dup(arena, entry->topic.data, entry->topic.size);
	out->cause = cause.data ? cause.data : "";
	out->actor = actor.data ? actor.data : "";
	return out->topic ? SC_OK : SC_NO_MEMORY;
}

/* What is collected, the newest first. */
struct history {
	sc_order_event *events;
	size_t count, room;
	uint64_t before; /* position of the oldest entry so far */
};

static sc_status add_events(struct history *h, const sc_entry *entries, size_t count, sc_arena *arena)
{
	sc_status status = SC_OK;
	sc_order_event *events = sc__arena_resize(arena, h->events, h->room * sizeof(*events),
	                                          (h->room + count) * sizeof(*events));
	if (!events)
		return SC_NO_MEMORY;
	h->events = events;
	h->room += count;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		h->before = entries[i].position;
		if (entries[i].type == SC_ENTRY_EVENT)
			status = read_event(&entries[i], arena, &events[h->count++]);
	}
	return status;
}

static void turn_round(struct history *h)
{
	for (size_t i = 0; i < h->count / 2; i++) {
		const sc_order_event event = h->events[i];
		h->events[i] = h->events[h->count - 1 - i];
		h->events[h->count - 1 - i] = event;
	}
}

sc_status sc__order_history(sc_shop *shop, const sc_call *call, const sc_id *order, sc_arena *arena,
                            sc_order_event **out, size_t *count, sc_error *err)
{
	const sc_address subject = sc__order_address(order);
	sc_entry *entries = sc_arena_alloc(arena, HISTORY_PAGE * sizeof(*entries));
	struct history h = { .count = 0 };
	size_t read = HISTORY_PAGE;
	if (!entries)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	while (read == HISTORY_PAGE) {
		sc_status status = shop->store.ops->log_of(shop->store.ctx, call, &subject, h.before, HISTORY_PAGE,
		                                           arena, entries, &read, err);
		if (status != SC_OK)
			return status;
		status = add_events(&h, entries, read, arena);
		if (status != SC_OK)
			return sc__fail(err, status, "an entry of the order's history does not read");
	}
	turn_round(&h);
	*out = h.events;
	*count = h.count;
	return SC_OK;
}
