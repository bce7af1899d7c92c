#include "checkout/token.h"

#include "base/error.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#define PREFIX   "q1."
#define ENCODING sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define MAC_SIZE 32
#define ID_SIZE  12 /* room for a key's id and its point */
/* the text of the signature: 4 characters for 3 bytes, without padding */
#define MAC_TEXT_SIZE 43
#define TOKEN_MAX     (2 * SC_BODY_MAX)

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "out of memory");
}

static sc_status bad_signature(sc_error *err)
{
	return sc__bad(err, SC_BAD_SIGNATURE, "quote", "is no quote of this shop");
}

static void sign(const sc_quote_key *key, const char *text, size_t size, uint8_t out[MAC_SIZE])
{
	crypto_generichash(out, MAC_SIZE, (const unsigned char *)text, size, key->bytes, sizeof(key->bytes));
}

static void add_place(sc_json_writer *writer, const sc__offer *offer)
{
	const char *const places[][2] = { { "country", offer->country },
		                          { "region", offer->region },
		                          { "postal_code", offer->postal_code } };
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (places[i][1])
			sc_json_add_text(writer, places[i][0], places[i][1]);
}

static sc_status write_payload(const sc__offer *offer, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "owner", offer->owner);
	sc_json_add_int(&writer, "expires", offer->expires_ms);
	sc_json_add_bool(&writer, "consent", offer->needs_consent);
	add_place(&writer, offer);
	sc__snapshot_write(&writer, &offer->snapshot);
	sc_json_end_object(&writer);
	sc_status status = sc_json_finish(&writer, out, err);
	if (status == SC_OK && out->size > SC_BODY_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "cart", "an order holds at most %d bytes", SC_BODY_MAX);
	return status;
}

sc_status sc__token_write(sc_shop *shop, const sc__offer *offer, sc_arena *arena, const char **out, sc_error *err)
{
	const sc_quote_key *key = &shop->settings.quote_keys[0];
	sc_bytes payload;
	uint8_t mac[MAC_SIZE];
	sc_status status = write_payload(offer, arena, &payload, err);
	if (status != SC_OK)
		return status;
	size_t encoded = sodium_base64_encoded_len(payload.size, ENCODING) - 1;
	size_t room = sizeof(PREFIX) + ID_SIZE + encoded + 1 + MAC_TEXT_SIZE + 1;
	char *text = sc_arena_alloc(arena, room);
	if (!text)
		return no_memory(err);
	size_t size = (size_t)snprintf(text, room, PREFIX "%" PRIu32 ".", key->id);
	sodium_bin2base64(text + size, room - size, payload.data, payload.size, ENCODING);
	size += encoded;
	sign(key, text, size, mac);
	text[size++] = '.';
	sodium_bin2base64(text + size, room - size, mac, sizeof(mac), ENCODING);
	*out = text;
	return SC_OK;
}

/* ---- reading ----------------------------------------------------------------------------- */

static const sc_quote_key *find_key(const sc_shop *shop, uint32_t id)
{
	for (size_t i = 0; i < shop->settings.quote_key_count; i++)
		if (shop->settings.quote_keys[i].id == id)
			return &shop->settings.quote_keys[i];
	return NULL;
}

/* Splits "q1.ID.PAYLOAD.MAC" and checks the signature over everything before the last point. */
static bool open_token(const sc_shop *shop, const char *token, const char **payload, size_t *payload_size)
{
	uint8_t found[MAC_SIZE], expected[MAC_SIZE];
	size_t size = strnlen(token, TOKEN_MAX), mac_size;
	const char *last = size < TOKEN_MAX ? strrchr(token, '.') : NULL;
	if (!last || strncmp(token, PREFIX, sizeof(PREFIX) - 1) != 0)
		return false;
	uint32_t id = 0;
	const char *at = token + sizeof(PREFIX) - 1;
	for (; *at >= '0' && *at <= '9' && at - token < ID_SIZE; at++)
		id = id * 10 + (uint32_t)(*at - '0');
	const sc_quote_key *key = find_key(shop, id);
	if (!key || *at != '.' || at >= last)
		return false;
	if (sodium_base642bin(found, sizeof(found), last + 1, size - (size_t)(last + 1 - token), NULL, &mac_size, NULL,
	                      ENCODING) != 0 ||
	    mac_size != MAC_SIZE)
		return false;
	sign(key, token, (size_t)(last - token), expected);
	*payload = at + 1;
	*payload_size = (size_t)(last - at - 1);
	return sodium_memcmp(found, expected, MAC_SIZE) == 0;
}

/* What a character stands for; 64: nothing. */
static uint32_t bits_of(char digit)
{
	if (digit >= 'A' && digit <= 'Z')
		return (uint32_t)(digit - 'A');
	if (digit >= 'a' && digit <= 'z')
		return (uint32_t)(digit - 'a' + 26);
	if (digit >= '0' && digit <= '9')
		return (uint32_t)(digit - '0' + 52);
	return digit == '-' ? 62 : digit == '_' ? 63 : 64;
}

/* The payload is public, so that this need not run in constant time, which costs sodium's more than all of the rest.
 * false: these are no such bytes. */
static bool decode(const char *text, size_t size, unsigned char *out, size_t *used)
{
	uint32_t bits = 0;
	unsigned have = 0;
	size_t at = 0;
	for (size_t i = 0; i < size; i++) {
		const uint32_t next = bits_of(text[i]);
		if (next == 64)
			return false;
		bits = bits << 6 | next;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[at++] = (unsigned char)(bits >> have);
		}
	}
	*used = at;
	return have < 6 && (bits & ((1u << have) - 1)) == 0;
}

static sc_status read_payload(const char *text, size_t size, sc_arena *arena, sc__offer *out)
{
	const sc_json *json;
	sc__offer offer = { 0 };
	size_t used;
	unsigned char *bytes = sc_arena_alloc(arena, size + 1);
	if (!bytes)
		return SC_NO_MEMORY;
	if (!decode(text, size, bytes, &used))
		return SC_BAD_SIGNATURE;
	sc_status status = sc_json_parse((sc_bytes){ bytes, used }, arena, NULL, &json, NULL);
	if (status == SC_OK)
		status = sc__snapshot_read(json, arena, &offer.snapshot, NULL);
	if (status != SC_OK)
		return status;
	if (sc_json_get_text(json, "owner", &offer.owner, NULL) != SC_OK ||
	    sc_json_get_int(json, "expires", &offer.expires_ms, NULL) != SC_OK ||
	    sc_json_get_bool(json, "consent", &offer.needs_consent, NULL) != SC_OK)
		return SC_BAD_SIGNATURE;
	offer.country = sc_json_text(sc_json_member(json, "country")).data;
	offer.region = sc_json_text(sc_json_member(json, "region")).data;
	offer.postal_code = sc_json_text(sc_json_member(json, "postal_code")).data;
	*out = offer;
	return SC_OK;
}

sc_status sc__token_read(sc_shop *shop, const char *token, sc_arena *arena, sc__offer *out, sc_error *err)
{
	const char *payload;
	size_t size;
	if (!open_token(shop, token, &payload, &size))
		return bad_signature(err);
	sc_status status = read_payload(payload, size, arena, out);
	if (status == SC_NO_MEMORY)
		return no_memory(err);
	return status == SC_OK ? SC_OK : bad_signature(err);
}
