/* See shelf.h: opening, transactions, reading by address. */
#include "shelf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS    1000000
#define REMEMBERS_MS INT64_C(604800000) /* ids: a week */

sc_status shelf_fail(sc_error *err, sc_status status, const char *text)
{
	if (err != NULL) {
		*err = (sc_error)SC_ERROR_INIT;
		err->status = status;
		snprintf(err->text, sizeof(err->text), "%s", text);
	}
	return status;
}

/* Never back, when the wall clock goes back, and not frozen when it once jumped ahead. */
int64_t shelf_time(struct shelf *shelf)
{
	const sc_env *env = shelf->env;
	int64_t wall_ms = env->wall_ms(env->ctx), mono_ns = env->mono_ns(env->ctx);
	int64_t steady_ms = shelf->highest_ms + (mono_ns - shelf->since_ns) / NS_PER_MS;
	if (wall_ms <= steady_ms)
		return steady_ms;
	shelf->highest_ms = wall_ms;
	shelf->since_ns = mono_ns;
	return wall_ms;
}

sc_status shelf_lock(struct shelf *shelf, sc_error *err)
{
	shelf->env->mutex_lock(shelf->env->ctx, &shelf->mutex);
	sc_status status = file_catch_up(shelf, false, err);
	if (status != SC_OK)
		shelf_unlock(shelf);
	return status;
}

void shelf_unlock(struct shelf *shelf)
{
	shelf->env->mutex_unlock(shelf->env->ctx, &shelf->mutex);
}

static bool grow(const sc_env *env, void **array, size_t *room, size_t needed, size_t size)
{
	if (needed <= *room)
		return true;
	size_t wanted = needed + needed / 2;
	void *grown = env->resize(env->ctx, *array, wanted * size);
	if (grown == NULL)
		return false;
	*array = grown;
	*room = wanted;
	return true;
}

/* ---- rows --------------------------------------------------------------------------------- */

/* The place of an address in the array, or where it would be. */
static size_t place_of(const struct shelf *shelf, const sc_address *address)
{
	size_t low = 0, high = shelf->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (sc_address_compare(&shelf->rows[middle]->value.address, address) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

struct row *shelf_find(const struct shelf *shelf, const sc_address *address)
{
	size_t at = place_of(shelf, address);
	return at < shelf->count && sc_address_compare(&shelf->rows[at]->value.address, address) == 0 ? shelf->rows[at]
	                                                                                              : NULL;
}

bool step_reserve(struct shelf *shelf, struct step *step, size_t count)
{
	const sc_env *env = shelf->env;
	void *rows = shelf->rows, *batches = shelf->batches;
	*step = (struct step){ .changes = env->resize(env->ctx, NULL, (count + 1) * sizeof(*step->changes)) };
	bool enough = step->changes != NULL &&
	              grow(env, &rows, &shelf->room, shelf->count + count, sizeof(*shelf->rows));
	shelf->rows = rows;
	enough = enough && grow(env, &batches, &shelf->batch_room, shelf->batch_count + 1, sizeof(*shelf->batches));
	shelf->batches = batches;
	return enough;
}

/* The row may be there, or be gone by a sweep, whatever the writer saw: each process sweeps for itself. */
static void install(struct shelf *shelf, struct change *change)
{
	const sc_env *env = shelf->env;
	struct row *old = shelf_find(shelf, &change->row->value.address);
	size_t at = place_of(shelf, &change->row->value.address), behind = shelf->count - at;
	if (change->write != SC_ROW_DELETE && old == NULL) {
		memmove(shelf->rows + at + 1, shelf->rows + at, behind * sizeof(*shelf->rows));
		shelf->count++;
	}
	if (change->write != SC_ROW_DELETE)
		shelf->rows[at] = change->row;
	else
		env->resize(env->ctx, change->row, 0);
	if (change->write == SC_ROW_DELETE && old != NULL) {
		memmove(shelf->rows + at, shelf->rows + at + 1, (behind - 1) * sizeof(*shelf->rows));
		shelf->count--;
	}
	if (old != NULL)
		env->resize(env->ctx, old, 0);
}

void step_install(struct shelf *shelf, struct step *step)
{
	for (size_t i = 0; i < step->count; i++)
		install(shelf, &step->changes[i]);
	step->count = 0;
	if (step->entries.size > 0)
		shelf->batches[shelf->batch_count++] = (struct batch){ step->last, step->entries };
	step->entries = (sc_bytes){ NULL, 0 };
	step_drop(shelf, step);
}

void step_drop(struct shelf *shelf, struct step *step)
{
	const sc_env *env = shelf->env;
	for (size_t i = 0; i < step->count; i++)
		env->resize(env->ctx, step->changes[i].row, 0);
	if (step->changes != NULL)
		env->resize(env->ctx, step->changes, 0);
	if (step->entries.data != NULL)
		env->resize(env->ctx, (void *)(uintptr_t)step->entries.data, 0);
	*step = (struct step){ .count = 0 };
}

/* ---- transactions ------------------------------------------------------------------------- */

sc_status shelf_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err)
{
	struct shelf *shelf = ctx;
	const sc_env *env = shelf->env;
	env->mutex_lock(env->ctx, &shelf->mutex);
	sc_status status = file_lock(shelf, err);
	if (status == SC_OK && call->deadline_ns != 0 && env->mono_ns(env->ctx) >= call->deadline_ns) {
		file_unlock(shelf);
		status = shelf_fail(err, SC_DEADLINE, "the deadline passed while others wrote");
	}
	if (status != SC_OK) {
		shelf_unlock(shelf);
		return status;
	}
	*clock = (sc_rows_clock){ .now_ms = shelf_time(shelf), .floor_ms = shelf->floor_ms };
	*txn = shelf;
	return SC_OK;
}

/* A line of the table of ids is a row as well: kind 0, the id is the key, the outcome the body. */
static sc_address address_of(const sc_row *row)
{
	if (row->type != SC_ROW_ID)
		return row->value.address;
	return (sc_address){ .key = (const char *)row->id.bytes, .key_size = sizeof(row->id.bytes) };
}

/* The lock is had, so rows may be borrowed until the transaction ends. */
static sc_status shelf_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err)
{
	const struct shelf *shelf = txn;
	(void)arena, (void)err;
	for (size_t i = 0; i < count; i++) {
		const sc_address address = address_of(rows[i]);
		const struct row *found = shelf_find(shelf, &address);
		if (rows[i]->type == SC_ROW_ID && found == NULL) {
			rows[i]->outcome.status = SC_NOT_FOUND;
		} else if (rows[i]->type == SC_ROW_ID) {
			memcpy(&rows[i]->outcome, found->value.body.data, sizeof(rows[i]->outcome));
		} else if (found != NULL) {
			rows[i]->value = found->value;
			rows[i]->value.address = address;
		}
	}
	return SC_OK;
}

