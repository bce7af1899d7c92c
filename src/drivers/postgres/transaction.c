/*
 * A transaction from begin to commit.
 *
 * BEGIN travels with the first locks, positions are drawn behind the last, and writes travel with COMMIT.
 * Positions come from a sequence, so that transactions need not wait for each other's commits; what
 * that asks of readers is in settled.c. An abort does not wait for its answer: whoever takes the
 * connection next does.
 */
#include "base/error.h"
#include "drivers/postgres/driver.h"

#include <string.h>

/* An optimist who was crossed so often locks like everybody else, or might never get through. */
#define OPTIMISM_MAX 8
/* So many transactions of a process that was crossed lock what they read. */
#define WARY_MAX 64

/*
 * One process on its own is the common case: its combiner sends one transaction at a time, so nobody comes between.
 * Then locking what is read would only cost: a second change of every row, in its page and in the log. So it reads
 * from a snapshot, as long as that goes well. The server refuses to change a row that another transaction changed
 * behind the snapshot, so nothing is compared either.
 */
static bool is_wary(sc__pg_store *store, const sc_rows_clock *clock)
{
	const sc_env *env = store->env;
	env->mutex_lock(env->ctx, &store->mutex);
	if (clock->attempt > 0)
		store->wary = WARY_MAX;
	bool wary = store->wary > 0;
	store->wary -= wary;
	env->mutex_unlock(env->ctx, &store->mutex);
	return wary;
}

static bool should_lock(sc__pg_store *store, const sc_rows_clock *clock)
{
	switch (store->options.strategy) {
	case SC_POSTGRES_OPTIMISTIC:
		return clock->attempt >= OPTIMISM_MAX;
	case SC_POSTGRES_PESSIMISTIC:
		return true;
	default:
		return is_wary(store, clock);
	}
}

sc_status sc__pg_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err)
{
	sc__pg_store *store = ctx;
	sc__pg_wait wait = sc__pg_wait_of(store, call);
	sc__pg_connection *connection = NULL;
	sc_status status = sc__pg_take(store, &wait, &connection, err);
	if (status != SC_OK)
		return status;
	connection->transaction = (sc__pg_transaction){ .store = store,
		                                        .wait = wait,
		                                        .clock = clock,
		                                        .locks = should_lock(store, clock),
		                                        .timeline = connection->timeline };
	connection->transaction.compares = store->options.strategy == SC_POSTGRES_OPTIMISTIC &&
	                                   !connection->transaction.locks;
	*txn = connection;
	return SC_OK;
}

/* ---- positions ------------------------------------------------------------------------- */

/* How many blocks hold so many positions. */
static uint64_t blocks_of(size_t count)
{
	return (count + (UINT64_C(1) << SC__PG_BLOCK_SHIFT) - 1) >> SC__PG_BLOCK_SHIFT;
}

/* Several blocks in a row, for a transaction that outgrows one. Others may draw in between: then once more. What
 * is left unused is a gap like that of a transaction that was undone. */
static sc_status draw_many(sc__pg_connection *connection, uint64_t blocks, uint64_t *first, sc_error *err)
{
	sc__pg_transaction *transaction = &connection->transaction;
	static const char sql[] = "SELECT min(n), max(n), pg_current_xact_id()::text::bigint"
				  " FROM (SELECT nextval('sc_positions') AS n FROM generate_series(1, ?)) s";
	for (;;) {
		sc__pg_params params = { .arena = &connection->arena };
		PGresult *result = NULL;
		sc__pg_param_int(&params, (int64_t)blocks);
		sc_status status = sc__pg_run(connection, sql, &params, &transaction->wait, &result, err);
		if (status != SC_OK)
			return status;
		uint64_t low = (uint64_t)sc__pg_get_int(result, 0, 0), high = (uint64_t)sc__pg_get_int(result, 0, 1);
		transaction->xid = (uint64_t)sc__pg_get_int(result, 0, 2);
		PQclear(result);
		*first = low;
		if (high - low + 1 == blocks)
			return SC_OK;
	}
}

