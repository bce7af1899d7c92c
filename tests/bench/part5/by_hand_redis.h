/*
 * Redis as one would use it by hand, for the bars of part 5: a connection each for so many callers.
 */
#ifndef TESTS_BENCH_BY_HAND_REDIS_H
#define TESTS_BENCH_BY_HAND_REDIS_H

#include "bench.h"

#include <hiredis/hiredis.h>

enum { BY_HAND_CALLERS = 32 };

struct by_hand_redis {
	redisContext *connections[BY_HAND_CALLERS];
	char sha[41]; /* of a script that takes units if there are enough */
};

/* "redis+socket:///path". Ends the program when it cannot connect. */
void redis_by_hand_open(struct by_hand_redis *hand, const char *url);
void redis_by_hand_close(struct by_hand_redis *hand);

/* Sends one command and ends the program unless it is answered without an error. */
long long redis_by_hand_number(redisContext *connection, const char *command);

/* Nanoseconds for so many units, taken one by one with an EVALSHA each. */
int64_t redis_by_hand_take(struct by_hand_redis *hand, int64_t count);
/* Nanoseconds for so many lines put into carts, with HSET and EXPIRE sent together. */
int64_t redis_by_hand_add(struct by_hand_redis *hand, int64_t count);

#endif
