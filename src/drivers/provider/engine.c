/*
 * The port's side of the engine: requests come in, answers wait, and of those who wait one leads.
 */
#include "drivers/provider/engine.h"

#include "base/error.h"

#include <string.h>

int64_t engine_now(const sc__provider *provider)
{
	return provider->env->mono_ns(provider->env->ctx);
}

void engine_lock(sc__provider *provider)
{
	provider->env->mutex_lock(provider->env->ctx, &provider->mutex);
}

void engine_unlock(sc__provider *provider)
{
	provider->env->mutex_unlock(provider->env->ctx, &provider->mutex);
}

const sc_env *sc__provider_env(const sc__provider *provider)
{
	return provider->env;
}

/* ---- jobs ---------------------------------------------------------------------------------- */

void engine_free_job(sc__provider *provider, struct sc__job_work *work)
{
	const sc_env *env = provider->env;
	if (work->easy)
		transfer_end(provider, work, CURLE_ABORTED_BY_CALLBACK);
	env->resize(env->ctx, work->received, 0);
	sc_arena_clear(&work->job.arena);
	env->resize(env->ctx, work, 0);
}

static bool copy_texts(sc__job *job)
{
	sc_gateway_request *request = &job->request;
	if (request->token)
		request->token = sc_arena_dup(&job->arena, request->token, strlen(request->token));
	else
		request->token = sc_arena_dup(&job->arena, "", 0);
	if (!request->token)
		return false;
	if (!request->provider_ref)
		return true;
	request->provider_ref = sc_arena_dup(&job->arena, request->provider_ref, strlen(request->provider_ref));
	return request->provider_ref != NULL;
}

static struct sc__job_work *make_job(sc__provider *provider, const sc_call *call, const sc_gateway_request *request)
{
	const sc_env *env = provider->env;
	struct sc__job_work *work = env->resize(env->ctx, NULL, sizeof(*work));
	if (!work)
		return NULL;
	*work = (struct sc__job_work){ .deadline_ns = call ? call->deadline_ns : 0 };
	sc_arena_init(&work->job.arena, env);
	work->job.work = work;
	work->job.request = *request;
	work->job.reply.attempt = request->attempt;
	work->job.reply.order = request->order;
	if (copy_texts(&work->job))
		return work;
	engine_free_job(provider, work);
	return NULL;
}

/* Under the lock. The leader may be asleep in libcurl or in the environment. */
static void hand_in(sc__provider *provider, struct sc__job_work *work)
{
	const sc_env *env = provider->env;
	if (provider->incoming)
		provider->incoming_last->next = work;
	else
		provider->incoming = work;
	provider->incoming_last = work;
	if (provider->leader) {
		curl_multi_wakeup(provider->multi);
		env->unpark(env->ctx, &provider->leader->parker);
	} else if (provider->waiters) {
		env->unpark(env->ctx, &provider->waiters->parker);
	}
}

void engine_finish_job(sc__provider *provider, struct sc__job_work *work)
{
	engine_lock(provider);
	work->done = true;
	work->next = NULL;
	if (!work->asked) {
		if (provider->answered)
			provider->answered_last->next = work;
		else
			provider->answered = work;
		provider->answered_last = work;
	}
	for (struct waiter *waiter = provider->waiters; waiter; waiter = waiter->next)
		provider->env->unpark(provider->env->ctx, &waiter->parker);
	engine_unlock(provider);
}

sc_status sc__provider_start(sc__provider *provider, const sc_call *call, const sc_gateway_request *requests,
                             size_t count, size_t *accepted, sc_error *err)
{
	sc_status status = SC_OK;
	size_t done = 0;
	while (done < count && status == SC_OK) {
		struct sc__job_work *work = make_job(provider, call, &requests[done]);
		if (!work) {
			status = sc__fail(err, SC_NO_MEMORY, "no memory for a request to %s", provider->name);
			break;
		}
		engine_lock(provider);
		bool room = provider->open < provider->tuning.requests_max;
		if (room) {
			provider->open++;
			hand_in(provider, work);
			done++;
		}
		engine_unlock(provider);
		if (room)
			continue;
		engine_free_job(provider, work);
		status = sc__fail(err, SC_BUSY, "too many requests to %s are open", provider->name);
	}
	if (done == 0 && count > 0)
		return status;
	*accepted = done;
	return SC_OK;
}

/* ---- waiting ------------------------------------------------------------------------------- */

/* Under the lock. Whether what a thread waits for is there. */
typedef bool (*is_there)(sc__provider *provider, void *what);

static void leave(sc__provider *provider, struct waiter *me)
{
	struct waiter **at = &provider->waiters;
	while (*at != me)
		at = &(*at)->next;
	*at = me->next;
}

