/*
 * Making, ending and checking tokens. A token's text is "sct_", its id, "_" and 256 random bits: the id finds the
 * record without a search, the bits prove it. They are random and long, so a plain fast hash keeps them; a password
 * would need a slow one.
 */
#include <shopcore/token.h>

#include "base/arena.h"
#include "base/error.h"
#include "core/access.h"
#include "core/handle.h"
#include "core/input.h"
#include "token/record.h"

#include <shopcore/id.h>

#include <sodium/crypto_generichash.h>
#include <sodium/utils.h>
#include <string.h>

#define TTL_MAX_MS    (100LL * 366 * 86400 * 1000)
#define SECRET_PREFIX "sct_"
#define SECRET_BYTES  32
#define BASE64        sodium_base64_VARIANT_URLSAFE_NO_PADDING
#define BITS_SIZE     sodium_base64_ENCODED_LEN(SECRET_BYTES, BASE64) /* with its NUL */
#define ID_LENGTH     (SC_ID_TEXT_SIZE - 1)
#define SECRET_LENGTH (sizeof(SECRET_PREFIX) - 1 + ID_LENGTH + 1 + BITS_SIZE - 1)

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a token");
}

static sc_status not_there(sc_error *err)
{
	return sc__fail(err, SC_NOT_FOUND, "there is no such token");
}

static void hash_of(const char *secret, uint8_t out[SC__TOKEN_HASH_SIZE])
{
	crypto_generichash(out, SC__TOKEN_HASH_SIZE, (const unsigned char *)secret, strlen(secret), NULL, 0);
}

static bool is_over(const sc_token *token, int64_t now_ms)
{
	return token->expires_ms <= now_ms;
}

/* ---- what may be asked for --------------------------------------------------------------- */

static sc_status check_scopes(const char *scopes, sc_error *err)
{
	static const char allowed[] = "abcdefghijklmnopqrstuvwxyz0123456789.-*";
	if (scopes == NULL)
		return SC_OK;
	sc_status status = sc__input_text(scopes, SC__TEXT_CODE, SC_TOKEN_SCOPES_MAX, -1, "scopes", err);
	for (const char *word = scopes; status == SC_OK; word++) {
		size_t size = strspn(word, allowed);
		word += size;
		if (size == 0 || (*word != ',' && *word != '\0'))
			return sc__bad(err, SC_BAD_FORMAT, "scopes", "words of a-z, 0-9, . - * with commas between");
		if (*word == '\0')
			break;
	}
	return status;
}

static sc_status check_request(const sc_token_request *request, sc_error *err)
{
	if (request->size < offsetof(sc_token_request, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "size", "is not set");
	if (request->kind < SC_ACTOR_ADMIN || request->kind > SC_ACTOR_CUSTOMER)
		return sc__bad(err, SC_BAD_ARGUMENT, "kind", "admin, seller or customer");
	sc_status status = sc__input_id(request->actor, -1, "actor", err);
	if (status == SC_OK)
		status = check_scopes(request->scopes, err);
	if (status == SC_OK)
		status = sc__input_text(request->note, SC__TEXT_OPTIONAL, SC_TOKEN_NOTE_MAX, -1, "note", err);
	if (status == SC_OK)
		status = sc__input_range(request->ttl_ms, 0, TTL_MAX_MS, -1, "ttl_ms", err);
	return status;
}

/* ---- reading one ------------------------------------------------------------------------- */

/* One that has ended is as good as none: NOT_FOUND. `version` may be NULL. */
static sc_status load_good(sc_shop *shop, const sc_call *call, const char *id, int64_t now_ms, sc_arena *arena,
                           sc__token_record *out, uint64_t *version, sc_error *err)
{
	char key[SC__TOKEN_KEY_SIZE + 1];
	sc_id parsed;
	sc_record stored = { 0 };
	if (id == NULL || strlen(id) != ID_LENGTH || sc_id_parse(id, &parsed) != SC_OK)
		return not_there(err);
	const sc_address address = sc__token_address(id, key);
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &stored, err);
	if (status == SC_OK && stored.version == 0)
		return not_there(err);
	if (status == SC_OK)
		status = sc__token_decode(&stored, arena, out, err);
	if (status == SC_OK && is_over(&out->token, now_ms))
		return not_there(err);
	if (status == SC_OK && version != NULL)
		*version = stored.version;
	return status;
}

