/*
 * A PostgreSQL server of a test program's own; see private_postgres.py, which runs it.
 */
#ifndef PRIVATE_POSTGRES_H
#define PRIVATE_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

/* What meson takes for "skipped". */
#define PRIVATE_POSTGRES_SKIP 77

struct private_postgres {
	char url[256]; /* without a schema: append "&schema=name" */
	pid_t server;  /* its first process; 0: a server that was there already */
	pid_t keeper;
	int leash; /* the server ends when the last copy of this is closed */
};

/* Starts one, or takes the one that SHOPCORE_POSTGRES names. `settings`: "name=value", ended by NULL; NULL: none.
 * false: there is none to be had; it has said why. */
bool private_postgres_start(struct private_postgres *out, const char *const *settings);
void private_postgres_stop(struct private_postgres *server);

#endif
