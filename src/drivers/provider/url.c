/*
 * Settings behind the '?' of a gateway's URL.
 */
#include "drivers/provider.h"

#include <string.h>

static int hex_value(char c)
{
	return c >= '0' && c <= '9'   ? c - '0'
	       : c >= 'a' && c <= 'f' ? c - 'a' + 10
	       : c >= 'A' && c <= 'F' ? c - 'A' + 10
	                              : -1;
}

static const char *decode(const char *text, size_t size, sc_arena *arena)
{
	char *out = sc_arena_alloc(arena, size + 1);
	size_t length = 0;
	for (size_t i = 0; out && i < size; i++) {
		bool coded = text[i] == '%' && i + 2 < size && hex_value(text[i + 1]) >= 0 &&
		             hex_value(text[i + 2]) >= 0;
		out[length++] = coded ? (char)(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])) : text[i];
		i += coded ? 2 : 0;
	}
	if (out)
		out[length] = '\0';
	return out;
}

const char *sc__url_setting(const char *url, const char *name, sc_arena *arena)
{
	const size_t length = strlen(name);
	const char *at = strchr(url, '?');
	while (at) {
		const char *begin = at + 1;
		at = strchr(begin, '&');
		size_t size = at ? (size_t)(at - begin) : strlen(begin);
		if (size > length && strncmp(begin, name, length) == 0 && begin[length] == '=')
			return decode(begin + length + 1, size - length - 1, arena);
	}
	return NULL;
}
