/* See server.h. */
#include "drivers/redis/server.h"

#include "base/error.h"
#include "drivers/redis/connection.h"

#include <stdio.h>
#include <string.h>

#define NS_PER_MS 1000000

static void lock(sc__server *server)
{
	server->env->mutex_lock(server->env->ctx, &server->mutex);
}

static void unlock(sc__server *server)
{
	server->env->mutex_unlock(server->env->ctx, &server->mutex);
}

sc__server *sc__server_new(const sc_env *env, const sc__redis_login *login, const char *host, int port)
{
	sc__server *server = env->resize(env->ctx, NULL, sizeof *server);
	if (server == NULL)
		return NULL;
	*server = (sc__server){ .env = env, .login = login, .port = port };
	snprintf(server->host, sizeof server->host, "%s", host);
	if (!env->mutex_init(env->ctx, &server->mutex)) {
		env->resize(env->ctx, server, 0);
		return NULL;
	}
	return server;
}

void sc__server_free(sc__server *server)
{
	const sc_env *env = server->env;
	while (server->idle != NULL) {
		sc__connection *connection = server->idle;
		server->idle = connection->next;
		sc__connection_close(connection);
	}
	env->mutex_clear(env->ctx, &server->mutex);
	env->resize(env->ctx, server, 0);
}

uint64_t sc__server_life(sc__server *server, char run_id[SC__RUN_ID + 1])
{
	lock(server);
	uint64_t life = server->life;
	memcpy(run_id, server->run_id, sizeof server->run_id);
	unlock(server);
	return life;
}

/* ---- connections ---- */

/* One that is idle and fit, or NULL. */
static sc__connection *take_idle(sc__server *server)
{
	sc__connection *connection;
	do {
		lock(server);
		connection = server->idle;
		if (connection != NULL)
			server->idle = connection->next;
		bool old = connection != NULL && connection->life != server->life;
		unlock(server);
		if (connection == NULL || (!old && !sc__connection_is_stale(connection)))
			return connection;
		sc__connection_close(connection);
	} while (true);
}

static sc_status take(sc__server *server, int64_t timeout_ms, sc__connection **out, sc_error *err)
{
	*out = take_idle(server);
	if (*out != NULL)
		return SC_OK;
	sc_status status = sc__connection_open(server, timeout_ms, out, err);
	if (status != SC_OK)
		return status;
	lock(server);
	if (server->life == 0 || strcmp(server->run_id, (*out)->run_id) != 0) {
		memcpy(server->run_id, (*out)->run_id, sizeof server->run_id);
		server->life++;
	}
	(*out)->life = server->life;
	unlock(server);
	return SC_OK;
}

static void give(sc__server *server, sc__connection *connection, bool alive)
{
	if (!alive) {
		sc__connection_close(connection);
		return;
	}
	lock(server);
	connection->next = server->idle;
	server->idle = connection;
	unlock(server);
}

/* ---- carrying ---- */

static int64_t timeout_of(const sc__server *server, const sc__request *first)
{
	const sc_env *env = server->env;
	int64_t latest_ns = 0;
	for (const sc__request *request = first; request != NULL; request = request->next) {
		if (request->deadline_ns == 0)
			return server->login->timeout_ms;
		latest_ns = request->deadline_ns > latest_ns ? request->deadline_ns : latest_ns;
	}
	int64_t left_ms = (latest_ns - env->mono_ns(env->ctx)) / NS_PER_MS;
	return left_ms < server->login->timeout_ms ? left_ms : server->login->timeout_ms;
}

/* Takes those out of the list that are bound to another life; they are answered without being sent. */
static sc__request *part_others(sc__request *first, uint64_t life, sc__request **others)
{
	sc__request *fit = NULL, **end = &fit;
	while (first != NULL) {
		sc__request *request = first;
		first = first->next;
		if (request->life == 0 || request->life == life) {
			*end = request;
			end = &request->next;
			continue;
		}
		request->status = SC_CHANGED;
		request->why = "the server was started anew";
		request->next = *others;
		*others = request;
	}
	*end = NULL;
	return fit;
}

static void fail_all(sc__request *first, sc_status status, const char *text)
{
	for (sc__request *request = first; request != NULL; request = request->next) {
		request->status = status;
		snprintf(request->reason, sizeof request->reason, "%s", text);
		request->why = request->reason;
	}
}

