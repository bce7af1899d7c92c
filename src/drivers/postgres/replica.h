/*
 * Reads that may be some milliseconds old, served by standbys. See replica.c.
 */
#ifndef SC_DRIVERS_POSTGRES_REPLICA_H
#define SC_DRIVERS_POSTGRES_REPLICA_H

#include <shopcore/status.h>

#define SC__PG_REPLICAS_MAX 8
#define SC__PG_MARKS        16

struct sc__pg_store;
struct sc__pg_connection;

/* One host of a URL; what is empty stays as the URL has it. */
typedef struct sc__pg_host {
	char name[256], address[64], port[8], attributes[16]; /* target_session_attrs */
} sc__pg_host;

/* What the primary had at a moment: all that was durable then is below `lsn`. */
typedef struct sc__pg_mark {
	int64_t lsn, first,
		check32;  /* and its newest line of the journal, by which a standby shows that it follows it */
	int64_t now_ms;   /* the store's time then */
	int64_t taken_ns; /* on our own monotonic clock, before the question was sent; 0: none */
} sc__pg_mark;

typedef struct sc__pg_replica {
	sc__pg_host host;
	struct sc__pg_connection *idle;
	uint32_t open;         /* connections, in use or at rest */
	int64_t rests_till_ns; /* not asked before that: it failed, or is too far behind */
} sc__pg_replica;

/* Guarded by the store's mutex, but for `count` and hosts, which stay as they are. */
typedef struct sc__pg_replicas {
	uint32_t count, next;
	sc__pg_replica all[SC__PG_REPLICAS_MAX];
	bool marking; /* somebody asks the primary just now */
	uint64_t mark_count;
	sc__pg_mark marks[SC__PG_MARKS]; /* see keep_mark() */
} sc__pg_replicas;

/* Reads "host:port,host:port". */
sc_status sc__pg_replicas_read(sc__pg_replicas *replicas, const char *list, size_t size, sc_error *err);
void sc__pg_replicas_close(struct sc__pg_store *store);

#endif
