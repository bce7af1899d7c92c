/*
 * The notifier suite on both notifiers of the library: one on a descriptor, one on a file.
 */
#include "suite.h"

#include <shopcore/notify.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct mailbox {
	struct told told;
	char path[200];
	int descriptor; /* of the console's */
};

static sc_status open_console(void *ctx, const sc_env *env, sc_notifier *out, sc_error *err)
{
	struct mailbox *mailbox = ctx;

	if (mailbox->descriptor >= 0)
		close(mailbox->descriptor);
	mailbox->descriptor = open(mailbox->path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0600);
	return sc_notifier_console(env, mailbox->descriptor, out, err);
}

static sc_status open_file(void *ctx, const sc_env *env, sc_notifier *out, sc_error *err)
{
	const struct mailbox *mailbox = ctx;

	unlink(mailbox->path);
	return sc_notifier_file(env, mailbox->path, out, err);
}

static sc_status received(void *ctx, sc_arena *arena, sc_bytes *out)
{
	const struct mailbox *mailbox = ctx;
	FILE *file = fopen(mailbox->path, "rb");
	struct stat about;
	char *text;

	if (file == NULL)
		return SC_IO_FAILED;
	text = fstat(fileno(file), &about) == 0 ? sc_arena_alloc(arena, (size_t)about.st_size + 1) : NULL;
	if (text != NULL)
		*out = (sc_bytes){ text, fread(text, 1, (size_t)about.st_size, file) };
	fclose(file);
	return text != NULL ? SC_OK : SC_NO_MEMORY;
}

static void run(struct told *ctx, const char *name,
                sc_status (*open)(void *ctx, const sc_env *env, sc_notifier *out, sc_error *err))
{
	sc_conformance_notifier_options options = SC_CONFORMANCE_NOTIFIER_OPTIONS_INIT;
	sc_conformance_summary summary;

	options.ctx = ctx;
	options.open = open;
	options.received = received;
	options.report = keep_told;
	options.only = name;
	sc_conformance_notifier(&options, &summary, NULL);
}

static void run_console(struct told *ctx, const char *name)
{
	run(ctx, name, open_console);
}

static void run_file(struct told *ctx, const char *name)
{
	run(ctx, name, open_file);
}

int main(void)
{
	struct mailbox mailbox = { .descriptor = -1 };
	const char *base = getenv("TMPDIR");
	size_t count;
	const char *const *names = sc_conformance_notifier_cases(&count);
	int made, failed;

	snprintf(mailbox.path, sizeof(mailbox.path), "%s/sc-notices-XXXXXX", base != NULL ? base : "/tmp");
	made = mkstemp(mailbox.path);
	if (made < 0)
		return 1;
	close(made);
	failed = run_cases("notifier suite on notices to a descriptor", names, count, run_console, &mailbox.told) +
	         run_cases("notifier suite on notices to a file", names, count, run_file, &mailbox.told);
	if (mailbox.descriptor >= 0)
		close(mailbox.descriptor);
	unlink(mailbox.path);
	return failed;
}
