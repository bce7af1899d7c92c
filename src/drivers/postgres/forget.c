/*
 * What has an end: ids that the store no longer has to remember, and rows whose lifetime is over.
 *
 * It is asked at every tick, so it first looks whether there is anything to do. Rows that somebody has
 * locked are left for the next time.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

struct forget {
	int64_t floor_ms;
	size_t max, done;
	int64_t next_ms;
};

/* The floor moves on with time; writing it at every tick would cost a commit each, so it moves in steps. */
static int64_t floor_step_ms(const sc__pg_store *store)
{
	int64_t step = store->options.remembers_ms / 100;
	return step < 600000 ? step : 600000;
}

/* The smallest id that was made at `floor_ms` or later. */
static sc_id first_id_of(int64_t floor_ms)
{
	sc_id id = { { 0 } };
	for (int i = 0; i < 6 && floor_ms > 0; i++)
		id.bytes[i] = (uint8_t)((uint64_t)floor_ms >> (40 - 8 * i));
	return id;
}

/* An account on which something is still held has to outlive it, or its units could not come back. */
static const char *still_used(const sc_kind *kind)
{
	return sc__kind_has_counters(kind) ? " AND held = 0" : "";
}

/* ---- when is something due ------------------------------------------------------------- */

static sc_status send_next_ends(sc__pg_connection *connection, sc_error *err)
{
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	sc_status status = SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		if (!sc__kind_has_lifetime(&kinds[i]))
			continue;
		sc__sql sql = { 0 };
		sc__sql_add(&sql, "SELECT expires FROM \"%s\" WHERE expires > 0%s ORDER BY expires LIMIT 1",
		            kinds[i].name, still_used(&kinds[i]));
		status = sc__pg_send(connection, sc__pg_key(SC__PG_NEXT_END, kinds[i].number, 0), sql.text, NULL, err);
	}
	return status;
}

static sc_status take_next_ends(sc__pg_connection *connection, const sc__pg_wait *wait, int64_t *next_ms, sc_error *err)
{
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	sc_status status = SC_OK;
	*next_ms = SC_NEVER;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		PGresult *result = NULL;
		if (!sc__kind_has_lifetime(&kinds[i]))
			continue;
		status = sc__pg_result(connection, wait, &result, err);
		if (status == SC_OK && PQntuples(result) == 1 && sc__pg_get_int(result, 0, 0) < *next_ms)
			*next_ms = sc__pg_get_int(result, 0, 0);
		PQclear(result);
	}
	return status;
}

static sc_status look(sc__pg_connection *connection, const sc__pg_wait *wait, sc__pg_state *state, int64_t *next_ms,
                      sc_error *err)
{
	sc_status status = sc__pg_state_send(connection, SC__PG_DRAWS_NOT, err);
	if (status == SC_OK)
		status = send_next_ends(connection, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_state_take(connection, wait, state, err);
	if (status == SC_OK)
		status = take_next_ends(connection, wait, next_ms, err);
	return status == SC_OK ? sc__pg_drain(connection, wait, err) : status;
}

/* ---- forgetting ------------------------------------------------------------------------ */

/* Committed before anything goes: an id must never be gone while it is still above the floor. */
static sc_status raise_floor(sc__pg_connection *connection, const sc__pg_wait *wait, int64_t floor_ms, sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_param_int(&params, floor_ms);
	return sc__pg_run(connection, "UPDATE sc_meta SET floor_ms = greatest(floor_ms, ?)", &params, wait, NULL, err);
}

static sc_status run_delete(sc__pg_connection *connection, const sc__pg_wait *wait, const char *sql,
                            const sc__pg_params *params, size_t *done, sc_error *err)
{
	PGresult *result = NULL;
	sc_status status = sc__pg_run(connection, sql, params, wait, &result, err);
	if (status != SC_OK)
		return status;
	*done += (size_t)sc__pg_get_int(result, 0, 0);
	PQclear(result);
	return SC_OK;
}

static sc_status forget_ids(sc__pg_connection *connection, const sc__pg_wait *wait, struct forget *forget,
                            sc_error *err)
{
	static const char sql[] = "WITH gone AS (DELETE FROM sc_ids WHERE id IN"
				  " (SELECT id FROM sc_ids WHERE id < ? ORDER BY id LIMIT ?) RETURNING 1)"
				  " SELECT count(*) FROM gone";
	sc_id below = first_id_of(forget->floor_ms);
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_param_bytes(&params, below.bytes, sizeof below.bytes);
	sc__pg_param_int(&params, (int64_t)(forget->max - forget->done));
	return run_delete(connection, wait, sql, &params, &forget->done, err);
}

static sc_status forget_rows(sc__pg_connection *connection, const sc__pg_wait *wait, const sc_kind *kind,
                             int64_t now_ms, struct forget *forget, sc_error *err)
{
	sc__sql sql = { 0 };
	sc__pg_params params = { .arena = &connection->arena };
	sc__sql_add(&sql,
	            "WITH due AS (SELECT key, sub FROM \"%s\" WHERE expires > 0 AND expires <= ?%s ORDER BY expires"
	            " LIMIT ? FOR UPDATE SKIP LOCKED), gone AS (DELETE FROM \"%s\" AS t USING due"
	            " WHERE t.key = due.key AND t.sub = due.sub RETURNING 1) SELECT count(*) FROM gone",
	            kind->name, still_used(kind), kind->name);
	sc__pg_param_int(&params, now_ms);
	sc__pg_param_int(&params, (int64_t)(forget->max - forget->done));
	return run_delete(connection, wait, sql.text, &params, &forget->done, err);
}

static sc_status work(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                      sc_error *err)
{
	struct forget *forget = what;
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	sc__pg_state state;
	sc_status status = look(connection, wait, &state, &forget->next_ms, err);
	if (status != SC_OK)
		return status;
	int64_t now_ms = sc__pg_clock(store, &state);
	if (forget->next_ms > now_ms && forget->floor_ms - state.floor_ms < floor_step_ms(store))
		return SC_OK;
	status = raise_floor(connection, wait, forget->floor_ms, err);
	if (status == SC_OK && forget->max > forget->done)
		status = forget_ids(connection, wait, forget, err);
	for (size_t i = 0; i < count && status == SC_OK && forget->max > forget->done; i++)
		if (sc__kind_has_lifetime(&kinds[i]))
			status = forget_rows(connection, wait, &kinds[i], now_ms, forget, err);
	if (status == SC_OK)
		status = look(connection, wait, &state, &forget->next_ms, err);
	if (status == SC_OK && forget->done >= forget->max && forget->max > 0)
		forget->next_ms = now_ms;
	return status;
}

sc_status sc__pg_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                        sc_error *err)
{
	struct forget forget = { .floor_ms = floor_ms, .max = max, .next_ms = SC_NEVER };
	sc_status status = sc__pg_attempt(ctx, call, work, &forget, err);
	if (status != SC_OK)
		return status;
	*done = forget.done;
	*next_ms = forget.next_ms;
	return SC_OK;
}
