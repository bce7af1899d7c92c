/*
 * Bar 5: a cart of 1 or of 100 lines, an order, a listing of 1 or of 100 orders: the same number of calls of the store
 * port. And the durable commits: 1 to place, 1 for each further payment attempt, 1 to confirm.
 */
#include "bench.h"

#include <shopcore/memory.h>
#include <shopcore/testkit/fake_gateway.h>
#include <shopcore/traced.h>
#include <stdio.h>
#include <stdlib.h>

enum { SKUS = 100, STEPS = 6 };

struct world {
	sc_fake_gateway *provider;
	sc_store store; /* the shop owns it; kept to read its counts */
	sc_shop *shop;
	sc_arena arena;
};

static void world_open(struct world *world)
{
	sc_error err = SC_ERROR_INIT;
	sc_store inner;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	bench_must(sc_fake_gateway_open(sc_env_default(), NULL, &world->provider, &err), &err, "gateway");
	bench_must(sc_memory_open(sc_env_default(), NULL, &inner, &err), &err, "memory");
	bench_must(sc_traced_open(sc_env_default(), inner, &world->store, &err), &err, "traced");
	options.store = world->store;
	options.volatile_ok = true;
	options.gateway = sc_fake_gateway_port(world->provider);
	bench_must(sc_shop_open(&options, &world->shop, &err), &err, "shop");
	sc_arena_init(&world->arena, sc_env_default());
}

static void world_close(struct world *world)
{
	sc_arena_clear(&world->arena);
	sc_shop_close(world->shop);
	sc_fake_gateway_free(world->provider);
}

static char *sku_name(int i)
{
	static char names[SKUS][16];
	snprintf(names[i], sizeof(names[i]), "sku-%d", i);
	return names[i];
}

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	for (int i = 0; i < SKUS; i++) {
		const char *name = sku_name(i);
		const sc_sku offer = { .sku = name, .price_minor = 100, .currency = "USD" };
		const sc_product product = {
			.id = name, .name = name, .skus = &offer, .sku_count = 1, .rating_milli = -1
		};
		const sc_stock_change delivery = { .sku = name, .quantity = 1000 };
		bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
		bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "stock");
	}
}

/* Calls of the port since the last time, and durable commits among them. */
static uint64_t calls_since(struct world *world, uint64_t *commits)
{
	sc_traced_counts counts;
	uint64_t calls = 0;
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_traced_read(&world->store, &counts, &err), &err, "counts");
	for (int op = 0; op < SC_TRACED_OPS; op++)
		calls += counts.ops[op].calls;
	*commits = counts.commits;
	bench_must(sc_traced_reset(&world->store, &err), &err, "reset");
	return calls;
}

static void place(struct world *world, const char *user, const char **order_id)
{
	sc_error err = SC_ERROR_INIT;
	sc_placement placement;
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	char key[SC_ID_TEXT_SIZE];
	call.key = sc_id_format(sc_id_make(sc_env_default()), key);
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	bench_must(sc_checkout_place(world->shop, &call, &request, &world->arena, &placement, &err), &err, "place");
	*order_id = placement.order_id;
}

/* calls[0..STEPS): add to cart, place, decline, pay, get, list. commits alike. */
static void buy(struct world *world, const char *user, int lines, uint64_t calls[STEPS], uint64_t commits[STEPS])
{
	sc_error err = SC_ERROR_INIT;
	sc_cart_item items[SKUS];
	sc_cart cart;
	sc_order order;
	sc_order_page page;
	const char *id;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);

	for (int i = 0; i < lines; i++)
		items[i] = (sc_cart_item){ .sku = sku_name(i), .quantity = 1 };
	calls_since(world, &commits[0]);
	bench_must(sc_cart_add(world->shop, &call, NULL, items, (size_t)lines, &world->arena, &cart, &err), &err,
	           "cart");
	calls[0] = calls_since(world, &commits[0]);
	place(world, user, &id);
	calls[1] = calls_since(world, &commits[1]);
	if (sc_checkout_pay(world->shop, &call, id, "tok_declined", &err) != SC_DECLINED)
		bench_must(SC_BAD_ARGUMENT, &err, "a declined card");
	calls[2] = calls_since(world, &commits[2]);
	bench_must(sc_checkout_pay(world->shop, &call, id, "tok_ok", &err), &err, "pay");
	calls[3] = calls_since(world, &commits[3]);
	bench_must(sc_order_get(world->shop, &call, id, &world->arena, &order, &err), &err, "order");
	calls[4] = calls_since(world, &commits[4]);
	bench_must(sc_order_list(world->shop, &call, NULL, 100, NULL, &world->arena, &page, &err), &err, "list");
	calls[5] = calls_since(world, &commits[5]);
}

int main(void)
{
	static const char *const names[STEPS] = {
		"add to cart", "place", "declined", "pay and confirm", "read", "list"
	};
	struct world world;
	uint64_t one[STEPS], hundred[STEPS], many[STEPS], one_commits[STEPS], hundred_commits[STEPS];

	world_open(&world);
	fill_shop(world.shop);
	buy(&world, "ann", 1, one, one_commits);
	buy(&world, "bob", 100, hundred, hundred_commits);
	for (int i = 1; i < 100; i++) /* ann's second to hundredth order */
		buy(&world, "ann", 1, many, hundred_commits);
	for (int i = 0; i < STEPS; i++) {
		char name[80];
		snprintf(name, sizeof(name), "port calls of 1 and of 100 lines: %s", names[i]);
		bench_bar(name, one[i] == hundred[i], "the same", "%llu, %llu", (unsigned long long)one[i],
		          (unsigned long long)hundred[i]);
	}
	bench_bar("port calls of a listing of 1 and of 100 orders", one[5] == many[5], "the same", "%llu, %llu",
	          (unsigned long long)one[5], (unsigned long long)many[5]);
	bench_bar("durable commits: place, declined attempt, confirm",
	          one_commits[1] == 1 && one_commits[2] == 1 && one_commits[3] == 1, "1, 1, 1", "%llu, %llu, %llu",
	          (unsigned long long)one_commits[1], (unsigned long long)one_commits[2],
	          (unsigned long long)one_commits[3]);
	world_close(&world);
	return bench_result();
}
