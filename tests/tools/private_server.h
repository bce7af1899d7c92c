/*
 * A server of a test program's own: a Python program (the keeper) starts it, prints its URL and then its process
 * ids, and ends it when the test's end of a pipe is closed, also by the test's death.
 */
#ifndef PRIVATE_SERVER_H
#define PRIVATE_SERVER_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

/* What meson takes for "skipped". */
#define PRIVATE_SERVER_SKIP 77

struct private_server {
	char url[512];
	char processes[128]; /* numbers between blanks; empty: a server that was there already */
	pid_t keeper;
	int leash; /* the server ends when the last copy of this is closed */
	FILE *answers;
};

/* Starts one, or takes the one that the environment variable `given` names. `arguments` of the keeper are ended by
 * NULL; NULL: none. false: there is none to be had; it has said why. */
bool private_server_start(struct private_server *out, const char *script, const char *given,
                          const char *const *arguments);
/* Sends the keeper a line and reads its answer. false: it has none. */
bool private_server_ask(struct private_server *server, const char *line, char *answer, size_t size);
void private_server_stop(struct private_server *server);

#endif
