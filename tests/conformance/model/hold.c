/*
 * Holds in the model: claiming, and every way to end.
 */
#include "inside.h"

/* What is free at a source for the lines of this very hold, which took `takes` so far. */
static int64_t left_at(struct step *s, const struct row *account, const struct taken *takes, size_t count)
{
	sc_counters counters = { 0, 0, 0, 0 };
	int64_t left;

	if (model_present(s->m, account, s->now_ms))
		counters = account->value.counters;
	if (s->m->fault == MODEL_FLOOR_IGNORED && counters.floor > 0)
		counters.floor = 0;
	left = sc_counters_free(&counters);
	if (s->m->fault == MODEL_DEMAND_NOT_SUMMED)
		return left;
	for (size_t i = 0; i < count; i++) {
		if (sc_address_compare(&takes[i].account, &account->value.address) == 0)
			left -= takes[i].quantity;
	}
	return left;
}

/* The account of a limit is made on first use. */
static void make_account(struct step *s, const sc_change *change, const sc_hold_line *line, struct row *account)
{
	if (!(line->flags & SC_LINE_LIMIT) || model_present(s->m, account, s->now_ms))
		return;
	memset(&account->value.counters, 0, sizeof(account->value.counters));
	account->value.entry = 0;
	account->value.expires_ms = change->lifetime_ms == 0 ? 0 : s->now_ms + change->lifetime_ms;
	model_account(s, account, (sc_counters){ .on_hand = line->limit }, SC_BYTES("limit"), NULL);
}

static int64_t take(struct step *s, const sc_hold_line *line, uint32_t n, uint32_t source, int64_t quantity,
                    struct taken *takes, size_t *count)
{
	const struct row *account = model_row(s->m, &line->sources[source]);

	takes[(*count)++] = (struct taken){
		.account = account->value.address, .quantity = quantity, .ends_ms = account->value.expires_ms, .line = n
	};
	return quantity;
}

/* true: the line is served, and `takes` say from where. */
static bool serve(struct step *s, const sc_change *change, uint32_t n, struct taken *takes, size_t *count)
{
	const sc_hold_line *line = &change->lines[n];
	int64_t wanted = line->quantity;

	for (uint32_t i = 0; i < line->source_count && wanted > 0; i++) {
		struct row *account = model_row(s->m, &line->sources[i]);
		int64_t left;

		left = left_at(s, account, takes, *count);
		if (left >= line->quantity && wanted == line->quantity)
			return take(s, line, n, i, wanted, takes, count) == wanted;
		if ((line->flags & SC_LINE_SPLIT) && left > 0 && s->m->fault != MODEL_SPLIT_IGNORED)
			wanted -= take(s, line, n, i, left < wanted ? left : wanted, takes, count);
	}
	return wanted == 0;
}

/* What all lines of the group on the first source of a line want, and what is free there. */
static sc_status refuse(struct step *s, const sc_change *change, uint32_t n)
{
	const sc_hold_line *line = &change->lines[n];
	const struct row *account = model_row(s->m, &line->sources[0]);

	s->outcome->line = n;
	s->outcome->available = model_present(s->m, account, s->now_ms) ? sc_counters_free(&account->value.counters)
	                                                                : 0;
	s->outcome->wanted = 0;
	for (uint32_t i = 0; i < change->line_count; i++) {
		if (sc_address_compare(&change->lines[i].sources[0], &line->sources[0]) == 0)
			s->outcome->wanted += change->lines[i].quantity;
	}
	return line->flags & SC_LINE_LIMIT ? SC_LIMIT_REACHED : SC_OUT_OF_STOCK;
}

/* Stable: takes of one line stay in the order of its sources. */
static void sort_by_line(struct taken *takes, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		struct taken moving = takes[i];
		size_t at = i;

		for (; at > 0 && takes[at - 1].line > moving.line; at--)
			takes[at] = takes[at - 1];
		takes[at] = moving;
	}
}

