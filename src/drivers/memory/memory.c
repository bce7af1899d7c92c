/* See memory.h: opening, reading, forgetting, the journal. */
#include "drivers/memory/memory.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/memory.h>

#include <string.h>

#define GROUPS_MAX 10000

static void lock(struct memory *memory)
{
	memory->env->mutex_lock(memory->env->ctx, &memory->lock);
}

static void unlock(struct memory *memory)
{
	memory->env->mutex_unlock(memory->env->ctx, &memory->lock);
}

static sc_status memory_info(void *ctx, sc_store_info *out, sc_error *err)
{
	(void)err;
	const struct memory *memory = ctx;
	*out = (sc_store_info){ .size = sizeof *out,
		                .name = "memory",
		                .durability = SC_DURABLE_PROCESS,
		                .partitions = 1,
		                .incarnation = memory->incarnation,
		                .groups_max = GROUPS_MAX,
		                .parallel_applies = 1,
		                .wants_combiner = false,
		                .remembers_ms = memory->remembers_ms };
	return SC_OK;
}

static sc_status memory_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	return SC_OK; /* the tables were made from the kinds when the store was opened */
}

/* ---- reading ---- */

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

bool memory_copy_record(const struct memory *memory, const sc_record *from, uint32_t mask, sc_arena *arena,
                        sc_record *out)
{
	size_t columns = memory->tables[from->address.kind].kind->column_count;
	*out = *from;
	out->columns = NULL;
	out->body = out->personal = (sc_bytes){ NULL, 0 };
	if ((mask & SC_READ_COLUMNS) != 0 && from->columns != NULL &&
	    !copy_columns(from->columns, columns, arena, &out->columns))
		return false;
	if ((mask & SC_READ_BODY) != 0 && !copy_bytes(from->body, arena, &out->body))
		return false;
	return (mask & SC_READ_PERSONAL) == 0 || copy_bytes(from->personal, arena, &out->personal);
}

static sc_status memory_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                             sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err)
{
	(void)call;
	struct memory *memory = ctx;
	bool enough = true;
	lock(memory);
	for (size_t i = 0; i < count && enough; i++) {
		const struct node *node = table_find(&memory->tables[addresses[i].kind], &addresses[i]);
		out[i] = (sc_record){ 0 };
		if (node != NULL)
			enough = memory_copy_record(memory, &node->value, mask, arena, &out[i]);
		out[i].address = addresses[i];
	}
	*now_ms = sc__store_clock_now(&memory->clock, memory->env);
	unlock(memory);
	return enough ? SC_OK : sc__fail(err, SC_NO_MEMORY, "no memory for the records that were read");
}

static sc_status memory_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	(void)call;
	(void)err;
	struct memory *memory = ctx;
	lock(memory);
	*now_ms = sc__store_clock_now(&memory->clock, memory->env);
	unlock(memory);
	return SC_OK;
}

/* ---- forgetting ---- */

static int64_t id_time_ms(const struct node *node)
{
	sc_id id;
	memcpy(&id, node->value.address.key, sizeof id);
	return sc_id_time_ms(id);
}

static size_t forget_ids(struct memory *memory, size_t max)
{
	size_t done = 0;
	struct link *link = index_first(&memory->tables[IDS_KIND], INDEX_ADDRESS);
	while (link != NULL && done < max && id_time_ms(link->node) < memory->floor_ms) {
		struct link *next = link_next(link);
		table_remove(link->node);
		link = next;
		done++;
	}
	return done;
}

static size_t end_lifetimes(struct table *table, int64_t now_ms, size_t max, int64_t *next_ms)
{
	size_t done = 0;
	struct link *link = index_first(table, table->lifetime_index);
	while (link != NULL && done < max && link->node->value.expires_ms <= now_ms) {
		struct link *next = link_next(link);
		table_remove(link->node);
		link = next;
		done++;
	}
	if (link != NULL && link->node->value.expires_ms < *next_ms)
		*next_ms = link->node->value.expires_ms;
	return done;
}

static sc_status memory_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done,
                               int64_t *next_ms, sc_error *err)
{
	(void)call;
	(void)err;
	struct memory *memory = ctx;
	int64_t next = SC_NEVER;
	lock(memory);
	if (floor_ms > memory->floor_ms)
		memory->floor_ms = floor_ms;
	int64_t now_ms = sc__store_clock_now(&memory->clock, memory->env);
	size_t removed = forget_ids(memory, max);
	for (size_t i = 1; i < memory->table_count; i++)
		if (memory->tables[i].lifetime_index != 0)
			removed += end_lifetimes(&memory->tables[i], now_ms, max - removed, &next);
	unlock(memory);
	*done = removed;
	*next_ms = removed == max && next > now_ms ? now_ms : next;
	return SC_OK;
}

/* ---- the journal ---- */

static bool copy_entry(sc_entry *entry, sc_arena *arena)
{
	return memory_copy_address(&entry->subject, arena, &entry->subject) &&
	       (entry->cause.key_size == 0 || memory_copy_address(&entry->cause, arena, &entry->cause)) &&
	       copy_bytes(entry->topic, arena, &entry->topic) && copy_bytes(entry->body, arena, &entry->body);
}

