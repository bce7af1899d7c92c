/*
 * Reservations in PostgreSQL as a good engineer writes them by hand: the same server, the same durability, the same ids
 * and columns as ours, a connection for each client, prepared statements, binary values. Without a journal, repeats
 * that are harmless, or events, which ours has.
 */
#ifndef BY_HAND_H
#define BY_HAND_H

#include <libpq-fe.h>
#include <stdbool.h>
#include <stdint.h>

enum by_hand_way {
	BY_HAND_LOCK,     /* BEGIN; SELECT … FOR UPDATE; UPDATE; INSERT; COMMIT */
	BY_HAND_UPDATE,   /* BEGIN; UPDATE … WHERE enough; INSERT; COMMIT */
	BY_HAND_STATEMENT /* one conditional statement, a CTE that updates and inserts */
};

/* Makes the tables, `skus` of them with so many units each. */
void by_hand_make(PGconn *pg, int skus, int64_t units);
PGconn *by_hand_connect(const char *url);
/* Reserves one unit. true: done; false: there was none. Ends the program when anything fails. */
bool by_hand_reserve(PGconn *pg, enum by_hand_way way, int sku);
/* Units held, and reservations. */
void by_hand_count(PGconn *pg, int64_t *held, int64_t *reservations);

#endif
