/*
 * A burst of 25,000 webhooks of Stripe on four threads: first only verified and read by the driver, then taken in by a
 * shop on SQLite, where a thousand orders wait for their payment and hear of it 25 times each. Every signature is
 * checked, every order is confirmed once, and nothing but the first word about an order is written.
 */
#include "bench.h"

#include <shopcore/stripe.h>

#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { EVENTS = 25000, TIMES = 25, THREADS = 4, FLOOR = 5000 };

#define SECRET "whsec_of_the_bench"

struct event {
	sc_bytes body;
	char signature[128];
	char order[SC_ID_TEXT_SIZE];
};

struct burst {
	sc_shop *shop;
	sc_gateway gateway;
	sc_arena arena;
	struct event *events; /* one an order */
	int orders, count;
	atomic_int next, failed;
};

static int descriptor_with(const char *text)
{
	int ends[2];
	if (pipe(ends) != 0 || write(ends[1], text, strlen(text)) != (ssize_t)strlen(text))
		exit(1);
	close(ends[1]);
	return ends[0];
}

static sc_gateway open_gateway(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_gateway gateway;
	sc_stripe_options options = SC_STRIPE_OPTIONS_INIT;
	options.url = "http://127.0.0.1:1"; /* nothing here needs to ask back */
	options.key_fd = descriptor_with("sk_test_bench");
	options.webhook_fd = descriptor_with(SECRET);
	options.return_url = "https://shop.example";
	bench_must(sc_stripe_open(sc_env_default(), &options, &gateway, &err), &err, "gateway");
	return gateway;
}

/* What nobody reads: a real event has some 3 KB of it. */
static void add_charge(sc_json_writer *writer, int number)
{
	static const char *const fields[] = {
		"id",      "object",  "balance_transaction", "billing_details", "brand",
		"country", "funding", "network_status",      "receipt_url",     "status"
	};
	char key[32];
	snprintf(key, sizeof(key), "charge_%d", number);
	sc_json_put_key(writer, key);
	sc_json_begin_object(writer);
	for (size_t i = 0; i < 20; i++) {
		snprintf(key, sizeof(key), "%s_%zu", fields[i % 10], i);
		sc_json_add_text(writer, key, "some words as an event has them");
	}
	sc_json_end_object(writer);
}

static void write_body(struct burst *burst, struct event *event, int number, const char *order, const char *attempt)
{
	char id[32];
	sc_json_writer writer;
	sc_error err = SC_ERROR_INIT;
	sc_json_writer_init(&writer, &burst->arena, true);
	sc_json_begin_object(&writer);
	snprintf(id, sizeof(id), "evt_%d", number);
	sc_json_add_text(&writer, "id", id);
	sc_json_add_text(&writer, "object", "event");
	sc_json_add_text(&writer, "type", "payment_intent.succeeded");
	sc_json_put_key(&writer, "data");
	sc_json_begin_object(&writer);
	sc_json_put_key(&writer, "object");
	sc_json_begin_object(&writer);
	snprintf(id, sizeof(id), "pi_%d", number);
	sc_json_add_text(&writer, "id", id);
	sc_json_add_text(&writer, "object", "payment_intent");
	for (int i = 0; i < 3; i++)
		add_charge(&writer, i);
	sc_json_add_int(&writer, "amount_received", 1250);
	sc_json_add_text(&writer, "currency", "usd");
	sc_json_add_text(&writer, "status", "succeeded");
	sc_json_put_key(&writer, "metadata");
	sc_json_begin_object(&writer);
	sc_json_add_text(&writer, "attempt", attempt);
	sc_json_add_text(&writer, "order", order);
	sc_json_end_object(&writer);
	sc_json_end_object(&writer);
	sc_json_end_object(&writer);
	sc_json_end_object(&writer);
	bench_must(sc_json_finish(&writer, &event->body, &err), &err, "event");
}

static void sign(struct event *event)
{
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	char hex[2 * sizeof(hash) + 1], stamp[32];
	crypto_auth_hmacsha256_state state;
	const long long now = (long long)(sc_env_default()->wall_ms(NULL) / 1000);
	int length = snprintf(stamp, sizeof(stamp), "%lld.", now);
	crypto_auth_hmacsha256_init(&state, (const unsigned char *)SECRET, strlen(SECRET));
	crypto_auth_hmacsha256_update(&state, (const unsigned char *)stamp, (size_t)length);
	crypto_auth_hmacsha256_update(&state, event->body.data, event->body.size);
	crypto_auth_hmacsha256_final(&state, hash);
	snprintf(event->signature, sizeof(event->signature), "t=%lld,v1=%s", now,
	         sodium_bin2hex(hex, sizeof(hex), hash, sizeof(hash)));
}

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	const sc_sku offer = { .sku = "mug", .price_minor = 1250, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "A mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = EVENTS };
	bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &mug, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "receive");
}

