/*
 * Gift cards: issued, found by their code, spent on orders beside the provider or without it, and given back; never
 * twice, whoever spends them at the same time.
 */
#include "checkout/market.h"

#include <shopcore/cart.h>
#include <shopcore/coupon.h>
#include <shopcore/gift_card.h>
#include <shopcore/ledger.h>
#include <shopcore/refund.h>
#include <shopcore/verify.h>

#include <pthread.h>
#include <stdio.h>

#define MINUTE 60000
#ifdef MARKET_POSTGRES
#define THREADS 8 /* each has a connection: who waits for one waits by the test's clock, which jumps */
#else
#define THREADS 32
#endif
#define WINNERS (THREADS / 3)

static sc_gift_card_use use;

static sc_gift_card issue(struct market *m, int64_t amount)
{
	sc_gift_card_request request = SC_GIFT_CARD_REQUEST_INIT;
	sc_gift_card card;
	request.amount_minor = amount;
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err), SC_OK);
	return card;
}

static sc_gift_card again(struct market *m, const sc_gift_card *card)
{
	sc_gift_card now;
	assert_int_equal(sc_gift_card_get(m->shop, SC_CALL_SYSTEM, card->id, &m->arena, &now, &m->err), SC_OK);
	return now;
}

static void assert_card(struct market *m, const sc_gift_card *card, int64_t balance, int64_t held)
{
	const sc_gift_card now = again(m, card);
	assert_int_equal(now.balance_minor, balance);
	assert_int_equal(now.held_minor, held);
}

static void pay_with(struct market *m, const sc_gift_card *card, int64_t amount)
{
	use = (sc_gift_card_use){ card->code, amount };
	m->request.gift_cards = &use;
	m->request.gift_card_count = 1;
}

static int64_t booked(struct market *m, const char *id, const char *account)
{
	sc_ledger_entry *entries;
	size_t count;
	int64_t sum = 0;
	assert_int_equal(sc_ledger_list(m->shop, SC_CALL_SYSTEM, id, &m->arena, &entries, &count, &m->err), SC_OK);
	for (size_t i = 0; i < count; i++) {
		int64_t even = 0;
		for (size_t k = 0; k < entries[i].count; k++) {
			even += entries[i].postings[k].amount_minor;
			if (strcmp(entries[i].postings[k].account, account) == 0)
				sum += entries[i].postings[k].amount_minor;
		}
		assert_int_equal(even, 0);
	}
	return sum;
}

static void assert_nothing_booked(struct market *m)
{
	static const char *const accounts[] = { "provider", "gift_card", "store_credit", "shop",
		                                "shipping", "tax",       "buyer" };
	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++)
		assert_int_equal(booked(m, m->placement.order_id, accounts[i]), 0);
}

static sc_status refund(struct market *m, sc_refund_request request, sc_refund_answer *out)
{
	return sc_refund_make(m->shop, SC_CALL_SYSTEM, m->placement.order_id, &request, &m->arena, out, &m->err);
}

static sc_status refund_amount(struct market *m, int64_t amount)
{
	sc_refund_answer answer;
	sc_refund_request request = SC_REFUND_REQUEST_INIT;
	request.amount_minor = amount;
	return refund(m, request, &answer);
}

static sc_status cancel(struct market *m)
{
	return sc_order_cancel(m->shop, &m->buyer, m->placement.order_id, NULL, &m->err);
}

/* ---- cards ------------------------------------------------------------------------------- */

static void a_card_is_found_by_its_code_however_it_is_written(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 2500);
	char written[64];
	sc_gift_card found;
	size_t at = 0;
	for (const char *c = card.code; *c; c++)
		if (*c != '-')
			written[at++] = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
	written[at] = '\0';
	assert_int_equal(sc_gift_card_find(m->shop, &m->buyer, written, &m->arena, &found, &m->err), SC_OK);
	assert_string_equal(found.id, card.id);
	assert_int_equal(found.balance_minor, 2500);
	assert_string_equal(found.currency, "USD");
	assert_string_equal(found.code, "");
	assert_int_equal(booked(m, card.ledger_id, "gift_card"), -2500);
	assert_int_equal(booked(m, card.ledger_id, "granted"), 2500);
}

