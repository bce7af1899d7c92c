/*
 * Verification, the accounts: the counters of each against the journal and against the holds, all three at the moment
 * of the account's newest movement.
 */
#include "verify/audit.h"

#include "base/error.h"

static const uint16_t kinds[] = { SC_KIND_STOCK, SC_KIND_LIMIT, SC_KIND_BALANCE };

static const size_t kind_count = sizeof(kinds) / sizeof(kinds[0]);

/* One comparison of two numbers of an account. */
typedef struct comparison {
	sc_damage damage;
	int64_t expected, other, found; /* `other`: fine as well */
} comparison;

static sc_status compare(const sc_address *account, const comparison *all, size_t count, uint64_t position,
                         sc__audit_report *report, sc_error *err)
{
	for (size_t i = 0; i < count; i++) {
		if (all[i].found == all[i].expected || all[i].found == all[i].other)
			continue;
		const sc_finding at = { .position = position, .expected = all[i].expected, .found = all[i].found };
		sc_status status = sc__audit_find(report, all[i].damage, account, &at, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status compare_journal(const sc__audit_account *account, const sc_counters *found, sc__audit_report *report,
                                 sc_error *err)
{
	const sc_counters *after = &account->after, *other = &account->other;
	const comparison all[] = {
		{ SC_DAMAGE_ON_HAND_OFF, after->on_hand, other->on_hand, found->on_hand },
		{ SC_DAMAGE_HELD_OFF, after->held, other->held, found->held },
		{ SC_DAMAGE_COMMITTED_OFF, after->committed, other->committed, found->committed },
		{ SC_DAMAGE_SAFETY_OFF, after->floor, other->floor, found->floor },
	};
	return compare(&account->address, all, sizeof(all) / sizeof(all[0]), account->position, report, err);
}

static sc_status compare_holds(const sc__audit_account *account, const sc_counters *after, const sc_counters *other,
                               sc__audit_report *report, sc_error *err)
{
	const comparison all[] = {
		{ SC_DAMAGE_HELD_SUM_OFF, account->held, account->held, after->held },
		{ SC_DAMAGE_COMMITTED_SUM_OFF, account->committed, account->committed, after->committed },
	};
	const bool other_fits = other->held == account->held && other->committed == account->committed;
	if (other_fits)
		return SC_OK;
	return compare(&account->address, all, sizeof(all) / sizeof(all[0]), account->position, report, err);
}

/* Journal and record now speak of the same movement, unless one of them is damaged. */
static sc_status check_account(sc_verify *verify, const sc_record *record, sc__audit_report *report, sc_error *err)
{
	sc__audit_account *account = sc__audit_account_at(verify, &record->address);
	if (account == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for accounts");
	account->seen = true;
	verify->account_count++;
	sc__audit_rebase(account, UINT64_MAX);
	if (record->entry == account->position) {
		sc_status status = compare_journal(account, &record->counters, report, err);
		return status == SC_OK ? compare_holds(account, &account->after, &account->other, report, err) : status;
	}
	const sc_damage damage = record->entry > account->position ? SC_DAMAGE_MOVEMENT_MISSING
	                                                           : SC_DAMAGE_CHAIN_BROKEN;
	const sc_finding at = { .position = record->entry };
	sc_status status = sc__audit_find(report, damage, &record->address, &at, err);
	return status == SC_OK ? compare_holds(account, &record->counters, &record->counters, report, err) : status;
}

/* An account that moved while its page was read: read it alone, then the journal to exactly its newest movement. */
static sc_status catch_up(sc_verify *verify, const sc_call *call, sc_record *record, sc__audit_report *report,
                          sc_error *err)
{
	const sc_address address = record->address;
	sc_status status = sc__load(verify->shop, call, &address, 1, 0, &verify->page, record, err);
	return status == SC_OK ? sc__audit_journal_upto(verify, call, record->entry, report, err) : status;
}

static sc_status take_account(sc_verify *verify, const sc_call *call, sc_record *record, sc__audit_report *report,
                              sc_error *err)
{
	sc__audit_account *account = sc__audit_account_at(verify, &record->address);
	if (account == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for accounts");
	if (record->entry != account->position) {
		sc_status status = catch_up(verify, call, record, report, err);
		if (status != SC_OK)
			return status;
	}
	return record->version == 0 ? SC_OK : check_account(verify, record, report, err);
}

sc_status sc__audit_accounts(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report, bool *more,
                             sc_error *err)
{
	/* the sums hold only from the newest hold on that was added to them */
	sc_status status = sc__audit_journal_upto(verify, call, verify->hold_version_max, report, err);
	sc_page page;
	if (status == SC_OK)
		status = sc__audit_walk(verify, call, kinds[verify->kind_index], 0, items, &page, err);
	for (size_t i = 0; status == SC_OK && i < page.count; i++)
		status = take_account(verify, call, &page.records[i], report, err);
	if (status == SC_OK)
		status = sc__audit_turn_page(verify, &page, more, err);
	if (status == SC_OK && !*more)
		*more = ++verify->kind_index < kind_count;
	return status;
}

/* ---- accounts that the journal knows and nobody found ---------------------------------- */

static bool may_be_absent(const sc__audit_account *account)
{
	const sc_kind *kind = sc_kind_find(account->address.kind);
	return account->seen || kind == NULL || (kind->flags & SC_KIND_LIFETIME) != 0;
}

/* One that was made behind the walk's back is there; it is compared the next time. */
static sc_status take_unseen(sc_verify *verify, const sc_call *call, sc__audit_account *account,
                             sc__audit_report *report, sc_error *err)
{
	static const sc_counters nothing = { 0, 0, 0, 0 };
	sc_record record = { 0 };
	sc_status status = sc__load(verify->shop, call, &account->address, 1, 0, &verify->page, &record, err);
	if (status != SC_OK || record.version != 0)
		return status;
	sc__audit_rebase(account, UINT64_MAX);
	return compare_journal(account, &nothing, report, err);
}

sc_status sc__audit_lost_accounts(sc_verify *verify, const sc_call *call, size_t items, sc__audit_report *report,
                                  bool *more, sc_error *err)
{
	void *value = NULL;
	sc_bytes key;
	for (size_t i = 0; i < items; i++) {
		const size_t before = verify->map_cursor;
		*more = sc__map_next(&verify->accounts, &verify->map_cursor, &key, &value);
		if (!*more)
			return SC_OK;
		if (may_be_absent(value))
			continue;
		sc_status status = take_unseen(verify, call, value, report, err);
		if (status != SC_OK) {
			verify->map_cursor = before;
			return status;
		}
	}
	return SC_OK;
}
