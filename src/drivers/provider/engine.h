/*
 * The engine inside: what its files share.
 *
 * `mutex` guards the lists by which threads meet: what came in, what is answered, who waits, who leads.
 * All else belongs to the leader, and is handed over together with the lead.
 */
#ifndef SC_DRIVERS_PROVIDER_ENGINE_H
#define SC_DRIVERS_PROVIDER_ENGINE_H

#include "drivers/provider.h"
#include "drivers/provider/pace.h"

#include <curl/curl.h>

#define MS_IN_NS   1000000LL
#define REMEMBERED 1024 /* a power of two */

struct sc__job_work {
	sc__job job; /* the first member: rules see only this */
	struct sc__job_work *next;
	uint32_t begin_stage;
	bool held, begun;
	bool asked; /* somebody waits for it in sc__provider_ask(); it is theirs */
	bool done;
	uint32_t tries;      /* of the call that runs */
	bool maybe_sent;     /* a try of this call may have been carried out */
	int64_t due_ns;      /* the next try; 0: it is under way */
	int64_t deadline_ns; /* the caller's, or 0 */
	sc__http_answer answer;
	size_t given; /* bytes of the body, in this try */
	CURL *easy;   /* while a try is under way */
	struct curl_slist *headers;
	char *received;
	size_t received_size, received_room;
};

struct waiter {
	sc_parker parker;
	struct waiter *next;
};

struct remembered {
	sc_id attempt;
	char ref[64];
};

struct sc__provider {
	const sc_env *env;
	const char *name;
	char url[256];
	sc_provider_tuning tuning;
	const sc__provider_rules *rules;
	void *ctx;
	sc_mutex mutex;
	struct sc__job_work *incoming, *incoming_last;
	struct sc__job_work *answered, *answered_last;
	size_t open; /* requests that were accepted and not handed out */
	struct waiter *waiters;
	struct waiter *leader; /* NULL: nobody leads */
	/* the leader's */
	CURLM *multi;
	size_t running; /* tries under way */
	struct sc__job_work *active;
	struct pace_bucket bucket;
	struct pace_breaker breaker;
	struct pace_budget budget;
	struct remembered remembered[REMEMBERED];
};

int64_t engine_now(const sc__provider *provider);
void engine_lock(sc__provider *provider);
void engine_unlock(sc__provider *provider);

/* One round as the leader, without the lock: moves every job as far as it goes, and waits until something may
 * have changed or `until_ns`. Adds what it slept in libcurl to `*slept_ns`. */
void engine_round(sc__provider *provider, int64_t until_ns, int64_t *slept_ns);

/* Puts a finished job where finish finds it. Takes the lock. */
void engine_finish_job(sc__provider *provider, struct sc__job_work *work);
void engine_free_job(sc__provider *provider, struct sc__job_work *work);

/* Begins a try. false: no memory, and nothing was sent. */
bool transfer_begin(sc__provider *provider, struct sc__job_work *work);
/* Takes the handle back and fills in `work->answer`. */
void transfer_end(sc__provider *provider, struct sc__job_work *work, CURLcode code);

#endif
