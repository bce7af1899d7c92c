/*
 * What is wrong with a group whatever the store holds. Checked before anything is locked, and
 * answered for that group alone: a combiner mixes the groups of strangers in one batch.
 */
#include "store/batch.h"

#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>

/* Far enough away for any deadline, and a sum with any clock still fits. */
#define INTERVAL_MAX_MS (INT64_C(1) << 60)

struct check {
	sc_error *err;
	int32_t index; /* of the group */
	uint32_t change;
};

SC_PRINTF(4, 5)
static sc_status bad(const struct check *check, sc_status status, const char *text, const char *format, ...)
{
	char field[sizeof((sc_error *)0)->field];
	char inner[32];
	va_list args;
	va_start(args, format);
	vsnprintf(inner, sizeof inner, format, args);
	va_end(args);
	snprintf(field, sizeof field, "changes[%u].%s", (unsigned)check->change, inner);
	return sc__bad_at(check->err, status, check->index, field, "%s", text);
}

sc_status sc__address_validate(const sc_address *address, int32_t index, const char *field, sc_error *err)
{
	char path[sizeof((sc_error *)0)->field];
	const char *part = NULL;
	sc_status status = SC_BAD_ARGUMENT;
	if (sc_kind_find(address->kind) == NULL)
		part = "kind";
	else if (address->key_size < 1 || address->key == NULL)
		part = "key";
	else if (address->sub_size > 0 && address->sub == NULL)
		part = "sub";
	else if (address->key_size > SC_KEY_MAX || address->sub_size > SC_KEY_MAX) {
		part = address->key_size > SC_KEY_MAX ? "key" : "sub";
		status = SC_OVER_LIMIT;
	}
	if (part == NULL)
		return SC_OK;
	snprintf(path, sizeof path, "%s.%s", field, part);
	return sc__bad_at(err, status, index, path, "no address can have this");
}

/* ---- parts that several types share ---- */

static sc_status check_size(const struct check *check, sc_bytes bytes, size_t max, const char *name)
{
	if (bytes.size > max)
		return bad(check, SC_OVER_LIMIT, "too long", "%s", name);
	if (bytes.size > 0 && bytes.data == NULL)
		return bad(check, SC_BAD_ARGUMENT, "has a size but no bytes", "%s", name);
	return SC_OK;
}

static sc_status check_interval(const struct check *check, int64_t interval_ms, const char *name)
{
	if (interval_ms < 0)
		return bad(check, SC_BAD_ARGUMENT, "an interval is not negative", "%s", name);
	if (interval_ms > INTERVAL_MAX_MS)
		return bad(check, SC_OUT_OF_RANGE, "too far in the future", "%s", name);
	return SC_OK;
}

static sc_status check_value(const struct check *check, const sc_value *value, const sc_column *column, uint32_t n)
{
	if (value->type != SC_VALUE_NULL && value->type != column->type)
		return bad(check, SC_BAD_ARGUMENT, "not the type of this column", "columns[%u]", (unsigned)n);
	if (value->type != SC_VALUE_BYTES)
		return SC_OK;
	if (value->bytes.size > SC_COLUMN_BYTES_MAX)
		return bad(check, SC_OVER_LIMIT, "too long for a column", "columns[%u]", (unsigned)n);
	if (value->bytes.size > 0 && value->bytes.data == NULL)
		return bad(check, SC_BAD_ARGUMENT, "has a size but no bytes", "columns[%u]", (unsigned)n);
	return SC_OK;
}

static sc_status check_parts(const struct check *check, const sc_change *change, const sc_kind *kind)
{
	sc_status status = check_size(check, change->body, SC_BODY_MAX, "body");
	if (status == SC_OK)
		status = check_size(check, change->personal, SC_BODY_MAX, "personal");
	if (status == SC_OK && change->personal.size > 0 && (kind->flags & SC_KIND_PERSONAL) == 0)
		return bad(check, SC_BAD_ARGUMENT, "this kind has no personal part", "personal");
	return status;
}

/* ---- records ---- */

