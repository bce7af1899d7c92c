/*
 * The values of one line of an import: where its map finds them, and in which form they may stand.
 */
#include "catalog/import_line.h"

#include "base/error.h"
#include "catalog/body.h"

#include <string.h>

void sc__line_fail(sc__line *r, sc_status status, const char *field, const char *why)
{
	if (r->status == SC_OK)
		r->status = sc__bad(r->err, status, field, "%s", why);
}

void sc__line_no_memory(sc__line *r)
{
	if (r->status == SC_OK)
		r->status = sc__fail(r->err, SC_NO_MEMORY, "no memory for a line of an import");
}

const sc_json *sc__line_find(const sc__line *r, const sc__import_path *path)
{
	const sc_json *at = r->line;
	if (r->texts) /* the name of a column may have points in it */
		return sc_json_member(at, path->text);
	for (size_t i = 0; i < path->step_count; i++)
		at = sc_json_member(at, path->steps[i]);
	return sc_json_type_of(at) == SC_JSON_NULL ? NULL : at;
}

/* A text of a table as the JSON value that it spells; itself when it spells none. */
static const sc_json *spelt(sc__line *r, const sc_json *value)
{
	const sc_json *read;
	if (!r->texts || sc_json_type_of(value) != SC_JSON_TEXT)
		return value;
	sc_status status = sc_json_parse(sc_json_text(value), r->arena, NULL, &read, NULL);
	if (status == SC_NO_MEMORY)
		sc__line_no_memory(r);
	return status == SC_OK ? read : value;
}

const sc_json *sc__line_structure(sc__line *r, const sc_json *value)
{
	const char *text = sc_json_type_of(value) == SC_JSON_TEXT ? sc_json_text(value).data : "";
	return text[0] == '[' || text[0] == '{' ? spelt(r, value) : value;
}

static bool is_number_or_bool(const sc__line *r, sc__import_target target)
{
	return (target == SC__IMPORT_PRICE && !r->map->rules[target].decimal) || target == SC__IMPORT_POPULARITY ||
	       target == SC__IMPORT_RATING_MILLI || target == SC__IMPORT_RATING_COUNT ||
	       target == SC__IMPORT_POSITION || target == SC__IMPORT_WITHDRAWN;
}

const sc_json *sc__line_value(sc__line *r, sc__import_target target, const char **field)
{
	const sc__import_rule *rule = &r->map->rules[target];
	*field = rule->path.text != NULL ? rule->path.text : "const";
	if (rule->constant != NULL)
		return rule->constant;
	const sc_json *value = rule->path.step_count > 0 ? sc__line_find(r, &rule->path) : NULL;
	if (is_number_or_bool(r, target))
		return spelt(r, value);
	return target == SC__IMPORT_OPTIONS || target == SC__IMPORT_IMAGES ? sc__line_structure(r, value) : value;
}

/* Text, or the digits of a number: many files write their ids as numbers. */
const char *sc__line_scalar(sc__line *r, const sc_json *value, const char *field)
{
	sc_json_type type = sc_json_type_of(value);
	if (type == SC_JSON_TEXT)
		return sc_json_text(value).data;
	if (type != SC_JSON_INT && type != SC_JSON_NUMBER) {
		sc__line_fail(r, SC_BAD_FORMAT, field, "must be text");
		return NULL;
	}
	const char *text = sc__number_text(value, r->arena);
	if (text == NULL)
		sc__line_no_memory(r);
	return text;
}

/* How many bytes of a control character stand here; 0: none. U+0080 to U+009F, U+2028 and U+2029 are some, too. */
static size_t control_at(const unsigned char *at)
{
	if (at[0] == 0xc2 && at[1] >= 0x80 && at[1] < 0xa0)
		return 2;
	if (at[0] == 0xe2 && at[1] == 0x80 && (at[2] == 0xa8 || at[2] == 0xa9))
		return 3;
	return (at[0] < 0x20 && at[0] != '\0') || at[0] == 0x7f ? 1 : 0;
}

/* Text without control characters, as wrongly decoded files have them in names: tabs and line breaks become spaces,
 * or stay where several lines are fine; the others, which show nothing, are dropped. */
const char *sc__line_clean(sc__line *r, const char *text, bool lines)
{
	size_t first = 0;
	while (text[first] != '\0' && control_at((const unsigned char *)text + first) == 0)
		first++;
	if (text[first] == '\0')
		return text;
	char *copy = sc_arena_dup(r->arena, text, strlen(text)), *out = copy;
	if (copy == NULL) {
		sc__line_no_memory(r);
		return NULL;
	}
	for (const char *at = copy; *at != '\0';) {
		size_t size = control_at((const unsigned char *)at);
		bool blank = *at == '\t' || *at == '\n' || *at == '\r' || size == 3;
		if (size == 0)
			*out++ = *at;
		else if (blank)
			*out++ = !lines ? ' ' : size == 3 ? '\n' : *at;
		at += size > 0 ? size : 1;
	}
	*out = '\0';
	return copy;
}
