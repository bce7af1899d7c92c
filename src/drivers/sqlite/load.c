/*
 * Reads by address. Several at once share one snapshot, which spares the locking of each.
 */
#include "drivers/sqlite/read.h"

sc_status sc__read_start(sc__sqlite *store, const sc_call *call, sc__connection **out, sc_error *err)
{
	sc__connection *connection = NULL;
	sc_status status = sc__reader_take(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	sqlite3_stmt *begin = NULL;
	status = sc__statement_of(connection, SC__BEGIN_READ, "BEGIN", &begin, err);
	if (status == SC_OK)
		status = sc__statement_run(connection, begin, err);
	if (status != SC_OK) {
		sc__reader_give(store, connection);
		return status;
	}
	*out = connection;
	return SC_OK;
}

void sc__read_end(sc__sqlite *store, sc__connection *connection)
{
	sqlite3_stmt *end = NULL;
	/* A read has nothing to lose, so how it ends does not matter as long as it ends. */
	if (sc__statement_of(connection, SC__ROLLBACK, "ROLLBACK", &end, NULL) == SC_OK)
		sc__statement_run(connection, end, NULL);
	if (!sqlite3_get_autocommit(connection->db))
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
	sc__reader_give(store, connection);
}

static sc_status load_all(sc__connection *connection, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, sc_error *err)
{
	for (size_t i = 0; i < count; i++) {
		sc_status status = sc__record_load(connection, &addresses[i], mask, arena, &out[i], err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

sc_status sc__sqlite_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                          sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err)
{
	sc__sqlite *store = ctx;
	sc__connection *connection = NULL;
	sc_status status = sc__read_start(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	status = load_all(connection, addresses, count, mask, arena, out, err);
	sc__read_end(store, connection);
	if (status == SC_OK)
		*now_ms = sc__clock_now(store);
	return status;
}
