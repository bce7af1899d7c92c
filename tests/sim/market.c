/*
 * Opening the market and running its processes: each boots, opens its shop, lets its buyers in, ticks,
 * takes in webhooks; when it dies, it boots again and its buyers go on where they were.
 */
#include "market.h"

#include <shopcore/catalog.h>
#include <shopcore/checkout.h>
#include <shopcore/inventory.h>
#include <shopcore/memory.h>
#include <shopcore/mixed.h>

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const sku_names[SKUS] = { "mug", "cup", "pot", "jug" };
const int64_t sku_prices[SKUS] = { 1250, 900, 4999, 2 };
const int64_t sku_units[SKUS] = { 6, 12, 3, 30 };

void found(struct market *m, const char *format, ...)
{
	va_list args;

	if (m->finding[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(m->finding, sizeof(m->finding), format, args);
	va_end(args);
}

const sc_env *market_env(struct market *m, uint32_t process)
{
	return &m->envs[process];
}

/* ---- processes ------------------------------------------------------------------------------------ */

/* A process reaches each store by a way of its own, and either can fail while the other does not. */
static sc_status reach(struct market *m, uint32_t process, sc_store *out, sc_error *err)
{
	sc_mixed_part part = { .keeps = SC_KEEPS_STOCK };
	sc_store record;

	if (m->shape == ONE_STORE)
		return sc_sim_store(m->sim, process, m->reached, out, err);
	sc_status status = sc_sim_store(m->sim, process, m->record, &record, err);
	if (status == SC_OK)
		status = sc_sim_store(m->sim, process, m->stock, &part.store, err);
	return status == SC_OK ? sc_mixed_open(market_env(m, process), record, &part, 1, out, err) : status;
}

static sc_status open_shop(struct market *m, uint32_t process, sc_error *err)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_status status;

	options.env = market_env(m, process);
	options.volatile_ok = true;
	options.shipping_flat_minor = SHIPPING_MINOR;
	memcpy(options.currency, "EUR", 4);
	status = reach(m, process, &options.store, err);
	if (status == SC_OK)
		status = sc_sim_gateway(m->sim, process, m->gateway, &options.gateway, err);
	if (status == SC_OK)
		status = sc_shop_open(&options, &m->shops[process], err);
	return status;
}

static void ticker_main(void *arg)
{
	const struct visit *visit = arg;
	struct market *m = visit->m;
	int quiet = 0;

	while (quiet < 40) {
		sc_error err = SC_ERROR_INIT;

		sc_shop_tick(m->shops[visit->process], SC_CALL_SYSTEM, NULL, NULL, &err);
		sc_sim_sleep_ms(m->sim, m->closing ? 120000 : 1000 + (int64_t)sc_sim_random(m->sim, 9000));
		quiet = m->closing ? quiet + 1 : 0;
	}
}

/* Whatever the provider sends comes to one of the processes, and again when that failed. */
static void webhook_main(void *arg)
{
	const struct visit *visit = arg;
	struct market *m = visit->m;
	sc_arena arena;

	sc_arena_init(&arena, market_env(m, visit->process));
	while (!m->closing) {
		sc_error err = SC_ERROR_INIT;
		sc_fake_webhook webhook;

		sc_arena_reset(&arena);
		sc_sim_sleep_ms(m->sim, 500 + (int64_t)sc_sim_random(m->sim, 3000));
		if (sc_fake_gateway_next_webhook(m->fake, &arena, &webhook, &err) != SC_OK)
			continue;
		for (int tries = 0; tries < 5; tries++) {
			sc_status status = sc_checkout_webhook(m->shops[visit->process], SC_CALL_SYSTEM, webhook.body,
			                                       webhook.signature, &err);

			if (!sc_status_is_failure(status) && !sc_status_is_unknown(status))
				break;
		}
	}
	sc_arena_clear(&arena);
}

void market_spawn(struct market *m, uint32_t process, void (*body)(void *), unsigned buyer)
{
	const sc_env *env = market_env(m, process);
	struct visit *visit = env->resize(env->ctx, NULL, sizeof(*visit));

	if (visit == NULL || sc_sim_spawn(m->sim, process, body, visit, NULL) != SC_OK)
		abort();
	*visit = (struct visit){ m, process, buyer };
}

static void boot_main(void *arg)
{
	const struct visit *visit = arg;
	struct market *m = visit->m;
	uint32_t process = visit->process;
	sc_error err = SC_ERROR_INIT;

	while (open_shop(m, process, &err) != SC_OK)
		sc_sim_sleep_ms(m->sim, 1000);
	market_spawn(m, process, ticker_main, 0);
	market_spawn(m, process, webhook_main, 0);
	for (unsigned i = 0; i < BUYERS_EACH; i++)
		market_spawn(m, process, buyer_main, (process - 1) * BUYERS_EACH + i);
}

static void died(void *ctx, uint32_t process)
{
	struct market *m = ctx;

	m->shops[process] = NULL;
	market_spawn(m, process, boot_main, 0);
}

/* ---- opening -------------------------------------------------------------------------------------- */

static void choose_wishes(struct market *m)
{
	static const char *const tokens[] = { "tok_ok",
		                              "tok_ok",
		                              "tok_ok",
		                              "tok_ok",
		                              "tok_ok",
		                              "tok_slow",
		                              "tok_declined",
		                              "tok_action",
		                              "tok_declined",
		                              "tok_ok",
		                              "tok_silent_charged",
		                              "tok_silent_free" };

	for (unsigned buyer = 0; buyer < BUYERS; buyer++) {
		for (unsigned n = 0; n < WISHES_EACH; n++) {
			struct wish *wish = &m->wishes[buyer][n];

			wish->buyer = buyer;
			wish->number = n;
			for (int i = 0; i < 2; i++) {
				wish->sku[i] = (unsigned)sc_sim_random(m->sim, SKUS);
				wish->quantity[i] = 1 + (unsigned)sc_sim_random(m->sim, 2);
			}
			wish->token = tokens[sc_sim_random(m->sim, sizeof(tokens) / sizeof(tokens[0]))];
			wish->changes_mind = sc_sim_random(m->sim, 4) == 0;
		}
	}
}

static sc_status fill_shelves(sc_shop *shop, sc_error *err)
{
	sc_status status = SC_OK;

	for (int i = 0; i < SKUS && status == SC_OK; i++) {
		const sc_sku sku = { .sku = sku_names[i], .price_minor = sku_prices[i], .currency = "EUR" };
		const sc_product product = {
			.id = sku_names[i], .name = sku_names[i], .skus = &sku, .sku_count = 1, .rating_milli = -1
		};
		const sc_stock_change units = { .sku = sku_names[i], .quantity = sku_units[i] };

		status = sc_product_create(shop, SC_CALL_SYSTEM, &product, NULL, err);
		if (status == SC_OK)
			status = sc_inventory_receive(shop, SC_CALL_SYSTEM, &units, 1, NULL, err);
	}
	return status;
}

/* By the owner of the market, before anybody comes and while nothing goes wrong. */
static sc_status stock_up(struct market *m, sc_error *err)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_store_ops kept = *m->store.ops;
	sc_shop *shop;
	sc_status status;

	kept.close = NULL;
	options.env = market_env(m, SC_SIM_WORLD);
	options.volatile_ok = true;
	options.store = (sc_store){ &kept, m->store.ctx };
	memcpy(options.currency, "EUR", 4);
	status = sc_shop_open(&options, &shop, err);
	if (status != SC_OK)
		return status;
	status = fill_shelves(shop, err);
	sc_shop_close(shop);
	return status;
}

