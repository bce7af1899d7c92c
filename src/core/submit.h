/*
 * Requests that were submitted: how an operation makes one, and the lists that they stand in until src/submit carries
 * them. Making one copies what it needs into an arena of its own and puts it in line; that is all that a submitting
 * thread does.
 */
#ifndef SC_CORE_SUBMIT_H
#define SC_CORE_SUBMIT_H

#include "core/task.h"

#include <shopcore/submit.h>

#include <sys/queue.h>

typedef enum sc__submitted_state {
	SC__SUBMITTED_SPARE,
	SC__SUBMITTED_QUEUED, /* in line */
	SC__SUBMITTED_DRIVEN, /* somebody drives it */
	SC__SUBMITTED_ASKING, /* the provider has it */
	SC__SUBMITTED_DONE    /* waits to be completed */
} sc__submitted_state;

typedef struct sc__submitted {
	sc__task task;
	/* what an operation sets: its first step, run by who drives, and where its answer will be */
	sc_status (*begin)(struct sc__submitted *submitted);
	void *operation;
	const sc_reservation *reservation;
	const sc_placement *placement;
	/* the rest is for core/submit.c and src/submit */
	sc_call call;
	sc_error err;
	sc_arena arena;
	sc_on_completion done;
	void *context;
	sc_status status;
	TAILQ_ENTRY(sc__submitted) link;
	uint32_t slot, generation;
	sc__submitted_state state;
	bool cancelled, sent;
	int64_t until_ns; /* ASKING: how long the provider is waited for */
} sc__submitted;

TAILQ_HEAD(sc__submitted_list, sc__submitted);
typedef struct sc__submitted_list sc__submitted_list;

typedef struct sc__submissions {
	const sc_env *env;
	sc_mutex lock; /* guards all below, and of each request state, cancelled and sent */
	uint32_t most;
	uint32_t in_flight;
	sc__submitted **slots; /* every request there is, spare ones too */
	uint32_t slot_count, slot_room;
	sc__submitted_list queued, asking, done, spare;
	int64_t asking_until_ns; /* nobody's patience with a provider ends before */
	sc_arena scratch;        /* of who drives */
	bool scratch_lent;
	int descriptors[2]; /* -1: nobody asked for it */
	bool raised[2];
} sc__submissions;

sc_status sc__submissions_new(const sc_env *env, uint32_t most, sc__submissions **out, sc_error *err);
void sc__submissions_free(sc__submissions *submissions);

/* A request with a copy of the call and an empty arena: `task` is ready. BUSY, NO_MEMORY. It ends with one of the two
 * below. */
sc_status sc__submitted_new(sc_shop *shop, const sc_call *call, sc__submitted **out, sc_error *err);
/* Puts it in line. */
sc_status sc__submit(sc__submitted *submitted, sc_on_completion done, void *context, uint64_t *ticket);
/* No memory to copy the rest: gives it back. */
sc_status sc__submitted_drop(sc__submitted *submitted, sc_error *err);

/* Puts a copy in place of a text that is not NULL. false: no memory. */
bool sc__copy_text(sc_arena *arena, const char **text);

/* For src/submit. */
void sc__submissions_lock(sc__submissions *submissions);
void sc__submissions_unlock(sc__submissions *submissions);
/* The lock is held: makes a descriptor readable while its list has requests, if somebody asked for it. */
void sc__submissions_signal(sc__submissions *submissions);
/* Gives back a request that was completed. */
void sc__submitted_recycle(sc__submissions *submissions, sc__submitted *submitted);

#endif
