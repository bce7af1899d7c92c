/*
 * UUIDv7. The derived id of a step is a hash of the first one and the step's number: whoever repeats
 * the work finds the same id again without having stored it. XXH3 suffices, because nobody gains
 * by choosing an id that collides with their own.
 */
#include <shopcore/id.h>

#define XXH_INLINE_ALL
#include <string.h>
#include <xxhash.h>

static void set_version_and_variant(sc_id *id)
{
	id->bytes[6] = (uint8_t)((id->bytes[6] & 0x0F) | 0x70);
	id->bytes[8] = (uint8_t)((id->bytes[8] & 0x3F) | 0x80);
}

sc_id sc_id_make(const sc_env *env)
{
	sc_id id;
	uint64_t time_ms = (uint64_t)env->wall_ms(env->ctx);
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)(time_ms >> (40 - 8 * i));
	env->random(env->ctx, id.bytes + 6, sizeof id.bytes - 6);
	set_version_and_variant(&id);
	return id;
}

sc_id sc_id_with_tail(sc_id id, uint16_t tail)
{
	id.bytes[14] = (uint8_t)(tail >> 8);
	id.bytes[15] = (uint8_t)tail;
	return id;
}

uint16_t sc_id_tail(sc_id id)
{
	return (uint16_t)(id.bytes[14] << 8 | id.bytes[15]);
}

sc_id sc_id_step(sc_id id, uint32_t n)
{
	uint8_t input[20]; /* most significant byte first, so that every machine derives the same id */
	memcpy(input, id.bytes, sizeof id.bytes);
	for (int i = 0; i < 4; i++)
		input[16 + i] = (uint8_t)(n >> (24 - 8 * i));
	uint64_t hash = XXH3_64bits(input, sizeof input);
	for (int i = 0; i < 8; i++)
		id.bytes[6 + i] = (uint8_t)(hash >> (56 - 8 * i));
	set_version_and_variant(&id);
	return id;
}

int64_t sc_id_time_ms(sc_id id)
{
	int64_t time_ms = 0;
	for (int i = 0; i < 6; i++)
		time_ms = time_ms << 8 | id.bytes[i];
	return time_ms;
}

bool sc_id_is_zero(sc_id id)
{
	static const sc_id zero;
	return sc_id_equal(id, zero);
}

bool sc_id_equal(sc_id a, sc_id b)
{
	return memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

static bool dash_at(size_t byte)
{
	return byte == 4 || byte == 6 || byte == 8 || byte == 10;
}

char *sc_id_format(sc_id id, char out[SC_ID_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	char *at = out;
	for (size_t i = 0; i < sizeof id.bytes; i++) {
		if (dash_at(i))
			*at++ = '-';
		*at++ = digits[id.bytes[i] >> 4];
		*at++ = digits[id.bytes[i] & 15];
	}
	*at = '\0';
	return out;
}

/* The value of a hexadecimal digit, or -1. */
static int digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

sc_status sc_id_parse(const char *text, sc_id *out)
{
	sc_id id;
	for (size_t i = 0; i < sizeof id.bytes; i++) {
		if (dash_at(i) && *text++ != '-')
			return SC_BAD_FORMAT;
		int high = digit(*text);
		if (high < 0)
			return SC_BAD_FORMAT;
		int low = digit(text[1]);
		if (low < 0)
			return SC_BAD_FORMAT;
		id.bytes[i] = (uint8_t)(high << 4 | low);
		text += 2;
	}
	if (*text != '\0')
		return SC_BAD_FORMAT;
	*out = id;
	return SC_OK;
}
