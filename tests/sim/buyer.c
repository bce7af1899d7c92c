/*
 * A buyer: fills a cart, places an order, pays, and now and then changes their mind. Whatever went wrong,
 * they ask again under the same key, as a browser does, also after the process they talked to died.
 */
#include "market.h"

#include <shopcore/cart.h>
#include <shopcore/submit.h>

#include <stdio.h>
#include <string.h>

#define TRIES_MAX 25
#define LOOK_MS   5 /* how often a server that submits looks after its requests */

struct talk {
	struct market *m;
	sc_shop *shop;
	struct wish *wish;
	sc_arena arena;
	sc_call call;
	char user[16], key[32];
};

static bool ask_again(sc_status status)
{
	return sc_status_is_failure(status) || sc_status_is_unknown(status) || status == SC_CHANGED ||
	       status == SC_IN_PROGRESS;
}

static sc_status empty_cart(struct talk *t, sc_error *err)
{
	sc_id lines[64];
	size_t count = 0;
	sc_cart cart;
	sc_status status = sc_cart_get(t->shop, &t->call, NULL, &t->arena, &cart, err);

	if (status != SC_OK || cart.line_count == 0)
		return status;
	for (; count < cart.line_count && count < 64; count++)
		lines[count] = cart.lines[count].id;
	return sc_cart_remove(t->shop, &t->call, NULL, lines, count, &t->arena, &cart, err);
}

static enum step fill(struct talk *t)
{
	const struct wish *wish = t->wish;
	const sc_cart_item items[2] = { { .sku = sku_names[wish->sku[0]], .quantity = wish->quantity[0] },
		                        { .sku = sku_names[wish->sku[1]], .quantity = wish->quantity[1] } };
	sc_error err = SC_ERROR_INIT;
	sc_cart cart;
	sc_status status;

	t->call.key = NULL;
	status = empty_cart(t, &err);
	if (status == SC_OK || status == SC_NOT_FOUND) {
		snprintf(t->key, sizeof(t->key), "fill-%u", wish->number);
		t->call.key = t->key;
		status = sc_cart_add(t->shop, &t->call, NULL, items, 2, &t->arena, &cart, &err);
	}
	return ask_again(status) ? STEP_FILL : STEP_PLACE;
}

/* Every answer to one key has to be the same, byte for byte. */
static void remember(struct talk *t, const sc_placement *placement)
{
	struct wish *wish = t->wish;

	if (wish->order[0] == '\0') {
		snprintf(wish->order, sizeof(wish->order), "%s", placement->order_id);
		snprintf(wish->answer, sizeof(wish->answer), "%s", placement->json);
		return;
	}
	if (strcmp(wish->order, placement->order_id) != 0)
		found(t->m, "buyer %u got order %s and order %s for the key place-%u", wish->buyer, wish->order,
		      placement->order_id, wish->number);
	else if (strcmp(wish->answer, placement->json) != 0)
		found(t->m, "buyer %u got two answers for the key place-%u", wish->buyer, wish->number);
}

/* Now and then an impatient buyer presses the button in two windows, which need not reach one process. */
static void open_window(struct talk *t)
{
	uint32_t process = 1 + (uint32_t)sc_sim_random(t->m->sim, PROCESSES);

	if (t->m->shops[process] != NULL && sc_sim_random(t->m->sim, 4) == 0)
		market_spawn(t->m, process, window_main, t->wish->buyer);
}

/* Half of the buyers talk to a server that submits. */
struct submitted {
	struct talk *t;
	bool done;
	sc_status status;
	sc_placement placement;
};

static void on_done(const sc_completion *completion)
{
	struct submitted *s = completion->context;
	const sc_placement *placement = completion->placement;

	s->done = true;
	s->status = completion->status;
	if (placement == NULL)
		return;
	s->placement.order_id = sc_arena_dup(&s->t->arena, placement->order_id, strlen(placement->order_id));
	s->placement.json = sc_arena_dup(&s->t->arena, placement->json, placement->json_size);
	if (s->placement.order_id == NULL || s->placement.json == NULL)
		s->status = SC_NO_MEMORY;
}

