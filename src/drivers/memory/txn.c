/* See memory.h: one transaction under the lock. */
#include "drivers/memory/memory.h"

#include "base/error.h"

#include <string.h>

sc_status memory_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err)
{
	struct memory *memory = ctx;
	const sc_env *env = memory->env;
	env->mutex_lock(env->ctx, &memory->lock);
	if (call->deadline_ns != 0 && env->mono_ns(env->ctx) >= call->deadline_ns) {
		env->mutex_unlock(env->ctx, &memory->lock);
		return sc__fail(err, SC_DEADLINE, "the deadline passed while waiting for the store's lock");
	}
	clock->now_ms = sc__store_clock_now(&memory->clock, env);
	clock->floor_ms = memory->floor_ms;
	*txn = memory;
	return SC_OK;
}

static sc_address address_of(const sc_row *row)
{
	if (row->type != SC_ROW_ID)
		return row->value.address;
	return (sc_address){ .key = (const char *)row->id.bytes, .key_size = sizeof row->id.bytes, .kind = IDS_KIND };
}

sc_status memory_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	(void)arena;
	(void)err;
	struct memory *memory = txn;
	for (size_t i = 0; i < count; i++) {
		sc_row *row = rows[i];
		sc_address address = address_of(row);
		struct node *node = table_find(&memory->tables[address.kind], &address);
		row->driver = node;
		if (row->type == SC_ROW_ID) {
			row->outcome.status = SC_NOT_FOUND;
			if (node != NULL)
				memcpy(&row->outcome, node->value.body.data, sizeof row->outcome);
		} else if (node != NULL) {
			row->value = node->value;
			row->value.address = address;
		}
	}
	return SC_OK;
}

sc_status memory_draw(void *txn, size_t count, uint64_t *first, sc_error *err)
{
	(void)err;
	struct memory *memory = txn;
	*first = memory->next_position;
	memory->next_position += count;
	return SC_OK;
}

/* ---- making ready ---- */

static bool prepare_insert(struct memory *memory, sc_row *row)
{
	sc_record value = row->value;
	if (row->type == SC_ROW_ID) {
		value = (sc_record){ .address = address_of(row), .version = 1 };
		value.body = (sc_bytes){ &row->outcome, sizeof row->outcome };
	}
	struct table *table = &memory->tables[value.address.kind];
	struct node *node = node_make(table, &value);
	if (node == NULL)
		return false;
	if (!table_expect(table)) {
		table->expected--;
		node_free(node);
		return false;
	}
	row->driver = node;
	return true;
}

/* Puts copies of the changed parts in place of the library's own. */
static bool prepare_update(struct memory *memory, sc_row *row)
{
	struct pool *pool = &memory->pool;
	size_t columns = memory->tables[row->value.address.kind].kind->column_count;
	const sc_value *old_columns = row->value.columns;
	sc_bytes old_body = row->value.body;
	if ((row->changed & SC_ROW_COLUMNS) != 0 && !parts_dup_columns(pool, old_columns, columns, &row->value.columns))
		return false;
	if ((row->changed & SC_ROW_BODY) != 0 && !parts_dup_bytes(pool, old_body, &row->value.body))
		goto free_columns;
	if ((row->changed & SC_ROW_PERSONAL) != 0) {
		sc_bytes old_personal = row->value.personal;
		if (!parts_dup_bytes(pool, old_personal, &row->value.personal))
			goto free_body;
	}
	return true;

free_body:
	if ((row->changed & SC_ROW_BODY) != 0)
		parts_free_bytes(pool, row->value.body);
free_columns:
	if ((row->changed & SC_ROW_COLUMNS) != 0)
		parts_free_columns(pool, row->value.columns, columns);
	return false;
}

static bool prepare(struct memory *memory, sc_row *row)
{
	switch (row->write) {
	case SC_ROW_INSERT:
		return prepare_insert(memory, row);
	case SC_ROW_UPDATE:
		return prepare_update(memory, row);
	default:
		return true;
	}
}

static void forget(struct memory *memory, sc_row *row)
{
	struct table *table = &memory->tables[address_of(row).kind];
	if (row->write == SC_ROW_INSERT) {
		node_free(row->driver);
		table->expected--;
	} else if (row->write == SC_ROW_UPDATE) {
		if ((row->changed & SC_ROW_COLUMNS) != 0)
			parts_free_columns(&memory->pool, row->value.columns, table->kind->column_count);
		if ((row->changed & SC_ROW_BODY) != 0)
			parts_free_bytes(&memory->pool, row->value.body);
		if ((row->changed & SC_ROW_PERSONAL) != 0)
			parts_free_bytes(&memory->pool, row->value.personal);
	}
}

sc_status memory_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                       sc_error *err)
{
	struct memory *memory = txn;
	size_t ready = 0;
	while (ready < count && prepare(memory, rows[ready]))
		ready++;
	memory->journal_end = journal_end(&memory->journal);
	if (ready == count && journal_append(&memory->journal, entries, entry_count)) {
		memory->wrote = true;
		memory->written = rows;
		memory->written_count = count;
		return SC_OK;
	}
	journal_cut(&memory->journal, memory->journal_end);
	while (ready > 0)
		forget(memory, rows[--ready]);
	return sc__fail(err, SC_NO_MEMORY, "no memory for the rows of this transaction");
}

/* ---- putting in place ---- */

/* Parts that did not change still point at the row's own; those that did, at the copies made ready. */
static void install_update(struct memory *memory, const sc_row *row)
{
	struct node *node = row->driver;
	sc_record old = node->value;
	bool indexed = (row->changed & (SC_ROW_COLUMNS | SC_ROW_STATE | SC_ROW_LIFETIME)) != 0;
	if (indexed)
		node_unlink(node);
	node->value = row->value;
	node->value.address = old.address;
	if (indexed)
		node_link(node);
	if ((row->changed & SC_ROW_COLUMNS) != 0)
		parts_free_columns(&memory->pool, old.columns, node->table->kind->column_count);
	if ((row->changed & SC_ROW_BODY) != 0)
		parts_free_bytes(&memory->pool, old.body);
	if ((row->changed & SC_ROW_PERSONAL) != 0)
		parts_free_bytes(&memory->pool, old.personal);
}

static void install(struct memory *memory, const sc_row *row)
{
	struct node *node = row->driver;
	switch (row->write) {
	case SC_ROW_INSERT:
		node->table->expected--;
		table_insert(node->table, node);
		return;
	case SC_ROW_UPDATE:
		install_update(memory, row);
		return;
	case SC_ROW_DELETE:
		table_remove(node);
		return;
	default:
		return;
	}
}

static void end(struct memory *memory)
{
	memory->wrote = false;
	memory->written = NULL;
	memory->written_count = 0;
	memory->env->mutex_unlock(memory->env->ctx, &memory->lock);
}

sc_status memory_commit(void *txn, sc_error *err)
{
	(void)err;
	struct memory *memory = txn;
	for (size_t i = 0; i < memory->written_count; i++)
		install(memory, memory->written[i]);
	end(memory);
	return SC_OK;
}

void memory_abort(void *txn)
{
	struct memory *memory = txn;
	if (memory->wrote)
		journal_cut(&memory->journal, memory->journal_end);
	for (size_t i = 0; i < memory->written_count; i++)
		forget(memory, memory->written[i]);
	end(memory);
}
