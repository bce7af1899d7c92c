/*
 * A private Redis for a test program, and what its tests have in common. Each test has a prefix of its own.
 */
#ifndef REDIS_WORLD_H
#define REDIS_WORLD_H

#include "private_redis.h"

#include <shopcore/redis.h>
#include <shopcore/shopcore.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

enum { KIND_STOCK = 7, KIND_HOLD = 10, KIND_CART = 11 };

struct world {
	struct private_redis redis;
	unsigned tests;
	char prefix[32];
};

static inline void next_prefix(struct world *w)
{
	snprintf(w->prefix, sizeof w->prefix, "test%u", ++w->tests);
}

static inline sc_redis_options options_of(const struct world *w)
{
	sc_redis_options options = SC_REDIS_OPTIONS_INIT;
	options.prefix = w->prefix;
	return options;
}

static inline sc_store open_store(const struct world *w)
{
	sc_store store;
	sc_redis_options options = options_of(w);
	assert_int_equal(sc_redis_open(sc_env_default(), w->redis.url, &options, &store, NULL), SC_OK);
	assert_int_equal(store.ops->prepare(store.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
	return store;
}

static inline sc_address address_of(uint16_t kind, const char *key)
{
	return (sc_address){ key, "", (uint16_t)strlen(key), 0, kind, 0 };
}

/* One group with a condition, so that it needs no id. */
static inline sc_status put_cart(const sc_store *store, const char *key, sc_condition condition, const char *body)
{
	const sc_change put = { .address = address_of(KIND_CART, key),
		                .type = SC_CHANGE_PUT,
		                .condition = (uint16_t)condition,
		                .body = { body, strlen(body) } };
	const sc_group group = { .id = sc_id_make(sc_env_default()),
		                 .home = condition == SC_IF_ANY ? SC_HOME_TABLE : SC_HOME_NONE,
		                 .changes = &put,
		                 .count = 1 };
	sc_outcome outcome = { .status = SC_OK };
	sc_status status = store->ops->apply(store->ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);
	return status == SC_OK ? outcome.status : status;
}

static inline bool has_cart(const sc_store *store, const char *key, const char *body)
{
	const sc_address at = address_of(KIND_CART, key);
	sc_arena arena;
	sc_record record;
	sc_arena_init(&arena, sc_env_default());
	bool found = store->ops->load(store->ctx, SC_CALL_SYSTEM, &at, 1, SC_READ_ALL, &arena, &record, NULL) ==
	                     SC_OK &&
	             record.version != 0 && record.body.size == strlen(body) &&
	             memcmp(record.body.data, body, record.body.size) == 0;
	sc_arena_clear(&arena);
	return found;
}

#endif
