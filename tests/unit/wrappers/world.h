/*
 * A memory store behind a wrapper, and a few groups to send through it.
 */
#ifndef WRAPPERS_WORLD_H
#define WRAPPERS_WORLD_H

#include <shopcore/memory.h>
#include <shopcore/testkit/env.h>

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { KIND_STOCK = 7, KIND_CART = 11 };

struct world {
	sc_testkit_env *testkit;
	const sc_env *env;
	sc_arena arena;
	sc_store store; /* the wrapper */
	uint32_t ids;
};

static inline sc_store memory_store(struct world *w)
{
	sc_store store;

	assert_int_equal(sc_memory_open(w->env, NULL, &store, NULL), SC_OK);
	assert_int_equal(store.ops->prepare(store.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
	return store;
}

static inline void world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
	w->testkit = sc_testkit_env_new(1);
	assert_non_null(w->testkit);
	w->env = sc_testkit_env_table(w->testkit);
	sc_arena_init(&w->arena, w->env);
}

static inline void world_clear(struct world *w)
{
	if (w->store.ops != NULL)
		w->store.ops->close(w->store.ctx);
	sc_arena_clear(&w->arena);
	assert_int_equal(sc_testkit_env_live_blocks(w->testkit), 0);
	sc_testkit_env_free(w->testkit);
}

static inline sc_address address(uint16_t kind, const char *key, const char *sub)
{
	return (sc_address){ key, sub, (uint16_t)strlen(key), (uint16_t)strlen(sub), kind, 0 };
}

static inline sc_address mugs(void)
{
	return address(KIND_STOCK, "mug", "main");
}

/* Adds units to the stock of mugs; the same `n` is the same group. */
static inline sc_status add_mugs_as(struct world *w, uint32_t n, int64_t quantity, sc_outcome *outcome)
{
	const sc_change change = { .address = mugs(), .type = SC_CHANGE_ADJUST, .counters = { .on_hand = quantity } };
	sc_group group = { .home = SC_HOME_TABLE, .changes = &change, .count = 1 };
	int64_t now = w->env->wall_ms(w->env->ctx);

	for (int i = 0; i < 6; i++)
		group.id.bytes[i] = (uint8_t)((uint64_t)now >> (40 - 8 * i));
	group.id.bytes[15] = (uint8_t)n;
	memset(outcome, 0, sizeof(*outcome));
	return w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, outcome, NULL);
}

static inline sc_status add_mugs(struct world *w, int64_t quantity)
{
	sc_outcome outcome;

	return add_mugs_as(w, ++w->ids, quantity, &outcome);
}

static inline sc_status load_mugs(struct world *w, int64_t *on_hand)
{
	const sc_address at = mugs();
	sc_record record;
	sc_status status = w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, &at, 1, 0, &w->arena, &record, NULL);

	if (status == SC_OK)
		*on_hand = record.counters.on_hand;
	return status;
}

#define assert_mugs(w, expected)                                        \
	do {                                                            \
		int64_t mugs_on_hand = -1;                              \
		assert_int_equal(load_mugs((w), &mugs_on_hand), SC_OK); \
		assert_int_equal(mugs_on_hand, (expected));             \
	} while (0)

#endif
