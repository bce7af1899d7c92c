/*
 * Making two copies of a cart alike. Both are read, the later one is written over the other on the condition that the
 * other is still as it was read; whoever came between is copied the next time.
 */
#include "wrappers/backed/backed.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

/* A copy ends so much earlier, so that a change that was made while it was copied is the later one. */
#define EARLIER_MS 1000

/* Writes for one of the two stores; each cart is a group of its own, so that one that changed meanwhile stops no
 * other. */
struct writes {
	const sc_store *store;
	sc_change *changes;
	sc_group *groups;
	sc_outcome *outcomes;
	size_t count;
};

static bool writes_init(struct writes *writes, const sc_store *store, size_t room, sc_arena *arena)
{
	*writes = (struct writes){ .store = store,
		                   .changes = sc_arena_zalloc(arena, room * sizeof *writes->changes),
		                   .groups = sc_arena_zalloc(arena, room * sizeof *writes->groups),
		                   .outcomes = sc_arena_zalloc(arena, room * sizeof *writes->outcomes) };
	return writes->changes != NULL && writes->groups != NULL && writes->outcomes != NULL;
}

static void add(struct writes *writes, sc_change change, const sc_record *over)
{
	change.condition = over->version == 0 ? SC_IF_ABSENT : SC_IF_VERSION;
	change.version = over->version;
	writes->changes[writes->count] = change;
	writes->groups[writes->count] = (sc_group){ .changes = &writes->changes[writes->count], .count = 1 };
	writes->count++;
}

static void add_put(struct writes *writes, const sc_record *from, const sc_record *over, int64_t now_ms)
{
	const int64_t left_ms = from->expires_ms == 0 ? 0 : from->expires_ms - now_ms - EARLIER_MS;
	if (from->expires_ms != 0 && left_ms <= 0)
		return; /* it has just ended */
	add(writes,
	    (sc_change){ .address = from->address,
	                 .type = SC_CHANGE_PUT,
	                 .body = from->body,
	                 .personal = from->personal,
	                 .lifetime_ms = left_ms },
	    over);
}

static void add_delete(struct writes *writes, const sc_record *over)
{
	add(writes, (sc_change){ .address = over->address, .type = SC_CHANGE_DELETE }, over);
}

/* Counts those that were done; a cart that changed meanwhile is nobody's failure. */
static sc_status send(struct writes *writes, const sc_call *call, _Atomic uint64_t *puts, _Atomic uint64_t *deletes,
                      sc_error *err)
{
	const sc_store *store = writes->store;
	if (writes->count == 0)
		return SC_OK;
	sc_status status = store->ops->apply(store->ctx, call, writes->groups, writes->count, writes->outcomes, err);
	for (size_t i = 0; i < writes->count && status == SC_OK; i++) {
		const sc_status one = writes->outcomes[i].status;
		if (one == SC_OK)
			atomic_fetch_add(writes->changes[i].type == SC_CHANGE_PUT ? puts : deletes, 1);
		else if (!sc_status_is_refusal(one))
			status = sc__fail(err, one, "a cart could not be copied");
	}
	return status;
}

/* A change renews the lifetime. */
static bool is_later(const sc_record *a, const sc_record *b)
{
	if (a->version == 0 || b->version == 0)
		return a->version != 0;
	return a->expires_ms > b->expires_ms;
}

static bool differ(const sc_record *a, const sc_record *b)
{
	return a->body.size != b->body.size || memcmp(a->body.data, b->body.data, a->body.size) != 0;
}

static void decide(const sc_record *quick, const sc_record *record, uint8_t removed, int64_t quick_ms,
                   int64_t record_ms, struct writes *to_quick, struct writes *to_record)
{
	if (removed == SC__REMOVED_QUICK && quick->version == 0) {
		if (record->version != 0)
			add_delete(to_record, record);
	} else if (removed == SC__REMOVED_RECORD && record->version == 0) {
		if (quick->version != 0)
			add_delete(to_quick, quick);
	} else if (is_later(record, quick)) {
		add_put(to_quick, record, quick, record_ms);
	} else if (quick->version != 0 && (record->version == 0 || differ(quick, record))) {
		add_put(to_record, quick, record, quick_ms);
	}
}

static sc_status load_all(const sc_store *store, const sc_call *call, const sc_address *carts, size_t count,
                          sc_arena *arena, sc_record **out, int64_t *now_ms, sc_error *err)
{
	*out = sc__arena_array(arena, count, sizeof **out);
	if (*out == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to copy carts");
	sc_status status = store->ops->load(store->ctx, call, carts, count, SC_READ_ALL, arena, *out, err);
	return status == SC_OK ? store->ops->now(store->ctx, call, now_ms, err) : status;
}

sc_status sc__backed_copy(sc__backed *backed, const sc_call *call, const sc_address *carts, const uint8_t *removed,
                          size_t count, sc_arena *arena, sc_error *err)
{
	sc_record *quick, *record;
	int64_t quick_ms = 0, record_ms = 0;
	struct writes to_quick, to_record;
	if (!writes_init(&to_quick, &backed->quick, count, arena) ||
	    !writes_init(&to_record, &backed->record, count, arena))
		return sc__fail(err, SC_NO_MEMORY, "no memory to copy carts");
	sc_status status = load_all(&backed->quick, call, carts, count, arena, &quick, &quick_ms, err);
	if (status == SC_OK)
		status = load_all(&backed->record, call, carts, count, arena, &record, &record_ms, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		decide(&quick[i], &record[i], removed == NULL ? SC__NOT_REMOVED : removed[i], quick_ms, record_ms,
		       &to_quick, &to_record);
	if (status == SC_OK)
		status = send(&to_record, call, &backed->behind, &backed->removed, err);
	if (status == SC_OK)
		status = send(&to_quick, call, &backed->restored, &backed->removed, err);
	return status;
}
