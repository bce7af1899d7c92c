/*
 * Journal entries packed into one run of bytes. A driver that keeps the journal by batch writes one
 * blob where it would have written a thousand rows.
 *
 * An entry is its length, its position, and then what its type has. The length comes first so that a
 * reader looking for one position walks past the others without reading them.
 */
#include <shopcore/port/rows.h>

#include "store/varint.h"

#define FIXED_BOUND (SC__VARINT_MAX * 24 + sizeof(sc_id))

static size_t bound_of(const sc_entry *entry)
{
	return FIXED_BOUND + entry->subject.key_size + entry->subject.sub_size + entry->cause.key_size +
	       entry->cause.sub_size + entry->topic.size + entry->body.size;
}

size_t sc_entries_bound(const sc_entry *entries, size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += bound_of(&entries[i]);
	return size;
}

static uint8_t *put_address(uint8_t *at, const sc_address *address)
{
	at = sc__put_varint(at, address->kind);
	at = sc__put_bytes(at, address->key, address->key_size);
	return sc__put_bytes(at, address->sub, address->sub_size);
}

static uint8_t *put_counters(uint8_t *at, const sc_counters *counters)
{
	at = sc__put_signed(at, counters->on_hand);
	at = sc__put_signed(at, counters->held);
	at = sc__put_signed(at, counters->committed);
	return sc__put_signed(at, counters->floor);
}

/* All of an entry but its length. */
static uint8_t *put_entry(uint8_t *at, const sc_entry *entry)
{
	at = sc__put_varint(at, entry->position);
	at = sc__put_varint(at, entry->previous);
	at = sc__put_varint(at, entry->type);
	at = sc__put_signed(at, entry->time_ms);
	memcpy(at, entry->group.bytes, sizeof entry->group.bytes);
	at += sizeof entry->group.bytes;
	at = put_address(at, &entry->subject);
	if (entry->type == SC_ENTRY_TOUCH)
		return sc__put_varint(at, entry->version);
	at = sc__put_bytes(at, entry->topic.data, entry->topic.size);
	if (entry->type == SC_ENTRY_EVENT)
		return sc__put_bytes(at, entry->body.data, entry->body.size);
	at = put_counters(at, &entry->delta);
	at = put_counters(at, &entry->after);
	return put_address(at, &entry->cause);
}

size_t sc_entries_pack(const sc_entry *entries, size_t count, void *out)
{
	uint8_t *at = out;
	for (size_t i = 0; i < count; i++) {
		uint8_t *start = at + SC__VARINT_MAX;
		size_t size = (size_t)(put_entry(start, &entries[i]) - start);
		at = sc__put_varint(at, size);
		memmove(at, start, size);
		at += size;
	}
	return (size_t)(at - (uint8_t *)out);
}

static void get_address(sc__reader *reader, sc_address *out)
{
	uint64_t kind = sc__get_varint(reader);
	sc_bytes key = sc__get_bytes(reader);
	sc_bytes sub = sc__get_bytes(reader);
	if (kind > UINT16_MAX || key.size > SC_KEY_MAX || sub.size > SC_KEY_MAX) {
		reader->bad = true;
		return;
	}
	*out = (sc_address){ .key = key.data,
		             .sub = sub.data,
		             .key_size = (uint16_t)key.size,
		             .sub_size = (uint16_t)sub.size,
		             .kind = (uint16_t)kind };
}

static void get_counters(sc__reader *reader, sc_counters *out)
{
	out->on_hand = sc__get_signed(reader);
	out->held = sc__get_signed(reader);
	out->committed = sc__get_signed(reader);
	out->floor = sc__get_signed(reader);
}

/* Everything behind the position. */
static void get_entry(sc__reader *reader, sc_entry *out)
{
	out->previous = sc__get_varint(reader);
	out->type = (uint32_t)sc__get_varint(reader);
	out->time_ms = sc__get_signed(reader);
	const void *group = sc__get_raw(reader, sizeof out->group.bytes);
	if (group != NULL)
		memcpy(out->group.bytes, group, sizeof out->group.bytes);
	get_address(reader, &out->subject);
	switch (out->type) {
	case SC_ENTRY_TOUCH:
		out->version = sc__get_varint(reader);
		return;
	case SC_ENTRY_EVENT:
		out->topic = sc__get_bytes(reader);
		out->body = sc__get_bytes(reader);
		return;
	case SC_ENTRY_ACCOUNT:
		out->topic = sc__get_bytes(reader);
		get_counters(reader, &out->delta);
		get_counters(reader, &out->after);
		get_address(reader, &out->cause);
		return;
	default:
		reader->bad = true;
	}
}

sc_status sc_entries_unpack(sc_bytes packed, uint64_t after, size_t max, sc_entry *out, size_t *count)
{
	sc__reader reader = { packed.data, (const uint8_t *)packed.data + packed.size, false };
	size_t found = 0;
	while (found < max && reader.at < reader.end) {
		sc_bytes bytes = sc__get_bytes(&reader);
		if (reader.bad)
			return SC_DAMAGED;
		sc__reader inner = { bytes.data, (const uint8_t *)bytes.data + bytes.size, false };
		uint64_t position = sc__get_varint(&inner);
		if (inner.bad)
			return SC_DAMAGED;
		if (position <= after)
			continue;
		sc_entry entry = { .position = position };
		get_entry(&inner, &entry);
		if (inner.bad || inner.at != inner.end)
			return SC_DAMAGED;
		out[found++] = entry;
	}
	*count = found;
	return SC_OK;
}
