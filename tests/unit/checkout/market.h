/*
 * A whole shop for one test: memory store (or an SQLite file or a PostgreSQL schema, when compiled with MARKET_SQLITE
 * or MARKET_POSTGRES), fake gateway, a clock
 * that stands still, one buyer. Between shop and store stand `traced`, to count, and `faulty`, to break; so does
 * `faulty` before the gateway.
 */
#ifndef TESTS_UNIT_CHECKOUT_MARKET_H
#define TESTS_UNIT_CHECKOUT_MARKET_H

#include "support/cm.h"

#include <shopcore/checkout.h>
#include <shopcore/faulty.h>
#include <shopcore/inventory.h>
#include <shopcore/shop.h>
#include <shopcore/testkit/env.h>
#include <shopcore/testkit/fake_gateway.h>
#include <shopcore/traced.h>

struct market {
	char folder[64], file[96]; /* with MARKET_SQLITE: where the store's files are */
	int opened;
	int64_t start_ms; /* the wall clock when it was opened */
	sc_testkit_env *world;
	const sc_env *env;
	sc_store traced;   /* in front of memory; owned by `store` */
	sc_store store;    /* faulty, in front of traced */
	sc_store_ops kept; /* the same operations without close: the store outlives its shops */
	sc_fake_gateway_options fake_options;
	sc_fake_gateway *fake;
	sc_gateway gateway;
	sc_gateway_ops gateway_kept;
	sc_shop_options options;
	sc_shop *shop;
	sc_arena arena;
	sc_error err;
	sc_call buyer;
	sc_checkout_request request;
	sc_placement placement;
};

/* Fixtures for cmocka: a market with default options, 10 "mug" at 500 and 5 "pot" at 1,500. */
int market_up(void **state);
int market_down(void **state);
#define MARKET_TEST(test) cmocka_unit_test_setup_teardown(test, market_up, market_down)

/* Without cmocka's asserts, for tests in which memory may run out. */
sc_status market_open(struct market *m, const sc_env *env);
void market_close(struct market *m);

/* Closes the shop and opens another one on the same store. */
void market_restart(struct market *m);

void market_sku(struct market *m, const char *sku, int64_t price, int64_t units);
/* A price below 0 withdraws the SKU. */
void market_price(struct market *m, const char *sku, int64_t price);
void market_cart(struct market *m, const char *sku, int64_t quantity);

sc_status market_place(struct market *m, const char *key);
sc_status market_pay(struct market *m, const char *token);
/* Place under `key`, then pay. */
sc_status market_buy(struct market *m, const char *key, const char *token);
/* Moves the clock and ticks once. */
sc_status market_tick_after(struct market *m, int64_t ms);

/* The provider gives so much of the order's money back behind our back, and will refuse to do it again. */
void market_drain(struct market *m, int64_t amount);

/* The placed order, read afresh. */
sc_order market_order(struct market *m);
void assert_status(struct market *m, sc_order_status status);
void assert_level(struct market *m, const char *sku, int64_t on_hand, int64_t held, int64_t committed);
/* What the provider took for the order and gave back. */
void assert_money(struct market *m, int64_t charged, int64_t refunded);
/* Verification finds nothing. */
void assert_sound(struct market *m);
/* The history's topics, joined by blanks. */
void assert_history(struct market *m, const char *topics);

#endif
