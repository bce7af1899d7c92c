/*
 * Making the schema fit the table of kinds, by adding only.
 *
 * The schema says which library wrote it and which shape each kind had. One that a later library wrote is
 * left as it is. Everything happens in one transaction under one advisory lock, so many processes may
 * start at once; those that come second find nothing to do. Each migration makes the generation grow,
 * which transactions compare, so that a process that was started before learns of it.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

#define SCHEMA_VERSION 1

/* Held while a schema is made; the number is hashed from the schema's name, so tenants do not wait for each other. */
static const char lock_sql[] = "SELECT pg_advisory_xact_lock(hashtextextended('shopcore ' || current_schema(), 0))";

static const char *const own_tables[] = {
	("CREATE TABLE sc_meta(one int PRIMARY KEY CHECK (one = 1), schema_version int NOT NULL,"
	 " generation bigint NOT NULL, time_ms bigint NOT NULL, floor_ms bigint NOT NULL, trimmed bigint NOT NULL,"
	 " incarnation bytea NOT NULL CHECK (length(incarnation) = 16))"),
	"CREATE TABLE sc_kinds(number int PRIMARY KEY, name text NOT NULL UNIQUE, shape int NOT NULL)",
	("CREATE TABLE sc_ids(wanted bigint NOT NULL, available bigint NOT NULL, position bigint NOT NULL,"
	 " time_ms bigint NOT NULL, status int NOT NULL, change bigint NOT NULL, line bigint NOT NULL,"
	 " id bytea PRIMARY KEY)"),
	"CREATE SEQUENCE sc_positions",
	("CREATE TABLE sc_journal(first bigint PRIMARY KEY, time_ms bigint NOT NULL,"
	 " check32 bigint NOT NULL, count int NOT NULL, entries bytea NOT NULL) WITH (toast_tuple_target = 8160)"),
	"ALTER TABLE sc_journal ALTER COLUMN entries SET STORAGE EXTERNAL", /* packed already */
};

static sc_status number_of(sc__pg_connection *connection, const char *sql, const sc__pg_wait *wait, int64_t *out,
                           sc_error *err)
{
	PGresult *result = NULL;
	sc_status status = sc__pg_run(connection, sql, NULL, wait, &result, err);
	if (status != SC_OK)
		return status;
	*out = PQntuples(result) > 0 ? sc__pg_get_int(result, 0, 0) : 0;
	PQclear(result);
	return SC_OK;
}

/* Asked of the catalogue's tables: to_regclass() may answer from what this session knew before it waited for the lock.
 */
static sc_status has_table(sc__pg_connection *connection, const char *table, const sc__pg_wait *wait, int64_t *out,
                           sc_error *err)
{
	sc__sql sql = { 0 };
	sc__sql_add(&sql, "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = '%s'",
	            table);
	return number_of(connection, sql.text, wait, out, err);
}

static sc_status check_kinds(const PGresult *result, sc_error *err)
{
	size_t count = 0, fitting = 0;
	const sc_kind *kinds = sc_kinds(&count);
	for (int row = 0; row < PQntuples(result); row++) {
		int64_t number = sc__pg_get_int(result, row, 0), shape = sc__pg_get_int(result, row, 1);
		const sc_kind *kind = number > 0 && number <= UINT16_MAX ? sc_kind_find((uint16_t)number) : NULL;
		if (kind == NULL || shape > kind->shape)
			return sc__fail(err, SC_SCHEMA_TOO_NEW, "kind %d has shape %d, of a later library", (int)number,
			                (int)shape);
		fitting += shape == kind->shape;
	}
	(void)kinds;
	return fitting == count ? SC_OK : SC_NOT_FOUND;
}

sc_status sc__pg_schema_check(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	int64_t there = 0, version = 0;
	PGresult *result = NULL;
	sc_status status = has_table(connection, "sc_meta", wait, &there, err);
	if (status != SC_OK)
		return status;
	if (there == 0)
		return SC_NOT_FOUND;
	status = number_of(connection, "SELECT schema_version FROM sc_meta", wait, &version, err);
	if (status == SC_OK && version > SCHEMA_VERSION)
		return sc__fail(err, SC_SCHEMA_TOO_NEW, "schema %d, this library knows %d", (int)version,
		                SCHEMA_VERSION);
	if (status == SC_OK)
		status = sc__pg_run(connection, "SELECT number, shape FROM sc_kinds", NULL, wait, &result, err);
	if (status != SC_OK)
		return status;
	status = check_kinds(result, err);
	PQclear(result);
	return status;
}

