#include "private_server.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ARGUMENTS_MAX 16

static void run_keeper(const char *script, int leash, int answer, const char *const *given)
{
	const char *arguments[ARGUMENTS_MAX + 3] = { "python3", script };
	for (size_t i = 0; given != NULL && given[i] != NULL && i < ARGUMENTS_MAX; i++)
		arguments[i + 2] = given[i];
	dup2(leash, STDIN_FILENO);
	dup2(answer, STDOUT_FILENO);
	execvp("python3", (char *const *)(void *)arguments);
	_exit(PRIVATE_SERVER_SKIP);
}

static bool read_line(FILE *from, char *out, size_t size)
{
	if (fgets(out, (int)size, from) == NULL)
		return false;
	out[strcspn(out, "\n")] = '\0';
	return true;
}

/* Reads what the keeper prints once the server answers. */
static bool read_answer(struct private_server *out, int answer)
{
	out->answers = fdopen(answer, "r");
	if (out->answers == NULL) {
		close(answer);
		return false;
	}
	return read_line(out->answers, out->url, sizeof out->url) &&
	       read_line(out->answers, out->processes, sizeof out->processes);
}

bool private_server_start(struct private_server *out, const char *script, const char *given,
                          const char *const *arguments)
{
	const char *url = getenv(given);
	int leash[2], answer[2];
	*out = (struct private_server){ .leash = -1 };
	if (url != NULL && url[0] != '\0') {
		snprintf(out->url, sizeof out->url, "%s", url);
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
		run_keeper(script, leash[0], answer[1], arguments);
	close(leash[0]);
	close(answer[1]);
	out->leash = leash[1];
	if (out->keeper > 0 && read_answer(out, answer[0]))
		return true;
	private_server_stop(out);
	fprintf(stderr, "SKIPPED: %s could not start a server\n", script);
	return false;
}

bool private_server_ask(struct private_server *server, const char *line, char *answer, size_t size)
{
	ssize_t length = (ssize_t)strlen(line);
	return server->answers != NULL && write(server->leash, line, (size_t)length) == length &&
	       read_line(server->answers, answer, size);
}

void private_server_stop(struct private_server *server)
{
	if (server->leash >= 0)
		close(server->leash);
	if (server->keeper > 0)
		waitpid(server->keeper, NULL, 0);
	if (server->answers != NULL)
		fclose(server->answers);
	*server = (struct private_server){ .leash = -1 };
}
