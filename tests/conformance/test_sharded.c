/*
 * The store suite on sharded in memory. A case's addresses lie in one of them; the stock that it moves has to lie
 * there, too.
 */
#include "suite.h"

#include <shopcore/memory.h>
#include <shopcore/sharded.h>

enum { SHARDS = 3 };

static sc_status open_sharded(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	sc_shard shards[SHARDS] = { { .name = "one" }, { .name = "two" }, { .name = "three" } };
	const sc_shard_location everywhere = { NULL, "one" };
	sc_status status = SC_OK;
	size_t opened = 0;

	(void)ctx;
	while (status == SC_OK && opened < SHARDS) {
		status = sc_memory_open(env, NULL, &shards[opened].store, err);
		opened += status == SC_OK;
	}
	if (status == SC_OK)
		status = sc_sharded_open(env, shards, SHARDS, &everywhere, 1, out, err);
	while (status != SC_OK && opened > 0) {
		sc_store *store = &shards[--opened].store;
		store->ops->close(store->ctx);
	}
	return status;
}

int main(void)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;

	options.open = open_sharded;
	return run_store_suite("store suite on sharded", &options);
}
