/*
 * The model's rows, ids, clock and journal, and its table of operations.
 */
#include "inside.h"

#include <stdlib.h>

/* The model is for tests: without memory there is nothing left to test. */
static void *must(void *memory)
{
	if (memory == NULL)
		abort();
	return memory;
}

void *model_keep(struct model *m, const void *data, size_t size)
{
	void *copy = size == 0 ? NULL : must(sc_arena_alloc(&m->arena, size));

	return copy == NULL ? NULL : memcpy(copy, data, size);
}

sc_address model_keep_address(struct model *m, const sc_address *address)
{
	sc_address kept = *address;

	kept.key = model_keep(m, address->key, address->key_size);
	kept.sub = model_keep(m, address->sub, address->sub_size);
	return kept;
}

static void *grown(struct model *m, void *array, size_t count, size_t *room, size_t each)
{
	if (count < *room)
		return array;
	*room = *room == 0 ? 64 : *room * 2;
	return must(m->env->resize(m->env->ctx, array, *room * each));
}

int64_t model_now(struct model *m)
{
	int64_t wall = m->env->wall_ms(m->env->ctx);
	int64_t mono = m->env->mono_ns(m->env->ctx);
	int64_t least = m->high_ms + (mono - m->high_mono_ns) / 1000000;

	if (m->fault == MODEL_CLOCK_GOES_BACK || wall > least) {
		m->high_ms = wall;
		m->high_mono_ns = mono;
		return wall;
	}
	return least;
}

struct row *model_find(struct model *m, const sc_address *address)
{
	for (size_t i = 0; i < m->row_count; i++) {
		if (sc_address_compare(&m->rows[i].value.address, address) == 0)
			return &m->rows[i];
	}
	return NULL;
}

struct row *model_row(struct model *m, const sc_address *address)
{
	struct row *row = model_find(m, address);

	if (row != NULL)
		return row;
	m->rows = grown(m, m->rows, m->row_count, &m->row_room, sizeof(*m->rows));
	row = &m->rows[m->row_count++];
	memset(row, 0, sizeof(*row));
	row->value.address = model_keep_address(m, address);
	return row;
}

bool model_present(struct model *m, const struct row *row, int64_t now_ms)
{
	if (row == NULL || row->value.version == 0)
		return false;
	return m->fault == MODEL_LIFETIME_IGNORED || row->value.expires_ms == 0 || row->value.expires_ms > now_ms;
}

int model_compare(const struct model *m, const void *a, size_t a_size, const void *b, size_t b_size)
{
	const unsigned char *x = a, *y = b;

	for (size_t i = 0; i < a_size && i < b_size; i++) {
		if (x[i] == y[i])
			continue;
		if (m->fault == MODEL_BYTES_SIGNED)
			return (signed char)x[i] < (signed char)y[i] ? -1 : 1;
		return x[i] < y[i] ? -1 : 1;
	}
	return a_size == b_size ? 0 : a_size < b_size ? -1 : 1;
}

const struct stored_id *model_stored(struct model *m, sc_id id)
{
	for (size_t i = 0; i < m->id_count; i++) {
		if (sc_id_equal(m->ids[i].id, id))
			return &m->ids[i];
	}
	return NULL;
}

void model_store_id(struct model *m, sc_id id, const sc_outcome *outcome)
{
	m->ids = grown(m, m->ids, m->id_count, &m->id_room, sizeof(*m->ids));
	m->ids[m->id_count++] = (struct stored_id){ id, *outcome };
}

static void append(struct model *m, const sc_entry *entry)
{
	m->entries = grown(m, m->entries, m->entry_count, &m->entry_room, sizeof(*m->entries));
	m->entries[m->entry_count++] = *entry;
}

void model_entry(struct step *s, struct row *row, sc_entry entry)
{
	struct model *m = s->m;

	entry.position = ++m->position;
	entry.previous = row->value.entry;
	entry.subject = row->value.address;
	entry.time_ms = s->now_ms;
	entry.group = s->group->id;
	entry.topic.data = model_keep(m, entry.topic.data, entry.topic.size);
	entry.body.data = model_keep(m, entry.body.data, entry.body.size);
	if (entry.cause.key_size > 0)
		entry.cause = model_keep_address(m, &entry.cause);
	row->value.entry = entry.position;
	append(m, &entry);
}

