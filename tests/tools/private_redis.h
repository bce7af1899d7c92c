/*
 * A Redis server, or a Redis Cluster of three masters and three replicas, of a test program's own; see
 * private_redis.py, which runs it.
 */
#ifndef PRIVATE_REDIS_H
#define PRIVATE_REDIS_H

#include "private_server.h"

#define PRIVATE_REDIS_SKIP  PRIVATE_SERVER_SKIP
#define PRIVATE_REDIS_NODES 6

struct private_redis {
	char url[512];
	pid_t servers[PRIVATE_REDIS_NODES]; /* in the order of the URL's addresses; 0: none of ours */
	struct private_server kept;
};

/* Starts one server, or takes the one that SHOPCORE_REDIS names. `settings`: "name=value", ended by NULL; NULL: none.
 * false: there is none to be had; it has said why. */
bool private_redis_start(struct private_redis *out, const char *const *settings);
/* The same for a cluster of six, or that of SHOPCORE_REDIS_CLUSTER. */
bool private_redis_start_cluster(struct private_redis *out, const char *const *settings);
/* kill -9; the server is gone when this returns. */
void private_redis_kill(struct private_redis *redis, unsigned which);
/* Starts a killed server again on what it left on disk. */
bool private_redis_restart(struct private_redis *redis, unsigned which);
void private_redis_stop(struct private_redis *redis);

#endif
