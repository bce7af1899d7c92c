/*
 * Batches in the model: one lock around all of them, a copy of every row before a group, and back to
 * the copy when it is refused.
 */
#include "inside.h"

#include <sched.h>
#include <stdlib.h>
#include <time.h>

struct saved {
	struct row *rows;
	size_t row_count, entry_count;
	uint64_t position;
};

static struct saved save(const struct model *m)
{
	struct saved saved = { NULL, m->row_count, m->entry_count, m->position };

	saved.rows = malloc((m->row_count + 1) * sizeof(*saved.rows));
	if (saved.rows == NULL)
		abort();
	if (m->row_count > 0)
		memcpy(saved.rows, m->rows, m->row_count * sizeof(*saved.rows));
	return saved;
}

static void go_back(struct model *m, const struct saved *saved)
{
	if (saved->row_count > 0)
		memcpy(m->rows, saved->rows, saved->row_count * sizeof(*saved->rows));
	m->row_count = saved->row_count;
	m->entry_count = saved->entry_count;
	m->position = saved->position;
}

/* Everything the group wrote gets the last position that it drew as its version. */
static void give_versions(struct step *s, size_t first_entry)
{
	struct model *m = s->m;

	if (!s->wrote && m->entry_count == first_entry)
		return;
	if (m->entry_count == first_entry)
		m->position++;
	for (size_t i = 0; i < s->touched_count; i++) {
		struct row *row = &m->rows[s->touched[i]];

		if (row->value.version == UINT64_MAX)
			row->value.version = m->fault == MODEL_VERSION_REUSED && row->value.reserved[0] != 0
			                             ? row->value.reserved[0]
			                             : m->position;
		row->value.reserved[0] = row->value.version == 0 ? row->value.reserved[1] : 0;
		row->value.reserved[1] = row->value.version;
	}
	for (size_t i = first_entry; i < m->entry_count; i++) {
		if (m->entries[i].type == SC_ENTRY_TOUCH && m->entries[i].version == UINT64_MAX)
			m->entries[i].version = m->position;
	}
	s->outcome->position = m->position;
	if (m->fault == MODEL_ENTRIES_SWAPPED && m->entry_count - first_entry >= 2) {
		sc_entry last = m->entries[m->entry_count - 1];

		m->entries[m->entry_count - 1] = m->entries[m->entry_count - 2];
		m->entries[m->entry_count - 2] = last;
	}
}

static void tell_counters(struct step *s)
{
	sc_outcome *out = s->outcome;

	out->after_count = 0;
	for (size_t i = 0; i < s->touched_count; i++) {
		const sc_record *row = &s->m->rows[s->touched[i]].value;

		if (sc_kind_find(row->address.kind)->kind_class != SC_CLASS_ACCOUNT)
			continue;
		if (out->after_count < out->after_capacity)
			out->after[out->after_count] = (sc_after){ row->address, row->counters };
		out->after_count++;
	}
}

static sc_status decide(struct step *s)
{
	for (uint32_t i = 0; i < s->group->count; i++) {
		sc_status status;

		s->outcome->change = i;
		s->outcome->line = SC_NO_LINE;
		status = model_change(s, &s->group->changes[i]);
		if (status != SC_OK)
			return status;
	}
	s->outcome->change = 0;
	return SC_OK;
}

static void repeat(const struct stored_id *stored, sc_outcome *out)
{
	sc_outcome kept = stored->outcome;

	kept.takes = out->takes;
	kept.take_capacity = out->take_capacity;
	kept.after = out->after;
	kept.after_capacity = out->after_capacity;
	kept.arena = out->arena;
	kept.take_count = kept.after_count = 0;
	*out = kept;
	if (out->status != SC_FENCED)
		out->flags = SC_OUTCOME_REPEAT;
}