static void a_key_issues_one_card(void **state)
{
	struct market *m = *state;
	sc_gift_card_request request = SC_GIFT_CARD_REQUEST_INIT;
	sc_call call = *SC_CALL_SYSTEM;
	sc_gift_card first, second;
	call.key = "card-1";
	request.amount_minor = 500;
	request.note = "birthday";
	assert_int_equal(sc_gift_card_issue(m->shop, &call, &request, &m->arena, &first, &m->err), SC_OK);
	assert_int_equal(sc_gift_card_issue(m->shop, &call, &request, &m->arena, &second, &m->err), SC_OK);
	assert_string_equal(first.id, second.id);
	assert_string_equal(second.code, "");
	assert_string_equal(second.note, "birthday");
	assert_card(m, &first, 500, 0);
	request.amount_minor = 501;
	assert_int_equal(sc_gift_card_issue(m->shop, &call, &request, &m->arena, &second, &m->err), SC_KEY_REUSED);
}

static void a_code_of_ones_own_belongs_to_one_card(void **state)
{
	struct market *m = *state;
	sc_gift_card_request request = SC_GIFT_CARD_REQUEST_INIT;
	sc_gift_card card;
	request.amount_minor = 500;
	request.code = "shop-2026-aaaa-bbbb-cccc";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err), SC_OK);
	request.code = "SHOP2026AAAABBBBCCCC";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err), SC_EXISTS);
	request.code = "too-short";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err),
	                 SC_BAD_FORMAT);
	request.code = "with a dot . AAAA BBBB CCCC";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err),
	                 SC_BAD_FORMAT);
	request.code = "4111-1111 1111-1111";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err), SC_BAD_TEXT);
}

static void limits_of_a_card(void **state)
{
	struct market *m = *state;
	sc_gift_card_request request = SC_GIFT_CARD_REQUEST_INIT;
	sc_gift_card card;
	char code[SC_GIFT_CARD_CODE_MAX + 2];
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err),
	                 SC_OUT_OF_RANGE);
	request.amount_minor = SC_GIFT_CARD_MAX + 1;
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err),
	                 SC_OUT_OF_RANGE);
	request.amount_minor = SC_GIFT_CARD_MAX;
	request.currency = "XXQ";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err),
	                 SC_BAD_CURRENCY);
	request.currency = "EUR";
	memset(code, 'A', sizeof(code));
	code[SC_GIFT_CARD_CODE_MAX + 1] = '\0';
	request.code = code;
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err),
	                 SC_OVER_LIMIT);
	code[SC_GIFT_CARD_CODE_MAX] = '\0';
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err), SC_OK);
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, NULL, &m->arena, &card, &m->err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_gift_card_issue(m->shop, &m->buyer, &request, &m->arena, &card, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_gift_card_get(m->shop, &m->buyer, "GC", &m->arena, &card, &m->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_gift_card_get(m->shop, SC_CALL_SYSTEM, "GC", &m->arena, &card, &m->err), SC_NOT_FOUND);
	assert_int_equal(sc_gift_card_extend(m->shop, SC_CALL_SYSTEM, "GC", 0, &m->err), SC_NOT_FOUND);
}

static void who_guesses_codes_is_stopped_here_and_at_checkout(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 2500);
	sc_gift_card found;
	sc_gift_card_use wrong = { "0000-0000-0000-0000", 0 };
	market_cart(m, "mug", 1);
	m->request.gift_cards = &wrong;
	m->request.gift_card_count = 1;
	for (int i = 0; i < SC_COUPON_TRIES_MAX / 2; i++) {
		assert_int_equal(market_place(m, "k"), SC_NOT_FOUND);
		assert_string_equal(m->err.field, "gift_cards");
		assert_int_equal(sc_gift_card_find(m->shop, &m->buyer, wrong.code, &m->arena, &found, &m->err),
		                 SC_NOT_FOUND);
	}
	assert_int_equal(sc_gift_card_find(m->shop, &m->buyer, card.code, &m->arena, &found, &m->err),
	                 SC_LIMIT_REACHED);
	assert_string_equal(m->err.field, "tries");
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_LIMIT_REACHED);
	assert_string_equal(m->err.field, "tries");
	assert_int_equal(sc_gift_card_find(m->shop, SC_CALL_SYSTEM, card.code, &m->arena, &found, &m->err), SC_OK);
	assert_int_equal(market_tick_after(m, SC_COUPON_TRIES_MS + 1), SC_OK);
	assert_int_equal(market_place(m, "k"), SC_OK);
}

