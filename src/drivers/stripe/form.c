#include "drivers/stripe/form.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool form_init(struct form *form, sc_arena *arena, size_t room)
{
	*form = (struct form){ sc_arena_alloc(arena, room), 0, room };
	if (form->text)
		form->text[0] = '\0';
	return form->text != NULL;
}

static bool is_free(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
	       c == '.';
}

static size_t code(const char *text, char *out)
{
	static const char digits[] = "0123456789ABCDEF";
	size_t size = 0;
	for (; *text; text++) {
		if (is_free(*text)) {
			out[size++] = *text;
			continue;
		}
		unsigned char c = (unsigned char)*text;
		out[size++] = '%';
		out[size++] = digits[c >> 4];
		out[size++] = digits[c & 15];
	}
	return size;
}

bool form_add(struct form *form, const char *name, const char *value)
{
	if (form->room - form->size < (strlen(name) + strlen(value)) * 3 + 3)
		return false;
	if (form->size > 0)
		form->text[form->size++] = '&';
	form->size += code(name, form->text + form->size);
	form->text[form->size++] = '=';
	form->size += code(value, form->text + form->size);
	form->text[form->size] = '\0';
	return true;
}

bool form_add_int(struct form *form, const char *name, int64_t value)
{
	char text[24];
	snprintf(text, sizeof(text), "%" PRId64, value);
	return form_add(form, name, text);
}
