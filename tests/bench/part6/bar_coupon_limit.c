/*
 * Bar 4: a coupon that may be used once, and 64 buyers who place with it at the same moment, on every store: one order
 * has it, nobody waits long. Each contest is a coupon of its own; the first one opens what 64 threads need, the others
 * count. And a promotion without a limit writes nothing.
 */
#include "bench.h"

#include <shopcore/memory.h>
#include <shopcore/traced.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifdef WITH_POSTGRES
#include "private_postgres.h"
#include <shopcore/postgres.h>
#endif

enum { BUYERS = 64, ROUNDS = 8 };

struct contest {
	sc_shop *shop;
	int64_t took_ns[BUYERS];
	int64_t discount[BUYERS]; /* of an order; -1: refused because the coupon is used up */
};

static void put(sc_shop *shop, sc_rule_kind kind, const char *document)
{
	sc_error err = SC_ERROR_INIT;
	bench_must(sc_rule_put(shop, SC_CALL_SYSTEM, kind, (sc_bytes){ document, strlen(document) }, &err), &err,
	           "rule");
}

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	const sc_sku offer = { .sku = "mug", .price_minor = 1000, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = 1000000 };
	bench_must(sc_product_create(shop, SC_CALL_SYSTEM, &mug, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "stock");
	put(shop, SC_RULE_PROMOTION, "{\"id\":\"spring\",\"type\":\"percentage\",\"value\":10,\"coupon\":\"SPRING\"}");
}

static void empty_cart(sc_shop *shop, const sc_call *call, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_cart cart;
	bench_must(sc_cart_get(shop, call, NULL, arena, &cart, &err), &err, "cart");
	for (size_t i = cart.coupon_count; i-- > 0;)
		bench_must(sc_coupon_remove(shop, call, NULL, cart.coupons[i].code, arena, &cart, &err), &err, "code");
	for (size_t i = cart.line_count; i-- > 0;)
		bench_must(sc_cart_remove(shop, call, NULL, &cart.lines[i].id, 1, arena, &cart, &err), &err, "line");
}

static void fill_cart(sc_shop *shop, const sc_call *call, const char *code)
{
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_cart cart;
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_arena_init(&arena, sc_env_default());
	empty_cart(shop, call, &arena);
	bench_must(sc_cart_add(shop, call, NULL, &item, 1, &arena, &cart, &err), &err, "cart");
	if (code != NULL)
		bench_must(sc_coupon_add(shop, call, NULL, code, &arena, &cart, &err), &err, "code");
	sc_arena_clear(&arena);
}

/* A quote's token: the discount is promised to everybody, and the last use goes to who places first. */
static const char *quoted(sc_shop *shop, const sc_call *call, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_quote quote;
	bench_must(sc_checkout_quote(shop, call, NULL, arena, &quote, &err), &err, "quote");
	return quote.token;
}

static sc_status place(sc_shop *shop, const sc_call *buyer, const char *token, int64_t *total)
{
	sc_error err = SC_ERROR_INIT;
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	sc_arena arena;
	sc_call call = *buyer;
	char key[SC_ID_TEXT_SIZE];
	call.key = sc_id_format(sc_id_make(sc_env_default()), key);
	request.quote = token;
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	sc_arena_init(&arena, sc_env_default());
	const sc_status status = sc_checkout_place(shop, &call, &request, &arena, &placement, &err);
	if (status == SC_OK)
		*total = placement.total_minor;
	else if (status != SC_LIMIT_REACHED)
		bench_must(status, &err, "place");
	sc_arena_clear(&arena);
	return status;
}

static char tokens[BUYERS][8192];

static void buy(void *argument, int index)
{
	struct contest *contest = argument;
	char user[16];
	int64_t total = 0;
	snprintf(user, sizeof(user), "buyer-%d", index);
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	const int64_t begin = bench_now_ns();
	const sc_status status = place(contest->shop, &call, tokens[index], &total);
	contest->took_ns[index] = bench_now_ns() - begin;
	contest->discount[index] = status == SC_OK ? 1000 - total : -1;
}

/* One more contest on the same shop, with a coupon of its own; carts that are left over from the last one are emptied.
 */
static void contest_once(struct contest *contest, int round)
{
	char coupon[16], document[160];
	snprintf(coupon, sizeof(coupon), "ONCE%d", round);
	snprintf(document, sizeof(document), "{\"id\":\"p%d\",\"type\":\"percentage\",\"value\":10,\"coupon\":\"%s\"}",
	         round, coupon);
	put(contest->shop, SC_RULE_PROMOTION, document);
	snprintf(document, sizeof(document), "{\"id\":\"%s\",\"limit\":1}", coupon);
	put(contest->shop, SC_RULE_COUPON, document);
	for (int i = 0; i < BUYERS; i++) {
		char user[16];
		sc_arena arena;
		snprintf(user, sizeof(user), "buyer-%d", i);
		const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
		sc_arena_init(&arena, sc_env_default());
		fill_cart(contest->shop, &call, coupon);
		snprintf(tokens[i], sizeof(tokens[i]), "%s", quoted(contest->shop, &call, &arena));
		sc_arena_clear(&arena);
	}
	bench_threads(BUYERS, buy, contest);
}

/* Whether exactly one of them has it. */
static bool has_one_winner(const struct contest *contest)
{
	int have = 0, refused = 0;
	for (int i = 0; i < BUYERS; i++) {
		have += contest->discount[i] > 0;
		refused += contest->discount[i] < 0;
	}
	return have == 1 && refused == BUYERS - 1;
}