sc_status sc_token_check(sc_shop *shop, const sc_call *call, const char *secret, sc_arena *arena, sc_token *out,
                         sc_error *err)
{
	sc__token_record record;
	uint8_t hash[SC__TOKEN_HASH_SIZE];
	char id[SC_ID_TEXT_SIZE];
	int64_t now_ms;
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	if (secret == NULL || strlen(secret) != SECRET_LENGTH ||
	    memcmp(secret, SECRET_PREFIX, sizeof(SECRET_PREFIX) - 1) != 0)
		return not_there(err);
	memcpy(id, secret + sizeof(SECRET_PREFIX) - 1, ID_LENGTH);
	id[ID_LENGTH] = '\0';
	status = sc__now(shop, call, &now_ms, err);
	if (status == SC_OK)
		status = load_good(shop, call, id, now_ms, arena, &record, NULL, err);
	if (status != SC_OK)
		return status;
	hash_of(secret, hash);
	if (sodium_memcmp(hash, record.hash, sizeof(hash)) != 0)
		return not_there(err);
	*out = record.token;
	return SC_OK;
}

/* ---- making ------------------------------------------------------------------------------ */

/* A fresh id and secret; their hash goes into the record. */
static bool draw(sc_shop *shop, sc_arena *arena, sc__token_record *record, sc_new_token *out)
{
	unsigned char bits[SECRET_BYTES];
	char *id = sc_arena_alloc(arena, SC_ID_TEXT_SIZE), *secret = sc_arena_alloc(arena, SECRET_LENGTH + 1);
	if (id == NULL || secret == NULL)
		return false;
	sc_id_format(sc_id_make(shop->env), id);
	shop->env->random(shop->env->ctx, bits, sizeof(bits));
	char *at = stpcpy(stpcpy(secret, SECRET_PREFIX), id);
	*at++ = '_';
	sodium_bin2base64(at, BITS_SIZE, bits, sizeof(bits), BASE64);
	sodium_memzero(bits, sizeof(bits));
	hash_of(secret, record->hash);
	*out = (sc_new_token){ .id = id, .secret = secret, .expires_ms = record->token.expires_ms };
	return true;
}

static sc_status put_change(const char *id, const sc__token_record *record, sc_arena *arena, sc_change *out,
                            sc_error *err)
{
	char *key = sc_arena_alloc(arena, SC__TOKEN_KEY_SIZE + 1);
	if (key == NULL)
		return no_memory(err);
	*out = (sc_change){ .address = sc__token_address(id, key), .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT };
	return sc__token_encode(record, arena, &out->body, err);
}

static int64_t end_of(int64_t now_ms, int64_t ttl_ms)
{
	return ttl_ms == 0 ? SC_NEVER : now_ms + ttl_ms;
}

