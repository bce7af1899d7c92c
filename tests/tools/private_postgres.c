#include "private_postgres.h"

#include <stdlib.h>
#include <string.h>

const char *const private_postgres_unsynced[] = { "fsync=off", "full_page_writes=off", NULL };

static void read_kept(struct private_postgres *out)
{
	snprintf(out->url, sizeof out->url, "%s", out->kept.url);
	out->server = (pid_t)strtol(out->kept.processes, NULL, 10);
}

bool private_postgres_start(struct private_postgres *out, const char *const *settings)
{
	*out = (struct private_postgres){ .kept.leash = -1 };
	if (!private_server_start(&out->kept, PRIVATE_POSTGRES, "SHOPCORE_POSTGRES", settings))
		return false;
	read_kept(out);
	return true;
}

/* "…?host=FOLDER,FOLDER&port=N,M" has the standby's part behind each comma. */
static void read_standby(struct private_postgres *out)
{
	const char *host = strchr(out->url, ','), *port = host != NULL ? strchr(host + 1, ',') : NULL;
	if (port == NULL)
		return;
	snprintf(out->standby_url, sizeof out->standby_url, "postgres://shop@/postgres?host=%.*s&port=%s",
	         (int)strcspn(host + 1, "&"), host + 1, port + 1);
}

bool private_postgres_start_pair(struct private_postgres *out, const char *standby)
{
	char argument[32];
	const char *const settings[] = { argument, NULL };
	snprintf(argument, sizeof argument, "standby=%s", standby);
	*out = (struct private_postgres){ .kept.leash = -1 };
	if (!private_server_start(&out->kept, PRIVATE_POSTGRES, "", settings))
		return false;
	read_kept(out);
	read_standby(out);
	return true;
}

void private_postgres_stop(struct private_postgres *server)
{
	private_server_stop(&server->kept);
	*server = (struct private_postgres){ .kept.leash = -1 };
}
