/*
 * Refunds: 32 threads refund one order at once until nothing is left, and thousands of orders are given back in random
 * steps. Both end at exactly what was captured, in the shop's rows, in its ledger and in the provider's books.
 */
#include "bench.h"

#include <shopcore/testkit/fake_gateway.h>

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

enum { THREADS = 32, SEQUENCES = 10000, UNITS = 3, PRICE = 333, SHIPPING = 491 };

struct desk {
	sc_fake_gateway *provider;
	sc_shop *shop;
	sc_arena arena;
	char order[SC_ID_TEXT_SIZE];
	atomic_llong given;
	atomic_int wrong;
};

static void open_desk(struct desk *d)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	const sc_sku offer = { .sku = "mug", .price_minor = PRICE, .currency = "USD" };
	const sc_product mug = { .id = "mug", .name = "A mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "mug", .quantity = 10000000 };
	bench_must(sc_fake_gateway_open(sc_env_default(), NULL, &d->provider, &err), &err, "provider");
	options.store_url = "memory:";
	options.volatile_ok = true;
	options.gateway = sc_fake_gateway_port(d->provider);
	options.tax_rate_ppm = 190000;
	options.tax_included = true;
	options.shipping_flat_minor = SHIPPING;
	bench_must(sc_shop_open(&options, &d->shop, &err), &err, "shop");
	bench_must(sc_product_create(d->shop, SC_CALL_SYSTEM, &mug, NULL, &err), &err, "product");
	bench_must(sc_inventory_receive(d->shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err, "stock");
	sc_arena_init(&d->arena, sc_env_default());
}

static void close_desk(struct desk *d)
{
	sc_arena_clear(&d->arena);
	sc_shop_close(d->shop);
	sc_fake_gateway_free(d->provider);
}

static void buy(struct desk *d, int number)
{
	char user[32];
	sc_error err = SC_ERROR_INIT;
	sc_cart cart;
	sc_placement placement;
	const sc_cart_item item = { .sku = "mug", .quantity = UNITS };
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	snprintf(user, sizeof(user), "buyer-%d", number);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, user);
	request.payment_token = "tok_ok";
	request.shipping = (sc_postal_address){ .name = "B", .line1 = "1 St", .city = "Bath", .country = "GB" };
	sc_arena_reset(&d->arena);
	bench_must(sc_cart_add(d->shop, &call, NULL, &item, 1, &d->arena, &cart, &err), &err, "cart");
	call.key = "only";
	bench_must(sc_checkout_buy(d->shop, &call, &request, &d->arena, &placement, &err), &err, "buy");
	snprintf(d->order, sizeof(d->order), "%s", placement.order_id);
}