static void a_card_that_has_run_out_pays_nothing_until_it_is_extended(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 500);
	const int64_t now_ms = m->env->wall_ms(m->env->ctx);
	market_cart(m, "mug", 1);
	pay_with(m, &card, 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(sc_gift_card_extend(m->shop, SC_CALL_SYSTEM, card.id, now_ms, &m->err), SC_OK);
	assert_int_equal(market_place(m, "k"), SC_WRONG_STATE);
	assert_int_equal(m->err.index, 0);
	assert_true(again(m, &card).expired);
	assert_int_equal(sc_gift_card_extend(m->shop, SC_CALL_SYSTEM, card.id, now_ms + MINUTE, &m->err), SC_OK);
	assert_int_equal(market_place(m, "k"), SC_OK);
}

static void the_currency_must_match(void **state)
{
	struct market *m = *state;
	sc_gift_card_request request = SC_GIFT_CARD_REQUEST_INIT;
	sc_gift_card card;
	request.amount_minor = 500;
	request.currency = "EUR";
	assert_int_equal(sc_gift_card_issue(m->shop, SC_CALL_SYSTEM, &request, &m->arena, &card, &m->err), SC_OK);
	market_cart(m, "mug", 1);
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_CURRENCY_MISMATCH);
	assert_level(m, "mug", 10, 0, 0);
}

/* ---- paying ------------------------------------------------------------------------------ */

static void an_order_that_a_card_pays_in_full_needs_no_provider(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 2500);
	m->options.gateway = (sc_gateway){ 0 };
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(m->placement.due_minor, 0);
	assert_card(m, &card, 1500, 1000);
	assert_int_equal(market_pay(m, NULL), SC_OK);
	assert_card(m, &card, 1500, 0);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_money(m, 0, 0);
	assert_int_equal(market_order(m).paid, SC_PAID_CAPTURED);
	assert_int_equal(market_order(m).payment_count, 1);
	assert_int_equal(market_order(m).payments[0].number, SC_TENDER_FIRST);
	assert_int_equal(market_order(m).payments[0].state, SC_ATTEMPT_CAPTURED);
	assert_string_equal(market_order(m).payments[0].account, card.id);
	assert_int_equal(booked(m, m->placement.order_id, "gift_card"), 1000);
	assert_int_equal(booked(m, m->placement.order_id, "shop"), -1000);
	assert_sound(m);
}

static void tick_confirms_an_order_that_a_card_pays_in_full(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 2500);
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_CONFIRMED);
	assert_card(m, &card, 1500, 0);
}

static void the_provider_takes_what_a_card_leaves(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 700);
	m->options.tax_rate_ppm = 190000;
	m->options.tax_included = true;
	m->options.shipping_flat_minor = 490;
	market_restart(m);
	market_cart(m, "pot", 1);
	market_cart(m, "mug", 1);
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(m->placement.total_minor, 2490);
	assert_int_equal(m->placement.due_minor, 1790);
	assert_int_equal(market_pay(m, "tok_declined"), SC_DECLINED);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_money(m, 1790, 0);
	assert_card(m, &card, 0, 0);
	assert_int_equal(booked(m, m->placement.order_id, "provider"), 1790);
	assert_int_equal(booked(m, m->placement.order_id, "gift_card"), 700);
	assert_int_equal(booked(m, m->placement.order_id, "tax"), -market_order(m).tax_minor);
	assert_sound(m);
}

static void several_cards_pay_in_their_order(void **state)
{
	struct market *m = *state;
	const sc_gift_card a = issue(m, 300), b = issue(m, 900), c = issue(m, 50);
	const sc_gift_card_use uses[] = { { a.code, 0 }, { b.code, 500 }, { c.code, 0 } };
	market_cart(m, "mug", 2);
	m->request.gift_cards = uses;
	m->request.gift_card_count = 3;
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	assert_card(m, &a, 0, 0);
	assert_card(m, &b, 400, 0);
	assert_card(m, &c, 0, 0);
	assert_money(m, 150, 0);
	assert_int_equal(booked(m, m->placement.order_id, "shop"), -1000);
	assert_sound(m);
}

static void a_card_that_has_not_so_much_is_refused_and_nothing_is_held(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 300);
	const sc_gift_card_use twice[] = { { card.code, 0 }, { card.code, 0 } };
	market_cart(m, "mug", 2);
	pay_with(m, &card, 301);
	assert_int_equal(market_place(m, "k"), SC_LIMIT_REACHED);
	assert_string_equal(m->err.field, "gift_cards");
	assert_int_equal(m->err.wanted, 301);
	assert_int_equal(m->err.available, 300);
	assert_level(m, "mug", 10, 0, 0);
	m->request.gift_cards = twice;
	m->request.gift_card_count = 2;
	assert_int_equal(market_place(m, "k"), SC_BAD_ARGUMENT);
	m->request.gift_card_count = SC_GIFT_CARDS_MAX + 1;
	assert_int_equal(market_place(m, "k"), SC_OVER_LIMIT);
}

