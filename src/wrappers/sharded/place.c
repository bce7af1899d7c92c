/*
 * What lies where.
 *
 * What a person has goes by the person: cart, keys, claims, orders and all that hangs on an order's id. The catalogue,
 * the rules and the settings are on the first shard, because what is written to them is written together; they are read
 * often and changed seldom, which is what `cached` is for. Stock goes by location.
 */
#include "wrappers/sharded/sharded.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>
#include <xxhash.h>

static const char *const first_kinds[] = { "product", "sku", "category", "listing" };

static enum placed placed_by(const sc_kind *kind)
{
	if (kind->kind_class == SC_CLASS_HOLD)
		return PLACED_HOLD;
	if (kind->kind_class == SC_CLASS_ACCOUNT && strcmp(kind->name, "stock") == 0)
		return PLACED_LOCATION;
	for (size_t i = 0; i < sizeof(first_kinds) / sizeof(first_kinds[0]); i++)
		if (strcmp(kind->name, first_kinds[i]) == 0)
			return PLACED_FIRST;
	return kind->route == SC_ROUTE_FIXED ? PLACED_FIRST : PLACED_ROUTE;
}

void sc__sharded_kinds(struct sharded *s)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);

	for (size_t i = 0; i < count; i++) {
		if (kinds[i].number < SHARD_KINDS_MAX)
			s->placed[kinds[i].number] = (uint8_t)placed_by(&kinds[i]);
		if (strcmp(kinds[i].name, "setting") == 0)
			s->parts.setting_kind = kinds[i].number;
	}
}

static uint32_t place_of_location(const struct map *map, const char *name, size_t size)
{
	for (uint32_t i = 0; i < map->location_count; i++)
		if (strlen(map->locations[i].name) == size && memcmp(map->locations[i].name, name, size) == 0)
			return map->locations[i].shard;
	return map->stock[XXH3_64bits(name, size) % SLOTS];
}

static enum placed how(const struct sharded *s, uint16_t kind)
{
	return kind < SHARD_KINDS_MAX ? (enum placed)s->placed[kind] : PLACED_FIRST;
}

uint32_t sc__sharded_place(const struct parts *p, const sc_address *address)
{
	const struct sharded *s = (const struct sharded *)p;

	switch (how(s, address->kind)) {
	case PLACED_FIRST:
		return 0;
	case PLACED_LOCATION:
		return place_of_location(&s->map, address->sub, address->sub_size);
	case PLACED_ROUTE:
	case PLACED_HOLD:
		break;
	}
	return s->map.owner[sc_address_route(address) >> SLOT_SHIFT];
}

const char *sc_sharded_place(const sc_store *store, const sc_address *address)
{
	const struct sharded *s = store->ctx;

	if (store->ops->load != sc__sharded_load || !s->ready)
		return NULL;
	return s->names[sc__sharded_place(&s->parts, address)];
}

/* ---- changes ----------------------------------------------------------------------------- */

/* Where all that it claims is; PARTS_SEVERAL when that is not one shard. */
static uint32_t place_of_claims(const struct parts *p, const sc_change *hold)
{
	uint32_t place = PARTS_SEVERAL;

	for (uint32_t line = 0; line < hold->line_count; line++)
		for (uint32_t i = 0; i < hold->lines[line].source_count; i++) {
			const uint32_t one = p->place(p, &hold->lines[line].sources[i]);

			if (place != PARTS_SEVERAL && one != place)
				return PARTS_SEVERAL;
			place = one;
		}
	return place == PARTS_SEVERAL ? p->place(p, &hold->address) : place;
}

/* Its place when the group itself makes it before. */
static bool made_before(const sc_group *group, uint32_t at, const uint8_t *places, uint8_t *place)
{
	for (uint32_t i = at; i-- > 0;)
		if (group->changes[i].type == SC_CHANGE_HOLD &&
		    sc_address_compare(&group->changes[i].address, &group->changes[at].address) == 0) {
			*place = places[i];
			return true;
		}
	return false;
}

static bool is_of_hold(const sc_change *change)
{
	return change->type == SC_CHANGE_COMMIT || change->type == SC_CHANGE_RELEASE ||
	       change->type == SC_CHANGE_EXTEND;
}

