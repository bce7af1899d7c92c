/*
 * The schema: what its CHECKs refuse, how it grows, whom it turns away.
 */
#include "fixture.h"

static int try_sql(struct fixture *f, const char *sql)
{
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	sqlite3_wal_autocheckpoint(db, 0);
	int code = sqlite3_exec(db, sql, NULL, NULL, NULL);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	sqlite3_close(db);
	return code & 0xFF;
}

static void counters_below_zero_are_refused_by_the_file_itself(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	assert_int_equal(try_sql(f, "UPDATE stock SET held = -1"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE stock SET committed = -1"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE stock SET on_hand = -1"), SQLITE_OK); /* a count may be below a promise */
}

static void states_versions_and_ids_that_are_none_are_refused(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	assert_int_equal(reserve(&f->store, "mug"), SC_OK);
	assert_int_equal(try_sql(f, "UPDATE hold SET state = 0"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE hold SET state = 5"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE hold SET deadline = -1"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE hold SET made_by = x'00'"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE hold SET version = 0"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE stock SET on_hand = 'many'"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE sc_ids SET id = x'0102'"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "UPDATE sc_journal SET count = 0"), SQLITE_CONSTRAINT);
	assert_int_equal(try_sql(f, "INSERT INTO sc_meta SELECT 2, 1, incarnation, 1, 1, 1, 1 FROM sc_meta"),
	                 SQLITE_CONSTRAINT);
}

static void widths_are_those_of_the_limits(void **state)
{
	struct fixture *f = *state;
	char sql[512];
	static const char row[] = "INSERT INTO \"cart\"(key, sub, version, entry, shape, body, personal) VALUES(";
	snprintf(sql, sizeof sql, "%szeroblob(%d), x'', 1, 0, 1, zeroblob(%d), zeroblob(%d))", row, SC_KEY_MAX,
	         SC_BODY_MAX, SC_BODY_MAX);
	assert_int_equal(try_sql(f, sql), SQLITE_OK);
	snprintf(sql, sizeof sql, "%szeroblob(%d), x'', 1, 0, 1, x'', x'')", row, SC_KEY_MAX + 1);
	assert_int_equal(try_sql(f, sql), SQLITE_CONSTRAINT);
	snprintf(sql, sizeof sql, "%sx'', x'', 1, 0, 1, x'', x'')", row);
	assert_int_equal(try_sql(f, sql), SQLITE_CONSTRAINT);
	snprintf(sql, sizeof sql, "%sx'01', zeroblob(%d), 1, 0, 1, x'', x'')", row, SC_KEY_MAX + 1);
	assert_int_equal(try_sql(f, sql), SQLITE_CONSTRAINT);
	snprintf(sql, sizeof sql, "%sx'01', x'', 1, 0, 1, zeroblob(%d), x'')", row, SC_BODY_MAX + 1);
	assert_int_equal(try_sql(f, sql), SQLITE_CONSTRAINT);
	snprintf(sql, sizeof sql, "%sx'01', x'', 1, 0, 1, x'', zeroblob(%d))", row, SC_BODY_MAX + 1);
	assert_int_equal(try_sql(f, sql), SQLITE_CONSTRAINT);
	snprintf(sql, sizeof sql,
	         "INSERT INTO sku(key, sub, version, entry, shape, product) VALUES(x'01', x'', 1, 0, 1, zeroblob(%d))",
	         SC_COLUMN_BYTES_MAX + 1);
	assert_int_equal(try_sql(f, sql), SQLITE_CONSTRAINT);
}

static void every_table_is_strict(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(number_in(f->path, "SELECT count(*) FROM pragma_table_list WHERE type = 'table' AND strict = 0"
	                                    " AND name NOT LIKE 'sqlite_%'"),
	                 0);
}

