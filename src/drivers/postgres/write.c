/*
 * Writing the rows of a transaction: one statement for all rows of a kind that change alike. Nothing is
 * waited for; the answers come with COMMIT's.
 *
 * A transaction that locked what it read need not look again, nor need one that writes what it saw in its
 * snapshot: the server refuses when another came between. An optimistic one names the version that it read with each
 * row, and counts: a row that is not what it was makes the statement divide by zero, which undoes everything, and the
 * library begins anew. So do both with rows that were only read.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

/* Rows of one kind that are written alike. */
typedef struct write_set {
	const sc_kind *kind;
	sc_row **rows;
	size_t count;
	uint16_t write; /* sc_row_write */
	uint32_t parts; /* SC_ROW_... */
	bool compare;   /* the version that was read */
} write_set;

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory to write rows");
}

static bool is_one(const write_set *set)
{
	return set->count == 1 && !set->compare && set->write != SC_ROW_DELETE;
}

/* ---- values ---------------------------------------------------------------------------- */

static void param_field(sc__pg_params *params, const write_set *set, const sc__pg_field *field)
{
	size_t size = 0;
	for (size_t i = 0; i < set->count; i++) {
		sc_value value = sc__pg_field_value(&set->rows[i]->value, field->which);
		size += value.type == SC_VALUE_INT ? 8 : value.bytes.size;
	}
	sc__pg_array array = sc__pg_param_array(params, field->type, set->count, size);
	for (size_t i = 0; i < set->count; i++) {
		sc_value value = sc__pg_field_value(&set->rows[i]->value, field->which);
		sc__pg_array_add(&array, &value);
	}
}

static void param_versions(sc__pg_params *params, sc_row *const *rows, size_t count)
{
	sc__pg_array array = sc__pg_param_array(params, SC_VALUE_INT, count, count * 8);
	for (size_t i = 0; i < count; i++) {
		const uint64_t *version = rows[i]->driver;
		sc__pg_array_add(&array, &SC_VALUE_OF_INT(version != NULL ? (int64_t)*version : 0));
	}
}

static sc_status param_rows(sc__pg_params *params, sc_row *const *rows, size_t count, sc_error *err)
{
	const sc_address **addresses = sc__arena_array(params->arena, count, sizeof(*addresses));
	if (addresses == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count; i++)
		addresses[i] = &rows[i]->value.address;
	sc__pg_param_addresses(params, addresses, count);
	return SC_OK;
}

/* ---- texts ----------------------------------------------------------------------------- */

static const char *array_of(const sc__pg_field *field)
{
	return field->type == SC_VALUE_INT ? "?::bigint[]" : "?::bytea[]";
}

static void insert_text(sc__sql *sql, const sc_kind *kind, const sc__pg_field *fields, size_t count)
{
	sc__sql_add(sql, "INSERT INTO \"%s\"(", kind->name);
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "\"%s\", ", fields[i].name);
	sc__sql_add(sql, "key, sub) SELECT * FROM unnest(");
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "%s, ", array_of(&fields[i]));
	sc__sql_add(sql, "?::bytea[], ?::bytea[])");
}

static void update_text(sc__sql *sql, const sc_kind *kind, const sc__pg_field *fields, size_t count, bool compare)
{
	sc__sql_add(sql, "%sUPDATE \"%s\" AS t SET ", compare ? "WITH w AS (" : "", kind->name);
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "%s\"%s\" = u.f%zu", i > 0 ? ", " : "", fields[i].name, i);
	sc__sql_add(sql, " FROM unnest(");
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "%s, ", array_of(&fields[i]));
	sc__sql_add(sql, "?::bytea[], ?::bytea[]%s) AS u(", compare ? ", ?::bigint[]" : "");
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "f%zu, ", i);
	sc__sql_add(sql, "k, s%s) WHERE t.key = u.k AND t.sub = u.s", compare ? ", v" : "");
	if (compare)
		sc__sql_add(sql, " AND t.version = u.v RETURNING 1) SELECT 1 / (count(*) = ?)::int FROM w");
}

static void delete_text(sc__sql *sql, const sc_kind *kind, bool compare)
{
	if (!compare) {
		sc__sql_add(sql,
		            "DELETE FROM \"%s\" AS t USING unnest(?::bytea[], ?::bytea[]) AS u(k, s)"
		            " WHERE t.key = u.k AND t.sub = u.s",
		            kind->name);
		return;
	}
	sc__sql_add(sql,
	            "WITH w AS (DELETE FROM \"%s\" AS t USING unnest(?::bytea[], ?::bytea[], ?::bigint[]) AS u(k, s, v)"
	            " WHERE t.key = u.k AND t.sub = u.s AND t.version = u.v RETURNING 1)"
	            " SELECT 1 / (count(*) = ?)::int FROM w",
	            kind->name);
}

