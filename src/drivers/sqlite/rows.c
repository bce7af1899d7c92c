/*
 * Reading and writing the rows of a transaction.
 *
 * An UPDATE that names an indexed column makes SQLite take its entry out of the index and put it back,
 * also when the value is the same. So a row remembers the columns it was read with, and only those
 * that differ are named.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/sqlite/driver.h"

#include <string.h>

static const char id_select[] = "SELECT status, change, line, wanted, available, position, time_ms FROM sc_ids"
				" WHERE id = ?1";
static const char id_insert[] = "INSERT INTO sc_ids(id, status, change, line, wanted, available, position, time_ms)"
				" VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";

static sc_status read_id(sc__connection *connection, sc_row *row, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__ID_SELECT, id_select, &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_blob(stmt, 1, row->id.bytes, sizeof row->id.bytes, SQLITE_STATIC);
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		row->outcome = (sc_stored_outcome){
			.status = sqlite3_column_int(stmt, 0),
			.change = (uint32_t)sqlite3_column_int64(stmt, 1),
			.line = (uint32_t)sqlite3_column_int64(stmt, 2),
			.wanted = sqlite3_column_int64(stmt, 3),
			.available = sqlite3_column_int64(stmt, 4),
			.position = (uint64_t)sqlite3_column_int64(stmt, 5),
			.time_ms = sqlite3_column_int64(stmt, 6),
		};
	else if (code == SQLITE_DONE)
		row->outcome = (sc_stored_outcome){ .status = SC_NOT_FOUND };
	else
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	return status;
}

static sc_status write_id(sc__connection *connection, const sc_row *row, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, SC__ID_INSERT, id_insert, &stmt, err);
	if (status != SC_OK)
		return status;
	const sc_stored_outcome *outcome = &row->outcome;
	sqlite3_bind_blob(stmt, 1, row->id.bytes, sizeof row->id.bytes, SQLITE_STATIC);
	sqlite3_bind_int(stmt, 2, outcome->status);
	sqlite3_bind_int64(stmt, 3, outcome->change);
	sqlite3_bind_int64(stmt, 4, outcome->line);
	sqlite3_bind_int64(stmt, 5, outcome->wanted);
	sqlite3_bind_int64(stmt, 6, outcome->available);
	sqlite3_bind_int64(stmt, 7, (int64_t)outcome->position);
	sqlite3_bind_int64(stmt, 8, outcome->time_ms);
	return sc__statement_run(connection, stmt, err);
}

static sc_status read_row(sc__connection *connection, sc_row *row, sc_arena *arena, sc_error *err)
{
	sc_status status = sc__record_load(connection, &row->value.address, row->need, arena, &row->value, err);
	const sc_kind *kind = sc_kind_find(row->value.address.kind);
	if (status != SC_OK || row->value.columns == NULL || kind->index_count == 0)
		return status;
	sc_value *columns = sc__arena_array(arena, kind->column_count, sizeof *columns);
	if (columns == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read a row");
	memcpy(columns, row->value.columns, kind->column_count * sizeof *columns);
	row->driver = columns;
	return SC_OK;
}

sc_status sc__row_read(sc__connection *connection, sc_row *row, sc_arena *arena, sc_error *err)
{
	return row->type == SC_ROW_ID ? read_id(connection, row, err) : read_row(connection, row, arena, err);
}

sc_status sc__sqlite_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	sc__transaction *transaction = txn;
	sc_status status = SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = sc__row_read(transaction->connection, rows[i], arena, err);
	if (status == SC_OK && transaction->looks)
		status = sc__look_keep(transaction, rows, count, arena, err);
	return status;
}

/* ---- writing --------------------------------------------------------------------------- */

static bool same_value(const sc_value *a, const sc_value *b)
{
	if (a->type != b->type)
		return false;
	if (a->type == SC_VALUE_INT)
		return a->number == b->number;
	return a->bytes.size == b->bytes.size &&
	       (a->bytes.size == 0 || memcmp(a->bytes.data, b->bytes.data, a->bytes.size) == 0);
}

/* Which columns an UPDATE has to name. */
static uint32_t changed_columns(const sc_kind *kind, const sc_row *row)
{
	if ((row->changed & SC_ROW_COLUMNS) == 0)
		return 0;
	const sc_value *before = row->driver;
	uint32_t changed = 0;
	for (uint32_t i = 0; i < kind->column_count; i++)
		if (before == NULL || !same_value(&before[i], &row->value.columns[i]))
			changed |= 1u << i;
	return changed;
}

