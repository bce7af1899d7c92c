#include "private_postgres.h"

#include <stdlib.h>

bool private_postgres_start(struct private_postgres *out, const char *const *settings)
{
	*out = (struct private_postgres){ .kept.leash = -1 };
	if (!private_server_start(&out->kept, PRIVATE_POSTGRES, "SHOPCORE_POSTGRES", settings))
		return false;
	snprintf(out->url, sizeof out->url, "%s", out->kept.url);
	out->server = (pid_t)strtol(out->kept.processes, NULL, 10);
	return true;
}

void private_postgres_stop(struct private_postgres *server)
{
	private_server_stop(&server->kept);
	*server = (struct private_postgres){ .kept.leash = -1 };
}
