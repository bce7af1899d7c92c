/*
 * One call of sc_shop_drive(): the requests that it runs, and what it needs to fetch what they want together.
 *
 *     drive.c      which requests, in which order of wants, until each has its answer or is with the provider
 *     fetch.c      one load, one range and one apply for all of them
 *     complete.c   the callbacks, and cancelling
 */
#ifndef SC_SUBMIT_ROUND_H
#define SC_SUBMIT_ROUND_H

#include "core/submit.h"

typedef struct sc__round {
	sc_shop *shop;
	sc__submissions *line;
	sc__submitted_list running;
	sc__submitted_list ended; /* have their answer, and are not told yet */
	size_t ended_count;
	sc_arena *arena;         /* reset after each fetch */
	sc__submitted **wanting; /* in the arena: those whose wants are fetched now */
	size_t count;
} sc__round;

/* Runs the next step of a request that has what it wanted. */
void sc__round_step(sc__round *round, sc__submitted *submitted, sc_status status);

/* Ends a request that runs. */
void sc__round_end(sc__round *round, sc__submitted *submitted, sc_status status);

/* Lists in `wanting` who wants this. false: nobody does, or there was no memory and they have ended. */
bool sc__round_list(sc__round *round, sc__want want);

/* Marks those in `wanting` as sent, but ends the ones that were cancelled or are late instead. */
void sc__round_send(sc__round *round);

/* Each fetches what the requests in `wanting` want and runs their next steps. */
void sc__fetch_rows(sc__round *round);
void sc__fetch_pages(sc__round *round);
void sc__fetch_outcomes(sc__round *round);

/* A call that stands for all of them: the latest deadline, the least freshness. */
sc_call sc__round_call(const sc__round *round);

#endif
