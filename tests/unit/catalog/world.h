/*
 * A shop in memory for tests of the catalogue: its own clock and allocator, a store whose calls are counted,
 * and short ways to make things.
 */
#ifndef TESTS_UNIT_CATALOG_WORLD_H
#define TESTS_UNIT_CATALOG_WORLD_H

#include "support/cm.h"

#include <stdio.h>

#include <shopcore/shopcore.h>
#include <shopcore/testkit/env.h>

struct world {
	sc_testkit_env *env;
	sc_store store; /* traced; the shop's */
	sc_shop *shop;
	sc_arena arena;
	sc_error err;
};

static inline sc_status world_open(struct world *w, const sc_env *env)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_store inner = { 0 };
	w->err = (sc_error)SC_ERROR_INIT;
	sc_status status = sc_memory_open(env, NULL, &inner, &w->err);
	if (status != SC_OK)
		return status;
	status = sc_traced_open(env, inner, &w->store, &w->err);
	if (status != SC_OK) {
		inner.ops->close(inner.ctx);
		return status;
	}
	options.env = env;
	options.store = w->store;
	options.volatile_ok = true;
	status = sc_shop_open(&options, &w->shop, &w->err);
	if (status != SC_OK) {
		w->store.ops->close(w->store.ctx);
		return status;
	}
	sc_arena_init(&w->arena, env);
	return SC_OK;
}

static inline void world_close(struct world *w)
{
	sc_arena_clear(&w->arena);
	sc_shop_close(w->shop);
}

static inline int world_setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	assert_non_null(w);
	w->env = sc_testkit_env_new(1);
	assert_non_null(w->env);
	assert_int_equal(world_open(w, sc_testkit_env_table(w->env)), SC_OK);
	*state = w;
	return 0;
}

static inline int world_teardown(void **state)
{
	struct world *w = *state;
	world_close(w);
	assert_int_equal(sc_testkit_env_live_blocks(w->env), 0);
	sc_testkit_env_free(w->env);
	free(w);
	return 0;
}

#define world_test(name) cmocka_unit_test_setup_teardown(name, world_setup, world_teardown)

/* How many calls reached the store since the last time this was asked. */
static inline uint64_t world_store_calls(struct world *w)
{
	sc_traced_counts counts;
	uint64_t calls = 0;
	assert_int_equal(sc_traced_read(&w->store, &counts, NULL), SC_OK);
	assert_int_equal(sc_traced_reset(&w->store, NULL), SC_OK);
	for (int i = 0; i < SC_TRACED_OPS; i++)
		calls += counts.ops[i].calls;
	return calls;
}

static inline sc_sku sku_of(const char *sku, int64_t price_minor)
{
	sc_sku made = { .sku = sku, .price_minor = price_minor, .currency = "USD" };
	return made;
}

/* A product with as many of `skus` as `sku_count` says. */
static inline sc_product product_of(const char *id, const char *name, const sc_sku *skus, size_t sku_count)
{
	sc_product made = { .id = id, .name = name, .skus = skus, .sku_count = sku_count, .rating_milli = -1 };
	return made;
}

static inline uint64_t create(struct world *w, const sc_product *product)
{
	uint64_t version = 0;
	assert_int_equal(sc_product_create(w->shop, SC_CALL_SYSTEM, product, &version, &w->err), SC_OK);
	assert_true(version > 0);
	return version;
}

static inline sc_product read_product(struct world *w, const char *id)
{
	sc_product product;
	assert_int_equal(sc_product_get(w->shop, SC_CALL_SYSTEM, id, &w->arena, &product, &w->err), SC_OK);
	return product;
}

static inline void create_category(struct world *w, const char *id, const char *parent)
{
	const sc_category category = { .id = id, .name = id, .parent = parent };
	assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &category, NULL, &w->err), SC_OK);
}

#endif