/* Under the lock, which it gives up meanwhile. */
static void follow(sc__provider *provider, struct waiter *me, int64_t until_ns)
{
	const sc_env *env = provider->env;
	me->next = provider->waiters;
	provider->waiters = me;
	engine_unlock(provider);
	env->park(env->ctx, &me->parker, until_ns);
	engine_lock(provider);
	leave(provider, me);
}

static void lead(sc__provider *provider, struct waiter *me, int64_t until_ns, int64_t *slept_ns)
{
	provider->leader = me;
	engine_unlock(provider);
	engine_round(provider, until_ns, slept_ns);
	engine_lock(provider);
	provider->leader = NULL;
}

/* Leads or follows until it is there, or the time is over. A sleep in libcurl counts even if the environment's
 * clock stands still. Comes and goes with the lock. */
static void wait_for(sc__provider *provider, struct waiter *me, int64_t timeout_ns, is_there found, void *what)
{
	const sc_env *env = provider->env;
	const int64_t start_ns = engine_now(provider);
	int64_t slept_ns = 0;
	while (!found(provider, what)) {
		int64_t passed_ns = engine_now(provider) - start_ns;
		if (passed_ns < slept_ns)
			passed_ns = slept_ns;
		int64_t left_ns = passed_ns < timeout_ns ? timeout_ns - passed_ns : 0;
		int64_t now_ns = engine_now(provider);
		int64_t until_ns = left_ns >= SC_NEVER - now_ns ? SC_NEVER : now_ns + left_ns;
		if (!provider->leader)
			lead(provider, me, until_ns, &slept_ns);
		else if (left_ns > 0)
			follow(provider, me, until_ns);
		if (left_ns == 0)
			break;
	}
	if (!provider->leader && provider->waiters)
		env->unpark(env->ctx, &provider->waiters->parker);
}

static bool has_answers(sc__provider *provider, void *what)
{
	(void)what;
	return provider->answered != NULL;
}

sc_status sc__provider_finish(sc__provider *provider, size_t max, int64_t timeout_ms, sc_gateway_reply *out,
                              size_t *count, sc_error *err)
{
	const sc_env *env = provider->env;
	struct waiter me = { .next = NULL };
	size_t taken = 0;
	int64_t timeout_ns = timeout_ms <= 0 ? 0 : timeout_ms > SC_NEVER / MS_IN_NS ? SC_NEVER : timeout_ms * MS_IN_NS;
	if (max > 0 && !env->parker_init(env->ctx, &me.parker))
		return sc__fail(err, SC_NO_MEMORY, "no memory to wait");
	engine_lock(provider);
	if (max > 0)
		wait_for(provider, &me, timeout_ns, has_answers, NULL);
	struct sc__job_work *took = provider->answered, *next;
	for (struct sc__job_work *work = took; work && taken < max; work = next) {
		next = work->next;
		out[taken++] = work->job.reply;
		provider->answered = next;
		engine_free_job(provider, work);
	}
	provider->open -= taken;
	engine_unlock(provider);
	if (max > 0)
		env->parker_clear(env->ctx, &me.parker);
	*count = taken;
	return SC_OK;
}

static bool is_done(sc__provider *provider, void *what)
{
	const struct sc__job_work *work = what;
	(void)provider;
	return work->done;
}

sc_status sc__provider_ask(sc__provider *provider, const sc_call *call, const sc_gateway_request *request,
                           uint32_t stage, void *state, sc_gateway_reply *reply, sc_error *err)
{
	const sc_env *env = provider->env;
	struct waiter me = { .next = NULL };
	struct sc__job_work *work = make_job(provider, call, request);
	if (!work || !env->parker_init(env->ctx, &me.parker)) {
		if (work)
			engine_free_job(provider, work);
		return sc__fail(err, SC_NO_MEMORY, "no memory to ask %s", provider->name);
	}
	work->asked = true;
	work->job.stage = stage;
	work->job.state = state;
	engine_lock(provider);
	hand_in(provider, work);
	wait_for(provider, &me, SC_NEVER, is_done, work); /* every try has a time limit, and tries are counted */
	engine_unlock(provider);
	env->parker_clear(env->ctx, &me.parker);
	*reply = work->job.reply;
	engine_free_job(provider, work);
	if (reply->status == SC_OK)
		return SC_OK;
	return sc__fail(err, reply->status, "%s: %s", provider->name, sc_status_text(reply->status));
}

/* ---- opening ------------------------------------------------------------------------------- */

static bool is_this_machine(const char *host)
{
	static const char *const names[] = { "127.0.0.1", "localhost", "[::1]" };
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t size = strlen(names[i]);
		if (strncmp(host, names[i], size) == 0 && (host[size] == ':' || host[size] == '\0'))
			return true;
	}
	return false;
}