/* The places of one group's changes. A group that has none gets its status; holds to be looked for are added. */
static void place_group(const struct parts *p, const sc_group *group, uint32_t index, uint8_t *places,
                        struct asked *asked, size_t *count, sc_outcome *out, sc_error *err)
{
	for (uint32_t i = 0; i < group->count; i++) {
		const sc_change *change = &group->changes[i];
		uint32_t place = p->place(p, &change->address);

		if (change->type == SC_CHANGE_HOLD)
			place = place_of_claims(p, change);
		if (place == PARTS_SEVERAL) {
			out->status = sc__bad_at(err, SC_UNSUPPORTED, (int32_t)index, "lines",
			                         "claim stock of several shards; split them by location");
			out->change = i;
			return;
		}
		places[i] = (uint8_t)place;
		if (is_of_hold(change) && !made_before(group, i, places, &places[i]))
			asked[(*count)++] = (struct asked){ &change->address, &places[i],
				                            change->type == SC_CHANGE_RELEASE &&
				                                    (change->flags & SC_SKIP) == 0 };
	}
}

/* Drops those that were found, and says where the others were not. */
static size_t keep_missing(struct asked *asked, const sc_record *found, size_t count, uint32_t part)
{
	size_t missing = 0;

	for (size_t i = 0; i < count; i++) {
		if (found[i].version == 0)
			asked[missing++] = asked[i];
		else if (part < PARTS_SEVERAL)
			*asked[i].place = (uint8_t)part;
	}
	return missing;
}

sc_status sc__sharded_find(struct parts *p, const sc_call *call, struct asked *asked, size_t *count, sc_arena *arena,
                           sc_error *err)
{
	sc_address *holds = sc__arena_array(arena, *count + 1, sizeof(*holds));
	sc_record *found = sc__arena_array(arena, *count + 1, sizeof(*found));
	sc_status status = SC_OK;

	if (holds == NULL || found == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for holds to be looked for");
	for (uint32_t look = 0; status == SC_OK && *count > 0 && look <= p->count; look++) {
		const uint32_t part = look == 0 ? PARTS_SEVERAL : look - 1; /* first where their orders are */

		for (size_t i = 0; i < *count; i++)
			holds[i] = *asked[i].hold;
		if (look == 0)
			status = sc__parts_load(p, call, holds, *count, 0, arena, found, err);
		else
			status = p->stores[part].ops->load(p->stores[part].ctx, call, holds, *count, 0, arena, found,
			                                   err);
		if (status == SC_OK)
			*count = keep_missing(asked, found, *count, part);
	}
	return status;
}

/* The release of a hold that is nowhere keeps it from ever coming; and it could come to any shard. One that came since
 * it was looked for is released by this. */
static sc_status fence_elsewhere(struct parts *p, const sc_call *call, const struct asked *asked, size_t count,
                                 sc_error *err)
{
	sc_status status = SC_OK;

	for (uint32_t part = 0; status == SC_OK && part < p->count; part++)
		for (size_t i = 0; status == SC_OK && i < count; i++) {
			const sc_change release = { .address = *asked[i].hold, .type = SC_CHANGE_RELEASE };
			const sc_group group = { .home = SC_HOME_NONE, .changes = &release, .count = 1 };
			sc_outcome outcome = { 0 };

			if (!asked[i].fences || *asked[i].place == part)
				continue;
			status = p->stores[part].ops->apply(p->stores[part].ctx, call, &group, 1, &outcome, err);
			status = status == SC_OK && !sc_status_is_refusal(outcome.status) ? outcome.status : status;
		}
	return status;
}

sc_status sc__sharded_place_changes(struct parts *p, const sc_call *call, const sc_group *groups, size_t count,
                                    sc_arena *arena, uint8_t *places, sc_outcome *out, sc_error *err)
{
	const struct sharded *s = (const struct sharded *)p;
	size_t changes = 0, holds = 0;

	if (!s->ready)
		return sc__fail(err, SC_WRONG_STATE, "a sharded store is prepared before it is used");
	for (size_t i = 0; i < count; i++)
		changes += groups[i].count;
	struct asked *asked = sc__arena_array(arena, changes + 1, sizeof(*asked));
	if (asked == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for holds to be looked for");
	for (size_t i = 0; i < count; i++) {
		place_group(p, &groups[i], (uint32_t)i, places, asked, &holds, &out[i], err);
		places += groups[i].count;
	}
	if (p->count == 1)
		return SC_OK;
	sc_status status = sc__sharded_find(p, call, asked, &holds, arena, err);
	return status == SC_OK ? fence_elsewhere(p, call, asked, holds, err) : status;
}