static void a_range_over_an_index_neither_scans_nor_sorts(void **state)
{
	struct fixture *f = *state;
	static const char *const queries[] = {
		("SELECT key FROM shop_order WHERE \"owner\" = x'01' AND \"created\" IS NOT NULL"
		 " AND (\"created\", key, sub) < (1, x'', x'') ORDER BY \"created\" DESC, key DESC, sub DESC"),
		"SELECT key FROM shop_order WHERE \"due\" IS NOT NULL AND \"due\" <= 5 ORDER BY \"due\", key, sub",
		"SELECT key FROM hold WHERE state = 1 AND deadline > 0 AND deadline <= 5 ORDER BY deadline, key, sub",
		"SELECT key FROM payment WHERE key = x'01' AND sub >= x'02' ORDER BY sub",
		"SELECT key FROM product WHERE 1 AND (key, sub) > (x'', x'') ORDER BY key, sub",
	};
	for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
		char sql[512];
		sqlite3 *db = NULL;
		sqlite3_stmt *stmt = NULL;
		snprintf(sql, sizeof sql, "EXPLAIN QUERY PLAN %s", queries[i]);
		assert_int_equal(sqlite3_open_v2(f->path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
		assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
		assert_non_null(strstr((const char *)sqlite3_column_text(stmt, 3), "SEARCH"));
		assert_int_equal(sqlite3_step(stmt), SQLITE_DONE); /* a second line would be the sorting */
		sqlite3_finalize(stmt);
		sqlite3_close(db);
	}
}

/* ---- growing --------------------------------------------------------------------------- */

static const sc_column old_columns[] = { { "colour", SC_VALUE_BYTES, 0 } };
static const sc_column new_columns[] = { { "colour", SC_VALUE_BYTES, 0 }, { "weight", SC_VALUE_INT, 0 } };
static const sc_index new_indexes[] = { { "by_weight", { 1 }, 1, { 0 } } };

static const sc_kind old_kinds[] = {
	{ .number = 1,
	  .kind_class = SC_CLASS_RECORD,
	  .shape = 1,
	  .name = "thing",
	  .column_count = 1,
	  .columns = old_columns },
};
static const sc_kind new_kinds[] = {
	{ .number = 1,
	  .kind_class = SC_CLASS_RECORD,
	  .shape = 2,
	  .flags = SC_KIND_LIFETIME,
	  .name = "thing",
	  .column_count = 2,
	  .columns = new_columns,
	  .index_count = 1,
	  .indexes = new_indexes },
	{ .number = 2, .kind_class = SC_CLASS_HOLD, .shape = 1, .name = "promise" },
};

/* A file of its own beside the fixture's. */
static sc__connection *other_file(struct fixture *f, char path[128])
{
	sc__connection *connection = NULL;
	snprintf(path, 128, "%s/other.db", f->folder);
	assert_int_equal(sc__connection_open(f->env, path, false, &connection, &f->err), SC_OK);
	return connection;
}

static void close_other(sc__connection *connection, const char *path)
{
	char name[160];
	sc__connection_close(connection);
	unlink(path);
	snprintf(name, sizeof name, "%s-wal", path);
	unlink(name);
	snprintf(name, sizeof name, "%s-shm", path);
	unlink(name);
}

static void a_file_of_an_earlier_shape_grows_and_keeps_its_rows(void **state)
{
	struct fixture *f = *state;
	char path[128];
	sc__connection *connection = other_file(f, path);
	assert_int_equal(sc__schema_prepare(connection, old_kinds, 1, &f->err), SC_OK);
	assert_int_equal(sc__connection_exec(connection,
	                                     "INSERT INTO thing(key, sub, version, entry, shape, colour)"
	                                     " VALUES(x'41', x'', 7, 0, 1, x'52')",
	                                     &f->err),
	                 SC_OK);
	assert_int_equal(sc__schema_check(connection, new_kinds, 2, &f->err), SC_NOT_FOUND);
	assert_int_equal(sc__schema_prepare(connection, new_kinds, 2, &f->err), SC_OK);
	assert_int_equal(sc__schema_check(connection, new_kinds, 2, &f->err), SC_OK);
	assert_int_equal(number_in(path, "SELECT version FROM thing WHERE weight IS NULL AND expires = 0"), 7);
	assert_int_equal(number_in(path, "SELECT count(*) FROM promise"), 0);
	assert_int_equal(number_in(path, "SELECT count(*) FROM sqlite_schema WHERE name = 'thing_by_weight'"), 1);
	assert_int_equal(number_in(path, "SELECT generation FROM sc_meta"), 2);
	close_other(connection, path);
}

static void preparing_again_changes_nothing(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(f->store.ops->prepare(f->store.ctx, SC_CALL_SYSTEM, &f->err), SC_OK);
	assert_int_equal(number_in(f->path, "SELECT generation FROM sc_meta"), 1);
}

static void a_later_shape_is_left_as_it_is(void **state)
{
	struct fixture *f = *state;
	char path[128];
	sc__connection *connection = other_file(f, path);
	assert_int_equal(sc__schema_prepare(connection, new_kinds, 2, &f->err), SC_OK);
	assert_int_equal(sc__schema_prepare(connection, old_kinds, 1, &f->err), SC_SCHEMA_TOO_NEW);
	assert_int_equal(number_in(path, "SELECT shape FROM sc_kinds WHERE number = 1"), 2);
	assert_int_equal(number_in(path, "SELECT generation FROM sc_meta"), 1);
	close_other(connection, path);
}

static void a_later_library_is_noticed_by_a_store_that_is_open(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	assert_int_equal(try_sql(f, "UPDATE sc_meta SET generation = 9; UPDATE sc_kinds SET shape = shape + 1"),
	                 SQLITE_OK);
	assert_int_equal(receive(&f->store, "mug", 5), SC_SCHEMA_TOO_NEW);
	sc_store later = { 0 };
	assert_int_equal(sc_sqlite_open(f->env, f->path, NULL, &later, &f->err), SC_OK);
	assert_int_equal(later.ops->prepare(later.ctx, SC_CALL_SYSTEM, &f->err), SC_SCHEMA_TOO_NEW);
	close_store(&later);
	assert_int_equal(account(&f->store, "mug").counters.on_hand, 5);
}

static void a_database_of_another_program_is_not_touched(void **state)
{
	struct fixture *f = *state;
	char path[128];
	sc__connection *connection = other_file(f, path);
	assert_int_equal(sc__connection_exec(connection, "CREATE TABLE notes(text)", &f->err), SC_OK);
	assert_int_equal(sc__schema_prepare(connection, old_kinds, 1, &f->err), SC_DAMAGED);
	assert_int_equal(number_in(path, "SELECT count(*) FROM sqlite_schema"), 1);
	close_other(connection, path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(counters_below_zero_are_refused_by_the_file_itself),
		test(states_versions_and_ids_that_are_none_are_refused),
		test(widths_are_those_of_the_limits),
		test(every_table_is_strict),
		test(a_range_over_an_index_neither_scans_nor_sorts),
		test(a_file_of_an_earlier_shape_grows_and_keeps_its_rows),
		test(preparing_again_changes_nothing),
		test(a_later_shape_is_left_as_it_is),
		test(a_later_library_is_noticed_by_a_store_that_is_open),
		test(a_database_of_another_program_is_not_touched),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
