/*
 * Reservations outside a checkout: a till, a back office, an integration. Each step is one group, and the store
 * decides it; nothing is read first that the decision would depend on.
 *
 * A reservation's id is also the id of the group that makes its hold, and lives in the hold's row. So a repeat finds
 * its own answer there, and a release that arrives first leaves a tombstone that the reservation cannot pass.
 */
#include "inventory/accounts.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/input.h"
#include "core/keys.h"

#include <string.h>

/* ---- reserve --------------------------------------------------------------------------- */

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

/* The answer to a repeat, from the hold that is there. `request` NULL: it is known to be the same. */
static sc_status answer_again(sc_shop *shop, const sc_call *call, sc_id id, const sc_reserve_request *request,
                              sc_arena *arena, sc_reservation *out, sc_error *err)
{
	const sc_address address = sc__reservation_address(&id);
	sc_record hold = { 0 };
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &hold, err);
	if (status == SC_OK && hold.version == 0)
		status = sc__fail(err, SC_NOT_FOUND, "the reservation is not there any more");
	if (status == SC_OK && request != NULL)
		status = check_same(&hold, request, arena, err);
	if (status == SC_OK)
		*out = (sc_reservation){ .id = id, .state = hold.hold_state, .deadline_ms = hold.deadline_ms };
	return status;
}

/* Applies the group. A reservation that only this call can name must not be left in the dark. */
static sc_status apply_reservation(sc_shop *shop, const sc_call *call, const sc_group *group, bool ours,
                                   sc_outcome *outcome, sc_error *err)
{
	if (ours)
		return sc__apply_settled(shop, call, group, &group->changes[0].address, outcome, err);
	return sc__apply_one(shop, call, group, outcome, err);
}

static sc_status reserve(sc_shop *shop, const sc_call *call, const sc_reserve_request *request, sc_arena *arena,
                         sc_reservation *out, sc_error *err)
{
	const bool named = !sc_id_is_zero(request->id), keyed = call->key != NULL && !named;
	sc__key_note note = { .made = named ? request->id : sc_id_make(shop->env) };
	sc_change changes[2];
	hash_request(request, &note);
	sc_status status = make_hold(shop, request, &note.made, arena, &changes[0], err);
	if (status == SC_OK && keyed)
		status = sc__key_change(shop, call, "inventory.reserve", &note, arena, &changes[1], err);
	if (status != SC_OK)
		return status;

	const sc_group group = { .id = note.made, .home = SC_HOME_FIRST, .changes = changes, .count = keyed ? 2 : 1 };
	sc_outcome outcome = { 0 };
	status = apply_reservation(shop, call, &group, !named && !keyed, &outcome, err);
	sc_id made;
	if (status == SC_EXISTS && keyed) {
		status = sc__key_repeat(shop, call, &changes[1], &note, &made, err);
		return status == SC_OK ? answer_again(shop, call, made, NULL, arena, out, err) : status;
	}
	if (status == SC_OK && (outcome.flags & SC_OUTCOME_REPEAT))
		return answer_again(shop, call, note.made, request, arena, out, err);
	if (status == SC_OK)
		*out = (sc_reservation){ .id = note.made,
			                 .state = SC_HOLD_HELD,
			                 .deadline_ms = outcome.time_ms + changes[0].ttl_ms };
	return status;
}

sc_status sc_inventory_reserve(sc_shop *shop, const sc_call *call, const sc_reserve_request *request,
                               sc_reservation *out, sc_error *err)
{
	sc_status status = check_request(request, err);
	if (status == SC_OK)
		status = sc__allow(call, SC__RESERVE, NULL, err);
	if (status != SC_OK)
		return status;
	char buffer[2048]; /* a few lines need no memory from the heap */
	sc_arena arena;
	sc_reservation answer;
	sc_arena_init_buffer(&arena, shop->env, buffer, sizeof(buffer));
	status = reserve(shop, call, request, &arena, &answer, err);
	if (status == SC_OK && out != NULL)
		*out = answer;
	sc_arena_clear(&arena);
	return status;
}

/* ---- more time, and the ends -------------------------------------------------------------------- */

