/*
 * The search index's life: its schema, how far it has followed, and its table of operations.
 *
 * There is nothing to migrate: an index of an earlier shape is dropped and made anew, without a position, so that
 * whoever feeds it starts over.
 */
#include "drivers/postgres/search.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define SHAPE  1
#define SUFFIX "_search"

static const char *const tables[] = {
	"DROP TABLE IF EXISTS product, followed",
	"CREATE TABLE product(version bigint NOT NULL, id bytea PRIMARY KEY, words tsvector NOT NULL)",
	"CREATE INDEX product_words ON product USING gin(words)",
	("CREATE TABLE followed(one int PRIMARY KEY CHECK (one = 1), shape int NOT NULL, position bigint NOT NULL,"
	 " incarnation bytea NOT NULL)"),
};

/* ---- schema -------------------------------------------------------------------------------- */

/* The shape that is there; 0: none. */
static sc_status look_at_shape(sc__pg_connection *connection, const sc__pg_wait *wait, int64_t *out, sc_error *err)
{
	static const char there[] = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema()"
				    " AND tablename = 'followed'";
	PGresult *result = NULL;
	sc_status status = sc__pg_run(connection, there, NULL, wait, &result, err);
	*out = 0;
	if (status != SC_OK)
		return status;
	bool made = sc__pg_get_int(result, 0, 0) > 0;
	PQclear(result);
	if (!made)
		return SC_OK;
	result = NULL;
	status = sc__pg_run(connection, "SELECT shape FROM followed", NULL, wait, &result, err);
	if (status == SC_OK && PQntuples(result) == 1)
		*out = sc__pg_get_int(result, 0, 0);
	PQclear(result);
	return status;
}

static sc_status make_tables(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	int64_t shape = 0;
	sc__sql sql = { 0 };
	sc_status status = sc__pg_run(
		connection, "SELECT pg_advisory_xact_lock(hashtextextended('shopcore ' || current_schema(), 0))", NULL,
		wait, NULL, err);
	if (status == SC_OK)
		status = look_at_shape(connection, wait, &shape,
		                       err); /* whoever had the lock before may have made it */
	if (status != SC_OK || shape >= SHAPE)
		return status;
	for (size_t i = 0; i < sizeof tables / sizeof tables[0] && status == SC_OK; i++)
		status = sc__pg_run(connection, tables[i], NULL, wait, NULL, err);
	sc__sql_add(&sql, "INSERT INTO followed VALUES(1, %d, 0, decode(repeat('00', 16), 'hex'))", SHAPE);
	return status == SC_OK ? sc__pg_run(connection, sql.text, NULL, wait, NULL, err) : status;
}

static sc_status in_transaction(sc__pg_connection *connection, const sc__pg_wait *wait,
                                sc_status (*work)(sc__pg_connection *, const sc__pg_wait *, sc_error *), sc_error *err)
{
	sc_status status = sc__pg_run(connection, "BEGIN", NULL, wait, NULL, err);
	if (status != SC_OK)
		return status;
	status = work(connection, wait, err);
	if (status == SC_OK)
		return sc__pg_run(connection, "COMMIT", NULL, wait, NULL, err);
	if (!connection->broken && sc__pg_run(connection, "ROLLBACK", NULL, wait, NULL, NULL) != SC_OK)
		connection->broken = true;
	return status;
}

static sc_status prepare(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                         sc_error *err)
{
	(void)what;
	int64_t shape = 0;
	sc_status status = look_at_shape(connection, wait, &shape, err);
	if (status == SC_OK && shape > SHAPE)
		return sc__fail(err, SC_SCHEMA_TOO_NEW, "index of shape %d, this library knows %d", (int)shape, SHAPE);
	if (status == SC_OK && shape < SHAPE)
		status = sc__pg_make_schema(connection, store->schema, wait, err);
	if (status == SC_OK && shape < SHAPE)
		status = in_transaction(connection, wait, make_tables, err);
	return status;
}

/* ---- operations ---------------------------------------------------------------------------- */

struct place {
	uint8_t *incarnation;
	uint64_t position;
};

static sc_status read_place(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                            sc_error *err)
{
	(void)store;
	struct place *place = what;
	PGresult *result = NULL;
	sc_status status = sc__pg_run(connection, "SELECT incarnation, position FROM followed", NULL, wait, &result,
	                              err);
	if (status != SC_OK)
		return status;
	sc_bytes incarnation = PQntuples(result) == 1 ? sc__pg_get_bytes(result, 0, 0) : (sc_bytes){ NULL, 0 };
	if (incarnation.size == 16) {
		memcpy(place->incarnation, incarnation.data, 16);
		place->position = (uint64_t)sc__pg_get_int(result, 0, 1);
	} else {
		status = sc__fail(err, SC_DAMAGED, "the index lost its position");
	}
	PQclear(result);
	return status;
}

