/*
 * Making a reservation outside a checkout: for a till, a back office, an integration. It is one group, and the store
 * decides it; nothing is read first that the decision would depend on.
 *
 * A reservation's id is also the id of the group that makes its hold, and lives in the hold's row. So a repeat finds
 * its own answer there, and a release that arrives first leaves a tombstone that the reservation cannot pass.
 */
#include "inventory/reserve.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "inventory/accounts.h"

#include <string.h>

/* ---- the request ------------------------------------------------------------------------- */

/* One location or a list, as a list. */
typedef struct place_list {
	const char *const *names;
	uint32_t count;
	const char *one;
} place_list;

static void places_of(const sc_reserve_line *line, place_list *out)
{
	out->one = line->location != NULL ? line->location : SC__LOCATION_MAIN;
	out->names = line->locations != NULL ? line->locations : &out->one;
	out->count = line->locations != NULL ? line->location_count : 1;
}

static sc_status check_places(const sc_reserve_line *line, int32_t index, sc_error *err)
{
	if ((line->locations == NULL) != (line->location_count == 0) ||
	    (line->locations != NULL && line->location != NULL))
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "locations", "name one location, or a list of them");
	if (line->location_count > SC_SOURCES_MAX)
		return sc__bad_at(err, SC_OVER_LIMIT, index, "locations", "at most %d", SC_SOURCES_MAX);
	if ((line->flags & ~(uint32_t)SC_RESERVE_SPLIT) != 0)
		return sc__bad_at(err, SC_BAD_ARGUMENT, index, "flags", "no such flag");
	for (uint32_t i = 0; i < line->location_count; i++) {
		sc_status status = sc__input_id(line->locations[i], index, "locations", err);
		for (uint32_t j = 0; j < i && status == SC_OK; j++)
			if (strcmp(line->locations[i], line->locations[j]) == 0)
				status = sc__bad_at(err, SC_BAD_ARGUMENT, index, "locations", "stands twice");
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status check_request(const sc_reserve_request *request, sc_error *err)
{
	if (request == NULL || request->size < sizeof(*request))
		return sc__bad(err, SC_BAD_ARGUMENT, "request", "is missing, or its size is not set");
	if (request->line_count == 0 || request->lines == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "lines", "name at least one line");
	if (request->line_count > SC_RESERVATION_LINES_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "lines", "at most %d", SC_RESERVATION_LINES_MAX);
	for (size_t i = 0; i < request->line_count; i++) {
		const sc_reserve_line *line = &request->lines[i];
		sc_status status = sc__stock_check(line->sku, line->location, (int32_t)i, err);
		if (status == SC_OK)
			status = check_places(line, (int32_t)i, err);
		if (status == SC_OK)
			status = sc__input_range(line->quantity, 1, SC_QUANTITY_MAX, (int32_t)i, "quantity", err);
		if (status != SC_OK)
			return status;
	}
	return sc__input_range(request->ttl_ms, 0, SC__TTL_MAX_MS, -1, "ttl_ms", err);
}

static void hash_request(const sc_reserve_request *request, sc__key_note *note)
{
	sc__digest digest;
	sc__digest_init(&digest);
	for (size_t i = 0; i < request->line_count; i++) {
		const sc_reserve_line *line = &request->lines[i];
		place_list places;
		places_of(line, &places);
		sc__digest_text(&digest, line->sku);
		for (uint32_t p = 0; p < places.count; p++)
			sc__digest_text(&digest, places.names[p]);
		sc__digest_int(&digest, line->flags);
		sc__digest_int(&digest, line->quantity);
	}
	sc__digest_int(&digest, request->ttl_ms);
	sc__digest_final(&digest, note->request);
}

static size_t count_places(const sc_reserve_request *request)
{
	size_t count = 0;
	for (size_t i = 0; i < request->line_count; i++)
		count += request->lines[i].locations != NULL ? request->lines[i].location_count : 1;
	return count;
}

static sc_status make_hold(sc_shop *shop, const sc_reserve_request *request, const sc_id *id, sc_arena *arena,
                           sc_change *out, sc_error *err)
{
	const size_t count = request->line_count;
	sc_hold_line *lines = sc__arena_array(arena, count, sizeof(*lines));
	sc_address *accounts = sc__arena_array(arena, count_places(request), sizeof(*accounts));
	if (lines == NULL || accounts == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a reservation");
	for (size_t i = 0; i < count; i++) {
		const sc_reserve_line *line = &request->lines[i];
		place_list places;
		places_of(line, &places);
		lines[i] = (sc_hold_line){ .sources = accounts,
			                   .source_count = places.count,
			                   .flags = (line->flags & SC_RESERVE_SPLIT) ? SC_LINE_SPLIT : 0,
			                   .quantity = line->quantity };
		for (uint32_t p = 0; p < places.count; p++)
			*accounts++ = sc__stock_address(line->sku, places.names[p]);
	}
	*out = (sc_change){ .address = sc__reservation_address(id),
		            .type = SC_CHANGE_HOLD,
		            .lines = lines,
		            .line_count = (uint32_t)count,
		            .ttl_ms = request->ttl_ms != 0 ? request->ttl_ms : shop->settings.hold_ttl_ms };
	return SC_OK;
}

static bool may_serve(const sc_reserve_line *line, const sc_address *account)
{
	place_list places;
	places_of(line, &places);
	for (uint32_t p = 0; p < places.count; p++) {
		const sc_address place = sc__stock_address(line->sku, places.names[p]);
		if (sc_address_compare(account, &place) == 0)
			return true;
	}
	return false;
}

/* Whether a hold took what the request asks for. Takes are in the order of the lines. */
static sc_status check_same(const sc_record *hold, const sc_reserve_request *request, sc_arena *arena, sc_error *err)
{
	sc_hold_take *takes;
	size_t count, at = 0;
	sc_status status = sc_hold_takes(hold, arena, &takes, &count);
	if (status != SC_OK)
		return sc__fail(err, status, "a hold does not read");
	bool same = true;
	for (size_t i = 0; i < request->line_count && same; i++) {
		int64_t left = request->lines[i].quantity;
		for (; at < count && takes[at].take.line == i && same; at++) {
			left -= takes[at].take.quantity;
			same = may_serve(&request->lines[i], &takes[at].take.account);
		}
		same = same && left == 0;
	}
	if (!same || at < count)
		return sc__fail(err, SC_KEY_REUSED, "the id stands for another reservation");
	return SC_OK;
}

/* ---- the group and its outcome ------------------------------------------------------------ */

static sc_status finish(sc__reserving *r, sc_status status)
{
	return r->then.step(r->then.self, status);
}

/* The answer to a repeat, from the hold that is there. */
static sc_status hold_read(void *self, sc_status status)
{
	sc__reserving *r = self;
	const sc_record *hold = &r->record;
	if (status == SC_OK && hold->version == 0)
		status = sc__fail(r->task->err, SC_NOT_FOUND, "the reservation is not there any more");
	if (status == SC_OK && !r->keyed) /* a key's hash says the same */
		status = check_same(hold, r->request, r->task->arena, r->task->err);
	if (status == SC_OK)
		*r->out = (sc_reservation){ .id = r->note.made,
			                    .state = hold->hold_state,
			                    .deadline_ms = hold->deadline_ms };
	return finish(r, status);
}

static sc_status answer_again(sc__reserving *r)
{
	r->address = sc__reservation_address(&r->note.made);
	return sc__want_rows(r->task, &r->address, 1, SC_READ_BODY, &r->record, (sc__then){ hold_read, r });
}

static sc_status key_read(void *self, sc_status status)
{
	sc__reserving *r = self;
	if (status == SC_OK)
		status = sc__key_compare(&r->record, &r->note, &r->note.made, r->task->err);
	return status == SC_OK ? answer_again(r) : finish(r, status);
}

static sc_status reserved(void *self, sc_status status)
{
	sc__reserving *r = self;
	const sc__task *task = r->task;
	/* one that only this call can name must not be left in the dark */
	if (sc_status_is_unknown(status) && !r->named && !r->keyed)
		status = sc__settle_unknown(task->shop, task->call, &r->group, &r->changes[0].address, status,
		                            &r->outcome, task->err);
	if (status == SC_EXISTS && r->keyed)
		return sc__want_rows(r->task, &r->changes[1].address, 1, SC_READ_BODY, &r->record,
		                     (sc__then){ key_read, r });
	if (status == SC_OK && (r->outcome.flags & SC_OUTCOME_REPEAT))
		return answer_again(r);
	if (status == SC_OK)
		*r->out = (sc_reservation){ .id = r->note.made,
			                    .state = SC_HOLD_HELD,
			                    .deadline_ms = r->outcome.time_ms + r->changes[0].ttl_ms };
	return finish(r, status);
}

sc_status sc__reserve_check(const sc_call *call, const sc_reserve_request *request, sc_error *err)
{
	sc_status status = check_request(request, err);
	return status == SC_OK ? sc__allow(call, SC__RESERVE, NULL, err) : status;
}

sc_status sc__reserve(sc__reserving *r)
{
	const sc__task *task = r->task;
	r->named = !sc_id_is_zero(r->request->id);
	r->keyed = task->call->key != NULL && !r->named;
	r->note.made = r->named ? r->request->id : sc_id_make(task->shop->env);
	if (r->keyed)
		hash_request(r->request, &r->note);
	sc_status status = make_hold(task->shop, r->request, &r->note.made, task->arena, &r->changes[0], task->err);
	if (status == SC_OK && r->keyed)
		status = sc__key_change(task->shop, task->call, "inventory.reserve", &r->note, task->arena,
		                        &r->changes[1], task->err);
	if (status != SC_OK)
		return finish(r, status);
	r->group = (sc_group){
		.id = r->note.made, .home = SC_HOME_FIRST, .changes = r->changes, .count = r->keyed ? 2 : 1
	};
	r->outcome = (sc_outcome){ 0 };
	return sc__want_outcome(r->task, &r->group, &r->outcome, (sc__then){ reserved, r });
}

/* ---- for a caller who waits -------------------------------------------------------------- */

sc_status sc_inventory_reserve(sc_shop *shop, const sc_call *call, const sc_reserve_request *request,
                               sc_reservation *out, sc_error *err)
{
	sc_status status = sc__reserve_check(call, request, err);
	if (status != SC_OK)
		return status;
	char buffer[2048]; /* a few lines need no memory from the heap */
	sc_arena arena;
	sc_reservation answer;
	sc_arena_init_buffer(&arena, shop->env, buffer, sizeof(buffer));
	sc__task task = { .shop = shop, .call = call, .arena = &arena, .err = err };
	sc__reserving reserving;
	reserving.task = &task;
	reserving.request = request;
	reserving.then = SC__END;
	reserving.out = &answer;
	status = sc__task_run(&task, sc__reserve(&reserving));
	if (status == SC_OK && out != NULL)
		*out = answer;
	sc_arena_clear(&arena);
	return status;
}
