/*
 * What the store suite cannot ask of every driver: names, files, other processes, damage.
 */
#include "fixture.h"

#include <fcntl.h>
#include <shopcore/testkit/env.h>
#include <sys/wait.h>

static sc_status open_named(struct fixture *f, const char *name)
{
	sc_store store = { 0 };
	sc_status status = sc_sqlite_open(f->env, name, NULL, &store, &f->err);
	close_store(&store);
	return status;
}

static void names_that_are_none_are_refused(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "",         "sqlite:",           ":memory:", "sqlite::memory:",
		                             "sqlite:?", "sqlite:a.db?fast=1" };
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		assert_int_equal(open_named(f, names[i]), SC_BAD_ARGUMENT);
		assert_string_equal(f->err.field, "name");
	}
	assert_int_equal(open_named(f, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(open_named(f, "/nowhere/at/all.db"), SC_IO_FAILED);
}

static void a_name_of_any_length_is_answered(void **state)
{
	struct fixture *f = *state;
	char name[SC__PATH_MAX + 1];
	memset(name, 'a', sizeof name);
	name[SC__PATH_MAX] = '\0';
	assert_int_equal(open_named(f, name), SC_OVER_LIMIT);
	name[SC__PATH_MAX - 1] = '\0';
	assert_int_equal(open_named(f, name), SC_IO_FAILED); /* the limit of ours is passed, the file system's is not */
}

static void numbers_below_zero_are_refused(void **state)
{
	struct fixture *f = *state;
	sc_store store;
	sc_sqlite_options options = SC_SQLITE_OPTIONS_INIT;
	options.patience_ms = -1;
	assert_int_equal(sc_sqlite_open(f->env, f->path, &options, &store, &f->err), SC_BAD_ARGUMENT);
	assert_string_equal(f->err.field, "patience_ms");
	options.patience_ms = 0;
	options.remembers_ms = -1;
	assert_int_equal(sc_sqlite_open(f->env, f->path, &options, &store, &f->err), SC_BAD_ARGUMENT);
	assert_string_equal(f->err.field, "remembers_ms");
}

static void a_url_and_a_path_name_the_same_file(void **state)
{
	struct fixture *f = *state;
	char url[128];
	sc_store store = { 0 };
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	snprintf(url, sizeof url, "sqlite:%s?exclusive=0", f->path);
	assert_int_equal(sc_sqlite_open(f->env, url, NULL, &store, &f->err), SC_OK);
	assert_int_equal(account(&store, "mug").counters.on_hand, 5);
	close_store(&store);
}

static void a_sole_owner_keeps_others_out_and_is_kept_out(void **state)
{
	struct fixture *f = *state;
	char url[128];
	sc_store owner = { 0 }, other = { 0 };
	sc_sqlite_options impatient = SC_SQLITE_OPTIONS_INIT;
	impatient.patience_ms = 50;
	snprintf(url, sizeof url, "sqlite:%s?exclusive=1", f->path);
	close_store(&f->store);
	assert_int_equal(sc_sqlite_open(f->env, url, &impatient, &owner, &f->err), SC_OK);
	assert_int_equal(owner.ops->prepare(owner.ctx, SC_CALL_SYSTEM, &f->err), SC_OK);
	assert_int_equal(receive(&owner, "mug", 5), SC_OK);
	assert_int_equal(account(&owner, "mug").counters.on_hand, 5);
	assert_int_equal(sc_sqlite_open(f->env, url, &impatient, &other, &f->err), SC_BUSY);
	assert_int_equal(sc_sqlite_open(f->env, f->path, &impatient, &other, &f->err), SC_BUSY);
	close_store(&owner);
	f->store = open_store(f, NULL);
	assert_int_equal(account(&f->store, "mug").counters.on_hand, 5);
}

/* Holds the file's lock from outside until it is given back. */
static sc__file_lock hold_lock(struct fixture *f)
{
	sc__file_lock lock = { -1, NULL };
	char path[128];
	snprintf(path, sizeof path, "%s-lock", f->path);
	assert_int_equal(sc__file_lock_open(&lock, path, &f->err), SC_OK);
	assert_int_equal(sc__file_lock_take(&lock, f->env, SC_NEVER, &f->err), SC_OK);
	return lock;
}

static void who_waits_too_long_is_told_so_and_nothing_happened(void **state)
{
	struct fixture *f = *state;
	sc_sqlite_options impatient = SC_SQLITE_OPTIONS_INIT;
	impatient.patience_ms = 20;
	sc_store other = open_store(f, &impatient);
	assert_int_equal(receive(&other, "mug", 5), SC_OK);
	sc__file_lock lock = hold_lock(f);
	assert_int_equal(reserve(&other, "mug"), SC_BUSY);
	sc_call call = SC_CALL_INIT(SC_ACTOR_SYSTEM, NULL);
	call.deadline_ns = f->env->mono_ns(f->env->ctx) + 20000000;
	assert_int_equal(reserve_as(&other, &call, "mug", &f->err), SC_DEADLINE);
	assert_int_equal(account(&other, "mug").counters.held, 0); /* reading waits for nobody */
	sc__file_lock_give(&lock);
	sc__file_lock_close(&lock);
	assert_int_equal(reserve(&other, "mug"), SC_OK);
	close_store(&other);
}

static void what_comes_after_its_deadline_is_not_sent(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	sc_call call = SC_CALL_INIT(SC_ACTOR_SYSTEM, NULL);
	call.deadline_ns = f->env->mono_ns(f->env->ctx) - 1;
	assert_int_equal(reserve_as(&f->store, &call, "mug", &f->err), SC_DEADLINE);
	assert_int_equal(account(&f->store, "mug").counters.held, 0);
}

static void a_child_process_may_not_use_its_parents_store(void **state)
{
	struct fixture *f = *state;
	pid_t child = fork();
	if (child == 0) {
		sc_record record;
		sc_arena arena;
		sc_address address = stock_of("mug");
		sc_arena_init(&arena, f->env);
		bool refused = receive(&f->store, "mug", 5) == SC_STORE_FAILED &&
		               f->store.ops->load(f->store.ctx, SC_CALL_SYSTEM, &address, 1, 0, &arena, &record,
		                                  NULL) == SC_STORE_FAILED;
		close_store(&f->store);
		_exit(refused ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
}

static void overwrite(const char *path, off_t at, size_t size)
{
	char *junk = malloc(size);
	memset(junk, 'x', size);
	int descriptor = open(path, O_WRONLY);
	assert_int_equal(pwrite(descriptor, junk, size, at), (ssize_t)size);
	close(descriptor);
	free(junk);
}

static void a_file_that_is_no_database_is_called_damaged(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	close_store(&f->store);
	char path[128];
	snprintf(path, sizeof path, "%s-wal", f->path);
	unlink(path);
	overwrite(f->path, 0, 4096);
	assert_int_equal(open_named(f, f->path), SC_DAMAGED);
}

static void a_damaged_journal_is_called_damaged(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	sqlite3 *db = NULL;
	assert_int_equal(sqlite3_open(f->path, &db), SQLITE_OK);
	sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
	assert_int_equal(sqlite3_exec(db, "UPDATE sc_journal SET entries = x'00'", NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
	sc_arena arena;
	sc_entry entries[4];
	size_t count = 0;
	sc_arena_init(&arena, f->env);
	assert_int_equal(
		f->store.ops->log_read(f->store.ctx, SC_CALL_SYSTEM, 0, 0, 4, &arena, entries, &count, &f->err),
		SC_DAMAGED);
	sc_address subject = stock_of("mug");
	assert_int_equal(
		f->store.ops->log_of(f->store.ctx, SC_CALL_SYSTEM, &subject, 0, 4, &arena, entries, &count, &f->err),
		SC_DAMAGED);
	sc_arena_clear(&arena);
}

/* The driver's own handle, with a file that may not grow: as a full disk, but repeatable. */
static void a_full_disk_is_a_failure_in_which_nothing_happened(void **state)
{
	struct fixture *f = *state;
	sc__sqlite *handle = NULL;
	assert_int_equal(sc__sqlite_open(f->env, f->path, NULL, &handle, &f->err), SC_OK);
	assert_int_equal(sc__connection_exec(handle->writer, "PRAGMA max_page_count=1", &f->err), SC_OK);
	char body[60000];
	memset(body, 'b', sizeof body);
	sc_row row = { .type = SC_ROW_RECORD, .write = SC_ROW_INSERT };
	row.value = (sc_record){
		.address = { "k", "", 1, 0, SC_KIND_CART, 0 }, .version = 1, .shape = 1, .body = { body, sizeof body }
	};
	sc_row *rows[] = { &row };
	void *txn = NULL;
	sc_rows_clock clock;
	uint64_t first;
	assert_int_equal(sc__sqlite_begin(handle, SC_CALL_SYSTEM, &txn, &clock, &f->err), SC_OK);
	assert_int_equal(sc__sqlite_draw(txn, 1, &first, &f->err), SC_OK);
	assert_int_equal(sc__sqlite_write(txn, rows, 1, NULL, 0, &f->err), SC_NO_ROOM);
	sc__sqlite_abort(txn);
	assert_int_equal(number_in(f->path, "SELECT count(*) FROM cart"), 0);
	sc__sqlite_close(handle);
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
}

static off_t size_of(const char *path, const char *ending)
{
	char name[128];
	struct stat at = { 0 };
	snprintf(name, sizeof name, "%s%s", path, ending);
	assert_int_equal(stat(name, &at), 0);
	return at.st_size;
}

static void the_log_is_reused_and_does_not_grow(void **state)
{
	struct fixture *f = *state;
	off_t before = size_of(f->path, "-wal");
	assert_in_range(before, 4 << 20, 6 << 20);
	assert_int_equal(receive(&f->store, "mug", 5000), SC_OK);
	for (int i = 0; i < 1500; i++) /* about four pages each, so that it is full more than once */
		assert_int_equal(reserve(&f->store, "mug"), SC_OK);
	assert_int_equal(size_of(f->path, "-wal"), before);
	assert_true(size_of(f->path, "") > 100000); /* the pages came into the database */
}

static void memory_may_run_out_anywhere(void **state)
{
	struct fixture *f = *state;
	sc_testkit_env *world = sc_testkit_env_new(1);
	bool failed = true;
	uint64_t nth = 0;
	while (failed) {
		sc_store store = { 0 };
		sc_testkit_env_fail_allocation(world, ++nth, false);
		sc_status status = sc_sqlite_open(sc_testkit_env_table(world), f->path, NULL, &store, NULL);
		if (status == SC_OK)
			status = store.ops->prepare(store.ctx, SC_CALL_SYSTEM, NULL);
		if (status == SC_OK)
			status = receive(&store, "mug", 1);
		if (status == SC_OK) {
			sc_arena arena;
			sc_entry entry;
			size_t count = 0;
			sc_arena_init(&arena, sc_testkit_env_table(world));
			status = store.ops->log_read(store.ctx, SC_CALL_SYSTEM, 0, 0, 1, &arena, &entry, &count, NULL);
			sc_arena_clear(&arena);
		}
		failed = sc_testkit_env_has_failed(world);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		sc_testkit_env_fail_allocation(world, 0, false);
		close_store(&store);
		assert_int_equal(sc_testkit_env_live_blocks(world), 0);
	}
	assert_true(nth > 4);
	sc_testkit_env_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(names_that_are_none_are_refused),
		test(a_name_of_any_length_is_answered),
		test(numbers_below_zero_are_refused),
		test(a_url_and_a_path_name_the_same_file),
		test(a_sole_owner_keeps_others_out_and_is_kept_out),
		test(who_waits_too_long_is_told_so_and_nothing_happened),
		test(what_comes_after_its_deadline_is_not_sent),
		test(a_child_process_may_not_use_its_parents_store),
		test(a_file_that_is_no_database_is_called_damaged),
		test(a_damaged_journal_is_called_damaged),
		test(a_full_disk_is_a_failure_in_which_nothing_happened),
		test(the_log_is_reused_and_does_not_grow),
		test(memory_may_run_out_anywhere),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
