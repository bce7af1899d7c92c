/*
 * The store suite on the memory driver.
 */
#include "suite.h"

#include <shopcore/memory.h>

static sc_status open_memory(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	(void)ctx;
	return sc_memory_open(env, NULL, out, err);
}

int main(void)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;

	options.open = open_memory;
	return run_store_suite("store suite on memory", &options);
}
