/*
 * The sweep over orders that are due: read a page of them, ask the provider about all of it at once,
 * then settle one after the other.
 *
 * A payment that went silent is looked up; when the order's time is over it is called back first, so
 * that no late charge can land unnoticed. What the provider does not answer is put off, so that an
 * outage of half an hour costs one question an order and patience, and no order hides the others.
 */
#include "checkout/tick.h"

#include "base/error.h"
#include "checkout/ask.h"
#include "order/record.h"
#include "refund/refund.h"
#include "tender/tender.h"

#include <string.h>

#define INDEX_BY_DUE 1
#define PAGE_MAX     64
#define WAIT_MIN_MS  10
#define MS_IN_NS     1000000LL

/* One order of the page. */
struct duty {
	sc__purchase purchase;
	sc__refunds refunds;
	const sc__refund *refund;   /* that is sent or asked about; NULL: none ... */
	const sc__attempt *attempt; /* ... otherwise, and without one: the attempt that is asked about */
	sc_gateway_op op;
	int64_t left; /* of the attempt's money, which its own refunds have not given back */
	sc__ask *ask; /* NULL: the provider is not asked */
	bool last;    /* the order's time is over */
	bool readable;
};

struct sweep {
	sc_shop *shop;
	const sc_call *call;
	sc_arena *arena;
	int64_t now_ms; /* the store's */
	int64_t until_ns;
	struct duty duties[PAGE_MAX];
	sc__ask asks[PAGE_MAX];
	size_t count, ask_count;
	sc_status first; /* failure, of any order */
	sc_error *err;
	uint64_t resumed;
};

/* ---- reading ----------------------------------------------------------------------------- */

static void note(struct sweep *s, sc_status status)
{
	if (s->first == SC_OK && !sc_status_is_refusal(status))
		s->first = status;
}

/* An order that does not read is reported and put off; it must not stop the others. */
static void read_orders(struct sweep *s, const sc_page *page)
{
	s->count = page->count;
	for (size_t i = 0; i < page->count; i++) {
		struct duty *duty = &s->duties[i];
		*duty = (struct duty){ .attempt = NULL };
		memcpy(duty->purchase.ref.id.bytes, page->records[i].address.key, sizeof(sc_id));
		sc_error own = SC_ERROR_INIT;
		sc_status status = sc__order_decode(&page->records[i], s->arena, &duty->purchase.ref.order, &own);
		duty->purchase.ref.order.version = page->records[i].version;
		duty->readable = status == SC_OK;
		if (s->first == SC_OK && status != SC_OK && s->err)
			*s->err = own;
		note(s, status);
	}
}

/* The attempts of all orders of the page, in one call. */
static sc_status read_attempts(struct sweep *s, sc_error *err)
{
	sc_range ranges[PAGE_MAX] = { 0 };
	sc_page pages[PAGE_MAX];
	for (size_t i = 0; i < s->count; i++) {
		ranges[i] = (sc_range){ .kind = SC_KIND_PAYMENT, .index = SC_BY_SUB, .limit = SC_PAYMENT_ATTEMPTS_MAX };
		ranges[i].key = (sc_bytes){ s->duties[i].purchase.ref.id.bytes, sizeof(sc_id) };
		ranges[i].mask = SC_READ_COLUMNS | SC_READ_BODY;
	}
	sc_status status = sc__range(s->shop, s->call, ranges, s->count, s->arena, pages, err);
	for (size_t i = 0; i < s->count && status == SC_OK; i++) {
		struct duty *duty = &s->duties[i];
		status = sc__attempts_decode(&pages[i], s->arena, &duty->purchase.attempts, &duty->purchase.count, err);
		if (status != SC_DAMAGED)
			continue;
		note(s, status);
		duty->readable = false;
		status = SC_OK;
	}
	return status;
}

/* Only an order whose money came can have refunds. */
static bool may_have_refunds(const struct duty *duty)
{
	const uint32_t paid = duty->purchase.ref.order.paid;
	return duty->readable && (paid == SC_PAID_CAPTURED || paid == SC_PAID_REFUNDING);
}

static sc_status decode_refunds(struct sweep *s, struct duty *duty, const sc_page *page, sc_error *err)
{
	sc__refunds *refunds = &duty->refunds;
	refunds->order = &duty->purchase.ref.order;
	sc_status status = sc__payments_of(refunds->order, duty->purchase.attempts, duty->purchase.count, s->arena,
	                                   &refunds->attempts, &refunds->attempt_count, err);
	if (status == SC_OK)
		status = sc__refund_decode(page, refunds->order, s->arena, &refunds->rows, &refunds->count, err);
	if (status != SC_DAMAGED)
		return status;
	note(s, status);
	duty->readable = false;
	return SC_OK;
}

