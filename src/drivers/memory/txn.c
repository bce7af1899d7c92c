/* See memory.h: a transaction, from the locks of its rows to the moment it lets go of them. */
#include "drivers/memory/memory.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

#define RUN_KEEP ((size_t)1024 * 1024) /* a longer buffer is not kept */

/* One transaction at a time; kept for the next. */
struct txn {
	struct memory *memory;
	sc_rows_clock *clock;
	uint64_t locked; /* shards, a bit each */
	uint64_t first, drawn;
	sc_row *const *written;
	size_t written_count;
	struct journal_run run;
};

/* ---- begin and end ---- */

static struct txn *take_txn(struct memory *memory)
{
	const sc_env *env = memory->env;
	const size_t own = sc__spread(SPARE_TXNS);
	for (size_t i = 0; i < SPARE_TXNS; i++) {
		_Atomic(struct txn *) *at = &memory->spares[i ^ own].txn;
		if (atomic_load_explicit(at, memory_order_relaxed) == NULL)
			continue;
		struct txn *spare = atomic_exchange(at, NULL);
		if (spare != NULL)
			return spare;
	}
	struct txn *txn = env->resize(env->ctx, NULL, sizeof *txn);
	if (txn != NULL)
		*txn = (struct txn){ .memory = memory };
	return txn;
}

static void free_txn(const struct memory *memory, struct txn *txn)
{
	const sc_env *env = memory->env;
	if (txn->run.bytes != NULL)
		env->resize(env->ctx, txn->run.bytes, 0);
	env->resize(env->ctx, txn, 0);
}

static void give_txn(struct txn *txn)
{
	struct memory *memory = txn->memory;
	const size_t own = sc__spread(SPARE_TXNS);
	for (size_t i = 0; i < SPARE_TXNS && txn->run.room <= RUN_KEEP; i++) {
		_Atomic(struct txn *) *at = &memory->spares[i ^ own].txn;
		struct txn *none = NULL;
		if (atomic_load_explicit(at, memory_order_relaxed) == NULL &&
		    atomic_compare_exchange_strong(at, &none, txn))
			return;
	}
	free_txn(memory, txn);
}

void memory_free_txns(struct memory *memory)
{
	for (size_t i = 0; i < SPARE_TXNS; i++)
		if (memory->spares[i].txn != NULL)
			free_txn(memory, memory->spares[i].txn);
}

