/*
 * Mending an account: a movement that makes up the difference, and where the journal itself cannot be believed a
 * baseline behind which it is.
 */
#include "verify/mend.h"

#include "base/arena.h"
#include "base/error.h"
#include "inventory/accounts.h"

#include <string.h>

sc_change sc__mend_movement(const sc_address *account, const sc_counters *delta)
{
	return (sc_change){ .address = *account,
		            .type = SC_CHANGE_ADJUST,
		            .flags = SC_ADJUST_FORCED,
		            .counters = *delta,
		            .topic = SC_BYTES(SC__REPAIR_REASON) };
}

/* As the record stands now: what is counted from here on begins with it. */
static sc_status decree(const sc__repairing *repair, const sc__account_mend *mend, const sc_record *record,
                        const sc_record *row, sc_change *out)
{
	const sc__audit_account *known = sc__audit_account_at(repair->verify, mend->account);
	if (known == NULL)
		return SC_NO_MEMORY;
	sc__baseline baseline = {
		.account = *mend->account, .upto = known->position, .entry = record->entry, .counters = record->counters
	};
	if (mend->newest > baseline.upto)
		baseline.upto = mend->newest;
	if (record->entry > baseline.upto)
		baseline.upto = record->entry;
	return sc__baseline_put(&baseline, row, repair->arena, out);
}

static sc_status load(const sc__repairing *repair, const sc_address *account, sc_record records[2], sc_error *err)
{
	sc_address addresses[2] = { *account };
	sc_status status = sc__baseline_address(account, repair->arena, &addresses[1]);
	if (status != SC_OK)
		return sc__fail(err, status, "no memory for a repair");
	return sc__load(repair->shop, repair->call, addresses, 2, 0, repair->arena, records, err);
}

sc_status sc__mend_account(sc__repairing *repair, const sc__account_mend *mend, bool *mended, sc_error *err)
{
	sc_record records[2];
	memset(records, 0, sizeof(records));
	sc_status status = load(repair, mend->account, records, err);
	if (status != SC_OK)
		return status;
	sc__mending mending;
	sc__mend_begin(repair, &mending);
	if (mend->needs_baseline) {
		sc_change put;
		status = decree(repair, mend, &records[0], &records[1], &put);
		if (status != SC_OK)
			return sc__fail(err, status, "no memory for a repair");
		sc__mend_add(repair, &mending, &put);
	}
	const sc_counters delta = { .on_hand = mend->delta.on_hand,
		                    .held = mend->delta.held,
		                    .committed = mend->delta.committed };
	const sc_change movement = sc__mend_movement(mend->account, &delta);
	sc__mend_add(repair, &mending, &movement);
	if (mend->sets_floor) {
		sc_change floor = sc__mend_movement(mend->account, &mend->delta);
		floor.type = SC_CHANGE_SET;
		floor.flags = SC_SET_FLOOR;
		sc__mend_add(repair, &mending, &floor);
	}
	return sc__mend_apply(repair, &mending, mended, err);
}
