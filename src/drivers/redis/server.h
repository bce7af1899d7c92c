/*
 * One Redis server: its connections, and threads that carry each other's requests.
 *
 * Whoever finds a connection free sends all requests that wait, in one run, and hands out the answers; the others
 * sleep. So thirty threads that each read one record cost the server one read and one write, and a lone thread pays
 * one lock. Nobody carries twice in a row while others wait.
 *
 * A `life` counts the processes that answered at this address: one that was started anew, or another one, may have
 * lost what its predecessor acknowledged. A request can be bound to a life, and is not sent in another.
 */
#ifndef SC_DRIVERS_REDIS_SERVER_H
#define SC_DRIVERS_REDIS_SERVER_H

#include "drivers/redis/request.h"

#include <shopcore/call.h>
#include <shopcore/env.h>

#define SC__HOST_MAX   256
#define SC__SECRET_MAX 256
#define SC__RUN_ID     40

/* How servers are reached, alike for all of a store. */
typedef struct sc__redis_login {
	char user[SC__SECRET_MAX];
	char password[SC__SECRET_MAX];
	uint32_t database;
	uint32_t connections; /* to each server, at most */
	int64_t timeout_ms;   /* of one exchange */
} sc__redis_login;

typedef struct sc__connection sc__connection;

typedef struct sc__server {
	struct sc__server *next;
	const sc_env *env;
	const sc__redis_login *login;
	char host[SC__HOST_MAX]; /* or the path of a socket */
	int port;                /* 0: a socket */

	sc_mutex mutex; /* guards all below */
	sc__connection *idle;
	sc__request *first, *last; /* that wait */
	uint32_t carriers;
	char run_id[SC__RUN_ID + 1];
	uint64_t life; /* 0: never reached */
} sc__server;

/* NULL: no memory. */
sc__server *sc__server_new(const sc_env *env, const sc__redis_login *login, const char *host, int port);
void sc__server_free(sc__server *server);

/*
 * Sends a request and waits for all its answers; those may be errors. Sets request->sent. The first of these that
 * applies: NO_MEMORY; DEADLINE, nothing was sent; CHANGED when the server is no longer in the life that the request is
 * bound to, nothing was sent; IO_FAILED when it cannot be reached or went silent; SERVICE_FAILED when it refuses the
 * login; OK.
 */
sc_status sc__server_exchange(sc__server *server, const sc_call *call, sc__request *request, sc_error *err);

/* The life that the last connection was made in, and which process that is; 0: none was made yet. */
uint64_t sc__server_life(sc__server *server, char run_id[SC__RUN_ID + 1]);

#endif
