/*
 * A stand-in for a payment provider in a process of its own, and what a test can tell it. See standin.py.
 */
#ifndef TESTS_PROVIDERS_STANDIN_H
#define TESTS_PROVIDERS_STANDIN_H

#include <shopcore/port/gateway.h>

#include <sys/types.h>

struct standin {
	pid_t pid;
	int lifeline; /* it ends when this is closed */
	char url[64];
	char folder[64]; /* with the files of secrets */
	char key_file[96], webhook_file[96];
	const sc_env *env; /* of the gateway that is open, for the time of a webhook */
};

/* Starts a script with the folder's secrets: one line each. Ends the program when it cannot. */
void standin_start(struct standin *standin, const char *script, const char *key, const char *webhook_secret);
void standin_stop(struct standin *standin);

/* Asks "/_test/WHAT" and gives the answer's text, which is good until the next call. `form` NULL: GET. */
const char *standin_ask(struct standin *standin, const char *what, const char *form);

/* The number of recorded calls that contain `text`. */
int standin_count(struct standin *standin, const char *text);

/* For the gateway suite: SC_NOTHING_DUE when there is none. */
sc_status standin_event(struct standin *standin, sc_arena *arena, sc_bytes *body, const char **signature);
int64_t standin_kept(struct standin *standin, sc_id order);
sc_status standin_step(struct standin *standin, sc_id attempt, bool approve);

#endif
