/*
 * The store suite on the SQLite driver, a fresh file each case; with "exclusive", on files of a sole owner; with the
 * name of a strategy, in that way.
 */
#include "suite.h"

#include <shopcore/sqlite.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct files {
	char folder[64];
	char path[96];
	unsigned count;
	const char *options; /* of the URL */
};

static void remove_files(const struct files *files)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-lock" };
	char path[128];
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		snprintf(path, sizeof path, "%s%s", files->path, endings[i]);
		unlink(path);
	}
}

static sc_status open_again(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	const struct files *files = ctx;
	char url[160];
	snprintf(url, sizeof url, "sqlite:%s?%s", files->path, files->options);
	return sc_sqlite_open(env, url, NULL, out, err);
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct files *files = ctx;
	if (files->count > 0)
		remove_files(files);
	snprintf(files->path, sizeof files->path, "%s/%u.db", files->folder, ++files->count);
	return open_again(ctx, env, out, err);
}

/* What the first argument asks for: "" when it is none of these. */
static const char *options_of(const char *name)
{
	static const char *const known[][2] = { { "exclusive", "exclusive=1" },
		                                { "pessimistic", "strategy=pessimistic" },
		                                { "optimistic", "strategy=optimistic" } };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strcmp(name, known[i][0]) == 0)
			return known[i][1];
	return "";
}

int main(int argc, char **argv)
{
	struct files files = { .folder = "/tmp/shopcore-suite-XXXXXX" };
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	const char *how = argc > 1 ? argv[1] : "";
	char name[64];

	if (mkdtemp(files.folder) == NULL)
		return 1;
	files.options = options_of(how);
	options.ctx = &files;
	options.open = open_fresh;
	options.reopen = strcmp(how, "exclusive") == 0 ? NULL : open_again; /* one handle at a time */
	snprintf(name, sizeof name, "sqlite%s%s", files.options[0] != '\0' ? ", " : "",
	         files.options[0] != '\0' ? how : "");
	int failed = run_store_suite_in(how, name, &options);
	remove_files(&files);
	rmdir(files.folder);
	return failed;
}
