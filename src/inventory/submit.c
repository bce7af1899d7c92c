/*
 * Reservations that are submitted: the request is checked and copied, the steps are those of the caller who waits.
 */
#include "core/submit.h"
#include "base/arena.h"
#include "base/error.h"
#include "inventory/reserve.h"

#include <string.h>

/* ---- reserve ----------------------------------------------------------------------------- */

struct reserve_operation {
	sc_reserve_request request;
	sc_reservation answer;
	sc__reserving reserving;
};

static sc_status reserved(void *self, sc_status status)
{
	sc__submitted *s = self;
	const struct reserve_operation *operation = s->operation;
	s->reservation = &operation->answer;
	return status;
}

static sc_status begin_reserve(sc__submitted *s)
{
	struct reserve_operation *operation = s->operation;
	operation->reserving = (sc__reserving){
		.task = &s->task, .request = &operation->request, .then = { reserved, s }, .out = &operation->answer
	};
	return sc__reserve(&operation->reserving);
}

static bool copy_line(sc_arena *arena, sc_reserve_line *line)
{
	const char **names = NULL;
	if (line->locations != NULL) {
		names = sc__arena_array(arena, line->location_count, sizeof(*names));
		if (names == NULL)
			return false;
		memcpy(names, line->locations, line->location_count * sizeof(*names));
		line->locations = names;
	}
	for (uint32_t i = 0; i < line->location_count; i++)
		if (!sc__copy_text(arena, &names[i]))
			return false;
	return sc__copy_text(arena, &line->sku) && sc__copy_text(arena, &line->location);
}

static bool copy_request(sc_arena *arena, const sc_reserve_request *request, sc_reserve_request *out)
{
	sc_reserve_line *lines = sc__arena_array(arena, request->line_count, sizeof(*lines));
	if (lines == NULL)
		return false;
	memcpy(lines, request->lines, request->line_count * sizeof(*lines));
	for (size_t i = 0; i < request->line_count; i++)
		if (!copy_line(arena, &lines[i]))
			return false;
	*out = *request;
	out->lines = lines;
	return true;
}

sc_status sc_inventory_reserve_submit(sc_shop *shop, const sc_call *call, const sc_reserve_request *request,
                                      sc_on_completion done, void *context, uint64_t *ticket, sc_error *err)
{
	sc__submitted *s;
	sc_status status = sc__reserve_check(call, request, err);
	if (status == SC_OK)
		status = sc__submitted_new(shop, call, &s, err);
	if (status != SC_OK)
		return status;
	struct reserve_operation *operation = sc_arena_alloc(&s->arena, sizeof(*operation));
	if (operation == NULL || !copy_request(&s->arena, request, &operation->request))
		return sc__submitted_drop(s, err);
	s->operation = operation;
	s->begin = begin_reserve;
	return sc__submit(s, done, context, ticket);
}

/* ---- commit and release ------------------------------------------------------------------ */

struct end_operation {
	sc_id id;
	sc_change change;
	sc_group group;
	sc_outcome outcome;
};

static sc_status begin_end(sc__submitted *s)
{
	struct end_operation *operation = s->operation;
	operation->group = sc__reservation_group(&operation->change);
	operation->outcome = (sc_outcome){ 0 };
	return sc__want_outcome(&s->task, &operation->group, &operation->outcome, SC__END);
}

/* A request that ends reservation `id`; its change is still to be filled in. NO_MEMORY, BUSY. */
static sc_status end_new(sc_shop *shop, const sc_call *call, sc_id id, sc__submitted **out, sc_error *err)
{
	sc_status status = sc__submitted_new(shop, call, out, err);
	if (status != SC_OK)
		return status;
	struct end_operation *operation = sc_arena_alloc(&(*out)->arena, sizeof(*operation));
	if (operation == NULL)
		return sc__submitted_drop(*out, err);
	operation->id = id;
	(*out)->operation = operation;
	(*out)->begin = begin_end;
	return SC_OK;
}

sc_status sc_inventory_commit_submit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts,
                                     size_t part_count, sc_on_completion done, void *context, uint64_t *ticket,
                                     sc_error *err)
{
	sc__submitted *s;
	sc_status status = sc__commit_check(call, id, parts, part_count, err);
	if (status == SC_OK)
		status = end_new(shop, call, id, &s, err);
	if (status != SC_OK)
		return status;
	struct end_operation *operation = s->operation;
	sc_commit_part *copy = NULL;
	if (part_count > 0) {
		copy = sc__arena_array(&s->arena, part_count, sizeof(*copy));
		if (copy == NULL)
			return sc__submitted_drop(s, err);
		memcpy(copy, parts, part_count * sizeof(*copy));
	}
	operation->change = sc__commit_change(&operation->id, copy, part_count);
	return sc__submit(s, done, context, ticket);
}

sc_status sc_inventory_release_submit(sc_shop *shop, const sc_call *call, sc_id id, sc_on_completion done,
                                      void *context, uint64_t *ticket, sc_error *err)
{
	sc__submitted *s;
	sc_status status = sc__release_check(call, id, err);
	if (status == SC_OK)
		status = end_new(shop, call, id, &s, err);
	if (status != SC_OK)
		return status;
	struct end_operation *operation = s->operation;
	operation->change = sc__release_change(&operation->id);
	return sc__submit(s, done, context, ticket);
}