static sc_status position(void *ctx, const sc_call *call, uint8_t incarnation[16], uint64_t *position, sc_error *err)
{
	sc__pg_search *search = ctx;
	struct place place = { incarnation, 0 };
	sc_status status = sc__pg_attempt(search->pool, call, read_place, &place, err);
	if (status == SC_OK)
		*position = place.position;
	return status;
}

struct followed {
	const uint8_t *incarnation;
	uint64_t position;
};

static sc_status write_place(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                             sc_error *err)
{
	(void)store;
	const struct followed *followed = what;
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_param_bytes(&params, followed->incarnation, 16);
	sc__pg_param_int(&params, (int64_t)followed->position);
	return sc__pg_run(connection, "UPDATE followed SET incarnation = ?, position = ?", &params, wait, NULL, err);
}

static sc_status follow(void *ctx, const sc_call *call, const uint8_t incarnation[16], uint64_t position, sc_error *err)
{
	sc__pg_search *search = ctx;
	struct followed followed = { incarnation, position };
	return sc__pg_attempt(search->pool, call, write_place, &followed, err);
}

static sc_status empty_tables(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	sc_status status = sc__pg_run(connection, "TRUNCATE product", NULL, wait, NULL, err);
	return status == SC_OK ? sc__pg_run(connection,
	                                    "UPDATE followed SET position = 0,"
	                                    " incarnation = decode(repeat('00', 16), 'hex')",
	                                    NULL, wait, NULL, err)
	                       : status;
}

static sc_status forget_all(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                            sc_error *err)
{
	(void)store, (void)what;
	return in_transaction(connection, wait, empty_tables, err);
}

static sc_status reset(void *ctx, const sc_call *call, sc_error *err)
{
	sc__pg_search *search = ctx;
	return sc__pg_attempt(search->pool, call, forget_all, NULL, err);
}

static sc_status clean(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                       sc_error *err)
{
	(void)store, (void)what;
	return sc__pg_run(connection, "SELECT gin_clean_pending_list('product_words'::regclass)", NULL, wait, NULL,
	                  err);
}

/* What was indexed last waits in a list beside the index, which every query reads through. */
static sc_status maintain(void *ctx, const sc_call *call, int64_t budget_ms, sc_error *err)
{
	sc__pg_search *search = ctx;
	return budget_ms > 0 ? sc__pg_attempt(search->pool, call, clean, NULL, err) : SC_OK;
}

static void close_search(void *ctx)
{
	sc__pg_search *search = ctx;
	const sc_env *env = search->env;
	if (!sc__pg_handle_close(search->pool))
		return; /* a child of the process that opened it */
	sc__stems_free(search->asking_stems);
	sc__stems_free(search->writing_stems);
	env->mutex_clear(env->ctx, &search->asking);
	env->mutex_clear(env->ctx, &search->writing);
	env->resize(env->ctx, search, 0);
}

static const sc_search_ops operations = {
	.size = sizeof(sc_search_ops),
	.name = "postgres",
	.index = sc__pg_search_index,
	.query = sc__pg_search_query,
	.position = position,
	.follow = follow,
	.reset = reset,
	.maintain = maintain,
	.close = close_search,
};

/* ---- opening ------------------------------------------------------------------------------- */

static sc_status make_search(const sc_env *env, sc__pg_search **out, sc_error *err)
{
	sc__pg_search *search = env->resize(env->ctx, NULL, sizeof *search);
	if (search == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for an index");
	memset(search, 0, sizeof *search);
	search->env = env;
	search->asking_stems = sc__stems_new(env);
	search->writing_stems = sc__stems_new(env);
	bool made = search->asking_stems != NULL && search->writing_stems != NULL;
	bool asking = made && env->mutex_init(env->ctx, &search->asking);
	if (asking && env->mutex_init(env->ctx, &search->writing)) {
		*out = search;
		return SC_OK;
	}
	if (asking)
		env->mutex_clear(env->ctx, &search->asking);
	sc__stems_free(search->asking_stems);
	sc__stems_free(search->writing_stems);
	env->resize(env->ctx, search, 0);
	return sc__fail(err, SC_NO_MEMORY, "no memory for an index");
}

sc_status sc_postgres_search_open(const sc_env *env, const char *url, const sc_postgres_options *options,
                                  sc_search_index *out, sc_error *err)
{
	sc__pg_search *search = NULL;
	sc__pg_store *pool = NULL;
	sc_status status = sc__pg_handle_open(env, url, options, SUFFIX, &pool, err);
	if (status != SC_OK)
		return status;
	status = sc__pg_attempt(pool, SC_CALL_SYSTEM, prepare, NULL, err);
	if (status == SC_OK)
		status = make_search(env, &search, err);
	if (status != SC_OK) {
		sc__pg_handle_close(pool);
		return status;
	}
	search->pool = pool;
	*out = (sc_search_index){ &operations, search };
	return SC_OK;
}
