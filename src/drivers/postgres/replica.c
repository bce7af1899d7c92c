/*
 * Reads that may be some milliseconds old, served by standbys.
 *
 * How old an answer of a standby is cannot be told by clocks: they differ, and a shop that sells nothing looks like
 * a standby that has stopped. So the primary is asked now and then how far its log reaches, and that *mark* is kept
 * with the moment on our own monotonic clock. A standby that has replayed the log up to a mark is as new as that
 * moment, or newer. Positions of the log alone would not do: one that follows a primary that was lost may be ahead of
 * the new one. So it also has to have the line of the journal that was the newest at that moment.
 *
 * A proof holds for a connection, since replay only goes on; after a restart it may begin further back. It
 * costs a trip to the standby, and a mark one to the primary, about twice in the time that callers allow.
 * Whatever goes wrong here is nobody's answer: then the primary is asked.
 */
#include "drivers/postgres/replica.h"

#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define NS_PER_MS    INT64_C(1000000)
#define ALLOWED_MIN  (20 * NS_PER_MS) /* below that the primary would be asked for marks as often as for rows */
#define ALLOWED_MAX  (INT64_C(86400000) * NS_PER_MS)
#define PATIENCE     (1000 * NS_PER_MS) /* of a standby's answer */
#define REST_FAILED  (2000 * NS_PER_MS)
#define REST_LAGGING (20 * NS_PER_MS)

static int64_t now_of(const sc__pg_store *store)
{
	return store->env->mono_ns(store->env->ctx);
}

static void lock(sc__pg_store *store)
{
	store->env->mutex_lock(store->env->ctx, &store->mutex);
}

static void unlock(sc__pg_store *store)
{
	store->env->mutex_unlock(store->env->ctx, &store->mutex);
}

/* ---- their names ----------------------------------------------------------------------- */

static bool is_port(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] < '0' || text[i] > '9')
			return false;
	return size >= 1 && size <= 5;
}

/* An address that has colons of its own stands in brackets. */
static sc_status read_one(sc__pg_host *host, const char *text, size_t size, sc_error *err)
{
	const char *colon = memrchr(text, ':', size), *bracket = memrchr(text, ']', size);
	if (colon != NULL && bracket != NULL && bracket > colon)
		colon = NULL;
	size_t name = colon != NULL ? (size_t)(colon - text) : size, port = size - name;
	size_t around = name >= 2 && text[0] == '[' && text[name - 1] == ']';
	*host = (sc__pg_host){ .port = "5432", .attributes = "standby" };
	if (name <= 2 * around || name >= sizeof host->name)
		return sc__bad(err, SC_BAD_ARGUMENT, "replicas", "host:port,host:port");
	memcpy(host->name, text + around, name - 2 * around);
	if (colon == NULL)
		return SC_OK;
	if (!is_port(colon + 1, port - 1))
		return sc__bad(err, SC_BAD_ARGUMENT, "replicas", "a port is a number");
	memcpy(host->port, colon + 1, port - 1);
	host->port[port - 1] = '\0';
	return SC_OK;
}

sc_status sc__pg_replicas_read(sc__pg_replicas *replicas, const char *list, size_t size, sc_error *err)
{
	sc_status status = SC_OK;
	replicas->count = 0;
	while (status == SC_OK) {
		const char *comma = memchr(list, ',', size);
		size_t part = comma != NULL ? (size_t)(comma - list) : size;
		if (replicas->count == SC__PG_REPLICAS_MAX)
			return sc__bad(err, SC_OVER_LIMIT, "replicas", "more than %d", SC__PG_REPLICAS_MAX);
		status = read_one(&replicas->all[replicas->count++].host, list, part, err);
		if (comma == NULL)
			break;
		list += part + 1;
		size -= part + 1;
	}
	return status;
}

/* ---- marks ----------------------------------------------------------------------------- */

static const char mark_sql[] = "SELECT (pg_current_wal_flush_lsn() - '0/0')::bigint, j.first, j.check32"
			       " FROM (SELECT 1) s LEFT JOIN"
			       " (SELECT first, check32 FROM sc_journal ORDER BY first DESC LIMIT 1) j ON true";