static void stepped(void *ctx)
{
	struct market *m = ctx;

	if (m->ground == NULL || m->steps++ % m->ground->audit_every == 0)
		audit_step(m);
}

static sc_status open_stores(struct market *m, const sc_env *env, sc_error *err)
{
	sc_mixed_part part = { .keeps = SC_KEEPS_STOCK };

	if (m->ground != NULL)
		return m->ground->open(m->ground->ctx, env, &m->store, err);
	if (m->shape == ONE_STORE)
		return sc_memory_open(env, NULL, &m->store, err);
	sc_status status = sc_memory_open(env, NULL, &m->record, err);
	if (status == SC_OK)
		status = sc_memory_open(env, NULL, &m->stock, err);
	part.store = m->stock;
	return status == SC_OK ? sc_mixed_open(env, m->record, &part, 1, &m->store, err) : status;
}

static sc_status open_world(struct market *m, uint64_t seed, sc_error *err)
{
	sc_sim_options options = SC_SIM_OPTIONS_INIT;
	sc_fake_gateway_options fake = SC_FAKE_GATEWAY_OPTIONS_INIT;
	const sc_env *env;
	sc_status status;

	options.seed = seed;
	options.fails = 15000;
	options.unknown_done = 15000;
	options.unknown_not_done = 10000;
	options.lands_late = 10000;
	options.dies = 4000;
	options.died = died;
	options.stepped = stepped;
	options.ctx = m;
	status = sc_sim_new(&options, &m->sim, err);
	if (status != SC_OK)
		return status;
	for (uint32_t process = 0; process <= PROCESSES; process++) {
		m->envs[process] = *sc_sim_env(m->sim, process);
		if (m->ground != NULL && m->ground->wall_ms != NULL)
			m->envs[process].wall_ms = m->ground->wall_ms;
	}
	env = market_env(m, SC_SIM_WORLD);
	sc_arena_init(&m->arena, env);
	fake.slow_ms = 20000;
	fake.silence_ms = 10000;
	fake.webhooks = (uint32_t)sc_sim_random(m->sim, 8);
	status = sc_fake_gateway_open(env, &fake, &m->fake, err);
	if (status == SC_OK)
		status = open_stores(m, env, err);
	return status;
}

static bool start(struct market *m, uint64_t seed)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status;

	status = open_world(m, seed, &err);
	if (status == SC_OK)
		status = stock_up(m, &err);
	if (status != SC_OK) {
		found(m, "opening failed with %s: %s", sc_status_name(status), err.text);
		return false;
	}
	m->reached = mutant_store(&m->mutant, m->store);
	m->gateway = mutant_gateway(&m->mutant, sc_fake_gateway_port(m->fake));
	m->buyers_left = BUYERS;
	choose_wishes(m);
	for (uint32_t process = 1; process <= PROCESSES; process++)
		market_spawn(m, process, boot_main, 0);
	return true;
}

bool market_open(struct market *m, uint64_t seed, enum market_shape shape, enum mutant_kind kind)
{
	memset(m, 0, sizeof(*m));
	m->shape = shape;
	m->mutant.kind = kind;
	return start(m, seed);
}

bool market_open_on(struct market *m, uint64_t seed, const struct market_ground *ground)
{
	memset(m, 0, sizeof(*m));
	m->ground = ground;
	return start(m, seed);
}

/* The processes are not shut down: their memory goes with the world. */
void market_close(struct market *m)
{
	if (m->sim == NULL)
		return;
	sc_arena_clear(&m->arena);
	sc_fake_gateway_free(m->fake);
	if (m->store.ops != NULL)
		m->store.ops->close(m->store.ctx);
	sc_sim_free(m->sim);
	m->sim = NULL;
}
