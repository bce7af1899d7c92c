/*
 * The leader's work: jobs begin, their calls are tried, tried again, and answered.
 */
#include "drivers/provider/engine.h"

#include <string.h>

#define POLL_MOST_MS 60000

/* ---- one call ------------------------------------------------------------------------------ */

static void follow_up(sc__provider *provider, struct sc__job_work *work, sc__next next);

static uint32_t draw(const sc_env *env)
{
	uint32_t chance;
	env->random(env->ctx, &chance, sizeof(chance));
	return chance;
}

/* What an earlier try may have done stays possible, whatever the last one came to, unless the provider has
 * decided about this very call. */
static void settle_answer(struct sc__job_work *work)
{
	sc__http_answer *answer = &work->answer;
	const bool vague = answer->end == SC__HTTP_NOT_SENT ||
	                   (answer->end == SC__HTTP_ANSWERED && (answer->status == 409 || answer->status == 429));
	if (vague && work->maybe_sent)
		answer->end = SC__HTTP_SILENT;
	if (answer->end == SC__HTTP_ANSWERED && answer->status >= 500)
		answer->end = SC__HTTP_SILENT;
}

static void read_document(struct sc__job_work *work)
{
	sc__http_answer *answer = &work->answer;
	const sc_json *document = NULL;
	if (answer->end != SC__HTTP_ANSWERED || answer->body.size == 0)
		return;
	if (sc_json_parse(answer->body, &work->job.arena, NULL, &document, NULL) == SC_OK)
		answer->document = document;
	else if (answer->status < 300)
		answer->end = SC__HTTP_SILENT; /* it was carried out, and nobody can say how */
}

static void end_call(sc__provider *provider, struct sc__job_work *work)
{
	settle_answer(work);
	read_document(work);
	work->due_ns = 0;
	follow_up(provider, work, provider->rules->answered(provider->ctx, &work->job, &work->answer));
}

static void end_unsent(sc__provider *provider, struct sc__job_work *work)
{
	work->answer = (sc__http_answer){ .end = SC__HTTP_NOT_SENT, .should_retry = -1, .retry_after_ms = -1 };
	end_call(provider, work);
}

static void tell_pace(sc__provider *provider, const sc__http_answer *answer, int64_t now_ns)
{
	bool worked = answer->end == SC__HTTP_ANSWERED && answer->status < 500;
	pace_breaker_tell(&provider->breaker, worked, now_ns);
	if (worked)
		pace_budget_earn(&provider->budget);
	if (answer->end == SC__HTTP_ANSWERED && answer->status == 429)
		pace_bucket_empty(&provider->bucket, now_ns);
}

/* A try came back: once more, or that was it. */
static void end_try(sc__provider *provider, struct sc__job_work *work, CURLcode code)
{
	transfer_end(provider, work, code);
	const sc__http_answer *answer = &work->answer;
	const int64_t now_ns = engine_now(provider);
	tell_pace(provider, answer, now_ns);
	bool again = work->tries <= provider->tuning.retries_max && pace_wants_retry(answer) &&
	             pace_budget_spend(&provider->budget);
	if (!again) {
		end_call(provider, work);
		return;
	}
	if (answer->end == SC__HTTP_SILENT || (answer->end == SC__HTTP_ANSWERED && answer->status != 429))
		work->maybe_sent = true;
	work->due_ns = now_ns + pace_wait_ns(&provider->tuning, answer, work->tries, draw(provider->env));
}

/* Sends a try when it is due and the provider may be asked. */
static void try_now(sc__provider *provider, struct sc__job_work *work)
{
	const int64_t now_ns = engine_now(provider);
	if (work->due_ns > now_ns)
		return;
	if (work->deadline_ns != 0 && now_ns >= work->deadline_ns) {
		end_unsent(provider, work);
		return;
	}
	const int64_t later_ns = pace_bucket_take(&provider->bucket, now_ns);
	if (later_ns != 0) {
		work->due_ns = later_ns;
		return;
	}
	if (!pace_breaker_lets(&provider->breaker, now_ns)) {
		end_unsent(provider, work);
		return;
	}
	work->tries++;
	work->due_ns = 0;
	if (!transfer_begin(provider, work)) {
		pace_breaker_tell(&provider->breaker, true, now_ns); /* it was not the provider */
		end_unsent(provider, work);
	}
}