/* The refunds of those orders of the page that may have some, in one call. */
static sc_status read_refunds(struct sweep *s, sc_error *err)
{
	sc_range ranges[PAGE_MAX];
	sc_page pages[PAGE_MAX];
	struct duty *whose[PAGE_MAX];
	size_t count = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (!may_have_refunds(&s->duties[i]))
			continue;
		whose[count] = &s->duties[i];
		ranges[count++] = sc__refund_range(&s->duties[i].purchase.ref.id);
	}
	if (count == 0)
		return SC_OK;
	sc_status status = sc__range(s->shop, s->call, ranges, count, s->arena, pages, err);
	for (size_t i = 0; i < count && status == SC_OK; i++)
		status = decode_refunds(s, whose[i], &pages[i], err);
	return status;
}

static sc_status read_due(struct sweep *s, uint32_t items, bool *more, sc_error *err)
{
	sc_range range = { .kind = SC_KIND_ORDER, .index = INDEX_BY_DUE, .flags = SC_RANGE_UNTIL_NOW };
	sc_page page;
	range.limit = items < PAGE_MAX ? items : PAGE_MAX;
	range.high = SC_VALUE_OF_INT(0);
	range.mask = SC_READ_ALL;
	sc_status status = sc__range(s->shop, s->call, &range, 1, s->arena, &page, err);
	if (status != SC_OK)
		return status;
	*more = page.next.size != 0;
	read_orders(s, &page);
	status = s->count > 0 ? read_attempts(s, err) : SC_OK;
	return status == SC_OK ? read_refunds(s, err) : status;
}

/* ---- asking ------------------------------------------------------------------------------ */

static const sc__attempt *find_refunding(const sc__purchase *purchase)
{
	for (size_t i = 0; i < purchase->count; i++)
		if (purchase->attempts[i].shown.state == SC_ATTEMPT_REFUNDING)
			return &purchase->attempts[i];
	return NULL;
}

/* A part of a payment: under the refund's own id, so that a repeat gives back nothing more. */
static void choose_refund(struct sweep *s, struct duty *duty)
{
	const sc_refund *refund = &duty->refund->shown;
	const sc__attempt *attempt = sc__purchase_attempt(&duty->purchase, refund->payment);
	duty->op = SC_GATEWAY_REFUND;
	if (!attempt || !s->shop->exchange)
		return;
	duty->ask = &s->asks[s->ask_count++];
	sc__ask_about(s->shop, &duty->purchase, attempt, SC_GATEWAY_REFUND, NULL, duty->ask);
	duty->ask->request.attempt = sc__refund_row_id(duty->purchase.ref.id, refund->number);
	duty->ask->request.amount_minor = refund->amount_minor;
}

/* Its newest attempt is open: it is to be paid, or it was cancelled while the buyer paid. */
static bool waits_for_provider(const sc__purchase *purchase)
{
	const uint32_t state = purchase->ref.order.state;
	return (state == SC_ORDER_PENDING || state == SC_ORDER_CANCELLED) && purchase->count > 0 &&
	       sc__attempt_is_open(&purchase->attempts[purchase->count - 1]);
}

/* What this order needs from the provider, if anything. */
static void choose(struct sweep *s, struct duty *duty)
{
	const sc__purchase *purchase = &duty->purchase;
	const sc_order *order = &purchase->ref.order;
	if (!duty->readable)
		return;
	duty->last = s->now_ms >= sc__purchase_window_end(s->shop, order);
	duty->refund = sc__refund_open(&duty->refunds);
	if (duty->refund) {
		choose_refund(s, duty);
		return;
	}
	duty->attempt = find_refunding(purchase);
	duty->op = SC_GATEWAY_REFUND;
	if (!duty->attempt && waits_for_provider(purchase)) {
		duty->attempt = &purchase->attempts[purchase->count - 1];
		duty->op = duty->last || order->state == SC_ORDER_CANCELLED ? SC_GATEWAY_VOID : SC_GATEWAY_LOOKUP;
	}
	duty->left = duty->attempt ? sc__refund_left_of(&duty->refunds, duty->attempt) : 0;
	if (!duty->attempt || !s->shop->exchange || duty->left == 0)
		return;
	duty->ask = &s->asks[s->ask_count++];
	sc__ask_about(s->shop, purchase, duty->attempt, duty->op, NULL, duty->ask);
	duty->ask->request.amount_minor = duty->left;
}

