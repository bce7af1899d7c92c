/*
 * The store suite on the SQLite driver, a fresh file each case; with "exclusive", on files of a sole owner.
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
	bool exclusive;
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
	struct files *files = ctx;
	sc_sqlite_options options = SC_SQLITE_OPTIONS_INIT;
	options.exclusive = files->exclusive;
	return sc_sqlite_open(env, files->path, &options, out, err);
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct files *files = ctx;
	if (files->count > 0)
		remove_files(files);
	snprintf(files->path, sizeof files->path, "%s/%u.db", files->folder, ++files->count);
	return open_again(ctx, env, out, err);
}

int main(int argc, char **argv)
{
	struct files files = { .folder = "/tmp/shopcore-suite-XXXXXX" };
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;

	if (mkdtemp(files.folder) == NULL)
		return 1;
	files.exclusive = argc > 1 && strcmp(argv[1], "exclusive") == 0;
	options.ctx = &files;
	options.open = open_fresh;
	options.reopen = files.exclusive ? NULL : open_again; /* one handle at a time */
	int failed = run_store_suite_in(argc > 1 ? argv[1] : NULL, files.exclusive ? "sqlite, exclusive" : "sqlite",
	                                &options);
	remove_files(&files);
	rmdir(files.folder);
	return failed;
}