static void follow_up(sc__provider *provider, struct sc__job_work *work, sc__next next)
{
	switch (next) {
	case SC__NEXT_CALL:
		work->tries = 0;
		work->maybe_sent = false;
		work->due_ns = engine_now(provider);
		try_now(provider, work);
		break;
	case SC__NEXT_HOLD:
		work->held = true;
		break;
	case SC__NEXT_DONE:
		work->done = true;
		break;
	}
}

/* ---- all jobs ------------------------------------------------------------------------------ */

static void take_incoming(sc__provider *provider)
{
	engine_lock(provider);
	struct sc__job_work **at = &provider->active;
	while (*at)
		at = &(*at)->next;
	*at = provider->incoming;
	provider->incoming = provider->incoming_last = NULL;
	engine_unlock(provider);
}

void sc__provider_release(sc__provider *provider)
{
	for (struct sc__job_work *work = provider->active; work; work = work->next) {
		if (!work->held)
			continue;
		work->held = false;
		work->begun = false;
	}
}

static void move(sc__provider *provider, struct sc__job_work *work)
{
	if (!work->begun && !work->held) {
		work->begun = true;
		follow_up(provider, work, provider->rules->begin(provider->ctx, &work->job));
	} else if (!work->done && !work->held && !work->easy && work->due_ns != 0) {
		try_now(provider, work);
	}
}

/* Moves all jobs that can, and says when the next one is due. Until nothing more begins: one that ends may
 * release others. */
static bool move_all(sc__provider *provider, int64_t *due_ns)
{
	bool finished = false, again = true;
	while (again) {
		struct sc__job_work **at = &provider->active;
		again = false;
		*due_ns = SC_NEVER;
		while (*at) {
			struct sc__job_work *work = *at;
			move(provider, work);
			if (work->done) {
				*at = work->next;
				engine_finish_job(provider, work);
				finished = again = true;
				continue;
			}
			if (!work->easy && !work->held && work->due_ns < *due_ns)
				*due_ns = work->due_ns;
			at = &work->next;
		}
	}
	return finished;
}

static void reap(sc__provider *provider)
{
	CURLMsg *message;
	int left;
	while ((message = curl_multi_info_read(provider->multi, &left)) != NULL) {
		char *private = NULL;
		CURLcode code = message->data.result;
		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &private);
		end_try(provider, (struct sc__job_work *)(void *)private, code);
	}
}

/* Where there are sockets libcurl waits; where there is only time, the environment does. */
static void sleep_until(sc__provider *provider, int64_t until_ns, int64_t *slept_ns)
{
	const sc_env *env = provider->env;
	const int64_t left_ns = until_ns - engine_now(provider);
	int events = 0;
	if (left_ns <= 0)
		return;
	if (provider->running == 0) {
		env->park(env->ctx, &provider->leader->parker, until_ns);
		return;
	}
	int64_t left_ms = (left_ns + MS_IN_NS - 1) / MS_IN_NS;
	if (left_ms > POLL_MOST_MS)
		left_ms = POLL_MOST_MS;
	const sc_env *real = sc_env_default(); /* sockets know no other clock */
	const int64_t before_ns = real->mono_ns(real->ctx);
	curl_multi_poll(provider->multi, NULL, 0, (int)left_ms, &events);
	*slept_ns += real->mono_ns(real->ctx) - before_ns;
}

void engine_round(sc__provider *provider, int64_t until_ns, int64_t *slept_ns)
{
	int64_t due_ns;
	int running;
	take_incoming(provider);
	bool finished = move_all(provider, &due_ns);
	curl_multi_perform(provider->multi, &running);
	reap(provider);
	if (move_all(provider, &due_ns) || finished)
		return;
	sleep_until(provider, due_ns < until_ns ? due_ns : until_ns, slept_ns);
}