static void tick(struct desk *d, int turns)
{
	sc_error err = SC_ERROR_INIT;
	for (int i = 0; i < turns; i++)
		bench_must(sc_shop_tick(d->shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err, "tick");
}

/* What is booked for the order and not taken back, account by account. */
static int64_t still_booked(struct desk *d)
{
	sc_error err = SC_ERROR_INIT;
	sc_ledger_entry *entries;
	size_t count;
	int64_t off = 0, provider = 0;
	bench_must(sc_ledger_list(d->shop, SC_CALL_SYSTEM, d->order, &d->arena, &entries, &count, &err), &err,
	           "ledger");
	for (size_t i = 0; i < count; i++) {
		int64_t even = 0;
		for (size_t k = 0; k < entries[i].count; k++) {
			even += entries[i].postings[k].amount_minor;
			if (entries[i].postings[k].account[0] == 'p')
				provider += entries[i].postings[k].amount_minor;
		}
		off += llabs(even);
	}
	return off + llabs(provider);
}

static bool is_given_back(struct desk *d)
{
	sc_error err = SC_ERROR_INIT;
	sc_id id;
	int64_t charged, refunded;
	bench_must(sc_id_parse(d->order, &id), &err, "id");
	bench_must(sc_fake_gateway_order_money(d->provider, id, &charged, &refunded, &err), &err, "books");
	return charged == UNITS * PRICE + SHIPPING && refunded == charged && still_booked(d) == 0;
}

/* ---- 32 threads -------------------------------------------------------------------------- */

static void refund_until_refused(void *argument, int index)
{
	struct desk *d = argument;
	sc_arena arena;
	sc_status status = SC_OK;
	sc_arena_init(&arena, sc_env_default());
	for (int i = 0; status == SC_OK; i++) {
		sc_error err = SC_ERROR_INIT;
		sc_refund_answer answer;
		sc_refund_request request = SC_REFUND_REQUEST_INIT;
		request.amount_minor = 17 + index + 5 * i;
		status = sc_refund_make(d->shop, SC_CALL_SYSTEM, d->order, &request, &arena, &answer, &err);
		if (status == SC_LIMIT_REACHED && err.available > 0) { /* the last ones take what there is */
			request.amount_minor = err.available < 9 ? err.available : 9;
			status = sc_refund_make(d->shop, SC_CALL_SYSTEM, d->order, &request, &arena, &answer, &err);
			if (status == SC_LIMIT_REACHED && err.available > 0) {
				status = SC_OK; /* somebody was faster: once more */
				continue;
			}
		}
		if (status == SC_OK)
			atomic_fetch_add(&d->given, answer.amount_minor);
	}
	if (status != SC_LIMIT_REACHED)
		atomic_fetch_add(&d->wrong, 1);
	sc_arena_clear(&arena);
}

static void run_threads(struct desk *d)
{
	buy(d, -1);
	bench_threads(THREADS, refund_until_refused, d);
	tick(d, SC_REFUNDS_MAX);
	const long long given = atomic_load(&d->given), captured = UNITS * PRICE + SHIPPING;
	bench_bar("32 threads refund one order: their sum is what was captured",
	          given == captured && atomic_load(&d->wrong) == 0 && is_given_back(d), "1490", "%lld", given);
}

/* ---- random sequences -------------------------------------------------------------------- */

static void random_request(sc_refund_request *request, sc_refund_line *line, const char *id)
{
	*request = (sc_refund_request)SC_REFUND_REQUEST_INIT;
	switch (rand() % 5) {
	case 0:
		*line = (sc_refund_line){ id, 1 + rand() % 2 };
		request->lines = line;
		request->line_count = 1;
		request->shipping = rand() % 3 == 0;
		break;
	case 1:
		request->share_ppm = (uint32_t)(1 + rand() % 400000);
		break;
	case 2:
		request->shipping = true;
		break;
	default:
		request->amount_minor = 1 + rand() % 700;
	}
}

/* Random steps, refused or not; then whatever is left. */
static bool give_back(struct desk *d)
{
	sc_error err = SC_ERROR_INIT;
	sc_order order;
	sc_refund_line line;
	sc_refund_request request;
	sc_refund_answer answer = { .left_minor = 1 };
	int turns = 1;
	bench_must(sc_order_get(d->shop, SC_CALL_SYSTEM, d->order, &d->arena, &order, &err), &err, "order");
	for (int steps = 1 + rand() % 8; steps > 0; steps--) {
		random_request(&request, &line, order.lines[0].id);
		sc_status status = sc_refund_make(d->shop, SC_CALL_SYSTEM, d->order, &request, &d->arena, &answer,
		                                  &err);
		if (status != SC_OK && status != SC_LIMIT_REACHED)
			return false;
		turns += status == SC_OK;
		if (rand() % 3 == 0)
			tick(d, 1);
	}
	request = (sc_refund_request)SC_REFUND_REQUEST_INIT;
	request.rest = true;
	sc_status status = sc_refund_make(d->shop, SC_CALL_SYSTEM, d->order, &request, &d->arena, &answer, &err);
	if (status != SC_OK && (status != SC_LIMIT_REACHED || err.available != 0))
		return false;
	tick(d, turns);
	return is_given_back(d);
}

static void run_sequences(struct desk *d)
{
	const int count = SEQUENCES / bench_scale();
	int exact = 0;
	char limit[32];
	srand(20261122);
	for (int i = 0; i < count; i++) {
		buy(d, i);
		exact += give_back(d);
	}
	snprintf(limit, sizeof(limit), "%d", count);
	bench_bar("random sequences of partial refunds that end at exactly zero left", exact == count, limit, "%d",
	          exact);
}

int main(void)
{
	struct desk desk = { .wrong = 0 };
	open_desk(&desk);
	run_threads(&desk);
	run_sequences(&desk);
	close_desk(&desk);
	return bench_result();
}
