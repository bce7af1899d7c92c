/*
 * A token as the store keeps it: a setting named "token/" and its id, with a JSON body. A shop has few of them, and
 * they are looked up by id alone, so they need no kind of their own.
 */
#ifndef SC_TOKEN_RECORD_H
#define SC_TOKEN_RECORD_H

#include "store/kinds.h"

#include <shopcore/port/store.h>
#include <shopcore/token.h>

#define SC__TOKEN_PREFIX    "token/"
#define SC__TOKEN_KEY_SIZE  (sizeof(SC__TOKEN_PREFIX) - 1 + SC_ID_TEXT_SIZE - 1)
#define SC__TOKEN_HASH_SIZE 32

typedef struct sc__token_record {
	sc_token token; /* `expired` is not kept */
	int64_t ttl_ms; /* what it was made with */
	uint8_t hash[SC__TOKEN_HASH_SIZE];
} sc__token_record;

/* `key` is the storage of the address. */
sc_address sc__token_address(const char *id, char key[SC__TOKEN_KEY_SIZE + 1]);

/* The body, in the arena. NO_MEMORY, or what the writer says. */
sc_status sc__token_encode(const sc__token_record *record, sc_arena *arena, sc_bytes *out, sc_error *err);
/* Text is in the arena, the id comes from the address. DAMAGED; NO_MEMORY. */
sc_status sc__token_decode(const sc_record *stored, sc_arena *arena, sc__token_record *out, sc_error *err);

#endif