/* An order that waits for its payment, and the event that says it was paid. */
static void place(struct burst *burst, int number)
{
	char user[32];
	sc_arena arena;
	sc_cart cart;
	sc_placement placement;
	sc_payment *payments;
	size_t count;
	sc_error err = SC_ERROR_INIT;
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	snprintf(user, sizeof(user), "buyer-%d", number);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	call.key = "only";
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_cart_add(burst->shop, &call, NULL, &item, 1, &arena, &cart, &err), &err, "cart");
	bench_must(sc_checkout_place(burst->shop, &call, &request, &arena, &placement, &err), &err, "place");
	bench_must(sc_payment_list(burst->shop, SC_CALL_SYSTEM, placement.order_id, &arena, &payments, &count, &err),
	           &err, "payments");
	snprintf(burst->events[number].order, SC_ID_TEXT_SIZE, "%s", placement.order_id);
	write_body(burst, &burst->events[number], number, placement.order_id, payments[0].attempt);
	sc_arena_clear(&arena);
}

static void read_some(void *argument, int index)
{
	struct burst *burst = argument;
	int n;
	(void)index;
	while ((n = atomic_fetch_add(&burst->next, 1)) < burst->count) {
		const struct event *event = &burst->events[n % burst->orders];
		sc_gateway_event read;
		sc_status status = burst->gateway.ops->webhook(burst->gateway.ctx, SC_CALL_SYSTEM, event->body,
		                                               event->signature, &read, NULL);
		if (status != SC_OK || read.about.state != SC_GATEWAY_CAPTURED)
			atomic_fetch_add(&burst->failed, 1);
	}
}

static void take_some(void *argument, int index)
{
	struct burst *burst = argument;
	int n;
	(void)index;
	while ((n = atomic_fetch_add(&burst->next, 1)) < burst->count) {
		const struct event *event = &burst->events[n % burst->orders];
		sc_error err = SC_ERROR_INIT;
		if (sc_checkout_webhook(burst->shop, SC_CALL_SYSTEM, event->body, event->signature, &err) != SC_OK)
			atomic_fetch_add(&burst->failed, 1);
	}
}

/* Every order is paid, and its journal says so once. */
static int count_confirmed(struct burst *burst)
{
	int confirmed = 0;
	for (int i = 0; i < burst->orders; i++) {
		sc_arena arena;
		sc_order order;
		sc_error err = SC_ERROR_INIT;
		sc_arena_init(&arena, sc_env_default());
		bench_must(sc_order_get(burst->shop, SC_CALL_SYSTEM, burst->events[i].order, &arena, &order, &err),
		           &err, "order");
		confirmed += order.status == SC_STATUS_CONFIRMED;
		sc_arena_clear(&arena);
	}
	return confirmed;
}

static void run(struct burst *burst, const char *name, void (*work)(void *argument, int index))
{
	atomic_store(&burst->next, 0);
	atomic_store(&burst->failed, 0);
	for (int i = 0; i < burst->orders; i++)
		sign(&burst->events[i]);
	const int64_t took_ns = bench_threads(THREADS, work, burst);
	const double rate = (double)burst->count * 1e9 / (double)took_ns;
	bench_speed(name, rate >= FLOOR && atomic_load(&burst->failed) == 0, "5,000/s, none lost", "%.0f/s, %d lost",
	            rate, atomic_load(&burst->failed));
}

int main(void)
{
	char folder[64], url[128];
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	struct burst burst = { .count = EVENTS / bench_scale(), .orders = EVENTS / TIMES / bench_scale() };
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	sc_arena_init(&burst.arena, sc_env_default());
	burst.events = sc_arena_zalloc(&burst.arena, (size_t)burst.orders * sizeof(*burst.events));
	burst.gateway = open_gateway();
	options.store_url = url;
	options.gateway = burst.gateway;
	bench_must(sc_shop_open(&options, &burst.shop, &err), &err, url);
	fill_shop(burst.shop);
	for (int i = 0; i < burst.orders; i++)
		place(&burst, i);
	printf("%d orders wait; an event has %zu bytes\n", burst.orders, burst.events[0].body.size);

	run(&burst, "webhooks of Stripe verified and read, 4 threads", read_some);
	run(&burst, "webhooks of Stripe taken in by a shop on SQLite, 4 threads", take_some);
	const int confirmed = count_confirmed(&burst);
	bench_bar("orders confirmed by a burst in which each event comes 25 times", confirmed == burst.orders,
	          "all, once", "%d of %d", confirmed, burst.orders);
	sc_shop_close(burst.shop);
	sc_arena_clear(&burst.arena);
	bench_folder_remove(folder);
	return bench_result();
}
