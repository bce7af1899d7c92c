/*
 * 04_silent_provider.c - nobody knows whether the money moved.
 *
 * First use of sc_shop_tick(). The provider charges the card and then says nothing. That is neither a success nor a
 * failure: pay answers SC_PAYMENT_UNKNOWN, the order waits with its stock held, and tick finds out what happened.
 */
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

static const char *status_of(sc_shop *shop, const sc_call *call, const char *order_id, sc_arena *arena)
{
	sc_error err = SC_ERROR_INIT;
	sc_order order;
	must(sc_order_get(shop, call, order_id, arena, &order, &err), &err);
	return sc_order_status_name(order.status);
}

int main(void)
{
	sc_error err = SC_ERROR_INIT;
	sc_fake_gateway *provider;
	must(sc_fake_gateway_open(sc_env_default(), NULL, &provider, &err), &err);
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.gateway = sc_fake_gateway_port(provider);
	options.payment_resume_ms = 0; /* ask at once; a real shop waits a while */
	sc_shop *shop;
	must(sc_shop_open(&options, &shop, &err), &err);

	const sc_sku offer = { .sku = "book-1", .price_minor = 1800, .currency = "USD" };
	const sc_product book = { .id = "book", .name = "A book", .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	const sc_stock_change delivery = { .sku = "book-1", .quantity = 1 };
	must(sc_product_create(shop, SC_CALL_SYSTEM, &book, NULL, &err), &err);
	must(sc_inventory_receive(shop, SC_CALL_SYSTEM, &delivery, 1, "delivery", &err), &err);

	sc_arena arena;
	sc_arena_init(&arena, sc_env_default());
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "linus");
	const sc_cart_item item = { .sku = "book-1", .quantity = 1 };
	sc_cart cart;
	must(sc_cart_add(shop, &call, NULL, &item, 1, &arena, &cart, &err), &err);

	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	request.payment_token = "tok_silent_charged";
	request.shipping = (sc_postal_address){ .name = "Linus", .line1 = "3 Pier", .city = "Turku", .country = "FI" };
	sc_placement placement;
	call.key = "linus-1";
	sc_status status = sc_checkout_buy(shop, &call, &request, &arena, &placement, &err);
	printf("buy: %s\n", sc_status_text(status));
	if (!sc_status_is_unknown(status))
		must(SC_OUTCOME_UNKNOWN, &err);

	must(sc_checkout_find(shop, &call, &arena, &placement, &err), &err);
	printf("the order is %s\n", status_of(shop, &call, placement.order_id, &arena));
	must(sc_shop_tick(shop, SC_CALL_SYSTEM, NULL, NULL, &err), &err);
	printf("after one tick it is %s\n", status_of(shop, &call, placement.order_id, &arena));

	sc_arena_clear(&arena);
	sc_shop_close(shop);
	sc_fake_gateway_free(provider);
	return 0;
}

/*
 * It prints:
 *
 *   buy: the provider did not say whether money moved
 *   the order is PENDING
 *   after one tick it is CONFIRMED
 */
