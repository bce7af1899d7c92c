/*
 * Access tokens: who may speak to a program that puts a shop behind a network, and for whom.
 *
 * A token is made for an actor, shown once, and kept as a hash: whoever reads the store cannot use it. It may carry
 * scopes, words whose meaning is the program's own, and a time at which it ends. sc_token_check() turns the text that
 * a caller presents into the actor of an sc_call. To change a token without a moment in which none works, rotate it:
 * the new one works at once, the old one for a while longer.
 *
 *     sc_new_token made;
 *     sc_token_request wanted = SC_TOKEN_REQUEST_INIT;
 *     wanted.kind = SC_ACTOR_CUSTOMER, wanted.actor = "ada", wanted.scopes = "cart,checkout";
 *     if (sc_token_create(shop, SC_CALL_SYSTEM, &wanted, &arena, &made, &err) == SC_OK) … made.secret …
 */
#ifndef SHOPCORE_TOKEN_H
#define SHOPCORE_TOKEN_H

#include <shopcore/arena.h>
#include <shopcore/limits.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

#define SC_TOKEN_SCOPES_MAX 512 /* bytes of all scopes, commas included */
#define SC_TOKEN_NOTE_MAX   512 /* bytes */

/** What a token is to be. Start from SC_TOKEN_REQUEST_INIT. */
typedef struct sc_token_request {
	size_t size;        /* set by the initialiser */
	sc_actor_kind kind; /* SC_ACTOR_ADMIN, _SELLER or _CUSTOMER */
	const char *actor;  /* who, as in sc_call: 1 to SC_ID_TEXT_MAX bytes */
	const char *scopes; /* words of a-z, 0-9, '.', '-', '*' with commas between; NULL: none */
	const char *note;   /* for people, such as "the till in the hall"; NULL: none */
	int64_t ttl_ms;     /* it ends so long after it was made; 0: it does not */
	uint64_t reserved[4];
} sc_token_request;

#define SC_TOKEN_REQUEST_INIT            \
	{                                \
		sizeof(sc_token_request) \
	}

/** A token that was just made. */
typedef struct sc_new_token {
	const char *id;     /* names it in lists; no secret */
	const char *secret; /* what its bearer presents; it is not kept anywhere and cannot be had again */
	int64_t expires_ms; /* the store's time; SC_NEVER: it does not end */
	uint64_t reserved[2];
} sc_new_token;

/** A token as it is kept. */
typedef struct sc_token {
	const char *id;
	const char *actor;
	const char *scopes; /* "" for none */
	const char *note;   /* NULL: none */
	int64_t created_ms; /* the store's time */
	int64_t expires_ms; /* SC_NEVER: it does not end */
	sc_actor_kind kind;
	uint32_t expired; /* not 0: its time is over */
	uint64_t reserved[4];
} sc_token;

/** A page of tokens, by id, which is the order in which they were made. */
typedef struct sc_token_page {
	sc_token *tokens;
	size_t count;
	sc_bytes next; /* where the next page begins; empty when there is none */
	uint64_t reserved[2];
} sc_token_page;

/**
 * Make a token.
 *
 * Intervals are in milliseconds.
 *
 * Ownership: `request` is borrowed for the call; what `out` points to is in `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT, SC_BAD_FORMAT or SC_OUT_OF_RANGE (err->field);
 * SC_NOT_ALLOWED unless system or admin; what the store says; SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes another one. Since: 0.1.
 */
SC_API sc_status sc_token_create(sc_shop *shop, const sc_call *call, const sc_token_request *request, sc_arena *arena,
                                 sc_new_token *out, sc_error *err);

/**
 * Make a token for the same actor, with the same scopes, note and lifetime as one that is still good, and let the old
 * one end after `grace_ms` milliseconds, 0 for at once. Both happen together or not at all.
 *
 * Ownership: `id` is borrowed for the call; what `out` points to is in `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_OUT_OF_RANGE (err->field); SC_NOT_ALLOWED unless system or admin; SC_NOT_FOUND when there
 * is no such token, or it has ended; SC_CHANGED when somebody else rotated or revoked it at this moment; what the
 * store says; SC_NO_MEMORY; SC_OK. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_token_rotate(sc_shop *shop, const sc_call *call, const char *id, int64_t grace_ms, sc_arena *arena,
                                 sc_new_token *out, sc_error *err);

/**
 * Take a token back. It stops to work at once, for as soon as a program asks sc_token_check() again.
 *
 * Ownership: `id` is borrowed for the call. Threads: any. Returns, in this order: SC_NOT_ALLOWED unless system or
 * admin; SC_NOT_FOUND when there is no such token; what the store says; SC_OK.
 * Idempotent: a repeat is SC_NOT_FOUND and changes nothing. Since: 0.1.
 */
SC_API sc_status sc_token_revoke(sc_shop *shop, const sc_call *call, const char *id, sc_error *err);

/**
 * List tokens, those that have ended too. `limit` is 1 to SC_PAGE_MAX; an empty `cursor` begins at the front.
 *
 * Ownership: what `out` points to is in `arena`. Threads: any, one per arena. Returns, in this order: SC_OUT_OF_RANGE
 * (err->field); SC_NOT_ALLOWED unless system or admin; SC_BAD_ARGUMENT for a cursor that is none; what the store says;
 * SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_token_list(sc_shop *shop, const sc_call *call, uint32_t limit, sc_bytes cursor, sc_arena *arena,
                               sc_token_page *out, sc_error *err);

/**
 * Find out who presents a token. Anything that is no good, be it misspelt, revoked or past its time, gets the same
 * answer. Secrets are compared in constant time.
 *
 * Ownership: `secret` is borrowed for the call; what `out` points to is in `arena`. Threads: any, one per arena.
 * Returns, in this order: SC_NOT_ALLOWED unless system or admin; SC_NOT_FOUND for what is no token that is good now;
 * what the store says; SC_NO_MEMORY; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_token_check(sc_shop *shop, const sc_call *call, const char *secret, sc_arena *arena, sc_token *out,
                                sc_error *err);

SC_END_DECLS

#endif