static sc_status check_put(const struct check *check, const sc_change *change, const sc_kind *kind)
{
	if (change->column_count != kind->column_count || (change->column_count > 0 && change->columns == NULL))
		return bad(check, SC_BAD_ARGUMENT, "must be all columns of the kind", "columns");
	for (uint32_t i = 0; i < change->column_count; i++) {
		sc_status status = check_value(check, &change->columns[i], &kind->columns[i], i);
		if (status != SC_OK)
			return status;
	}
	if (change->lifetime_ms > 0 && (kind->flags & SC_KIND_LIFETIME) == 0)
		return bad(check, SC_BAD_ARGUMENT, "this kind has no lifetimes", "lifetime_ms");
	sc_status status = check_interval(check, change->lifetime_ms, "lifetime_ms");
	return status != SC_OK ? status : check_parts(check, change, kind);
}

static sc_status check_patch(const struct check *check, const sc_change *change, const sc_kind *kind)
{
	if (change->condition == SC_IF_ABSENT)
		return bad(check, SC_BAD_ARGUMENT, "a record that is absent cannot be patched", "condition");
	if ((change->column_mask >> kind->column_count) != 0 ||
	    (uint32_t)__builtin_popcount(change->column_mask) != change->column_count ||
	    (change->column_count > 0 && change->columns == NULL))
		return bad(check, SC_BAD_ARGUMENT, "does not fit the columns", "column_mask");
	if (change->column_count == 0 && (change->flags & (SC_PATCH_BODY | SC_PATCH_PERSONAL)) == 0)
		return bad(check, SC_BAD_ARGUMENT, "nothing to patch", "column_mask");
	uint32_t given = 0;
	for (uint32_t i = 0; i < kind->column_count; i++) {
		if ((change->column_mask & (1u << i)) == 0)
			continue;
		sc_status status = check_value(check, &change->columns[given++], &kind->columns[i], i);
		if (status != SC_OK)
			return status;
	}
	return check_parts(check, change, kind);
}

static sc_status check_condition(const struct check *check, const sc_group *group, const sc_change *change)
{
	if (change->condition > SC_IF_PRESENT)
		return bad(check, SC_BAD_ARGUMENT, "no such condition", "condition");
	if (change->version >= SC__FRESH)
		return bad(check, SC_BAD_ARGUMENT, "no version is as high", "version");
	bool needs_one = change->type == SC_CHANGE_PUT || change->type == SC_CHANGE_DELETE;
	if (needs_one && change->condition == SC_IF_ANY && group->home == SC_HOME_NONE)
		return bad(check, SC_BAD_ARGUMENT, "needs a condition, or a group whose id is kept", "condition");
	if (change->type == SC_CHANGE_DELETE && change->condition == SC_IF_ABSENT)
		return bad(check, SC_BAD_ARGUMENT, "what is absent cannot be deleted", "condition");
	return SC_OK;
}

/* ---- holds ---- */

static sc_status check_source(const struct check *check, const sc_change *change, uint32_t n, const sc_address *source)
{
	sc_status status = sc__address_validate(source, check->index, "sources", NULL);
	const sc_kind *kind = sc_kind_find(source->kind);
	if (status != SC_OK)
		return bad(check, status, "no address can have this", "lines[%u].sources", (unsigned)n);
	if (kind->kind_class != SC_CLASS_ACCOUNT)
		return bad(check, SC_BAD_ARGUMENT, "not a kind of account", "lines[%u].sources", (unsigned)n);
	bool makes = (change->lines[n].flags & SC_LINE_LIMIT) != 0;
	if (makes && change->lifetime_ms > 0 && (kind->flags & SC_KIND_LIFETIME) == 0)
		return bad(check, SC_BAD_ARGUMENT, "this kind has no lifetimes", "lifetime_ms");
	return SC_OK;
}

