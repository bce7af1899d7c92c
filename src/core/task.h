/*
 * One call of the library on the way to its answer, in steps.
 *
 * A step looks at what it was given, decides without I/O, and ends in one of two ways: it returns the answer, or it
 * wants something from outside (rows, a page, a group applied, a provider's answer) and says which step goes on when
 * that is there. So an operation is written once, and can be carried in two ways: sc__task_run() fetches what is
 * wanted on the caller's thread, one thing after the other; src/submit carries a thousand tasks at once and fetches
 * what all of them want in one go.
 *
 *     return sc__want_rows(task, &p->key, 1, SC_READ_BODY, &p->record, (sc__then){ key_read, p });
 */
#ifndef SC_CORE_TASK_H
#define SC_CORE_TASK_H

#include "core/handle.h"

struct sc__ask; /* payment/exchange.h */

/* The step that goes on: `status` is that of what was wanted. What it returns counts when it wants nothing more. */
typedef struct sc__then {
	sc_status (*step)(void *self, sc_status status);
	void *self;
} sc__then;

typedef enum sc__want {
	SC__WANT_NOTHING,
	SC__WANT_ROWS,    /* addresses, into `records` */
	SC__WANT_PAGE,    /* a range, into `page` */
	SC__WANT_OUTCOME, /* a group applied: its own status, with `err` filled from it */
	SC__WANT_ANSWER   /* what the provider says: in the ask; the status says only whether it was asked */
} sc__want;

typedef struct sc__task {
	/* given once; borrowed while the task runs */
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena; /* what the task reads and makes */
	sc_error *err;
	/* what it wants now */
	sc__want want;
	sc__then then;
	const sc_address *addresses;
	size_t count;
	uint32_t mask;
	sc_record *records;
	const sc_range *range;
	sc_page *page;
	const sc_group *group;
	sc_outcome *outcome;
	struct sc__ask *ask;
	sc_status (*wait)(struct sc__task *task); /* ANSWER: gets it on the caller's thread */
} sc__task;

/* Each says what is wanted and returns SC_OK, for a step to return. All that is named stays where it is until `then`
 * was called. */
sc_status sc__want_rows(sc__task *task, const sc_address *addresses, size_t count, uint32_t mask, sc_record *records,
                        sc__then then);
sc_status sc__want_page(sc__task *task, const sc_range *range, sc_page *page, sc__then then);
sc_status sc__want_outcome(sc__task *task, const sc_group *group, sc_outcome *outcome, sc__then then);

/* The last step of a task that ends here: what came is the answer. */
sc_status sc__task_end(void *self, sc_status status);
#define SC__END ((sc__then){ sc__task_end, NULL })

/* Goes on with the step that waits for `status`, until the task wants something again or has its answer. */
sc_status sc__task_step(sc__task *task, sc_status status);

/* Fetches what the task wants until it wants nothing more; `status` is what its first step returned. The answer. */
sc_status sc__task_run(sc__task *task, sc_status status);

#endif
