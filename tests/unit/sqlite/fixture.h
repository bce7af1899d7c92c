/*
 * A world with an SQLite file in a folder of its own, and short ways to write to it.
 */
#ifndef TEST_SQLITE_FIXTURE_H
#define TEST_SQLITE_FIXTURE_H

#include "drivers/sqlite/driver.h"
#include "store/kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

struct fixture {
	const sc_env *env;
	char folder[64];
	char path[96];
	sc_store store; /* open and prepared */
	sc_error err;
};

static inline sc_store open_store(struct fixture *f, const sc_sqlite_options *options)
{
	sc_store store = { 0 };
	assert_int_equal(sc_sqlite_open(f->env, f->path, options, &store, &f->err), SC_OK);
	assert_int_equal(store.ops->prepare(store.ctx, SC_CALL_SYSTEM, &f->err), SC_OK);
	return store;
}

static inline void close_store(sc_store *store)
{
	if (store->ops != NULL)
		store->ops->close(store->ctx);
	*store = (sc_store){ NULL, NULL };
}

static inline int set_up(void **state)
{
	static struct fixture f;
	f = (struct fixture){ .env = sc_env_default(), .folder = "/tmp/shopcore-sqlite-XXXXXX" };
	assert_non_null(mkdtemp(f.folder));
	snprintf(f.path, sizeof f.path, "%s/shop.db", f.folder);
	f.store = open_store(&f, NULL);
	*state = &f;
	return 0;
}

static inline int tear_down(void **state)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-lock" };
	struct fixture *f = *state;
	char path[128];
	close_store(&f->store);
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		snprintf(path, sizeof path, "%s%s", f->path, endings[i]);
		unlink(path);
	}
	return rmdir(f->folder);
}

static inline sc_address stock_of(const char *sku)
{
	return (sc_address){ sku, "main", (uint16_t)strlen(sku), 4, SC_KIND_STOCK, 0 };
}

/* One change as a group of its own. */
static inline sc_status apply_one(const sc_store *store, const sc_call *call, const sc_change *change, sc_id id,
                                  uint16_t home, sc_error *err)
{
	sc_group group = { .id = id, .home = home, .changes = change, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = store->ops->apply(store->ctx, call, &group, 1, &outcome, err);
	return status == SC_OK ? outcome.status : status;
}

static inline sc_status receive(const sc_store *store, const char *sku, int64_t quantity)
{
	sc_change change = { .address = stock_of(sku), .type = SC_CHANGE_ADJUST, .counters = { .on_hand = quantity } };
	return apply_one(store, SC_CALL_SYSTEM, &change, sc_id_make(sc_env_default()), SC_HOME_TABLE, NULL);
}

static inline sc_status reserve_as(const sc_store *store, const sc_call *call, const char *sku, sc_error *err)
{
	sc_id id = sc_id_make(sc_env_default());
	sc_address source = stock_of(sku);
	sc_hold_line line = { .sources = &source, .source_count = 1, .quantity = 1 };
	sc_change change = { .address = { (const char *)id.bytes, "\0\0", 16, 2, SC_KIND_HOLD, 0 },
		             .type = SC_CHANGE_HOLD,
		             .lines = &line,
		             .line_count = 1,
		             .ttl_ms = 600000 };
	return apply_one(store, call, &change, id, SC_HOME_FIRST, err);
}

static inline sc_status reserve(const sc_store *store, const char *sku)
{
	return reserve_as(store, SC_CALL_SYSTEM, sku, NULL);
}

static inline sc_record account(const sc_store *store, const char *sku)
{
	sc_arena arena;
	sc_address address = stock_of(sku);
	sc_record record = { 0 };
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(store->ops->load(store->ctx, SC_CALL_SYSTEM, &address, 1, 0, &arena, &record, NULL), SC_OK);
	sc_arena_clear(&arena);
	return record;
}

/* One number out of the file, read by another program's connection, as it were. */
static inline int64_t number_in(const char *path, const char *sql)
{
	sqlite3 *db = NULL;
	sqlite3_stmt *stmt = NULL;
	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READONLY, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	int64_t number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

#define test(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