static void verify_text(sc__sql *sql, const sc_kind *kind)
{
	sc__sql_add(sql,
	            "SELECT 1 / (count(*) = ?)::int FROM (SELECT 1 FROM unnest(?::bytea[], ?::bytea[], ?::bigint[])"
	            " AS u(k, s, v) JOIN \"%s\" AS t ON t.key = u.k AND t.sub = u.s AND t.version = u.v"
	            " ORDER BY t.key, t.sub FOR SHARE OF t) w",
	            kind->name);
}

/* One row needs no arrays. */
static void insert_one_text(sc__sql *sql, const sc_kind *kind, const sc__pg_field *fields, size_t count)
{
	sc__sql_add(sql, "INSERT INTO \"%s\"(", kind->name);
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "\"%s\", ", fields[i].name);
	sc__sql_add(sql, "key, sub) VALUES(");
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "?, ");
	sc__sql_add(sql, "?, ?)");
}

static void update_one_text(sc__sql *sql, const sc_kind *kind, const sc__pg_field *fields, size_t count)
{
	sc__sql_add(sql, "UPDATE \"%s\" SET ", kind->name);
	for (size_t i = 0; i < count; i++)
		sc__sql_add(sql, "%s\"%s\" = ?", i > 0 ? ", " : "", fields[i].name);
	sc__sql_add(sql, " WHERE key = ? AND sub = ?");
}

static void set_text(sc__sql *sql, const write_set *set, const sc__pg_field *fields, size_t count)
{
	if (is_one(set))
		(set->write == SC_ROW_INSERT ? insert_one_text : update_one_text)(sql, set->kind, fields, count);
	else if (set->write == SC_ROW_INSERT)
		insert_text(sql, set->kind, fields, count);
	else if (set->write == SC_ROW_UPDATE)
		update_text(sql, set->kind, fields, count, set->compare);
	else
		delete_text(sql, set->kind, set->compare);
}

/* ---- sending --------------------------------------------------------------------------- */

static uint64_t key_of(const write_set *set)
{
	static const sc__pg_verb verbs[] = {
		[SC_ROW_INSERT] = SC__PG_INSERT, [SC_ROW_UPDATE] = SC__PG_UPDATE, [SC_ROW_DELETE] = SC__PG_DELETE
	};
	return sc__pg_key(verbs[set->write], set->kind->number,
	                  (uint64_t)set->parts << 2 | (uint64_t)is_one(set) << 1 | set->compare);
}

static void param_one(sc__pg_params *params, const sc_record *record, const sc__pg_field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		sc_value value = sc__pg_field_value(record, fields[i].which);
		if (value.type == SC_VALUE_NULL)
			sc__pg_param_null(params, fields[i].type);
		else
			sc__pg_param_value(params, &value);
	}
	sc__pg_param_bytes(params, record->address.key, record->address.key_size);
	sc__pg_param_bytes(params, record->address.sub, record->address.sub_size);
}

static sc_status send_set(sc__pg_connection *connection, const write_set *set, sc_error *err)
{
	sc__pg_field fields[SC__PG_FIELDS_MAX];
	sc__pg_params params = { .arena = &connection->arena };
	sc__sql sql = { 0 };
	size_t count = set->write == SC_ROW_DELETE ? 0 : sc__pg_fields(set->kind, set->parts, fields);
	if (!sc__pg_is_prepared(connection, key_of(set)))
		set_text(&sql, set, fields, count);
	if (is_one(set)) {
		param_one(&params, &set->rows[0]->value, fields, count);
		return sc__pg_send(connection, key_of(set), sql.text, &params, err);
	}
	for (size_t i = 0; i < count; i++)
		param_field(&params, set, &fields[i]);
	sc_status status = param_rows(&params, set->rows, set->count, err);
	if (status != SC_OK)
		return status;
	if (set->compare) {
		param_versions(&params, set->rows, set->count);
		sc__pg_param_int(&params, (int64_t)set->count);
	}
	return sc__pg_send(connection, key_of(set), sql.text, &params, err);
}

static uint32_t parts_of(const sc_row *row)
{
	const sc_kind *kind = sc_kind_find(row->value.address.kind);
	if (row->write == SC_ROW_DELETE)
		return 0;
	return sc__kind_parts_of(kind, row->write == SC_ROW_INSERT ? SC_ROW_ALL : row->changed);
}

static bool are_alike(const sc_row *a, const sc_row *b)
{
	return a->write == b->write && parts_of(a) == parts_of(b);
}