static double milliseconds(int64_t *took_ns, size_t count, double percent)
{
	return (double)bench_percentile(took_ns, count, percent) / 1e6;
}

static void bar_contest(const char *store, sc_shop *shop)
{
	struct contest contest = { .shop = shop };
	int64_t took_ns[ROUNDS * BUYERS];
	char name[96];
	int right = 0;
	fill_shop(contest.shop);
	contest_once(&contest, 0);
	for (int round = 0; round < ROUNDS; round++) {
		contest_once(&contest, round + 1);
		right += has_one_winner(&contest);
		memcpy(took_ns + (size_t)round * BUYERS, contest.took_ns, sizeof(contest.took_ns));
	}
	snprintf(name, sizeof(name), "a coupon for one, %d threads, on %s: contests with one winner", BUYERS, store);
	bench_bar(name, right == ROUNDS, "all", "%d of %d", right, ROUNDS);
	snprintf(name, sizeof(name), "a coupon for one, %d threads, on %s: p99", BUYERS, store);
	const double p99 = milliseconds(took_ns, ROUNDS * BUYERS, 99);
	bench_speed(name, p99 < 20, "below 20 ms", "%.2f ms (median %.2f)", p99,
	            milliseconds(took_ns, ROUNDS * BUYERS, 50));
	sc_shop_close(contest.shop);
}

#ifdef WITH_POSTGRES
static void bar_postgres(void)
{
	sc_error err = SC_ERROR_INIT;
	struct private_postgres server;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_shop *shop;
	if (!private_postgres_start(&server, NULL))
		return;
	bench_must(sc_postgres_open(sc_env_default(), server.url, NULL, &options.store, &err), &err, "postgres");
	bench_must(sc_shop_open(&options, &shop, &err), &err, "shop");
	bar_contest("postgres", shop);
	private_postgres_stop(&server);
}
#else
static void bar_postgres(void)
{
	printf("postgres: left out, the driver is not built\n");
}
#endif

/* ---- writes ------------------------------------------------------------------------------ */

static uint64_t changes_of(sc_shop *shop, sc_store *traced, const char *user, const char *code)
{
	sc_error err = SC_ERROR_INIT;
	sc_traced_counts counts;
	int64_t total;
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	fill_cart(shop, &call, code);
	bench_must(sc_traced_reset(traced, &err), &err, "reset");
	bench_must(place(shop, &call, NULL, &total), &err, "place");
	bench_must(sc_traced_read(traced, &counts, &err), &err, "counts");
	return counts.changes;
}

static void bar_writes(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_store inner, traced;
	sc_shop *shop;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	bench_must(sc_memory_open(sc_env_default(), NULL, &inner, &err), &err, "memory");
	bench_must(sc_traced_open(sc_env_default(), inner, &traced, &err), &err, "traced");
	options.store = traced;
	options.volatile_ok = true;
	bench_must(sc_shop_open(&options, &shop, &err), &err, "shop");
	fill_shop(shop);
	const uint64_t plain = changes_of(shop, &traced, "ann", NULL),
		       coupon = changes_of(shop, &traced, "bob", "SPRING");
	put(shop, SC_RULE_COUPON, "{\"id\":\"SPRING\",\"limit\":9}");
	const uint64_t limited = changes_of(shop, &traced, "cid", "SPRING");
	bench_bar("changes of a placement: plain, coupon, coupon with a limit", coupon == plain && limited == plain + 1,
	          "n, n, n + 1", "%llu, %llu, %llu", (unsigned long long)plain, (unsigned long long)coupon,
	          (unsigned long long)limited);
	sc_shop_close(shop);
}

/* ---- codes in bulk ----------------------------------------------------------------------- */

/* A million single-use codes into a store, 10,000 at a time. */
static void bar_codes(const char *store, const char *url)
{
	enum { AT_ONCE = 10000 };
	static char codes[AT_ONCE][20];
	static const char *list[AT_ONCE];
	sc_error err = SC_ERROR_INIT;
	char name[96];
	const int count = 1000000 / bench_scale();
	sc_shop *shop = bench_open(url);
	put(shop, SC_RULE_COUPON, "{\"id\":\"BULK\",\"single_use\":true}");
	const int64_t begin = bench_now_ns();
	for (int done = 0; done < count; done += AT_ONCE) {
		for (int i = 0; i < AT_ONCE; i++) {
			snprintf(codes[i], sizeof(codes[i]), "X%08X", (unsigned)(done + i) * 2654435761u);
			list[i] = codes[i];
		}
		bench_must(sc_coupon_import(shop, SC_CALL_SYSTEM, "BULK", list, AT_ONCE, &err), &err, "import");
	}
	const double seconds = (double)(bench_now_ns() - begin) / 1e9;
	snprintf(name, sizeof(name), "%d single-use codes imported into %s", count, store);
	bench_speed(name, seconds < 30.0 / bench_scale() + 1, "in seconds (30)", "%.1f s", seconds);
	sc_shop_close(shop);
}

int main(void)
{
	char folder[64], contest[128], codes[128];
	bench_folder_make(folder);
	snprintf(contest, sizeof(contest), "sqlite:%s/contest.db", folder);
	snprintf(codes, sizeof(codes), "sqlite:%s/codes.db", folder);
	bar_contest("memory", bench_open("memory:"));
	bar_contest("sqlite", bench_open(contest));
	bar_postgres();
	bar_writes();
	bar_codes("memory", "memory:");
	bar_codes("sqlite", codes);
	bench_folder_remove(folder);
	return bench_result();
}