static sc_status check_id(const sc_call *call, sc_id id, sc_error *err)
{
	if (sc_id_is_zero(id))
		return sc__bad(err, SC_BAD_ARGUMENT, "id", "is zero");
	return sc__allow(call, SC__RESERVE, NULL, err);
}

/* A change of a hold is conditional on the hold's state, so the group's id need not be kept. */
static sc_status apply_one_change(sc_shop *shop, const sc_call *call, const sc_change *change, sc_error *err)
{
	const sc_group group = { .id = sc_id_make(shop->env), .home = SC_HOME_NONE, .changes = change, .count = 1 };
	sc_outcome outcome = { 0 };
	return sc__apply_one(shop, call, &group, &outcome, err);
}

sc_status sc_inventory_extend(sc_shop *shop, const sc_call *call, sc_id id, int64_t ttl_ms, int64_t *deadline_ms,
                              sc_error *err)
{
	sc_status status = sc__input_range(ttl_ms, 0, SC__TTL_MAX_MS, -1, "ttl_ms", err);
	if (status == SC_OK)
		status = check_id(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_change extend = { .address = sc__reservation_address(&id),
		                   .type = SC_CHANGE_EXTEND,
		                   .ttl_ms = ttl_ms != 0 ? ttl_ms : shop->settings.hold_ttl_ms };
	const sc_group group = { .id = sc_id_make(shop->env), .home = SC_HOME_NONE, .changes = &extend, .count = 1 };
	sc_outcome outcome = { 0 };
	status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_OK && deadline_ms != NULL)
		*deadline_ms = outcome.time_ms + extend.ttl_ms;
	return status;
}

sc_status sc_inventory_commit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts,
                              size_t part_count, sc_error *err)
{
	if (part_count > SC_RESERVATION_LINES_MAX || (parts == NULL) != (part_count == 0))
		return sc__bad(err, SC_BAD_ARGUMENT, "parts", "at most one a line, or none to commit everything");
	for (size_t i = 0; i < part_count; i++)
		if (parts[i].line >= SC_RESERVATION_LINES_MAX || parts[i].quantity < 1 ||
		    parts[i].quantity > SC_QUANTITY_MAX)
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "parts", "no such line or quantity");
	sc_status status = check_id(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_change commit = { .address = sc__reservation_address(&id),
		                   .type = SC_CHANGE_COMMIT,
		                   .parts = parts,
		                   .part_count = (uint32_t)part_count };
	return apply_one_change(shop, call, &commit, err);
}