/* true: the group was seen before, or may not come any more. */
static bool settled_before(struct model *m, const sc_group *group, sc_outcome *out, int64_t now_ms)
{
	const struct stored_id *stored = model_stored(m, group->id);

	if (m->fault == MODEL_FENCE_IGNORED && stored != NULL && stored->outcome.status == SC_FENCED)
		return false;
	if (m->fault == MODEL_REPEAT_APPLIED && stored != NULL && stored->outcome.status == SC_OK)
		return false;
	if (group->home == SC_HOME_NONE)
		return false;
	if (group->home == SC_HOME_TABLE && sc_id_time_ms(group->id) < m->floor_ms) {
		out->status = SC_TOO_OLD;
		return true;
	}
	if (stored != NULL) {
		repeat(stored, out);
		return true;
	}
	if (group->home == SC_HOME_FIRST) {
		const struct row *row = model_find(m, &group->changes[0].address);

		if (!model_present(m, row, now_ms) || !sc_id_equal(row->value.made_by, group->id))
			return false;
		out->status = SC_OK;
		out->flags = SC_OUTCOME_REPEAT;
		out->position = row->value.version;
		if (out->arena != NULL)
			model_copy_takes(row, out);
		return true;
	}
	return false;
}

static void decide_group(struct model *m, const sc_group *group, sc_outcome *out, size_t *touched)
{
	struct step s = { .m = m, .group = group, .now_ms = model_now(m), .outcome = out, .touched = touched };
	struct saved saved;

	out->flags = 0;
	out->take_count = 0;
	out->status = model_validate(group);
	if (out->status != SC_OK || settled_before(m, group, out, s.now_ms))
		return;
	saved = save(m);
	out->status = decide(&s);
	out->time_ms = s.now_ms;
	if (out->status == SC_OK || m->fault == MODEL_HALF_A_GROUP) {
		give_versions(&s, saved.entry_count);
		tell_counters(&s);
	} else {
		go_back(m, &saved);
		out->flags = 0; /* what was skipped on the way is of no interest any more */
		out->take_count = 0;
	}
	free(saved.rows);
	if (group->home == SC_HOME_TABLE &&
	    (out->status == SC_OK || (sc_status_is_refusal(out->status) && (group->flags & SC_GROUP_KEEP_REFUSAL) &&
	                              m->fault != MODEL_REFUSAL_FORGOTTEN)))
		model_store_id(m, group->id, out);
}

/* ---- planted faults that sit around the decision ---------------------------------------------- */

/* LOST_UPDATE: compares versions, lets others run, and then writes. */
static sc_status compare_early(struct model *m, const sc_group *group)
{
	sc_status status = SC_OK;

	pthread_mutex_lock(&m->lock);
	for (uint32_t i = 0; i < group->count && status == SC_OK; i++) {
		const sc_change *change = &group->changes[i];
		const struct row *row = model_find(m, &change->address);
		bool present = model_present(m, row, model_now(m));

		if (change->condition == SC_IF_VERSION && !(change->flags & SC_SKIP) &&
		    (present ? row->value.version : 0) != change->version)
			status = present ? SC_CHANGED : SC_NOT_FOUND;
	}
	pthread_mutex_unlock(&m->lock);
	for (int i = 0; i < 3; i++)
		sched_yield();
	return status;
}

static unsigned lock_of(const sc_address *address)
{
	unsigned hash = address->kind;

	for (size_t i = 0; i < address->key_size; i++)
		hash = hash * 31 + (unsigned char)address->key[i];
	return hash % LOCKS;
}

/* UNSORTED_LOCKS: as an engine that locks rows as they come, and notices a deadlock by waiting. */
static bool lock_accounts(struct model *m, const sc_group *group, uint64_t *locked)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += 1;
	for (uint32_t i = 0; i < group->count; i++) {
		unsigned lock = lock_of(&group->changes[i].address);

		if (group->changes[i].type != SC_CHANGE_ADJUST || (*locked & (UINT64_C(1) << lock)))
			continue;
		if (pthread_mutex_timedlock(&m->account_locks[lock], &until) != 0)
			return false;
		*locked |= UINT64_C(1) << lock;
		sched_yield();
	}
	return true;
}

static void unlock_accounts(struct model *m, uint64_t locked)
{
	for (unsigned i = 0; i < LOCKS; i++) {
		if (locked & (UINT64_C(1) << i))
			pthread_mutex_unlock(&m->account_locks[i]);
	}
}

static void reverse(sc_outcome *out, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		sc_outcome one = out[i];

		out[i] = out[count - 1 - i];
		out[count - 1 - i] = one;
	}
}

static void decide_batch(struct model *m, const sc_group *groups, size_t count, sc_outcome *out)
{
	bool poisoned = false;

	for (size_t i = 0; i < count; i++) {
		size_t *touched = malloc((groups[i].count * 80 + 80) * sizeof(*touched));

		if (touched == NULL)
			abort();
		if (poisoned && m->fault == MODEL_POISONED_BATCH)
			out[i].status = out[i - 1].status;
		else
			decide_group(m, &groups[i], &out[i], touched);
		poisoned = out[i].status != SC_OK;
		free(touched);
	}
}

