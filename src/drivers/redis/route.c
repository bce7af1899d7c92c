/*
 * Which server has a slot, and what to do when it is another one by now.
 *
 * The map is read with CLUSTER SLOTS when the store is opened, when a server says MOVED and when one cannot be
 * reached. A request is about one slot, so an answer about routing is about all of it, except while its slot is being
 * moved: then some keys may be here and some there, and the request waits (TRYAGAIN). An answer about routing means
 * that nothing was done, so even a write is sent again; a write that was sent and not answered never is.
 */
#include "drivers/redis/driver.h"

#include "base/error.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS      1000000
#define PAUSE_FIRST_NS (1 * NS_PER_MS)
#define PAUSE_MAX_NS   (50 * NS_PER_MS)
#define REDIRECTS_MAX  16 /* followed without a pause */

static void lock(sc__redis *redis)
{
	redis->env->mutex_lock(redis->env->ctx, &redis->mutex);
}

static void unlock(sc__redis *redis)
{
	redis->env->mutex_unlock(redis->env->ctx, &redis->mutex);
}

sc__server *sc__server_at(sc__redis *redis, const char *host, int port)
{
	for (sc__server *server = redis->servers; server != NULL; server = server->next)
		if (server->port == port && strcmp(server->host, host) == 0)
			return server;
	sc__server *server = sc__server_new(redis->env, &redis->name.login, host, port);
	if (server == NULL)
		return NULL;
	server->next = redis->servers;
	redis->servers = server;
	return server;
}

sc__server *sc__domain_server(sc__domain *domain)
{
	lock(domain->redis);
	sc__server *server = domain->redis->of_slot[domain->slot];
	unlock(domain->redis);
	return server;
}

/* ---- the map ---- */

/* One line of CLUSTER SLOTS: first, last, the master (host, port, id, …), its replicas. */
static bool take_line(sc__redis *redis, const sc__reply *line)
{
	if (line->count < 3 || line->items[2]->count < 2 || line->items[2]->items[0]->text.size == 0)
		return false;
	int64_t first = line->items[0]->number, last = line->items[1]->number;
	const sc__reply *master = line->items[2];
	if (first < 0 || last >= SC__SLOTS || master->items[0]->text.size >= SC__HOST_MAX)
		return false;
	sc__server *server = sc__server_at(redis, master->items[0]->text.data, (int)master->items[1]->number);
	for (int64_t slot = first; slot <= last && server != NULL; slot++)
		redis->of_slot[slot] = server;
	return server != NULL;
}

static bool ask_map(sc__redis *redis, sc__server *server)
{
	sc_arena arena;
	sc__request request;
	sc_error ignored;
	bool read = false;
	sc_arena_init(&arena, redis->env);
	sc__request_init(&request, &arena);
	sc__request_command(&request, 2, "CLUSTER");
	sc__request_text(&request, "SLOTS");
	if (sc__server_exchange(server, SC_CALL_SYSTEM, &request, &ignored) == SC_OK) {
		const sc__reply *lines = request.replies[0];
		lock(redis);
		for (size_t i = 0; lines->type == REDIS_REPLY_ARRAY && i < lines->count; i++)
			read = take_line(redis, lines->items[i]) || read;
		redis->map += read;
		unlock(redis);
	}
	sc_arena_clear(&arena);
	return read;
}

/* Asks one server after the other until one knows; `seen` is the map that turned out to be old. */
static void refresh(sc__redis *redis, uint64_t seen, const sc__server *not_this)
{
	lock(redis);
	bool newer = redis->map != seen;
	sc__server *server = redis->servers;
	unlock(redis);
	/* The list only grows at its head, so it can be walked without the lock. */
	for (; server != NULL && !newer && redis->name.cluster; server = server->next)
		newer = server != not_this && ask_map(redis, server);
}

static sc__server *server_of(sc__domain *domain, uint64_t *map)
{
	sc__redis *redis = domain->redis;
	lock(redis);
	sc__server *server = redis->of_slot[domain->slot];
	*map = redis->map;
	if (server == NULL && !redis->name.cluster)
		server = redis->of_slot[domain->slot] = redis->servers;
	unlock(redis);
	return server;
}

/* ---- redirects ---- */

enum answer { ANSWERED, MOVED, ASK, AGAIN };

static enum answer answer_of(const sc__request *request, const sc__reply **redirect)
{
	static const char *const later[] = { "TRYAGAIN", "CLUSTERDOWN", "LOADING", "MASTERDOWN", "READONLY", "BUSY " };
	bool other = false;
	enum answer found = ANSWERED;
	for (uint32_t i = 0; i < request->count; i++) {
		const sc__reply *reply = request->replies[i];
		if (sc__reply_is_error(reply, "MOVED ") || sc__reply_is_error(reply, "ASK ")) {
			*redirect = reply;
			if (found != AGAIN)
				found = sc__reply_is_error(reply, "ASK ") ? ASK : MOVED;
			continue;
		}
		for (size_t n = 0; n < sizeof later / sizeof later[0]; n++)
			if (sc__reply_is_error(reply, later[n]))
				found = AGAIN;
		/* TIME has no key and is always answered. */
		other = other || (reply->type != REDIS_REPLY_ERROR && i > 0);
	}
	return found == ASK && other ? AGAIN : found;
}

