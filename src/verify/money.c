/*
 * Verification, the money: whether each entry of the ledger adds up to zero, and whether the ledger of an order says
 * the same as its payments and refunds, and these the same as its state.
 */
#include "verify/audit.h"

#include "base/arena.h"
#include "base/error.h"
#include "ledger/ledger.h"
#include "refund/refund.h"

#include <string.h>

/* How often an order that keeps changing is looked at again. */
#define TURNS_MAX 8

enum { ATTEMPTS, REFUNDS, ENTRIES, RANGES };

/* What is wrong about an order's money; damage 0: nothing. */
struct verdict {
	int damage;
	int64_t expected, found;
};

static void set_ranges(const sc_id *order, sc_range out[RANGES])
{
	out[ATTEMPTS] = sc__attempts_range(order);
	out[REFUNDS] = sc__refund_range(order);
	out[ENTRIES] = sc__ledger_range(order);
}

static int64_t sum_of(const sc_ledger_entry *entry, const char *account)
{
	int64_t sum = 0;
	for (size_t i = 0; i < entry->count; i++)
		if (!account || strcmp(entry->postings[i].account, account) == 0)
			sum += entry->postings[i].amount_minor;
	return sum;
}

/* What of a payment should still be where it was booked: all of it, or what refunds have left. What became store credit
 * stays there for good. */
static int64_t held_of(const sc__refunds *refunds, const sc_payment *payment)
{
	const bool here = payment->state == SC_ATTEMPT_CAPTURED || payment->state == SC_ATTEMPT_REFUNDING;
	int64_t held = here ? payment->amount_minor : 0;
	for (size_t i = 0; i < refunds->count; i++) {
		const sc_refund *refund = &refunds->rows[i].shown;
		if (refund->payment != payment->number || refund->state != SC_REFUND_DONE)
			continue;
		if (here && !refund->to_credit)
			held -= refund->amount_minor;
		if (!here && refund->to_credit)
			held += refund->amount_minor;
	}
	return held;
}

/* What the ledger should say of where money comes from. */
static int64_t expected_of(const sc__refunds *refunds, uint32_t tender)
{
	int64_t sum = 0;
	for (size_t i = 0; i < refunds->attempt_count; i++)
		if (refunds->attempts[i].shown.tender == tender)
			sum += held_of(refunds, &refunds->attempts[i].shown);
	for (size_t i = 0; tender == SC_TENDER_CREDIT && i < refunds->count; i++)
		if (refunds->rows[i].shown.to_credit && refunds->rows[i].shown.state == SC_REFUND_DONE)
			sum -= refunds->rows[i].shown.amount_minor;
	return sum;
}

/* A confirmed order that is paid has as much captured as it costs. */
static bool is_covered(const sc__refunds *refunds, struct verdict *out)
{
	const sc_order *order = refunds->order;
	int64_t captured = 0;
	if (order->state != SC_ORDER_CONFIRMED || order->paid != SC_PAID_CAPTURED)
		return true;
	for (size_t i = 0; i < refunds->attempt_count; i++)
		if (refunds->attempts[i].shown.state == SC_ATTEMPT_CAPTURED)
			captured += refunds->attempts[i].shown.amount_minor;
	if (captured == order->total_minor)
		return true;
	*out = (struct verdict){ SC_DAMAGE_PAYMENT_MISSING, order->total_minor, captured };
	return false;
}

static void judge_entries(const sc__refunds *refunds, const sc_ledger_entry *entries, size_t count, struct verdict *out)
{
	for (size_t i = 0; i < count; i++) {
		if (sum_of(&entries[i], NULL) != 0) {
			*out = (struct verdict){ SC_DAMAGE_LEDGER_UNEVEN, 0, sum_of(&entries[i], NULL) };
			return;
		}
	}
	for (uint32_t tender = SC_TENDER_PROVIDER; tender <= SC_TENDER_CREDIT; tender++) {
		struct verdict verdict = { SC_DAMAGE_LEDGER_OFF, expected_of(refunds, tender), 0 };
		for (size_t i = 0; i < count; i++)
			verdict.found += sum_of(&entries[i], sc_tender_name(tender));
		if (verdict.expected == verdict.found)
			continue;
		*out = verdict;
		return;
	}
}

