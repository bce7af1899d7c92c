/*
 * A process that places, pays, refunds a part and cancels is killed with -9 before and after every single call of its
 * store and of its provider, one call a life, until a life has no such call left. After each death the shop opens again
 * and ticks: nobody is charged twice, or without an order or a refund; no order counts as paid without money; and the
 * ledger adds up to what the provider's books say. Where the records are is the caller's business.
 */
#include "killed.h"

#include "bench.h"

#include <shopcore/testkit/fake_gateway.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PRICE = 1250, PART = 150, CALLS_MAX = 500 };

static const char *const op_names[SC_FAULTY_OPS] = { "load",   "range", "apply", "resolve",
	                                             "expire", "log",   "start", "finish" };

struct world {
	const struct killing *killing;
	char books[128];
	sc_fake_gateway *provider;
	sc_store store;
	sc_gateway gateway;
	sc_shop *shop;
	bool cancels; /* after the refund of a part; otherwise the order stays */
	size_t doubled, lost, unpaid, unbooked;
};

static void dies(void *ctx, sc_faulty_op op)
{
	(void)ctx;
	(void)op;
	kill(getpid(), SIGKILL);
}

static void world_open(struct world *w)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway_options books = SC_FAKE_GATEWAY_OPTIONS_INIT;
	sc_faulty_options faults = SC_FAULTY_OPTIONS_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_store inner;
	books.file = w->books;
	faults.dies = dies;
	bench_must(sc_fake_gateway_open(sc_env_default(), &books, &w->provider, &err), &err, "provider");
	options.env = sc_env_default();
	w->killing->open(w->killing->ctx, &options);
	inner = options.store;
	bench_must(sc_faulty_open(sc_env_default(), inner, &faults, &w->store, &err), &err, "faulty");
	bench_must(
		sc_faulty_gateway_open(sc_env_default(), sc_fake_gateway_port(w->provider), &faults, &w->gateway, &err),
		&err, "faulty");
	options.store = w->store;
	options.gateway = w->gateway;
	options.payment_resume_ms = 0;
	bench_must(sc_shop_open(&options, &w->shop, &err), &err, "shop");
}

static void world_close(struct world *w)
{
	sc_shop_close(w->shop);
	sc_fake_gateway_free(w->provider);
}