static int64_t wait_ms(const struct sweep *s)
{
	int64_t left = (s->until_ns - s->shop->env->mono_ns(s->shop->env->ctx)) / MS_IN_NS;
	if (left > s->shop->settings.payment_patience_ms)
		left = s->shop->settings.payment_patience_ms;
	return left > WAIT_MIN_MS ? left : WAIT_MIN_MS;
}

static sc_status ask_all(struct sweep *s, sc_error *err)
{
	for (size_t i = 0; i < s->count; i++)
		choose(s, &s->duties[i]);
	if (s->ask_count == 0)
		return SC_OK;
	return sc__exchange_ask(s->shop->exchange, s->call, s->asks, s->ask_count, wait_ms(s), err);
}

/* ---- settling ---------------------------------------------------------------------------- */

/* Whether the answer moves the order; if not, it is put off. */
static bool is_news(const struct duty *duty)
{
	const sc_gateway_reply *reply = &duty->ask->reply;
	switch ((sc_gateway_state)reply->state) {
	case SC_GATEWAY_CAPTURED:
	case SC_GATEWAY_VOIDED:
		return duty->op != SC_GATEWAY_REFUND;
	case SC_GATEWAY_DECLINED:
		return duty->op != SC_GATEWAY_REFUND || duty->refund;
	case SC_GATEWAY_REFUNDED:
		return duty->op == SC_GATEWAY_REFUND;
	case SC_GATEWAY_NEEDS_STEP:
		return duty->op == SC_GATEWAY_LOOKUP && duty->attempt->shown.state == SC_ATTEMPT_PREPARED;
	case SC_GATEWAY_UNSEEN:
	case SC_GATEWAY_RUNNING:
	case SC_GATEWAY_AUTHORISED:
		break;
	}
	return false;
}

/* A refund that the provider refuses is a matter for people: the money stays owed, and the log says so. */
static void tell_refused(struct sweep *s, const struct duty *duty)
{
	const sc_env *env = s->shop->env;
	if (duty->op == SC_GATEWAY_REFUND && !duty->refund && duty->ask->status == SC_OK &&
	    duty->ask->reply.state == SC_GATEWAY_DECLINED)
		env->log(env->ctx, SC_LOG_ERROR, "the provider refuses a refund that is owed; it is asked again later");
}

static sc_status settle(struct sweep *s, struct duty *duty, bool *moved)
{
	static const sc_gateway_reply nothing_left = { .state = SC_GATEWAY_REFUNDED };
	const sc_order *order = &duty->purchase.ref.order;
	sc__news news = { .cause = "found by tick", .last = duty->last };
	*moved = true;
	if (duty->readable && order->state == SC_ORDER_PENDING && sc__order_due(order) == 0)
		return sc__purchase_settle(s->shop, s->call, &duty->purchase, &news, s->arena, s->err);
	if (duty->attempt && duty->op == SC_GATEWAY_REFUND && duty->left == 0)
		return sc__purchase_refunded(s->shop, s->call, &duty->purchase, duty->attempt->shown.number,
		                             &nothing_left, s->arena, s->err);
	*moved = duty->ask && duty->ask->status == SC_OK && is_news(duty);
	if (!*moved)
		return SC_OK;
	if (duty->refund)
		return sc__refund_settle(s->shop, s->call, &duty->purchase.ref, &duty->refunds, duty->refund,
		                         &duty->ask->reply, s->arena, s->err);
	news.number = duty->attempt->shown.number;
	news.reply = &duty->ask->reply;
	if (duty->op == SC_GATEWAY_REFUND)
		return sc__purchase_refunded(s->shop, s->call, &duty->purchase, news.number, news.reply, s->arena,
		                             s->err);
	return sc__purchase_settle(s->shop, s->call, &duty->purchase, &news, s->arena, s->err);
}

/* When to look again at an order that did not move. */
static int64_t next_look(const struct sweep *s, const struct duty *duty)
{
	const int64_t soon = s->now_ms + s->shop->settings.payment_resume_ms;
	const int64_t end = sc__purchase_window_end(s->shop, &duty->purchase.ref.order);
	if (!duty->readable || duty->refund || (!duty->attempt && duty->purchase.ref.order.state == SC_ORDER_PENDING))
		return soon;
	if (!duty->attempt)
		return SC_NEVER;
	bool idle = duty->ask && duty->ask->status == SC_OK && duty->op == SC_GATEWAY_LOOKUP &&
	            (duty->ask->reply.state == SC_GATEWAY_UNSEEN || duty->ask->reply.state == SC_GATEWAY_NEEDS_STEP);
	if (!duty->last && (idle || end < soon))
		return end; /* it is the buyer's turn until then */
	return soon;
}

