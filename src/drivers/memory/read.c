/* See memory.h: reading rows by their addresses, and the journal. */
#include "drivers/memory/memory.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

static bool copy_bytes(sc_bytes from, sc_arena *arena, sc_bytes *out)
{
	*out = from;
	if (from.size == 0)
		return true;
	char *copy = sc__arena_bytes(arena, from.size);
	if (copy == NULL)
		return false;
	memcpy(copy, from.data, from.size);
	out->data = copy;
	return true;
}

static bool copy_columns(const sc_value *columns, size_t count, sc_arena *arena, const sc_value **out)
{
	sc_value *copy = sc__arena_array(arena, count, sizeof *copy);
	if (copy == NULL)
		return false;
	for (size_t i = 0; i < count; i++) {
		copy[i] = columns[i];
		if (columns[i].type == SC_VALUE_BYTES && !copy_bytes(columns[i].bytes, arena, &copy[i].bytes))
			return false;
	}
	*out = copy;
	return true;
}

bool memory_copy_address(const sc_address *from, sc_arena *arena, sc_address *out)
{
	char *copy = sc__arena_bytes(arena, (size_t)from->key_size + from->sub_size);
	if (copy == NULL)
		return false;
	*out = *from;
	memcpy(copy, from->key, from->key_size);
	if (from->sub_size > 0)
		memcpy(copy + from->key_size, from->sub, from->sub_size);
	out->key = copy;
	out->sub = copy + from->key_size;
	return true;
}

bool memory_copy_row(const struct layout *layout, const struct row *row, uint32_t mask, sc_arena *arena, sc_record *out)
{
	row_read(layout, row, out);
	const sc_record own = *out;
	out->columns = NULL;
	out->body = out->personal = (sc_bytes){ NULL, 0 };
	if ((mask & SC_READ_COLUMNS) != 0 && own.columns != NULL &&
	    !copy_columns(own.columns, layout->kind->column_count, arena, &out->columns))
		return false;
	if ((mask & SC_READ_BODY) != 0 && !copy_bytes(own.body, arena, &out->body))
		return false;
	return (mask & SC_READ_PERSONAL) == 0 || copy_bytes(own.personal, arena, &out->personal);
}

static bool load_one(struct memory *memory, const sc_address *address, uint32_t mask, sc_arena *arena, sc_record *out)
{
	uint32_t hash;
	struct shard *shard = memory_shard(memory, address, &hash);
	const struct table *table = &shard->tables[address->kind];
	bool enough = true;
	*out = (sc_record){ .address = *address };
	memory_lock(memory, &shard->lock);
	const struct row *row = table_find(table, hash, address);
	if (row != NULL)
		enough = memory_copy_row(table->layout, row, mask, arena, out);
	memory_unlock(memory, &shard->lock);
	return enough;
}

sc_status memory_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                      sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err)
{
	(void)call;
	struct memory *memory = ctx;
	for (size_t i = 0; i < count; i++)
		if (!load_one(memory, &addresses[i], mask, arena, &out[i]))
			return sc__fail(err, SC_NO_MEMORY, "no memory for the records that were read");
	*now_ms = memory_now_ms(memory);
	return SC_OK;
}

/* ---- the journal ---- */

static bool copy_entry(sc_entry *entry, sc_arena *arena)
{
	return memory_copy_address(&entry->subject, arena, &entry->subject) &&
	       (entry->cause.key_size == 0 || memory_copy_address(&entry->cause, arena, &entry->cause)) &&
	       copy_bytes(entry->topic, arena, &entry->topic) && copy_bytes(entry->body, arena, &entry->body);
}

sc_status memory_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                          sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	(void)call;
	(void)partition;
	struct memory *memory = ctx;
	size_t found = 0;
	bool enough = true;
	memory_lock(memory, &memory->journal_lock);
	while (found < max && enough && journal_next(&memory->journal, after, &out[found])) {
		after = out[found].position;
		enough = copy_entry(&out[found++], arena);
	}
	memory_unlock(memory, &memory->journal_lock);
	if (!enough)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the entries that were read");
	*count = found;
	return SC_OK;
}

/* The newest entry about a subject, as its row says. */
static uint64_t newest_of(struct memory *memory, const sc_address *subject)
{
	uint32_t hash;
	struct shard *shard = memory_shard(memory, subject, &hash);
	memory_lock(memory, &shard->lock);
	const struct row *row = table_find(&shard->tables[subject->kind], hash, subject);
	const uint64_t entry = row == NULL ? 0 : row->entry;
	memory_unlock(memory, &shard->lock);
	return entry;
}

/* Where a walk that starts below `before` begins: the newest entry, or the one before a known entry. The journal's lock
 * is held, which nobody takes a shard's lock under: so `newest` was looked up before. */
static uint64_t start_of_walk(const struct memory *memory, const sc_address *subject, uint64_t before, uint64_t newest)
{
	sc_entry entry;
	if (before != 0 && journal_at(&memory->journal, before, &entry) &&
	    sc_address_compare(&entry.subject, subject) == 0)
		return entry.previous;
	return newest;
}

sc_status memory_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                        sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	(void)call;
	struct memory *memory = ctx;
	const uint64_t newest = newest_of(memory, subject);
	size_t found = 0;
	bool enough = true;
	memory_lock(memory, &memory->journal_lock);
	uint64_t position = start_of_walk(memory, subject, before, newest);
	while (found < max && enough && journal_at(&memory->journal, position, &out[found])) {
		sc_entry *entry = &out[found];
		position = entry->previous;
		if (before != 0 && entry->position >= before)
			continue;
		enough = copy_entry(entry, arena);
		found++;
	}
	memory_unlock(memory, &memory->journal_lock);
	if (!enough)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the entries that were read");
	*count = found;
	return SC_OK;
}
