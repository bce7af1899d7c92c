/* 01_buy_a_mug.c - a whole purchase in one screen: first use of the shop, the catalogue, a cart and the checkout. */
#include <shopcore/shopcore.h>
#include <shopcore/testkit/fake_gateway.h>
#include <stdio.h>
#include <stdlib.h>

static sc_error err = SC_ERROR_INIT;
static void must(sc_status status)
{
	if (status != SC_OK)
		exit((fprintf(stderr, "%s: %s\n", sc_status_name(status), err.text), 1));
}
int main(void)
{
	sc_fake_gateway *provider; /* a real shop plugs in a real one */
	must(sc_fake_gateway_open(sc_env_default(), NULL, &provider, &err));
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:"; /* or "sqlite:shop.db" */
	options.gateway = sc_fake_gateway_port(provider);
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err));
	sc_sku offer = { .sku = "mug-blue", .price_minor = 1250, .currency = "USD" };
	sc_product mug = { .id = "mug", .name = "A mug", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &mug, NULL, &err));
	sc_stock_change delivery = { .sku = "mug-blue", .quantity = 5 };
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "first delivery", &err));
	sc_arena arena; /* answers live here */
	sc_arena_init(&arena, sc_env_default());
	sc_call ada = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	sc_cart_item two = { .sku = "mug-blue", .quantity = 2 };
	sc_cart cart;
	must(sc_cart_add(shop, &ada, NULL, &two, 1, &arena, &cart, &err));
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	request.payment_token = "tok_ok";
	request.shipping = (sc_postal_address){ .name = "Ada", .line1 = "1 Hill St", .city = "Bath", .country = "GB" };
	sc_placement order;
	ada.key = "click-1"; /* a double click with the same key buys once */
	must(sc_checkout_buy(shop, &ada, &request, &arena, &order, &err));
	printf("order %s: %lld cents\n", order.order_id, (long long)order.total_minor);
	return sc_arena_clear(&arena), sc_shop_close(shop), sc_fake_gateway_free(provider), 0;
}
