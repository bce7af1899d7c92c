/*
 * The packed body of a hold: a byte for the format, the number of takes, then of each its line,
 * quantity, committed quantity, end of the account's life, and the account's address.
 */
#include "store/hold_body.h"

#include "base/arena.h"
#include "store/varint.h"

#define FORMAT     1
#define TAKE_BOUND (SC__VARINT_MAX * 7)
#define TAKE_LEAST 7 /* bytes that the smallest take has: bounds what a damaged count can make us allocate */

sc_status sc__hold_pack(const sc__take *takes, size_t count, sc_arena *arena, sc_bytes *out)
{
	size_t bound = 1 + SC__VARINT_MAX;
	for (size_t i = 0; i < count; i++)
		bound += TAKE_BOUND + takes[i].account.key_size + takes[i].account.sub_size;
	uint8_t *start = (uint8_t *)sc__arena_bytes(arena, bound);
	if (start == NULL)
		return SC_NO_MEMORY;
	uint8_t *at = start;
	*at++ = FORMAT;
	at = sc__put_varint(at, count);
	for (size_t i = 0; i < count; i++) {
		at = sc__put_varint(at, takes[i].line);
		at = sc__put_signed(at, takes[i].quantity);
		at = sc__put_signed(at, takes[i].committed);
		at = sc__put_signed(at, takes[i].ends_ms);
		at = sc__put_varint(at, takes[i].account.kind);
		at = sc__put_bytes(at, takes[i].account.key, takes[i].account.key_size);
		at = sc__put_bytes(at, takes[i].account.sub, takes[i].account.sub_size);
	}
	*out = (sc_bytes){ start, (size_t)(at - start) };
	return SC_OK;
}

static void get_take(sc__reader *reader, sc__take *out)
{
	uint64_t line = sc__get_varint(reader);
	int64_t quantity = sc__get_signed(reader);
	int64_t committed = sc__get_signed(reader);
	int64_t ends_ms = sc__get_signed(reader);
	uint64_t kind = sc__get_varint(reader);
	sc_bytes key = sc__get_bytes(reader);
	sc_bytes sub = sc__get_bytes(reader);
	if (line >= UINT32_MAX || kind > UINT16_MAX || key.size < 1 || key.size > SC_KEY_MAX || sub.size > SC_KEY_MAX ||
	    quantity < 0 || committed < 0 || committed > quantity) {
		reader->bad = true;
		return;
	}
	*out = (sc__take){ .quantity = quantity, .committed = committed, .ends_ms = ends_ms, .line = (uint32_t)line };
	out->account = (sc_address){ .key = key.data,
		                     .sub = sub.data,
		                     .key_size = (uint16_t)key.size,
		                     .sub_size = (uint16_t)sub.size,
		                     .kind = (uint16_t)kind };
}

sc_status sc__hold_unpack(sc_bytes body, sc_arena *arena, sc__take **out, size_t *count)
{
	if (body.size == 0) { /* a tombstone took nothing */
		*out = NULL;
		*count = 0;
		return SC_OK;
	}
	sc__reader reader = { body.data, (const uint8_t *)body.data + body.size, false };
	if (*reader.at++ != FORMAT)
		return SC_DAMAGED;
	uint64_t takes = sc__get_varint(&reader);
	if (reader.bad || takes > (size_t)(reader.end - reader.at) / TAKE_LEAST)
		return SC_DAMAGED;
	sc__take *array = sc__arena_array(arena, (size_t)takes, sizeof *array);
	if (array == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < takes && !reader.bad; i++)
		get_take(&reader, &array[i]);
	if (reader.bad || reader.at != reader.end)
		return SC_DAMAGED;
	*out = array;
	*count = (size_t)takes;
	return SC_OK;
}

static bool copy_address(sc_arena *arena, const sc_address *from, sc_address *out)
{
	*out = *from;
	out->key = sc_arena_dup(arena, from->key, from->key_size);
	out->sub = sc_arena_dup(arena, from->sub, from->sub_size);
	return out->key != NULL && out->sub != NULL;
}

sc_status sc_hold_takes(const sc_record *hold, sc_arena *arena, sc_hold_take **out, size_t *count)
{
	sc__take *takes = NULL;
	size_t found = 0;
	sc_status status = sc__hold_unpack(hold->body, arena, &takes, &found);
	if (status != SC_OK)
		return status;
	sc_hold_take *array = sc__arena_array(arena, found, sizeof *array);
	if (array == NULL)
		return SC_NO_MEMORY;
	for (size_t i = 0; i < found; i++) {
		array[i] = (sc_hold_take){ .committed = hold->hold_state == SC_HOLD_COMMITTED ? takes[i].committed
			                                                                      : 0 };
		array[i].take.quantity = takes[i].quantity;
		array[i].take.line = takes[i].line;
		if (!copy_address(arena, &takes[i].account, &array[i].take.account))
			return SC_NO_MEMORY;
	}
	*out = array;
	*count = found;
	return SC_OK;
}