/* Lines without a choice of source want theirs together, before any other line chooses. */
static sc_status claim(struct step *s, const sc_change *change, struct taken *takes, size_t *count)
{
	bool summed = s->m->fault != MODEL_DEMAND_NOT_SUMMED;
	size_t chosen;

	for (uint32_t i = 0; i < change->line_count; i++) {
		for (uint32_t n = 0; n < change->lines[i].source_count; n++)
			make_account(s, change, &change->lines[i], model_row(s->m, &change->lines[i].sources[n]));
	}
	for (uint32_t i = 0; i < change->line_count; i++) {
		if (change->lines[i].source_count == 1)
			take(s, &change->lines[i], i, 0, change->lines[i].quantity, takes, count);
	}
	for (size_t i = 0; i < *count; i++) {
		const struct row *account = model_row(s->m, &takes[i].account);

		if (left_at(s, account, takes, *count) < (summed ? 0 : takes[i].quantity))
			return refuse(s, change, takes[i].line);
	}
	chosen = *count;
	for (uint32_t i = 0; i < change->line_count; i++) {
		if (change->lines[i].source_count != 1 && !serve(s, change, i, takes, count))
			return refuse(s, change, i);
	}
	if (chosen > 0 && *count > chosen)
		sort_by_line(takes, *count);
	return SC_OK;
}

static struct taken *room_for_takes(struct model *m, const sc_change *change)
{
	size_t most = 0;

	for (uint32_t i = 0; i < change->line_count; i++)
		most += change->lines[i].source_count;
	return sc_arena_zalloc(&m->arena, most * sizeof(struct taken));
}

/* An account that outlived its time, or was made anew since, owes the hold nothing. */
static bool owes(struct step *s, const struct taken *take)
{
	const struct row *account = model_row(s->m, &take->account);

	return model_present(s->m, account, s->now_ms) && account->value.expires_ms == take->ends_ms;
}

sc_status model_hold(struct step *s, const sc_change *change)
{
	static const sc_bytes topic = { "hold", 4 };
	struct row *hold = model_row(s->m, &change->address);
	size_t index = (size_t)(hold - s->m->rows);
	struct taken *takes;
	sc_status status;
	size_t count = 0;

	if (model_present(s->m, hold, s->now_ms))
		return hold->fenced ? SC_FENCED : SC_EXISTS;
	takes = room_for_takes(s->m, change);
	status = claim(s, change, takes, &count);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < count; i++)
		model_account(s, model_row(s->m, &takes[i].account), (sc_counters){ .held = takes[i].quantity }, topic,
		              &change->address);
	hold = &s->m->rows[index]; /* rows may have moved */
	model_write(s, hold);
	hold->value.hold_state = SC_HOLD_HELD;
	hold->value.deadline_ms = change->ttl_ms == 0 ? 0 : s->now_ms + change->ttl_ms;
	hold->value.made_by = s->group->id;
	hold->takes = takes;
	hold->take_count = count;
	model_copy_takes(hold, s->outcome);
	return SC_OK;
}

/* SC_OK when the hold may still be turned into something. */
static sc_status still_held(struct step *s, const struct row *hold)
{
	if (!model_present(s->m, hold, s->now_ms))
		return SC_NOT_FOUND;
	if (hold->value.hold_state == SC_HOLD_EXPIRED)
		return SC_HOLD_LAPSED;
	if (hold->value.hold_state != SC_HOLD_HELD)
		return SC_HOLD_SETTLED;
	if (s->m->fault == MODEL_LAPSED_COMMITS)
		return SC_OK;
	return hold->value.deadline_ms != 0 && hold->value.deadline_ms <= s->now_ms ? SC_HOLD_LAPSED : SC_OK;
}

/* How much of one take is committed, out of what is left of its line's part. */
static int64_t part_of(const sc_change *change, const struct taken *take, int64_t *left)
{
	int64_t part;

	if (change->parts == NULL)
		return take->quantity;
	for (uint32_t i = 0; i < change->part_count; i++) {
		if (change->parts[i].line != take->line)
			continue;
		part = left[i] < take->quantity ? left[i] : take->quantity;
		left[i] -= part;
		return part;
	}
	return 0;
}

