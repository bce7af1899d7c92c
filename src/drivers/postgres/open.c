/*
 * The handle's life, and its table of operations.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>
#include <unistd.h>

#define CONNECTIONS     8
#define CONNECTIONS_MAX 1000
#define PATIENCE_MS     10000
#define REMEMBERS_MS    (30LL * 24 * 60 * 60 * 1000)
#define GROUPS_MAX      10000

static void saw_schema(sc__pg_store *store, const sc__pg_state *state)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	store->generation = state->generation;
	store->incarnation = state->incarnation;
	env->mutex_unlock(env->ctx, &store->mutex);
}

static sc_status prepare(void *ctx, const sc_call *call, sc_error *err)
{
	sc__pg_store *store = ctx;
	sc__pg_wait wait = sc__pg_wait_of(store, call);
	sc__pg_connection *connection = NULL;
	sc__pg_state state = { 0 };
	sc_status status = sc__pg_take(store, &wait, &connection, err);
	if (status != SC_OK)
		return status;
	status = sc__pg_schema_prepare(connection, store->schema, &wait, err);
	if (status == SC_OK)
		status = sc__pg_state_read(connection, &wait, &state, err);
	sc__pg_give(store, connection);
	if (status == SC_CHANGED)
		return sc__fail(err, SC_STORE_FAILED, "the connection went while the schema was made");
	if (status == SC_OK)
		saw_schema(store, &state);
	return status;
}

/* Before the store is first prepared it has no incarnation yet. */
static sc_status info(void *ctx, sc_store_info *out, sc_error *err)
{
	(void)err;
	sc__pg_store *store = ctx;
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	sc_id incarnation = store->incarnation;
	env->mutex_unlock(env->ctx, &store->mutex);
	bool combined = store->options.strategy == SC_POSTGRES_COMBINED;
	*out = (sc_store_info){
		.size = sizeof *out,
		.name = "postgres",
		.durability = store->durability,
		.partitions = 1,
		.incarnation = incarnation,
		.groups_max = GROUPS_MAX,
		.parallel_applies = combined ? 1 : store->options.connections,
		.wants_combiner = combined,
		.remembers_ms = store->options.remembers_ms,
	};
	return SC_OK;
}

static sc_status ask_state(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                           sc_error *err)
{
	(void)store;
	return sc__pg_state_read(connection, wait, what, err);
}

static sc_status now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	sc__pg_state state = { 0 };
	sc_status status = sc__pg_attempt(ctx, call, ask_state, &state, err);
	if (status == SC_OK)
		*now_ms = sc__pg_clock(ctx, &state);
	return status;
}

static void free_handle(sc__pg_store *store)
{
	const sc_env *env = store->env;
	env->mutex_clear(env->ctx, &store->mutex);
	sc__gate_clear(&store->gate);
	env->resize(env->ctx, store, 0);
}

bool sc__pg_handle_close(sc__pg_store *store)
{
	if (store->owner != getpid())
		return false;
	sc__pg_close_idle(store);
	sc__pg_replicas_close(store);
	free_handle(store);
	return true;
}

static void close_store(void *ctx)
{
	sc__pg_handle_close(ctx);
}

static const sc_rows_ops operations = {
	.size = sizeof(sc_rows_ops),
	.name = "postgres",
	.info = info,
	.prepare = prepare,
	.begin = sc__pg_begin,
	.read = sc__pg_read,
	.draw = sc__pg_draw,
	.write = sc__pg_write,
	.commit = sc__pg_commit,
	.abort = sc__pg_abort,
	.load = sc__pg_load,
	.range = sc__pg_range,
	.forget = sc__pg_forget,
	.log_read = sc__pg_log_read,
	.log_of = sc__pg_log_of,
	.log_trim = sc__pg_log_trim,
	.now = now,
	.close = close_store,
};

static sc_status read_given(const sc_postgres_options *given, sc_postgres_options *options, sc_error *err)
{
	*options = (sc_postgres_options)SC_POSTGRES_OPTIONS_INIT;
	if (given != NULL)
		memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
	options->size = sizeof *options;
	if (options->connections > CONNECTIONS_MAX)
		return sc__bad(err, SC_BAD_ARGUMENT, "connections", "more than %d", CONNECTIONS_MAX);
	if (options->strategy > SC_POSTGRES_OPTIMISTIC)
		return sc__bad(err, SC_BAD_ARGUMENT, "strategy", "no such strategy");
	if (options->patience_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "patience_ms", "below 0");
	if (options->remembers_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "remembers_ms", "below 0");
	if (options->connections == 0)
		options->connections = CONNECTIONS;
	if (options->patience_ms == 0)
		options->patience_ms = PATIENCE_MS;
	if (options->remembers_ms == 0)
		options->remembers_ms = REMEMBERS_MS;
	return SC_OK;
}