static void a_repeat_under_the_key_answers_alike_and_takes_nothing_more(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 300), other = issue(m, 300);
	char json[2048];
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_OK);
	snprintf(json, sizeof(json), "%s", m->placement.json);
	market_restart(m);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_string_equal(json, m->placement.json);
	assert_non_null(strstr(json, "\"due_minor\":700"));
	assert_card(m, &card, 0, 300);
	pay_with(m, &other, 0);
	assert_int_equal(market_place(m, "k"), SC_KEY_REUSED);
}

static void what_was_held_comes_back_when_the_order_fails(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 300);
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_card(m, &card, 0, 300);
	assert_int_equal(market_tick_after(m, 11 * MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_card(m, &card, 300, 0);
	assert_int_equal(market_order(m).payments[1].state, SC_ATTEMPT_VOIDED);
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k2"), SC_OK);
	assert_int_equal(cancel(m), SC_OK);
	assert_card(m, &card, 300, 0);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_sound(m);
}

static void what_lapsed_is_held_again_when_the_money_came_late(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 300);
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	sc_testkit_env_advance_ms(m->world, 11 * MINUTE);
	assert_int_equal(market_pay(m, "tok_ok"), SC_OK);
	assert_card(m, &card, 0, 0);
	assert_money(m, 700, 0);
	assert_sound(m);
}

static void money_that_came_when_the_card_was_spent_elsewhere_goes_back(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 300);
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_buy(m, "k", "tok_silent_charged"), SC_PAYMENT_UNKNOWN);
	const char *first = m->placement.order_id;
	size_t lapsed;
	int64_t next_ms;
	sc_testkit_env_advance_ms(m->world, 11 * MINUTE);
	assert_int_equal(m->traced.ops->expire(m->traced.ctx, SC_CALL_SYSTEM, SC_PAGE_MAX, &lapsed, &next_ms, &m->err),
	                 SC_OK);
	m->buyer = (sc_call)SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve");
	market_cart(m, "mug", 1);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	m->buyer = (sc_call)SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	m->placement.order_id = first;
	assert_int_equal(market_pay(m, "tok_ok"), SC_OUT_OF_STOCK);
	assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_status(m, SC_STATUS_PAYMENT_FAILED);
	assert_money(m, 700, 700);
	assert_card(m, &card, 0, 0);
	assert_nothing_booked(m);
	assert_sound(m);
}

/* ---- giving back ------------------------------------------------------------------------- */

static struct market *bought_split(struct market *m, sc_gift_card *card)
{
	*card = issue(m, 400);
	market_cart(m, "mug", 2);
	pay_with(m, card, 0);
	assert_int_equal(market_buy(m, "k", "tok_ok"), SC_OK);
	return m;
}

