/*
 * The handle's life, and its table of operations.
 */
#include "base/error.h"
#include "drivers/sqlite/read.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define READERS      16
#define PATIENCE_MS  10000
#define REMEMBERS_MS (30LL * 24 * 60 * 60 * 1000)
#define GROUPS_MAX   10000

sc_status sc__sqlite_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	sc__sqlite *store = ctx;
	sc__connection *connection = NULL;
	sc_status status = sc__writer_take(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	sc__state state = { 0 };
	status = sc__schema_prepare(connection, kinds, count, err);
	if (status == SC_OK)
		status = sc__state_read(connection, &state, err);
	if (status == SC_OK)
		sc__wal_grow(connection);
	sc__writer_give(store);
	if (status != SC_OK)
		return status;
	sc__clock_saw(store, state.time_ms);
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	store->generation = state.generation;
	store->incarnation = state.incarnation;
	env->mutex_unlock(env->ctx, &store->mutex);
	return SC_OK;
}

/* What the newest commit says, seen from outside a transaction. */
static sc_status look(sc__sqlite *store, const sc_call *call, sc__state *out, sc_error *err)
{
	sc__connection *connection = NULL;
	sc_status status = sc__reader_take(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	status = sc__state_read(connection, out, err);
	sc__reader_give(store, connection);
	if (status == SC_OK)
		sc__clock_saw(store, out->time_ms);
	return status;
}

/* Before the store is first prepared it has no incarnation yet. */
static sc_status info(void *ctx, sc_store_info *out, sc_error *err)
{
	(void)err;
	sc__sqlite *store = ctx;
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	sc_id incarnation = store->incarnation;
	env->mutex_unlock(env->ctx, &store->mutex);
	*out = (sc_store_info){
		.size = sizeof *out,
		.name = "sqlite",
		.durability = SC_DURABLE_DISK,
		.partitions = 1,
		.incarnation = incarnation,
		.groups_max = GROUPS_MAX,
		.parallel_applies = 1,
		.wants_combiner = store->options.strategy == SC_SQLITE_COMBINED,
		.remembers_ms = store->options.remembers_ms,
	};
	return SC_OK;
}

static sc_status now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	sc__sqlite *store = ctx;
	sc__state state = { 0 };
	sc_status status = look(store, call, &state, err);
	if (status == SC_OK)
		*now_ms = sc__clock_now(store);
	return status;
}

static void free_handle(sc__sqlite *store)
{
	const sc_env *env = store->env;
	if (store->locked_for_good)
		sc__file_lock_give(&store->lock);
	sc__file_lock_close(&store->lock);
	env->mutex_clear(env->ctx, &store->mutex);
	sc__gate_clear(&store->gate);
	env->resize(env->ctx, store->packing, 0);
	env->resize(env->ctx, store, 0);
}

void sc__sqlite_close(void *ctx)
{
	sc__sqlite *store = ctx;
	/* In a child of the process that opened it, SQLite's locks and this one belong to the parent. */
	if (store->owner != getpid())
		return;
	sc__readers_close(store);
	sc__connection_close(store->writer);
	free_handle(store);
}

static const sc_rows_ops operations = {
	.size = sizeof(sc_rows_ops),
	.name = "sqlite",
	.info = info,
	.prepare = sc__sqlite_prepare,
	.begin = sc__sqlite_begin,
	.read = sc__sqlite_read,
	.draw = sc__sqlite_draw,
	.write = sc__sqlite_write,
	.commit = sc__sqlite_commit,
	.abort = sc__sqlite_abort,
	.load = sc__sqlite_load,
	.range = sc__sqlite_range,
	.forget = sc__sqlite_forget,
	.log_read = sc__sqlite_log_read,
	.log_of = sc__sqlite_log_of,
	.log_trim = sc__sqlite_log_trim,
	.now = now,
	.close = sc__sqlite_close,
};