static sc_status take_mark(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                           sc_error *err)
{
	sc__pg_mark *mark = what;
	sc__pg_state state;
	PGresult *result = NULL;
	int64_t taken_ns = now_of(store);
	sc_status status = sc__pg_state_send(connection, SC__PG_DRAWS_NOT, err);
	if (status == SC_OK)
		status = sc__pg_send(connection, sc__pg_key(SC__PG_MARK, 0, 0), mark_sql, NULL, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_state_take(connection, wait, &state, err);
	if (status == SC_OK)
		status = sc__pg_result(connection, wait, &result, err);
	if (status == SC_OK && PQgetisnull(result, 0, 1))
		status = sc__fail(err, SC_NOT_FOUND, "nothing was written yet");
	if (status == SC_OK)
		*mark = (sc__pg_mark){ sc__pg_get_int(result, 0, 0), sc__pg_get_int(result, 0, 1),
			               sc__pg_get_int(result, 0, 2), sc__pg_clock(store, &state), taken_ns };
	PQclear(result);
	return status;
}

/* The n-th mark goes where the trailing zeros of n say: so of the last 2, 4, 8, … there is always one left, and a
 * standby that is far behind finds one that it has passed. */
static void keep_mark(sc__pg_replicas *replicas, const sc__pg_mark *mark)
{
	uint64_t n = ++replicas->mark_count;
	uint32_t place = 0;
	while ((n & 1) == 0 && place < SC__PG_MARKS - 1) {
		n >>= 1;
		place++;
	}
	replicas->marks[place] = *mark;
}

static int64_t newest_mark(const sc__pg_replicas *replicas)
{
	int64_t newest_ns = 0;
	for (size_t i = 0; i < SC__PG_MARKS; i++)
		if (replicas->marks[i].taken_ns > newest_ns)
			newest_ns = replicas->marks[i].taken_ns;
	return newest_ns;
}

/* Whoever finds the newest mark older than half of what its caller allows, fetches another one. */
static void renew_mark(sc__pg_store *store, const sc_call *call, int64_t allowed_ns)
{
	sc__pg_replicas *replicas = &store->replicas;
	int64_t now_ns = now_of(store), until_ns = now_ns + allowed_ns / 2;
	sc_call mine = *SC_CALL_SYSTEM;
	sc__pg_mark mark;
	lock(store);
	bool due = !replicas->marking && newest_mark(replicas) < now_ns - allowed_ns / 2;
	replicas->marking = replicas->marking || due;
	unlock(store);
	if (!due)
		return;
	mine.deadline_ns = call->deadline_ns != 0 && call->deadline_ns < until_ns ? call->deadline_ns : until_ns;
	sc_status status = sc__pg_attempt(store, &mine, take_mark, &mark, NULL);
	lock(store);
	if (status == SC_OK)
		keep_mark(replicas, &mark);
	replicas->marking = false;
	unlock(store);
}

/* Those taken since `since_ns`, oldest first. */
static size_t marks_since(sc__pg_store *store, int64_t since_ns, sc__pg_mark out[SC__PG_MARKS])
{
	size_t count = 0;
	lock(store);
	for (size_t i = 0; i < SC__PG_MARKS; i++) {
		const sc__pg_mark mark = store->replicas.marks[i];
		size_t at = count;
		if (mark.taken_ns == 0 || mark.taken_ns < since_ns)
			continue;
		for (; at > 0 && out[at - 1].taken_ns > mark.taken_ns; at--)
			out[at] = out[at - 1];
		out[at] = mark;
		count++;
	}
	unlock(store);
	return count;
}

/* ---- connections ----------------------------------------------------------------------- */

/* A replica to ask, with a connection that rests, or leave to make one. NULL: none is to be had just now. */
static sc__pg_replica *choose(sc__pg_store *store, int64_t now_ns, sc__pg_connection **connection)
{
	sc__pg_replicas *replicas = &store->replicas;
	sc__pg_replica *found = NULL;
	*connection = NULL;
	lock(store);
	for (uint32_t i = 0; i < replicas->count && found == NULL; i++) {
		sc__pg_replica *replica = &replicas->all[replicas->next++ % replicas->count];
		if (replica->rests_till_ns > now_ns)
			continue;
		if (replica->idle == NULL && replica->open == store->options.connections)
			continue;
		found = replica;
		*connection = replica->idle;
		if (replica->idle != NULL)
			replica->idle = replica->idle->next;
		else
			replica->open++;
	}
	unlock(store);
	return found;
}

static void give(sc__pg_store *store, sc__pg_replica *replica, sc__pg_connection *connection, int64_t rest_ns)
{
	bool keep = connection != NULL && !connection->broken;
	lock(store);
	if (rest_ns > 0)
		replica->rests_till_ns = now_of(store) + rest_ns;
	if (keep) {
		connection->next = replica->idle;
		replica->idle = connection;
	} else {
		replica->open--;
	}
	unlock(store);
	if (!keep)
		sc__pg_disconnect(connection);
}

void sc__pg_replicas_close(sc__pg_store *store)
{
	for (uint32_t i = 0; i < store->replicas.count; i++) {
		sc__pg_replica *replica = &store->replicas.all[i];
		while (replica->idle != NULL) {
			sc__pg_connection *connection = replica->idle;
			replica->idle = connection->next;
			sc__pg_disconnect(connection);
		}
	}
}

/* ---- asking ---------------------------------------------------------------------------- */

/* The newest of the marks that were handed in which this standby has passed. */
static const char prove_sql[] =
	"SELECT pg_is_in_recovery()::int, (SELECT max(u.n)"
	" FROM unnest(?::bigint[], ?::bigint[], ?::bigint[]) WITH ORDINALITY AS u(lsn, line, checksum, n)"
	" JOIN sc_journal ON first = u.line AND check32 = u.checksum"
	" WHERE u.lsn <= (pg_last_wal_replay_lsn() - '0/0')::bigint)";

static void add_numbers(sc__pg_params *params, const sc__pg_mark *marks, size_t count, size_t member)
{
	sc__pg_array array = sc__pg_param_array(params, SC_VALUE_INT, count, count * sizeof(int64_t));
	for (size_t i = 0; i < count; i++) {
		int64_t number;
		memcpy(&number, (const char *)&marks[i] + member, sizeof number);
		sc__pg_array_add(&array, &SC_VALUE_OF_INT(number));
	}
}

/* SC_CHANGED: too far behind. */
static sc_status prove(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, int64_t since_ns)
{
	sc__pg_mark marks[SC__PG_MARKS];
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	size_t count = marks_since(store, since_ns, marks);
	add_numbers(&params, marks, count, offsetof(sc__pg_mark, lsn));
	add_numbers(&params, marks, count, offsetof(sc__pg_mark, first));
	add_numbers(&params, marks, count, offsetof(sc__pg_mark, check32));
	sc_status status = sc__pg_run(connection, prove_sql, &params, wait, &result, NULL);
	if (status != SC_OK)
		return status == SC_CHANGED ? SC_STORE_FAILED : status;
	if (sc__pg_get_int(result, 0, 0) == 0) /* it was promoted: the primary is not for these reads */
		status = SC_STORE_FAILED;
	int64_t passed = PQgetisnull(result, 0, 1) ? 0 : sc__pg_get_int(result, 0, 1);
	PQclear(result);
	if (status != SC_OK)
		return status;
	if (passed < 1 || (size_t)passed > count)
		return SC_CHANGED;
	connection->proved_ns = marks[passed - 1].taken_ns;
	connection->proved_ms = marks[passed - 1].now_ms;
	return SC_OK;
}

/* A read that may be so old. */
struct old_read {
	const sc_call *call;
	int64_t since_ns; /* what holds there is new enough */
	sc__pg_work work;
	void *what;
};

static sc__pg_wait wait_of(const sc__pg_store *store, const sc_call *call)
{
	sc__pg_wait wait = { .give_up_ns = now_of(store) + PATIENCE };
	if (call->deadline_ns != 0 && call->deadline_ns < wait.give_up_ns)
		wait.give_up_ns = call->deadline_ns;
	return wait;
}

static sc_status ask(sc__pg_store *store, sc__pg_replica *replica, sc__pg_connection **connection,
                     const struct old_read *read)
{
	const sc__pg_wait wait = wait_of(store, read->call);
	sc_status status = SC_OK;
	if (*connection == NULL)
		status = sc__pg_connect_host(store->env, &store->target, &replica->host, &wait, connection, NULL);
	if (status != SC_OK)
		return status;
	sc_arena_reset(&(*connection)->arena);
	if ((*connection)->proved_ns < read->since_ns)
		status = prove(store, *connection, &wait, read->since_ns);
	if (status == SC_OK) {
		status = read->work(store, *connection, &wait, read->what, NULL);
		status = status == SC_CHANGED ? SC_STORE_FAILED : status;
	}
	if (!(*connection)->broken && sc__pg_drain(*connection, &wait, NULL) != SC_OK)
		(*connection)->broken = true;
	return status;
}

/* Whether some replica answered. */
static bool ask_replicas(sc__pg_store *store, const struct old_read *read)
{
	for (uint32_t i = 0; i < store->replicas.count; i++) {
		sc__pg_connection *connection = NULL;
		sc__pg_replica *replica = choose(store, now_of(store), &connection);
		if (replica == NULL)
			return false;
		sc_status status = ask(store, replica, &connection, read);
		if (status != SC_OK && status != SC_CHANGED && connection != NULL)
			connection->broken = true;
		give(store, replica, connection,
		     status == SC_OK        ? 0
		     : status == SC_CHANGED ? REST_LAGGING
		                            : REST_FAILED);
		if (status == SC_OK)
			return true;
	}
	return false;
}

sc_status sc__pg_attempt_read(sc__pg_store *store, const sc_call *call, sc__pg_work work, void *what, sc_error *err)
{
	if (store->replicas.count > 0 && call->freshness_ms >= ALLOWED_MIN / NS_PER_MS && store->owner == getpid()) {
		bool long_time = call->freshness_ms > ALLOWED_MAX / NS_PER_MS;
		int64_t allowed_ns = long_time ? ALLOWED_MAX : call->freshness_ms * NS_PER_MS;
		int64_t since_ns = now_of(store) - allowed_ns;
		renew_mark(store, call, allowed_ns);
		const struct old_read read = { call, since_ns > 1 ? since_ns : 1, work, what };
		if (ask_replicas(store, &read))
			return SC_OK;
	}
	return sc__pg_attempt(store, call, work, what, err);
}

int64_t sc__pg_read_clock(sc__pg_store *store, const sc__pg_connection *connection, const sc__pg_state *state)
{
	if (connection->proved_ns == 0)
		return sc__pg_clock(store, state);
	return connection->proved_ms + (now_of(store) - connection->proved_ns) / NS_PER_MS;
}
