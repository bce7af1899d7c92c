#include "private_postgres.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define SETTINGS_MAX 16

static void run_keeper(int leash, int answer, const char *const *settings)
{
	const char *arguments[SETTINGS_MAX + 3] = { "python3", PRIVATE_POSTGRES };
	for (size_t i = 0; settings != NULL && settings[i] != NULL && i < SETTINGS_MAX; i++)
		arguments[i + 2] = settings[i];
	dup2(leash, STDIN_FILENO);
	dup2(answer, STDOUT_FILENO);
	execvp("python3", (char *const *)(void *)arguments);
	_exit(PRIVATE_POSTGRES_SKIP);
}

/* Reads what the keeper prints once the server answers. */
static bool read_answer(struct private_postgres *out, int answer)
{
	FILE *lines = fdopen(answer, "r");
	char number[32];
	if (lines == NULL) {
		close(answer);
		return false;
	}
	bool good = fgets(out->url, sizeof out->url, lines) != NULL && fgets(number, sizeof number, lines) != NULL;
	fclose(lines);
	if (!good)
		return false;
	out->url[strcspn(out->url, "\n")] = '\0';
	out->server = (pid_t)strtol(number, NULL, 10);
	return true;
}

bool private_postgres_start(struct private_postgres *out, const char *const *settings)
{
	const char *given = getenv("SHOPCORE_POSTGRES");
	int leash[2], answer[2];
	*out = (struct private_postgres){ .leash = -1 };
	if (given != NULL && given[0] != '\0') {
		snprintf(out->url, sizeof out->url, "%s", given);
		return true;
	}
	if (pipe2(leash, O_CLOEXEC) != 0)
		return false;
	if (pipe2(answer, O_CLOEXEC) != 0) {
		close(leash[0]);
		close(leash[1]);
		return false;
	}
	fflush(NULL);
	out->keeper = fork();
	if (out->keeper == 0)
		run_keeper(leash[0], answer[1], settings);
	close(leash[0]);
	close(answer[1]);
	out->leash = leash[1];
	if (out->keeper > 0 && read_answer(out, answer[0]))
		return true;
	private_postgres_stop(out);
	fprintf(stderr, "SKIPPED: no PostgreSQL server could be started\n");
	return false;
}

void private_postgres_stop(struct private_postgres *server)
{
	if (server->leash >= 0)
		close(server->leash);
	if (server->keeper > 0)
		waitpid(server->keeper, NULL, 0);
	*server = (struct private_postgres){ .leash = -1 };
}