static sc_status shelf_draw(void *txn, size_t count, uint64_t *first, sc_error *err)
{
	struct shelf *shelf = txn;
	(void)err;
	*first = shelf->next_position;
	shelf->next_position += count;
	return SC_OK;
}

static bool add_change(struct shelf *shelf, const sc_row *from)
{
	sc_record value = from->value;
	if (from->type == SC_ROW_ID)
		value = (sc_record){ .version = 1, .body = { &from->outcome, sizeof(from->outcome) } };
	if (from->write == SC_ROW_DELETE)
		value = (sc_record){ .version = 0 };
	value.address = address_of(from);
	struct row *row = row_make(shelf->env, &value);
	if (row != NULL)
		shelf->step.changes[shelf->step.count++] = (struct change){ from->write, row };
	return row != NULL;
}

/* Everything that can fail is done here, so that commit has only the disk to fear. */
static sc_status shelf_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                             sc_error *err)
{
	struct shelf *shelf = txn;
	const sc_env *env = shelf->env;
	bool enough = step_reserve(shelf, &shelf->step, count);
	for (size_t i = 0; enough && i < count; i++)
		enough = add_change(shelf, rows[i]);
	if (enough && entry_count > 0) {
		void *packed = env->resize(env->ctx, NULL, sc_entries_bound(entries, entry_count));
		enough = packed != NULL;
		if (enough)
			shelf->step.entries = (sc_bytes){ packed, sc_entries_pack(entries, entry_count, packed) };
	}
	shelf->step.last = shelf->next_position - 1;
	return enough ? SC_OK : shelf_fail(err, SC_NO_MEMORY, "no memory for what is to be written");
}

void shelf_abort(void *txn)
{
	struct shelf *shelf = txn;
	step_drop(shelf, &shelf->step);
	file_unlock(shelf);
	shelf_unlock(shelf);
}

static sc_status shelf_commit(void *txn, sc_error *err)
{
	struct shelf *shelf = txn;
	bool wrote = shelf->step.changes != NULL;
	sc_status status = wrote ? file_append(shelf, &shelf->step, err) : SC_OK;
	if (wrote && status == SC_OK)
		step_install(shelf, &shelf->step);
	shelf_abort(shelf); /* what is left of the step, and the locks */
	return status;
}

