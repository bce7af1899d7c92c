/*
 * Tables and indexes out of the table of kinds.
 *
 * A table a kind, its rows packed: what is indexed or decided on has a column, all else is one body.
 * Numbers stand in front of bytes, so that nothing is lost to alignment. Only the counters have a CHECK, which holds
 * whatever a program does: PostgreSQL parses a table's CHECKs anew for each statement that writes to it, and a dozen
 * of them cost more than the writing. Secondary indexes are partial: a row with NULL in an indexed column costs
 * nothing, and the index of deadlines knows only holds that are still held.
 *
 * Accounts and carts are written over and over, so their pages keep some room in which a new version of
 * a row needs no new entry in any index. A body stays in its row as long as a page can hold it,
 * uncompressed bodies of a few kilobytes being cheaper than rows of a second table.
 */
#include "drivers/postgres/driver.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static const sc__pg_part common_parts[] = {
	{ "version", "bigint NOT NULL" },
	{ "entry", "bigint NOT NULL" },
};
static const sc__pg_part lifetime_parts[] = {
	{ "expires", "bigint NOT NULL DEFAULT 0" },
};
static const sc__pg_part counter_parts[] = {
	{ "on_hand", "bigint NOT NULL" },
	{ "held", "bigint NOT NULL" },
	{ "committed", "bigint NOT NULL" },
	{ "floor", "bigint NOT NULL" },
};
static const sc__pg_part hold_parts[] = {
	{ "deadline", "bigint NOT NULL" },
	{ "state", "smallint NOT NULL" },
};
static const sc__pg_part shape_parts[] = {
	{ "shape", "smallint NOT NULL" },
};
static const sc__pg_part address_parts[] = {
	{ "key", "bytea NOT NULL" },
	{ "sub", "bytea NOT NULL" },
};
static const sc__pg_part made_by_parts[] = {
	{ "made_by", "bytea" },
};
static const sc__pg_part body_parts[] = {
	{ "body", "bytea NOT NULL DEFAULT ''" },
};
static const sc__pg_part personal_parts[] = {
	{ "personal", "bytea NOT NULL DEFAULT ''" },
};

static size_t add(sc__pg_part *out, size_t at, const sc__pg_part *parts, size_t count)
{
	memcpy(out + at, parts, count * sizeof *parts);
	return at + count;
}

static size_t add_columns(sc__pg_part *out, size_t at, const sc_kind *kind, sc_value_type type)
{
	for (uint32_t i = 0; i < kind->column_count && i < SC_COLUMNS_MAX; i++)
		if (kind->columns[i].type == type)
			out[at++] = (sc__pg_part){ kind->columns[i].name, type == SC_VALUE_INT ? "bigint" : "bytea" };
	return at;
}

size_t sc__pg_kind_parts(const sc_kind *kind, sc__pg_part out[SC__PG_PARTS_MAX])
{
	size_t count = add(out, 0, common_parts, COUNT(common_parts));
	if (sc__kind_has_lifetime(kind))
		count = add(out, count, lifetime_parts, COUNT(lifetime_parts));
	if (sc__kind_has_counters(kind))
		count = add(out, count, counter_parts, COUNT(counter_parts));
	count = add_columns(out, count, kind, SC_VALUE_INT);
	if (sc__kind_has_hold(kind))
		count = add(out, count, hold_parts, COUNT(hold_parts));
	count = add(out, count, shape_parts, COUNT(shape_parts));
	count = add(out, count, address_parts, COUNT(address_parts));
	if (sc__kind_has_made_by(kind))
		count = add(out, count, made_by_parts, COUNT(made_by_parts));
	count = add_columns(out, count, kind, SC_VALUE_BYTES);
	if (sc__kind_has_body(kind))
		count = add(out, count, body_parts, COUNT(body_parts));
	if (sc__kind_has_personal(kind))
		count = add(out, count, personal_parts, COUNT(personal_parts));
	return count;
}

void sc__pg_table_text(sc__sql *sql, const sc_kind *kind)
{
	sc__pg_part parts[SC__PG_PARTS_MAX];
	size_t count = sc__pg_kind_parts(kind, parts);
	bool rewritten = sc__kind_has_counters(kind) || sc__kind_has_lifetime(kind);
	sc__sql_add(sql, "CREATE TABLE \"%s\"(", kind->name);
	for (size_t i = 0; i < count; i++) {
		sc__sql_add(sql, "\"%s\" %s, ", parts[i].name, parts[i].definition);
	}
	if (sc__kind_has_counters(kind))
		sc__sql_add(sql, "CHECK (held >= 0 AND committed >= 0), ");
	sc__sql_add(sql, "PRIMARY KEY(key, sub)) WITH (fillfactor = %d%s)", rewritten ? 85 : 95,
	            sc__kind_has_body(kind) ? ", toast_tuple_target = 8160" : "");
}

static void column_index(sc__sql *sql, const sc_kind *kind, const sc_index *index)
{
	sc__sql_add(sql, "CREATE INDEX IF NOT EXISTS \"%s_%s\" ON \"%s\"(", kind->name, index->name, kind->name);
	for (uint8_t i = 0; i < index->count; i++)
		sc__sql_add(sql, "\"%s\", ", kind->columns[index->columns[i]].name);
	sc__sql_add(sql, "key, sub) WHERE ");
	for (uint8_t i = 0; i < index->count; i++)
		sc__sql_add(sql, "%s\"%s\" IS NOT NULL", i > 0 ? " AND " : "", kind->columns[index->columns[i]].name);
}

bool sc__pg_index_text(sc__sql *sql, const sc_kind *kind, uint32_t n)
{
	if (n < kind->index_count) {
		column_index(sql, kind, &kind->indexes[n]);
		return true;
	}
	n -= kind->index_count;
	if (sc__kind_has_hold(kind) && n-- == 0) {
		sc__sql_add(sql,
		            "CREATE INDEX IF NOT EXISTS \"%s_by_deadline\" ON \"%s\"(deadline, key, sub)"
		            " WHERE state = 1 AND deadline > 0",
		            kind->name, kind->name);
		return true;
	}
	if (sc__kind_has_lifetime(kind) && n == 0) {
		sc__sql_add(sql, "CREATE INDEX IF NOT EXISTS \"%s_by_end\" ON \"%s\"(expires) WHERE expires > 0",
		            kind->name, kind->name);
		return true;
	}
	return false;
}
