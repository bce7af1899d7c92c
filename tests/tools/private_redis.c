#include "private_redis.h"

#include <stdlib.h>

#define SETTINGS_MAX 14

static bool start(struct private_redis *out, const char *kind, const char *given, const char *const *settings)
{
	const char *arguments[SETTINGS_MAX + 2] = { kind };
	*out = (struct private_redis){ .kept.leash = -1 };
	for (size_t i = 0; settings != NULL && settings[i] != NULL && i < SETTINGS_MAX; i++)
		arguments[i + 1] = settings[i];
	if (!private_server_start(&out->kept, PRIVATE_REDIS, given, arguments))
		return false;
	snprintf(out->url, sizeof out->url, "%s", out->kept.url);
	char *at = out->kept.processes;
	for (unsigned i = 0; i < PRIVATE_REDIS_NODES && *at != '\0'; i++)
		out->servers[i] = (pid_t)strtol(at, &at, 10);
	return true;
}

bool private_redis_start(struct private_redis *out, const char *const *settings)
{
	return start(out, "single", "SHOPCORE_REDIS", settings);
}

bool private_redis_start_cluster(struct private_redis *out, const char *const *settings)
{
	return start(out, "cluster", "SHOPCORE_REDIS_CLUSTER", settings);
}

void private_redis_kill(struct private_redis *redis, unsigned which)
{
	char line[32], answer[32];
	snprintf(line, sizeof line, "kill %u\n", which);
	if (private_server_ask(&redis->kept, line, answer, sizeof answer))
		redis->servers[which] = 0;
}

bool private_redis_restart(struct private_redis *redis, unsigned which)
{
	char line[32], answer[32];
	snprintf(line, sizeof line, "start %u\n", which);
	if (!private_server_ask(&redis->kept, line, answer, sizeof answer))
		return false;
	redis->servers[which] = (pid_t)strtol(answer, NULL, 10);
	return redis->servers[which] > 0;
}

void private_redis_stop(struct private_redis *redis)
{
	private_server_stop(&redis->kept);
	*redis = (struct private_redis){ .kept.leash = -1 };
}
