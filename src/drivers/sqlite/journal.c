/*
 * The log: one row for each batch that was applied, its entries packed. The row's number is the first
 * position it drew, so a position is found by one step down the tree, and appending touches the last
 * page only.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/entry.h"
#include "drivers/sqlite/read.h"

#include <string.h>
#include <xxhash.h>

static const char append_sql[] = "INSERT INTO sc_journal(first, count, time_ms, check32, entries)"
				 " VALUES(?1, ?2, ?3, ?4, ?5)";
static const char walk_sql[] = "SELECT check32, entries FROM sc_journal WHERE first >="
			       " (SELECT coalesce(max(first), 0) FROM sc_journal WHERE first <= ?1) ORDER BY first";
static const char find_sql[] = "SELECT check32, entries, first + count FROM sc_journal WHERE first <= ?1"
			       " ORDER BY first DESC LIMIT 1";

/* How many batches one transaction of a trim removes, so that others get their turn. */
#define TRIM_BATCHES 500

static sc_status packing_room(sc__sqlite *store, size_t size, sc_error *err)
{
	if (size <= store->packing_size)
		return SC_OK;
	void *packing = store->env->resize(store->env->ctx, store->packing, size);
	if (packing == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to pack the journal");
	store->packing = packing;
	store->packing_size = size;
	return SC_OK;
}

sc_status sc__journal_append(sc__transaction *transaction, const sc_entry *entries, size_t count, sc_error *err)
{
	sc__sqlite *store = transaction->store;
	sqlite3_stmt *stmt = NULL;
	sc_status status = packing_room(store, sc_entries_bound(entries, count) + 1, err);
	if (status == SC_OK)
		status = sc__statement_of(transaction->connection, SC__JOURNAL_APPEND, append_sql, &stmt, err);
	if (status != SC_OK)
		return status;
	size_t size = count > 0 ? sc_entries_pack(entries, count, store->packing) : 0;
	sqlite3_bind_int64(stmt, 1, (int64_t)transaction->first);
	sqlite3_bind_int64(stmt, 2, (int64_t)transaction->drawn);
	sqlite3_bind_int64(stmt, 3, transaction->now_ms);
	sqlite3_bind_int64(stmt, 4, XXH32(store->packing, size, 0));
	sc__bind_bytes(stmt, 5, store->packing, size);
	return sc__statement_run(transaction->connection, stmt, err);
}

/* The packed entries of the row under the statement, borrowed from it. */
static sc_status read_packed(sqlite3_stmt *stmt, sc_bytes *out, sc_error *err)
{
	sc_bytes packed = { sqlite3_column_blob(stmt, 1), (size_t)sqlite3_column_bytes(stmt, 1) };
	if (packed.size > 0 && packed.data == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read the journal");
	uint32_t check = packed.size > 0 ? XXH32(packed.data, packed.size, 0) : XXH32("", 0, 0);
	if (check != (uint32_t)sqlite3_column_int64(stmt, 0))
		return sc__fail(err, SC_DAMAGED, "a batch of the journal does not match its checksum");
	*out = packed;
	return SC_OK;
}

static sc_status walk(sc__connection *connection, uint64_t after, size_t max, sc_arena *arena, sc_entry *out,
                      size_t *count, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__JOURNAL_WALK, walk_sql, &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, (int64_t)after + 1);
	size_t filled = 0;
	int code = SQLITE_DONE;
	while (filled < max && status == SC_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		sc_bytes packed;
		size_t more = 0;
		status = read_packed(stmt, &packed, err);
		if (status == SC_OK)
			status = sc__bytes_read(stmt, 1, arena, &packed, err);
		if (status == SC_OK && packed.size > 0)
			status = sc_entries_unpack(packed, after, max - filled, out + filled, &more);
		filled += more;
	}
	if (status == SC_OK && code != SQLITE_ROW && code != SQLITE_DONE)
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	if (status == SC_DAMAGED)
		return sc__fail(err, SC_DAMAGED, "a batch of the journal cannot be read");
	if (status == SC_OK)
		*count = filled;
	return status;
}

sc_status sc__sqlite_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__sqlite *store = ctx;
	if (partition != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "partition", "there is one only: 0");
	sc__connection *connection = NULL;
	sc_status status = sc__read_start(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	sc__state state = { 0 };
	status = sc__state_read(connection, &state, err);
	if (status == SC_OK)
		status = walk(connection, after > state.trimmed ? after : state.trimmed, max, arena, out, count, err);
	sc__read_end(store, connection);
	return status;
}

/* The entry at a position; type 0: there is none, because it was trimmed or never was. */
static sc_status find(sc__connection *connection, uint64_t position, sc_arena *arena, sc_entry *out, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__JOURNAL_FIND, find_sql, &stmt, err);
	if (status != SC_OK)
		return status;
	*out = (sc_entry){ 0 };
	sqlite3_bind_int64(stmt, 1, (int64_t)position);
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW && (uint64_t)sqlite3_column_int64(stmt, 2) > position) {
		sc_bytes packed;
		sc_entry entry;
		size_t count = 0;
		status = read_packed(stmt, &packed, err);
		if (status == SC_OK && packed.size > 0)
			status = sc_entries_unpack(packed, position - 1, 1, &entry, &count);
		if (status == SC_OK && count == 1 && entry.position == position) {
			status = sc__entry_keep(arena, &entry, err);
			*out = entry;
		}
	} else if (code != SQLITE_ROW && code != SQLITE_DONE) {
		status = sc__sqlite_fail(connection->db, code, err);
	}
	sqlite3_reset(stmt);
	return status;
}

