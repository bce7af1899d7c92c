/*
 * The stores that come with the library, by URL. This is the one place that names them.
 */
#ifndef SC_SHOP_STORES_H
#define SC_SHOP_STORES_H

#include <shopcore/env.h>
#include <shopcore/port/store.h>

/* Opens "memory:" or "sqlite:…". UNSUPPORTED for anything else; what opening said. `volatile_named` tells whether the
 * URL itself names a store that is gone with the process, so that nobody can be surprised by that. */
sc_status sc__store_open(const sc_env *env, const char *url, sc_store *out, bool *volatile_named, sc_error *err);

/* A store that was handed in has every required operation: BAD_ARGUMENT with the operation's name. */
sc_status sc__store_check(const sc_store *store, sc_error *err);

void sc__store_close(const sc_store *store);

#endif
