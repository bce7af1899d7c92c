/*
 * Orders that cannot be served because the shelf is emptier than the books.
 *
 * The accounts say what is short. Orders are walked from the newest back, because whoever bought first is served first;
 * an order's id begins with its time, so that walk needs no index. What gives way is the committed hold, which knows
 * from where it took; the cancellation itself is the one that everybody uses, on the order's version.
 */
#include <shopcore/shortage.h>

#include "base/arena.h"
#include "base/error.h"
#include "inventory/accounts.h"
#include "order/parcel.h"

#include <shopcore/refund.h>

#include <string.h>

#define PAGE   100
#define REASON "out of stock"

struct settling {
	sc_shop *shop;
	sc_call call; /* without a key: there are many orders */
	sc_shortage_policy policy;
	size_t orders_left;
	sc_arena page; /* of one page of records, or one order */
	sc_error *err;
	sc_shortage *found;
	size_t count;
	int64_t missing; /* of all found, not cancelled yet */
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for shortages");
}

/* ---- accounts ---------------------------------------------------------------------------- */

static int64_t missing_of(const sc_counters *counters)
{
	if (counters->floor == SC_FLOOR_NONE)
		return 0;
	const int64_t ahead = counters->floor < 0 ? -counters->floor : 0;
	const int64_t missing = counters->committed - counters->on_hand - ahead;
	return missing > 0 ? missing : 0;
}

static sc_status note(struct settling *s, const sc_record *account, sc_arena *arena)
{
	const sc_counters *counters = &account->counters;
	const sc_shortage shortage = { .sku = sc_arena_dup(arena, account->address.key, account->address.key_size),
		                       .location = sc_arena_dup(arena, account->address.sub, account->address.sub_size),
		                       .on_hand = counters->on_hand,
		                       .committed = counters->committed,
		                       .missing = missing_of(counters) };
	if (shortage.sku == NULL || shortage.location == NULL)
		return no_memory(s->err);
	s->missing += shortage.missing;
	s->found[s->count++] = shortage;
	return SC_OK;
}

static sc_status find_short(struct settling *s, sc_arena *arena)
{
	sc_range range = { .kind = SC_KIND_STOCK, .index = SC_BY_ADDRESS, .limit = SC_PAGE_MAX };
	sc_arena accounts;
	sc_status status;
	sc_arena_init(&accounts, s->shop->env);
	do {
		sc_page page;
		status = sc__range(s->shop, &s->call, &range, 1, &accounts, &page, s->err);
		for (size_t i = 0; status == SC_OK && i < page.count && s->count < SC_PAGE_MAX; i++)
			if (missing_of(&page.records[i].counters) > 0)
				status = note(s, &page.records[i], arena);
		if (status == SC_OK)
			range.cursor = page.next;
	} while (status == SC_OK && range.cursor.size > 0 && s->count < SC_PAGE_MAX);
	sc_arena_clear(&accounts);
	return status;
}

/* ---- orders ------------------------------------------------------------------------------ */

static sc_shortage *shortage_of(struct settling *s, const sc_address *account)
{
	for (size_t i = 0; i < s->count; i++) {
		const sc_shortage *found = &s->found[i];
		if (strlen(found->sku) == account->key_size && strlen(found->location) == account->sub_size &&
		    memcmp(found->sku, account->key, account->key_size) == 0 &&
		    memcmp(found->location, account->sub, account->sub_size) == 0)
			return &s->found[i];
	}
	return NULL;
}

