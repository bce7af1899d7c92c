/*
 * One connection to a server: made, greeted, used for a run of requests, dropped at the first doubt.
 */
#ifndef SC_DRIVERS_REDIS_CONNECTION_H
#define SC_DRIVERS_REDIS_CONNECTION_H

#include "drivers/redis/server.h"

struct sc__connection {
	sc__connection *next;
	const sc_env *env;
	redisContext *context;
	redisReplyObjectFunctions functions;
	int64_t timeout_ms; /* that the socket has now */
	uint64_t life;      /* of the server when this was made */
	char run_id[SC__RUN_ID + 1];
};

/* NO_MEMORY, IO_FAILED, SERVICE_FAILED, OK. */
sc_status sc__connection_open(const sc__server *server, int64_t timeout_ms, sc__connection **out, sc_error *err);
void sc__connection_close(sc__connection *connection);

/* Whether the server closed its end while nobody looked. */
bool sc__connection_is_stale(const sc__connection *connection);

/* Sends the requests of a list in one run and reads their answers in order. Those that were not answered in full have
 * status IO_FAILED or NO_MEMORY afterwards. false: this connection is of no more use. */
bool sc__connection_carry(sc__connection *connection, sc__request *first, int64_t timeout_ms);

#endif