static void refunds_go_to_the_provider_first_and_then_to_the_card(void **state)
{
	sc_gift_card card;
	struct market *m = bought_split(*state, &card);
	assert_int_equal(refund_amount(m, 500), SC_OK);
	assert_card(m, &card, 0, 0);
	assert_int_equal(refund_amount(m, 200), SC_OK);
	assert_card(m, &card, 100, 0);
	assert_int_equal(refund_amount(m, 300), SC_OK);
	assert_card(m, &card, 400, 0);
	assert_int_equal(refund_amount(m, 1), SC_LIMIT_REACHED);
	for (int i = 0; i < 4; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_money(m, 600, 600);
	assert_nothing_booked(m);
	assert_sound(m);
}

static void cancelling_puts_back_what_refunds_have_left(void **state)
{
	sc_gift_card card;
	struct market *m = bought_split(*state, &card);
	assert_int_equal(refund_amount(m, 700), SC_OK);
	assert_card(m, &card, 100, 0);
	for (int i = 0; i < 2; i++)
		assert_int_equal(cancel(m), SC_OK);
	assert_card(m, &card, 400, 0);
	for (int i = 0; i < 4; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_money(m, 600, 600);
	assert_nothing_booked(m);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_sound(m);
}

static void an_order_without_a_provider_is_given_back_at_once(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 2500);
	market_cart(m, "mug", 2);
	pay_with(m, &card, 0);
	assert_int_equal(market_buy(m, "k", NULL), SC_OK);
	assert_int_equal(cancel(m), SC_OK);
	assert_card(m, &card, 2500, 0);
	assert_int_equal(market_order(m).paid, SC_PAID_REFUNDED);
	assert_nothing_booked(m);
	assert_sound(m);
}

static void a_line_that_is_cancelled_goes_back_to_provider_and_card(void **state)
{
	sc_gift_card card;
	struct market *m = bought_split(*state, &card);
	sc_refund_answer answer;
	const sc_refund_line one = { market_order(m).lines[0].id, 1 };
	assert_int_equal(refund_amount(m, 300), SC_OK);
	assert_int_equal(sc_order_cancel_lines(m->shop, &m->buyer, m->placement.order_id, &one, 1, NULL, &m->arena,
	                                       &answer, &m->err),
	                 SC_OK);
	assert_int_equal(answer.count, 2);
	assert_int_equal(answer.refunds[1].state, SC_REFUND_DONE);
	assert_int_equal(answer.amount_minor, 500);
	assert_card(m, &card, 200, 0);
	assert_level(m, "mug", 10, 0, 1);
	for (int i = 0; i < 4; i++)
		assert_int_equal(market_tick_after(m, MINUTE), SC_OK);
	assert_money(m, 600, 600);
	assert_sound(m);
}

/* ---- several at once --------------------------------------------------------------------- */

struct racer {
	struct market *m;
	pthread_t thread;
	char name[16];
	sc_gift_card_use use;
	sc_status status;
};

static void *spend(void *arg)
{
	struct racer *r = arg;
	struct market *m = r->m;
	const sc_cart_item item = { .sku = "leaf", .quantity = 1 };
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, r->name);
	sc_checkout_request request = m->request;
	sc_placement placement;
	sc_cart cart;
	sc_arena arena;
	sc_arena_init(&arena, m->env);
	request.gift_cards = &r->use;
	request.gift_card_count = 1;
	call.key = r->name;
	r->status = sc_cart_add(m->shop, &call, NULL, &item, 1, &arena, &cart, NULL);
	if (r->status == SC_OK)
		r->status = sc_checkout_buy(m->shop, &call, &request, &arena, &placement, NULL);
	sc_arena_clear(&arena);
	return NULL;
}