static int64_t least(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* Units of a take that are to be cancelled: what its account still misses. */
static int64_t surplus_of(struct settling *s, const sc_hold_take *take)
{
	const sc_shortage *found = shortage_of(s, &take->take.account);
	return found == NULL ? 0 : least(take->committed, found->missing - found->cancelled);
}

/* The order gave way: `whole`, with all it had, or with its surplus. */
static void count_cancelled(struct settling *s, const sc__order_hold *hold, bool whole)
{
	for (size_t i = 0; i < hold->take_count; i++) {
		const sc_hold_take *take = &hold->takes[i];
		sc_shortage *found = shortage_of(s, &take->take.account);
		const int64_t surplus = surplus_of(s, take);
		if (found == NULL || take->committed == 0 || (!whole && surplus == 0))
			continue;
		found->cancelled += whole ? take->committed : surplus;
		found->orders++;
		s->missing -= surplus;
	}
}

/* Others who move the order, or ship it, are not stood in the way of. */
static bool is_left_alone(sc_status status)
{
	return status == SC_CHANGED || status == SC_WRONG_STATE || status == SC_NOT_FOUND ||
	       status == SC_LIMIT_REACHED || status == SC_BUSY;
}

static sc_status cancel_units(struct settling *s, const char *id, const sc__parcel *parcel)
{
	const sc__order_hold *hold = &parcel->hold;
	sc_refund_line *lines = sc__arena_array(&s->page, hold->take_count, sizeof(*lines));
	sc_refund_answer answer;
	size_t count = 0;
	if (lines == NULL)
		return no_memory(s->err);
	for (size_t i = 0; i < hold->take_count; i++) {
		const uint32_t line = hold->takes[i].take.line;
		const int64_t surplus = surplus_of(s, &hold->takes[i]);
		if (surplus > 0 && line < parcel->ref.order.line_count)
			lines[count++] = (sc_refund_line){ parcel->ref.order.lines[line].id, surplus };
	}
	return sc_order_cancel_lines(s->shop, &s->call, id, lines, count, REASON, &s->page, &answer, s->err);
}

static sc_status settle_order(struct settling *s, const sc_address *address)
{
	char id[SC_ID_TEXT_SIZE];
	sc_id order;
	sc__parcel parcel;
	int64_t surplus = 0;
	memcpy(order.bytes, address->key, sizeof(order.bytes));
	sc_status status = sc__parcel_load(s->shop, &s->call, sc_id_format(order, id), SC__CANCEL_ORDER, &s->page,
	                                   &parcel, s->err);
	if (status != SC_OK)
		return is_left_alone(status) ? SC_OK : status;
	for (size_t i = 0; i < parcel.hold.take_count; i++)
		surplus += surplus_of(s, &parcel.hold.takes[i]);
	if (surplus == 0 || parcel.ref.order.status != SC_STATUS_CONFIRMED)
		return SC_OK;
	const bool whole = s->policy == SC_SHORTAGE_CANCEL_ORDERS;
	status = whole ? sc_order_cancel(s->shop, &s->call, id, REASON, s->err) : cancel_units(s, id, &parcel);
	if (status == SC_OK)
		count_cancelled(s, &parcel.hold, whole);
	return is_left_alone(status) ? SC_OK : status;
}

static bool is_waiting(const sc_record *order)
{
	return order->columns[SC_ORDER_STATE].number == SC_ORDER_CONFIRMED &&
	       order->columns[SC_ORDER_FULFILMENT].number == SC_FULFILMENT_WAITING;
}

static sc_status settle_page(struct settling *s, const sc_page *page)
{
	sc_status status = SC_OK;
	for (size_t i = 0; status == SC_OK && i < page->count && s->missing > 0 && s->orders_left > 0; i++) {
		s->orders_left--;
		sc_arena_reset(&s->page);
		if (is_waiting(&page->records[i]))
			status = settle_order(s, &page->records[i].address);
	}
	return status;
}

static sc_status settle_orders(struct settling *s)
{
	sc_range range = { .kind = SC_KIND_ORDER,
		           .index = SC_BY_ADDRESS,
		           .flags = SC_RANGE_DESCENDING,
		           .limit = PAGE,
		           .mask = SC_READ_COLUMNS };
	sc_arena orders;
	sc_status status = SC_OK;
	bool more = true;
	sc_arena_init(&orders, s->shop->env);
	while (status == SC_OK && more && s->missing > 0 && s->orders_left > 0) {
		sc_page page;
		status = sc__range(s->shop, &s->call, &range, 1, &orders, &page, s->err);
		if (status == SC_OK)
			status = settle_page(s, &page);
		if (status == SC_OK)
			range.cursor = page.next;
		more = range.cursor.size > 0;
	}
	sc_arena_clear(&orders);
	return status;
}

sc_status sc_shortage_settle(sc_shop *shop, const sc_call *call, sc_shortage_policy policy, size_t orders_max,
                             sc_arena *arena, sc_shortage **out, size_t *count, sc_error *err)
{
	if (policy < SC_SHORTAGE_REPORT || policy > SC_SHORTAGE_CANCEL_ORDERS)
		return sc__bad(err, SC_BAD_ARGUMENT, "policy", "there is no such policy");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;
	struct settling s = { .shop = shop,
		              .call = *call,
		              .policy = policy,
		              .orders_left = orders_max == 0 ? SIZE_MAX : orders_max,
		              .err = err,
		              .found = sc__arena_array(arena, SC_PAGE_MAX, sizeof(*s.found)) };
	s.call.key = NULL;
	if (s.found == NULL)
		return no_memory(err);
	sc_arena_init(&s.page, shop->env);
	status = find_short(&s, arena);
	if (status == SC_OK && policy != SC_SHORTAGE_REPORT)
		status = settle_orders(&s);
	sc_arena_clear(&s.page);
	if (status != SC_OK)
		return status;
	*out = s.found;
	*count = s.count;
	return SC_OK;
}
