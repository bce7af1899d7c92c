/*
 * Statements sent ahead of their answers, and the answers in the same order.
 *
 * A statement that this connection does not know yet is prepared in the same trip, so learning one
 * costs no extra answer. Whatever fails makes the server skip all up to the next sync.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

enum { PREPARED = 1, EXECUTED = 2, SYNCED = 3 };

/* ---- what is prepared ------------------------------------------------------------------ */

static size_t slot_of(const sc__pg_connection *connection, uint64_t key)
{
	size_t at = (size_t)((key * UINT64_C(0x9E3779B97F4A7C15)) >> 32) % SC__PG_STATEMENTS;
	while (connection->statements[at] != 0 && connection->statements[at] != key)
		at = (at + 1) % SC__PG_STATEMENTS;
	return at;
}

bool sc__pg_is_prepared(const sc__pg_connection *connection, uint64_t key)
{
	return key != 0 && connection->statements[slot_of(connection, key)] == key;
}

static bool remember(sc__pg_connection *connection, uint64_t key)
{
	/* Half full at most, so that a search ends soon. What finds no place is prepared each time, without a name. */
	if (key == 0 || connection->statement_count >= SC__PG_STATEMENTS / 2)
		return false;
	connection->statements[slot_of(connection, key)] = key;
	connection->statement_count++;
	return true;
}

/* The server did not take it. Others behind it in the table may then be found no more, so all are forgotten. */
static void forget_all(sc__pg_connection *connection)
{
	memset(connection->statements, 0, sizeof connection->statements);
	connection->statement_count = 0;
	connection->broken = true; /* the names are taken on the server; a new connection begins with none */
}

/* ---- sending --------------------------------------------------------------------------- */

static void write_name(uint64_t key, char out[20])
{
	static const char digits[] = "0123456789abcdef";
	out[0] = 's';
	for (int i = 0; i < 16; i++)
		out[1 + i] = digits[key >> (60 - 4 * i) & 15];
	out[17] = '\0';
}

/* "?" becomes "$1", "$2", … No text of ours has one otherwise. */
static void number_marks(const char *sql, sc__sql *out)
{
	int mark = 0;
	for (;;) {
		size_t size = strcspn(sql, "?");
		sc__sql_add(out, "%.*s", (int)size, sql);
		if (sql[size] == '\0')
			return;
		sc__sql_add(out, "$%d", ++mark);
		sql += size + 1;
	}
}

static void expect(sc__pg_connection *connection, uint8_t what, uint64_t key)
{
	uint32_t at = (connection->expected_first + connection->expected_count) % SC__PG_QUEUE_MAX;
	connection->expected[at] = (sc__pg_expected){ what, key };
	connection->expected_count++;
}

static sc_status not_sent(sc__pg_connection *connection, sc_error *err)
{
	connection->broken = true;
	if (PQstatus(connection->pg) == CONNECTION_BAD)
		return sc__fail(err, SC_CHANGED, "the connection to the server is lost");
	return sc__fail(err, SC_NO_MEMORY, "no memory to send a statement");
}

static sc_status prepare(sc__pg_connection *connection, uint64_t key, const char *name, const char *sql,
                         const sc__pg_params *params, sc_error *err)
{
	sc__sql numbered = { 0 };
	number_marks(sql, &numbered);
	if (!PQsendPrepare(connection->pg, name, numbered.text, params != NULL ? params->count : 0,
	                   params != NULL ? params->types : NULL))
		return not_sent(connection, err);
	expect(connection, PREPARED, key);
	return SC_OK;
}

sc_status sc__pg_send(sc__pg_connection *connection, uint64_t key, const char *sql, const sc__pg_params *params,
                      sc_error *err)
{
	static const int binary[SC__PG_PARAMS_MAX] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
		                                       1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };
	char name[20] = "";
	if (params != NULL && params->no_memory)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the values of a statement");
	if (connection->expected_count + 4 > SC__PG_QUEUE_MAX)
		return sc__fail(err, SC_STORE_FAILED, "more statements than one trip may have");
	bool known = sc__pg_is_prepared(connection, key);
	if (known || remember(connection, key))
		write_name(key, name);
	sc_status status = known ? SC_OK : prepare(connection, key, name, sql, params, err);
	if (status != SC_OK)
		return status;
	connection->unsynced = true;
	int count = params != NULL ? params->count : 0;
	if (!PQsendQueryPrepared(connection->pg, name, count, params != NULL ? params->values : NULL,
	                         params != NULL ? params->lengths : NULL, binary, 1))
		return not_sent(connection, err);
	expect(connection, EXECUTED, key);
	return SC_OK;
}

sc_status sc__pg_sync(sc__pg_connection *connection, sc_error *err)
{
	if (!PQpipelineSync(connection->pg))
		return not_sent(connection, err);
	expect(connection, SYNCED, 0);
	connection->unsynced = false;
	PQflush(connection->pg);
	return SC_OK;
}

/* ---- receiving ------------------------------------------------------------------------- */

static bool is_state(const char *state, const char *wanted)
{
	return strncmp(state, wanted, strlen(wanted)) == 0;
}

