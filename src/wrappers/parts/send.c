#include "wrappers/parts/send.h"

#include "base/arena.h"

bool sc__parcel_make(struct parcel *parcel, sc_arena *arena, size_t room)
{
	*parcel = (struct parcel){ .groups = sc__arena_array(arena, room + 1, sizeof(*parcel->groups)),
		                   .outcomes = sc__arena_array(arena, room + 1, sizeof(*parcel->outcomes)),
		                   .owners = sc__arena_array(arena, room + 1, sizeof(*parcel->owners)) };
	return parcel->groups != NULL && parcel->outcomes != NULL && parcel->owners != NULL;
}

void sc__parcel_add(struct parcel *parcel, const sc_group *group, const sc_outcome *arrays, void *owner)
{
	const size_t at = parcel->count++;

	parcel->groups[at] = *group;
	parcel->outcomes[at] = arrays != NULL ? *arrays : (sc_outcome){ 0 };
	parcel->outcomes[at].line = SC_NO_LINE;
	parcel->owners[at] = owner;
}

void sc__parcel_send(const struct parts *p, uint32_t part, const sc_call *call, struct parcel *parcel, sc_error *err)
{
	const sc_store *store = &p->stores[part];

	if (parcel->count == 0)
		return;
	sc_status status = store->ops->apply(store->ctx, call, parcel->groups, parcel->count, parcel->outcomes, err);
	for (size_t i = 0; status != SC_OK && i < parcel->count; i++)
		parcel->outcomes[i].status = status;
}

void sc__parcel_ask(const struct parts *p, uint32_t part, const sc_call *call, struct parcel *parcel)
{
	const sc_store *store = &p->stores[part];

	for (size_t i = 0; i < parcel->count; i++) {
		const sc_group_ref ref = { .id = parcel->groups[i].id };
		sc_outcome settled = parcel->outcomes[i]; /* with the caller's arrays */

		if (!sc_status_is_unknown(settled.status) ||
		    store->ops->resolve(store->ctx, call, &ref, 1, true, &settled, NULL) != SC_OK)
			continue;
		parcel->outcomes[i] = settled;
		parcel->outcomes[i].flags &= ~(uint32_t)SC_OUTCOME_REPEAT; /* it was our own sending */
		if (settled.status == SC_FENCED)
			parcel->outcomes[i].status = SC_STORE_FAILED;
	}
}
