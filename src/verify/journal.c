/*
 * Verification, the journal: each movement of an account names the one before it and says what the counters were
 * afterwards, so a movement that is missing, doubled or altered shows at its neighbour.
 */
#include "verify/audit.h"

#include "base/arena.h"
#include "base/error.h"

#define PAGE 1000

static bool same_counters(const sc_counters *a, const sc_counters *b)
{
	return a->on_hand == b->on_hand && a->held == b->held && a->committed == b->committed && a->floor == b->floor;
}

/* In unsigned numbers, so that damaged ones cannot overflow. */
static int64_t sum(int64_t a, int64_t b)
{
	return (int64_t)((uint64_t)a + (uint64_t)b);
}

static sc_counters add(const sc_counters *a, const sc_counters *b)
{
	return (sc_counters){ sum(a->on_hand, b->on_hand), sum(a->held, b->held), sum(a->committed, b->committed),
		              sum(a->floor, b->floor) };
}

/* No bound is no number: a movement from it or to it says no difference of floors. */
static bool leads_to(const sc_counters *before, const sc_entry *entry)
{
	sc_counters after = add(before, &entry->delta);
	if (entry->delta.floor == 0 && (before->floor == SC_FLOOR_NONE || entry->after.floor == SC_FLOOR_NONE))
		after.floor = entry->after.floor;
	return same_counters(&after, &entry->after);
}

/* Whether this kind's accounts may vanish without an entry, and begin anew. */
static bool may_vanish(const sc_address *account)
{
	const sc_kind *kind = sc_kind_find(account->kind);
	return kind != NULL && (kind->flags & SC_KIND_LIFETIME) != 0;
}

static bool is_doubled(const sc__audit_account *account, const sc_entry *entry)
{
	if (account->position == 0)
		return false;
	return entry->position == account->position ||
	       (entry->previous == account->previous && same_counters(&entry->delta, &account->delta) &&
	        same_counters(&entry->after, &account->after));
}

/* 0: this entry fits behind the last one. */
static sc_damage judge(const sc_verify *verify, const sc__audit_account *account, const sc_entry *entry)
{
	static const sc_counters nothing = { 0, 0, 0, 0 };
	const bool first = account->position == 0 || (entry->previous == 0 && may_vanish(&entry->subject));
	if (first && entry->previous == 0)
		return leads_to(&nothing, entry) ? (sc_damage)0 : SC_DAMAGE_MOVEMENT_ALTERED;
	if (first) /* what was trimmed away is not missing */
		return entry->previous < verify->first ? (sc_damage)0 : SC_DAMAGE_MOVEMENT_MISSING;
	const bool fits = leads_to(&account->after, entry) || leads_to(&account->other, entry);
	if (entry->previous == account->position)
		return fits ? (sc_damage)0 : SC_DAMAGE_MOVEMENT_ALTERED;
	return entry->previous > account->position && !fits ? SC_DAMAGE_MOVEMENT_MISSING : SC_DAMAGE_CHAIN_BROKEN;
}

static void advance(sc__audit_account *account, const sc_entry *entry, sc_damage damage)
{
	const sc_counters before = account->after;
	account->position = entry->position;
	account->previous = entry->previous;
	account->delta = entry->delta;
	account->after = entry->after;
	account->other = damage == SC_DAMAGE_MOVEMENT_ALTERED ? add(&before, &entry->delta) : entry->after;
}

/* The share of a hold in an account. NULL: no memory. */
static sc__audit_share *share_of(sc_verify *verify, sc__audit_hold *hold, sc__audit_account *account)
{
	for (sc__audit_share *share = hold->shares; share != NULL; share = share->next)
		if (share->account == account)
			return share;
	sc__audit_share *share = sc_arena_zalloc(&verify->memory, sizeof(*share));
	if (share == NULL)
		return NULL;
	share->account = account;
	share->next = hold->shares;
	hold->shares = share;
	return share;
}

/* Until the holds are walked, what each hold has taken is only noted; afterwards the sums follow the journal. */
static sc_status count_in(sc_verify *verify, sc__audit_account *account, const sc_entry *entry, sc_error *err)
{
	if (entry->cause.key_size == 0)
		return SC_OK;
	sc__audit_hold *hold = sc__audit_hold_at(verify, &entry->cause);
	sc__audit_share *share = hold != NULL ? share_of(verify, hold, account) : NULL;
	if (share == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for holds");
	if (verify->end == 0) {
		share->held = sum(share->held, entry->delta.held);
		share->committed = sum(share->committed, entry->delta.committed);
	} else if (entry->position > hold->version) {
		account->held = sum(account->held, entry->delta.held);
		account->committed = sum(account->committed, entry->delta.committed);
	}
	return SC_OK;
}

static sc_status take_entry(sc_verify *verify, const sc_entry *entry, sc__audit_report *report, sc_error *err)
{
	if (entry->type != SC_ENTRY_ACCOUNT)
		return SC_OK;
	verify->movement_count++;
	sc__audit_account *account = sc__audit_account_at(verify, &entry->subject);
	if (account == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for accounts");
	if (account->baseline != NULL && entry->position <= account->baseline->upto) {
		const bool again = is_doubled(account, entry);
		advance(account, entry, (sc_damage)0);
		return again ? SC_OK : count_in(verify, account, entry, err);
	}
	sc__audit_rebase(account, entry->position);
	const sc_finding at = { .position = entry->position, .subject = sc__audit_id(&entry->cause) };
	if (is_doubled(account, entry))
		return sc__audit_find(report, SC_DAMAGE_MOVEMENT_DOUBLED, &entry->subject, &at, err);
	const sc_damage damage = judge(verify, account, entry);
	if (damage != 0) {
		sc_status status = sc__audit_find(report, damage, &entry->subject, &at, err);
		if (status != SC_OK)
			return status;
	}
	advance(account, entry, damage);
	return count_in(verify, account, entry, err);
}

sc_status sc__audit_journal(sc_verify *verify, const sc_call *call, size_t max, uint64_t upto, size_t *read,
                            sc__audit_report *report, sc_error *err)
{
	const sc_store *store = &verify->shop->store;
	sc_entry *entries = sc__arena_array(&verify->page, max, sizeof(*entries));
	*read = 0;
	if (entries == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the journal");
	sc_status status = store->ops->log_read(store->ctx, call, verify->partition, verify->position, max,
	                                        &verify->page, entries, read, err);
	for (size_t i = 0; i < *read && status == SC_OK && entries[i].position <= upto; i++) {
		if (verify->first == 0)
			verify->first = entries[i].position;
		status = take_entry(verify, &entries[i], report, err);
		verify->position = entries[i].position;
	}
	return status;
}

sc_status sc__audit_journal_upto(sc_verify *verify, const sc_call *call, uint64_t upto, sc__audit_report *report,
                                 sc_error *err)
{
	/* A page may be short before the end: a store stops at what is not settled yet. */
	uint64_t before = UINT64_MAX;
	size_t read = 0;
	sc_status status = SC_OK;
	while (status == SC_OK && verify->position != before && verify->position < upto) {
		before = verify->position;
		status = sc__audit_journal(verify, call, PAGE, upto, &read, report, err);
	}
	return status;
}
