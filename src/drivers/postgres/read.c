/*
 * Locking and reading the rows of a transaction: one statement for all rows of a kind, all kinds in one
 * trip.
 *
 * Where rows are locked, it is in the order of their addresses, kind by kind, which is the library's order for
 * everybody. The clock is read behind the locks, so that a wait for them counts; so is the floor of
 * ids, which may only be looked at after the ids, or one could be forgotten in between.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

static const char id_look[] = "SELECT u.n, status, change, line, wanted, available, position, time_ms"
			      " FROM unnest(?::bytea[]) WITH ORDINALITY AS u(k, n) JOIN sc_ids ON id = u.k";

/* ---- asking by address ----------------------------------------------------------------- */

void sc__pg_param_addresses(sc__pg_params *params, const sc_address *const *addresses, size_t count)
{
	size_t keys = 0, subs = 0;
	for (size_t i = 0; i < count; i++) {
		keys += addresses[i]->key_size;
		subs += addresses[i]->sub_size;
	}
	sc__pg_array array = sc__pg_param_array(params, SC_VALUE_BYTES, count, keys);
	for (size_t i = 0; i < count; i++)
		sc__pg_array_add(&array, &SC_VALUE_OF_BYTES(addresses[i]->key, addresses[i]->key_size));
	array = sc__pg_param_array(params, SC_VALUE_BYTES, count, subs);
	for (size_t i = 0; i < count; i++)
		sc__pg_array_add(&array, &SC_VALUE_OF_BYTES(addresses[i]->sub, addresses[i]->sub_size));
}

/* One row needs no array, which spares the server most of its work. */
static void look_at_one_text(sc__sql *sql, const sc_kind *kind, uint32_t mask, bool lock)
{
	sc__sql_add(sql, "SELECT 1, ");
	sc__sql_add_record(sql, kind, mask);
	sc__sql_add(sql, " FROM \"%s\" WHERE key = ? AND sub = ?%s", kind->name, lock ? " FOR UPDATE" : "");
}

static void look_text(sc__sql *sql, const sc_kind *kind, uint32_t mask, bool lock)
{
	sc__sql_add(sql, "SELECT u.n, ");
	sc__sql_add_record(sql, kind, mask);
	sc__sql_add(sql,
	            " FROM unnest(?::bytea[], ?::bytea[]) WITH ORDINALITY AS u(k, s, n)"
	            " JOIN \"%s\" AS t ON key = u.k AND sub = u.s",
	            kind->name);
	if (lock)
		sc__sql_add(sql, " ORDER BY key, sub FOR UPDATE OF t");
}

sc_status sc__pg_look_send(sc__pg_connection *connection, const sc_kind *kind, uint32_t mask, bool lock,
                           const sc_address *const *addresses, size_t count, sc_error *err)
{
	bool one = count == 1;
	uint64_t key = sc__pg_key(lock ? SC__PG_LOCK : SC__PG_LOOK, kind->number, (mask & SC_READ_ALL) << 1 | one);
	sc__pg_params params = { .arena = &connection->arena };
	sc__sql sql = { 0 };
	if (!sc__pg_is_prepared(connection, key))
		(one ? look_at_one_text : look_text)(&sql, kind, mask, lock);
	if (one) {
		sc__pg_param_bytes(&params, addresses[0]->key, addresses[0]->key_size);
		sc__pg_param_bytes(&params, addresses[0]->sub, addresses[0]->sub_size);
	} else {
		sc__pg_param_addresses(&params, addresses, count);
	}
	return sc__pg_send(connection, key, sql.text, &params, err);
}

size_t sc__pg_look_index(const PGresult *result, int row, size_t count)
{
	int64_t ordinal = sc__pg_get_int(result, row, 0);
	return ordinal >= 1 && (uint64_t)ordinal <= count ? (size_t)ordinal - 1 : 0;
}

/* ---- the rows of a transaction --------------------------------------------------------- */

/* How many rows from `rows` on are of one kind. */
static size_t run_of(sc_row *const *rows, size_t count)
{
	size_t size = 1;
	while (size < count && rows[size]->type == rows[0]->type &&
	       (rows[0]->type == SC_ROW_ID || rows[size]->value.address.kind == rows[0]->value.address.kind))
		size++;
	return size;
}

