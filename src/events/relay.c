/*
 * Relaying the journal. The position is kept after the sink said that it has the events; a crash in between publishes
 * them again, which consumers see by (incarnation, partition, position).
 *
 * What is published: domain events as they were appended; a change of an account as "stock.moved" and the like, a
 * change of a record as "product.changed" and the like, each with a small JSON body. The movement that takes an account
 * of stock below the shop's threshold is called "stock.low": one entry is one event, because its position is what
 * consumers know doubles by.
 */
#include "events/relay.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/consumer.h"

#include <shopcore/json.h>

#include <string.h>

#define STOCK_LOW "stock.low"

#define POSITION_SETTING "events.relay"

static void add_counters(sc_json_writer *writer, const char *key, const sc_counters *counters)
{
	sc_json_put_key(writer, key);
	sc_json_begin_object(writer);
	sc_json_add_int(writer, "on_hand", counters->on_hand);
	sc_json_add_int(writer, "held", counters->held);
	sc_json_add_int(writer, "committed", counters->committed);
	sc_json_end_object(writer);
}

/* A key that consists of several names, such as a coupon's and a buyer's, has NUL between them and becomes an array. */
static void add_names(sc_json_writer *writer, const char *key, const char *data, size_t size)
{
	const char *end = data + size, *nul = memchr(data, '\0', size);
	sc_json_put_key(writer, key);
	if (nul == NULL) {
		sc_json_put_bytes(writer, data, size);
		return;
	}
	sc_json_begin_array(writer);
	for (; nul != NULL; data = nul + 1, nul = memchr(data, '\0', (size_t)(end - data)))
		sc_json_put_bytes(writer, data, (size_t)(nul - data));
	sc_json_put_bytes(writer, data, (size_t)(end - data));
	sc_json_end_array(writer);
}

/* What people name is text; what the library names is an id, and its children are numbered. */
static void add_subject(sc_json_writer *writer, const sc_address *subject)
{
	const sc_kind *kind = sc_kind_find(subject->kind);
	char text[SC_ID_TEXT_SIZE];
	sc_id id;
	if (kind != NULL && kind->route == SC_ROUTE_ID && subject->key_size == sizeof(id.bytes)) {
		memcpy(id.bytes, subject->key, sizeof(id.bytes));
		sc_json_add_text(writer, "key", sc_id_format(id, text));
		return;
	}
	add_names(writer, "key", subject->key, subject->key_size);
	if (subject->sub_size > 0)
		add_names(writer, "sub", subject->sub, subject->sub_size);
}

/* What can be claimed, before this movement and after it, told from the entry alone. */
static bool falls_below(const sc_shop *shop, const sc_entry *entry)
{
	const int64_t threshold = shop->settings.low_stock;
	if (threshold == 0 || entry->type != SC_ENTRY_ACCOUNT || entry->subject.kind != SC_KIND_STOCK)
		return false;
	const sc_counters *after = &entry->after, *delta = &entry->delta;
	const sc_counters before = { (int64_t)((uint64_t)after->on_hand - (uint64_t)delta->on_hand),
		                     (int64_t)((uint64_t)after->held - (uint64_t)delta->held),
		                     (int64_t)((uint64_t)after->committed - (uint64_t)delta->committed),
		                     after->floor == SC_FLOOR_NONE
		                             ? SC_FLOOR_NONE
		                             : (int64_t)((uint64_t)after->floor - (uint64_t)delta->floor) };
	return sc_counters_free(&before) >= threshold && sc_counters_free(after) < threshold;
}

static sc_status write_body(const sc_entry *entry, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	add_subject(&writer, &entry->subject);
	if (entry->type == SC_ENTRY_TOUCH)
		sc_json_add_int(&writer, "version", (int64_t)entry->version);
	else {
		sc_json_put_key(&writer, "reason");
		sc_json_put_bytes(&writer, entry->topic.data, entry->topic.size);
		add_counters(&writer, "delta", &entry->delta);
		add_counters(&writer, "after", &entry->after);
	}
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, err);
}

/* "stock.moved", "product.changed", "product.removed" */
static sc_status write_topic(const sc_shop *shop, const sc_entry *entry, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	if (falls_below(shop, entry)) {
		*out = (sc_bytes){ STOCK_LOW, sizeof(STOCK_LOW) - 1 };
		return SC_OK;
	}
	const sc_kind *kind = sc_kind_find(entry->subject.kind);
	const char *name = kind != NULL ? kind->name : "unknown";
	const char *verb = entry->type == SC_ENTRY_ACCOUNT ? ".moved" : entry->version != 0 ? ".changed" : ".removed";
	const size_t name_size = strlen(name), verb_size = strlen(verb);
	char *topic = sc_arena_alloc(arena, name_size + verb_size);
	if (topic == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for an event");
	memcpy(topic, name, name_size);
	memcpy(topic + name_size, verb, verb_size);
	*out = (sc_bytes){ topic, name_size + verb_size };
	return SC_OK;
}

static sc_status make_event(const sc_shop *shop, const sc_entry *entry, sc_arena *arena, sc_event *out, sc_error *err)
{
	*out = (sc_event){ .incarnation = shop->info.incarnation,
		           .partition = entry->partition,
		           .position = entry->position,
		           .time_ms = entry->time_ms,
		           .subject = entry->subject,
		           .topic = entry->topic,
		           .body = entry->body };
	if (entry->type == SC_ENTRY_EVENT)
		return SC_OK;
	sc_status status = write_topic(shop, entry, arena, &out->topic, err);
	return status == SC_OK ? write_body(entry, arena, &out->body, err) : status;
}

struct relay {
	sc_shop *shop;
	uint64_t *relayed;
};

/* Done is what the sink has. */
static sc_status publish(void *ctx, const sc_call *call, const sc_entry *entries, size_t count, sc_arena *arena,
                         size_t *done, sc_error *err)
{
	const struct relay *relay = ctx;
	sc_shop *shop = relay->shop;
	sc_event *events = sc__arena_array(arena, count, sizeof(*events));
	if (events == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for events");
	for (size_t i = 0; i < count; i++) {
		sc_status status = make_event(shop, &entries[i], arena, &events[i], err);
		if (status != SC_OK)
			return status;
	}
	sc_status status = shop->events.ops->publish(shop->events.ctx, call, events, count, done, err);
	if (status == SC_OK)
		*relay->relayed += *done;
	return status;
}

sc_status sc__events_relay(sc_shop *shop, const sc_call *call, uint32_t items, int64_t until_ns, uint64_t *relayed,
                           bool *more, sc_error *err)
{
	struct relay relay = { shop, relayed };
	const sc__consumer consumer = { POSITION_SETTING, publish, &relay };
	return shop->events.ops != NULL ? sc__consumer_run(shop, call, &consumer, items, until_ns, more, err) : SC_OK;
}