sc_status sc__pg_draw(void *txn, size_t count, uint64_t *first, sc_error *err)
{
	sc__pg_connection *connection = txn;
	sc__pg_transaction *transaction = &connection->transaction;
	uint64_t blocks = blocks_of(count), block = transaction->block;
	if (block == 0 || blocks > 1) {
		sc_status status = draw_many(connection, blocks, &block, err);
		if (status != SC_OK)
			return status;
	}
	transaction->first = block << SC__PG_BLOCK_SHIFT;
	transaction->drawn = count;
	*first = transaction->first;
	return SC_OK;
}

/* ---- the end --------------------------------------------------------------------------- */

/* The end of a transaction that is not to be. */
static void undo(sc__pg_connection *connection)
{
	if (connection->broken || !connection->transaction.begun)
		return;
	sc_status status = connection->unsynced ? sc__pg_sync(connection, NULL) : SC_OK;
	if (status == SC_OK)
		status = sc__pg_send(connection, sc__pg_key(SC__PG_ROLLBACK, 0, 0), "ROLLBACK", NULL, NULL);
	if (status == SC_OK)
		status = sc__pg_sync(connection, NULL);
	if (status != SC_OK)
		connection->broken = true;
}

void sc__pg_abort(void *txn)
{
	sc__pg_connection *connection = txn;
	undo(connection);
	sc__pg_give(connection->transaction.store, connection);
}

/* Rows were written but no position was drawn, so no line of the journal carries the time. */
static sc_status raise_time(sc__pg_connection *connection, sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_param_int(&params, connection->transaction.clock->now_ms);
	return sc__pg_send(connection, sc__pg_key(SC__PG_TIME_RAISE, 0, 0),
	                   "UPDATE sc_meta SET time_ms = greatest(time_ms, ?)", &params, err);
}

static sc_status send_commit(sc__pg_connection *connection, sc_error *err)
{
	const sc__pg_transaction *transaction = &connection->transaction;
	sc_status status = SC_OK;
	if (transaction->wrote && transaction->drawn == 0)
		status = raise_time(connection, err);
	if (status == SC_OK)
		status = sc__pg_send(connection, sc__pg_key(SC__PG_COMMIT, 0, 0), "COMMIT", NULL, err);
	return status == SC_OK ? sc__pg_sync(connection, err) : status;
}

/* Who locked nothing had to wait for a lock: that is to be crossed. */
static sc_status look_again(const sc__pg_connection *connection, sc_status status)
{
	const sc__pg_transaction *transaction = &connection->transaction;
	bool snapshot = !transaction->locks && !transaction->compares;
	return status == SC_BUSY && snapshot && !connection->broken ? SC_CHANGED : status;
}

/* The answers to all writes and to COMMIT. */
static sc_status take_answers(sc__pg_connection *connection, const sc__pg_wait *wait, sc_error *err)
{
	bool committed = false;
	while (connection->expected_count > 1) { /* the last one is the sync's */
		PGresult *result = NULL;
		sc_status status = sc__pg_result(connection, wait, &result, err);
		if (status != SC_OK)
			return look_again(connection, status);
		committed = strcmp(PQcmdStatus(result), "COMMIT") == 0;
		PQclear(result);
	}
	return committed ? SC_OK : sc__fail(err, SC_STORE_FAILED, "the server undid the transaction");
}

/* COMMIT may take as long as the disk and the standbys do, whatever the caller's deadline. */
static sc__pg_wait wait_for_commit(const sc__pg_store *store)
{
	sc__pg_wait wait = sc__pg_wait_of(store, SC_CALL_SYSTEM);
	wait.committing = true;
	return wait;
}

sc_status sc__pg_commit(void *txn, sc_error *err)
{
	sc__pg_connection *connection = txn;
	sc__pg_transaction *transaction = &connection->transaction;
	sc__pg_store *store = transaction->store;
	sc__pg_wait wait = wait_for_commit(store);
	sc_status status = send_commit(connection, err);
	if (status != SC_OK && status != SC_CHANGED) {
		undo(connection); /* not sent: there was no memory for it */
		sc__pg_give(store, connection);
		return status;
	}
	if (status == SC_OK)
		status = take_answers(connection, &wait, err);
	if (status == SC_OK) {
		sc__pg_give(store, connection);
		return SC_OK;
	}
	if (!connection->broken)
		undo(connection);
	else
		status = sc__pg_resolve(store, transaction, err);
	sc__pg_give(store, connection);
	return status;
}
