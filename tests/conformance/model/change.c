/*
 * What changes do to records and accounts, and what is wrong with a group whatever is stored.
 */
#include "inside.h"

#define FRESH UINT64_MAX /* a row that this group wrote has this version until the group is through */

void model_write(struct step *s, struct row *row)
{
	size_t index = (size_t)(row - s->m->rows);

	s->wrote = true;
	row->value.version = FRESH;
	row->value.shape = sc_kind_find(row->value.address.kind)->shape;
	for (size_t i = 0; i < s->touched_count; i++) {
		if (s->touched[i] == index)
			return;
	}
	s->touched[s->touched_count++] = index;
}

static sc_status condition(struct step *s, const sc_change *change, const struct row *row)
{
	bool present = model_present(s->m, row, s->now_ms);
	uint32_t asked = change->condition;

	if (change->type == SC_CHANGE_CHECK && asked == SC_IF_ANY)
		asked = SC_IF_VERSION;
	if (asked == SC_IF_ABSENT)
		return present ? SC_EXISTS : SC_OK;
	if (asked == SC_IF_PRESENT || change->type == SC_CHANGE_PATCH) {
		if (!present)
			return SC_NOT_FOUND;
	}
	if (asked != SC_IF_VERSION || (s->m->fault == MODEL_LOST_UPDATE && !(change->flags & SC_SKIP)))
		return SC_OK; /* with that fault, apply compared before it took the lock */
	if (!present)
		return change->version == 0 ? SC_OK : SC_NOT_FOUND;
	return row->value.version == change->version ? SC_OK : SC_CHANGED;
}

static const sc_value *keep_columns(struct model *m, const sc_value *columns, uint32_t count)
{
	sc_value *kept = model_keep(m, columns, count * sizeof(*columns));

	for (uint32_t i = 0; i < count; i++)
		kept[i].bytes.data = model_keep(m, kept[i].bytes.data, kept[i].bytes.size);
	return kept;
}

static sc_bytes keep_bytes(struct model *m, sc_bytes bytes)
{
	return (sc_bytes){ model_keep(m, bytes.data, bytes.size), bytes.size };
}

static void tell(struct step *s, struct row *row, uint64_t version)
{
	if (sc_kind_find(row->value.address.kind)->flags & SC_KIND_TOUCH)
		model_entry(s, row, (sc_entry){ .type = SC_ENTRY_TOUCH, .version = version });
}

static void put(struct step *s, const sc_change *change, struct row *row)
{
	struct model *m = s->m;
	const sc_kind *kind = sc_kind_find(change->address.kind);

	if (!model_present(m, row, s->now_ms)) {
		row->value.entry = 0;
		if (kind->flags & SC_KIND_MADE_BY)
			row->value.made_by = s->group->id;
	}
	row->value.columns = keep_columns(m, change->columns, change->column_count);
	row->value.body = keep_bytes(m, change->body);
	row->value.personal = keep_bytes(m, change->personal);
	row->value.expires_ms = change->lifetime_ms == 0 ? 0 : s->now_ms + change->lifetime_ms;
	model_write(s, row);
	tell(s, row, FRESH);
}

static void patch(struct step *s, const sc_change *change, struct row *row)
{
	struct model *m = s->m;
	const sc_kind *kind = sc_kind_find(change->address.kind);
	sc_value columns[SC_COLUMNS_MAX];
	uint32_t given = 0;

	for (uint32_t i = 0; i < kind->column_count; i++) {
		columns[i] = row->value.columns[i];
		if (change->column_mask & (1u << i))
			columns[i] = change->columns[given++];
		else if (m->fault == MODEL_MASK_IGNORED && change->column_mask != 0)
			columns[i] = SC_VALUE_NONE;
	}
	row->value.columns = keep_columns(m, columns, kind->column_count);
	if (change->flags & SC_PATCH_BODY)
		row->value.body = keep_bytes(m, change->body);
	if (change->flags & SC_PATCH_PERSONAL)
		row->value.personal = keep_bytes(m, change->personal);
	model_write(s, row);
	tell(s, row, FRESH);
}