/* A handle with nothing opened yet but its locks for threads. */
static sc_status make_handle(const sc_env *env, const char *path, const sc_sqlite_options *options, sc__sqlite **out,
                             sc_error *err)
{
	size_t size = sizeof(sc__sqlite) + strlen(path) + 1;
	sc__sqlite *store = env->resize(env->ctx, NULL, size);
	if (store == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a store");
	memset(store, 0, size);
	store->env = env;
	store->options = *options;
	store->owner = getpid();
	store->lock.descriptor = -1;
	sc__store_clock_init(&store->clock, env, 0);
	memcpy(store->path, path, strlen(path) + 1);
	if (!sc__gate_init(&store->gate, env, 1)) {
		env->resize(env->ctx, store, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	if (!env->mutex_init(env->ctx, &store->mutex)) {
		sc__gate_clear(&store->gate);
		env->resize(env->ctx, store, 0);
		return sc__fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	*out = store;
	return SC_OK;
}

/* The lock's file is named after the database as SQLite resolved it, so that every name of it meets there. */
static sc_status open_lock(sc__sqlite *store, sc_error *err)
{
	char path[SC__PATH_MAX + 256];
	int length = snprintf(path, sizeof path, "%s-lock", store->path);
	if (length < 0 || (size_t)length >= sizeof path)
		return sc__bad(err, SC_OVER_LIMIT, "name", "the path is too long");
	sc_status status = sc__file_lock_open(&store->lock, path, err);
	if (status != SC_OK || !store->options.exclusive)
		return status;
	status = sc__file_lock_take(&store->lock, store->env, sc__give_up_ns(store, SC_CALL_SYSTEM), err);
	store->locked_for_good = status == SC_OK;
	return status;
}

/* Reads the header, and so finds out that a file is something else; then, if it is a store already, which one. */
static sc_status read_identity(sc__sqlite *store, sc__connection *writer, sc_error *err)
{
	int64_t prepared = 0;
	sc__state state = { 0 };
	sc_status status = sc__connection_number(writer, "SELECT count(*) FROM sqlite_schema WHERE name = 'sc_meta'", 0,
	                                         &prepared, err);
	if (status == SC_OK && prepared > 0)
		status = sc__state_read(writer, &state, err);
	if (status != SC_OK)
		return status;
	store->incarnation = state.incarnation;
	sc__clock_saw(store, state.time_ms);
	return SC_OK;
}

static sc_status open_handle(const sc_env *env, sc__connection *writer, const sc_sqlite_options *options,
                             sc__sqlite **out, sc_error *err)
{
	sc__sqlite *store = NULL;
	sc_status status = make_handle(env, sqlite3_db_filename(writer->db, "main"), options, &store, err);
	if (status != SC_OK)
		return status;
	status = open_lock(store, err);
	if (status == SC_OK)
		status = read_identity(store, writer, err);
	if (status != SC_OK) {
		free_handle(store);
		return status;
	}
	store->writer = writer;
	*out = store;
	return SC_OK;
}

static sc_status read_given(const sc_sqlite_options *given, sc_sqlite_options *options, sc_error *err)
{
	*options = (sc_sqlite_options)SC_SQLITE_OPTIONS_INIT;
	if (given != NULL)
		memcpy(options, given, given->size < sizeof *options ? given->size : sizeof *options);
	options->size = sizeof *options;
	if (options->patience_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "patience_ms", "below 0");
	if (options->remembers_ms < 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "remembers_ms", "below 0");
	if (options->strategy > SC_SQLITE_OPTIMISTIC)
		return sc__bad(err, SC_BAD_ARGUMENT, "strategy", "there is no such strategy");
	if (options->readers == 0)
		options->readers = READERS;
	if (options->patience_ms == 0)
		options->patience_ms = PATIENCE_MS;
	if (options->remembers_ms == 0)
		options->remembers_ms = REMEMBERS_MS;
	return SC_OK;
}

sc_status sc__sqlite_open(const sc_env *env, const char *name, const sc_sqlite_options *options, sc__sqlite **out,
                          sc_error *err)
{
	char path[SC__PATH_MAX];
	sc_sqlite_options chosen;
	sc_status status = read_given(options, &chosen, err);
	if (status == SC_OK)
		status = sc__sqlite_name(name, &chosen, path, err);
	if (status != SC_OK)
		return status;
	sc__connection *writer = NULL;
	status = sc__connection_open(env, path, chosen.exclusive, &writer, err);
	if (status != SC_OK)
		return status;
	status = open_handle(env, writer, &chosen, out, err);
	if (status != SC_OK)
		sc__connection_close(writer);
	return status;
}

sc_status sc_sqlite_open(const sc_env *env, const char *name, const sc_sqlite_options *options, sc_store *out,
                         sc_error *err)
{
	sc__sqlite *store = NULL;
	sc_status status = sc__sqlite_open(env, name, options, &store, err);
	if (status != SC_OK)
		return status;
	status = sc_rows_store(env, &operations, store, out, err);
	if (status != SC_OK)
		sc__sqlite_close(store);
	return status;
}
