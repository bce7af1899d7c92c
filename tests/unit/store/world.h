/*
 * A memory store on a clock that stands still, and short ways to say what a group does. Each test makes
 * its own; the fixture checks at the end that nothing leaked.
 */
#ifndef TESTS_UNIT_STORE_WORLD_H
#define TESTS_UNIT_STORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "store/kinds.h"

#include <shopcore/memory.h>
#include <shopcore/port/rows.h>
#include <shopcore/testkit/env.h>

struct world {
	sc_testkit_env *testkit;
	const sc_env *env;
	sc_store store;
	sc_arena arena;
	sc_error err;
};

static inline int world_up(void **state)
{
	struct world *w = calloc(1, sizeof *w);
	w->testkit = sc_testkit_env_new(1);
	w->env = sc_testkit_env_table(w->testkit);
	sc_arena_init(&w->arena, w->env);
	assert_int_equal(sc_memory_open(w->env, NULL, &w->store, NULL), SC_OK);
	*state = w;
	return 0;
}

static inline int world_down(void **state)
{
	struct world *w = *state;
	w->store.ops->close(w->store.ctx);
	sc_arena_clear(&w->arena);
	assert_int_equal(sc_testkit_env_live_blocks(w->testkit), 0);
	sc_testkit_env_free(w->testkit);
	free(w);
	return 0;
}

#define WORLD_TEST(test) cmocka_unit_test_setup_teardown(test, world_up, world_down)

static inline sc_address address(uint16_t kind, const char *key, const char *sub)
{
	return (sc_address){ .key = key,
		             .sub = sub,
		             .key_size = (uint16_t)strlen(key),
		             .sub_size = (uint16_t)strlen(sub),
		             .kind = kind };
}

static inline sc_address stock(const char *sku)
{
	return address(SC_KIND_STOCK, sku, "main");
}

/* `id` is borrowed. */
static inline sc_address hold_of(const sc_id *id)
{
	return (sc_address){ .key = (const char *)id->bytes, .key_size = sizeof id->bytes, .kind = SC_KIND_HOLD };
}

static inline sc_change adjust(sc_address account, int64_t on_hand)
{
	return (sc_change){ .address = account, .type = SC_CHANGE_ADJUST, .counters = { .on_hand = on_hand } };
}

static inline sc_hold_line line_of(const sc_address *account, int64_t quantity)
{
	return (sc_hold_line){ .sources = account, .source_count = 1, .quantity = quantity };
}

static inline sc_change hold(sc_address at, const sc_hold_line *lines, uint32_t count, int64_t ttl_ms)
{
	return (sc_change){
		.address = at, .type = SC_CHANGE_HOLD, .lines = lines, .line_count = count, .ttl_ms = ttl_ms
	};
}

static inline sc_change about(sc_address at, sc_change_type type)
{
	return (sc_change){ .address = at, .type = (uint16_t)type };
}

static inline sc_group group_of(sc_home home, sc_id id, const sc_change *changes, uint32_t count)
{
	return (sc_group){ .id = id, .home = (uint16_t)home, .changes = changes, .count = count };
}

/* One group by itself; the apply as a whole must succeed. */
static inline sc_outcome apply_group(struct world *w, const sc_group *group)
{
	sc_outcome outcome = { .arena = &w->arena };
	w->err = (sc_error)SC_ERROR_INIT;
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, group, 1, &outcome, &w->err), SC_OK);
	return outcome;
}

static inline sc_outcome apply_as(struct world *w, sc_home home, sc_id id, const sc_change *changes, uint32_t count)
{
	const sc_group group = group_of(home, id, changes, count);
	return apply_group(w, &group);
}

static inline sc_outcome apply(struct world *w, sc_home home, const sc_change *changes, uint32_t count)
{
	return apply_as(w, home, home == SC_HOME_NONE ? (sc_id){ { 0 } } : sc_id_make(w->env), changes, count);
}

static inline sc_status apply_one(struct world *w, sc_change change)
{
	return apply(w, SC_HOME_TABLE, &change, 1).status;
}

static inline sc_record load(struct world *w, sc_address at)
{
	sc_record record;
	assert_int_equal(
		w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, &at, 1, SC_READ_ALL, &w->arena, &record, NULL), SC_OK);
	return record;
}

static inline void receive(struct world *w, const char *sku, int64_t on_hand)
{
	assert_int_equal(apply_one(w, adjust(stock(sku), on_hand)), SC_OK);
}

static inline void assert_counters(struct world *w, const char *sku, int64_t on_hand, int64_t held, int64_t committed)
{
	sc_record record = load(w, stock(sku));
	assert_int_equal(record.counters.on_hand, on_hand);
	assert_int_equal(record.counters.held, held);
	assert_int_equal(record.counters.committed, committed);
}

/* Holds so many of one SKU under a new id. */
static inline sc_status reserve(struct world *w, const char *sku, int64_t quantity, int64_t ttl_ms, sc_id *id)
{
	*id = sc_id_make(w->env);
	sc_address account = stock(sku);
	sc_hold_line line = line_of(&account, quantity);
	sc_change change = hold(hold_of(id), &line, 1, ttl_ms);
	return apply_as(w, SC_HOME_FIRST, *id, &change, 1).status;
}

static inline sc_status settle(struct world *w, const sc_id *id, sc_change_type type, uint32_t flags)
{
	sc_change change = about(hold_of(id), type);
	change.flags = flags;
	return apply(w, SC_HOME_NONE, &change, 1).status;
}

#endif