static sc_status create_own(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	sc_status status = SC_OK;
	for (size_t i = 0; i < sizeof own_tables / sizeof own_tables[0] && status == SC_OK; i++)
		status = sc__pg_run(connection, own_tables[i], NULL, wait, NULL, err);
	if (status != SC_OK)
		return status;
	sc_id incarnation = sc_id_make(connection->env);
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_param_int(&params, SCHEMA_VERSION);
	sc__pg_param_bytes(&params, incarnation.bytes, sizeof incarnation.bytes);
	return sc__pg_run(connection, "INSERT INTO sc_meta VALUES(1, ?, 0, 0, 0, 0, ?)", &params, wait, NULL, err);
}

static sc_status migrate_kind(sc__pg_connection *connection, const sc_kind *kind, const sc__pg_wait *wait,
                              sc_error *err)
{
	sc__pg_part parts[SC__PG_PARTS_MAX];
	size_t count = sc__pg_kind_parts(kind, parts);
	int64_t there = 0;
	sc__sql sql = { 0 };
	sc_status status = has_table(connection, kind->name, wait, &there, err);
	if (status == SC_OK && there == 0) {
		sc__pg_table_text(&sql, kind);
		status = sc__pg_run(connection, sql.text, NULL, wait, NULL, err);
	}
	for (size_t i = 0; i < count && status == SC_OK && there != 0; i++) {
		sql = (sc__sql){ 0 };
		sc__sql_add(&sql, "ALTER TABLE \"%s\" ADD COLUMN IF NOT EXISTS \"%s\" %s", kind->name, parts[i].name,
		            parts[i].definition);
		status = sc__pg_run(connection, sql.text, NULL, wait, NULL, err);
	}
	sql = (sc__sql){ 0 };
	for (uint32_t n = 0; status == SC_OK && sc__pg_index_text(&sql, kind, n); n++) {
		status = sc__pg_run(connection, sql.text, NULL, wait, NULL, err);
		sql = (sc__sql){ 0 };
	}
	if (status != SC_OK)
		return status;
	sc__sql_add(&sql,
	            "INSERT INTO sc_kinds(number, name, shape) VALUES(%u, '%s', %u)"
	            " ON CONFLICT(number) DO UPDATE SET shape = excluded.shape",
	            kind->number, kind->name, kind->shape);
	return sc__pg_run(connection, sql.text, NULL, wait, NULL, err);
}

sc_status sc__pg_make_schema(sc__pg_connection *connection, const char *schema, const sc__pg_wait *wait, sc_error *err)
{
	sc__sql sql = { 0 };
	int64_t there = 0;
	sc__sql_add(&sql, "SELECT count(*) FROM pg_namespace WHERE nspname = '%s'", schema);
	sc_status status = number_of(connection, sql.text, wait, &there, err);
	if (status != SC_OK || there > 0)
		return status;
	/* Another process may be making it: then its unique name refuses ours, and it is there all the same. */
	sql = (sc__sql){ 0 };
	sc__sql_add(&sql, "CREATE SCHEMA IF NOT EXISTS \"%s\"", schema);
	status = sc__pg_run(connection, sql.text, NULL, wait, NULL, err);
	return status == SC_CHANGED && !connection->broken ? SC_OK : status;
}

