/*
 * 09_event_loop.c - thousands of requests in flight from one thread.
 *
 * First use of sc_inventory_reserve_submit(), sc_checkout_buy_submit(), sc_shop_drive(), sc_shop_complete() and
 * sc_shop_descriptor(). The loop's thread submits and completes and never waits for a store or a bank; a second thread
 * drives, and what it finds waiting it does in one go.
 */
#include <poll.h>
#include <pthread.h>
#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { CALLERS = 3000, MUGS = 2000, BUYERS = 500, AT_ONCE = 1000 };

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s\n", sc_status_name(status), err->text);
	exit(1);
}

/* ---- the thread that works --------------------------------------------------------------- */

struct engine {
	sc_shop *shop;
	atomic_bool stop;
};

static void *drive(void *argument)
{
	struct engine *engine = argument;
	sc_error err = SC_ERROR_INIT;
	int64_t wait_ms = 0;
	struct pollfd work = { .events = POLLIN };
	must(sc_shop_descriptor(engine->shop, SC_DESCRIPTOR_SUBMITTED, &work.fd, &err), &err);
	while (!engine->stop) {
		/* woken by what is submitted; and in time to look whether the bank has answered */
		poll(&work, 1, wait_ms < 100 ? (int)wait_ms : 100);
		sc_shop_drive(engine->shop, AT_ONCE, &wait_ms);
	}
	return NULL;
}

/* ---- the thread that must not wait ------------------------------------------------------- */

/* A server would have a connection here and write the answer to it. */
struct tally {
	int open, held, gone, confirmed, declined;
};

static void on_reserved(const sc_completion *completion)
{
	struct tally *tally = completion->context;
	tally->open--;
	if (completion->status == SC_OK)
		tally->held++;
	else if (completion->status == SC_OUT_OF_STOCK)
		tally->gone++;
	else
		must(completion->status, completion->err);
}

static void on_bought(const sc_completion *completion)
{
	struct tally *tally = completion->context;
	tally->open--;
	if (completion->status == SC_OK)
		tally->confirmed++;
	else if (completion->status == SC_DECLINED)
		tally->declined++;
	else
		must(completion->status, completion->err);
}

static void submit_reservation(sc_shop *shop, struct tally *tally)
{
	sc_error err = SC_ERROR_INIT;
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	must(sc_inventory_reserve_submit(shop, SC_CALL_SYSTEM, &request, on_reserved, tally, NULL, &err), &err);
	tally->open++;
}

/* Every tenth card keeps the bank busy for a moment, every fiftieth is declined. */
static void submit_purchase(sc_shop *shop, int buyer, struct tally *tally)
{
	sc_error err = SC_ERROR_INIT;
	char name[16];
	snprintf(name, sizeof(name), "buyer-%d", buyer);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
	call.key = "checkout-1"; /* whoever repeats it gets the same answer, submitted or not */
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	request.payment_token = buyer % 50 == 0 ? "tok_declined" : buyer % 10 == 0 ? "tok_slow" : "tok_ok";
	request.shipping = (sc_postal_address){ .name = name, .line1 = "1 High St", .city = "Bath", .country = "GB" };
	must(sc_checkout_buy_submit(shop, &call, &request, on_bought, tally, NULL, &err), &err);
	tally->open++;
}

static void loop(sc_shop *shop, struct tally *tally)
{
	sc_error err = SC_ERROR_INIT;
	struct pollfd answers = { .events = POLLIN };
	must(sc_shop_descriptor(shop, SC_DESCRIPTOR_DONE, &answers.fd, &err), &err);
	while (tally->open > 0) {
		poll(&answers, 1, -1); /* and whatever else the loop looks after */
		sc_shop_complete(shop, AT_ONCE);
	}
}

/* ---- the shop ---------------------------------------------------------------------------- */

static sc_shop *open_shop(sc_fake_gateway **bank)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway_options slow = SC_FAKE_GATEWAY_OPTIONS_INIT;
	slow.slow_ms = 20;
	must(sc_fake_gateway_open(sc_env_default(), &slow, bank, &err), &err);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.gateway = sc_fake_gateway_port(*bank);
	options.submitted_max = 5000; /* one more in flight is answered with SC_BUSY at once */
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	return shop;
}

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	const sc_sku offer = { .sku = "poster", .price_minor = 1200, .currency = "USD" };
	const sc_product product = {
		.id = "poster", .name = "Poster", .skus = &offer, .sku_count = 1, .rating_milli = -1
	};
	const sc_stock_change delivery[] = { { "mug", NULL, MUGS }, { "poster", NULL, BUYERS } };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, &err), &err);
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, delivery, 2, "delivery", &err), &err);
	for (int buyer = 0; buyer < BUYERS; buyer++) {
		char name[16];
		snprintf(name, sizeof(name), "buyer-%d", buyer);
		const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
		const sc_cart_item item = { .sku = "poster", .quantity = 1 };
		sc_cart cart;
		sc_arena arena;
		sc_arena_init(&arena, sc_env_default());
		must(sc_cart_add(shop, &call, NULL, &item, 1, &arena, &cart, &err), &err);
		sc_arena_clear(&arena);
	}
}

int main(void)
{
	sc_fake_gateway *bank;
	sc_shop *shop = open_shop(&bank);
	struct engine engine = { .shop = shop };
	struct tally tally = { .open = 0 };
	pthread_t thread;
	fill_shop(shop);
	if (pthread_create(&thread, NULL, drive, &engine) != 0)
		return 1;

	for (int i = 0; i < CALLERS; i++)
		submit_reservation(shop, &tally);
	for (int i = 0; i < BUYERS; i++)
		submit_purchase(shop, i, &tally);
	printf("submitted:    %d requests, from one thread\n", CALLERS + BUYERS);
	loop(shop, &tally);
	printf("reservations: %d held, %d told that the mugs are gone\n", tally.held, tally.gone);
	printf("purchases:    %d confirmed, %d declined\n", tally.confirmed, tally.declined);

	engine.stop = true;
	pthread_join(thread, NULL);
	sc_shop_close(shop);
	sc_fake_gateway_free(bank);
	return 0;
}

/*
 * It prints:
 *
 *   submitted:    3500 requests, from one thread
 *   reservations: 2000 held, 1000 told that the mugs are gone
 *   purchases:    490 confirmed, 10 declined
 */
