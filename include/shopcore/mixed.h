/*
 * One store made of several: stock in PostgreSQL, orders in SQLite, carts in Redis.
 *
 * Each kind of record is kept by one of them, and whoever uses the store does not see which. What one of them keeps
 * changes in one commit, as ever. A group that reaches into two of them, such as an order that takes stock, becomes a
 * saga: what could still be refused elsewhere is claimed first (a hold is held, a hold that is to be committed is
 * pinned), then the part that decides takes its own changes in one commit together with a note of what is left to do,
 * then that is done. A group is decided in that one commit, so it happens or does not; between it and the last step,
 * others can see it half done. A process that dies on the way leaves the note behind, and `expire` (which
 * sc_shop_tick() calls) finishes it or takes it back: no hold stays behind, no decided order without its goods.
 *
 *     sc_mixed_part parts[] = { { .store = postgres, .keeps = SC_KEEPS_STOCK }, { .store = redis,
 *                               .keeps = SC_KEEPS_CARTS } };
 *     sc_mixed_open(env, sqlite, parts, 2, &options.store, &err);
 */
#ifndef SHOPCORE_MIXED_H
#define SHOPCORE_MIXED_H

#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** What a part can be asked to keep. All else is the record's: orders, payments, claims, settings. */
typedef enum sc_mixed_keeps {
	SC_KEEPS_CATALOG = 1u << 0, /* products, SKUs, categories */
	SC_KEEPS_CARTS = 1u << 1,
	SC_KEEPS_STOCK = 1u << 2 /* all accounts and the holds on them, and the keys of what moved stock */
} sc_mixed_keeps;

#define SC_MIXED_PARTS_MAX 3

typedef struct sc_mixed_part {
	sc_store store;
	uint32_t keeps; /* sc_mixed_keeps, one or several */
	uint32_t reserved0;
	uint64_t reserved[2];
} sc_mixed_part;

/**
 * Make one store of several.
 *
 * Its durability is the lowest of those parts that keep what a shop must not lose. Its journal has a partition for
 * each part. Groups that cannot be taken apart (two parts with conditions of their own, a column written elsewhere)
 * are answered with SC_UNSUPPORTED; the library makes none.
 *
 * Ownership: on SC_OK the new store owns `record` and the stores of `parts` and closes them; on any other status the
 * caller still does. `env` is borrowed while the store lives. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT when there are no parts or more than SC_MIXED_PARTS_MAX, a store lacks a
 * required operation, `keeps` is none of the above or kept twice (err->field and err->index name it); what a store says
 * of itself; SC_UNSUPPORTED for a store whose journal has several partitions; SC_NO_MEMORY; SC_OK.
 * Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_mixed_open(const sc_env *env, sc_store record, const sc_mixed_part *parts, size_t count,
                               sc_store *out, sc_error *err);

SC_END_DECLS

#endif