/* A change of nothing but the due column, if nobody else moved the order. */
static void put_off(const struct sweep *s, const struct duty *duty, sc_value *due, sc_change *out)
{
	const int64_t next = next_look(s, duty);
	*due = next == SC_NEVER ? SC_VALUE_NONE : SC_VALUE_OF_INT(next);
	*out = (sc_change){ .address = sc__order_address(&duty->purchase.ref.id),
		            .type = SC_CHANGE_PATCH,
		            .condition = SC_IF_VERSION,
		            .version = duty->purchase.ref.order.version,
		            .columns = due,
		            .column_count = 1,
		            .column_mask = 1u << SC_ORDER_DUE };
}

/* All that did not move, in one apply. */
static sc_status put_off_all(struct sweep *s, const bool *moved, sc_error *err)
{
	sc_value due[PAGE_MAX];
	sc_change changes[PAGE_MAX];
	sc_group groups[PAGE_MAX] = { 0 };
	sc_outcome outcomes[PAGE_MAX] = { 0 };
	size_t count = 0;
	for (size_t i = 0; i < s->count; i++) {
		if (moved[i])
			continue;
		put_off(s, &s->duties[i], &due[count], &changes[count]);
		groups[count] = (sc_group){ .home = SC_HOME_NONE, .changes = &changes[count], .count = 1 };
		count++;
	}
	return sc__apply(s->shop, s->call, groups, count, outcomes, err);
}

static sc_status settle_all(struct sweep *s, sc_error *err)
{
	bool moved[PAGE_MAX];
	for (size_t i = 0; i < s->count; i++) {
		struct duty *duty = &s->duties[i];
		sc_status status = settle(s, duty, &moved[i]);
		if (moved[i] && (status == SC_OK || sc_status_is_refusal(status)))
			s->resumed++;
		note(s, status);
		if (duty->ask)
			tell_refused(s, duty);
	}
	return put_off_all(s, moved, err);
}

/* ---- the duty ---------------------------------------------------------------------------- */

static sc_status next_due(struct sweep *s, int64_t *out, sc_error *err)
{
	sc_range range = { .kind = SC_KIND_ORDER, .index = INDEX_BY_DUE, .limit = 1, .mask = SC_READ_COLUMNS };
	sc_page page;
	sc_status status = sc__range(s->shop, s->call, &range, 1, s->arena, &page, err);
	if (status == SC_OK)
		*out = page.count > 0 ? page.records[0].columns[SC_ORDER_DUE].number : SC_NEVER;
	return status;
}

static sc_status sweep_page(struct sweep *s, uint32_t items, bool *more, sc_error *err)
{
	sc_status status = sc__now(s->shop, s->call, &s->now_ms, err);
	if (status == SC_OK)
		status = read_due(s, items, more, err);
	if (status == SC_OK && s->count > 0)
		status = ask_all(s, err);
	if (status == SC_OK && s->count > 0)
		status = settle_all(s, err);
	return status;
}

static sc_status sweep_all(struct sweep *s, uint32_t items, sc__checkout_progress *out, sc_error *err)
{
	const sc_env *env = s->shop->env;
	bool more = true;
	sc_status status = SC_OK;
	while (status == SC_OK && s->first == SC_OK && more && items > 0 && env->mono_ns(env->ctx) < s->until_ns) {
		s->count = s->ask_count = 0;
		more = false;
		status = sweep_page(s, items, &more, err);
		items -= s->count < items ? (uint32_t)s->count : items;
		out->looked += s->count;
		sc_arena_reset(s->arena);
	}
	if (status == SC_OK)
		status = next_due(s, &out->next_due_ms, err);
	return status;
}

sc_status sc__checkout_tick(sc_shop *shop, const sc_call *call, uint32_t items, int64_t until_ns,
                            sc__checkout_progress *out, sc_error *err)
{
	sc_arena arena;
	struct sweep *sweep = shop->env->resize(shop->env->ctx, NULL, sizeof(*sweep));
	*out = (sc__checkout_progress){ .next_due_ms = SC_NEVER };
	if (!sweep)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	sc_arena_init(&arena, shop->env);
	*sweep = (struct sweep){ .shop = shop, .call = call, .arena = &arena, .until_ns = until_ns, .err = err };
	sc_status status = sweep_all(sweep, items, out, err);
	out->resumed = sweep->resumed;
	if (status == SC_OK)
		status = sweep->first;
	sc_arena_clear(&arena);
	shop->env->resize(shop->env->ctx, sweep, 0);
	return status;
}
