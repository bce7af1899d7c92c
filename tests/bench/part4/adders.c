#include "adders.h"

#include "flight.h"

#include <stdio.h>
#include <stdlib.h>

enum { SAMPLES_MAX = 200000 };

void adders_init(struct adders *adders, sc_shop *shop)
{
	*adders = (struct adders){ .shop = shop, .samples = calloc(SAMPLES_MAX, sizeof(int64_t)) };
	if (adders->samples == NULL)
		exit(1);
}

void adders_clear(struct adders *adders)
{
	free(adders->samples);
}

void adders_owner(int64_t turn, int index, char out[32])
{
	snprintf(out, 32, "shopper-%lld-%d", (long long)turn, index);
}

static void add_some(void *argument, int index)
{
	struct adders *adders = argument;
	char owner[32], sku[16];
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	adders_owner(adders->turn, index, owner);
	const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
	sc_arena_init(&arena, sc_env_default());
	for (int64_t i = 0; i < adders->each; i++) {
		const int64_t begin = bench_now_ns();
		sc_cart cart;
		bench_sku((int)(i % ADDERS_SKUS), sku);
		const sc_cart_item item = { .sku = sku, .quantity = 1 };
		bench_must(sc_cart_add(adders->shop, &call, NULL, &item, 1, &arena, &cart, &err), &err, "cart");
		sc_arena_reset(&arena);
		const size_t at = adders->sample_count + (size_t)index * (size_t)adders->each + (size_t)i;
		if (at < SAMPLES_MAX)
			adders->samples[at] = bench_now_ns() - begin;
	}
	sc_arena_clear(&arena);
}

int64_t adders_add(struct adders *adders, int64_t count)
{
	adders->turn++;
	adders->each = count / ADDERS;
	const int64_t took = bench_threads(ADDERS, add_some, adders);
	adders->sample_count += (size_t)count;
	return took;
}

double adders_p99_ms(struct adders *adders)
{
	const size_t count = adders->sample_count < SAMPLES_MAX ? adders->sample_count : SAMPLES_MAX;
	return (double)bench_percentile(adders->samples, count, 99) / 1e6;
}

bool adders_carts_are_whole(const struct adders *adders)
{
	sc_arena arena;
	sc_error err = SC_ERROR_INIT;
	bool whole = true;
	sc_arena_init(&arena, sc_env_default());
	for (int64_t turn = 1; turn <= adders->turn; turn++)
		for (int index = 0; index < ADDERS; index++) {
			char owner[32];
			sc_cart cart;
			int64_t units = 0;
			adders_owner(turn, index, owner);
			const sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, owner);
			bench_must(sc_cart_get(adders->shop, &call, NULL, &arena, &cart, &err), &err, "cart");
			for (size_t i = 0; i < cart.line_count; i++)
				units += cart.lines[i].quantity;
			whole = whole && units == adders->each;
			sc_arena_reset(&arena);
		}
	sc_arena_clear(&arena);
	return whole;
}