static void all_who_spend_one_card_at_once_spend_what_is_on_it(void **state)
{
	struct market *m = *state;
	const sc_gift_card card = issue(m, 100 * WINNERS + 50);
	struct racer racers[THREADS];
	int bought = 0;
	market_sku(m, "leaf", 100, 100);
	for (int i = 0; i < THREADS; i++) {
		racers[i] = (struct racer){ .m = m, .use = { card.code, 100 } };
		snprintf(racers[i].name, sizeof(racers[i].name), "b-%d", i);
		assert_int_equal(pthread_create(&racers[i].thread, NULL, spend, &racers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++)
		pthread_join(racers[i].thread, NULL);
	for (int i = 0; i < THREADS; i++) {
		assert_true(racers[i].status == SC_OK || racers[i].status == SC_LIMIT_REACHED);
		bought += racers[i].status == SC_OK;
	}
	assert_int_equal(bought, WINNERS);
	assert_card(m, &card, 50, 0);
	assert_level(m, "leaf", 100, 0, WINNERS);
	assert_sound(m);
}

/* ---- damages and failures ---------------------------------------------------------------- */

/* Plants a damage behind the library's back; what verification finds is mended, and then nothing is left to find. */
static void assert_mended(struct market *m, const sc_change *change, sc_damage damage)
{
	const sc_group group = { .id = sc_id_make(m->env), .home = SC_HOME_TABLE, .changes = change, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_repair_report report;
	assert_int_equal(m->traced.ops->apply(m->traced.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &m->err), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
	assert_int_equal(sc_verify_repair(m->shop, SC_CALL_SYSTEM, &m->arena, &report, &m->err), SC_OK);
	assert_int_equal(report.count, 1);
	assert_int_equal(report.repairs[0].finding.damage, damage);
	assert_sound(m);
}

static void counters_of_a_card_that_were_altered_are_found_and_mended(void **state)
{
	struct market *m = *state;
	sc_gift_card card;
	bought_split(m, &card);
	const sc_change lost = { .address = { .kind = 9,
		                              .key = card.id,
		                              .key_size = (uint16_t)strlen(card.id),
		                              .sub = "USD",
		                              .sub_size = 3 },
		                 .type = SC_CHANGE_ADJUST,
		                 .flags = SC_ADJUST_FORCED,
		                 .counters = { .committed = -100 },
		                 .topic = SC_BYTES("planted") };
	assert_mended(m, &lost, SC_DAMAGE_COMMITTED_SUM_OFF);
	assert_card(m, &card, 0, 0);
}

static void each_allocation_fails_in_turn(void **state)
{
	bool failed = true;
	(void)state;
	for (uint64_t nth = 1; failed; nth++) {
		struct market *m = NULL;
		market_up((void **)&m);
		const sc_gift_card card = issue(m, 2500);
		market_cart(m, "mug", 2);
		pay_with(m, &card, 0);
		sc_testkit_env_fail_allocation(m->world, nth, false);
		sc_status status = market_buy(m, "k", NULL);
		failed = sc_testkit_env_has_failed(m->world);
		sc_testkit_env_fail_allocation(m->world, 0, false);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		assert_int_equal(market_buy(m, "k", NULL), SC_OK);
		assert_card(m, &card, 1500, 0);
		void *gone = m;
		market_down(&gone);
	}
}

static void whatever_call_of_the_store_fails_a_repeat_under_the_key_buys_once(void **state)
{
	static const sc_faulty_op ops[] = { SC_FAULTY_LOAD, SC_FAULTY_RANGE, SC_FAULTY_APPLY };
	static const sc_fault faults[] = { SC_FAULT_FAIL, SC_FAULT_UNKNOWN_DONE, SC_FAULT_UNKNOWN_NOT_DONE };
	struct market *m = *state;
	const sc_gift_card card = issue(m, 100000);
	int64_t left = 100000;
	market_sku(m, "leaf", 100, 100);
	pay_with(m, &card, 0);
	for (size_t op = 0; op < 3; op++)
		for (size_t fault = 0; fault < 3; fault++)
			for (uint32_t nth = 1; nth <= (op == 1 ? 1u : 2u); nth++) {
				char key[16];
				snprintf(key, sizeof(key), "k%zu-%zu-%u", op, fault, nth);
				market_cart(m, "leaf", 1);
				assert_int_equal(
					sc_faulty_script(&m->store, ops[op], nth, faults[fault], SC_OK, &m->err),
					SC_OK);
				assert_int_not_equal(market_buy(m, key, NULL), SC_OK);
				assert_int_equal(market_buy(m, key, NULL), SC_OK);
				left -= 100;
				assert_card(m, &card, left, 0);
			}
	assert_sound(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(a_card_is_found_by_its_code_however_it_is_written),
		MARKET_TEST(a_key_issues_one_card),
		MARKET_TEST(a_code_of_ones_own_belongs_to_one_card),
		MARKET_TEST(limits_of_a_card),
		MARKET_TEST(who_guesses_codes_is_stopped_here_and_at_checkout),
		MARKET_TEST(a_card_that_has_run_out_pays_nothing_until_it_is_extended),
		MARKET_TEST(the_currency_must_match),
		MARKET_TEST(an_order_that_a_card_pays_in_full_needs_no_provider),
		MARKET_TEST(tick_confirms_an_order_that_a_card_pays_in_full),
		MARKET_TEST(the_provider_takes_what_a_card_leaves),
		MARKET_TEST(several_cards_pay_in_their_order),
		MARKET_TEST(a_card_that_has_not_so_much_is_refused_and_nothing_is_held),
		MARKET_TEST(a_repeat_under_the_key_answers_alike_and_takes_nothing_more),
		MARKET_TEST(what_was_held_comes_back_when_the_order_fails),
		MARKET_TEST(what_lapsed_is_held_again_when_the_money_came_late),
		MARKET_TEST(money_that_came_when_the_card_was_spent_elsewhere_goes_back),
		MARKET_TEST(refunds_go_to_the_provider_first_and_then_to_the_card),
		MARKET_TEST(cancelling_puts_back_what_refunds_have_left),
		MARKET_TEST(an_order_without_a_provider_is_given_back_at_once),
		MARKET_TEST(a_line_that_is_cancelled_goes_back_to_provider_and_card),
		MARKET_TEST(all_who_spend_one_card_at_once_spend_what_is_on_it),
		MARKET_TEST(counters_of_a_card_that_were_altered_are_found_and_mended),
		MARKET_TEST(whatever_call_of_the_store_fails_a_repeat_under_the_key_buys_once),
		cmocka_unit_test(each_allocation_fails_in_turn),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
