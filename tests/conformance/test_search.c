/*
 * The search suite on FTS5: in memory, and in a file that is opened again.
 */
#include "suite.h"

#include <shopcore/fts5.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct place {
	struct told told;
	char folder[160], name[200];
	unsigned files;
};

static void forget(const struct place *place)
{
	static const char *const ends[] = { "", "-wal", "-shm", "-journal", "-lock" };
	char path[256];

	for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		snprintf(path, sizeof(path), "%s%s", place->name, ends[i]);
		unlink(path);
	}
}

static sc_status open_memory(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err)
{
	(void)ctx;
	return sc_fts5_open(env, ":memory:", out, err);
}

static sc_status open_file(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err)
{
	struct place *place = ctx;

	forget(place);
	snprintf(place->name, sizeof(place->name), "%s/%u.search", place->folder, ++place->files);
	return sc_fts5_open(env, place->name, out, err);
}

static sc_status open_same(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err)
{
	const struct place *place = ctx;

	return sc_fts5_open(env, place->name, out, err);
}

static void run_memory(struct told *ctx, const char *name)
{
	sc_conformance_search_options options = SC_CONFORMANCE_SEARCH_OPTIONS_INIT;
	sc_conformance_summary summary;

	options.ctx = ctx;
	options.open = open_memory;
	options.report = keep_told;
	options.only = name;
	sc_conformance_search(&options, &summary, NULL);
}

static void run_file(struct told *ctx, const char *name)
{
	sc_conformance_search_options options = SC_CONFORMANCE_SEARCH_OPTIONS_INIT;
	sc_conformance_summary summary;

	options.ctx = ctx;
	options.open = open_file;
	options.reopen = open_same;
	options.report = keep_told;
	options.only = name;
	sc_conformance_search(&options, &summary, NULL);
}

int main(void)
{
	struct place place = { .files = 0 };
	const char *base = getenv("TMPDIR");
	size_t count;
	const char *const *names = sc_conformance_search_cases(&count);
	int failed;

	snprintf(place.folder, sizeof(place.folder), "%s/sc-search-XXXXXX", base != NULL ? base : "/tmp");
	if (mkdtemp(place.folder) == NULL)
		return 1;
	failed = run_cases("search suite on FTS5, in memory", names, count, run_memory, &place.told) +
	         run_cases("search suite on FTS5, in a file", names, count, run_file, &place.told);
	forget(&place);
	rmdir(place.folder);
	return failed;
}
