/*
 * The model passes the whole suite: what the suite asks can be kept by a store that shares no code
 * with the library's own decision.
 */
#include "model/model.h"
#include "suite.h"

static sc_status open_model(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	(void)ctx;
	return model_open(env, MODEL_SOUND, out, err);
}

int main(void)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;

	options.open = open_model;
	return run_store_suite("store suite on the model", &options);
}