static sc_status check_line(const struct check *check, const sc_change *change, uint32_t n)
{
	const sc_hold_line *line = &change->lines[n];
	unsigned shown = (unsigned)n;
	if (line->quantity < 1)
		return bad(check, SC_BAD_ARGUMENT, "must be at least 1", "lines[%u].quantity", shown);
	if (line->quantity > SC_QUANTITY_MAX)
		return bad(check, SC_OVER_LIMIT, "more than a line may hold", "lines[%u].quantity", shown);
	if (line->source_count < 1 || line->sources == NULL)
		return bad(check, SC_BAD_ARGUMENT, "at least one is needed", "lines[%u].sources", shown);
	if (line->source_count > SC_SOURCES_MAX)
		return bad(check, SC_OVER_LIMIT, "too many", "lines[%u].sources", shown);
	if ((line->flags & ~(uint32_t)(SC_LINE_SPLIT | SC_LINE_LIMIT)) != 0)
		return bad(check, SC_BAD_ARGUMENT, "no such flag", "lines[%u].flags", shown);
	if ((line->flags & SC_LINE_LIMIT) != 0 && line->limit < 0)
		return bad(check, SC_BAD_ARGUMENT, "must not be negative", "lines[%u].limit", shown);
	for (uint32_t i = 0; i < line->source_count; i++) {
		sc_status status = check_source(check, change, n, &line->sources[i]);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status check_hold(const struct check *check, const sc_change *change)
{
	if (change->line_count < 1 || change->lines == NULL)
		return bad(check, SC_BAD_ARGUMENT, "at least one is needed", "lines");
	if (change->line_count > SC_RESERVATION_LINES_MAX)
		return bad(check, SC_OVER_LIMIT, "too many", "lines");
	sc_status status = check_interval(check, change->ttl_ms, "ttl_ms");
	if (status == SC_OK)
		status = check_interval(check, change->lifetime_ms, "lifetime_ms");
	for (uint32_t i = 0; i < change->line_count && status == SC_OK; i++)
		status = check_line(check, change, i);
	return status;
}

static sc_status check_commit_parts(const struct check *check, const sc_change *change)
{
	if (change->part_count > SC_RESERVATION_LINES_MAX)
		return bad(check, SC_OVER_LIMIT, "too many", "parts");
	if (change->part_count > 0 && change->parts == NULL)
		return bad(check, SC_BAD_ARGUMENT, "counted but not there", "parts");
	for (uint32_t i = 0; i < change->part_count; i++) {
		if (change->parts[i].quantity < 0)
			return bad(check, SC_BAD_ARGUMENT, "must not be negative", "parts[%u].quantity", (unsigned)i);
		for (uint32_t j = 0; j < i; j++)
			if (change->parts[j].line == change->parts[i].line)
				return bad(check, SC_BAD_ARGUMENT, "a line is named once", "parts[%u].line",
				           (unsigned)i);
	}
	return SC_OK;
}

/* ---- one change, and the group ---- */

struct rule {
	uint32_t flags;   /* that the type may have */
	uint32_t classes; /* bits of the classes it may be about */
};

#define CLASS(name) (1u << SC_CLASS_##name)
#define RECORDS     (CLASS(RECORD) | CLASS(CLAIM))

static const struct rule rules[] = {
	[SC_CHANGE_CHECK] = { 0, RECORDS | CLASS(ACCOUNT) | CLASS(HOLD) },
	[SC_CHANGE_PUT] = { SC_SKIP, RECORDS },
	[SC_CHANGE_PATCH] = { SC_SKIP | SC_PATCH_PERSONAL | SC_PATCH_BODY, RECORDS },
	[SC_CHANGE_DELETE] = { SC_SKIP, RECORDS },
	[SC_CHANGE_ADJUST] = { SC_ADJUST_FORCED, CLASS(ACCOUNT) },
	[SC_CHANGE_SET] = { SC_SET_ON_HAND | SC_SET_FLOOR, CLASS(ACCOUNT) },
	[SC_CHANGE_HOLD] = { 0, CLASS(HOLD) },
	[SC_CHANGE_COMMIT] = { SC_SKIP, CLASS(HOLD) },
	[SC_CHANGE_RELEASE] = { SC_SKIP | SC_RELEASE_COMMITTED | SC_RELEASE_DAMAGED, CLASS(HOLD) },
	[SC_CHANGE_EXTEND] = { SC_SKIP, CLASS(HOLD) },
	[SC_CHANGE_APPEND] = { 0, RECORDS | CLASS(ACCOUNT) | CLASS(HOLD) },
};

static sc_status check_own(const struct check *check, const sc_change *change, const sc_kind *kind)
{
	switch (change->type) {
	case SC_CHANGE_PUT:
		return check_put(check, change, kind);
	case SC_CHANGE_PATCH:
		return check_patch(check, change, kind);
	case SC_CHANGE_SET:
		if ((change->flags & (SC_SET_ON_HAND | SC_SET_FLOOR)) == 0)
			return bad(check, SC_BAD_ARGUMENT, "nothing to set", "flags");
		return SC_OK;
	case SC_CHANGE_HOLD:
		return check_hold(check, change);
	case SC_CHANGE_COMMIT:
		return check_commit_parts(check, change);
	case SC_CHANGE_RELEASE:
		if (change->parts != NULL && (change->flags & SC_RELEASE_COMMITTED) == 0)
			return bad(check, SC_BAD_ARGUMENT, "only of what is committed", "parts");
		return check_commit_parts(check, change);
	case SC_CHANGE_EXTEND:
		return check_interval(check, change->ttl_ms, "ttl_ms");
	case SC_CHANGE_APPEND:
		if (change->topic.size == 0)
			return bad(check, SC_BAD_ARGUMENT, "an event has a topic", "topic");
		return check_size(check, change->body, SC_BODY_MAX, "body");
	default:
		return SC_OK;
	}
}

static sc_status check_change(const struct check *check, const sc_group *group, const sc_change *change)
{
	if (change->type < SC_CHANGE_CHECK || change->type > SC_CHANGE_APPEND)
		return bad(check, SC_BAD_ARGUMENT, "no such change", "type");
	sc_status status = sc__address_validate(&change->address, check->index, "address", NULL);
	if (status != SC_OK)
		return bad(check, status, "no address can have this", "address");
	const struct rule *rule = &rules[change->type];
	const sc_kind *kind = sc_kind_find(change->address.kind);
	if ((rule->classes & (1u << kind->kind_class)) == 0)
		return bad(check, SC_BAD_ARGUMENT, "this change is not for this class of kinds", "address.kind");
	if ((change->flags & ~rule->flags) != 0)
		return bad(check, SC_BAD_ARGUMENT, "no flag of this change", "flags");
	if (change->type <= SC_CHANGE_DELETE) {
		status = check_condition(check, group, change);
		if (status != SC_OK)
			return status;
	}
	status = check_size(check, change->topic, SC_NOTE_MAX, "topic");
	return status != SC_OK ? status : check_own(check, change, kind);
}

/* Whether a second landing of the group is refused because of this change. */
static bool refuses_repeat(const sc_change *change)
{
	if (change->type == SC_CHANGE_HOLD)
		return true;
	if ((change->flags & SC_SKIP) != 0)
		return false;
	if (change->type == SC_CHANGE_PUT && change->condition == SC_IF_ABSENT)
		return true;
	bool writes = change->type >= SC_CHANGE_PUT && change->type <= SC_CHANGE_DELETE;
	return writes && change->condition == SC_IF_VERSION;
}

static sc_status check_adjusts(const sc_group *group, int32_t index, sc_error *err)
{
	bool adjusts = false;
	for (uint32_t i = 0; i < group->count; i++) {
		if (refuses_repeat(&group->changes[i]))
			return SC_OK;
		adjusts = adjusts || group->changes[i].type == SC_CHANGE_ADJUST;
	}
	if (!adjusts)
		return SC_OK;
	return sc__bad_at(err, SC_BAD_ARGUMENT, index, "home", "nothing would refuse a repeat of this adjustment");
}

static sc_status check_home(const sc_group *group, int32_t index, sc_error *err)
{
	if (group->home > SC_HOME_FIRST)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "home", "no such home");
	if (group->home == SC_HOME_NONE)
		return check_adjusts(group, index, err);
	if (sc_id_is_zero(group->id))
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "id", "an id that is kept is not empty");
	if (group->home == SC_HOME_TABLE)
		return SC_OK;
	const sc_change *first = &group->changes[0];
	bool makes = first->type == SC_CHANGE_HOLD ||
	             (first->type == SC_CHANGE_PUT && first->condition == SC_IF_ABSENT && first->flags == 0);
	if (!makes || (sc_kind_find(first->address.kind)->flags & SC_KIND_MADE_BY) == 0)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "home",
		                  "the first change makes no row that keeps an id");
	return SC_OK;
}

sc_status sc__group_validate(const sc_group *group, int32_t index, sc_error *err)
{
	if (group->count < 1 || group->changes == NULL)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "changes", "a group has at least one");
	if (group->count > SC_GROUP_CHANGES_MAX)
		return sc__bad_at(err, SC_OVER_LIMIT, index, "changes", "too many in one group");
	bool keeps = (group->flags & SC_GROUP_KEEP_REFUSAL) != 0;
	if ((group->flags & ~(uint32_t)SC_GROUP_KEEP_REFUSAL) != 0 || (keeps && group->home != SC_HOME_TABLE))
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "flags", "no flag of this group");
	for (uint32_t i = 0; i < group->count; i++) {
		const struct check check = { err, index, i };
		sc_status status = check_change(&check, group, &group->changes[i]);
		if (status != SC_OK)
			return status;
	}
	return check_home(group, index, err);
}