static void fill_shop(struct world *w)
{
	sc_error err = SC_ERROR_INIT;
	const sc_sku offer = { .sku = "mug", .price_minor = PRICE, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "A mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = 1000000 };
	bench_must(sc_product_create(w->shop, SC_CALL_SYSTEM, &mug, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(w->shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "stock");
}

/* One purchase from cart to its money back. */
static void live(struct world *w, const char *user)
{
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_cart cart;
	sc_placement placement;
	sc_refund_answer answer;
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_refund_request refund = SC_REFUND_REQUEST_INIT;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	sc_arena_init(&arena, sc_env_default());
	request.payment_token = "tok_ok";
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	refund.amount_minor = PART;
	bench_must(sc_cart_add(w->shop, &call, NULL, &item, 1, &arena, &cart, &err), &err, "cart");
	call.key = "only";
	bench_must(sc_checkout_buy(w->shop, &call, &request, &arena, &placement, &err), &err, "buy");
	bench_must(sc_refund_make(w->shop, SC_CALL_SYSTEM, placement.order_id, &refund, &arena, &answer, &err), &err,
	           "refund");
	bench_must(sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err, "tick");
	if (w->cancels)
		bench_must(sc_order_cancel(w->shop, &call, placement.order_id, NULL, &err), &err, "cancel");
	bench_must(sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err, "tick");
	sc_arena_clear(&arena);
	world_close(w);
}

/* Whether the process died at the n-th call of `op`; otherwise it had no such call. */
static bool killed_at(struct world *w, sc_faulty_op op, uint32_t n, sc_fault fault, const char *user)
{
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		sc_error err = SC_ERROR_INIT;
		world_open(w);
		bench_must(op == SC_FAULTY_START || op == SC_FAULTY_FINISH
		                   ? sc_faulty_gateway_script(&w->gateway, op, n, fault, SC_OK, &err)
		                   : sc_faulty_script(&w->store, op, n, fault, SC_OK, &err),
		           &err, "script");
		live(w, user);
		_exit(0);
	}
	waitpid(child, &status, 0);
	if (!WIFSIGNALED(status) && WEXITSTATUS(status) != 0)
		w->lost++; /* it was told what it must not be told */
	return WIFSIGNALED(status);
}

/* ---- checking ---------------------------------------------------------------------------- */

static int64_t booked_with_provider(struct world *w, const char *order, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_ledger_entry *entries;
	size_t count;
	int64_t sum = 0;
	bench_must(sc_ledger_list(w->shop, SC_CALL_SYSTEM, order, arena, &entries, &count, &err), &err, "ledger");
	for (size_t i = 0; i < count; i++) {
		int64_t even = 0;
		for (size_t k = 0; k < entries[i].count; k++) {
			even += entries[i].postings[k].amount_minor;
			if (strcmp(entries[i].postings[k].account, "provider") == 0)
				sum += entries[i].postings[k].amount_minor;
		}
		w->unbooked += even != 0;
	}
	return sum;
}

static void check_order(struct world *w, const sc_order *order, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_id id;
	int64_t charged, refunded;
	bench_must(sc_id_parse(order->id, &id), &err, "id");
	bench_must(sc_fake_gateway_order_money(w->provider, id, &charged, &refunded, &err), &err, "books");
	const bool confirmed = order->state == SC_ORDER_CONFIRMED;
	w->doubled += charged > order->total_minor;
	w->unpaid += confirmed && charged != order->total_minor;
	w->lost += charged > 0 && !confirmed && refunded != charged;
	w->unbooked += booked_with_provider(w, order->id, arena) != charged - refunded;
}

/* The orders of one life: at most one, and no charge without it. */
static void check(struct world *w, const char *user)
{
	sc_error err = SC_ERROR_INIT;
	sc_order_page page;
	sc_arena arena;
	sc_fake_booking *books;
	size_t count;
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_order_list(w->shop, &call, NULL, 10, NULL, &arena, &page, &err), &err, "orders");
	w->doubled += page.count > 1;
	for (size_t i = 0; i < page.count; i++)
		check_order(w, &page.orders[i], &arena);
	bench_must(sc_fake_gateway_books(w->provider, &arena, &books, &count, &err), &err, "books");
	for (size_t i = 0; i < count; i++) {
		char id[SC_ID_TEXT_SIZE];
		sc_order order;
		w->lost += books[i].captured_minor > 0 &&
		           sc_order_get(w->shop, SC_CALL_SYSTEM, sc_id_format(books[i].order, id), &arena, &order,
		                        &err) != SC_OK;
	}
	sc_arena_clear(&arena);
}

/* ---- every call -------------------------------------------------------------------------- */

static bool live_and_check(struct world *w, sc_faulty_op op, uint32_t n, sc_fault fault)
{
	char user[64];
	sc_error err = SC_ERROR_INIT;
	snprintf(user, sizeof(user), "%s-%s-%u-%s", op_names[op], fault == SC_FAULT_DIE_BEFORE ? "before" : "after", n,
	         w->cancels ? "cancels" : "keeps");
	const bool killed = killed_at(w, op, n, fault, user);
	world_open(w);
	for (int i = 0; i < 3; i++)
		bench_must(sc_shop_tick(w->shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err, "tick");
	check(w, user);
	world_close(w);
	return killed;
}

static uint32_t kill_at_all(struct world *w, sc_faulty_op op, sc_fault fault)
{
	uint32_t n = 1;
	while (n < CALLS_MAX && live_and_check(w, op, n, fault))
		n++;
	return n - 1;
}

/* A death at a read leaves what one at the write before it left, so only the full count has those too. */
static bool is_tried(sc_faulty_op op)
{
	return bench_scale() == 1 || op == SC_FAULTY_APPLY || op == SC_FAULTY_START || op == SC_FAULTY_FINISH;
}

static uint32_t kill_everywhere(struct world *w)
{
	uint32_t deaths = 0;
	for (int op = 0; op < SC_FAULTY_OPS; op++) {
		if (!is_tried((sc_faulty_op)op))
			continue;
		const uint32_t before = kill_at_all(w, (sc_faulty_op)op, SC_FAULT_DIE_BEFORE);
		const uint32_t after = kill_at_all(w, (sc_faulty_op)op, SC_FAULT_DIE_AFTER);
		printf("%s, %-8s killed before each of %u calls, after each of %u\n", w->killing->name, op_names[op],
		       before, after);
		deaths += before + after;
	}
	return deaths;
}

static void print_bars(const struct world *w, uint32_t deaths, size_t findings)
{
	char name[128];
	snprintf(name, sizeof(name), "killed at every call of store and provider, %s: lives", w->killing->name);
	bench_bar(name, deaths > 40, "> 40", "%u", deaths);
	bench_bar("the same: charged twice", w->doubled == 0, "0", "%zu", w->doubled);
	bench_bar("the same: charged without order or refund", w->lost == 0, "0", "%zu", w->lost);
	bench_bar("the same: confirmed without money", w->unpaid == 0, "0", "%zu", w->unpaid);
	bench_bar("the same: ledger off or uneven", w->unbooked == 0, "0", "%zu", w->unbooked);
	bench_bar("the same: findings of verify", findings == 0, "0", "%zu", findings);
}

void bench_killed_at_every_call(const struct killing *killing, const char *folder)
{
	struct world w = { .killing = killing };
	snprintf(w.books, sizeof(w.books), "%s/provider.books", folder);
	world_open(&w);
	fill_shop(&w);
	world_close(&w);
	uint32_t deaths = kill_everywhere(&w);
	w.cancels = true;
	deaths += kill_everywhere(&w);
	world_open(&w);
	size_t findings = bench_findings(w.shop);
	world_close(&w);
	print_bars(&w, deaths, findings);
}
