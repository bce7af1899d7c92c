#include "standin.h"

#include <curl/curl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define ANSWER_MAX 1048576

static char answer[ANSWER_MAX]; /* of the last call; a test has one thread that asks */
static size_t answer_size;

static void must(bool fine, const char *what)
{
	if (fine)
		return;
	perror(what);
	exit(1);
}

static void write_secret(const char *path, const char *secret)
{
	FILE *file = fopen(path, "w");
	must(file && fprintf(file, "%s\n", secret) > 0 && fclose(file) == 0, path);
}

static void run_script(const char *script, int input, int output)
{
	char path[512];
	snprintf(path, sizeof(path), "%s/%s", STANDIN_FOLDER, script);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	execlp("python3", "python3", path, (char *)NULL);
	perror("python3");
	_exit(127);
}

void standin_start(struct standin *standin, const char *script, const char *key, const char *webhook_secret)
{
	int to[2], from[2], port = 0;
	memset(standin, 0, sizeof(*standin));
	snprintf(standin->folder, sizeof(standin->folder), "/tmp/shopcore-standin-XXXXXX");
	must(mkdtemp(standin->folder) != NULL, "mkdtemp");
	snprintf(standin->key_file, sizeof(standin->key_file), "%s/key", standin->folder);
	snprintf(standin->webhook_file, sizeof(standin->webhook_file), "%s/webhook", standin->folder);
	write_secret(standin->key_file, key);
	write_secret(standin->webhook_file, webhook_secret);
	must(pipe(to) == 0 && pipe(from) == 0, "pipe");
	standin->pid = fork();
	must(standin->pid >= 0, "fork");
	if (standin->pid == 0) {
		close(to[1]);
		close(from[0]);
		run_script(script, to[0], from[1]);
	}
	close(to[0]);
	close(from[1]);
	standin->lifeline = to[1];
	FILE *said = fdopen(from[0], "r");
	must(said && fscanf(said, "%d", &port) == 1, "the stand-in said no port");
	fclose(said);
	snprintf(standin->url, sizeof(standin->url), "http://127.0.0.1:%d", port);
}

void standin_stop(struct standin *standin)
{
	close(standin->lifeline);
	waitpid(standin->pid, NULL, 0);
	unlink(standin->key_file);
	unlink(standin->webhook_file);
	rmdir(standin->folder);
}

static size_t keep(char *data, size_t size, size_t count, void *user)
{
	(void)user;
	if (size * count >= ANSWER_MAX - answer_size)
		return 0;
	memcpy(answer + answer_size, data, size * count);
	answer_size += size * count;
	answer[answer_size] = '\0';
	return size * count;
}

const char *standin_ask(struct standin *standin, const char *what, const char *form)
{
	char url[256];
	CURL *easy = curl_easy_init();
	snprintf(url, sizeof(url), "%s/_test/%s", standin->url, what);
	answer_size = 0;
	answer[0] = '\0';
	must(easy != NULL, "curl");
	curl_easy_setopt(easy, CURLOPT_URL, url);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, keep);
	curl_easy_setopt(easy, CURLOPT_PROXY, "");
	curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, 20000L);
	curl_easy_setopt(easy, CURLOPT_FAILONERROR, 1L);
	if (form)
		curl_easy_setopt(easy, CURLOPT_POSTFIELDS, form);
	must(curl_easy_perform(easy) == CURLE_OK, url);
	curl_easy_cleanup(easy);
	return answer;
}

int standin_count(struct standin *standin, const char *text)
{
	int found = 0;
	char *rest = NULL;
	standin_ask(standin, "calls", NULL);
	for (char *line = strtok_r(answer, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		found += strstr(line, text) != NULL;
	return found;
}

sc_status standin_event(struct standin *standin, sc_arena *arena, sc_bytes *body, const char **signature)
{
	char what[64];
	snprintf(what, sizeof(what), "event?now=%lld", (long long)(standin->env->wall_ms(standin->env->ctx) / 1000));
	const char *text = standin_ask(standin, what, NULL);
	if (text[0] == '\0')
		return SC_NOTHING_DUE;
	const char *end = strchr(text, '\n');
	char *header = sc_arena_dup(arena, text, (size_t)(end - text));
	for (char *at = header; (at = strchr(at, '\r')) != NULL;)
		*at = '\n'; /* a signature in several headers */
	*signature = header;
	*body = (sc_bytes){ sc_arena_dup(arena, end + 1, strlen(end + 1)), strlen(end + 1) };
	return SC_OK;
}

int64_t standin_kept(struct standin *standin, sc_id order)
{
	char id[SC_ID_TEXT_SIZE], what[64];
	snprintf(what, sizeof(what), "kept?order=%s", sc_id_format(order, id));
	return strtoll(standin_ask(standin, what, NULL), NULL, 10);
}

sc_status standin_step(struct standin *standin, sc_id attempt, bool approve)
{
	char id[SC_ID_TEXT_SIZE], form[96];
	snprintf(form, sizeof(form), "attempt=%s&approve=%d", sc_id_format(attempt, id), approve);
	standin_ask(standin, "step", form);
	return SC_OK;
}