static uint32_t need_of(sc_row *const *rows, size_t count)
{
	uint32_t need = 0;
	for (size_t i = 0; i < count; i++)
		need |= rows[i]->need;
	return need & SC_READ_ALL;
}

static sc_status send_ids(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_array array = sc__pg_param_array(&params, SC_VALUE_BYTES, count, count * sizeof rows[0]->id.bytes);
	for (size_t i = 0; i < count; i++)
		sc__pg_array_add(&array, &SC_VALUE_OF_BYTES(rows[i]->id.bytes, sizeof rows[i]->id.bytes));
	return sc__pg_send(connection, sc__pg_key(SC__PG_ID_LOOK, 0, 0), id_look, &params, err);
}

static sc_status send_run(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	if (rows[0]->type == SC_ROW_ID)
		return send_ids(connection, rows, count, err);
	const sc_kind *kind = sc_kind_find(rows[0]->value.address.kind);
	const sc_address **addresses = sc__arena_array(&connection->arena, count, sizeof(*addresses));
	if (kind == NULL || addresses == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to ask for rows");
	for (size_t i = 0; i < count; i++)
		addresses[i] = &rows[i]->value.address;
	return sc__pg_look_send(connection, kind, need_of(rows, count), connection->transaction.locks, addresses, count,
	                        err);
}

static void fill_id(const PGresult *result, int row, sc_row *out)
{
	out->outcome = (sc_stored_outcome){
		.status = (int32_t)sc__pg_get_int(result, row, 1),
		.change = (uint32_t)sc__pg_get_int(result, row, 2),
		.line = (uint32_t)sc__pg_get_int(result, row, 3),
		.wanted = sc__pg_get_int(result, row, 4),
		.available = sc__pg_get_int(result, row, 5),
		.position = (uint64_t)sc__pg_get_int(result, row, 6),
		.time_ms = sc__pg_get_int(result, row, 7),
	};
}

/* What an optimistic write will ask for: the version that was read. */
static sc_status keep_version(sc_row *row, sc_arena *arena, sc_error *err)
{
	uint64_t *version = sc_arena_alloc(arena, sizeof *version);
	if (version == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
	*version = row->value.version;
	row->driver = version;
	return SC_OK;
}

static sc_status take_run(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_arena *arena,
                          sc_error *err)
{
	const sc__pg_transaction *transaction = &connection->transaction;
	bool is_id = rows[0]->type == SC_ROW_ID;
	PGresult *result = NULL;
	sc_status status = sc__pg_result(connection, &transaction->wait, &result, err);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; is_id && i < count; i++)
		rows[i]->outcome = (sc_stored_outcome){ .status = SC_NOT_FOUND };
	for (int at = 0; at < PQntuples(result) && status == SC_OK; at++) {
		sc_row *row = rows[sc__pg_look_index(result, at, count)];
		if (is_id) {
			fill_id(result, at, row);
			continue;
		}
		status = sc__pg_record_read(result, at, 1, sc_kind_find(row->value.address.kind), need_of(rows, count),
		                            arena, &row->value, err);
		if (status == SC_OK && !transaction->locks)
			status = keep_version(row, arena, err);
	}
	PQclear(result);
	return status;
}

/* ---- a trip ---------------------------------------------------------------------------- */

/* Who locks sees each row as it is then, which is the newest. Who does not needs one moment for all rows, or what is
 * refused because two of them disagree would be refused wrongly. */
static sc_status send_begin(sc__pg_connection *connection, sc_error *err)
{
	bool locks = connection->transaction.locks;
	connection->transaction.begun = true;
	return sc__pg_send(connection, sc__pg_key(SC__PG_BEGIN, 0, locks),
	                   locks ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN ISOLATION LEVEL REPEATABLE READ",
	                   NULL, err);
}

static sc_status take_begin(sc__pg_connection *connection, sc_error *err)
{
	PGresult *result = NULL;
	sc_status status = sc__pg_result(connection, &connection->transaction.wait, &result, err);
	PQclear(result);
	return status;
}

static sc__pg_draws draws_of(const sc__pg_transaction *transaction)
{
	return transaction->locks || transaction->compares ? SC__PG_DRAWS : SC__PG_DRAWS_IMPATIENT;
}

static sc_status send_draw(sc__pg_connection *connection, sc_error *err)
{
	const sc__pg_draws draws = draws_of(&connection->transaction);
	return sc__pg_send(connection, sc__pg_key(SC__PG_DRAW, 0, draws),
	                   draws == SC__PG_DRAWS ? "SELECT " SC__PG_DRAW_COLUMNS : "SELECT " SC__PG_DRAW_IMPATIENT,
	                   NULL, err);
}

static sc_status take_draw(sc__pg_connection *connection, sc_error *err)
{
	sc__pg_transaction *transaction = &connection->transaction;
	PGresult *result = NULL;
	sc_status status = sc__pg_result(connection, &transaction->wait, &result, err);
	if (status == SC_OK) {
		transaction->xid = (uint64_t)sc__pg_get_int(result, 0, 0);
		transaction->block = (uint64_t)sc__pg_get_int(result, 0, 1);
	}
	PQclear(result);
	return status;
}

static sc_status take_clock(sc__pg_connection *connection, sc__pg_state *state, sc_error *err)
{
	sc__pg_transaction *transaction = &connection->transaction;
	sc_status status = sc__pg_state_take(connection, &transaction->wait, state, err);
	if (status != SC_OK)
		return status;
	transaction->clock->now_ms = sc__pg_clock(transaction->store, state);
	transaction->clock->floor_ms = state->floor_ms;
	if (state->block != 0) {
		transaction->xid = state->xid;
		transaction->block = state->block;
	}
	return SC_OK;
}

static sc_status send_trip(sc__pg_connection *connection, sc_row *const *rows, size_t count, bool first, bool draws,
                           sc_error *err)
{
	sc_status status = first ? send_begin(connection, err) : SC_OK;
	for (size_t at = 0; at < count && status == SC_OK;) {
		size_t size = run_of(rows + at, count - at);
		status = send_run(connection, rows + at, size, err);
		at += size;
	}
	if (status == SC_OK && first)
		status = sc__pg_state_send(connection, draws ? draws_of(&connection->transaction) : SC__PG_DRAWS_NOT,
		                           err);
	else if (status == SC_OK && draws)
		status = send_draw(connection, err);
	return status == SC_OK ? sc__pg_sync(connection, err) : status;
}

static sc_status take_trip(sc__pg_connection *connection, sc_row *const *rows, size_t count, bool first, bool draws,
                           sc_arena *arena, sc_error *err)
{
	const sc__pg_transaction *transaction = &connection->transaction;
	sc__pg_state state = { 0 };
	sc_status status = first ? take_begin(connection, err) : SC_OK;
	for (size_t at = 0; at < count && status == SC_OK;) {
		size_t size = run_of(rows + at, count - at);
		status = take_run(connection, rows + at, size, arena, err);
		at += size;
	}
	if (status == SC_OK && first)
		status = take_clock(connection, &state, err);
	else if (status == SC_OK && draws)
		status = take_draw(connection, err);
	if (status == SC_OK)
		status = sc__pg_drain(connection, &transaction->wait, err);
	if (status == SC_OK && first)
		status = sc__pg_check_generation(transaction->store, connection, &transaction->wait, &state, err);
	return status;
}

/* The library's array may go before the transaction ends; the rows stay. */
static sc_status keep_rows(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	sc__pg_transaction *transaction = &connection->transaction;
	if (transaction->reads >= sizeof transaction->read / sizeof transaction->read[0])
		return sc__fail(err, SC_STORE_FAILED, "a transaction reads twice at most");
	sc_row **kept = sc__arena_array(&connection->arena, count, sizeof(*kept));
	if (kept == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read rows");
	memcpy(kept, rows, count * sizeof(*kept));
	transaction->read[transaction->reads] = kept;
	transaction->read_count[transaction->reads++] = count;
	return SC_OK;
}

sc_status sc__pg_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	sc__pg_connection *connection = txn;
	const sc__pg_transaction *transaction = &connection->transaction;
	/* Accounts and other records are the last to be locked, so positions can be drawn behind them. */
	bool first = !transaction->begun;
	bool draws = rows[count - 1]->type >= SC_ROW_ACCOUNT && transaction->block == 0;
	sc_status status = SC_OK;
	if (!transaction->locks)
		status = keep_rows(connection, rows, count, err);
	if (status == SC_OK)
		status = send_trip(connection, rows, count, first, draws, err);
	return status == SC_OK ? take_trip(connection, rows, count, first, draws, arena, err) : status;
}
