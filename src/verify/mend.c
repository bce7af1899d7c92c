/*
 * One mend as one group: the guard's row first, then what the mend changes.
 */
#include "verify/mend.h"

#include "base/arena.h"
#include "base/error.h"

#define GUARD "audit.repair"

static const sc_address guard = { .kind = SC_KIND_SETTING, .key = GUARD, .key_size = sizeof(GUARD) - 1 };

sc_status sc__mend_guard(sc__repairing *repair, sc_error *err)
{
	sc_record row = { 0 };
	sc_status status = sc__load(repair->shop, repair->call, &guard, 1, 0, repair->arena, &row, err);
	repair->version = row.version;
	return status;
}

void sc__mend_begin(const sc__repairing *repair, sc__mending *mending)
{
	const sc_change put = { .address = guard,
		                .type = SC_CHANGE_PUT,
		                .condition = SC_IF_VERSION,
		                .version = repair->version,
		                .body = SC_BYTES("{}") };
	*mending = (sc__mending){ 0 };
	sc__mend_add(repair, mending, &put);
}

void sc__mend_add(const sc__repairing *repair, sc__mending *mending, const sc_change *change)
{
	if (mending->count == mending->room && !mending->failed) {
		const uint32_t room = mending->room < 8 ? 8 : 2 * mending->room;
		sc_change *changes = sc__arena_resize(repair->arena, mending->changes, mending->room * sizeof(*changes),
		                                      room * sizeof(*changes));
		mending->failed = changes == NULL;
		if (mending->failed)
			return;
		mending->changes = changes;
		mending->room = room;
	}
	if (!mending->failed)
		mending->changes[mending->count++] = *change;
}

sc_status sc__mend_apply(sc__repairing *repair, const sc__mending *mending, bool *mended, sc_error *err)
{
	*mended = false;
	if (mending->failed)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a repair");
	const sc_group group = { .id = sc_id_make(repair->shop->env),
		                 .home = SC_HOME_NONE,
		                 .changes = mending->changes,
		                 .count = mending->count };
	sc_outcome outcome = { 0 };
	sc_error refusal = SC_ERROR_INIT;
	sc_status status = sc__apply_one(repair->shop, repair->call, &group, &outcome, &refusal);
	if (status == SC_OK) {
		repair->version = outcome.position;
		*mended = true;
		return SC_OK;
	}
	if (status == SC_CHANGED && outcome.change == 0)
		return sc__fail(err, SC_BUSY, "another repair is at work");
	if (sc_status_is_refusal(status) || status == SC_DAMAGED)
		return SC_OK;
	if (err != NULL)
		*err = refusal;
	return status;
}
