#include "world.h"

#include <stdlib.h>
#include <string.h>

world *world_new(const sc_shop_options *options)
{
	world *w = calloc(1, sizeof(*w));
	sc_shop_options own = *options;
	assert_non_null(w);
	w->env = sc_testkit_env_new(1);
	assert_non_null(w->env);
	if (own.env == NULL)
		own.env = sc_testkit_env_table(w->env);
	sc_arena_init(&w->arena, sc_testkit_env_table(w->env));
	assert_status(w, sc_shop_open(&own, &w->shop, &w->err), SC_OK);
	return w;
}

void world_free(world *w)
{
	sc_arena_clear(&w->arena);
	sc_shop_close(w->shop);
	assert_int_equal(sc_testkit_env_live_blocks(w->env), 0);
	sc_testkit_env_free(w->env);
	free(w);
}

int world_open(void **state)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	*state = world_new(&options);
	return 0;
}

int world_close(void **state)
{
	world_free(*state);
	return 0;
}

void world_add_sku(world *w, const char *sku, int64_t price_minor, const char *currency)
{
	sc_sku offer = { .sku = sku, .price_minor = price_minor };
	memcpy(offer.currency, currency, sizeof(offer.currency));
	const sc_product product = { .id = sku, .name = sku, .skus = &offer, .sku_count = 1, .rating_milli = -1 };
	assert_status(w, sc_product_create(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_OK);
}

void world_set_price(world *w, const char *sku, int64_t price_minor)
{
	sc_sku offer;
	assert_status(w, sc_sku_get(w->shop, SC_CALL_SYSTEM, sku, &w->arena, &offer, &w->err), SC_OK);
	offer.price_minor = price_minor;
	assert_status(w, sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, NULL, &w->err), SC_OK);
}

void world_receive(world *w, const char *sku, int64_t quantity)
{
	const sc_stock_change change = { sku, NULL, quantity };
	assert_status(w, sc_inventory_receive(w->shop, SC_CALL_SYSTEM, &change, 1, NULL, &w->err), SC_OK);
}

sc_level world_level(world *w, const char *sku)
{
	const sc_stock_ref ref = { sku, NULL };
	sc_level level;
	assert_status(w, sc_inventory_levels(w->shop, SC_CALL_SYSTEM, &ref, 1, &w->arena, &level, &w->err), SC_OK);
	return level;
}

void assert_level(world *w, const char *sku, int64_t on_hand, int64_t held, int64_t committed)
{
	const sc_level level = world_level(w, sku);
	assert_int_equal(level.on_hand, on_hand);
	assert_int_equal(level.held, held);
	assert_int_equal(level.committed, committed);
}

sc_status world_buy(world *w, const char *user, const char *sku, int64_t quantity, const char *token, sc_placement *out)
{
	sc_call call = CUSTOMER(user);
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &call, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
	char key[SC_ID_TEXT_SIZE];
	call.key = sc_id_format(sc_id_make(sc_testkit_env_table(w->env)), key);
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	request.payment_token = token;
	request.email = "buyer@example.com";
	request.shipping = (sc_postal_address){ .name = "Ada", .line1 = "Main St 1", .city = "Town", .country = "US" };
	return sc_checkout_buy(w->shop, &call, &request, &w->arena, out, &w->err);
}

size_t world_verify(world *w, sc_finding *first)
{
	sc_verify *verify;
	sc_verify_page page = { 0 };
	size_t count = 0;
	assert_status(w, sc_verify_new(w->shop, SC_CALL_SYSTEM, &verify, &w->err), SC_OK);
	while (!page.finished) {
		assert_status(w, sc_verify_step(verify, SC_CALL_SYSTEM, 3, &w->arena, &page, &w->err), SC_OK);
		if (count == 0 && page.count > 0 && first != NULL)
			*first = page.findings[0];
		count += page.count;
	}
	sc_verify_free(verify);
	return count;
}
