/*
 * The shop of docs/guide/first-shop.md, whole: each function is a section of the guide.
 */
#include <shopcore/fts5.h>
#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>
#include <shopcore/worker.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Everything answers with a status; an error on the stack has the details. A server maps them to answers of its own. */
static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

static sc_shop *open_shop(sc_fake_gateway *bank)
{
	sc_error err = SC_ERROR_INIT;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "sqlite:shop.db"; /* made when it is not there; its schema is brought up to date */
	options.gateway = sc_fake_gateway_port(bank);
	options.shipping_flat_minor = 490;
	options.tax_rate_ppm = 200000; /* 20 %, contained in the prices */
	options.tax_included = true;
	memcpy(options.currency, "EUR", sizeof("EUR"));
	must(sc_fts5_open(sc_env_default(), "shop.search", &options.search, &err), &err);
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	return shop;
}

static void fill_catalogue(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	const sc_category kitchen = { .id = "kitchen", .name = "Kitchen" };
	sc_status status = sc_category_create(shop, SC_CALL_SYSTEM, &kitchen, NULL, &err);
	if (status != SC_EXISTS) /* a refusal is an answer: this one says that all is well */
		must(status, &err);
	const char *const categories[] = { "kitchen" };
	const sc_sku skus[] = { { .sku = "mug-red", .name = "Mug, red", .price_minor = 1299, .currency = "EUR" },
		                { .sku = "mug-blue", .name = "Mug, blue", .price_minor = 1399, .currency = "EUR" } };
	const sc_product mug = { .id = "mug",
		                 .name = "Stoneware mug",
		                 .description = "Holds a pint.",
		                 .skus = skus,
		                 .sku_count = 2,
		                 .categories = categories,
		                 .category_count = 1,
		                 .rating_milli = -1 };
	sc_product_outcome outcome; /* each product of a batch is written or refused on its own */
	must(sc_product_put_many(shop, SC_CALL_SYSTEM, SC_PUT_MERGE, &mug, 1, &outcome, &err), &err);
	must(outcome.error.status, &outcome.error);
}

static void receive_goods(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	sc_call warehouse = SC_CALL_INIT(SC_ACTOR_ADMIN, "warehouse");
	warehouse.key = "delivery-2041"; /* the same delivery once more books nothing */
	const sc_stock_change delivery[] = { { "mug-red", NULL, 50 }, { "mug-blue", NULL, 20 } };
	must(sc_inventory_receive(shop, &warehouse, delivery, 2, NULL, &err), &err);
}

static void look_around(sc_shop *shop, const sc_call *visitor, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_search_request request = SC_SEARCH_REQUEST_INIT;
	sc_search_page page;
	must(sc_shop_tick(shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err); /* the index follows with the next tick */
	request.words = "stoneware";
	must(sc_search(shop, visitor, &request, arena, &page, &err), &err);
	for (size_t i = 0; i < page.count; i++)
		printf("found: %s\n", page.products[i].name);
}

static void fill_cart(sc_shop *shop, const sc_call *ada, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	const sc_cart_item items[] = { { .sku = "mug-red", .quantity = 2 }, { .sku = "mug-blue", .quantity = 1 } };
	sc_cart cart;
	must(sc_cart_add(shop, ada, NULL, items, 2, arena, &cart, &err), &err);
	printf("%zu lines in the cart of %s\n", cart.line_count, cart.owner);
}

static const char *place_order(sc_shop *shop, sc_call ada, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_quote quote;
	must(sc_checkout_quote(shop, &ada, NULL, arena, &quote, &err), &err);
	printf("goods %lld, shipping %lld, to pay %lld cents\n", (long long)quote.goods_minor,
	       (long long)quote.shipping_minor, (long long)quote.total_minor);

	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	sc_placement placement;
	request.quote = quote.token; /* what she saw is what she pays */
	request.shipping = (sc_postal_address){
		.name = "Ada Lovelace", .line1 = "1 Hill St", .city = "Cork", .postal_code = "T12", .country = "IE"
	};
	ada.key = "click-7d1f"; /* made by the page that has the button: a double click orders once */
	must(sc_checkout_place(shop, &ada, &request, arena, &placement, &err), &err);
	return placement.order_id;
}

/* Where a shop must tell four kinds of answers apart. */
static sc_status pay(sc_shop *shop, const sc_call *ada, const char *order_id, const char *card)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status = sc_checkout_pay(shop, ada, order_id, card, &err);
	if (status == SC_OK)
		printf("%s: paid\n", card);
	else if (sc_status_is_refusal(status))
		printf("%s: %s; ask for another card\n", card, sc_status_text(status)); /* the goods are still held */
	else if (sc_status_is_unknown(status))
		printf("%s: we will tell you; do not pay again\n", card); /* tick finds out, and charges once */
	else
		must(status, &err); /* bad input: mend this program. A failure: nothing happened, try again */
	return status;
}

static void ship(sc_shop *shop, const char *order_id)
{
	sc_error err = SC_ERROR_INIT;
	sc_call packer = SC_CALL_INIT(SC_ACTOR_ADMIN, "packer");
	must(sc_order_ship(shop, &packer, order_id, "An Post", "CE123456789IE", &err), &err);
	must(sc_order_deliver(shop, &packer, order_id, &err), &err);
}

static void show_order(sc_shop *shop, const sc_call *ada, const char *order_id, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_order order;
	must(sc_order_get(shop, ada, order_id, arena, &order, &err), &err);
	printf("the order is %s\n", sc_order_status_name(order.status));
	for (size_t i = 0; i < order.history_count; i++)
		printf("  %s by %s\n", order.history[i].topic, order.history[i].actor);
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway *bank;
	must(sc_fake_gateway_open(sc_env_default(), NULL, &bank, &err), &err);
	sc_shop *shop = open_shop(bank);
	sc_worker *worker; /* does what is due without anybody asking */
	must(sc_worker_start(shop, NULL, &worker, &err), &err);
	sc_arena arena; /* answers live here: one for each request of a server */
	sc_arena_init(&arena, sc_env_default());
	const sc_call ada = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");

	fill_catalogue(shop);
	receive_goods(shop);
	look_around(shop, &ada, &arena);
	fill_cart(shop, &ada, &arena);
	const char *order_id = place_order(shop, ada, &arena);
	if (pay(shop, &ada, order_id, "tok_declined") != SC_DECLINED || pay(shop, &ada, order_id, "tok_ok") != SC_OK)
		return 1;
	ship(shop, order_id);
	show_order(shop, &ada, order_id, &arena);

	sc_worker_stop(worker); /* before the shop it works for */
	sc_arena_clear(&arena);
	sc_shop_close(shop);
	sc_fake_gateway_free(bank);
	return 0;
}

/*
 * It prints:
 *
 *   found: Stoneware mug
 *   2 lines in the cart of u:ada
 *   goods 3997, shipping 490, to pay 4487 cents
 *   tok_declined: the payment was declined; ask for another card
 *   tok_ok: paid
 *   the order is DELIVERED
 *     order.placed by u:ada
 *     payment.declined by u:ada
 *     order.confirmed by u:ada
 *     order.shipped by admin:packer
 *     order.delivered by admin:packer
 */