sc_status memory_begin(void *ctx, const sc_call *call, void **out, sc_rows_clock *clock, sc_error *err)
{
	struct memory *memory = ctx;
	const sc_env *env = memory->env;
	if (call->deadline_ns != 0 && env->mono_ns(env->ctx) >= call->deadline_ns)
		return sc__fail(err, SC_DEADLINE, "the deadline passed before it was sent");
	struct txn *txn = take_txn(memory);
	if (txn == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a transaction");
	txn->clock = clock;
	txn->locked = 0;
	txn->drawn = 0;
	txn->written_count = 0;
	clock->floor_ms = atomic_load(&memory->floor_ms);
	clock->now_ms = memory_now_ms(memory);
	*out = txn;
	return SC_OK;
}

static void end(struct txn *txn)
{
	struct memory *memory = txn->memory;
	for (uint64_t left = txn->locked; left != 0; left &= left - 1)
		memory_unlock(memory, &memory->shards[__builtin_ctzll(left)].lock);
	give_txn(txn);
}

/* ---- locks and rows ---- */

static sc_address address_of(const sc_row *row)
{
	if (row->type != SC_ROW_ID)
		return row->value.address;
	return (sc_address){ .key = (const char *)row->id.bytes, .key_size = sizeof row->id.bytes, .kind = IDS_KIND };
}

/* Where a row is looked up, and what was found there: row->driver. */
struct place {
	struct table *table;
	struct row *row;
	uint32_t hash;
};

/* Locks shards in ascending order; none of them is below one that is locked already. */
static void lock_shards(struct txn *txn, uint64_t wanted)
{
	struct memory *memory = txn->memory;
	for (uint64_t left = wanted & ~txn->locked; left != 0; left &= left - 1)
		memory_lock(memory, &memory->shards[__builtin_ctzll(left)].lock);
	txn->locked |= wanted;
}

static void read_row(struct place *place, sc_row *row)
{
	const struct layout *layout = place->table->layout;
	const sc_address address = address_of(row);
	row->driver = place;
	place->row = table_find(place->table, place->hash, &address);
	if (row->type == SC_ROW_ID) {
		row->outcome.status = SC_NOT_FOUND;
		if (place->row != NULL)
			memcpy(&row->outcome, row_body(layout, place->row).data, sizeof row->outcome);
	} else if (place->row != NULL) {
		row_read(layout, place->row, &row->value);
	}
}

sc_status memory_read(void *ctx, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	struct txn *txn = ctx;
	struct memory *memory = txn->memory;
	struct place *places = sc__arena_array(arena, count, sizeof *places);
	uint64_t wanted = 0;
	if (places == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read rows");
	for (size_t i = 0; i < count; i++) {
		const sc_address address = address_of(rows[i]);
		struct shard *shard = memory_shard(memory, &address, &places[i].hash);
		places[i].table = &shard->tables[address.kind];
		wanted |= UINT64_C(1) << (shard - memory->shards);
	}
	lock_shards(txn, wanted);
	/* An id that was forgotten before its shard was locked is below the floor as it is now. */
	txn->clock->floor_ms = atomic_load(&memory->floor_ms);
	for (size_t i = 0; i < count; i++)
		read_row(&places[i], rows[i]);
	return SC_OK;
}

sc_status memory_draw(void *ctx, size_t count, uint64_t *first, sc_error *err)
{
	struct txn *txn = ctx;
	struct memory *memory = txn->memory;
	memory_lock(memory, &memory->journal_lock);
	bool drew = journal_draw(&memory->journal, count, first);
	memory_unlock(memory, &memory->journal_lock);
	if (!drew)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the journal");
	txn->first = *first;
	txn->drawn = count;
	return SC_OK;
}

/* ---- making ready ---- */

static bool prepare_insert(struct place *place, const sc_row *row)
{
	struct table *table = place->table;
	if (row->type != SC_ROW_ID) {
		place->row = row_make(table->layout, table->pool, &row->value);
	} else {
		const sc_record value = { .address = address_of(row),
			                  .version = 1,
			                  .body = { &row->outcome, sizeof row->outcome } };
		place->row = row_make(table->layout, table->pool, &value);
	}
	return place->row != NULL;
}

static bool prepare(sc_row *row)
{
	struct place *place = row->driver;
	struct table *table = place->table;
	if (row->write == SC_ROW_DELETE)
		return true;
	if (!table_expect(table))
		return false;
	if (row->write == SC_ROW_INSERT ? prepare_insert(place, row)
	                                : row_dup_parts(table->layout, table->pool, row->changed, &row->value))
		return true;
	table_expect_less(table);
	return false;
}

static void forget(sc_row *row)
{
	const struct place *place = row->driver;
	struct table *table = place->table;
	if (row->write == SC_ROW_DELETE)
		return;
	if (row->write == SC_ROW_INSERT) {
		row_free_parts(table->layout, table->pool, place->row);
		row_free_block(table->layout, table->pool, place->row);
	} else {
		row_drop_parts(table->layout, table->pool, row->changed, &row->value);
	}
	table_expect_less(table);
}

static bool append(struct txn *txn, const sc_entry *entries, size_t count)
{
	struct memory *memory = txn->memory;
	if (!journal_pack(&txn->run, memory->env, entries, count))
		return false;
	memory_lock(memory, &memory->journal_lock);
	bool appended = journal_append(&memory->journal, txn->first, txn->drawn, entries, count, &txn->run);
	memory_unlock(memory, &memory->journal_lock);
	return appended;
}

sc_status memory_write(void *ctx, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                       sc_error *err)
{
	struct txn *txn = ctx;
	txn->written = rows;
	while (txn->written_count < count && prepare(rows[txn->written_count]))
		txn->written_count++;
	if (txn->written_count == count && (txn->drawn == 0 || append(txn, entries, entry_count)))
		return SC_OK;
	return sc__fail(err, SC_NO_MEMORY, "no memory for the rows of this transaction");
}

/* ---- putting in place ---- */

static void install(const sc_row *row)
{
	struct place *place = row->driver;
	switch (row->write) {
	case SC_ROW_INSERT:
		table_insert(place->table, place->hash, place->row);
		return;
	case SC_ROW_UPDATE:
		table_update(place->table, place->row, row->changed, &row->value);
		return;
	case SC_ROW_DELETE:
		table_remove(place->table, place->row);
		return;
	default:
		return;
	}
}

sc_status memory_commit(void *ctx, sc_error *err)
{
	(void)err;
	struct txn *txn = ctx;
	for (size_t i = 0; i < txn->written_count; i++)
		install(txn->written[i]);
	end(txn);
	return SC_OK;
}

void memory_abort(void *ctx)
{
	struct txn *txn = ctx;
	struct memory *memory = txn->memory;
	while (txn->written_count > 0)
		forget(txn->written[--txn->written_count]);
	if (txn->drawn > 0) {
		memory_lock(memory, &memory->journal_lock);
		journal_skip(&memory->journal, txn->first, txn->drawn);
		memory_unlock(memory, &memory->journal_lock);
	}
	end(txn);
}