/* Rows of one kind, in sets of those that are written alike. */
static sc_status send_kind(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	bool compares = connection->transaction.compares;
	sc_row **left = sc__arena_array(&connection->arena, count * 2, sizeof(*left));
	sc_status status = SC_OK;
	if (left == NULL)
		return no_memory(err);
	sc_row **alike = left + count;
	memcpy(left, rows, count * sizeof(*left));
	while (count > 0 && status == SC_OK) {
		write_set set = { .kind = sc_kind_find(left[0]->value.address.kind),
			          .rows = alike,
			          .write = left[0]->write,
			          .parts = parts_of(left[0]),
			          .compare = compares && left[0]->write != SC_ROW_INSERT };
		const sc_row *model = left[0];
		size_t kept = 0;
		for (size_t i = 0; i < count; i++)
			if (are_alike(left[i], model))
				alike[set.count++] = left[i];
			else
				left[kept++] = left[i];
		status = send_set(connection, &set, err);
		count = kept;
	}
	return status;
}

static sc_status send_ids(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	static const char sql[] =
		"INSERT INTO sc_ids(status, change, line, wanted, available, position, time_ms, id)"
		" SELECT * FROM unnest(?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[], ?::bigint[],"
		" ?::bigint[], ?::bigint[], ?::bytea[])";
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_array arrays[7];
	for (size_t n = 0; n < 7; n++)
		arrays[n] = sc__pg_param_array(&params, SC_VALUE_INT, count, count * 8);
	for (size_t i = 0; i < count; i++) {
		const sc_stored_outcome *outcome = &rows[i]->outcome;
		const int64_t numbers[7] = { outcome->status, outcome->change,    outcome->line,
			                     outcome->wanted, outcome->available, (int64_t)outcome->position,
			                     outcome->time_ms };
		for (size_t n = 0; n < 7; n++)
			sc__pg_array_add(&arrays[n], &SC_VALUE_OF_INT(numbers[n]));
	}
	sc__pg_array ids = sc__pg_param_array(&params, SC_VALUE_BYTES, count, count * sizeof rows[0]->id.bytes);
	for (size_t i = 0; i < count; i++)
		sc__pg_array_add(&ids, &SC_VALUE_OF_BYTES(rows[i]->id.bytes, sizeof rows[i]->id.bytes));
	return sc__pg_send(connection, sc__pg_key(SC__PG_ID_INSERT, 0, 0), sql, &params, err);
}

/* Rows that were read and decided on, but are not written, must be what they were, too. */
static sc_status send_verify(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	const sc_kind *kind = sc_kind_find(rows[0]->value.address.kind);
	uint64_t key = sc__pg_key(SC__PG_VERIFY, kind->number, 0);
	sc__pg_params params = { .arena = &connection->arena };
	sc__sql sql = { 0 };
	if (!sc__pg_is_prepared(connection, key))
		verify_text(&sql, kind);
	sc__pg_param_int(&params, (int64_t)count);
	sc_status status = param_rows(&params, rows, count, err);
	if (status != SC_OK)
		return status;
	param_versions(&params, rows, count);
	return sc__pg_send(connection, key, sql.text, &params, err);
}

static sc_status verify_read(sc__pg_connection *connection, sc_row *const *rows, size_t count, sc_error *err)
{
	sc_row **kept = sc__arena_array(&connection->arena, count, sizeof(*kept));
	sc_status status = SC_OK;
	size_t size = 0;
	if (kept == NULL)
		return no_memory(err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		if (rows[i]->type != SC_ROW_ID && rows[i]->write == SC_ROW_KEEP && rows[i]->driver != NULL)
			kept[size++] = rows[i];
		bool last = i + 1 == count || rows[i + 1]->value.address.kind != rows[i]->value.address.kind;
		if (last && size > 0) {
			status = send_verify(connection, kept, size, err);
			kept += size;
			size = 0;
		}
	}
	return status;
}

sc_status sc__pg_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                       sc_error *err)
{
	sc__pg_connection *connection = txn;
	sc__pg_transaction *transaction = &connection->transaction;
	sc_status status = SC_OK;
	transaction->wrote = count > 0 || transaction->drawn > 0;
	for (size_t i = 0; i < transaction->reads && status == SC_OK; i++)
		status = verify_read(connection, transaction->read[i], transaction->read_count[i], err);
	for (size_t at = 0; at < count && status == SC_OK;) {
		size_t size = 1;
		while (at + size < count && rows[at + size]->type == rows[at]->type &&
		       rows[at + size]->value.address.kind == rows[at]->value.address.kind)
			size++;
		status = rows[at]->type == SC_ROW_ID ? send_ids(connection, rows + at, size, err)
		                                     : send_kind(connection, rows + at, size, err);
		at += size;
	}
	/* Also without entries: the journal's line is the proof that the transaction happened. */
	if (status == SC_OK && transaction->drawn > 0)
		status = sc__pg_journal_send(connection, entries, entry_count, err);
	return status;
}