/* What an SQLSTATE means to the library. A server that is going away has done nothing that it did not say. */
static sc_status status_of(const char *state)
{
	static const struct {
		const char *state;
		sc_status status;
	} known[] = {
		{ "40", SC_CHANGED },      /* serialisation failures, deadlocks */
		{ "23505", SC_CHANGED },   /* somebody made the row first */
		{ "22012", SC_CHANGED },   /* how our own statements say that a row is not what it was */
		{ "57P", SC_CHANGED },     /* the server shuts down, or starts */
		{ "08", SC_CHANGED },      /* the connection */
		{ "25006", SC_CHANGED },   /* it has become a standby */
		{ "55P03", SC_BUSY },      /* a lock was not to be had in time */
		{ "57014", SC_BUSY },      /* told to stop */
		{ "53300", SC_BUSY },      /* too many connections */
		{ "53200", SC_NO_MEMORY }, /* there, not here */
		{ "53100", SC_NO_ROOM },   /* its disk is full */
		{ "XX001", SC_DAMAGED },   { "XX002", SC_DAMAGED },
	};
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (is_state(state, known[i].state))
			return known[i].status;
	return SC_STORE_FAILED;
}

static sc_status failed(sc__pg_connection *connection, PGresult *result, sc_error *err)
{
	const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
	sc_status status;
	if (state == NULL) { /* libpq's own: the connection */
		connection->broken = true;
		status = sc__fail(err, SC_CHANGED, "the connection to the server is lost");
	} else if (is_state(state, "42P01") || is_state(state, "3F000")) {
		status = sc__fail(err, SC_STORE_FAILED, "the store was not prepared");
	} else {
		status = sc__fail(err, status_of(state), "%s (%s)", text != NULL ? text : "the server failed", state);
		if (is_state(state, "57P") || is_state(state, "08") || is_state(state, "25006"))
			connection->broken = true;
	}
	PQclear(result);
	return status;
}

/* The result of whatever is expected next. */
static sc_status next_result(sc__pg_connection *connection, const sc__pg_wait *wait, sc__pg_expected *what,
                             PGresult **out, sc_error *err)
{
	PGresult *result = NULL;
	bool separator = true;
	while (result == NULL) {
		sc_status status = sc__pg_wait_result(connection, wait, err);
		if (status != SC_OK)
			return status;
		result = PQgetResult(connection->pg);
		/* One NULL stands behind the result of each statement, two are the end. */
		if (result == NULL && (!separator || PQstatus(connection->pg) == CONNECTION_BAD)) {
			connection->broken = true;
			return sc__fail(err, SC_CHANGED, "the connection to the server is lost");
		}
		separator = result != NULL;
	}
	*what = connection->expected[connection->expected_first];
	connection->expected_first = (connection->expected_first + 1) % SC__PG_QUEUE_MAX;
	connection->expected_count--;
	*out = result;
	return SC_OK;
}

sc_status sc__pg_result(sc__pg_connection *connection, const sc__pg_wait *wait, PGresult **out, sc_error *err)
{
	while (connection->expected_count > 0) {
		sc__pg_expected what;
		PGresult *result;
		sc_status status = next_result(connection, wait, &what, &result, err);
		if (status != SC_OK)
			return status;
		ExecStatusType code = PQresultStatus(result);
		if (what.what == EXECUTED && (code == PGRES_TUPLES_OK || code == PGRES_COMMAND_OK)) {
			*out = result;
			return SC_OK;
		}
		if (what.what == PREPARED && code != PGRES_COMMAND_OK)
			forget_all(connection);
		if (code == PGRES_PIPELINE_ABORTED) {
			PQclear(result);
			return sc__fail(err, SC_STORE_FAILED, "an earlier statement failed");
		}
		if (code == PGRES_FATAL_ERROR || code == PGRES_NONFATAL_ERROR || code == PGRES_BAD_RESPONSE)
			return failed(connection, result, err);
		PQclear(result);
	}
	connection->broken = true;
	return sc__fail(err, SC_STORE_FAILED, "a result was expected that nobody asked for");
}

sc_status sc__pg_drain(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	if (connection->unsynced) {
		sc_status status = sc__pg_sync(connection, err);
		if (status != SC_OK)
			return status;
	}
	while (connection->expected_count > 0) {
		sc__pg_expected what;
		PGresult *result;
		sc_status status = next_result(connection, wait, &what, &result, err);
		if (status != SC_OK)
			return status;
		if (what.what == PREPARED && PQresultStatus(result) != PGRES_COMMAND_OK)
			forget_all(connection);
		PQclear(result);
	}
	return SC_OK;
}

sc_status sc__pg_run(sc__pg_connection *connection, const char *sql, const sc__pg_params *params,
                     const sc__pg_wait *wait, PGresult **out, sc_error *err)
{
	PGresult *result = NULL;
	sc_status status = sc__pg_send(connection, 0, sql, params, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_result(connection, wait, &result, err);
	sc_status drained = connection->broken ? SC_OK : sc__pg_drain(connection, wait, status == SC_OK ? err : NULL);
	if (status == SC_OK)
		status = drained;
	if (status == SC_OK && out != NULL)
		*out = result;
	else
		PQclear(result);
	return status;
}

/* ---- fields ---------------------------------------------------------------------------- */

int64_t sc__pg_get_int(const PGresult *result, int row, int column)
{
	const unsigned char *data = (const unsigned char *)PQgetvalue(result, row, column);
	int size = PQgetlength(result, row, column);
	if (size <= 0 || size > 8)
		return 0; /* NULL */
	uint64_t number = (data[0] & 0x80) != 0 ? UINT64_MAX : 0;
	for (int i = 0; i < size; i++)
		number = number << 8 | data[i];
	return (int64_t)number;
}

sc_bytes sc__pg_get_bytes(const PGresult *result, int row, int column)
{
	return (sc_bytes){ PQgetvalue(result, row, column), (size_t)PQgetlength(result, row, column) };
}
