/*
 * Commands on their way to a server, and what it answered.
 *
 * A request is a run of commands that are sent together and answered in order. It and its replies live in the arena
 * of whoever asks; hiredis reads the protocol and is handed functions that put what it read there.
 */
#ifndef SC_DRIVERS_REDIS_REQUEST_H
#define SC_DRIVERS_REDIS_REQUEST_H

#include <shopcore/arena.h>
#include <shopcore/status.h>

#include <hiredis/hiredis.h>

#define SC__REQUEST_COMMANDS 8

typedef struct sc__reply {
	int type; /* REDIS_REPLY_... */
	int64_t number;
	sc_bytes text; /* of strings, states and errors; followed by a NUL */
	struct sc__reply **items;
	size_t count;
} sc__reply;

typedef struct sc__request {
	sc_arena *arena;
	char *bytes;
	size_t size, room;
	size_t starts[SC__REQUEST_COMMANDS]; /* of each command in `bytes` */
	uint32_t count, answered;
	sc__reply *replies[SC__REQUEST_COMMANDS];
	bool no_memory; /* to write it down */

	bool repeatable;  /* reads: may be sent again when nobody knows whether it was carried out */
	uint64_t life;    /* only to the process that was seen then, see server.h; 0: to any */
	bool sent;        /* at least a part of it may have reached the server */
	sc_status status; /* of carrying it */
	const char *why;  /* a constant, or in `reason` */
	char reason[160];

	/* while it waits for its turn */
	struct sc__request *next;
	void *parker;
	int64_t deadline_ns;
	bool done, promoted;
} sc__request;

void sc__request_init(sc__request *request, sc_arena *arena);
/* Begin a command of `words` words, its name included; then add as many. */
void sc__request_command(sc__request *request, size_t words, const char *name);
void sc__request_word(sc__request *request, const void *data, size_t size);
void sc__request_text(sc__request *request, const char *text);
void sc__request_number(sc__request *request, int64_t number);
void sc__request_bytes(sc__request *request, sc_bytes bytes);

/* Forgets the answers, so that it can be sent again. */
void sc__request_rewind(sc__request *request);
/* A copy with ASKING in front of each command. false: no memory, or too many commands. */
bool sc__request_asking(const sc__request *request, sc__request *out);

/* The functions that hiredis' reader makes replies with; its privdata is the request being answered. */
void sc__reply_functions(redisReplyObjectFunctions *out);

bool sc__reply_is_error(const sc__reply *reply, const char *code);
/* The number that a reply is, or says as text; false: it is none. */
bool sc__reply_number(const sc__reply *reply, int64_t *out);
/* What a reply says as text: empty for nil. */
sc_bytes sc__reply_text(const sc__reply *reply);

#endif
