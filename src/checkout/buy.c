/*
 * What a shop calls to pay, and to place and pay at once.
 */
#include "checkout/buy.h"

#include "base/error.h"
#include "core/input.h"

static sc_status paid(void *self, sc_status status)
{
	sc__buying *b = self;
	if (status == SC_OK)
		*b->out = b->placement;
	return b->then.step(b->then.self, status);
}

static sc_status placed(void *self, sc_status status)
{
	sc__buying *b = self;
	sc__purchase purchase;
	if (status == SC_OK)
		status = sc__placed_purchase(&b->placing, &purchase, b->task->err);
	if (status != SC_OK)
		return b->then.step(b->then.self, status);
	b->paying.task = b->task;
	b->paying.token = b->wish->request->payment_token;
	b->paying.then = (sc__then){ paid, b };
	return sc__pay_for(&b->paying, &purchase);
}

sc_status sc__buy(sc__buying *b)
{
	b->placing.task = b->task;
	b->placing.wish = b->wish;
	b->placing.owner = b->wish->owner;
	b->placing.out = &b->placement;
	b->placing.then = (sc__then){ placed, b };
	return sc__place(&b->placing);
}

/* ---- for a caller who waits -------------------------------------------------------------- */

sc_status sc_checkout_pay(sc_shop *shop, const sc_call *call, const char *order_id, const char *token, sc_error *err)
{
	sc_arena arena;
	sc_id order;
	sc_status status = sc__pay_read(call, order_id, token, &order, err);
	if (status != SC_OK)
		return status;
	sc_arena_init(&arena, shop->env);
	sc__task task = { .shop = shop, .call = call, .arena = &arena, .err = err };
	sc__paying paying;
	paying.task = &task;
	paying.token = token;
	paying.then = SC__END;
	status = sc__task_run(&task, sc__pay(&paying, order));
	sc_arena_clear(&arena);
	return status;
}

sc_status sc_checkout_buy(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                          sc_placement *out, sc_error *err)
{
	sc__task task = { .shop = shop, .call = call, .arena = arena, .err = err };
	sc__wish wish;
	sc_placement placement;
	sc_status status = sc__wish_read(call, request, &wish, err);
	sc__buying *buying = status == SC_OK ? sc_arena_alloc(arena, sizeof(*buying)) : NULL;
	if (status != SC_OK)
		return status;
	if (!buying)
		return sc__fail(err, SC_NO_MEMORY, "out of memory");
	buying->task = &task;
	buying->wish = &wish;
	buying->then = SC__END;
	buying->out = &placement;
	status = sc__task_run(&task, sc__buy(buying));
	if (status == SC_OK)
		*out = placement;
	return status;
}