sc_status sc_inventory_release(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err)
{
	sc_status status = check_id(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_change release = { .address = sc__reservation_address(&id), .type = SC_CHANGE_RELEASE };
	return apply_one_change(shop, call, &release, err);
}

/* ---- looking it up --------------------------------------------------------------------- */

static sc_status show_takes(const sc_record *hold, sc_arena *arena, sc_reservation_detail *out, sc_error *err)
{
	sc_hold_take *takes;
	size_t count;
	sc_status status = sc_hold_takes(hold, arena, &takes, &count);
	if (status != SC_OK)
		return sc__fail(err, status, "a hold does not read");
	sc_reservation_take *shown = sc__arena_array(arena, count, sizeof(*shown));
	if (shown == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a reservation");
	for (size_t i = 0; i < count; i++) {
		const sc_address *account = &takes[i].take.account;
		shown[i] = (sc_reservation_take){ .sku = sc_arena_dup(arena, account->key, account->key_size),
			                          .location = sc_arena_dup(arena, account->sub, account->sub_size),
			                          .quantity = takes[i].take.quantity,
			                          .committed = takes[i].committed,
			                          .line = takes[i].take.line };
		if (shown[i].sku == NULL || shown[i].location == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for a reservation");
	}
	out->takes = shown;
	out->take_count = count;
	return SC_OK;
}

sc_status sc_inventory_get_reservation(sc_shop *shop, const sc_call *call, sc_id id, sc_arena *arena,
                                       sc_reservation_detail *out, sc_error *err)
{
	sc_status status = check_id(call, id, err);
	if (status != SC_OK)
		return status;
	const sc_address address = sc__reservation_address(&id);
	sc_record hold = { 0 };
	status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &hold, err);
	if (status != SC_OK)
		return status;
	if (hold.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "there is no such reservation");
	sc_reservation_detail detail = {
		.reservation = { .id = id, .state = hold.hold_state, .deadline_ms = hold.deadline_ms }
	};
	if (hold.body.size > 0) /* a tombstone took nothing */
		status = show_takes(&hold, arena, &detail, err);
	if (status == SC_OK)
		*out = detail;
	return status;
}

/* ---- fulfil ---------------------------------------------------------------------------- */

#define FULFILLED "fulfilled"

/* Only the first one can make this claim: a release repeats without complaint, the goods must not leave twice. */
static sc_change claim_fulfilment(const sc_id *id, char key[sizeof(FULFILLED) + sizeof(sc_id)])
{
	memcpy(key, FULFILLED, sizeof(FULFILLED));
	memcpy(key + sizeof(FULFILLED), id->bytes, sizeof(id->bytes));
	return (sc_change){
		.address = { .kind = SC_KIND_CLAIM, .key = key, .key_size = sizeof(FULFILLED) + sizeof(sc_id) },
		.type = SC_CHANGE_PUT,
		.condition = SC_IF_ABSENT
	};
}

static sc_status fulfil(sc_shop *shop, const sc_call *call, const sc_id *id, sc_arena *arena, sc_error *err)
{
	const sc_address address = sc__reservation_address(id);
	sc_record hold = { 0 };
	sc_hold_take *takes;
	size_t count;
	sc_status status = sc__load(shop, call, &address, 1, SC_READ_BODY, arena, &hold, err);
	if (status != SC_OK)
		return status;
	if (hold.version == 0)
		return sc__fail(err, SC_NOT_FOUND, "there is no such reservation");
	if (hold.hold_state != SC_HOLD_COMMITTED)
		return sc__fail(err, SC_HOLD_SETTLED, "the reservation is not committed, or its goods left already");
	status = sc_hold_takes(&hold, arena, &takes, &count);
	if (status != SC_OK)
		return sc__fail(err, status, "a hold does not read");
	sc_change *changes = sc__arena_array(arena, count + 2, sizeof(*changes));
	if (changes == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to fulfil a reservation");

	char key[sizeof(FULFILLED) + sizeof(sc_id)];
	changes[0] = claim_fulfilment(id, key);
	changes[1] = (sc_change){ .address = address, .type = SC_CHANGE_RELEASE, .flags = SC_RELEASE_COMMITTED };
	uint32_t used = 2;
	for (size_t i = 0; i < count; i++)
		if (takes[i].committed > 0)
			changes[used++] = (sc_change){ .address = takes[i].take.account,
				                       .type = SC_CHANGE_ADJUST,
				                       .flags = SC_ADJUST_FORCED,
				                       .counters = { .on_hand = -takes[i].committed },
				                       .topic = SC_BYTES("fulfil") };
	const sc_group group = { .id = sc_id_make(shop->env), .home = SC_HOME_NONE, .changes = changes, .count = used };
	sc_outcome outcome = { 0 };
	status = sc__apply_one(shop, call, &group, &outcome, err);
	if (status == SC_EXISTS)
		return sc__fail(err, SC_HOLD_SETTLED, "the goods left already");
	return status;
}

sc_status sc_inventory_fulfil(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err)
{
	sc_status status = check_id(call, id, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, shop->env);
	status = fulfil(shop, call, &id, &arena, err);
	sc_arena_clear(&arena);
	return status;
}

/* ---- expiry ---------------------------------------------------------------------------- */

sc_status sc_inventory_expire(sc_shop *shop, const sc_call *call, size_t max, size_t *done, int64_t *next_ms,
                              sc_error *err)
{
	if (max == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "max", "must be at least 1");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	size_t settled = 0;
	int64_t next = SC_NEVER;
	status = shop->store.ops->expire(shop->store.ctx, call, max, &settled, &next, err);
	if (status != SC_OK)
		return status;
	if (done != NULL)
		*done = settled;
	if (next_ms != NULL)
		*next_ms = next;
	return SC_OK;
}
