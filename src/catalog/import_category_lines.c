/*
 * Lines of an import that are categories. They make what is not there, and change its name and its place among its
 * siblings; they never move it, because that is work on every product below.
 */
#include "catalog/import_batch.h"

#include "base/arena.h"
#include "base/error.h"
#include "catalog/category.h"
#include "core/access.h"
#include "core/handle.h"

#include <string.h>

/* The categories of a batch, one element each. */
struct category_lines {
	sc__import_entry **entries;
	const char **ids;
	sc_category *stored;
	sc__category_changes *room;
	sc_group *groups;
	sc_outcome *outcomes;
	size_t *owners; /* of each group: which line */
	size_t count, group_count;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for the categories of an import");
}

static bool is_category(const sc__import_entry *entry)
{
	return entry->error.status == SC_OK && entry->read.category.id != NULL;
}

static sc_status gather(const sc__import_batch *batch, struct category_lines *lines, sc_error *err)
{
	size_t count = 0;
	for (size_t i = 0; i < batch->count; i++)
		count += is_category(&batch->entries[i]);
	*lines = (struct category_lines){ .entries = sc__arena_array(batch->arena, count, sizeof(*lines->entries)),
		                          .ids = sc__arena_array(batch->arena, count, sizeof(*lines->ids)),
		                          .stored = sc__arena_array(batch->arena, count, sizeof(*lines->stored)),
		                          .room = sc__arena_array(batch->arena, count, sizeof(*lines->room)),
		                          .groups = sc__arena_array(batch->arena, count, sizeof(*lines->groups)),
		                          .outcomes = sc_arena_zalloc(batch->arena, count * sizeof(*lines->outcomes)),
		                          .owners = sc__arena_array(batch->arena, count, sizeof(*lines->owners)) };
	if (lines->entries == NULL || lines->ids == NULL || lines->stored == NULL || lines->room == NULL ||
	    lines->groups == NULL || lines->outcomes == NULL || lines->owners == NULL)
		return no_memory(err);
	for (size_t i = 0; i < batch->count; i++)
		if (is_category(&batch->entries[i])) {
			lines->entries[lines->count] = &batch->entries[i];
			lines->ids[lines->count++] = batch->entries[i].read.category.id;
		}
	return SC_OK;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static sc_status plan_line(sc__import_batch *batch, struct category_lines *lines, size_t i, sc_error *err)
{
	sc__import_entry *entry = lines->entries[i];
	const sc_category *want = &entry->read.category, *now = &lines->stored[i];
	if (now->version != 0 && !same_text(want->parent, now->parent)) {
		sc__bad(&entry->error, SC_WRONG_STATE, "parent", "it stands elsewhere, and an import moves nothing");
		return SC_OK;
	}
	entry->effect = now->version == 0 ? SC_PUT_CREATED : SC_PUT_CHANGED;
	if (now->version != 0 && strcmp(want->name, now->name) == 0 && want->position == now->position) {
		entry->effect = SC_PUT_UNCHANGED;
		return SC_OK;
	}
	sc_group *group = &lines->groups[lines->group_count];
	lines->owners[lines->group_count] = i;
	sc_status status = sc__category_plan(want, now->version, batch->arena, &lines->room[lines->group_count], group,
	                                     err);
	lines->group_count += status == SC_OK;
	return status;
}

static sc_status apply(const sc__import_batch *batch, const sc_call *call, struct category_lines *lines, sc_error *err)
{
	size_t slice = batch->shop->info.groups_max > 0 ? batch->shop->info.groups_max : lines->group_count;
	for (size_t first = 0; first < lines->group_count; first += slice) {
		size_t count = lines->group_count - first < slice ? lines->group_count - first : slice;
		sc_status status = sc__apply(batch->shop, call, lines->groups + first, count, lines->outcomes + first,
		                             err);
		if (status != SC_OK)
			return status;
	}
	for (size_t i = 0; i < lines->group_count; i++) {
		sc__import_entry *entry = lines->entries[lines->owners[i]];
		if (lines->outcomes[i].status == SC_OK)
			continue;
		entry->effect = SC_PUT_NOTHING;
		sc__category_refused(&entry->read.category, &lines->outcomes[i], &entry->error);
	}
	return SC_OK;
}

sc_status sc__import_write_category_lines(sc__import_batch *batch, const sc_call *call, sc_error *err)
{
	struct category_lines lines;
	sc_status status = gather(batch, &lines, err);
	if (status != SC_OK || lines.count == 0)
		return status;
	status = sc__allow(call, SC__WRITE_CATALOG, NULL, err);
	if (status == SC_OK)
		status = sc__category_load(batch->shop, call, lines.ids, lines.count, batch->arena, lines.stored, err);
	for (size_t i = 0; status == SC_OK && i < lines.count; i++)
		status = plan_line(batch, &lines, i, err);
	return status == SC_OK ? apply(batch, call, &lines, err) : status;
}
