/*
 * Bar 6 of part 7: what a checkout of three lines costs one caller, against a provider that answers at once. On SQLite
 * and, where it was built, on PostgreSQL.
 */
#include "bench.h"

#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#ifdef WITH_POSTGRES
#include "private_postgres.h"

#include <shopcore/postgres.h>
#endif

enum { LINES = 3, WARM_UP = 50, CHECKOUTS = 500 };

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	for (int i = 0; i < LINES; i++) {
		char name[8];
		snprintf(name, sizeof(name), "sku-%d", i);
		const sc_sku offer = { .sku = name, .price_minor = 1000 + i, .currency = "USD" };
		const sc_product product = {
			.id = name, .name = name, .skus = &offer, .sku_count = 1, .rating_milli = -1
		};
		const sc_stock_change delivery = { .sku = name, .quantity = 1000000 };
		bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
		bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, NULL, &err), &err, "stock");
	}
}

/* Nanoseconds of one checkout; the cart is filled before. */
static int64_t check_out(sc_shop *shop, int number, sc_arena *arena)
{
	const sc_cart_item items[LINES] = { { .sku = "sku-0", .quantity = 1 },
		                            { .sku = "sku-1", .quantity = 2 },
		                            { .sku = "sku-2", .quantity = 3 } };
	char user[16];
	sc_error err = SC_ERROR_INIT;
	sc_cart cart;
	sc_placement placement;
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	snprintf(user, sizeof(user), "u%d", number);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	sc_arena_reset(arena);
	bench_must(sc_cart_add(shop, &call, NULL, items, LINES, arena, &cart, &err), &err, "cart");
	request.payment_token = "tok_ok";
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	call.key = "only";
	const int64_t begin = bench_now_ns();
	bench_must(sc_checkout_buy(shop, &call, &request, arena, &placement, &err), &err, "buy");
	return bench_now_ns() - begin;
}

static void measure(const char *store, sc_shop_options *options, double most_ms)
{
	static int64_t took[CHECKOUTS];
	const int count = CHECKOUTS / bench_scale() + 10;
	char name[64], floor[24];
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway *provider;
	sc_shop *shop;
	sc_arena arena;
	bench_must(sc_fake_gateway_open(sc_env_default(), NULL, &provider, &err), &err, "provider");
	options->gateway = sc_fake_gateway_port(provider);
	bench_must(sc_shop_open(options, &shop, &err), &err, store);
	fill_shop(shop);
	sc_arena_init(&arena, sc_env_default());
	for (int i = 0; i < WARM_UP; i++)
		check_out(shop, i, &arena);
	for (int i = 0; i < count && i < CHECKOUTS; i++)
		took[i] = check_out(shop, WARM_UP + i, &arena);
	const size_t measured = (size_t)(count < CHECKOUTS ? count : CHECKOUTS);
	const double p50 = (double)bench_percentile(took, measured, 50) / 1e6;
	printf("%s: p99 %.2f ms\n", store, (double)bench_percentile(took, measured, 99) / 1e6);
	snprintf(name, sizeof(name), "checkout of 3 lines, one caller, %s: p50", store);
	snprintf(floor, sizeof(floor), "<= %.0f ms", most_ms);
	bench_speed(name, p50 <= most_ms, floor, "%.2f ms", p50);
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	sc_fake_gateway_free(provider);
}

static void measure_sqlite(void)
{
	char folder[64], url[128];
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	bench_folder_make(folder);
	snprintf(url, sizeof(url), "sqlite:%s/shop.db", folder);
	options.store_url = url;
	measure("SQLite", &options, 3);
	bench_folder_remove(folder);
}

#ifdef WITH_POSTGRES
static void measure_postgres(void)
{
	struct private_postgres server;
	char url[640];
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	if (!private_postgres_start(&server, NULL))
		return;
	snprintf(url, sizeof(url), "%s&schema=checkout", server.url);
	bench_must(sc_postgres_open(sc_env_default(), url, NULL, &options.store, &err), &err, url);
	measure("PostgreSQL", &options, 4);
	private_postgres_stop(&server);
}
#endif

int main(void)
{
	measure_sqlite();
#ifdef WITH_POSTGRES
	measure_postgres();
#endif
	return bench_result();
}