static sc_status memory_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                 sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	(void)call;
	(void)partition;
	struct memory *memory = ctx;
	size_t found = 0;
	bool enough = true;
	lock(memory);
	while (found < max && enough && journal_next(&memory->journal, after, &out[found])) {
		after = out[found].position;
		enough = copy_entry(&out[found++], arena);
	}
	unlock(memory);
	if (!enough)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the entries that were read");
	*count = found;
	return SC_OK;
}

/* Where a walk that starts below `before` begins: the newest entry, or the one before a known entry. */
static uint64_t start_of_walk(const struct memory *memory, const sc_address *subject, uint64_t before)
{
	sc_entry entry;
	if (before != 0 && journal_at(&memory->journal, before, &entry) &&
	    sc_address_compare(&entry.subject, subject) == 0)
		return entry.previous;
	const struct node *node = table_find(&memory->tables[subject->kind], subject);
	return node == NULL ? 0 : node->value.entry;
}

static sc_status memory_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                               sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	(void)call;
	struct memory *memory = ctx;
	size_t found = 0;
	bool enough = true;
	lock(memory);
	uint64_t position = start_of_walk(memory, subject, before);
	while (found < max && enough && journal_at(&memory->journal, position, &out[found])) {
		sc_entry *entry = &out[found];
		position = entry->previous;
		if (before != 0 && entry->position >= before)
			continue;
		enough = copy_entry(entry, arena);
		found++;
	}
	unlock(memory);
	if (!enough)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the entries that were read");
	*count = found;
	return SC_OK;
}

static sc_status memory_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	(void)call;
	(void)partition;
	(void)err;
	struct memory *memory = ctx;
	lock(memory);
	if (upto >= memory->next_position) /* what is not there yet is not forgotten */
		upto = memory->next_position - 1;
	journal_trim(&memory->journal, upto);
	unlock(memory);
	return SC_OK;
}

/* ---- opening and closing ---- */

static void memory_close(void *ctx)
{
	struct memory *memory = ctx;
	const sc_env *env = memory->env;
	for (size_t i = 0; i < memory->table_count; i++)
		table_clear(&memory->tables[i]);
	journal_clear(&memory->journal);
	pool_clear(&memory->pool);
	env->mutex_clear(env->ctx, &memory->lock);
	env->resize(env->ctx, memory->tables, 0);
	env->resize(env->ctx, memory, 0);
}

static const sc_rows_ops memory_ops = { .size = sizeof(sc_rows_ops),
	                                .name = "memory",
	                                .info = memory_info,
	                                .prepare = memory_prepare,
	                                .begin = memory_begin,
	                                .read = memory_read,
	                                .draw = memory_draw,
	                                .write = memory_write,
	                                .commit = memory_commit,
	                                .abort = memory_abort,
	                                .load = memory_load,
	                                .range = memory_range,
	                                .forget = memory_forget,
	                                .log_read = memory_log_read,
	                                .log_of = memory_log_of,
	                                .log_trim = memory_log_trim,
	                                .now = memory_now,
	                                .close = memory_close };

static bool make_tables(struct memory *memory)
{
	const sc_env *env = memory->env;
	size_t kind_count;
	const sc_kind *kinds = sc_kinds(&kind_count);
	memory->table_count = (size_t)kinds[kind_count - 1].number + 1;
	memory->tables = env->resize(env->ctx, NULL, memory->table_count * sizeof *memory->tables);
	if (memory->tables == NULL)
		return false;
	for (size_t i = 0; i < memory->table_count; i++) {
		uint64_t seed;
		env->random(env->ctx, &seed, sizeof seed);
		table_init(&memory->tables[i], i == IDS_KIND ? NULL : sc_kind_find((uint16_t)i), &memory->pool, seed);
	}
	return true;
}

static struct memory *memory_new(const sc_env *env, int64_t remembers_ms)
{
	struct memory *memory = env->resize(env->ctx, NULL, sizeof *memory);
	if (memory == NULL)
		return NULL;
	*memory = (struct memory){ .env = env, .remembers_ms = remembers_ms, .next_position = 1 };
	pool_init(&memory->pool, env);
	journal_init(&memory->journal, env);
	sc__store_clock_init(&memory->clock, env, 0);
	memory->incarnation = sc_id_make(env);
	if (!make_tables(memory)) {
		env->resize(env->ctx, memory, 0);
		return NULL;
	}
	if (!env->mutex_init(env->ctx, &memory->lock)) {
		env->resize(env->ctx, memory->tables, 0);
		env->resize(env->ctx, memory, 0);
		return NULL;
	}
	return memory;
}

sc_status sc_memory_open(const sc_env *env, const sc_memory_options *options, sc_store *out, sc_error *err)
{
	static const sc_memory_options defaults = SC_MEMORY_OPTIONS_INIT;
	if (env == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "env", "an environment is needed");
	if (out == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "out", "a place for the store is needed");
	int64_t remembers_ms = options == NULL ? defaults.remembers_ms : options->remembers_ms;
	if (remembers_ms < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "remembers_ms", "must be at least 1");
	struct memory *memory = memory_new(env, remembers_ms);
	if (memory == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for an empty store");
	sc_status status = sc_rows_store(env, &memory_ops, memory, out, err);
	if (status != SC_OK)
		memory_close(memory);
	return status;
}
