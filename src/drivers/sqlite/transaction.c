/*
 * A transaction from begin to commit, and the checkpoints behind it.
 *
 * The write-ahead log is moved into the database by whoever's commit made it long enough, still under
 * the file lock, about 4 MB at a time, so that the next one in line waits for milliseconds only.
 */
#include "base/error.h"
#include "drivers/sqlite/driver.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CHECKPOINT_PAGES       1000 /* 4 MB in pages of 4096 bytes */
#define CHECKPOINT_AGAIN_PAGES 250  /* when a reader kept the WAL from starting over */

/* Room for a checkpoint's worth of pages and the transaction that passes it; a frame is a page and its header. */
#define WAL_SIZE ((off_t)(CHECKPOINT_PAGES + 280) * (4096 + 24) + 32)

static sc_status run(sc__connection *connection, sc__verb verb, const char *sql, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(connection, verb, sql, &stmt, err);
	return status == SC_OK ? sc__statement_run(connection, stmt, err) : status;
}

void sc__roll_back(sc__connection *connection)
{
	if (sqlite3_get_autocommit(connection->db))
		return;
	if (run(connection, SC__ROLLBACK, "ROLLBACK", NULL) != SC_OK)
		sqlite3_exec(connection->db, "ROLLBACK", NULL, NULL, NULL);
}

/* Another generation than the one this handle was prepared for: look whether it still fits. */
sc_status sc__check_generation(sc__sqlite *store, sc__connection *connection, const sc__state *state, sc_error *err)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	bool same = store->generation == state->generation;
	env->mutex_unlock(env->ctx, &store->mutex);
	if (same)
		return SC_OK;
	size_t count = 0;
	const sc_kind *kinds = sc_kinds(&count);
	sc_status status = sc__schema_check(connection, kinds, count, err);
	if (status == SC_NOT_FOUND)
		return sc__fail(err, SC_STORE_FAILED, "the store was not prepared");
	if (status != SC_OK)
		return status;
	env->mutex_lock(env->ctx, &store->mutex);
	store->generation = state->generation;
	store->incarnation = state->incarnation;
	env->mutex_unlock(env->ctx, &store->mutex);
	return SC_OK;
}

/* Grows with every commit that this connection makes or notices. */
static uint32_t data_version(sc__connection *connection)
{
	uint32_t version = 0;
	sqlite3_file_control(connection->db, "main", SQLITE_FCNTL_DATA_VERSION, &version);
	return version;
}

/* Inside the transaction, so what is found stays so. A lone writer finds what it left and need not look. */
static sc_status find_state(sc__sqlite *store, sc__connection *connection, sc__state *out, sc_error *err)
{
	if (store->known_version == 0 || store->known_version != data_version(connection))
		return sc__state_read(connection, out, err);
	*out = store->known;
	return SC_OK;
}

static void remember_state(sc__sqlite *store, const sc__transaction *transaction)
{
	store->known = transaction->state;
	if (transaction->wrote && store->known.time_ms < transaction->now_ms)
		store->known.time_ms = transaction->now_ms;
	store->known_version = data_version(transaction->connection);
}

sc_status sc__write_begin(sc__sqlite *store, sc__connection *connection, sc__state *out, sc_error *err)
{
	sc_status status = run(connection, SC__BEGIN, "BEGIN IMMEDIATE", err);
	if (status == SC_OK)
		status = find_state(store, connection, out, err);
	return status == SC_OK ? sc__check_generation(store, connection, out, err) : status;
}

static sc_status start(sc__sqlite *store, sc__connection *connection, sc_rows_clock *clock, sc_error *err)
{
	sc__state state = { 0 };
	sc_status status = sc__write_begin(store, connection, &state, err);
	if (status != SC_OK)
		return status;
	sc__clock_saw(store, state.time_ms);
	clock->now_ms = sc__clock_now(store);
	clock->floor_ms = state.floor_ms;
	connection->transaction = (sc__transaction){
		.store = store,
		.connection = connection,
		.state = state,
		.now_ms = clock->now_ms,
	};
	return SC_OK;
}

static sc_status begin_locked(sc__sqlite *store, const sc_call *call, sc__transaction **out, sc_rows_clock *clock,
                              sc_error *err)
{
	sc__connection *connection = NULL;
	sc_status status = sc__writer_take(store, call, &connection, err);
	if (status != SC_OK)
		return status;
	status = start(store, connection, clock, err);
	if (status != SC_OK) {
		sc__roll_back(connection);
		sc__writer_give(store);
		return status;
	}
	*out = &connection->transaction;
	return SC_OK;
}

/* An optimist who was crossed so often locks like everybody else, or might never get through. */
#define OPTIMISM_MAX 8

sc_status sc__sqlite_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err)
{
	sc__sqlite *store = ctx;
	sc__transaction *transaction = NULL;
	const sc_sqlite_options *options = &store->options;
	bool looks = options->strategy == SC_SQLITE_OPTIMISTIC && !options->exclusive && clock->attempt < OPTIMISM_MAX;
	sc_status status = (looks ? sc__look_begin : begin_locked)(store, call, &transaction, clock, err);
	if (status == SC_OK)
		*txn = transaction;
	return status;
}