/* The parts but the columns, which are named one by one. */
static uint32_t table_parts(const sc_kind *kind, uint32_t changed)
{
	return sc__kind_parts_of(kind, changed) & ~(uint32_t)SC_ROW_COLUMNS;
}

/* Binds what parts and columns name, in the order of sc__kind_parts(); answers the next free parameter. */
static int bind_parts(sqlite3_stmt *stmt, int at, const sc_kind *kind, const sc_record *value, uint32_t parts,
                      uint32_t columns)
{
	sqlite3_bind_int64(stmt, at++, (int64_t)value->version);
	sqlite3_bind_int64(stmt, at++, (int64_t)value->entry);
	sqlite3_bind_int64(stmt, at++, value->shape);
	if ((parts & SC_ROW_LIFETIME) != 0)
		sqlite3_bind_int64(stmt, at++, value->expires_ms);
	if ((parts & SC_ROW_MADE_BY) != 0)
		sc__bind_id(stmt, at++, &value->made_by);
	if ((parts & SC_ROW_COUNTERS) != 0) {
		sqlite3_bind_int64(stmt, at++, value->counters.on_hand);
		sqlite3_bind_int64(stmt, at++, value->counters.held);
		sqlite3_bind_int64(stmt, at++, value->counters.committed);
		sqlite3_bind_int64(stmt, at++, value->counters.floor);
	}
	if ((parts & SC_ROW_STATE) != 0) {
		sqlite3_bind_int64(stmt, at++, value->hold_state);
		sqlite3_bind_int64(stmt, at++, value->deadline_ms);
	}
	for (uint32_t i = 0; i < kind->column_count; i++)
		if ((columns & 1u << i) != 0) {
			static const sc_value none = { SC_VALUE_NULL, 0, 0, { NULL, 0 } };
			sc__bind_value(stmt, at++, value->columns != NULL ? &value->columns[i] : &none);
		}
	if ((parts & SC_ROW_BODY) != 0)
		sc__bind_bytes(stmt, at++, value->body.data, value->body.size);
	if ((parts & SC_ROW_PERSONAL) != 0)
		sc__bind_bytes(stmt, at++, value->personal.data, value->personal.size);
	return at;
}

typedef enum naming { NAMES, ASSIGNMENTS, MARKS } naming;

static void add_part(sc__sql *sql, naming as, const char *name)
{
	const char *comma = sql->text[sql->size - 1] == '(' || sql->text[sql->size - 1] == ' ' ? "" : ", ";
	if (as == MARKS)
		sc__sql_add(sql, "%s?", comma);
	else
		sc__sql_add(sql, "%s\"%s\"%s", comma, name, as == ASSIGNMENTS ? " = ?" : "");
}

/* Names what bind_parts() binds, in the same order. */
static void add_parts(sc__sql *sql, naming as, const sc_kind *kind, uint32_t parts, uint32_t columns)
{
	static const struct {
		uint32_t part;
		const char *names[4];
	} fixed[] = {
		{ SC_ROW_LIFETIME, { "expires" } },
		{ SC_ROW_MADE_BY, { "made_by" } },
		{ SC_ROW_COUNTERS, { "on_hand", "held", "committed", "floor" } },
		{ SC_ROW_STATE, { "state", "deadline" } },
	};
	add_part(sql, as, "version");
	add_part(sql, as, "entry");
	add_part(sql, as, "shape");
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++)
		for (size_t n = 0; (parts & fixed[i].part) != 0 && n < 4 && fixed[i].names[n] != NULL; n++)
			add_part(sql, as, fixed[i].names[n]);
	for (uint32_t i = 0; i < kind->column_count; i++)
		if ((columns & 1u << i) != 0)
			add_part(sql, as, kind->columns[i].name);
	if ((parts & SC_ROW_BODY) != 0)
		add_part(sql, as, "body");
	if ((parts & SC_ROW_PERSONAL) != 0)
		add_part(sql, as, "personal");
}

