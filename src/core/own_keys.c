/*
 * Keys of a program's own operations: the same records that guard the library's, written by themselves.
 */
#include <shopcore/key.h>

#include "base/error.h"
#include "core/access.h"
#include "core/input.h"
#include "core/keys.h"

#include <shopcore/id.h>

/* The record of the key, as it would be written. */
static sc_status prepare(sc_shop *shop, const sc_call *call, const char *operation, sc_bytes content, sc_arena *arena,
                         sc__key_note *note, sc_change *out, sc_error *err)
{
	sc__digest digest;
	sc_status status = sc__call_check(call, err);
	if (status == SC_OK)
		status = sc__input_text(operation, SC__TEXT_CODE, SC_KEY_OPERATION_MAX, -1, "operation", err);
	if (status != SC_OK)
		return status;
	*note = (sc__key_note){ 0 };
	sc__digest_init(&digest);
	sc__digest_bytes(&digest, content.data, content.size);
	sc__digest_final(&digest, note->request);
	return sc__key_change(shop, call, operation, note, arena, out, err);
}

static sc_status look(sc_shop *shop, const sc_call *call, const sc_change *key, const sc__key_note *note,
                      sc_arena *arena, bool *done, sc_error *err)
{
	sc_record record = { 0 };
	sc_id made;
	sc_status status = sc__load(shop, call, &key->address, 1, 0, arena, &record, err);
	if (status == SC_OK && record.version != 0)
		status = sc__key_repeat(shop, call, key, note, &made, err);
	if (status == SC_OK)
		*done = record.version != 0;
	return status;
}

sc_status sc_key_look(sc_shop *shop, const sc_call *call, const char *operation, sc_bytes content, bool *done,
                      sc_error *err)
{
	sc_arena arena;
	sc__key_note note;
	sc_change key;
	sc_arena_init(&arena, shop->env);
	sc_status status = prepare(shop, call, operation, content, &arena, &note, &key, err);
	if (status == SC_OK)
		status = look(shop, call, &key, &note, &arena, done, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc_key_note(sc_shop *shop, const sc_call *call, const char *operation, sc_bytes content, sc_error *err)
{
	sc_arena arena;
	sc__key_note note;
	sc_change key;
	sc_outcome outcome = { 0 };
	sc_id made;
	sc_arena_init(&arena, shop->env);
	sc_status status = prepare(shop, call, operation, content, &arena, &note, &key, err);
	const sc_group group = { .id = sc_id_make(shop->env), .home = SC_HOME_NONE, .changes = &key, .count = 1 };
	if (status == SC_OK) {
		status = sc__apply_one(shop, call, &group, &outcome, err);
		if (status == SC_EXISTS)
			status = sc__key_repeat(shop, call, &key, &note, &made, err);
	}
	sc_arena_clear(&arena);
	return status;
}
