/*
 * The store suite on the memory driver.
 */
#include "suite.h"

#include <shopcore/memory.h>

#include <string.h>

static sc_status open_memory(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	(void)ctx;
	return sc_memory_open(env, NULL, out, err);
}

int main(int argc, char **argv)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;

	options.open = open_memory;
	if (argc > 1 && strcmp(argv[1], "cached") == 0)
		return run_store_suite_cached("store suite on memory, cached", &options);
	return run_store_suite("store suite on memory", &options);
}
