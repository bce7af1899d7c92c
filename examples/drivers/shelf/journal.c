/* See shelf.h: what happened, and what may be forgotten. */
#include "shelf.h"

#include <string.h>

/* ---- the journal -------------------------------------------------------------------------- */

/* At most `max` entries after a position: those of the first batch that has any. */
static sc_status unpack_after(const struct shelf *shelf, uint64_t after, size_t max, sc_arena *arena, sc_entry *out,
                              size_t *count)
{
	size_t low = 0, high = shelf->batch_count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (shelf->batches[middle].last <= after)
			low = middle + 1;
		else
			high = middle;
	}
	*count = 0;
	if (low == shelf->batch_count || max == 0)
		return SC_OK;
	const sc_bytes entries = shelf->batches[low].entries;
	const char *copy = sc_arena_dup(arena, entries.data, entries.size);
	return copy != NULL ? sc_entries_unpack((sc_bytes){ copy, entries.size }, after, max, out, count)
	                    : SC_NO_MEMORY;
}

sc_status shelf_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                         sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct shelf *shelf = ctx;
	size_t found = 0, more = 1;
	(void)call, (void)partition;
	sc_status status = shelf_lock(shelf, err);
	if (status != SC_OK)
		return status;
	while (status == SC_OK && more > 0) {
		status = unpack_after(shelf, after, max - found, arena, out + found, &more);
		found += status == SC_OK ? more : 0;
		after = found > 0 ? out[found - 1].position : after;
	}
	shelf_unlock(shelf);
	*count = found;
	return status == SC_OK ? SC_OK : shelf_fail(err, status, "the journal cannot be read");
}

/* A row knows its newest entry, and each entry the one before it. */
sc_status shelf_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                       sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	struct shelf *shelf = ctx;
	size_t found = 0, one = 1;
	(void)call;
	sc_status status = shelf_lock(shelf, err);
	if (status != SC_OK)
		return status;
	const struct row *row = shelf_find(shelf, subject);
	uint64_t position = row != NULL ? row->value.entry : 0;
	while (status == SC_OK && position > 0 && one == 1 && found < max) {
		status = unpack_after(shelf, position - 1, 1, arena, &out[found], &one);
		position = status == SC_OK && one == 1 ? out[found].previous : 0;
		found += one == 1 && (before == 0 || out[found].position < before);
	}
	shelf_unlock(shelf);
	*count = found;
	return status == SC_OK ? SC_OK : shelf_fail(err, status, "the journal cannot be read");
}

/* ---- forgetting --------------------------------------------------------------------------- */

static bool is_over(const struct shelf *shelf, const sc_record *row, int64_t now_ms)
{
	sc_id id;
	if (row->address.kind != 0)
		return row->expires_ms != 0 && row->expires_ms <= now_ms;
	memcpy(&id, row->address.key, sizeof(id));
	return sc_id_time_ms(id) < shelf->floor_ms;
}

static size_t sweep(struct shelf *shelf, int64_t now_ms, size_t max, int64_t *next_ms)
{
	size_t kept = 0, done = 0;
	for (size_t i = 0; i < shelf->count; i++) {
		struct row *row = shelf->rows[i];
		bool over = is_over(shelf, &row->value, now_ms);
		if (over && done < max) {
			shelf->env->resize(shelf->env->ctx, row, 0);
			done++;
			continue;
		}
		if (row->value.expires_ms != 0 && row->value.expires_ms < *next_ms)
			*next_ms = row->value.expires_ms;
		shelf->rows[kept++] = row;
	}
	shelf->count = kept;
	if (done == max && *next_ms > now_ms)
		*next_ms = now_ms;
	return done;
}

/* The floor is in the file before an id is gone. Rows that go need no line there: whoever reads it sweeps too. */
sc_status shelf_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                       sc_error *err)
{
	struct shelf *shelf = ctx;
	void *txn;
	sc_rows_clock clock;
	sc_status status = shelf_begin(ctx, call, &txn, &clock, err);
	if (status != SC_OK)
		return status;
	if (floor_ms > shelf->floor_ms) {
		int64_t floor_before = shelf->floor_ms;
		shelf->floor_ms = floor_ms;
		status = file_append(shelf, &shelf->step, err);
		if (status != SC_OK)
			shelf->floor_ms = floor_before;
	}
	if (status == SC_OK) {
		*next_ms = SC_NEVER;
		*done = sweep(shelf, clock.now_ms, max, next_ms);
	}
	shelf_abort(shelf);
	return status;
}