static sc_status migrate(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	int64_t there = 0;
	sc_status status = sc__pg_run(connection, lock_sql, NULL, wait, NULL, err);
	if (status != SC_OK)
		return status;
	status = sc__pg_schema_check(connection, wait, err); /* whoever had the lock before may have done it */
	if (status != SC_NOT_FOUND)
		return status;
	status = has_table(connection, "sc_meta", wait, &there, err);
	if (status == SC_OK && there == 0)
		status = create_own(connection, wait, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = migrate_kind(connection, &kinds[i], wait, err);
	if (status == SC_OK)
		status = sc__pg_run(connection, "UPDATE sc_meta SET generation = generation + 1", NULL, wait, NULL,
		                    err);
	return status;
}

sc_status sc__pg_schema_prepare(sc__pg_connection *connection, const char *schema, const sc__pg_wait *wait,
                                sc_error *err)
{
	sc_status status = sc__pg_schema_check(connection, wait, err);
	if (status != SC_NOT_FOUND)
		return status;
	status = sc__pg_make_schema(connection, schema, wait, err);
	if (status == SC_OK)
		status = sc__pg_run(connection, "BEGIN", NULL, wait, NULL, err);
	if (status != SC_OK)
		return status;
	status = migrate(connection, wait, err);
	if (status == SC_OK)
		status = sc__pg_run(connection, "COMMIT", NULL, wait, NULL, err);
	else if (!connection->broken && sc__pg_run(connection, "ROLLBACK", NULL, wait, NULL, NULL) != SC_OK)
		connection->broken = true;
	return status;
}

/* Another generation than the one this handle was prepared for: look whether it still fits. */
sc_status sc__pg_check_generation(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait,
                                  const sc__pg_state *state, sc_error *err)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	bool same = store->generation == state->generation;
	env->mutex_unlock(env->ctx, &store->mutex);
	if (same)
		return SC_OK;
	sc_status status = sc__pg_schema_check(connection, wait, err);
	if (status == SC_NOT_FOUND)
		return sc__fail(err, SC_STORE_FAILED, "the store was not prepared");
	if (status != SC_OK)
		return status;
	env->mutex_lock(env->ctx, &store->mutex);
	store->generation = state->generation;
	store->incarnation = state->incarnation;
	env->mutex_unlock(env->ctx, &store->mutex);
	return SC_OK;
}

/* ---- what the store says of itself ----------------------------------------------------- */

/*
 * The journal's last rows say the highest time; meta does only when they were trimmed away, or when nothing was
 * drawn. Some rows and not one, because the last to draw need not be the last to look at the clock.
 */
#define STATE_COLUMNS                                                                                                 \
	"(extract(epoch FROM clock_timestamp()) * 1000)::bigint, m.floor_ms, m.generation, m.trimmed,"                \
	" greatest(m.time_ms, (SELECT max(j.time_ms) FROM (SELECT time_ms FROM sc_journal ORDER BY first DESC LIMIT " \
	"8)"                                                                                                          \
	" j)), m.incarnation"
static const char *const state_sql[] = {
	[SC__PG_DRAWS_NOT] = "SELECT " STATE_COLUMNS " FROM sc_meta m",
	[SC__PG_DRAWS] = "SELECT " STATE_COLUMNS ", " SC__PG_DRAW_COLUMNS " FROM sc_meta m",
	[SC__PG_DRAWS_IMPATIENT] = "SELECT " STATE_COLUMNS ", " SC__PG_DRAW_IMPATIENT " FROM sc_meta m",
};

sc_status sc__pg_state_send(sc__pg_connection *connection, sc__pg_draws draws, sc_error *err)
{
	return sc__pg_send(connection, sc__pg_key(SC__PG_STATE, 0, draws), state_sql[draws], NULL, err);
}

sc_status sc__pg_state_take(sc__pg_connection *connection, const sc__pg_wait *wait, sc__pg_state *out, sc_error *err)
{
	PGresult *result = NULL;
	sc_status status = sc__pg_result(connection, wait, &result, err);
	if (status != SC_OK)
		return status;
	if (PQntuples(result) != 1) {
		PQclear(result);
		return sc__fail(err, SC_DAMAGED, "the line about the store itself is gone");
	}
	*out = (sc__pg_state){
		.clock_ms = sc__pg_get_int(result, 0, 0),
		.floor_ms = sc__pg_get_int(result, 0, 1),
		.generation = sc__pg_get_int(result, 0, 2),
		.trimmed = (uint64_t)sc__pg_get_int(result, 0, 3),
		.time_ms = sc__pg_get_int(result, 0, 4),
	};
	sc_bytes incarnation = sc__pg_get_bytes(result, 0, 5);
	if (incarnation.size == sizeof out->incarnation)
		memcpy(&out->incarnation, incarnation.data, sizeof out->incarnation);
	if (PQnfields(result) > 6) {
		out->xid = (uint64_t)sc__pg_get_int(result, 0, 6);
		out->block = (uint64_t)sc__pg_get_int(result, 0, 7);
	}
	PQclear(result);
	return SC_OK;
}

sc_status sc__pg_state_read(sc__pg_connection *connection, const sc__pg_wait *wait, sc__pg_state *out, sc_error *err)
{
	sc_status status = sc__pg_state_send(connection, SC__PG_DRAWS_NOT, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_state_take(connection, wait, out, err);
	if (connection->broken)
		return status;
	sc_status drained = sc__pg_drain(connection, wait, status == SC_OK ? err : NULL);
	return status == SC_OK ? drained : status;
}
