/*
 * A shop for one test: a clock that is moved by hand, a store in memory, a few SKUs. Every test builds its own and
 * tears it down; a leak fails the test.
 */
#ifndef TESTS_UNIT_SHOP_WORLD_H
#define TESTS_UNIT_SHOP_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shopcore/shopcore.h>
#include <shopcore/testkit/env.h>

typedef struct world {
	sc_testkit_env *env;
	sc_shop *shop;
	sc_arena arena;
	sc_error err;
} world;

/* cmocka's set-up and tear-down: a shop on "memory:" in *state. */
int world_open(void **state);
int world_close(void **state);

/* The same with options of the test's own; `env` in them is filled in. */
world *world_new(const sc_shop_options *options);
void world_free(world *w);

/* Makes a product with one SKU of the same name. */
void world_add_sku(world *w, const char *sku, int64_t price_minor, const char *currency);
/* Changes its price. */
void world_set_price(world *w, const char *sku, int64_t price_minor);

/* Receives units at "main". */
void world_receive(world *w, const char *sku, int64_t quantity);
sc_level world_level(world *w, const char *sku);

/* on_hand, held and committed of a SKU at "main". */
void assert_level(world *w, const char *sku, int64_t on_hand, int64_t held, int64_t committed);

/* Puts so many units into a customer's cart and buys them. The status is the purchase's. */
sc_status world_buy(world *w, const char *user, const char *sku, int64_t quantity, const char *token,
                    sc_placement *out);

/* Verification runs through; the number of findings. */
size_t world_verify(world *w, sc_finding *first);

#define CUSTOMER(id) SC_CALL_INIT(SC_ACTOR_CUSTOMER, id)
#define GUEST(token) SC_CALL_INIT(SC_ACTOR_GUEST, token)

/* With the error's text when it is another. */
#define assert_status(w, expression, expected)                                                                         \
	do {                                                                                                           \
		const sc_status got_ = (expression);                                                                   \
		if (got_ != (expected))                                                                                \
			fail_msg("%s: %s (%s: %s)", #expression, sc_status_name(got_), (w)->err.field, (w)->err.text); \
	} while (0)

#endif
