/*
 * A shop over several stores, from one text: what is kept where, what is cached, what has a copy.
 *
 *     # lines that begin with # or ; say nothing
 *     [record]                       orders, payments, keys, settings, and all that no other part keeps; required
 *     url = postgres://shop@db/shop
 *     secret_file = /run/secrets/db  its password: never in the URL
 *
 *     [catalog]                      products, SKUs, categories
 *     url = sqlite:/var/lib/shop/catalog.db
 *
 *     [stock]                        accounts and holds
 *     url = postgres://shop@db2/stock
 *     secret_fd = 3
 *
 *     [carts]
 *     url = redis+socket:///run/redis/redis.sock
 *     copy = yes                     with a copy in the record: shopcore/backed.h
 *     copy_after_ms = 10000
 *
 *     [cache]                        of what is shown, in front of all: shopcore/cached.h
 *     url = memory:                  or redis://…, which several processes share
 *     megabytes = 64
 *     keep_ms = 60000
 *
 *     [gate]                         in front of the stock: shopcore/gated.h; with [record] alone
 *     url = redis://gate
 *
 * A part without a section is kept by the record. Spaces around names and values do not count. "memory:" and
 * "sqlite:FILE" are built in; who reads the text brings the drivers of all other URLs along.
 */
#ifndef SHOPCORE_CONFIG_H
#define SHOPCORE_CONFIG_H

#include <shopcore/port/cache.h>
#include <shopcore/port/gate.h>
#include <shopcore/shop.h>

SC_BEGIN_DECLS

#define SC_CONFIG_SIZE_MAX   65536 /* bytes of a text */
#define SC_CONFIG_LINE_MAX   1024  /* bytes of a line */
#define SC_CONFIG_SECRET_MAX 256   /* bytes of a secret */

/** How URLs of one kind are opened. A member that is NULL: there is no such thing of that kind. */
typedef struct sc_config_driver {
	const char *scheme; /* what comes before the first ":" of the URL, such as "redis+socket" */
	sc_status (*open_store)(const sc_env *env, const char *url, sc_store *out, sc_error *err);
	sc_status (*open_cache)(const sc_env *env, const char *url, sc_cache *out, sc_error *err);
	sc_status (*open_gate)(const sc_env *env, const char *url, sc_gate *out, sc_error *err);
	uint64_t reserved[2];
} sc_config_driver;

/**
 * Open the stores that a text names, as one store, for sc_shop_open().
 *
 * Sets `store` of the options, and `volatile_ok` when the record or the stock are in "memory:". An error names the
 * section and the member (err->field: "carts.url") and the line (err->index, from 1).
 *
 * Secrets are read from files or descriptors, the first line of them; a URL with a password in it is refused, because
 * such a text gets around.
 *
 * Ownership: on SC_OK `options->store` is the caller's, to be handed to sc_shop_open() or closed; on any other status
 * nothing is open and `options` is untouched. `env` is borrowed while the store lives, all else for the call.
 * Threads: any.
 * Returns, in this order: SC_OVER_LIMIT, SC_BAD_FORMAT or SC_BAD_ARGUMENT for the text, line by line: a line too long,
 * a section or a member that there is none of or that comes twice, a value that is none; then SC_BAD_ARGUMENT without
 * [record], or with [gate] and another part beside it; SC_UNSUPPORTED for a URL that no driver opens; SC_IO_FAILED for
 * a file of a secret; what opening a store says; SC_NO_MEMORY; SC_OK. Idempotent: yes, opening again opens again.
 * Since: 0.1.
 */
SC_API sc_status sc_config_open(const sc_env *env, sc_bytes text, const sc_config_driver *drivers, size_t driver_count,
                                sc_shop_options *options, sc_error *err);

SC_END_DECLS

#endif
