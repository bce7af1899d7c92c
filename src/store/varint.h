/*
 * Numbers in as few bytes as they need, seven bits a byte, the lowest first: for packed bodies and
 * journal entries, where most numbers are small. Signed ones are folded (0, -1, 1, -2, …) first.
 */
#ifndef SC_STORE_VARINT_H
#define SC_STORE_VARINT_H

#include <shopcore/common.h>

#include <string.h>

#define SC__VARINT_MAX 10

static inline uint8_t *sc__put_varint(uint8_t *at, uint64_t value)
{
	while (value >= 0x80) {
		*at++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*at++ = (uint8_t)value;
	return at;
}

static inline uint8_t *sc__put_signed(uint8_t *at, int64_t value)
{
	return sc__put_varint(at, ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

static inline uint8_t *sc__put_bytes(uint8_t *at, const void *data, size_t size)
{
	at = sc__put_varint(at, size);
	if (size > 0)
		memcpy(at, data, size);
	return at + size;
}

/* A place in packed bytes. The first read past the end, or of a number too long, sets `bad` for good. */
typedef struct sc__reader {
	const uint8_t *at, *end;
	bool bad;
} sc__reader;

static inline uint64_t sc__get_varint(sc__reader *reader)
{
	uint64_t value = 0;
	for (unsigned shift = 0; shift < 64 && reader->at < reader->end; shift += 7) {
		uint8_t byte = *reader->at++;
		if (shift == 63 && byte > 1)
			break;
		value |= (uint64_t)(byte & 0x7F) << shift;
		if (byte < 0x80)
			return value;
	}
	reader->bad = true;
	return 0;
}

static inline int64_t sc__get_signed(sc__reader *reader)
{
	uint64_t folded = sc__get_varint(reader);
	return (int64_t)(folded >> 1) ^ -(int64_t)(folded & 1);
}

static inline const void *sc__get_raw(sc__reader *reader, size_t size)
{
	if (reader->bad || size > (size_t)(reader->end - reader->at)) {
		reader->bad = true;
		return NULL;
	}
	const uint8_t *data = reader->at;
	reader->at += size;
	return data;
}

static inline sc_bytes sc__get_bytes(sc__reader *reader)
{
	uint64_t size = sc__get_varint(reader);
	sc_bytes bytes = { NULL, 0 };
	if (size > (size_t)(reader->end - reader->at))
		reader->bad = true;
	else
		bytes.data = sc__get_raw(reader, (size_t)size);
	if (!reader->bad)
		bytes.size = (size_t)size;
	return bytes;
}

#endif
