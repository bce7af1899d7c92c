#undef SUBMITTED
#include "support/submitted.h"

#include <stdatomic.h>
#include <string.h>

static const sc_env *clock_env; /* of the test program, which runs one shop at a time */

void submitted_env(const sc_env *env)
{
	clock_env = env;
}

/* One who submitted and waits all the same. */
struct waiter {
	atomic_bool done; /* the last to be set: whoever completes may be another thread */
	sc_status status;
	sc_error err;
	sc_reservation reservation;
	sc_arena *arena;
	sc_placement placement;
};

static const char *keep(sc_arena *arena, const char *text)
{
	return sc_arena_dup(arena, text, strlen(text));
}

static void keep_placement(struct waiter *w, const sc_completion *completion)
{
	w->placement = *completion->placement;
	w->placement.order_id = keep(w->arena, w->placement.order_id);
	w->placement.currency = keep(w->arena, w->placement.currency);
	w->placement.json = sc_arena_dup(w->arena, w->placement.json, w->placement.json_size);
	if (!w->placement.order_id || !w->placement.currency || !w->placement.json)
		w->status = SC_NO_MEMORY;
}

static void on_done(const sc_completion *completion)
{
	struct waiter *w = completion->context;
	w->status = completion->status;
	w->err = *completion->err;
	if (completion->reservation)
		w->reservation = *completion->reservation;
	if (completion->placement)
		keep_placement(w, completion);
	w->done = true;
}

static void sleep_ms(int64_t ms)
{
	const sc_env *env = clock_env ? clock_env : sc_env_default();
	sc_parker parker;
	if (!env->parker_init(env->ctx, &parker))
		return;
	env->park(env->ctx, &parker, env->mono_ns(env->ctx) + ms * 1000000);
	env->parker_clear(env->ctx, &parker);
}

static sc_status wait_for(sc_shop *shop, struct waiter *w, sc_error *err)
{
	while (!w->done) {
		int64_t wait_ms = 0;
		sc_shop_drive(shop, 64, &wait_ms);
		sc_shop_complete(shop, 64);
		if (!w->done && wait_ms > 0) /* or another thread has it in hand */
			sleep_ms(wait_ms == SC_NEVER ? 1 : wait_ms);
	}
	if (err && w->status != SC_OK)
		*err = w->err;
	return w->status;
}

sc_status submitted_reserve(sc_shop *shop, const sc_call *call, const sc_reserve_request *request, sc_reservation *out,
                            sc_error *err)
{
	struct waiter w = { .done = false };
	sc_status status = sc_inventory_reserve_submit(shop, call, request, on_done, &w, NULL, err);
	if (status == SC_OK)
		status = wait_for(shop, &w, err);
	if (status == SC_OK && out)
		*out = w.reservation;
	return status;
}

sc_status submitted_commit(sc_shop *shop, const sc_call *call, sc_id id, const sc_commit_part *parts, size_t part_count,
                           sc_error *err)
{
	struct waiter w = { .done = false };
	sc_status status = sc_inventory_commit_submit(shop, call, id, parts, part_count, on_done, &w, NULL, err);
	return status == SC_OK ? wait_for(shop, &w, err) : status;
}

sc_status submitted_release(sc_shop *shop, const sc_call *call, sc_id id, sc_error *err)
{
	struct waiter w = { .done = false };
	sc_status status = sc_inventory_release_submit(shop, call, id, on_done, &w, NULL, err);
	return status == SC_OK ? wait_for(shop, &w, err) : status;
}

typedef sc_status submit_wish(sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                              sc_on_completion done, void *context, uint64_t *ticket, sc_error *err);

static sc_status wish(submit_wish *submit, sc_shop *shop, const sc_call *call, const sc_checkout_request *request,
                      sc_arena *arena, sc_placement *out, sc_error *err)
{
	struct waiter w = { .arena = arena };
	sc_status status = submit(shop, call, request, on_done, &w, NULL, err);
	if (status == SC_OK)
		status = wait_for(shop, &w, err);
	if (status == SC_OK)
		*out = w.placement;
	return status;
}

sc_status submitted_place(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                          sc_placement *out, sc_error *err)
{
	return wish(sc_checkout_place_submit, shop, call, request, arena, out, err);
}

sc_status submitted_buy(sc_shop *shop, const sc_call *call, const sc_checkout_request *request, sc_arena *arena,
                        sc_placement *out, sc_error *err)
{
	return wish(sc_checkout_buy_submit, shop, call, request, arena, out, err);
}

sc_status submitted_pay(sc_shop *shop, const sc_call *call, const char *order_id, const char *token, sc_error *err)
{
	struct waiter w = { .done = false };
	sc_status status = sc_checkout_pay_submit(shop, call, order_id, token, on_done, &w, NULL, err);
	return status == SC_OK ? wait_for(shop, &w, err) : status;
}
