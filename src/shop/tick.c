/*
 * The duties of a shop, each bounded, in an order in which one makes work for the next: first what changes orders and
 * stock, then what tells others about it. A duty that fails does not keep the others from running.
 */
#include "core/access.h"
#include "core/handle.h"

#include "base/error.h"
#include "checkout/tick.h"
#include "events/relay.h"
#include "notify/notices.h"

#include <shopcore/inventory.h>
#include <shopcore/search.h>

#include <string.h>

/* How long the readers of the journal sleep when they have read everything: nothing tells them of new entries. */
#define IDLE_MS 1000

#define NS_PER_MS 1000000

/* What one tick has to hand from duty to duty. */
typedef struct tick {
	sc_shop *shop;
	const sc_call *call;
	uint32_t items;
	int64_t until_ns;
	int64_t next_due_ms; /* the store's time */
	bool more;           /* work is left over */
	bool reads_journal;
	sc_tick_report report;
} tick;

static void due_at(tick *t, int64_t time_ms)
{
	if (time_ms < t->next_due_ms)
		t->next_due_ms = time_ms;
}

static sc_status expire_holds(tick *t, sc_error *err)
{
	size_t done = 0;
	int64_t next = SC_NEVER;
	sc_status status = sc_inventory_expire(t->shop, t->call, t->items, &done, &next, err);
	t->report.holds_expired += done;
	due_at(t, next);
	return status;
}

static sc_status resume_checkouts(tick *t, sc_error *err)
{
	sc__checkout_progress progress = { .next_due_ms = SC_NEVER };
	sc_status status = sc__checkout_tick(t->shop, t->call, t->items, t->until_ns, &progress, err);
	t->report.checkouts_resumed += progress.resumed;
	due_at(t, progress.next_due_ms);
	return status;
}

static sc_status relay_events(tick *t, sc_error *err)
{
	return sc__events_relay(t->shop, t->call, t->items, t->until_ns, &t->report.events_relayed, &t->more, err);
}

static sc_status feed_search(tick *t, sc_error *err)
{
	const sc_search_index *search = &t->shop->search;
	if (search->ops == NULL)
		return SC_OK;
	sc_search_progress progress = { 0 };
	sc_status status = sc_search_follow(t->shop, t->call, t->items, &progress, err);
	t->report.products_indexed += progress.products;
	t->more = t->more || progress.more;
	if (status != SC_OK || !SC_OPS_HAS(search->ops, sc_search_ops, maintain))
		return status;
	const int64_t left_ns = t->until_ns - t->shop->env->mono_ns(t->shop->env->ctx);
	return left_ns < NS_PER_MS ? SC_OK : search->ops->maintain(search->ctx, t->call, left_ns / NS_PER_MS, err);
}

static sc_status send_notices(tick *t, sc_error *err)
{
	return sc__notices_send(t->shop, t->call, t->items, t->until_ns, &t->report.notices_sent, &t->more, err);
}

static sc_status (*const duties[])(tick *t, sc_error *err) = {
	expire_holds, resume_checkouts, relay_events, feed_search, send_notices,
};

/* When the next tick should come; a duty that failed is tried again soon. */
static sc_status schedule(tick *t, sc_error *err)
{
	int64_t now;
	sc_status status = sc__now(t->shop, t->call, &now, err);
	if (status != SC_OK)
		return status;
	if (t->reads_journal || t->report.duties_failed > 0)
		due_at(t, now + IDLE_MS);
	if (t->more)
		due_at(t, now);
	t->report.next_due_ms = t->next_due_ms;
	t->report.wait_ms = t->next_due_ms;
	if (t->next_due_ms != SC_NEVER)
		t->report.wait_ms = t->next_due_ms > now ? t->next_due_ms - now : 0;
	return SC_OK;
}

static void run_duties(tick *t, sc_status *first, sc_error *err)
{
	const sc_env *env = t->shop->env;
	for (size_t i = 0; i < sizeof(duties) / sizeof(duties[0]); i++) {
		if (i > 0 && env->mono_ns(env->ctx) >= t->until_ns) {
			t->more = true;
			return;
		}
		sc_error own = SC_ERROR_INIT;
		sc_status status = duties[i](t, &own);
		if (status == SC_OK)
			continue;
		t->report.duties_failed++;
		if (*first != SC_OK)
			continue;
		*first = status;
		if (err != NULL)
			*err = own;
	}
}

static void write_report(const sc_tick_report *from, sc_tick_report *out)
{
	if (out == NULL)
		return;
	const size_t size = out->size < sizeof(*from) ? out->size : sizeof(*from);
	sc_tick_report copy = *from;
	copy.size = out->size;
	memcpy(out, &copy, size);
}

sc_status sc_shop_tick(sc_shop *shop, const sc_call *call, const sc_tick_bound *bound, sc_tick_report *report,
                       sc_error *err)
{
	const sc_tick_bound defaults = SC_TICK_BOUND_INIT;
	if (bound == NULL)
		bound = &defaults;
	if (bound->size < offsetof(sc_tick_bound, reserved) || bound->items < 1 || bound->time_ms < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "bound", "needs a size, at least 1 item and 1 ms");
	if (report != NULL && report->size < offsetof(sc_tick_report, reserved))
		return sc__bad(err, SC_BAD_ARGUMENT, "report", "its size is not set");
	sc_status status = sc__allow(call, SC__RUN_SHOP, NULL, err);
	if (status != SC_OK)
		return status;

	const sc_env *env = shop->env;
	const int64_t time_ms = bound->time_ms < INT64_MAX / NS_PER_MS / 2 ? bound->time_ms : INT64_MAX / NS_PER_MS / 2;
	tick t = { .shop = shop,
		   .call = call,
		   .items = bound->items,
		   .until_ns = env->mono_ns(env->ctx) + time_ms * NS_PER_MS,
		   .next_due_ms = SC_NEVER,
		   .reads_journal = shop->events.ops != NULL || shop->search.ops != NULL ||
		                    shop->notifier.ops != NULL };
	run_duties(&t, &status, err);
	sc_status scheduled = schedule(&t, status == SC_OK ? err : NULL);
	write_report(&t.report, report);
	return status != SC_OK ? status : scheduled;
}
