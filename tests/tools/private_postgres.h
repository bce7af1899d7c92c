/*
 * A PostgreSQL server of a test program's own; see private_postgres.py, which runs it.
 */
#ifndef PRIVATE_POSTGRES_H
#define PRIVATE_POSTGRES_H

#include "private_server.h"

#define PRIVATE_POSTGRES_SKIP PRIVATE_SERVER_SKIP

struct private_postgres {
	char url[512];         /* without a schema: append "&schema=name" */
	pid_t server;          /* its first process; 0: a server that was there already */
	char standby_url[512]; /* of the second server alone, if one was asked for */
	struct private_server kept;
};

/* Settings for tests that make a schema for each case, which is a hundred files: nothing is asked there that outlives
 * the machine, so nothing waits for its disk. A killed process loses nothing by it. */
extern const char *const private_postgres_unsynced[];
/* Starts one, or takes the one that SHOPCORE_POSTGRES names. `settings`: "name=value", ended by NULL; NULL: none.
 * false: there is none to be had; it has said why. */
bool private_postgres_start(struct private_postgres *out, const char *const *settings);
/* The same with a standby that streams from it: "sync" or "async". Always servers of its own; `url` names both, and
 * private_server_ask() on `kept` takes the orders "kill\n" and "promote\n". */
bool private_postgres_start_pair(struct private_postgres *out, const char *standby);
void private_postgres_stop(struct private_postgres *server);

#endif