void model_account(struct step *s, struct row *row, sc_counters delta, sc_bytes topic, const sc_address *cause)
{
	sc_entry entry = { .type = SC_ENTRY_ACCOUNT, .delta = delta, .topic = topic };
	sc_counters *counters = &row->value.counters;

	model_write(s, row);
	counters->on_hand += delta.on_hand;
	counters->held += delta.held;
	counters->committed += delta.committed;
	entry.after = *counters;
	if (cause != NULL)
		entry.cause = *cause;
	if (s->m->fault == MODEL_ENTRY_MISSING && delta.held < 0 && delta.committed == 0)
		return;
	model_entry(s, row, entry);
	if (s->m->fault == MODEL_ENTRY_DOUBLED && delta.committed > 0)
		model_entry(s, row, entry);
}

/* ---- the table --------------------------------------------------------------------------- */

static sc_status model_info(void *ctx, sc_store_info *out, sc_error *err)
{
	struct model *m = ctx;

	(void)err;
	*out = (sc_store_info){ .size = sizeof(*out),
		                .name = "model",
		                .durability = SC_DURABLE_PROCESS,
		                .partitions = 1,
		                .incarnation = m->incarnation,
		                .groups_max = 1000,
		                .parallel_applies = 1,
		                .remembers_ms = REMEMBERS_MS };
	return SC_OK;
}

static sc_status model_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	(void)ctx;
	(void)call;
	(void)err;
	return SC_OK;
}

static sc_status model_clock(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	pthread_mutex_lock(&m->lock);
	*now_ms = model_now(m);
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}

static sc_address lent(sc_arena *arena, sc_address address)
{
	address.key = must(sc_arena_dup(arena, address.key, address.key_size));
	address.sub = must(sc_arena_dup(arena, address.sub, address.sub_size));
	return address;
}

static sc_entry lent_entry(sc_arena *arena, sc_entry entry)
{
	entry.subject = lent(arena, entry.subject);
	if (entry.cause.key_size > 0)
		entry.cause = lent(arena, entry.cause);
	entry.topic.data = must(sc_arena_dup(arena, entry.topic.data, entry.topic.size));
	entry.body.data = must(sc_arena_dup(arena, entry.body.data, entry.body.size));
	return entry;
}

static sc_status model_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                                sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	*count = 0;
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < m->entry_count && *count < max; i++) {
		if (partition == 0 && m->entries[i].position > after && m->entries[i].position > m->trimmed)
			out[(*count)++] = lent_entry(arena, m->entries[i]);
	}
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}

static sc_status model_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                              sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	*count = 0;
	pthread_mutex_lock(&m->lock);
	for (size_t i = m->entry_count; i-- > 0 && *count < max;) {
		const sc_entry *e = &m->entries[i];

		if ((before == 0 || e->position < before) && e->position > m->trimmed &&
		    sc_address_compare(&e->subject, subject) == 0)
			out[(*count)++] = lent_entry(arena, *e);
	}
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}

static sc_status model_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	(void)partition;
	pthread_mutex_lock(&m->lock);
	if (upto > m->trimmed)
		m->trimmed = upto;
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}

static void model_close(void *ctx)
{
	struct model *m = ctx;
	const sc_env *env = m->env;

	pthread_mutex_destroy(&m->lock);
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_destroy(&m->account_locks[i]);
	sc_arena_clear(&m->arena);
	env->resize(env->ctx, m->rows, 0);
	env->resize(env->ctx, m->ids, 0);
	env->resize(env->ctx, m->entries, 0);
	env->resize(env->ctx, m, 0);
}

static const sc_store_ops operations = {
	.size = sizeof(operations),
	.name = "model",
	.info = model_info,
	.prepare = model_prepare,
	.load = model_load,
	.range = model_range,
	.apply = model_apply,
	.resolve = model_resolve,
	.expire = model_expire,
	.log_read = model_log_read,
	.log_of = model_log_of,
	.log_trim = model_log_trim,
	.now = model_clock,
	.close = model_close,
};

sc_status model_open(const sc_env *env, enum model_fault fault, sc_store *out, sc_error *err)
{
	struct model *m = must(env->resize(env->ctx, NULL, sizeof(*m)));

	(void)err;
	memset(m, 0, sizeof(*m));
	m->env = env;
	m->fault = fault;
	pthread_mutex_init(&m->lock, NULL);
	for (int i = 0; i < LOCKS; i++)
		pthread_mutex_init(&m->account_locks[i], NULL);
	sc_arena_init(&m->arena, env);
	m->arena.limit = SIZE_MAX;
	m->incarnation = sc_id_make(env);
	*out = (sc_store){ &operations, m };
	return SC_OK;
}
