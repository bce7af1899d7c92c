/*
 * The name a store is opened by: a path, or "sqlite:" and a path with options behind a question mark.
 */
#include "base/error.h"
#include "drivers/sqlite/driver.h"

#include <string.h>

static bool is_option(const char *option, size_t size, const char *text)
{
	return strlen(text) == size && memcmp(option, text, size) == 0;
}

static sc_status read_options(const char *text, sc_sqlite_options *options, sc_error *err)
{
	while (*text != '\0') {
		size_t size = strcspn(text, "&");
		if (is_option(text, size, "exclusive=1"))
			options->exclusive = true;
		else if (is_option(text, size, "exclusive=0"))
			options->exclusive = false;
		else if (is_option(text, size, "strategy=combined"))
			options->strategy = SC_SQLITE_COMBINED;
		else if (is_option(text, size, "strategy=pessimistic"))
			options->strategy = SC_SQLITE_PESSIMISTIC;
		else if (is_option(text, size, "strategy=optimistic"))
			options->strategy = SC_SQLITE_OPTIMISTIC;
		else
			return sc__bad(err, SC_BAD_ARGUMENT, "name", "no such option: %.*s", (int)size, text);
		text += size;
		text += *text == '&';
	}
	return SC_OK;
}

sc_status sc__sqlite_name(const char *name, sc_sqlite_options *options, char *path, sc_error *err)
{
	static const char scheme[] = "sqlite:";
	if (name == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "name", "a file has to be named");
	size_t size = strlen(name);
	if (strncmp(name, scheme, sizeof scheme - 1) == 0) {
		name += sizeof scheme - 1;
		size = strcspn(name, "?");
		if (name[size] == '?') {
			sc_status status = read_options(name + size + 1, options, err);
			if (status != SC_OK)
				return status;
		}
	}
	if (size == 0)
		return sc__bad(err, SC_BAD_ARGUMENT, "name", "a file has to be named");
	if (name[0] == ':')
		return sc__bad(err, SC_BAD_ARGUMENT, "name", "not a file; open \"memory:\" instead");
	if (size >= SC__PATH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "name", "longer than %d bytes", SC__PATH_MAX - 1);
	memcpy(path, name, size);
	path[size] = '\0';
	return SC_OK;
}
