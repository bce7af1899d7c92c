/*
 * Tables and indexes out of the table of kinds.
 *
 * A table a kind, its rows packed: what is indexed or decided on has a column, all else is one body.
 * The CHECKs hold what must hold whatever a program does: counters below zero, states that are none,
 * ids that are no ids. Claims, accounts and holds are small and always looked up by address, so they
 * live in their primary key (WITHOUT ROWID); records have bodies of kilobytes, which would make such a
 * tree deep, so they keep SQLite's row numbers and an index of addresses.
 *
 * Secondary indexes are partial: a row with NULL in an indexed column costs nothing, and the index of
 * deadlines knows only holds that are still held.
 */
#include "drivers/sqlite/schema.h"
#include "base/error.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Widths as in limits.h; a unit test compares them. */
static const sc__part address_parts[] = {
	{ "key", "BLOB NOT NULL CHECK(length(key) BETWEEN 1 AND 320)" },
	{ "sub", "BLOB NOT NULL CHECK(length(sub) <= 320)" },
	{ "version", "INTEGER NOT NULL CHECK(version > 0)" },
	{ "entry", "INTEGER NOT NULL CHECK(entry >= 0)" },
	{ "shape", "INTEGER NOT NULL CHECK(shape >= 0)" },
};
static const sc__part lifetime_parts[] = {
	{ "expires", "INTEGER NOT NULL DEFAULT 0 CHECK(expires >= 0)" },
};
static const sc__part made_by_parts[] = {
	{ "made_by", "BLOB CHECK(length(made_by) = 16)" },
};
static const sc__part counter_parts[] = {
	{ "on_hand", "INTEGER NOT NULL" },
	{ "held", "INTEGER NOT NULL CHECK(held >= 0)" },
	{ "committed", "INTEGER NOT NULL CHECK(committed >= 0)" },
	{ "floor", "INTEGER NOT NULL" },
};
static const sc__part hold_parts[] = {
	{ "state", "INTEGER NOT NULL CHECK(state BETWEEN 1 AND 4)" },
	{ "deadline", "INTEGER NOT NULL CHECK(deadline >= 0)" },
};
static const sc__part body_parts[] = {
	{ "body", "BLOB NOT NULL DEFAULT x'' CHECK(length(body) <= 1048576)" },
};
static const sc__part personal_parts[] = {
	{ "personal", "BLOB NOT NULL DEFAULT x'' CHECK(length(personal) <= 1048576)" },
};

static size_t add(sc__part *out, size_t at, const sc__part *parts, size_t count)
{
	memcpy(out + at, parts, count * sizeof *parts);
	return at + count;
}

size_t sc__kind_parts(const sc_kind *kind, sc__part out[SC__PARTS_MAX])
{
	size_t count = add(out, 0, address_parts, COUNT(address_parts));
	if (sc__kind_has_lifetime(kind))
		count = add(out, count, lifetime_parts, COUNT(lifetime_parts));
	if (sc__kind_has_made_by(kind))
		count = add(out, count, made_by_parts, COUNT(made_by_parts));
	if (sc__kind_has_counters(kind))
		count = add(out, count, counter_parts, COUNT(counter_parts));
	if (sc__kind_has_hold(kind))
		count = add(out, count, hold_parts, COUNT(hold_parts));
	for (uint32_t i = 0; i < kind->column_count && i < SC_COLUMNS_MAX; i++)
		out[count++] = (sc__part){ kind->columns[i].name,
			                   kind->columns[i].type == SC_VALUE_INT ? "INTEGER" : NULL };
	/* Last, so that reading the columns in front does not walk through long bodies. */
	if (sc__kind_has_body(kind))
		count = add(out, count, body_parts, COUNT(body_parts));
	if (sc__kind_has_personal(kind))
		count = add(out, count, personal_parts, COUNT(personal_parts));
	return count;
}

void sc__part_add(sc__sql *sql, const sc__part *part)
{
	if (part->definition != NULL)
		sc__sql_add(sql, "\"%s\" %s", part->name, part->definition);
	else
		sc__sql_add(sql, "\"%s\" BLOB CHECK(length(\"%s\") <= %d)", part->name, part->name,
		            SC_COLUMN_BYTES_MAX);
}

static bool is_small(const sc_kind *kind)
{
	return kind->kind_class != SC_CLASS_RECORD;
}

sc_status sc__table_create(sc__connection *connection, const sc_kind *kind, sc_error *err)
{
	sc__part parts[SC__PARTS_MAX];
	size_t count = sc__kind_parts(kind, parts);
	sc__sql sql = { 0 };
	sc__sql_add(&sql, "CREATE TABLE \"%s\"(", kind->name);
	for (size_t i = 0; i < count; i++) {
		sc__part_add(&sql, &parts[i]);
		sc__sql_add(&sql, ", ");
	}
	sc__sql_add(&sql, "PRIMARY KEY(key, sub)) STRICT%s", is_small(kind) ? ", WITHOUT ROWID" : "");
	return sc__connection_exec(connection, sql.text, err);
}

static sc_status create_index(sc__connection *connection, const sc_kind *kind, const sc_index *index, sc_error *err)
{
	sc__sql sql = { 0 };
	sc__sql_add(&sql, "CREATE INDEX IF NOT EXISTS \"%s_%s\" ON \"%s\"(", kind->name, index->name, kind->name);
	for (uint8_t i = 0; i < index->count; i++)
		sc__sql_add(&sql, "\"%s\", ", kind->columns[index->columns[i]].name);
	sc__sql_add(&sql, "key, sub) WHERE ");
	for (uint8_t i = 0; i < index->count; i++)
		sc__sql_add(&sql, "%s\"%s\" IS NOT NULL", i > 0 ? " AND " : "", kind->columns[index->columns[i]].name);
	return sc__connection_exec(connection, sql.text, err);
}

sc_status sc__indexes_create(sc__connection *connection, const sc_kind *kind, sc_error *err)
{
	sc_status status = SC_OK;
	for (uint32_t i = 0; i < kind->index_count && status == SC_OK; i++)
		status = create_index(connection, kind, &kind->indexes[i], err);
	if (status == SC_OK && sc__kind_has_hold(kind)) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql,
		            "CREATE INDEX IF NOT EXISTS \"%s_by_deadline\" ON \"%s\"(deadline, key, sub)"
		            " WHERE state = 1 AND deadline > 0",
		            kind->name, kind->name);
		status = sc__connection_exec(connection, sql.text, err);
	}
	if (status == SC_OK && sc__kind_has_lifetime(kind)) {
		sc__sql sql = { 0 };
		sc__sql_add(&sql, "CREATE INDEX IF NOT EXISTS \"%s_by_end\" ON \"%s\"(expires) WHERE expires > 0",
		            kind->name, kind->name);
		status = sc__connection_exec(connection, sql.text, err);
	}
	return status;
}
