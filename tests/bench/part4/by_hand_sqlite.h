/*
 * What a good engineer writes by hand on SQLite: one transaction a request, prepared statements, WAL with
 * synchronous=FULL, the same ids and columns as ours, reservations that are rows with an id and found by expiry; but no
 * journal, no idempotency keys and no events. One connection: SQLite has one writer, and waiting for a lock in turn
 * would only cost it.
 */
#ifndef TESTS_BENCH_BY_HAND_SQLITE_H
#define TESTS_BENCH_BY_HAND_SQLITE_H

#include <shopcore/shopcore.h>
#include <sqlite3.h>

struct by_hand {
	sqlite3 *db;
	sqlite3_stmt *begin, *commit, *read_stock, *hold_stock, *commit_stock;
	sqlite3_stmt *make_hold, *settle_hold, *make_order, *settle_order, *make_payment, *settle_payment;
	sqlite3_stmt *read_sku, *read_cart, *write_cart;
	int64_t version;
};

/* Opens `path` with so many SKUs, named as bench_sku() does, each with so many units. Ends the program on failure. */
void by_hand_open(struct by_hand *hand, const char *path, int skus, int64_t units);
void by_hand_close(struct by_hand *hand);

/* One unit of one SKU. */
void by_hand_reserve(struct by_hand *hand, int sku);

/* Three lines: placed with their hold and the first payment, then confirmed. */
void by_hand_checkout(struct by_hand *hand, const char *owner, const int skus[3]);

/* Reads the cart, puts one more line into it, writes it back if nobody else did. */
void by_hand_add(struct by_hand *hand, const char *owner, int sku);

/* Sums over all stock. */
void by_hand_stock(struct by_hand *hand, int64_t *held, int64_t *committed);

#endif
