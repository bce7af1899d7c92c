/*
 * 03_declined_then_paid.c - quote, place, pay as separate steps, and what a declined card does.
 *
 * First use of sc_checkout_quote(), sc_checkout_place(), sc_checkout_pay() and sc_order_get(). The order stays PENDING
 * with its stock held, so the buyer can take out another card.
 */
#include <inttypes.h>
#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <stdlib.h>

static void must(sc_status status, const sc_error *err)
{
	if (status == SC_OK)
		return;
	fprintf(stderr, "%s: %s %s\n", sc_status_name(status), err->field, err->text);
	exit(1);
}

static void fill_shop(sc_shop *shop)
{
	sc_error err = SC_ERROR_INIT;
	const sc_sku offer = { .sku = "lamp-1", .price_minor = 4990, .currency = "EUR" };
	const sc_product lamp = { .id = "lamp", .name = "A lamp", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "lamp-1", .quantity = 1 };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &lamp, NULL, &err), &err);
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err);
}

static void show(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_order order;
	must(sc_order_get(shop, call, order_id, arena, &order, &err), &err);
	printf("the order is %s\n", sc_order_status_name(order.status));
	for (size_t i = 0; i < order.history_count; i++)
		printf("  %s\n", order.history[i].topic);
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway *provider;
	must(sc_fake_gateway_open(sc_env_default(), NULL, &provider, &err), &err);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.gateway = sc_fake_gateway_port(provider);
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);
	fill_shop(shop);

	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "grace");
	const sc_cart_item item = { .sku = "lamp-1", .quantity = 1 };
	sc_cart cart;
	must(sc_cart_add(shop, &call, NULL, &item, 1, &arena, &cart, &err), &err);

	sc_quote quote;
	must(sc_checkout_quote(shop, &call, NULL, &arena, &quote, &err), &err);
	printf("to pay: %" PRId64 " cents (%s)\n", quote.total_minor, quote.currency);

	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	request.quote = quote.token; /* this price, and no other */
	request.shipping = (sc_postal_address){ .name = "Grace", .line1 = "2 Quay", .city = "Cork", .country = "IE" };
	sc_placement placement;
	call.key = "grace-1";
	must(sc_checkout_place(shop, &call, &request, &arena, &placement, &err), &err);

	sc_status status = sc_checkout_pay(shop, &call, placement.order_id, "tok_declined", &err);
	printf("first card: %s\n", sc_status_text(status));
	if (status != SC_DECLINED)
		must(status, &err);
	show(shop, &call, placement.order_id, &arena);

	must(sc_checkout_pay(shop, &call, placement.order_id, "tok_ok", &err), &err);
	show(shop, &call, placement.order_id, &arena);

	sc_arena_clear(&arena);
	sc_shop_close(shop);
	sc_fake_gateway_free(provider);
	return 0;
}

/*
 * It prints:
 *
 *   to pay: 4990 cents (EUR)
 *   first card: the payment was declined
 *   the order is PENDING
 *     order.placed
 *     payment.declined
 *   the order is CONFIRMED
 *     order.placed
 *     payment.declined
 *     order.confirmed
 */