/* Whoever drives carries what the others of the process have submitted, too. */
static sc_status follow(struct submitted *s)
{
	while (!s->done) {
		sc_shop_drive(s->t->shop, SIZE_MAX, NULL);
		sc_shop_complete(s->t->shop, SIZE_MAX);
		if (!s->done)
			sc_sim_sleep_ms(s->t->m->sim, LOOK_MS);
	}
	return s->status;
}

static sc_status call_place(struct talk *t, const sc_checkout_request *request, sc_placement *out, sc_error *err)
{
	struct submitted s = { .t = t };
	sc_status status;

	if (t->wish->buyer % 2 == 0)
		return sc_checkout_place(t->shop, &t->call, request, &t->arena, out, err);
	status = sc_checkout_place_submit(t->shop, &t->call, request, on_done, &s, NULL, err);
	if (status == SC_OK)
		status = follow(&s);
	if (status == SC_OK)
		*out = s.placement;
	return status;
}

static sc_status call_pay(struct talk *t, const char *order, const char *token, sc_error *err)
{
	struct submitted s = { .t = t };
	sc_status status;

	if (t->wish->buyer % 2 == 0)
		return sc_checkout_pay(t->shop, &t->call, order, token, err);
	status = sc_checkout_pay_submit(t->shop, &t->call, order, token, on_done, &s, NULL, err);
	return status == SC_OK ? follow(&s) : status;
}

/* Some people type the number of their card into the address. It is not taken, and the auditor looks for it. */
static void type_card(struct talk *t)
{
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_placement placement;

	request.email = "buyer@example.com";
	request.shipping = (sc_postal_address){
		.name = "B. Uyer", .line1 = "1 Mill Lane", .line2 = CARD_NUMBER, .city = "Ely", .country = "GB"
	};
	t->call.key = "card";
	if (call_place(t, &request, &placement, &err) == SC_OK)
		found(t->m, "buyer %u placed an order with a card number in its address", t->wish->buyer);
}

static sc_status place_once(struct talk *t)
{
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_error err = SC_ERROR_INIT;
	sc_placement placement;
	sc_status status;

	request.email = "buyer@example.com";
	request.shipping =
		(sc_postal_address){ .name = "B. Uyer", .line1 = "1 Mill Lane", .city = "Ely", .country = "GB" };
	snprintf(t->key, sizeof(t->key), "place-%u", t->wish->number);
	t->call.key = t->key;
	t->wish->place_calls++;
	status = call_place(t, &request, &placement, &err);
	if (status == SC_OK)
		remember(t, &placement);
	else if (!ask_again(status) && t->wish->place_calls == 1)
		t->wish->place_calls = 0;
	return status;
}

static enum step place(struct talk *t)
{
	sc_status status;

	open_window(t);
	if (t->wish->number == 0)
		type_card(t);
	status = place_once(t);
	if (status == SC_OK)
		return STEP_PAY;
	return ask_again(status) ? STEP_PLACE : STEP_DONE;
}

/* Goes to the provider's page, if there is one to go to. */
static void take_step(struct talk *t)
{
	sc_error err = SC_ERROR_INIT;
	sc_payment *payments;
	size_t count;
	sc_id attempt;

	if (sc_payment_list(t->shop, &t->call, t->wish->order, &t->arena, &payments, &count, &err) != SC_OK)
		return;
	for (size_t i = 0; i < count; i++) {
		if (payments[i].state == SC_ATTEMPT_NEEDS_STEP && sc_id_parse(payments[i].attempt, &attempt) == SC_OK)
			sc_fake_gateway_take_step(t->m->fake, attempt, sc_sim_random(t->m->sim, 4) != 0, &err);
	}
}