/* "MOVED 3999 127.0.0.1:6381" */
static sc__server *redirected_to(sc__redis *redis, const sc__server *from, const sc__reply *redirect)
{
	char host[SC__HOST_MAX];
	const char *text = redirect->text.data;
	const char *place = strrchr(text, ' '), *colon = strrchr(text, ':');
	if (place == NULL || colon == NULL || colon < place || (size_t)(colon - place) > sizeof host)
		return NULL;
	size_t size = (size_t)(colon - place - 1);
	memcpy(host, place + 1, size);
	host[size] = '\0';
	lock(redis);
	/* Without a host it is the one that was asked. */
	sc__server *server = sc__server_at(redis, size == 0 ? from->host : host, (int)strtol(colon + 1, NULL, 10));
	unlock(redis);
	return server;
}

static sc_status ask_there(sc__server *server, const sc_call *call, sc__request *request, sc_error *err)
{
	sc__request asking;
	if (!sc__request_asking(request, &asking))
		return sc__fail(err, SC_NO_MEMORY, "no memory for a request to Redis");
	sc_status status = sc__server_exchange(server, call, &asking, err);
	request->sent = asking.sent;
	request->answered = status == SC_OK ? request->count : 0;
	for (uint32_t i = 0; i < request->count && status == SC_OK; i++)
		request->replies[i] = asking.replies[2 * i + 1];
	return status;
}

/* ---- trying again ---- */

struct attempt {
	int64_t until_ns;
	int64_t pause_ns;
	uint32_t redirects;
};

static bool rest(const sc__redis *redis, struct attempt *attempt)
{
	const sc_env *env = redis->env;
	int64_t now_ns = env->mono_ns(env->ctx);
	sc_parker parker;
	if (now_ns + attempt->pause_ns >= attempt->until_ns || !env->parker_init(env->ctx, &parker))
		return false;
	env->park(env->ctx, &parker, now_ns + attempt->pause_ns);
	env->parker_clear(env->ctx, &parker);
	attempt->pause_ns = attempt->pause_ns * 2 < PAUSE_MAX_NS ? attempt->pause_ns * 2 : PAUSE_MAX_NS;
	return true;
}

/* What a failed exchange leads to. false: it is the answer. */
static bool survives(sc__domain *domain, const sc__server *server, uint64_t map, const sc__request *request,
                     sc_status status, struct attempt *attempt)
{
	if (status != SC_IO_FAILED || (request->sent && !request->repeatable))
		return false;
	if (!domain->redis->name.cluster)
		return request->sent && attempt->redirects++ == 0; /* the connection was old: once more on a new one */
	refresh(domain->redis, map, server);
	return rest(domain->redis, attempt);
}

static sc_status follow(sc__domain *domain, const sc_call *call, sc__request *request, sc__server *server, uint64_t map,
                        struct attempt *attempt, bool *again, sc_error *err)
{
	const sc__reply *redirect = NULL;
	enum answer answer = answer_of(request, &redirect);
	for (uint32_t i = 0; answer == ASK && i < REDIRECTS_MAX; i++) {
		sc__server *other = redirected_to(domain->redis, server, redirect);
		if (other == NULL)
			return sc__fail(err, SC_SERVICE_FAILED, "a redirect that cannot be followed");
		sc_status status = ask_there(other, call, request, err);
		if (status != SC_OK)
			return status;
		answer = answer_of(request, &redirect);
	}
	*again = answer != ANSWERED;
	if (answer == MOVED) {
		sc__server *other = redirected_to(domain->redis, server, redirect);
		lock(domain->redis);
		if (other != NULL)
			domain->redis->of_slot[domain->slot] = other;
		unlock(domain->redis);
		refresh(domain->redis, map, NULL);
		if (request->life != 0) /* bound to the server that has it no longer */
			return sc__fail(err, SC_CHANGED, "the slot moved to another server");
		*again = attempt->redirects++ < REDIRECTS_MAX || rest(domain->redis, attempt);
		return *again ? SC_OK : sc__fail(err, SC_BUSY, "the slot keeps moving");
	}
	if (answer != ANSWERED && !rest(domain->redis, attempt)) {
		*again = false;
		return sc__fail(err, SC_BUSY, "Redis is not ready for this slot");
	}
	if (answer != ANSWERED)
		refresh(domain->redis, map, NULL);
	return SC_OK;
}

sc_status sc__domain_exchange(sc__domain *domain, const sc_call *call, sc__request *request, sc_error *err)
{
	sc__redis *redis = domain->redis;
	const sc_env *env = redis->env;
	if (redis->owner != getpid())
		return sc__fail(err, SC_STORE_FAILED, "this store was opened before fork(); open another one here");
	struct attempt attempt = { env->mono_ns(env->ctx) + redis->name.patience_ms * NS_PER_MS, PAUSE_FIRST_NS, 0 };
	if (call->deadline_ns != 0 && call->deadline_ns < attempt.until_ns)
		attempt.until_ns = call->deadline_ns;
	bool again = true;
	sc_status status = SC_OK;
	while (again) {
		uint64_t map;
		sc__server *server = server_of(domain, &map);
		if (server == NULL) {
			refresh(redis, map, NULL);
			again = sc__domain_server(domain) != NULL || rest(redis, &attempt);
			status = sc__fail(err, SC_IO_FAILED, "no server of the cluster can be reached");
			continue;
		}
		status = sc__server_exchange(server, call, request, err);
		again = false;
		if (status == SC_OK)
			status = follow(domain, call, request, server, map, &attempt, &again, err);
		else
			again = survives(domain, server, map, request, status, &attempt);
	}
	/* To the store's callers it is the store that failed. */
	if (status != SC_IO_FAILED && status != SC_SERVICE_FAILED)
		return status;
	if (err != NULL)
		err->status = SC_STORE_FAILED;
	return SC_STORE_FAILED;
}