static sc_status check_url(const char *url, sc_error *err)
{
	size_t size = strnlen(url, sizeof(((sc__provider *)0)->url));
	if (size == sizeof(((sc__provider *)0)->url))
		return sc__bad(err, SC_OVER_LIMIT, "url", "is too long");
	if (strpbrk(url, " \t\r\n?#@") || (size > 0 && url[size - 1] == '/'))
		return sc__bad(err, SC_BAD_ARGUMENT, "url", "is scheme, host and port, and maybe a path");
	if (strncmp(url, "https://", 8) == 0)
		return SC_OK;
	if (strncmp(url, "http://", 7) == 0 && is_this_machine(url + 7))
		return SC_OK; /* tests and stand-ins */
	return sc__bad(err, SC_BAD_ARGUMENT, "url", "has to be https, because secrets go there");
}

static sc_status check_tuning(const sc_provider_tuning *t, sc_error *err)
{
	if (t->size < offsetof(sc_provider_tuning, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "tuning.size", "is set by the initialiser");
	if (t->connect_timeout_ms < 1 || t->timeout_ms < 1 || t->timeout_ms > INT32_MAX ||
	    t->connect_timeout_ms > INT32_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "tuning.timeout_ms", "has to be at least 1, and below a month");
	if (t->retry_first_ms < 1 || t->retry_most_ms < t->retry_first_ms || t->retry_most_ms > INT32_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "tuning.retry_first_ms", "has to be 1 to retry_most_ms");
	if (t->retries_max > 10 || t->retry_budget > 100000)
		return sc__bad(err, SC_BAD_ARGUMENT, "tuning.retries_max", "is at most 10");
	if (t->breaker_failures < 1 || t->breaker_ms < 1 || t->breaker_ms > INT32_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "tuning.breaker_failures", "and breaker_ms are at least 1");
	if (t->requests_max < 1 || t->rate_per_second > 100000)
		return sc__bad(err, SC_BAD_ARGUMENT, "tuning.requests_max", "is at least 1");
	return SC_OK;
}

static void set_pace(sc__provider *provider, uint32_t rate)
{
	const sc_provider_tuning *tuning = &provider->tuning;
	if (tuning->rate_per_second != 0)
		rate = tuning->rate_per_second;
	pace_bucket_init(&provider->bucket, rate, engine_now(provider));
	pace_budget_init(&provider->budget, tuning->retry_budget);
	provider->breaker = (struct pace_breaker){ .failures_max = tuning->breaker_failures,
		                                   .open_ns = tuning->breaker_ms * MS_IN_NS };
}

static sc_status open_parts(sc__provider *provider, sc_error *err)
{
	const sc_env *env = provider->env;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return sc__fail(err, SC_SERVICE_FAILED, "libcurl cannot be used");
	provider->multi = curl_multi_init();
	if (provider->multi && env->mutex_init(env->ctx, &provider->mutex))
		return SC_OK;
	curl_multi_cleanup(provider->multi);
	curl_global_cleanup();
	return sc__fail(err, SC_NO_MEMORY, "no memory for %s", provider->name);
}

sc_status sc__provider_open(const sc_env *env, const sc__provider_setup *setup, sc__provider **out, sc_error *err)
{
	static const sc_provider_tuning defaults = SC_PROVIDER_TUNING_INIT;
	const sc_provider_tuning *tuning = setup->tuning ? setup->tuning : &defaults;
	sc_status status = check_url(setup->url, err);
	if (status == SC_OK)
		status = check_tuning(tuning, err);
	if (status != SC_OK)
		return status;
	sc__provider *provider = env->resize(env->ctx, NULL, sizeof(*provider));
	if (!provider)
		return sc__fail(err, SC_NO_MEMORY, "no memory for %s", setup->name);
	*provider = (sc__provider){ .env = env, .name = setup->name, .rules = setup->rules, .ctx = setup->ctx };
	provider->tuning = *tuning;
	sc__copy_text(provider->url, sizeof(provider->url), setup->url);
	set_pace(provider, setup->rate_per_second);
	status = open_parts(provider, err);
	if (status == SC_OK)
		*out = provider;
	else
		env->resize(env->ctx, provider, 0);
	return status;
}

static void free_all(sc__provider *provider, struct sc__job_work *work)
{
	while (work) {
		struct sc__job_work *next = work->next;
		engine_free_job(provider, work);
		work = next;
	}
}

void sc__provider_close(sc__provider *provider)
{
	if (!provider)
		return;
	const sc_env *env = provider->env;
	free_all(provider, provider->incoming);
	free_all(provider, provider->active);
	free_all(provider, provider->answered);
	curl_multi_cleanup(provider->multi);
	curl_global_cleanup();
	env->mutex_clear(env->ctx, &provider->mutex);
	env->resize(env->ctx, provider, 0);
}