/* Where to start: the newest entry of the subject, or the one in front of its entry at `before`. */
static sc_status start_of(sc__connection *connection, const sc_address *subject, uint64_t before, sc_arena *arena,
                          uint64_t *position, sc_error *err)
{
	if (before != 0) {
		sc_entry at;
		sc_status status = find(connection, before, arena, &at, err);
		if (status != SC_OK)
			return status;
		if (at.type != 0 && sc_address_compare(&at.subject, subject) == 0) {
			*position = at.previous;
			return SC_OK;
		}
	}
	sc_record record = { 0 };
	sc_status status = sc__record_load(connection, subject, 0, arena, &record, err);
	if (status == SC_OK)
		*position = record.entry;
	return status;
}

static sc_status walk_chain(sc__connection *connection, const sc_address *subject, uint64_t before, uint64_t trimmed,
                            size_t max, sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	uint64_t position = 0;
	size_t filled = 0;
	sc_status status = start_of(connection, subject, before, arena, &position, err);
	while (status == SC_OK && position > trimmed && filled < max) {
		sc_entry entry;
		status = find(connection, position, arena, &entry, err);
		if (status != SC_OK)
			break;
		if (entry.type == 0 || sc_address_compare(&entry.subject, subject) != 0 || entry.previous >= position)
			return sc__fail(err, SC_DAMAGED, "the chain of a subject's entries is broken");
		if (before == 0 || position < before)
			out[filled++] = entry;
		position = entry.previous;
	}
	if (status == SC_OK)
		*count = filled;
	return status;
}

sc_status sc__sqlite_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                            sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	sc__sqlite *store = ctx;
	sc__connection *connection = NULL;
	sc_status status = sc__read_start(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	sc__state state = { 0 };
	status = sc__state_read(connection, &state, err);
	if (status == SC_OK)
		status = walk_chain(connection, subject, before, state.trimmed, max, arena, out, count, err);
	sc__read_end(store, connection);
	return status;
}

/* Meta takes over what the journal's last row said, in case that goes too. */
static sc_status keep_state(sc__connection *connection, uint64_t upto, sc_error *err)
{
	sc__state state = { 0 };
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__state_read(connection, &state, err);
	if (status == SC_OK)
		status = sc__statement_of(
			connection, SC__JOURNAL_KEEP,
			"UPDATE sc_meta SET next_position = ?1, time_ms = ?2, trimmed = max(trimmed, ?3)", &stmt, err);
	if (status != SC_OK)
		return status;
	if (upto >= state.next_position)
		upto = state.next_position - 1;
	sqlite3_bind_int64(stmt, 1, (int64_t)state.next_position);
	sqlite3_bind_int64(stmt, 2, state.time_ms);
	sqlite3_bind_int64(stmt, 3, (int64_t)upto);
	return sc__statement_run(connection, stmt, err);
}

static sc_status trim_some(sc__connection *connection, uint64_t upto, bool *more, sc_error *err)
{
	sc_status status = sc__connection_exec(connection, "BEGIN IMMEDIATE", err);
	sqlite3_stmt *stmt = NULL;
	if (status == SC_OK)
		status = keep_state(connection, upto, err);
	if (status == SC_OK)
		status = sc__statement_of(connection, SC__JOURNAL_TRIM,
		                          "DELETE FROM sc_journal WHERE first IN (SELECT first FROM sc_journal"
		                          " WHERE first <= ?1 AND first + count - 1 <= ?1 ORDER BY first LIMIT ?2)",
		                          &stmt, err);
	if (status == SC_OK) {
		sqlite3_bind_int64(stmt, 1, upto > INT64_MAX ? INT64_MAX : (int64_t)upto);
		sqlite3_bind_int64(stmt, 2, TRIM_BATCHES);
		status = sc__statement_run(connection, stmt, err);
	}
	*more = status == SC_OK && sqlite3_changes(connection->db) == TRIM_BATCHES;
	if (status == SC_OK)
		status = sc__connection_exec(connection, "COMMIT", err);
	if (!sqlite3_get_autocommit(connection->db))
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
	return status;
}

sc_status sc__sqlite_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	sc__sqlite *store = ctx;
	if (partition != 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "partition", "there is one only: 0");
	bool more = true;
	sc_status status = SC_OK;
	while (more && status == SC_OK) {
		sc__connection *connection = NULL;
		status = sc__writer_take(store, call, &connection, err);
		if (status != SC_OK)
			return status;
		status = trim_some(connection, upto, &more, err);
		sc__checkpoint_if_due(store, connection);
		sc__writer_give(store);
	}
	return status;
}
