/*
 * Repair: verify, mend what was found, and again, because one damage can hide another. It ends when a verification is
 * clean, or when a whole turn could mend nothing.
 */
#include "verify/mend.h"

#include "base/arena.h"
#include "base/error.h"
#include "core/access.h"

#define TURNS_MAX 8

#define STEP 1000

/* ---- one turn ---------------------------------------------------------------------------- */

static sc_status find_all(sc__repairing *repair, sc__audit_report *report, sc_error *err)
{
	sc_status status = SC_OK;
	while (status == SC_OK && repair->verify->phase != SC__AUDIT_DONE)
		status = sc__audit_step(repair->verify, repair->call, STEP, report, err);
	return status;
}

/* In unsigned numbers, so that damaged ones cannot overflow. */
static void lack(int64_t *delta, const sc_finding *finding)
{
	*delta = (int64_t)((uint64_t)*delta + (uint64_t)finding->expected - (uint64_t)finding->found);
}

/* The counter that a finding is about, or NULL. */
static int64_t *counter_of(sc_counters *counters, sc_damage damage)
{
	if (damage == SC_DAMAGE_ON_HAND_OFF)
		return &counters->on_hand;
	if (damage == SC_DAMAGE_HELD_OFF || damage == SC_DAMAGE_HELD_SUM_OFF)
		return &counters->held;
	if (damage == SC_DAMAGE_COMMITTED_OFF || damage == SC_DAMAGE_COMMITTED_SUM_OFF)
		return &counters->committed;
	return NULL;
}

/* Sums that differ from the holds need a movement; what differs from the journal needs the baseline before it too. */
static void take_finding(sc__account_mend *mend, const sc_finding *finding)
{
	const bool sum = finding->damage == SC_DAMAGE_HELD_SUM_OFF || finding->damage == SC_DAMAGE_COMMITTED_SUM_OFF;
	int64_t *counter = counter_of(&mend->delta, finding->damage);
	if (counter != NULL)
		lack(counter, finding);
	if (finding->damage == SC_DAMAGE_SAFETY_OFF) {
		mend->delta.floor = finding->expected;
		mend->sets_floor = true;
	}
	if (finding->position > mend->newest)
		mend->newest = finding->position;
	mend->needs_baseline = mend->needs_baseline || !sum;
}

static sc_mend name_mend(sc_damage damage)
{
	return damage >= SC_DAMAGE_MOVEMENT_MISSING && damage <= SC_DAMAGE_CHAIN_BROKEN ? SC_MEND_BASELINE
	                                                                                : SC_MEND_COUNTERS;
}

/* All findings of one account are mended together, at the first of them. */
static sc_status mend_account(sc__repairing *repair, const sc__audit_report *report, size_t first, sc_repair *repairs,
                              sc_error *err)
{
	sc__account_mend mend = { .account = &report->places[first] };
	for (size_t i = 0; i < first; i++)
		if (sc_address_compare(&report->places[i], mend.account) == 0)
			return SC_OK;
	for (size_t i = first; i < report->count; i++)
		if (sc_address_compare(&report->places[i], mend.account) == 0)
			take_finding(&mend, &report->findings[i]);
	bool mended;
	sc_status status = sc__mend_account(repair, &mend, &mended, err);
	for (size_t i = first; i < report->count && status == SC_OK && mended; i++)
		if (sc_address_compare(&report->places[i], mend.account) == 0)
			repairs[i].mend = name_mend(report->findings[i].damage);
	return status;
}

static sc_status mend_one(sc__repairing *repair, const sc__audit_report *report, size_t i, sc_repair *repairs,
                          sc_error *err)
{
	const sc_damage damage = report->findings[i].damage;
	const sc_address *place = &report->places[i];
	sc_mend mend = SC_MEND_NONE;
	const sc_kind *kind = sc_kind_find(place->kind);
	if (kind != NULL && kind->kind_class == SC_CLASS_ACCOUNT)
		return mend_account(repair, report, i, repairs, err);
	sc_status status = place->kind == SC_KIND_ORDER ? sc__mend_order(repair, damage, place, &mend, err)
	                                                : sc__mend_hold(repair, damage, place, &mend, err);
	if (status == SC_OK)
		repairs[i].mend = mend;
	return status;
}

/* What one turn found and did, appended to the report. */
static sc_status take_turn(sc__repairing *repair, bool mend, sc_repair_report *out, size_t *mended, sc_error *err)
{
	sc__audit_report report = { .arena = repair->arena };
	sc_status status = find_all(repair, &report, err);
	if (status != SC_OK)
		return status;
	const size_t total = out->count + report.count;
	sc_repair *repairs = sc__arena_resize(repair->arena, repair->repairs, out->count * sizeof(*repairs),
	                                      (total + 1) * sizeof(*repairs));
	if (repairs == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a repair");
	repair->repairs = repairs;
	out->repairs = repairs;
	for (size_t i = 0; i < report.count; i++)
		repairs[out->count + i] = (sc_repair){ .finding = report.findings[i] };
	for (size_t i = 0; i < report.count && mend && status == SC_OK; i++)
		status = mend_one(repair, &report, i, repairs + out->count, err);
	*mended = 0;
	for (size_t i = out->count; i < total; i++)
		*mended += repairs[i].mend != SC_MEND_NONE;
	out->left = report.count;
	out->mended += *mended;
	/* what was left is found again by the next turn */
	size_t kept = out->count;
	for (size_t i = out->count; i < total; i++)
		if (repairs[i].mend != SC_MEND_NONE || !mend || *mended == 0)
			repairs[kept++] = repairs[i];
	out->count = kept;
	return status;
}

static sc_status run(sc__repairing *repair, sc_repair_report *out, sc_error *err)
{
	sc_status status = SC_OK;
	out->left = 1;
	for (int i = 0; i <= TURNS_MAX && status == SC_OK && out->left > 0; i++) {
		size_t mended = 0;
		status = sc_verify_new(repair->shop, repair->call, &repair->verify, err);
		if (status != SC_OK)
			return status;
		status = take_turn(repair, i < TURNS_MAX, out, &mended, err);
		sc_verify_free(repair->verify);
		if (mended == 0)
			break;
	}
	return status;
}

/* Holds past their deadline need no repair but a sweep. */
static sc_status sweep(sc__repairing *repair, sc_error *err)
{
	const sc_store *store = &repair->shop->store;
	size_t done = STEP;
	sc_status status = SC_OK;
	while (status == SC_OK && done == STEP) {
		int64_t next;
		status = store->ops->expire(store->ctx, repair->call, STEP, &done, &next, err);
	}
	return status;
}

sc_status sc_verify_repair(sc_shop *shop, const sc_call *call, sc_arena *arena, sc_repair_report *out, sc_error *err)
{
	if (shop == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "shop", "is missing");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	sc__repairing repair = { .shop = shop, .call = call, .arena = arena };
	sc_repair_report report = { 0 };
	status = sc__mend_guard(&repair, err);
	if (status == SC_OK)
		status = sweep(&repair, err);
	if (status == SC_OK)
		status = run(&repair, &report, err);
	if (status == SC_OK)
		*out = report;
	return status;
}
