/*
 * Carts and checkouts in PostgreSQL as a good engineer writes them by hand: a connection for each client, prepared
 * statements, binary values, rows locked in order, the same ids and columns as ours and an order packed into one row;
 * but no journal, no idempotency keys, no events, and nobody who takes the money.
 */
#ifndef BY_HAND_BUY_H
#define BY_HAND_BUY_H

#include <libpq-fe.h>
#include <shopcore/shopcore.h>

/* Makes the tables, with so many SKUs, named as bench_sku() does, of so many units each. */
void by_hand_buy_make(PGconn *pg, int skus, int64_t units);
PGconn *by_hand_buy_connect(const char *url);

/* A checkout of three lines in 15 statements and two transactions: placed with its hold and the first payment, then
 * confirmed. Ends the program when anything fails. */
void by_hand_buy(PGconn *pg, const char *owner, const int skus[3]);

/* Reads the cart, puts one more line into it and writes it back: five statements. */
void by_hand_add(PGconn *pg, const char *owner, int sku);

/* Sums over all stock, and how many orders were confirmed. */
void by_hand_buy_count(PGconn *pg, int64_t *held, int64_t *committed, int64_t *orders);

#endif