sc_status model_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                      sc_error *err)
{
	struct model *m = ctx;
	uint64_t locked = 0;
	bool all = true;

	(void)call;
	(void)err;
	if (m->fault == MODEL_LOST_UPDATE && count == 1) {
		out[0].status = compare_early(m, &groups[0]);
		if (out[0].status != SC_OK)
			return SC_OK;
	}
	for (size_t i = 0; i < count && all && m->fault == MODEL_UNSORTED_LOCKS; i++)
		all = lock_accounts(m, &groups[i], &locked);
	if (all) {
		pthread_mutex_lock(&m->lock);
		decide_batch(m, groups, count, out);
		pthread_mutex_unlock(&m->lock);
	}
	unlock_accounts(m, locked);
	if (m->fault == MODEL_OUTCOMES_REVERSED)
		reverse(out, count);
	return all ? SC_OK : SC_BUSY;
}

/* ---- resolve and expire ------------------------------------------------------------------------ */

static void fence(struct model *m, const sc_group_ref *ref, sc_outcome *out)
{
	out->status = SC_FENCED;
	model_store_id(m, ref->id, out);
}

sc_status model_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool with_fence,
                        sc_outcome *out, sc_error *err)
{
	struct model *m = ctx;

	(void)call;
	(void)err;
	pthread_mutex_lock(&m->lock);
	for (size_t i = 0; i < count; i++) {
		const struct stored_id *stored = model_stored(m, refs[i].id);
		const struct row *home = refs[i].home.key_size > 0 ? model_find(m, &refs[i].home) : NULL;

		if (stored != NULL) {
			repeat(stored, &out[i]);
		} else if (model_present(m, home, model_now(m))) {
			out[i].status = sc_id_equal(home->value.made_by, refs[i].id) ? SC_OK : SC_EXISTS;
			out[i].flags = out[i].status == SC_OK ? SC_OUTCOME_REPEAT : 0;
		} else if (with_fence) {
			fence(m, &refs[i], &out[i]);
		} else {
			out[i].status = SC_NOT_FOUND;
		}
	}
	pthread_mutex_unlock(&m->lock);
	return SC_OK;
}

static int64_t due_at(const struct model *m, const struct row *row)
{
	int64_t late = m->fault == MODEL_LATE_EXPIRY ? 60000 : m->fault == MODEL_EARLY_EXPIRY ? -60000 : 0;

	if (row->value.version == 0)
		return SC_NEVER;
	if (row->value.expires_ms != 0)
		return row->value.expires_ms;
	if (row->value.hold_state == SC_HOLD_HELD && row->value.deadline_ms != 0)
		return row->value.deadline_ms + late;
	return SC_NEVER;
}

static void settle(struct model *m, struct row *row, int64_t now_ms)
{
	static const sc_group sweep;
	size_t touched[256];
	sc_outcome outcome;
	struct step s = { .m = m, .group = &sweep, .now_ms = now_ms, .outcome = &outcome, .touched = touched };
	size_t first_entry = m->entry_count;

	memset(&outcome, 0, sizeof(outcome));
	if (row->value.hold_state == SC_HOLD_HELD) {
		model_lapse(&s, row);
		give_versions(&s, first_entry);
	} else {
		row->value.version = 0;
		row->value.expires_ms = 0;
	}
}

sc_status model_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	struct model *m = ctx;
	size_t count = 0;
	int64_t next = SC_NEVER, now;

	(void)call;
	(void)err;
	pthread_mutex_lock(&m->lock);
	now = model_now(m);
	if (now - REMEMBERS_MS > m->floor_ms)
		m->floor_ms = now - REMEMBERS_MS;
	for (size_t i = 0; i < m->row_count; i++) {
		int64_t due = due_at(m, &m->rows[i]);

		if (due <= now && count < max && m->fault != MODEL_LIFETIME_IGNORED) {
			settle(m, &m->rows[i], now);
			count++;
		} else if (due < next) {
			next = due;
		}
	}
	pthread_mutex_unlock(&m->lock);
	*done = count;
	*next_ms = next;
	return SC_OK;
}