static sc_status record(struct step *s, const sc_change *change)
{
	struct row *row = model_row(s->m, &change->address);
	sc_status status = condition(s, change, row);

	if (row->fenced && change->type == SC_CHANGE_PUT)
		return SC_FENCED;
	if (status != SC_OK && (change->flags & SC_SKIP) && s->m->fault != MODEL_SKIP_REFUSES) {
		s->outcome->flags |= SC_OUTCOME_SKIPPED;
		return SC_OK;
	}
	if (status != SC_OK)
		return status;
	if (change->type == SC_CHANGE_PUT)
		put(s, change, row);
	if (change->type == SC_CHANGE_PATCH)
		patch(s, change, row);
	if (change->type == SC_CHANGE_DELETE && model_present(s->m, row, s->now_ms)) {
		model_write(s, row);
		row->value.version = 0;
		tell(s, row, 0);
	}
	return SC_OK;
}

static sc_status account(struct step *s, const sc_change *change)
{
	struct row *row = model_row(s->m, &change->address);
	sc_counters *is = &row->value.counters;
	sc_counters delta = change->counters, after;

	if (!model_present(s->m, row, s->now_ms)) {
		memset(is, 0, sizeof(*is));
		row->value.entry = 0;
		row->value.expires_ms = 0;
	}
	after = *is;
	if (change->type == SC_CHANGE_SET) {
		memset(&delta, 0, sizeof(delta));
		if (change->flags & SC_SET_ON_HAND)
			delta.on_hand = change->counters.on_hand - is->on_hand;
		if (change->flags & SC_SET_FLOOR)
			is->floor = change->counters.floor;
	} else if (__builtin_add_overflow(is->on_hand, delta.on_hand, &after.on_hand)) {
		return SC_OUT_OF_RANGE;
	} else {
		after.held += delta.held;
		after.committed += delta.committed;
		if (after.held < 0 || after.committed < 0)
			return SC_WRONG_STATE;
		if (!(change->flags & SC_ADJUST_FORCED) && sc_counters_free(&after) < 0 &&
		    sc_counters_free(&after) < sc_counters_free(is))
			return SC_OUT_OF_STOCK;
	}
	model_account(s, row, delta, change->topic, NULL);
	return SC_OK;
}

/* An event needs an earlier change of the group that wrote its row. */
static void event(struct step *s, const sc_change *change)
{
	struct row *row = model_row(s->m, &change->address);

	for (size_t i = 0; i < s->touched_count; i++) {
		if (&s->m->rows[s->touched[i]] == row) {
			model_entry(s, row,
			            (sc_entry){ .type = SC_ENTRY_EVENT, .topic = change->topic, .body = change->body });
			return;
		}
	}
}

sc_status model_change(struct step *s, const sc_change *change)
{
	switch (change->type) {
	case SC_CHANGE_ADJUST:
	case SC_CHANGE_SET:
		return account(s, change);
	case SC_CHANGE_HOLD:
		return model_hold(s, change);
	case SC_CHANGE_COMMIT:
		return model_commit(s, change);
	case SC_CHANGE_RELEASE:
		return model_release(s, change);
	case SC_CHANGE_EXTEND:
		return model_extend(s, change);
	case SC_CHANGE_APPEND:
		event(s, change);
		return SC_OK;
	default:
		return record(s, change);
	}
}

/* ---- validation ---------------------------------------------------------------------------- */

