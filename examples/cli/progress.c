/*
 * How far a long job has come, on one line of standard error: only on a terminal, never with --json or --quiet, and
 * without colour where NO_COLOR is set.
 */
#include "cli.h"

#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BAR_WIDTH   30
#define LINE_WIDTH  79
#define INTERVAL_NS 100000000

static int64_t now_ns(const struct progress *progress)
{
	const sc_env *env = progress->cli->env;
	return env->mono_ns(env->ctx);
}

void progress_begin(struct progress *progress, struct cli *cli, FILE *file, const char *what)
{
	struct stat about;
	*progress = (struct progress){ .cli = cli, .what = what };
	progress->started_ns = now_ns(progress);
	progress->shown = !cli->json && !flag(cli, "--quiet") && isatty(STDERR_FILENO) == 1;
	if (file != NULL && fstat(fileno(file), &about) == 0 && S_ISREG(about.st_mode))
		progress->size = (uint64_t)about.st_size;
}

static int64_t rate(const struct progress *progress, uint64_t count)
{
	int64_t passed_ns = now_ns(progress) - progress->started_ns;
	return passed_ns > 0 ? (int64_t)((double)count * 1e9 / (double)passed_ns) : 0;
}

static void print_bar(const struct progress *progress, uint64_t done)
{
	char bar[BAR_WIDTH + 1];
	uint64_t percent = done >= progress->size ? 100 : done * 100 / progress->size;
	size_t full = (size_t)(percent * BAR_WIDTH / 100);
	memset(bar, '#', full);
	memset(bar + full, '.', BAR_WIDTH - full);
	bar[BAR_WIDTH] = '\0';
	fprintf(stderr, "%s%s%s %3" PRIu64 " %%  ", style(progress->cli, stderr, STYLE_GREEN), bar,
	        style(progress->cli, stderr, STYLE_PLAIN), percent);
}

void progress_show(struct progress *progress, uint64_t done, uint64_t count)
{
	if (!progress->shown)
		return;
	int64_t now = now_ns(progress);
	if (progress->last_ns != 0 && now - progress->last_ns < INTERVAL_NS)
		return;
	progress->last_ns = now;
	fputc('\r', stderr);
	if (progress->size > 0)
		print_bar(progress, done);
	fprintf(stderr, "%" PRIu64 " %s, %" PRId64 " a second ", count, progress->what, rate(progress, count));
	fflush(stderr);
}

void progress_end(struct progress *progress)
{
	if (progress->shown && progress->last_ns != 0)
		fprintf(stderr, "\r%*s\r", LINE_WIDTH, "");
}

void print_rate(const struct progress *progress, uint64_t count)
{
	printf(", %" PRId64 " a second\n", rate(progress, count));
}
