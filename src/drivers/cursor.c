#include "drivers/cursor.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>
#include <xxhash.h>

/* What a cursor belongs to: another range would go on from a place it never reached. */
static uint32_t fingerprint(const sc_range *range)
{
	uint32_t hash = XXH32(&range->kind, sizeof range->kind, 0);
	hash = XXH32(&range->index, sizeof range->index, hash);
	hash = XXH32(&range->flags, sizeof range->flags, hash);
	if (range->key.size > 0)
		hash = XXH32(range->key.data, range->key.size, hash);
	for (uint32_t i = 0; i < range->equal_count; i++) {
		const sc_value *value = &range->equal[i];
		if (value->type == SC_VALUE_INT)
			hash = XXH32(&value->number, sizeof value->number, hash);
		else if (value->bytes.size > 0)
			hash = XXH32(value->bytes.data, value->bytes.size, hash);
	}
	return hash;
}

sc_status sc__cursor_pack(const sc_range *range, const sc_value *values, size_t count, sc_arena *arena, sc_bytes *out,
                          sc_error *err)
{
	size_t size = sizeof(uint32_t);
	for (size_t i = 0; i < count; i++)
		size += 1 + (values[i].type == SC_VALUE_INT ? 8 : 2 + values[i].bytes.size);
	char *data = sc__arena_bytes(arena, size);
	if (data == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a cursor");
	uint32_t hash = fingerprint(range);
	char *at = data;
	memcpy(at, &hash, sizeof hash);
	at += sizeof hash;
	for (size_t i = 0; i < count; i++) {
		*at++ = (char)values[i].type;
		if (values[i].type == SC_VALUE_INT) {
			memcpy(at, &values[i].number, 8);
			at += 8;
			continue;
		}
		uint16_t length = (uint16_t)values[i].bytes.size;
		memcpy(at, &length, sizeof length);
		if (length > 0)
			memcpy(at + sizeof length, values[i].bytes.data, length);
		at += sizeof length + length;
	}
	*out = (sc_bytes){ data, size };
	return SC_OK;
}

/* Takes `size` bytes off the front; NULL when there are fewer. */
static const char *take(const char **at, const char *end, size_t size)
{
	const char *start = *at;
	if ((size_t)(end - start) < size)
		return NULL;
	*at = start + size;
	return start;
}

static bool read_value(const char **at, const char *end, sc_value *out)
{
	const char *type = take(at, end, 1), *data;
	uint16_t length;
	*out = SC_VALUE_NONE;
	if (type == NULL || (*type != SC_VALUE_INT && *type != SC_VALUE_BYTES))
		return false;
	out->type = (uint32_t)*type;
	if (*type == SC_VALUE_INT) {
		data = take(at, end, 8);
		if (data != NULL)
			memcpy(&out->number, data, 8);
		return data != NULL;
	}
	data = take(at, end, sizeof length);
	if (data == NULL)
		return false;
	memcpy(&length, data, sizeof length);
	data = take(at, end, length);
	out->bytes = (sc_bytes){ data, length };
	return data != NULL;
}

sc_status sc__cursor_unpack(const sc_range *range, sc_value *values, size_t count, sc_error *err)
{
	const char *at = range->cursor.data, *end = at + range->cursor.size;
	const char *stored = take(&at, end, sizeof(uint32_t));
	uint32_t hash = fingerprint(range);
	bool good = stored != NULL && memcmp(stored, &hash, sizeof hash) == 0;
	for (size_t i = 0; i < count && good; i++)
		good = read_value(&at, end, &values[i]);
	if (!good || at != end)
		return sc__bad(err, SC_BAD_ARGUMENT, "cursor", "not a cursor of this range");
	return SC_OK;
}