/* ---- reading ------------------------------------------------------------------------------ */

static sc_status shelf_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                            sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err)
{
	struct shelf *shelf = ctx;
	(void)call;
	sc_status status = shelf_lock(shelf, err);
	if (status != SC_OK)
		return status;
	*now_ms = shelf_time(shelf);
	for (size_t i = 0; status == SC_OK && i < count; i++) {
		const struct row *row = shelf_find(shelf, &addresses[i]);
		out[i] = (sc_record){ .version = 0 };
		if (row != NULL && !row_copy(row, mask, arena, &out[i]))
			status = shelf_fail(err, SC_NO_MEMORY, "no memory for what was read");
		out[i].address = addresses[i];
	}
	shelf_unlock(shelf);
	return status;
}

static sc_status shelf_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err)
{
	struct shelf *shelf = ctx;
	(void)call;
	sc_status status = shelf_lock(shelf, err);
	if (status != SC_OK)
		return status;
	*now_ms = shelf_time(shelf);
	shelf_unlock(shelf);
	return SC_OK;
}

/* ---- opening and closing ------------------------------------------------------------------ */

static sc_status shelf_info(void *ctx, sc_store_info *out, sc_error *err)
{
	const struct shelf *shelf = ctx;
	(void)err;
	*out = (sc_store_info){ .size = sizeof(*out),
		                .name = "shelf",
		                .durability = shelf->file >= 0 ? SC_DURABLE_DISK : SC_DURABLE_PROCESS,
		                .partitions = 1,
		                .incarnation = shelf->incarnation,
		                .groups_max = 10000,
		                .parallel_applies = 1,
		                .wants_combiner = shelf->file >= 0, /* ten callers, one wait for the disk */
		                .remembers_ms = REMEMBERS_MS };
	return SC_OK;
}

static sc_status shelf_prepare(void *ctx, const sc_call *call, sc_error *err)
{
	(void)ctx, (void)call, (void)err;
	return SC_OK; /* no schema: a row brings the number of its columns along */
}

static void shelf_close(void *ctx)
{
	struct shelf *shelf = ctx;
	const sc_env *env = shelf->env;
	for (size_t i = 0; i < shelf->count; i++)
		env->resize(env->ctx, shelf->rows[i], 0);
	for (size_t i = 0; i < shelf->batch_count; i++)
		env->resize(env->ctx, (void *)(uintptr_t)shelf->batches[i].entries.data, 0);
	env->resize(env->ctx, shelf->rows, 0);
	env->resize(env->ctx, shelf->batches, 0);
	file_close(shelf);
	env->mutex_clear(env->ctx, &shelf->mutex);
	env->resize(env->ctx, shelf, 0);
}

static const sc_rows_ops shelf_ops = { .size = sizeof(shelf_ops),
	                               .name = "shelf",
	                               .info = shelf_info,
	                               .prepare = shelf_prepare,
	                               .begin = shelf_begin,
	                               .read = shelf_read,
	                               .draw = shelf_draw,
	                               .write = shelf_write,
	                               .commit = shelf_commit,
	                               .abort = shelf_abort,
	                               .load = shelf_load,
	                               .range = shelf_range,
	                               .forget = shelf_forget,
	                               .log_read = shelf_log_read,
	                               .log_of = shelf_log_of,
	                               .now = shelf_now,
	                               .close = shelf_close };

sc_status shelf_open(const sc_env *env, const char *path, sc_store *out, sc_error *err)
{
	struct shelf *shelf = env->resize(env->ctx, NULL, sizeof(*shelf));
	if (shelf == NULL)
		return shelf_fail(err, SC_NO_MEMORY, "no memory for a store");
	*shelf = (struct shelf){ .env = env, .next_position = 1, .file = -1, .incarnation = sc_id_make(env) };
	shelf->since_ns = env->mono_ns(env->ctx);
	if (!env->mutex_init(env->ctx, &shelf->mutex)) {
		env->resize(env->ctx, shelf, 0);
		return shelf_fail(err, SC_NO_MEMORY, "no memory for a lock");
	}
	sc_status status = path != NULL ? file_open(shelf, path, err) : SC_OK;
	if (status == SC_OK)
		status = sc_rows_store(env, &shelf_ops, shelf, out, err);
	if (status != SC_OK)
		shelf_close(shelf);
	return status;
}
