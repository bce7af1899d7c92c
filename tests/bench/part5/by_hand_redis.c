#include "by_hand_redis.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TAKE                                                  \
	"local left = tonumber(redis.call('GET', KEYS[1]))\n" \
	"if left < tonumber(ARGV[1]) then return 0 end\n"     \
	"redis.call('DECRBY', KEYS[1], ARGV[1])\n"            \
	"return 1\n"

struct work {
	struct by_hand_redis *hand;
	int64_t each;
};

static void give_up(const char *what)
{
	fprintf(stderr, "by hand: %s\n", what);
	exit(1);
}

static redisReply *checked(void *reply)
{
	redisReply *answer = reply;
	if (answer == NULL)
		give_up("the connection broke");
	if (answer->type == REDIS_REPLY_ERROR)
		give_up(answer->str);
	return answer;
}

void redis_by_hand_open(struct by_hand_redis *hand, const char *url)
{
	for (int i = 0; i < BY_HAND_CALLERS; i++) {
		hand->connections[i] = redisConnectUnix(url + strlen("redis+socket://"));
		if (hand->connections[i] == NULL || hand->connections[i]->err != 0)
			give_up("no connection");
	}
	redisReply *reply = checked(redisCommand(hand->connections[0], "SCRIPT LOAD %s", TAKE));
	snprintf(hand->sha, sizeof hand->sha, "%s", reply->str);
	freeReplyObject(reply);
	freeReplyObject(checked(redisCommand(hand->connections[0], "SET by-hand 1000000000000")));
}

void redis_by_hand_close(struct by_hand_redis *hand)
{
	for (int i = 0; i < BY_HAND_CALLERS; i++)
		redisFree(hand->connections[i]);
}

long long redis_by_hand_number(redisContext *connection, const char *command)
{
	redisReply *reply = checked(redisCommand(connection, command));
	long long number = reply->integer;
	freeReplyObject(reply);
	return number;
}

static void take_some(void *argument, int index)
{
	const struct work *work = argument;
	for (int64_t i = 0; i < work->each; i++) {
		redisReply *reply = checked(
			redisCommand(work->hand->connections[index], "EVALSHA %s 1 by-hand 1", work->hand->sha));
		if (reply->integer != 1)
			give_up("a unit was refused");
		freeReplyObject(reply);
	}
}

int64_t redis_by_hand_take(struct by_hand_redis *hand, int64_t count)
{
	struct work work = { hand, count / BY_HAND_CALLERS };
	return bench_threads(BY_HAND_CALLERS, take_some, &work);
}

static void add_some(void *argument, int index)
{
	const struct work *work = argument;
	redisContext *connection = work->hand->connections[index];
	for (int64_t i = 0; i < work->each; i++) {
		redisAppendCommand(connection, "HSET cart:%d sku-%d 1", index, (int)(i % 20));
		redisAppendCommand(connection, "EXPIRE cart:%d 2592000", index);
		for (int n = 0; n < 2; n++) {
			void *reply = NULL;
			if (redisGetReply(connection, &reply) != REDIS_OK)
				give_up("the connection broke");
			freeReplyObject(checked(reply));
		}
	}
}

int64_t redis_by_hand_add(struct by_hand_redis *hand, int64_t count)
{
	struct work work = { hand, count / BY_HAND_CALLERS };
	return bench_threads(BY_HAND_CALLERS, add_some, &work);
}
