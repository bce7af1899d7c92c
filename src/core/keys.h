/*
 * A caller's idempotency key: a claim in the same group as what it guards, so that a repeat is refused by the store
 * itself and then answered from what the key remembers.
 */
#ifndef SC_CORE_KEYS_H
#define SC_CORE_KEYS_H

#include "core/digest.h"
#include "core/handle.h"

/* What a key stands for. */
typedef struct sc__key_note {
	uint8_t request[SC__DIGEST_SIZE];
	sc_id made; /* zero: nothing that has an id */
} sc__key_note;

/* The write of call->key, scoped by actor and operation; refused with SC_EXISTS when it was used before. Everything of
 * `out` is in the arena. BAD_ARGUMENT, OVER_LIMIT or BAD_TEXT, field "call.key"; NO_MEMORY. */
sc_status sc__key_change(sc_shop *shop, const sc_call *call, const char *operation, const sc__key_note *note,
                         sc_arena *arena, sc_change *out, sc_error *err);

/* What a stored key says of this request: SC_OK when it stands for this very one, with `made` as it was then;
 * SC_KEY_REUSED; SC_BUSY when the key is gone, DAMAGED. */
sc_status sc__key_compare(const sc_record *stored, const sc__key_note *note, sc_id *made, sc_error *err);

/* After that refusal: reads the key and compares. */
sc_status sc__key_repeat(sc_shop *shop, const sc_call *call, const sc_change *key, const sc__key_note *note,
                         sc_id *made, sc_error *err);

#endif
