/* See apply_halved.h. */
#include "store/apply_halved.h"

#include "base/error.h"

#include <string.h>

/* Two poisoned groups among a thousand are found with about forty. */
#define TRIES_MAX 64

struct halving {
	const sc_store *store;
	const sc_call *call;
	const sc_group *groups;
	sc_outcome *outcomes;
	sc_error *err;
	unsigned tries;
	bool named;   /* `err` names a bad group already */
	bool decided; /* a part of the groups was decided by the store */
	sc_status last;
};

/* Whether another try with fewer groups may end otherwise. */
static bool may_be_poisoned(sc_status status)
{
	return sc_status_is_failure(status) && status != SC_BUSY && status != SC_DEADLINE && status != SC_CANCELLED &&
	       status != SC_SCHEMA_TOO_NEW;
}

static void give_all(struct halving *halving, size_t from, size_t count, sc_status status)
{
	halving->last = status;
	for (size_t i = from; i < from + count; i++) {
		halving->outcomes[i].status = status;
		halving->outcomes[i].flags = 0;
		halving->outcomes[i].take_count = halving->outcomes[i].after_count = 0;
	}
}

/* The first bad group of all, counted from the start of all. */
static void keep_error(struct halving *halving, const sc_error *err, size_t from)
{
	if (halving->err == NULL || err->status == SC_OK)
		return;
	if (halving->named)
		return;
	*halving->err = *err;
	halving->named = sc_status_is_bad_input(err->status);
	if (halving->named && err->index >= 0)
		halving->err->index += (int32_t)from;
}

static void apply_part(struct halving *halving, size_t from, size_t count)
{
	sc_error err = SC_ERROR_INIT;
	halving->tries++;
	sc_status status = halving->store->ops->apply(halving->store->ctx, halving->call, halving->groups + from, count,
	                                              halving->outcomes + from, &err);
	if (status != SC_OK && err.status != status)
		sc__fail(&err, status, "%s", sc_status_text(status));
	keep_error(halving, &err, from);
	if (status == SC_OK) {
		halving->decided = true;
	} else if (count > 1 && may_be_poisoned(status) && halving->tries < TRIES_MAX) {
		apply_part(halving, from, count / 2);
		apply_part(halving, from + count / 2, count - count / 2);
	} else {
		give_all(halving, from, count, status);
	}
}

static bool all_alike(const sc_outcome *outcomes, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (outcomes[i].status != outcomes[0].status)
			return false;
	return true;
}

sc_status sc__apply_halved(const sc_store *store, size_t most, const sc_call *call, const sc_group *groups,
                           size_t count, sc_outcome *outcomes, sc_error *err)
{
	struct halving halving = { .store = store, .call = call, .groups = groups, .outcomes = outcomes, .err = err };
	for (size_t from = 0; from < count; from += most)
		apply_part(&halving, from, count - from < most ? count - from : most);
	return !halving.decided && all_alike(outcomes, count) ? halving.last : SC_OK;
}
