#include "buyers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buyers_name(int64_t n, char out[16])
{
	snprintf(out, 16, "buyer-%04d", (int)(n % BUYERS));
}

void buyers_lines(int64_t n, int skus[3])
{
	for (int i = 0; i < 3; i++)
		skus[i] = (int)((n * 7 + i * 31) % BUYERS_SKUS);
}

void buyers_fill(struct buyers *buyers, sc_shop *shop)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	buyers->shop = shop;
	sc_arena_init(&arena, sc_env_default());
	for (int buyer = 0; buyer < BUYERS; buyer++) {
		char name[16], sku[3][16];
		int skus[3];
		sc_cart_item items[3];
		sc_cart cart;
		sc_quote quote;
		buyers_name(buyer, name);
		buyers_lines(buyer, skus);
		const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
		for (int i = 0; i < 3; i++) {
			bench_sku(skus[i], sku[i]);
			items[i] = (sc_cart_item){ .sku = sku[i], .quantity = 1 };
		}
		bench_must(sc_cart_add(shop, &call, NULL, items, 3, &arena, &cart, &err), &err, "cart");
		bench_must(sc_checkout_quote(shop, &call, NULL, &arena, &quote, &err), &err, "quote");
		buyers->quotes[buyer] = strdup(quote.token);
		sc_arena_reset(&arena);
	}
	sc_arena_clear(&arena);
}

static sc_status submit(struct flight *flight, int64_t index, sc_error *err)
{
	const struct buyers *buyers = flight->argument;
	char name[16], key[SC_ID_TEXT_SIZE];
	buyers_name(buyers->bought + index, name);
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, name);
	sc_checkout_request request = SC_CHECKOUT_REQUEST_INIT;
	call.key = sc_id_format(sc_id_make(sc_env_default()), key);
	request.quote = buyers->quotes[(buyers->bought + index) % BUYERS];
	request.payment_token = "tok_ok";
	request.email = "buyer@example.org";
	request.shipping =
		(sc_postal_address){ .name = "Buyer", .line1 = "1 Main Street", .city = "Bath", .country = "GB" };
	return sc_checkout_buy_submit(flight->shop, &call, &request, flight_done, flight, NULL, err);
}

int64_t buyers_buy(struct buyers *buyers, int64_t count)
{
	struct flight flight = {
		.shop = buyers->shop, .submit = submit, .argument = buyers, .total = count, .window = buyers->window
	};
	flight.helped = buyers->window >= 100;
	const int64_t took = flight_run(&flight);
	buyers->bought += count;
	return took;
}

void buyers_clear(struct buyers *buyers)
{
	for (int i = 0; i < BUYERS; i++)
		free(buyers->quotes[i]);
}