static sc_status validate_values(const sc_change *change, const sc_kind *kind)
{
	uint32_t given = 0;

	if (change->type == SC_CHANGE_PUT && change->column_count != kind->column_count)
		return SC_BAD_ARGUMENT;
	if (change->type == SC_CHANGE_PATCH && change->column_mask >> kind->column_count)
		return SC_BAD_ARGUMENT;
	for (uint32_t i = 0; i < kind->column_count && given < change->column_count; i++) {
		const sc_value *value = &change->columns[given];

		if (change->type == SC_CHANGE_PATCH && !(change->column_mask & (1u << i)))
			continue;
		given++;
		if (value->type != SC_VALUE_NULL && value->type != kind->columns[i].type)
			return SC_BAD_ARGUMENT;
		if (value->type == SC_VALUE_BYTES && value->bytes.size > SC_COLUMN_BYTES_MAX)
			return SC_OVER_LIMIT;
	}
	return change->body.size > SC_BODY_MAX || change->personal.size > SC_BODY_MAX ? SC_OVER_LIMIT : SC_OK;
}

static sc_status validate_hold(const sc_change *change)
{
	if (change->line_count == 0 || change->ttl_ms < 0)
		return SC_BAD_ARGUMENT;
	for (uint32_t i = 0; i < change->line_count; i++) {
		const sc_hold_line *line = &change->lines[i];

		if (line->quantity < 1 || line->source_count == 0)
			return SC_BAD_ARGUMENT;
		if (line->quantity > SC_QUANTITY_MAX || line->source_count > SC_SOURCES_MAX)
			return SC_OVER_LIMIT;
		for (uint32_t n = 0; n < line->source_count; n++) {
			const sc_kind *kind = sc_kind_find(line->sources[n].kind);

			if (kind == NULL || kind->kind_class != SC_CLASS_ACCOUNT)
				return SC_BAD_ARGUMENT;
		}
	}
	return SC_OK;
}

static bool fits_class(uint16_t type, uint16_t kind_class)
{
	if (type == SC_CHANGE_ADJUST || type == SC_CHANGE_SET)
		return kind_class == SC_CLASS_ACCOUNT;
	if (type >= SC_CHANGE_HOLD && type <= SC_CHANGE_EXTEND)
		return kind_class == SC_CLASS_HOLD;
	if (type == SC_CHANGE_CHECK || type == SC_CHANGE_APPEND)
		return true;
	return kind_class == SC_CLASS_RECORD || kind_class == SC_CLASS_CLAIM;
}

static sc_status validate_change(const sc_group *group, const sc_change *change)
{
	const sc_kind *kind = sc_kind_find(change->address.kind);
	bool bare = group->home == SC_HOME_NONE;

	if (change->type < SC_CHANGE_CHECK || change->type > SC_CHANGE_APPEND || kind == NULL ||
	    change->address.key_size == 0 || !fits_class(change->type, kind->kind_class))
		return SC_BAD_ARGUMENT;
	if (change->address.key_size > SC_KEY_MAX || change->address.sub_size > SC_KEY_MAX)
		return SC_OVER_LIMIT;
	if (bare && change->condition == SC_IF_ANY &&
	    (change->type == SC_CHANGE_PUT || change->type == SC_CHANGE_DELETE || change->type == SC_CHANGE_ADJUST))
		return SC_BAD_ARGUMENT;
	if (change->type == SC_CHANGE_HOLD)
		return validate_hold(change);
	return change->type == SC_CHANGE_PUT || change->type == SC_CHANGE_PATCH ? validate_values(change, kind) : SC_OK;
}

sc_status model_validate(const sc_group *group)
{
	const sc_change *first = group->changes;

	if (group->count == 0)
		return SC_BAD_ARGUMENT;
	if (group->count > SC_GROUP_CHANGES_MAX)
		return SC_OVER_LIMIT;
	for (uint32_t i = 0; i < group->count; i++) {
		sc_status status = validate_change(group, &group->changes[i]);

		if (status != SC_OK)
			return status;
	}
	if (group->home != SC_HOME_NONE && sc_id_is_zero(group->id))
		return SC_BAD_ARGUMENT;
	if (group->home == SC_HOME_FIRST && first->type != SC_CHANGE_HOLD &&
	    !(first->type == SC_CHANGE_PUT && first->condition == SC_IF_ABSENT &&
	      (sc_kind_find(first->address.kind)->flags & SC_KIND_MADE_BY)))
		return SC_BAD_ARGUMENT;
	return SC_OK;
}