/* The takes as this commit leaves them; SC_OUT_OF_STOCK when it asks for more than was taken. */
static sc_status spread(struct step *s, const sc_change *change, const struct row *hold, const struct taken **out)
{
	struct taken *takes = model_keep(s->m, hold->takes, hold->take_count * sizeof(*takes));
	int64_t left[64];

	for (uint32_t i = 0; i < change->part_count; i++)
		left[i] = change->parts[i].quantity;
	for (size_t i = 0; i < hold->take_count; i++)
		takes[i].committed = part_of(change, &takes[i], left);
	for (uint32_t i = 0; i < change->part_count; i++) {
		if (left[i] > 0)
			return SC_OUT_OF_STOCK;
	}
	*out = takes;
	return SC_OK;
}

static sc_status skipped(struct step *s, const sc_change *change, sc_status status)
{
	if (!(change->flags & SC_SKIP) || s->m->fault == MODEL_SKIP_REFUSES)
		return status;
	s->outcome->flags |= SC_OUTCOME_SKIPPED;
	return SC_OK;
}

sc_status model_commit(struct step *s, const sc_change *change)
{
	static const sc_bytes topic = { "commit", 6 };
	struct row *hold = model_row(s->m, &change->address);
	sc_status status = still_held(s, hold);
	const struct taken *takes;

	if (status == SC_HOLD_SETTLED && hold->value.hold_state == SC_HOLD_COMMITTED) {
		if (spread(s, change, hold, &takes) == SC_OK &&
		    (hold->take_count == 0 || memcmp(takes, hold->takes, hold->take_count * sizeof(*takes)) == 0))
			return SC_OK;
	}
	if (status != SC_OK)
		return skipped(s, change, status);
	status = spread(s, change, hold, &takes);
	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < hold->take_count; i++) {
		sc_counters delta = { .held = -takes[i].quantity, .committed = takes[i].committed };

		if (s->m->fault == MODEL_REST_LOST)
			delta.held = -takes[i].committed;
		if (owes(s, &takes[i]))
			model_account(s, model_row(s->m, &takes[i].account), delta, topic, &change->address);
	}
	model_write(s, hold);
	hold->value.hold_state = SC_HOLD_COMMITTED;
	hold->value.deadline_ms = 0;
	hold->takes = takes;
	return SC_OK;
}

/* Units go back to accounts that still are the ones they came from. */
static void give_back(struct step *s, struct row *hold, uint32_t state, sc_bytes topic)
{
	bool committed = hold->value.hold_state == SC_HOLD_COMMITTED;

	for (size_t i = 0; i < hold->take_count; i++) {
		const struct taken *t = &hold->takes[i];
		struct row *account = model_row(s->m, &t->account);
		sc_counters delta = { .held = committed ? 0 : -t->quantity,
			              .committed = committed ? -t->committed : 0 };

		if (owes(s, t) && (delta.held != 0 || delta.committed != 0))
			model_account(s, account, delta, topic, &hold->value.address);
	}
	model_write(s, hold);
	hold->value.hold_state = state;
	hold->value.deadline_ms = 0;
}

static void leave_tombstone(struct step *s, struct row *hold)
{
	if (s->m->fault == MODEL_TOMBSTONE_FORGOTTEN)
		return;
	model_write(s, hold);
	hold->value.hold_state = SC_HOLD_RELEASED;
	hold->fenced = true;
}

/* What has left the house since cannot come back this way. */
static bool has_left(struct step *s, const struct row *hold)
{
	for (size_t i = 0; i < hold->take_count; i++) {
		const struct row *account = model_row(s->m, &hold->takes[i].account);
		int64_t back = 0;

		for (size_t n = 0; n < hold->take_count; n++) {
			if (sc_address_compare(&hold->takes[n].account, &hold->takes[i].account) == 0)
				back += hold->takes[n].committed;
		}
		if (owes(s, &hold->takes[i]) && account->value.counters.committed < back)
			return true;
	}
	return false;
}

