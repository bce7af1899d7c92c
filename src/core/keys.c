/*
 * Idempotency keys of single-group operations.
 */
#include "core/keys.h"

#include "base/error.h"
#include "core/access.h"
#include "core/input.h"

#include <string.h>

/* Keys of two actors never meet. */
static const char *scope_of(const sc_call *call)
{
	switch (call->kind) {
	case SC_ACTOR_SYSTEM:
		return "system:";
	case SC_ACTOR_ADMIN:
		return "admin:";
	case SC_ACTOR_SELLER:
		return "seller:";
	case SC_ACTOR_CUSTOMER:
		return "u:";
	case SC_ACTOR_GUEST:
		break;
	}
	return "g:";
}

static char *add(char *at, const char *text)
{
	const size_t size = strlen(text);
	memcpy(at, text, size);
	return at + size;
}

sc_status sc__key_change(sc_shop *shop, const sc_call *call, const char *operation, const sc__key_note *note,
                         sc_arena *arena, sc_change *out, sc_error *err)
{
	sc_status status = sc__input_id(call->key, -1, "call.key", err);
	if (status != SC_OK)
		return status;
	char *key = sc_arena_alloc(arena, SC_KEY_MAX);
	void *body = sc_arena_dup(arena, note, sizeof(*note));
	if (key == NULL || body == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a key");
	char *at = add(key, scope_of(call));
	if (call->actor != NULL)
		at = add(at, call->actor);
	*at++ = '\0';
	at = add(at, operation);
	*at++ = '\0';
	at = add(at, call->key);
	*out = (sc_change){ .address = { .kind = SC_KIND_KEY, .key = key, .key_size = (uint16_t)(at - key) },
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_ABSENT,
		            .body = { body, sizeof(*note) },
		            .lifetime_ms = shop->settings.key_lifetime_ms };
	return SC_OK;
}

sc_status sc__key_compare(const sc_record *record, const sc__key_note *note, sc_id *made, sc_error *err)
{
	sc__key_note stored;
	if (record->version == 0)
		return sc__fail(err, SC_BUSY, "the key ran out at this moment");
	if (record->body.size != sizeof(stored))
		return sc__fail(err, SC_DAMAGED, "a stored key does not read");
	memcpy(&stored, record->body.data, sizeof(stored));
	if (memcmp(stored.request, note->request, sizeof(stored.request)) != 0)
		return sc__fail(err, SC_KEY_REUSED, "the key was used for another request");
	*made = stored.made;
	return SC_OK;
}

sc_status sc__key_repeat(sc_shop *shop, const sc_call *call, const sc_change *key, const sc__key_note *note,
                         sc_id *made, sc_error *err)
{
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	sc_record record = { 0 };
	sc_status status = sc__load(shop, call, &key->address, 1, SC_READ_BODY, &arena, &record, err);
	if (status == SC_OK)
		status = sc__key_compare(&record, note, made, err);
	sc_arena_clear(&arena);
	return status;
}
