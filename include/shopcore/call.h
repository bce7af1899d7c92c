/*
 * Who is asking, until when, and under which key.
 *
 * Every function that reaches a store takes a `const sc_call *` right after the object. It is a
 * plain value: fill one in per request, or use SC_CALL_SYSTEM. What an actor may do is one table
 * (sc_access_table() prints it); who the actor is, is for the program that embeds the library to
 * establish.
 */
#ifndef SHOPCORE_CALL_H
#define SHOPCORE_CALL_H

#include <shopcore/common.h>

SC_BEGIN_DECLS

typedef enum sc_actor_kind {
	SC_ACTOR_SYSTEM = 1,   /* the shop's own duties; may do everything */
	SC_ACTOR_ADMIN = 2,    /* a person who runs the shop */
	SC_ACTOR_SELLER = 3,   /* `actor` is the seller's id; reaches what is that seller's */
	SC_ACTOR_CUSTOMER = 4, /* `actor` is the user's id; reaches what is that user's */
	SC_ACTOR_GUEST = 5     /* `actor` is the guest's token; reaches what was made under it */
} sc_actor_kind;

typedef struct sc_call {
	size_t size; /* sizeof(sc_call) where the caller was compiled */
	sc_actor_kind kind;
	const char *actor;    /* who: at most SC_ID_TEXT_MAX bytes; NULL for SYSTEM */
	const char *key;      /* the caller's idempotency key, or NULL; scoped by actor and operation */
	int64_t deadline_ns;  /* on the environment's monotonic clock; 0: none */
	int64_t freshness_ms; /* how old an answer may be; 0: as of now. For calls that only read: one that changes
	                         something must decide by what is there, so leave it 0 */
	const char *trace;    /* handed to ports and logs, or NULL */
	uint64_t reserved[4];
} sc_call;

#define SC_CALL_INIT(actor_kind, actor_id)                                   \
	{                                                                    \
		sizeof(sc_call), (actor_kind), (actor_id), NULL, 0, 0, NULL, \
		{                                                            \
			0                                                    \
		}                                                            \
	}

/**
 * Give the call of the shop itself: SC_ACTOR_SYSTEM, without key or deadline.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL. Idempotent: yes. Since: 0.1.
 */
SC_API const sc_call *sc_call_system(void);
#define SC_CALL_SYSTEM (sc_call_system())

SC_END_DECLS

#endif
