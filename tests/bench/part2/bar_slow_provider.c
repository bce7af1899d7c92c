/*
 * Bar 6: while one buyer's payment sleeps for 30 s at the provider, other buyers of the same SKU place and confirm in
 * under 50 ms each. And bar 5's second half: how many durable commits a purchase takes.
 */
#include "bench.h"

#include <shopcore/testkit/fake_gateway.h>
#include <stdatomic.h>
#include <stdio.h>

enum { BUYERS = 200 };

struct street {
	sc_shop *shop;
	atomic_int slow_state; /* 1: started, 2: finished */
	int64_t worst_ns;
	sc_status slow_status;
	int64_t slow_deadline_ns;
};

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	const sc_sku offer = { .sku = "mug", .price_minor = 1250, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "A mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = 1000 };
	bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &mug, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "receive");
}

static sc_status buy(struct street *street, const char *user, const char *token, int64_t deadline_ns, int64_t *took_ns)
{
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_cart cart;
	sc_placement placement;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;

	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_cart_add(street->shop, &call, NULL, &item, 1, &arena, &cart, &err), &err, "cart");
	request.payment_token = token;
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	call.key = "only";
	call.deadline_ns = deadline_ns;
	int64_t begin = bench_now_ns();
	sc_status status = sc_checkout_buy(street->shop, &call, &request, &arena, &placement, &err);
	*took_ns = bench_now_ns() - begin;
	sc_arena_clear(&arena);
	return status;
}

static void person(void *argument, int index)
{
	struct street *street = argument;
	int64_t took;
	if (index == 0) {
		atomic_store(&street->slow_state, 1);
		street->slow_status = buy(street, "slow", "tok_slow", street->slow_deadline_ns, &took);
		atomic_store(&street->slow_state, 2);
		return;
	}
	while (atomic_load(&street->slow_state) == 0)
		;
	for (int i = 0; i < BUYERS; i++) {
		char user[32];
		snprintf(user, sizeof(user), "buyer-%d", i);
		bench_must(buy(street, user, "tok_ok", 0, &took), NULL, "buy");
		if (took > street->worst_ns)
			street->worst_ns = took;
	}
}

int main(void)
{
	char folder[64], url[128];
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway *provider = NULL;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	struct street street = { .slow_status = SC_OK };

	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	bench_must(sc_fake_gateway_open(sc_env_default(), NULL, &provider, &err), &err, "gateway");
	options.store_url = url;
	options.gateway = sc_fake_gateway_port(provider);
	bench_must(sc_shop_open(&options, &street.shop, &err), &err, url);
	fill_shop(street.shop);

	/* At a tenth the slow buyer gives up after 3 s, which is long enough to be in everybody's way. */
	street.slow_deadline_ns = bench_scale() == 1 ? 0 : bench_now_ns() + 3000000000;
	bench_threads(2, person, &street);
	printf("the slow buyer's answer: %s\n", sc_status_name(street.slow_status));
	bench_speed("others place and confirm while a payment sleeps, worst", street.worst_ns < 50000000, "< 50 ms",
	            "%.1f ms", (double)street.worst_ns / 1e6);
	sc_shop_close(street.shop);
	sc_fake_gateway_free(provider);
	bench_folder_remove(folder);
	return bench_result();
}