static enum step pay(struct talk *t)
{
	struct wish *wish = t->wish;
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	t->call.key = NULL;
	status = call_pay(t, wish->order, wish->token, &err);
	switch ((int)status) {
	case SC_OK:
		wish->told_confirmed = true;
		return wish->changes_mind ? STEP_CANCEL : STEP_DONE;
	case SC_DECLINED:
		if (sc_sim_random(t->m->sim, 3) == 0)
			return STEP_DONE;
		wish->token = "tok_ok";
		return STEP_PAY;
	case SC_ACTION_REQUIRED:
		take_step(t);
		wish->token = sc_sim_random(t->m->sim, 2) == 0 ? NULL : "tok_ok"; /* returns, or takes another card */
		return STEP_PAY;
	case SC_BAD_ARGUMENT: /* nothing to resume: the step was refused, or another attempt is open */
		wish->token = "tok_ok";
		return STEP_PAY;
	default:
		return ask_again(status) ? STEP_PAY : STEP_DONE;
	}
}

static enum step cancel(struct talk *t)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	t->call.key = NULL;
	t->wish->asked_cancel = true;
	status = sc_order_cancel(t->shop, &t->call, t->wish->order, "changed my mind", &err);
	if (status == SC_OK)
		t->wish->told_cancelled = true;
	return ask_again(status) ? STEP_CANCEL : STEP_DONE;
}

static enum step take(struct talk *t)
{
	switch (t->wish->step) {
	case STEP_FILL:
		return fill(t);
	case STEP_PLACE:
		return place(t);
	case STEP_PAY:
		return pay(t);
	case STEP_CANCEL:
		return cancel(t);
	case STEP_DONE:
		break;
	}
	return STEP_DONE;
}

/* Most think for a second; some go away for so long that their goods are given back. */
static void think(struct market *m)
{
	int64_t ms = (int64_t)sc_sim_random(m->sim, 2000);

	if (sc_sim_random(m->sim, 25) == 0)
		ms += 11 * 60 * 1000;
	sc_sim_sleep_ms(m->sim, ms);
}

static void begin_talk(struct talk *t, struct market *m, uint32_t process, struct wish *wish)
{
	*t = (struct talk){ .m = m, .shop = m->shops[process], .wish = wish };
	snprintf(t->user, sizeof(t->user), "buyer-%u", wish->buyer);
	t->call = (sc_call)SC_CALL_INIT(SC_ACTOR_CUSTOMER, t->user);
	sc_arena_init(&t->arena, market_env(m, process));
}

void window_main(void *arg)
{
	const struct visit *visit = arg;
	struct market *m = visit->m;
	unsigned number = m->wish_of[visit->buyer];
	struct wish *wish;
	struct talk t;

	if (number == WISHES_EACH)
		return;
	wish = &m->wishes[visit->buyer][number];
	if (wish->step != STEP_PLACE) /* too late for it */
		return;
	begin_talk(&t, m, visit->process, wish);
	place_once(&t);
	sc_arena_clear(&t.arena);
}

static void pursue(struct market *m, uint32_t process, struct wish *wish)
{
	struct talk t;

	begin_talk(&t, m, process, wish);
	while (wish->step != STEP_DONE && wish->tries++ < TRIES_MAX) {
		enum step next;

		think(m);
		sc_arena_reset(&t.arena);
		next = take(&t);
		if (next != wish->step)
			wish->tries = 0;
		wish->step = next;
	}
	sc_arena_clear(&t.arena);
}

void buyer_main(void *arg)
{
	const struct visit *visit = arg;
	struct market *m = visit->m;

	while (m->wish_of[visit->buyer] < WISHES_EACH) {
		pursue(m, visit->process, &m->wishes[visit->buyer][m->wish_of[visit->buyer]]);
		m->wish_of[visit->buyer]++;
		if (m->wish_of[visit->buyer] == WISHES_EACH && --m->buyers_left == 0) {
			sc_sim_faults(m->sim, false);
			m->closing = true;
		}
	}
}
