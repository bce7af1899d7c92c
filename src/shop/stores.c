/*
 * Opening a built-in store by its URL, and checking one that was handed in.
 */
#include "shop/stores.h"

#include "base/error.h"

#include <shopcore/memory.h>
#include <shopcore/sqlite.h>

#include <string.h>

#define MEMORY_URL    "memory:"
#define SQLITE_SCHEME "sqlite:"

sc_status sc__store_open(const sc_env *env, const char *url, sc_store *out, bool *volatile_named, sc_error *err)
{
	if (strcmp(url, MEMORY_URL) == 0) {
		*volatile_named = true;
		return sc_memory_open(env, NULL, out, err);
	}
	if (strncmp(url, SQLITE_SCHEME, sizeof(SQLITE_SCHEME) - 1) == 0) {
		*volatile_named = false;
		return sc_sqlite_open(env, url, NULL, out, err);
	}
	return sc__bad(err, SC_UNSUPPORTED, "store_url",
	               "no store of that kind is built in: use memory: or sqlite:FILE");
}

sc_status sc__store_check(const sc_store *store, sc_error *err)
{
	const sc_store_ops *ops = store->ops;
#define LACKS(member) (!SC_OPS_HAS(ops, sc_store_ops, member))
	const char *missing = LACKS(info)       ? "info"
	                      : LACKS(prepare)  ? "prepare"
	                      : LACKS(load)     ? "load"
	                      : LACKS(range)    ? "range"
	                      : LACKS(apply)    ? "apply"
	                      : LACKS(resolve)  ? "resolve"
	                      : LACKS(expire)   ? "expire"
	                      : LACKS(log_read) ? "log_read"
	                      : LACKS(log_of)   ? "log_of"
	                      : LACKS(now)      ? "now"
	                                        : NULL;
#undef LACKS
	if (missing != NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "store", "lacks the operation %s", missing);
	return SC_OK;
}

void sc__store_close(const sc_store *store)
{
	if (SC_OPS_HAS(store->ops, sc_store_ops, close))
		store->ops->close(store->ctx);
}
