/*
 * What stands under which key. All keys of a domain begin with its hash tag:
 *
 *     s                 state: a hash
 *     j                 journal: a stream, one entry a commit, named by its last position
 *     i ID              a line of the table of ids
 *     I                 those ids by time, to be forgotten
 *     r KIND ADDRESS    a row
 *     a KIND            all addresses of a kind, in order
 *     x KIND INDEX      an index: columns and address, in order
 *     l                 rows whose lifetime ends, by when
 *
 * Redis orders the members of a set of equal scores by their bytes. So a number is written with its sign turned and
 * its high byte first, and bytes with each zero followed by 255 and with 0 1 at the end: then what is smaller comes
 * first, and the shorter before what continues it.
 */
#include "drivers/redis/driver.h"

#include "base/arena.h"

#include <string.h>

void sc__name_init(sc__name *name, sc_arena *arena)
{
	*name = (sc__name){ .arena = arena };
}

void sc__name_raw(sc__name *name, const void *data, size_t size)
{
	if (name->no_memory || size == 0)
		return;
	if (name->room - name->size < size) {
		size_t room = (name->room + size) * 2;
		char *grown = sc__arena_resize(name->arena, name->data, name->room, room);
		if (grown == NULL) {
			name->no_memory = true;
			return;
		}
		name->data = grown;
		name->room = room;
	}
	memcpy(name->data + name->size, data, size);
	name->size += size;
}

void sc__name_bytes(sc__name *name, sc_bytes bytes)
{
	const char *at = bytes.size > 0 ? bytes.data : "", *end = at + bytes.size;
	while (at < end) {
		const char *zero = memchr(at, '\0', (size_t)(end - at));
		size_t run = zero == NULL ? (size_t)(end - at) : (size_t)(zero - at);
		sc__name_raw(name, at, run);
		at += run;
		if (zero != NULL) {
			sc__name_raw(name, "\0\xff", 2);
			at++;
		}
	}
	sc__name_raw(name, "\0\1", 2);
}

void sc__name_int(sc__name *name, int64_t number)
{
	uint8_t bytes[8];
	sc__put_u64(bytes, (uint64_t)number ^ UINT64_C(1) << 63);
	sc__name_raw(name, bytes, sizeof bytes);
}

void sc__name_value(sc__name *name, const sc_value *value)
{
	if (value->type == SC_VALUE_INT)
		sc__name_int(name, value->number);
	else
		sc__name_bytes(name, value->bytes);
}

void sc__name_address(sc__name *name, const sc_address *address)
{
	sc__name_bytes(name, (sc_bytes){ address->key, address->key_size });
	sc__name_bytes(name, (sc_bytes){ address->sub, address->sub_size });
}

void sc__name_key(sc__name *name, const sc__domain *domain, const char *what)
{
	sc__name_raw(name, domain->tag, domain->tag_size);
	sc__name_raw(name, what, strlen(what));
}

static void name_kind(sc__name *name, const sc__domain *domain, const char *what, uint16_t kind)
{
	const uint8_t bytes[2] = { (uint8_t)(kind >> 8), (uint8_t)kind };
	sc__name_key(name, domain, what);
	sc__name_raw(name, bytes, sizeof bytes);
}

void sc__name_row(sc__name *name, const sc__domain *domain, const sc_address *address)
{
	name_kind(name, domain, "r", address->kind);
	sc__name_address(name, address);
}

void sc__name_row_of_member(sc__name *name, const sc__domain *domain, uint16_t kind, sc_bytes member)
{
	name_kind(name, domain, "r", kind);
	sc__name_raw(name, member.data, member.size);
}

void sc__name_addresses(sc__name *name, const sc__domain *domain, uint16_t kind)
{
	name_kind(name, domain, "a", kind);
}

void sc__name_index(sc__name *name, const sc__domain *domain, uint16_t kind, int index)
{
	if (index < 0) {
		sc__name_addresses(name, domain, kind);
		return;
	}
	const uint8_t number = (uint8_t)index;
	name_kind(name, domain, "x", kind);
	sc__name_raw(name, &number, 1);
}

void sc__name_id(sc__name *name, const sc__domain *domain, const sc_id *id)
{
	sc__name_key(name, domain, "i");
	sc__name_raw(name, id->bytes, sizeof id->bytes);
}

bool sc__name_successor(sc__name *name)
{
	while (name->size > 0 && (uint8_t)name->data[name->size - 1] == 0xff)
		name->size--;
	if (name->size == 0)
		return false;
	name->data[name->size - 1]++;
	return true;
}

/* ---- members ---- */

static bool name_columns(sc__name *name, const sc_kind *kind, const sc_index *index, const sc_record *record)
{
	(void)kind;
	if (record->columns == NULL)
		return false;
	for (uint8_t i = 0; i < index->count; i++) {
		const sc_value *value = &record->columns[index->columns[i]];
		if (value->type == SC_VALUE_NULL)
			return false;
		sc__name_value(name, value);
	}
	return true;
}

bool sc__member_of(sc__name *name, int index, const sc_record *record)
{
	const sc_kind *kind = sc_kind_find(record->address.kind);
	if (index >= 0 && kind->kind_class == SC_CLASS_HOLD) {
		if (record->hold_state != SC_HOLD_HELD || record->deadline_ms == 0)
			return false;
		sc__name_int(name, record->deadline_ms);
	} else if (index >= 0 && !name_columns(name, kind, &kind->indexes[index], record)) {
		return false;
	}
	sc__name_address(name, &record->address);
	return true;
}

/* Takes one encoded run of bytes off the front; `out` NULL: only past it. */
static bool take_bytes(const char **at, const char *end, sc_arena *arena, char **out, uint16_t *size)
{
	const char *start = *at;
	char *to = NULL;
	size_t filled = 0;
	if (out != NULL && (to = sc__arena_bytes(arena, (size_t)(end - start) + 1)) == NULL)
		return false;
	while (*at < end) {
		char byte = *(*at)++;
		if (byte == '\0') {
			if (*at == end)
				return false;
			char next = *(*at)++;
			if (next == '\1') {
				if (out != NULL) {
					*out = to;
					*size = (uint16_t)filled;
				}
				return filled <= UINT16_MAX;
			}
		}
		if (to != NULL)
			to[filled] = byte;
		filled++;
	}
	return false;
}

sc_status sc__member_address(sc_bytes member, uint16_t kind_number, int index, sc_arena *arena, sc_address *out,
                             sc_bytes *address_part)
{
	const sc_kind *kind = sc_kind_find(kind_number);
	const char *at = member.data, *end = at + member.size;
	char *key, *sub;
	bool hold = kind->kind_class == SC_CLASS_HOLD;
	uint8_t width = index < 0 ? 0 : hold ? 1 : kind->indexes[index].count;
	for (uint8_t i = 0; i < width; i++) {
		if (!hold && kind->columns[kind->indexes[index].columns[i]].type == SC_VALUE_BYTES) {
			if (!take_bytes(&at, end, arena, NULL, NULL))
				return SC_DAMAGED;
		} else if (end - at < 8) {
			return SC_DAMAGED;
		} else {
			at += 8;
		}
	}
	*address_part = (sc_bytes){ at, (size_t)(end - at) };
	*out = (sc_address){ .kind = kind_number };
	if (!take_bytes(&at, end, arena, &key, &out->key_size) || !take_bytes(&at, end, arena, &sub, &out->sub_size) ||
	    at != end)
		return SC_DAMAGED;
	out->key = key;
	out->sub = sub;
	return SC_OK;
}
