#include "token/record.h"

#include "base/error.h"

#include <shopcore/id.h>
#include <shopcore/json.h>

#include <sodium/utils.h>
#include <string.h>

#define HASH_TEXT_SIZE (2 * SC__TOKEN_HASH_SIZE + 1)

sc_address sc__token_address(const char *id, char key[SC__TOKEN_KEY_SIZE + 1])
{
	memcpy(key, SC__TOKEN_PREFIX, sizeof(SC__TOKEN_PREFIX) - 1);
	memcpy(key + sizeof(SC__TOKEN_PREFIX) - 1, id, SC_ID_TEXT_SIZE);
	return (sc_address){ .kind = SC_KIND_SETTING, .key = key, .key_size = SC__TOKEN_KEY_SIZE };
}

sc_status sc__token_encode(const sc__token_record *record, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	const sc_token *token = &record->token;
	char hash[HASH_TEXT_SIZE];
	sc_json_writer writer;
	sodium_bin2hex(hash, sizeof(hash), record->hash, sizeof(record->hash));
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "hash", hash);
	sc_json_add_int(&writer, "kind", token->kind);
	sc_json_add_text(&writer, "actor", token->actor);
	sc_json_add_text(&writer, "scopes", token->scopes);
	sc_json_add_text(&writer, "note", token->note);
	sc_json_add_int(&writer, "created_ms", token->created_ms);
	sc_json_add_int(&writer, "ttl_ms", record->ttl_ms);
	sc_json_add_int(&writer, "expires_ms", token->expires_ms);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, err);
}

/* ---- reading ----------------------------------------------------------------------------- */

static sc_status read_hash(const sc_json *body, uint8_t out[SC__TOKEN_HASH_SIZE])
{
	const char *text;
	size_t size = 0;
	sc_status status = sc_json_get_text(body, "hash", &text, NULL);
	if (status != SC_OK)
		return status;
	bool fine = sodium_hex2bin(out, SC__TOKEN_HASH_SIZE, text, strlen(text), NULL, &size, NULL) == 0;
	return fine && size == SC__TOKEN_HASH_SIZE ? SC_OK : SC_DAMAGED;
}

static sc_status read_members(const sc_json *body, sc__token_record *out)
{
	int64_t kind = 0;
	sc_token *token = &out->token;
	sc_status status = read_hash(body, out->hash);
	if (status == SC_OK)
		status = sc_json_get_int(body, "kind", &kind, NULL);
	if (status == SC_OK)
		status = sc_json_get_text(body, "actor", &token->actor, NULL);
	if (status == SC_OK)
		status = sc_json_get_text(body, "scopes", &token->scopes, NULL);
	if (status == SC_OK && sc_json_type_of(sc_json_member(body, "note")) == SC_JSON_TEXT)
		status = sc_json_get_text(body, "note", &token->note, NULL);
	if (status == SC_OK)
		status = sc_json_get_int(body, "created_ms", &token->created_ms, NULL);
	if (status == SC_OK)
		status = sc_json_get_int(body, "ttl_ms", &out->ttl_ms, NULL);
	if (status == SC_OK)
		status = sc_json_get_int(body, "expires_ms", &token->expires_ms, NULL);
	if (status == SC_OK && (kind < SC_ACTOR_ADMIN || kind > SC_ACTOR_CUSTOMER))
		status = SC_DAMAGED;
	token->kind = (sc_actor_kind)kind;
	return status;
}

sc_status sc__token_decode(const sc_record *stored, sc_arena *arena, sc__token_record *out, sc_error *err)
{
	const sc_json *body;
	sc__token_record record = { .ttl_ms = 0 };
	const char *key = stored->address.key;
	const size_t prefix = sizeof(SC__TOKEN_PREFIX) - 1;
	record.token.id = sc_arena_dup(arena, key + prefix, stored->address.key_size - prefix);
	if (record.token.id == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a token");
	sc_status status = sc_json_parse(stored->body, arena, NULL, &body, NULL);
	if (status == SC_OK)
		status = read_members(body, &record);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a token");
	if (status != SC_OK)
		return sc__fail(err, SC_DAMAGED, "a stored token does not read");
	*out = record;
	return SC_OK;
}
