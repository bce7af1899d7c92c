#include "checkout/purchase.h"

static sc_status order_read(void *self, sc_status status)
{
	sc__purchase_reading *r = self;
	if (status == SC_OK)
		status = sc__order_admit(&r->record, r->task->call, SC__CHECKOUT, r->task->arena,
		                         &r->purchase.ref.order, r->task->err);
	if (status == SC_OK)
		*r->out = r->purchase;
	return r->then.step(r->then.self, status);
}

static sc_status attempts_read(void *self, sc_status status)
{
	sc__purchase_reading *r = self;
	if (status == SC_OK)
		status = sc__attempts_decode(&r->page, r->task->arena, &r->purchase.attempts, &r->purchase.count,
		                             r->task->err);
	if (status != SC_OK)
		return r->then.step(r->then.self, status);
	r->address = sc__order_address(&r->purchase.ref.id);
	return sc__want_rows(r->task, &r->address, 1, SC_READ_ALL, &r->record, (sc__then){ order_read, r });
}

/* The attempts first: no snapshot is read, and an order that is as new as they are or newer misleads nobody. */
sc_status sc__purchase_read(sc__purchase_reading *r, sc_id order)
{
	r->purchase = (sc__purchase){ .ref = { .id = order } };
	r->range = sc__attempts_range(&r->purchase.ref.id);
	return sc__want_page(r->task, &r->range, &r->page, (sc__then){ attempts_read, r });
}

sc_status sc__purchase_load(sc_shop *shop, const sc_call *call, sc_id order, sc_arena *arena, sc__purchase *out,
                            sc_error *err)
{
	sc__task task = { .shop = shop, .call = call, .arena = arena, .err = err };
	sc__purchase purchase;
	sc__purchase_reading reading = { .task = &task, .out = &purchase, .then = SC__END };
	sc_status status = sc__task_run(&task, sc__purchase_read(&reading, order));
	if (status == SC_OK)
		*out = purchase;
	return status;
}

const sc__attempt *sc__purchase_attempt(const sc__purchase *purchase, uint32_t n)
{
	for (size_t i = 0; i < purchase->count; i++)
		if (purchase->attempts[i].shown.number == n)
			return &purchase->attempts[i];
	return NULL;
}

bool sc__attempt_is_open(const sc__attempt *attempt)
{
	return attempt->shown.state == SC_ATTEMPT_PREPARED || attempt->shown.state == SC_ATTEMPT_NEEDS_STEP;
}

int64_t sc__purchase_window_end(const sc_shop *shop, const sc_order *order)
{
	return order->created_ms + shop->settings.hold_ttl_ms;
}