/* A committed hold keeps so much of each line. */
static sc_status keep(struct step *s, const sc_change *change, struct row *hold)
{
	const struct taken *kept;
	sc_status status = spread(s, change, hold, &kept);
	bool same = true;

	if (status != SC_OK)
		return status;
	for (size_t i = 0; i < hold->take_count; i++) {
		if (kept[i].committed > hold->takes[i].committed)
			return SC_OUT_OF_STOCK;
		same = same && kept[i].committed == hold->takes[i].committed;
	}
	if (same)
		return SC_OK;
	for (size_t i = 0; i < hold->take_count; i++) {
		struct row *account = model_row(s->m, &kept[i].account);
		sc_counters delta = { .committed = kept[i].committed - hold->takes[i].committed };

		if (!owes(s, &kept[i]) || delta.committed == 0)
			continue;
		if (account->value.counters.committed + delta.committed < 0)
			return SC_WRONG_STATE;
		model_account(s, account, delta, SC_BYTES("release"), &change->address);
	}
	model_write(s, hold);
	hold->takes = kept;
	return SC_OK;
}

static sc_status release_in_parts(struct step *s, const sc_change *change, struct row *hold, uint32_t state)
{
	switch (state) {
	case SC_HOLD_COMMITTED:
		return keep(s, change, hold);
	case SC_HOLD_HELD:
		return skipped(s, change, SC_WRONG_STATE);
	case SC_HOLD_NONE:
		return skipped(s, change, SC_NOT_FOUND);
	default:
		return skipped(s, change, SC_HOLD_SETTLED);
	}
}

sc_status model_release(struct step *s, const sc_change *change)
{
	struct row *hold = model_row(s->m, &change->address);
	uint32_t state = model_present(s->m, hold, s->now_ms) ? hold->value.hold_state : SC_HOLD_NONE;
	bool live = state == SC_HOLD_HELD;

	if (change->parts != NULL)
		return release_in_parts(s, change, hold, state);
	if (state == SC_HOLD_COMMITTED && (change->flags & SC_RELEASE_COMMITTED))
		live = true;
	if (state == SC_HOLD_RELEASED && s->m->fault == MODEL_RELEASE_COUNTS_TWICE)
		live = true;
	if (live && state == SC_HOLD_COMMITTED && has_left(s, hold))
		return SC_WRONG_STATE;
	if (live) {
		give_back(s, hold, SC_HOLD_RELEASED, SC_BYTES("release"));
		return SC_OK;
	}
	if (state == SC_HOLD_COMMITTED)
		return skipped(s, change, SC_HOLD_SETTLED);
	if (change->flags & SC_SKIP)
		return skipped(s, change, SC_HOLD_SETTLED);
	if (state == SC_HOLD_NONE)
		leave_tombstone(s, hold);
	return SC_OK;
}

sc_status model_extend(struct step *s, const sc_change *change)
{
	struct row *hold = model_row(s->m, &change->address);
	sc_status status = still_held(s, hold);

	if (status != SC_OK)
		return skipped(s, change, status);
	model_write(s, hold);
	hold->value.deadline_ms = change->ttl_ms == 0 ? 0 : s->now_ms + change->ttl_ms;
	return SC_OK;
}

void model_lapse(struct step *s, struct row *hold)
{
	give_back(s, hold, SC_HOLD_EXPIRED, SC_BYTES("expire"));
}

void model_copy_takes(const struct row *hold, sc_outcome *out)
{
	for (size_t i = 0; i < hold->take_count; i++) {
		const struct taken *t = &hold->takes[i];

		if (out->take_count < out->take_capacity)
			out->takes[out->take_count] = (sc_take){ t->account, t->quantity, t->line, 0 };
		out->take_count++;
	}
}
