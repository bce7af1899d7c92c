/*
 * A transaction that reads before it has the lock.
 *
 * It reads and is decided on a snapshot, while others write. Only when it has something to write does it take its turn,
 * and then looks whether every row is what it was: present in the same version, or still absent. If one is not, nothing
 * happened, and the library begins anew. A transaction that writes nothing never waits for anybody.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/sqlite/driver.h"

static sc_status begin_snapshot(sc__sqlite *store, sc__connection *reader, sc__state *state, sc_error *err)
{
	sqlite3_stmt *begin = NULL;
	sc_status status = sc__statement_of(reader, SC__BEGIN_READ, "BEGIN", &begin, err);
	if (status == SC_OK)
		status = sc__statement_run(reader, begin, err);
	if (status == SC_OK)
		status = sc__state_read(reader, state, err);
	return status == SC_OK ? sc__check_generation(store, reader, state, err) : status;
}

sc_status sc__look_begin(sc__sqlite *store, const sc_call *call, sc__transaction **out, sc_rows_clock *clock,
                         sc_error *err)
{
	sc__connection *reader = NULL;
	sc__state state = { 0 };
	if (call->deadline_ns != 0 && store->env->mono_ns(store->env->ctx) >= call->deadline_ns)
		return sc__fail(err, SC_DEADLINE, "the deadline passed before it was sent");
	sc_status status = sc__reader_take(store, call, &reader, err);
	if (status != SC_OK)
		return status;
	status = begin_snapshot(store, reader, &state, err);
	if (status != SC_OK) {
		sc__roll_back(reader);
		sc__reader_give(store, reader);
		return status;
	}
	sc__clock_saw(store, state.time_ms);
	clock->now_ms = sc__clock_now(store);
	clock->floor_ms = state.floor_ms;
	reader->transaction = (sc__transaction){ .store = store,
		                                 .connection = reader,
		                                 .reader = reader,
		                                 .looks = true,
		                                 .call = *call,
		                                 .state = state,
		                                 .now_ms = clock->now_ms };
	*out = &reader->transaction;
	return SC_OK;
}

/* Of a line of the table of ids: whether there is one. */
static uint64_t version_of(const sc_row *row)
{
	if (row->type != SC_ROW_ID)
		return row->value.version;
	return row->outcome.status != SC_NOT_FOUND || row->outcome.time_ms != 0;
}

/* The library's array may go before the transaction ends; the rows stay, but will be changed. */
sc_status sc__look_keep(sc__transaction *transaction, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	if (transaction->reads >= sizeof transaction->seen / sizeof transaction->seen[0])
		return sc__fail(err, SC_STORE_FAILED, "a transaction reads twice at most");
	sc_row **kept = sc__arena_array(arena, count, sizeof(*kept));
	uint64_t *versions = sc__arena_array(arena, count, sizeof *versions);
	if (kept == NULL || versions == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read rows");
	for (size_t i = 0; i < count; i++) {
		kept[i] = rows[i];
		versions[i] = version_of(rows[i]);
	}
	transaction->seen[transaction->reads++] = (sc__seen){ kept, versions, count };
	return SC_OK;
}

static sc_status compare(sc__connection *writer, const sc__seen *seen, sc_arena *arena, sc_error *err)
{
	for (size_t i = 0; i < seen->count; i++) {
		sc_row now = { .type = seen->rows[i]->type, .id = seen->rows[i]->id };
		now.value.address = seen->rows[i]->value.address;
		sc_status status = sc__row_read(writer, &now, arena, err);
		if (status != SC_OK)
			return status;
		if (version_of(&now) != seen->versions[i])
			return sc__fail(err, SC_CHANGED, "somebody came between");
	}
	return SC_OK;
}

static sc_status compare_all(const sc__transaction *transaction, sc_error *err)
{
	sc_arena arena;
	sc_status status = SC_OK;
	sc_arena_init(&arena, transaction->store->env);
	for (size_t i = 0; i < transaction->reads && status == SC_OK; i++)
		status = compare(transaction->connection, &transaction->seen[i], &arena, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__look_over(sc__transaction *transaction, sc_error *err)
{
	sc__sqlite *store = transaction->store;
	sc__connection *writer = NULL;
	sc_status status = sc__writer_take(store, &transaction->call, &writer, err);
	if (status != SC_OK)
		return status;
	sc__roll_back(transaction->reader); /* a snapshot would keep the log from starting over */
	transaction->connection = writer;
	transaction->looks = false;
	status = sc__write_begin(store, writer, &transaction->state, err);
	if (status != SC_OK)
		return status;
	/* What is committed later must not be told to have been earlier. */
	if (transaction->now_ms < transaction->state.time_ms)
		transaction->now_ms = transaction->state.time_ms;
	return compare_all(transaction, err);
}
