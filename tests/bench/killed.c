/*
 * A process that checks out in a loop is killed with -9, at moments drawn by chance. After each restart and one tick
 * nobody is charged without a confirmed order or a refund; at the end nothing is held past its deadline and verify
 * finds nothing. Where the records are is the caller's business.
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

enum { HOLD_MS = 400 };

/* At the end it is later than anything still waits for. */
#define LATER_MS 3600000

struct world {
	const struct killing *killing;
	char books[128];
	bool later;
	sc_fake_gateway *provider;
	sc_shop *shop;
};

static int64_t later_ms(void *ctx)
{
	return sc_env_default()->wall_ms(ctx) + LATER_MS;
}

static const sc_env *env_of(const struct world *world)
{
	static sc_env later;
	if (!world->later)
		return sc_env_default();
	later = *sc_env_default();
	later.wall_ms = later_ms;
	return &later;
}

static void world_open(struct world *world)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway_options books = SC_FAKE_GATEWAY_OPTIONS_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	books.file = world->books;
	bench_must(sc_fake_gateway_open(sc_env_default(), &books, &world->provider, &err), &err, "gateway");
	options.env = env_of(world);
	options.gateway = sc_fake_gateway_port(world->provider);
	options.payment_resume_ms = 0;
	options.hold_ttl_ms = HOLD_MS; /* short, so that holds lapse within the run */
	world->killing->open(world->killing->ctx, &options);
	bench_must(sc_shop_open(&options, &world->shop, &err), &err, world->killing->name);
}

static void world_close(struct world *world)
{
	sc_shop_close(world->shop);
	sc_fake_gateway_free(world->provider);
}

static void fill_shop(struct world *world)
{
	sc_error err = SC_ERROR_INIT;
	for (int i = 0; i < 3; i++) {
		char name[8];
		snprintf(name, sizeof(name), "sku-%d", i);
		const sc_sku offer = { .sku = name, .price_minor = 100 + i, .currency = "USD" };
		const sc_product product = {
			.id = name, .name = name, .skus = &offer, .sku_count = 1, .rating_milli = -1
		};
		const sc_stock_change delivery = { .sku = name, .quantity = 10000000 };
		bench_must(sc_product_create(world->shop, SC_CALL_SYSTEM, &product, NULL, &err), &err, "product");
		bench_must(sc_inventory_receive(world->shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err,
		           "stock");
	}
}

/* Checks out until it is killed. Tokens of every kind, so that it also dies while a payment is open. */
static void shop_for_ever(struct world *world, unsigned seed)
{
	static const char *const tokens[] = { "tok_ok", "tok_ok", "tok_declined", "tok_silent_charged",
		                              "tok_silent_free" };
	const sc_cart_item items[] = { { .sku = "sku-0", .quantity = 1 },
		                       { .sku = "sku-1", .quantity = 2 },
		                       { .sku = "sku-2", .quantity = 3 } };
	sc_arena arena;
	world_open(world);
	sc_arena_init(&arena, sc_env_default());
	for (int i = 0;; i++) {
		char user[32];
		sc_error err = SC_ERROR_INIT;
		sc_cart cart;
		sc_placement placement;
		sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
		snprintf(user, sizeof(user), "u%u-%d", seed, i);
		sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
		sc_arena_reset(&arena);
		bench_must(sc_cart_add(world->shop, &call, NULL, items, 3, &arena, &cart, &err), &err, "cart");
		request.payment_token = tokens[(seed + (unsigned)i) % 5];
		request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
		call.key = user;
		(void)sc_checkout_buy(world->shop, &call, &request, &arena, &placement, &err);
	}
}

/* How many of the provider's charges have neither a confirmed order nor a refund. */
static size_t charges_without_order(struct world *world, size_t *charges)
{
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_fake_booking *books;
	size_t count, bad = 0;
	sc_arena_init(&arena, sc_env_default());
	bench_must(sc_fake_gateway_books(world->provider, &arena, &books, &count, &err), &err, "books");
	*charges = 0;
	for (size_t i = 0; i < count; i++) {
		char id[SC_ID_TEXT_SIZE];
		sc_order order;
		if (books[i].captured_minor == 0)
			continue;
		++*charges;
		sc_status status = sc_order_get(world->shop, SC_CALL_SYSTEM, sc_id_format(books[i].order, id), &arena,
		                                &order, &err);
		bool paid_back = books[i].refunded_minor == books[i].captured_minor ||
		                 (status == SC_OK && order.paid == SC_PAID_REFUNDING);
		bool bought = status == SC_OK && order.status == SC_STATUS_CONFIRMED &&
		              order.total_minor == books[i].captured_minor;
		if (bought == paid_back) {
			fprintf(stderr, "order %s: charged %lld, %s\n", id, (long long)books[i].captured_minor,
			        status == SC_OK ? sc_order_status_name(order.status) : "no order");
			bad++;
		}
	}
	sc_arena_clear(&arena);
	return bad;
}

/* Let time run out for what is left, and tick until nothing is due any more. */
static void settle(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	usleep((HOLD_MS + 50) * 1000);
	for (int i = 0; i < 50; i++) {
		sc_tick_report report = SC_TICK_REPORT_INIT;
		bench_must(sc_shop_tick(shop, SC_CALL_SYSTEM, NULL, &report, &err), &err, "tick");
		if (report.wait_ms > 1000)
			break;
		usleep(20000);
	}
}

/* One life: it shops until it is killed. Then the shop opens again and ticks once. */
static size_t live_once(struct world *world, unsigned number, size_t *charges)
{
	sc_error err = SC_ERROR_INIT;
	int status = 0;
	fflush(NULL);
	pid_t child = fork();
	if (child == 0) {
		shop_for_ever(world, number);
		_exit(1);
	}
	usleep((unsigned)(10000 + rand() % 70000));
	kill(child, SIGKILL);
	waitpid(child, &status, 0);
	world_open(world);
	bench_must(sc_shop_tick(world->shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err, "tick");
	/* a child that ended by itself was answered what it must not */
	return charges_without_order(world, charges) + !WIFSIGNALED(status);
}

void bench_killed(const struct killing *killing, const char *folder)
{
	struct world world = { .killing = killing };
	size_t bad = 0, findings = 0, charges = 0;
	char name[128];

	snprintf(world.books, sizeof(world.books), "%s/provider.books", folder);
	world_open(&world);
	fill_shop(&world);
	world_close(&world);
	srand(20260101);
	for (int i = 0; i < killing->kills; i++) {
		bad += live_once(&world, (unsigned)i, &charges);
		if (i % 10 == 9 || i == killing->kills - 1)
			findings += bench_findings(world.shop);
		world_close(&world);
	}
	world.later = killing->own_clock;
	world_open(&world);
	settle(world.shop);
	bad += charges_without_order(&world, &charges);
	findings += bench_findings(world.shop);
	world_close(&world);
	printf("%s: %d kills, %zu charges in the provider's books\n", killing->name, killing->kills, charges);
	snprintf(name, sizeof(name), "%s, killed while checking out: charged without order or refund", killing->name);
	bench_bar(name, bad == 0 && charges > 0, "0", "%zu", bad);
	snprintf(name, sizeof(name), "%s, killed while checking out: findings of verify", killing->name);
	bench_bar(name, findings == 0, "0", "%zu", findings);
}