static sc_status make_handle(const sc_env *env, const char *url, const sc_postgres_options *options, sc__pg_store **out,
                             sc_error *err)
{
	sc__pg_store *store = env->resize(env->ctx, NULL, sizeof *store);
	if (store == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a store");
	memset(store, 0, sizeof *store);
	store->env = env;
	store->options = *options;
	store->owner = getpid();
	sc_status status = sc__pg_url(url, store, err);
	if (status == SC_OK && !sc__gate_init(&store->gate, env, store->options.connections))
		status = sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	if (status != SC_OK) {
		env->resize(env->ctx, store, 0);
		return status;
	}
	if (!env->mutex_init(env->ctx, &store->mutex)) {
		sc__gate_clear(&store->gate);
		env->resize(env->ctx, store, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	store->target = (sc__pg_target){ .url = store->url,
		                         .schema = store->schema,
		                         .patience_ms = store->options.patience_ms };
	*out = store;
	return SC_OK;
}

/* What an acknowledged commit of this server is worth. */
static sc_status ask_durability(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait,
                                sc_error *err)
{
	static const char sql[] = "SELECT (current_setting('fsync') = 'on')::int,"
				  " (current_setting('synchronous_standby_names') <> '')::int,"
				  " (to_regclass('sc_meta') IS NOT NULL)::int";
	PGresult *result = NULL;
	sc__pg_state state = { 0 };
	sc_status status = sc__pg_run(connection, sql, NULL, wait, &result, err);
	if (status != SC_OK)
		return status;
	bool synced = sc__pg_get_int(result, 0, 0) != 0, copied = sc__pg_get_int(result, 0, 1) != 0;
	bool prepared = sc__pg_get_int(result, 0, 2) != 0;
	PQclear(result);
	store->durability = !synced ? SC_DURABLE_LOSSY : copied ? SC_DURABLE_REPLICATED : SC_DURABLE_DISK;
	if (!prepared)
		return SC_OK;
	status = sc__pg_state_read(connection, wait, &state, err);
	store->incarnation = state.incarnation;
	return status;
}

/* The first connection, made at once: who opens a store wants to know that it is there. */
static sc_status say_hello(sc__pg_store *store, sc_error *err)
{
	sc__pg_wait wait = sc__pg_wait_of(store, SC_CALL_SYSTEM);
	sc__pg_connection *connection = NULL;
	sc_status status = sc__pg_connect(store->env, &store->target, &wait, &connection, err);
	if (status != SC_OK)
		return status;
	status = ask_durability(store, connection, &wait, err);
	if (status != SC_OK) {
		sc__pg_disconnect(connection);
		return status == SC_CHANGED ? sc__fail(err, SC_STORE_FAILED, "the server closed the connection")
		                            : status;
	}
	store->idle = connection;
	return SC_OK;
}

sc_status sc__pg_handle_open(const sc_env *env, const char *url, const sc_postgres_options *options, const char *suffix,
                             sc__pg_store **out, sc_error *err)
{
	sc_postgres_options chosen;
	sc__pg_store *store = NULL;
	sc_status status = read_given(options, &chosen, err);
	if (status == SC_OK)
		status = make_handle(env, url, &chosen, &store, err);
	if (status != SC_OK)
		return status;
	store->options.schema = store->options.replicas = NULL; /* borrowed for the call; kept in the handle */
	size_t size = strlen(store->schema);
	if (size + strlen(suffix) > SC__PG_NAME_MAX)
		status = sc__bad(err, SC_BAD_ARGUMENT, "schema", "longer than %d characters with \"%s\" behind it",
		                 SC__PG_NAME_MAX, suffix);
	if (status == SC_OK) {
		memcpy(store->schema + size, suffix, strlen(suffix) + 1);
		status = say_hello(store, err);
	}
	if (status == SC_OK)
		*out = store;
	else
		sc__pg_handle_close(store);
	return status;
}

sc_status sc_postgres_open(const sc_env *env, const char *url, const sc_postgres_options *options, sc_store *out,
                           sc_error *err)
{
	sc__pg_store *store = NULL;
	sc_status status = sc__pg_handle_open(env, url, options, "", &store, err);
	if (status != SC_OK)
		return status;
	status = sc_rows_store(env, &operations, store, out, err);
	if (status != SC_OK)
		close_store(store);
	return status;
}