/* Sends a list of requests; each has a status afterwards. Gives the list back, in another order maybe. */
static sc__request *carry(sc__server *server, sc__request *first)
{
	sc__connection *connection = NULL;
	sc_error err = SC_ERROR_INIT;
	int64_t timeout_ms = timeout_of(server, first);
	sc_status status = take(server, timeout_ms, &connection, &err);
	if (status != SC_OK) {
		fail_all(first, status, err.text);
		return first;
	}
	sc__request *others = NULL;
	first = part_others(first, connection->life, &others);
	bool alive = first == NULL || sc__connection_carry(connection, first, timeout_ms);
	give(server, connection, alive);
	sc__request **end = &first;
	while (*end != NULL)
		end = &(*end)->next;
	*end = others;
	return first;
}

static void enqueue(sc__server *server, sc__request *request)
{
	request->next = NULL;
	if (server->last != NULL)
		server->last->next = request;
	else
		server->first = request;
	server->last = request;
}

static void unlink_request(sc__server *server, const sc__request *request)
{
	sc__request *before = NULL;
	for (sc__request *at = server->first; at != request; at = at->next)
		before = at;
	if (before != NULL)
		before->next = request->next;
	else
		server->first = request->next;
	if (server->last == request)
		server->last = before;
}

/* Carries all that wait. Called and left with the lock held, and with a carrier's place, which it hands on. */
static void carry_queue(sc__server *server, const sc__request *own)
{
	const sc_env *env = server->env;
	sc__request *list = server->first;
	server->first = server->last = NULL;
	unlock(server);
	list = carry(server, list);
	lock(server);
	while (list != NULL) {
		sc__request *request = list;
		list = list->next;
		request->done = true;
		/* Under the lock: the waiter cannot leave, and its parker stays, until it gets the lock. */
		if (request != own)
			env->unpark(env->ctx, request->parker);
	}
	if (server->first == NULL) {
		server->carriers--;
		return;
	}
	server->first->promoted = true;
	env->unpark(env->ctx, server->first->parker);
}

/* Sleeps until the request was carried, or is the one to carry. false: the deadline came while it was in the queue. */
static bool wait_turn(sc__server *server, sc__request *request)
{
	const sc_env *env = server->env;
	int64_t until = request->deadline_ns == 0 ? SC_NEVER : request->deadline_ns;
	bool taken = false, in_time = true;
	while (!request->done && !request->promoted) {
		unlock(server);
		in_time = env->park(env->ctx, request->parker, taken || !in_time ? SC_NEVER : until);
		lock(server);
		taken = true;
		for (const sc__request *at = server->first; at != NULL; at = at->next)
			taken = taken && at != request;
		if (!in_time && !taken && !request->promoted) {
			unlink_request(server, request);
			return false;
		}
	}
	return true;
}

static sc_status queue_up(sc__server *server, sc__request *request, sc_error *err)
{
	const sc_env *env = server->env;
	sc_parker parker;
	if (!env->parker_init(env->ctx, &parker))
		return sc__fail(err, SC_NO_MEMORY, "no memory to wait in");
	request->parker = &parker;
	lock(server);
	enqueue(server, request);
	bool carried = true;
	if (server->carriers < server->login->connections) {
		server->carriers++;
		carry_queue(server, request);
	} else {
		carried = wait_turn(server, request);
		if (carried && !request->done)
			carry_queue(server, request);
	}
	unlock(server);
	env->parker_clear(env->ctx, &parker);
	if (!carried)
		return sc__fail(err, SC_DEADLINE, "the deadline passed before it was sent");
	return request->status == SC_OK ? SC_OK : sc__fail(err, request->status, "%s", request->why);
}

sc_status sc__server_exchange(sc__server *server, const sc_call *call, sc__request *request, sc_error *err)
{
	const sc_env *env = server->env;
	if (request->no_memory)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a request to Redis");
	sc__request_rewind(request);
	request->deadline_ns = call->deadline_ns;
	if (call->deadline_ns != 0 && env->mono_ns(env->ctx) >= call->deadline_ns)
		return sc__fail(err, SC_DEADLINE, "the deadline passed before it was sent");
	return queue_up(server, request, err);
}
