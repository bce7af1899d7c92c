/*
 * The store suite on the memory driver; with an argument, on a wrapper in front of it.
 */
#include "suite.h"

#include <shopcore/faulty.h>
#include <shopcore/memory.h>
#include <shopcore/traced.h>

#include <stdio.h>
#include <string.h>

static sc_status open_memory(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	(void)ctx;
	return sc_memory_open(env, NULL, out, err);
}

static sc_status open_traced(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	sc_store inner;
	sc_status status = open_memory(ctx, env, &inner, err);

	return status == SC_OK ? sc_traced_open(env, inner, out, err) : status;
}

static sc_status open_faulty(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	sc_store inner;
	sc_status status = open_memory(ctx, env, &inner, err);

	return status == SC_OK ? sc_faulty_open(env, inner, NULL, out, err) : status;
}

static const struct {
	const char *name;
	sc_status (*open)(void *ctx, const sc_env *env, sc_store *out, sc_error *err);
} wrappers[] = { { "traced", open_traced }, { "faulty", open_faulty } };

int main(int argc, char **argv)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	char driver[64] = "memory";

	options.open = open_memory;
	for (size_t i = 0; argc > 1 && i < sizeof(wrappers) / sizeof(wrappers[0]); i++) {
		if (strcmp(argv[1], wrappers[i].name) != 0)
			continue;
		options.open = wrappers[i].open;
		snprintf(driver, sizeof(driver), "memory, %s", wrappers[i].name);
	}
	return run_store_suite_in(argc > 1 ? argv[1] : NULL, driver, &options);
}