/* An order that does not read is reported elsewhere; rows of its money that do not read are a damage of the ledger. */
static sc_status judge(sc_verify *verify, const sc_record *record, const sc_page pages[RANGES], struct verdict *out)
{
	sc_order order;
	sc__refunds refunds = { .order = &order };
	sc__attempt *attempts;
	sc_ledger_entry *entries;
	size_t count;
	*out = (struct verdict){ 0 };
	sc_status status = sc__order_decode(record, &verify->page, &order, NULL);
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_OK;
	status = sc__attempts_decode(&pages[ATTEMPTS], &verify->page, &attempts, &count, NULL);
	if (status == SC_OK)
		status = sc__payments_of(&order, attempts, count, &verify->page, &refunds.attempts,
		                         &refunds.attempt_count, NULL);
	if (status == SC_OK)
		status = sc__refund_decode(&pages[REFUNDS], &order, &verify->page, &refunds.rows, &refunds.count, NULL);
	if (status == SC_OK)
		status = sc__ledger_decode(&pages[ENTRIES], &verify->page, &entries, &count, NULL);
	if (status == SC_DAMAGED)
		out->damage = SC_DAMAGE_LEDGER_OFF;
	if (status != SC_OK)
		return status == SC_NO_MEMORY ? status : SC_OK;
	if (is_covered(&refunds, out))
		judge_entries(&refunds, entries, count, out);
	return SC_OK;
}

/* The order may have moved between the reads: believe it only when it stood still around them. */
static sc_status judge_again(sc_verify *verify, const sc_call *call, const sc_record *suspect, struct verdict *out,
                             sc_error *err)
{
	const sc_id id = sc__audit_id(&suspect->address);
	sc_record order = *suspect;
	sc_range ranges[RANGES];
	set_ranges(&id, ranges);
	for (int i = 0; i < TURNS_MAX; i++) {
		const uint64_t version = order.version;
		sc_page pages[RANGES];
		sc_status status = sc__range(verify->shop, call, ranges, RANGES, &verify->page, pages, err);
		if (status == SC_OK)
			status = judge(verify, &order, pages, out);
		if (status != SC_OK || out->damage == 0)
			return status;
		status = sc__load(verify->shop, call, &suspect->address, 1, SC_READ_ALL, &verify->page, &order, err);
		if (status != SC_OK || order.version == version)
			return status;
	}
	out->damage = 0;
	return SC_OK;
}

static sc_status check(sc_verify *verify, const sc_call *call, const sc_record *order, const sc_page pages[RANGES],
                       sc__audit_report *report, sc_error *err)
{
	struct verdict verdict;
	bool moving = false;
	sc_status status = judge(verify, order, pages, &verdict);
	if (status == SC_OK && verdict.damage != 0)
		status = judge_again(verify, call, order, &verdict, err);
	if (status == SC_OK && verdict.damage != 0)
		status = sc__audit_in_flight(verify, call, &order->address, &moving, err);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, status, "no memory for the ledger");
	if (status != SC_OK || verdict.damage == 0 || moving)
		return status;
	const sc_finding at = { .subject = sc__audit_id(&order->address),
		                .expected = verdict.expected,
		                .found = verdict.found };
	return sc__audit_find(report, (sc_damage)verdict.damage, &order->address, &at, err);
}

sc_status sc__audit_money(sc_verify *verify, const sc_call *call, const sc_page *orders, sc__audit_report *report,
                          sc_error *err)
{
	sc_id *ids = sc__arena_array(&verify->page, orders->count, sizeof(*ids));
	sc_range *ranges = sc__arena_array(&verify->page, RANGES * orders->count, sizeof(*ranges));
	sc_page *pages = sc__arena_array(&verify->page, RANGES * orders->count, sizeof(*pages));
	if (ids == NULL || ranges == NULL || pages == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the ledger");
	for (size_t i = 0; i < orders->count; i++) {
		ids[i] = sc__audit_id(&orders->records[i].address);
		set_ranges(&ids[i], &ranges[RANGES * i]);
	}
	sc_status status = sc__range(verify->shop, call, ranges, RANGES * orders->count, &verify->page, pages, err);
	for (size_t i = 0; i < orders->count && status == SC_OK; i++)
		status = check(verify, call, &orders->records[i], &pages[RANGES * i], report, err);
	return status;
}