static sc_status apply(sc_shop *shop, const sc_call *call, const sc_change *changes, uint32_t count, sc_error *err)
{
	sc_group group = { .id = sc_id_make(shop->env), .home = SC_HOME_NONE, .changes = changes, .count = count };
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_token_create(sc_shop *shop, const sc_call *call, const sc_token_request *request, sc_arena *arena,
                          sc_new_token *out, sc_error *err)
{
	int64_t now_ms;
	sc_new_token made;
	sc_change put;
	sc_status status = request == NULL ? sc__bad(err, SC_BAD_ARGUMENT, "request", "is missing")
	                                   : check_request(request, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status == SC_OK)
		status = sc__now(shop, call, &now_ms, err);
	if (status != SC_OK)
		return status;
	sc__token_record record = { .token = { .kind = request->kind,
		                               .actor = request->actor,
		                               .scopes = request->scopes != NULL ? request->scopes : "",
		                               .note = request->note,
		                               .created_ms = now_ms,
		                               .expires_ms = end_of(now_ms, request->ttl_ms) },
		                    .ttl_ms = request->ttl_ms };
	if (!draw(shop, arena, &record, &made))
		return no_memory(err);
	status = put_change(made.id, &record, arena, &put, err);
	if (status == SC_OK)
		status = apply(shop, call, &put, 1, err);
	if (status == SC_OK)
		*out = made;
	return status;
}

/* The old one's end is moved nearer, never farther away. */
static sc_status replace(sc_shop *shop, const sc_call *call, sc__token_record *old, uint64_t version, int64_t now_ms,
                         int64_t grace_ms, sc_arena *arena, sc_new_token *out, sc_error *err)
{
	sc_change changes[2];
	sc__token_record fresh = *old;
	fresh.token.created_ms = now_ms;
	fresh.token.expires_ms = end_of(now_ms, old->ttl_ms);
	if (now_ms + grace_ms < old->token.expires_ms)
		old->token.expires_ms = now_ms + grace_ms;
	if (!draw(shop, arena, &fresh, out))
		return no_memory(err);
	sc_status status = put_change(out->id, &fresh, arena, &changes[0], err);
	if (status == SC_OK)
		status = put_change(old->token.id, old, arena, &changes[1], err);
	changes[1].condition = SC_IF_VERSION;
	changes[1].version = version;
	return status == SC_OK ? apply(shop, call, changes, 2, err) : status;
}

sc_status sc_token_rotate(sc_shop *shop, const sc_call *call, const char *id, int64_t grace_ms, sc_arena *arena,
                          sc_new_token *out, sc_error *err)
{
	sc__token_record old;
	sc_new_token made;
	uint64_t version = 0;
	int64_t now_ms;
	sc_status status = sc__input_range(grace_ms, 0, TTL_MAX_MS, -1, "grace_ms", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status == SC_OK)
		status = sc__now(shop, call, &now_ms, err);
	if (status == SC_OK)
		status = load_good(shop, call, id, now_ms, arena, &old, &version, err);
	if (status == SC_OK)
		status = replace(shop, call, &old, version, now_ms, grace_ms, arena, &made, err);
	if (status == SC_OK)
		*out = made;
	return status == SC_NOT_FOUND ? not_there(err) : status;
}

/* ---- ending and listing ------------------------------------------------------------------ */

sc_status sc_token_revoke(sc_shop *shop, const sc_call *call, const char *id, sc_error *err)
{
	char key[SC__TOKEN_KEY_SIZE + 1];
	sc_id parsed;
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	if (id == NULL || strlen(id) != ID_LENGTH || sc_id_parse(id, &parsed) != SC_OK)
		return not_there(err);
	const sc_change gone = { .address = sc__token_address(id, key),
		                 .type = SC_CHANGE_DELETE,
		                 .condition = SC_IF_PRESENT };
	status = apply(shop, call, &gone, 1, err);
	return status == SC_NOT_FOUND ? not_there(err) : status;
}

sc_status sc_token_list(sc_shop *shop, const sc_call *call, uint32_t limit, sc_bytes cursor, sc_arena *arena,
                        sc_token_page *out, sc_error *err)
{
	static const char low[] = SC__TOKEN_PREFIX, high[] = "token0"; /* '0' comes after '/' */
	const sc_range range = { .kind = SC_KIND_SETTING,
		                 .index = SC_BY_ADDRESS,
		                 .low = SC_VALUE_OF_BYTES(low, sizeof(low) - 1),
		                 .high = SC_VALUE_OF_BYTES(high, sizeof(high) - 1),
		                 .limit = limit,
		                 .cursor = cursor,
		                 .mask = SC_READ_BODY };
	sc_page found = { 0 };
	int64_t now_ms;
	sc_status status = sc__input_range(limit, 1, SC_PAGE_MAX, -1, "limit", err);
	if (status == SC_OK)
		status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status == SC_OK)
		status = sc__now(shop, call, &now_ms, err);
	if (status == SC_OK)
		status = sc__range(shop, call, &range, 1, arena, &found, err);
	if (status != SC_OK)
		return status;
	sc_token *tokens = sc__arena_array(arena, found.count, sizeof(*tokens));
	if (tokens == NULL)
		return no_memory(err);
	for (size_t i = 0; status == SC_OK && i < found.count; i++) {
		sc__token_record record;
		status = sc__token_decode(&found.records[i], arena, &record, err);
		tokens[i] = record.token;
		tokens[i].expired = status == SC_OK && is_over(&record.token, now_ms);
	}
	if (status == SC_OK)
		*out = (sc_token_page){ .tokens = tokens, .count = found.count, .next = found.next };
	return status;
}
