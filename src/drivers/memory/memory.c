/* See memory.h: opening and closing, shards, the clock. */
#include "drivers/memory/memory.h"

#include "base/error.h"

#include <shopcore/memory.h>

#include <string.h>

#define GROUPS_MAX 10000

_Static_assert(SHARDS <= 64, "a mask of shards is 64 bits");

/* ---- shards ---- */

/* Claims, holds and ids are read before all others, and so their shards come first. */
uint32_t memory_half(const struct memory *memory, uint16_t kind)
{
	const sc_kind *known = memory->layouts[kind].kind;
	bool early = known == NULL || known->kind_class == SC_CLASS_CLAIM || known->kind_class == SC_CLASS_HOLD;
	return early ? 0 : SHARDS_HALF;
}

struct shard *memory_shard(struct memory *memory, const sc_address *address, uint32_t *hash)
{
	const struct home home = home_of(address, memory->seed);
	*hash = home.hash;
	return &memory->shards[memory_half(memory, address->kind) + home.shard];
}

int64_t memory_now_ms(struct memory *memory)
{
	return sc__store_clock_now(&memory->clock, memory->env);
}

/* ---- small operations ---- */

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
		                .parallel_applies = SHARDS_HALF,
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

static sc_status memory_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	(void)call;
	(void)err;
	*now_ms = memory_now_ms(ctx);
	return SC_OK;
}

static sc_status memory_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	(void)call;
	(void)partition;
	(void)err;
	struct memory *memory = ctx;
	memory_lock(memory, &memory->journal_lock);
	journal_trim(&memory->journal, upto);
	memory_unlock(memory, &memory->journal_lock);
	return SC_OK;
}

/* ---- opening and closing ---- */

static void clear_locks(struct memory *memory, size_t count)
{
	const sc_env *env = memory->env;
	for (size_t i = 0; i < count; i++)
		env->mutex_clear(env->ctx, &memory->shards[i].lock);
	env->mutex_clear(env->ctx, &memory->journal_lock);
}

static bool make_locks(struct memory *memory)
{
	const sc_env *env = memory->env;
	if (!env->mutex_init(env->ctx, &memory->journal_lock))
		return false;
	for (size_t i = 0; i < SHARDS; i++) {
		if (env->mutex_init(env->ctx, &memory->shards[i].lock))
			continue;
		clear_locks(memory, i);
		return false;
	}
	return true;
}

static bool make_tables(struct memory *memory)
{
	const sc_env *env = memory->env;
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);
	memory->kind_count = (size_t)kinds[count - 1].number + 1;
	memory->layouts = env->resize(env->ctx, NULL, memory->kind_count * sizeof *memory->layouts);
	memory->tables = env->resize(env->ctx, NULL, SHARDS * memory->kind_count * sizeof *memory->tables);
	if (memory->layouts == NULL || memory->tables == NULL)
		return false;
	for (size_t i = 0; i < memory->kind_count; i++)
		layout_init(&memory->layouts[i], sc_kind_find((uint16_t)i));
	for (size_t i = 0; i < SHARDS; i++) {
		struct shard *shard = &memory->shards[i];
		pool_init(&shard->pool, env);
		shard->tables = &memory->tables[i * memory->kind_count];
		for (size_t kind = 0; kind < memory->kind_count; kind++)
			table_init(&shard->tables[kind], &memory->layouts[kind], &shard->pool, memory->seed);
	}
	return true;
}

static void free_memory(struct memory *memory)
{
	const sc_env *env = memory->env;
	if (memory->tables != NULL)
		env->resize(env->ctx, memory->tables, 0);
	if (memory->layouts != NULL)
		env->resize(env->ctx, memory->layouts, 0);
	env->resize(env->ctx, memory, 0);
}

static void memory_close(void *ctx)
{
	struct memory *memory = ctx;
	for (size_t i = 0; i < SHARDS; i++) {
		for (size_t kind = 0; kind < memory->kind_count; kind++)
			table_clear(&memory->shards[i].tables[kind]);
		pool_clear(&memory->shards[i].pool);
	}
	memory_free_txns(memory);
	journal_clear(&memory->journal);
	clear_locks(memory, SHARDS);
	free_memory(memory);
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

static struct memory *memory_new(const sc_env *env, int64_t remembers_ms)
{
	struct memory *memory = env->resize(env->ctx, NULL, sizeof *memory);
	if (memory == NULL)
		return NULL;
	memset(memory, 0, sizeof *memory);
	memory->env = env;
	memory->remembers_ms = remembers_ms;
	env->random(env->ctx, &memory->seed, sizeof memory->seed);
	journal_init(&memory->journal, env);
	sc__store_clock_init(&memory->clock, env, 0);
	memory->incarnation = sc_id_make(env);
	if (!make_tables(memory) || !make_locks(memory)) {
		free_memory(memory);
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