sc_status sc__sqlite_draw(void *txn, size_t count, uint64_t *first, sc_error *err)
{
	sc__transaction *transaction = txn;
	sc_status status = transaction->looks ? sc__look_over(transaction, err) : SC_OK;
	if (status != SC_OK)
		return status;
	transaction->first = transaction->state.next_position;
	transaction->drawn = count;
	transaction->state.next_position += count;
	*first = transaction->first;
	return SC_OK;
}

/* Rows were written but no position was drawn, so no journal row carries the time. */
static sc_status raise_time(sc__transaction *transaction, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__statement_of(transaction->connection, SC__TIME_RAISE,
	                                    "UPDATE sc_meta SET time_ms = max(time_ms, ?1)", &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, transaction->now_ms);
	return sc__statement_run(transaction->connection, stmt, err);
}

/* COMMIT answered with an error. A full disk says so before the frame that commits is whole. After any other
 * error of the disk that frame may be there, and a crash now could bring it to life. */
static sc_status resolve_commit(sc__transaction *transaction, int code, sc_error *err)
{
	sc__connection *connection = transaction->connection;
	sc_status status = sc__sqlite_fail(connection->db, code, err);
	sc__roll_back(connection);
	if ((code & 0xFF) != SQLITE_IOERR || !transaction->wrote)
		return status;
	sc__state state = { 0 };
	if (transaction->drawn > 0 && sc__state_read(connection, &state, NULL) == SC_OK &&
	    state.next_position >= transaction->state.next_position)
		return SC_OK;
	return sc__fail(err, SC_OUTCOME_UNKNOWN, "the disk failed while it was made durable");
}

static sc_status finish(sc__transaction *transaction, sc_error *err)
{
	sc__connection *connection = transaction->connection;
	sqlite3_stmt *stmt = NULL;
	sc_status status = SC_OK;
	if (transaction->wrote && transaction->drawn == 0)
		status = raise_time(transaction, err);
	if (status == SC_OK)
		status = sc__statement_of(connection, SC__COMMIT, "COMMIT", &stmt, err);
	if (status != SC_OK) {
		sc__roll_back(connection);
		return status;
	}
	int code = sqlite3_step(stmt);
	sqlite3_reset(stmt);
	return code == SQLITE_DONE ? SC_OK : resolve_commit(transaction, code, err);
}

sc_status sc__sqlite_commit(void *txn, sc_error *err)
{
	sc__transaction *transaction = txn;
	sc__sqlite *store = transaction->store;
	sc__connection *connection = transaction->connection;
	sc_status status = finish(transaction, err);
	if (status == SC_OK) {
		remember_state(store, transaction);
		sc__checkpoint_if_due(store, connection);
	} else {
		store->known_version = 0;
	}
	sc__transaction_end(transaction);
	return status;
}

void sc__sqlite_abort(void *txn)
{
	sc__transaction *transaction = txn;
	sc__roll_back(transaction->connection);
	sc__transaction_end(transaction);
}

void sc__transaction_end(sc__transaction *transaction)
{
	sc__sqlite *store = transaction->store;
	sc__connection *reader = transaction->reader;
	if (!transaction->looks)
		sc__writer_give(store);
	if (reader != NULL)
		sc__reader_give(store, reader); /* and with it the transaction */
}

void sc__checkpoint_if_due(sc__sqlite *store, sc__connection *connection)
{
	if (connection->wal_pages < CHECKPOINT_PAGES || connection->wal_pages < connection->checkpoint_at)
		return;
	int code = sqlite3_wal_checkpoint_v2(connection->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
	connection->checkpoint_at = connection->wal_pages + CHECKPOINT_AGAIN_PAGES;
	/* The commit before it is durable all the same, and the next one tries again. */
	if (code != SQLITE_OK && (code & 0xFF) != SQLITE_BUSY)
		store->env->log(store->env->ctx, SC_LOG_WARN, sqlite3_errmsg(connection->db));
}

void sc__wal_grow(sc__connection *connection)
{
	char path[SC__PATH_MAX + 8];
	const char *name = sqlite3_db_filename(connection->db, "main");
	int length = name != NULL ? snprintf(path, sizeof path, "%s-wal", name) : -1;
	if (length < 0 || (size_t)length >= sizeof path)
		return;
	int descriptor = open(path, O_RDWR | O_CLOEXEC);
	if (descriptor < 0)
		return;
	static const char zeroes[65536];
	struct stat at;
	/* Zeroes behind the last frame are no frame to SQLite, as is whatever an earlier round left there. */
	if (fstat(descriptor, &at) == 0 && at.st_size < WAL_SIZE) {
		for (off_t size = at.st_size; size < WAL_SIZE; size += (off_t)sizeof zeroes)
			if (pwrite(descriptor, zeroes, sizeof zeroes, size) != (ssize_t)sizeof zeroes)
				break; /* no room: then it grows while it is used, or says so then */
		fdatasync(descriptor);
	}
	close(descriptor);
}