static sc_status insert_row(sc__connection *connection, const sc_kind *kind, const sc_row *row, sc_error *err)
{
	const uint32_t parts = table_parts(kind, SC_ROW_ALL), columns = (1u << kind->column_count) - 1;
	const uint64_t key = sc__statement_key(SC__INSERT, kind->number, 0);
	sqlite3_stmt *stmt = sc__statement_find(connection, key);
	if (stmt == NULL) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql, "INSERT INTO \"%s\"(", kind->name);
		add_parts(&sql, NAMES, kind, parts, columns);
		sc__sql_add(&sql, ", key, sub) VALUES(");
		add_parts(&sql, MARKS, kind, parts, columns);
		sc__sql_add(&sql, ", ?, ?)");
		sc_status status = sc__statement_make(connection, key, sql.text, &stmt, err);
		if (status != SC_OK)
			return status;
	}
	int at = bind_parts(stmt, 1, kind, &row->value, parts, columns);
	sc__bind_address(stmt, at, &row->value.address);
	return sc__statement_run(connection, stmt, err);
}

/* The row was read in this very transaction, so it has to be there. */
static sc_status must_have_changed(sc__connection *connection, const sc_kind *kind, sc_error *err)
{
	if (sqlite3_changes(connection->db) == 1)
		return SC_OK;
	return sc__fail(err, SC_DAMAGED, "a row of %s is gone that was read before", kind->name);
}

static sc_status update_row(sc__connection *connection, const sc_kind *kind, const sc_row *row, sc_error *err)
{
	const uint32_t parts = table_parts(kind, row->changed), columns = changed_columns(kind, row);
	const uint64_t key = sc__statement_key(SC__UPDATE, kind->number, (uint64_t)columns << 8 | parts);
	sqlite3_stmt *stmt = sc__statement_find(connection, key);
	sc_status status = SC_OK;
	if (stmt == NULL) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql, "UPDATE \"%s\" SET ", kind->name);
		add_parts(&sql, ASSIGNMENTS, kind, parts, columns);
		sc__sql_add(&sql, " WHERE key = ? AND sub = ?");
		status = sc__statement_make(connection, key, sql.text, &stmt, err);
	}
	if (status != SC_OK)
		return status;
	int at = bind_parts(stmt, 1, kind, &row->value, parts, columns);
	sc__bind_address(stmt, at, &row->value.address);
	status = sc__statement_run(connection, stmt, err);
	return status == SC_OK ? must_have_changed(connection, kind, err) : status;
}

static sc_status delete_row(sc__connection *connection, const sc_kind *kind, const sc_row *row, sc_error *err)
{
	const uint64_t key = sc__statement_key(SC__DELETE, kind->number, 0);
	sqlite3_stmt *stmt = sc__statement_find(connection, key);
	sc_status status = SC_OK;
	if (stmt == NULL) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql, "DELETE FROM \"%s\" WHERE key = ?1 AND sub = ?2", kind->name);
		status = sc__statement_make(connection, key, sql.text, &stmt, err);
	}
	if (status != SC_OK)
		return status;
	sc__bind_address(stmt, 1, &row->value.address);
	status = sc__statement_run(connection, stmt, err);
	return status == SC_OK ? must_have_changed(connection, kind, err) : status;
}

static sc_status write_row(sc__connection *connection, const sc_row *row, sc_error *err)
{
	if (row->type == SC_ROW_ID)
		return write_id(connection, row, err);
	const sc_kind *kind = sc_kind_find(row->value.address.kind);
	if (kind == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "kind", "no such kind: %u", row->value.address.kind);
	switch ((sc_row_write)row->write) {
	case SC_ROW_INSERT:
		return insert_row(connection, kind, row, err);
	case SC_ROW_UPDATE:
		return update_row(connection, kind, row, err);
	case SC_ROW_DELETE:
		return delete_row(connection, kind, row, err);
	case SC_ROW_KEEP:
		break;
	}
	return SC_OK;
}

sc_status sc__sqlite_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                           sc_error *err)
{
	sc__transaction *transaction = txn;
	sc_status status = transaction->looks ? sc__look_over(transaction, err) : SC_OK;
	transaction->wrote = count > 0 || transaction->drawn > 0;
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = write_row(transaction->connection, rows[i], err);
	if (status != SC_OK)
		return status;
	/* Also without entries: the journal's last row says which positions were drawn. */
	return transaction->drawn > 0 ? sc__journal_append(transaction, entries, entry_count, err) : SC_OK;
}
