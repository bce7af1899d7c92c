/*
 * Secrets come from files or descriptors only: a command line or an environment shows them to the whole machine.
 */
#include "drivers/provider.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX 4096

static ssize_t read_all(int descriptor, char *out, size_t room)
{
	size_t size = 0;
	while (size < room) {
		ssize_t got = read(descriptor, out + size, room - size);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		size += (size_t)got;
	}
	return (ssize_t)size;
}

static bool is_printable(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return true;
}

static sc_status split(const char *field, char *text, char (*out)[SC__SECRET_MAX + 1], size_t max, size_t *count,
                       sc_error *err)
{
	char *rest = NULL;
	*count = 0;
	for (char *line = strtok_r(text, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
		size_t size = strlen(line);
		if (*count == max)
			return sc__bad(err, SC_OVER_LIMIT, field, "has more than %zu lines", max);
		if (size > SC__SECRET_MAX)
			return sc__bad(err, SC_OVER_LIMIT, field, "has a line that is too long");
		if (!is_printable(line, size))
			return sc__bad(err, SC_BAD_TEXT, field, "has a line with a space or a control character");
		memcpy(out[(*count)++], line, size + 1);
	}
	return *count > 0 ? SC_OK : sc__bad(err, SC_BAD_FORMAT, field, "has no secret in it");
}

sc_status sc__secret_read(const char *field, const char *path, int descriptor, char (*out)[SC__SECRET_MAX + 1],
                          size_t max, size_t *count, sc_error *err)
{
	char text[FILE_MAX + 1];
	int file = path ? open(path, O_RDONLY | O_CLOEXEC) : descriptor;
	if (file < 0)
		return sc__bad(err, path ? SC_IO_FAILED : SC_BAD_ARGUMENT, field,
		               path ? "cannot be opened" : "is missing");
	ssize_t size = read_all(file, text, sizeof(text));
	if (path)
		close(file);
	sc_status status = SC_OK;
	if (size < 0)
		status = sc__bad(err, SC_IO_FAILED, field, "cannot be read");
	else if (size > FILE_MAX || memchr(text, '\0', (size_t)size))
		status = sc__bad(err, SC_BAD_FORMAT, field, "is no file with a secret");
	if (status == SC_OK) {
		text[size] = '\0';
		status = split(field, text, out, max, count, err);
	}
	sodium_memzero(text, sizeof(text));
	return status;
}
