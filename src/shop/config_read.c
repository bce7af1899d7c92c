/* Reading a configuration's text, line by line. */
#include "shop/config.h"

#include "base/error.h"

#include <stdio.h>
#include <string.h>

#define NUMBER_MAX INT64_C(1000000000)

static const char *const names[SC__CONFIG_SECTIONS] = {
	[SC__CONFIG_RECORD] = "record", [SC__CONFIG_CATALOG] = "catalog", [SC__CONFIG_STOCK] = "stock",
	[SC__CONFIG_CARTS] = "carts",   [SC__CONFIG_CACHE] = "cache",     [SC__CONFIG_GATE] = "gate",
};

#define ANY     ((1u << SC__CONFIG_SECTIONS) - 1)
#define IN(one) (1u << (one))

enum member_type { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_CHOICE };

/* Which section knows which member. `line_at` 0: nobody asks where it stood. */
static const struct member {
	const char *name;
	uint32_t sections;
	enum member_type type;
	size_t at, line_at;
} members[] = {
	{ "url", ANY, MEMBER_TEXT, offsetof(sc__config_part, url), offsetof(sc__config_part, url_line) },
	{ "secret_file", ANY, MEMBER_TEXT, offsetof(sc__config_part, secret_file),
	  offsetof(sc__config_part, secret_line) },
	{ "secret_fd", ANY, MEMBER_NUMBER, offsetof(sc__config_part, secret_fd),
	  offsetof(sc__config_part, secret_line) },
	{ "copy", IN(SC__CONFIG_CARTS), MEMBER_CHOICE, offsetof(sc__config_part, copy), 0 },
	{ "copy_after_ms", IN(SC__CONFIG_CARTS), MEMBER_NUMBER, offsetof(sc__config_part, copy_after_ms), 0 },
	{ "megabytes", IN(SC__CONFIG_CACHE), MEMBER_NUMBER, offsetof(sc__config_part, megabytes), 0 },
	{ "keep_ms", IN(SC__CONFIG_CACHE), MEMBER_NUMBER, offsetof(sc__config_part, keep_ms), 0 },
};

enum { MEMBERS = sizeof members / sizeof members[0] };

const char *sc__config_name(sc__config_section section)
{
	return names[section];
}

sc_status sc__config_bad(sc_error *err, sc_status status, int32_t line, sc__config_section section, const char *member,
                         const char *text)
{
	char field[48];
	snprintf(field, sizeof field, "%s%s%s", names[section], member != NULL ? "." : "",
	         member != NULL ? member : "");
	return sc__bad_at(err, status, line, field, "line %d: %s", (int)line, text);
}

static sc_status bad_line(sc_error *err, sc_status status, int32_t line, const char *text)
{
	return sc__bad_at(err, status, line, "text", "line %d: %s", (int)line, text);
}

/* Without the spaces at both ends. */
static sc_bytes trim(const char *begin, const char *end)
{
	while (begin < end && (*begin == ' ' || *begin == '\t'))
		begin++;
	while (begin < end && (end[-1] == ' ' || end[-1] == '\t' || end[-1] == '\r'))
		end--;
	return (sc_bytes){ begin, (size_t)(end - begin) };
}

static bool is(sc_bytes bytes, const char *text)
{
	return bytes.size == strlen(text) && memcmp(bytes.data, text, bytes.size) == 0;
}

/* ---- members ---- */

static bool read_number(sc_bytes value, int64_t *out)
{
	const char *at = value.data;
	int64_t number = 0;
	for (size_t i = 0; i < value.size; i++) {
		if (at[i] < '0' || at[i] > '9')
			return false;
		number = number * 10 + (at[i] - '0');
		if (number > NUMBER_MAX)
			return false;
	}
	*out = number;
	return value.size > 0;
}

static bool read_choice(sc_bytes value, int64_t *out)
{
	*out = is(value, "yes");
	return *out == 1 || is(value, "no");
}

static sc_status read_value(const struct member *member, sc_bytes value, sc_arena *arena, void *out, const char **why)
{
	switch (member->type) {
	case MEMBER_TEXT: {
		char *copy = sc_arena_dup(arena, value.data, value.size);
		*why = value.size == 0 ? "has no value" : "has a NUL in it";
		*(const char **)out = copy;
		if (copy == NULL)
			return SC_NO_MEMORY;
		return value.size > 0 && strlen(copy) == value.size ? SC_OK : SC_BAD_FORMAT;
	}
	case MEMBER_NUMBER:
		*why = "must be a number, 0 to 1000000000";
		return read_number(value, out) ? SC_OK : SC_BAD_FORMAT;
	case MEMBER_CHOICE:
		*why = "must be yes or no";
		return read_choice(value, out) ? SC_OK : SC_BAD_FORMAT;
	}
	return SC_BAD_FORMAT;
}

static sc_status read_member(sc_bytes name, sc_bytes value, int32_t line, sc__config_section section, sc_arena *arena,
                             sc__config_part *part, sc_error *err)
{
	const char *why = "";
	uint32_t which = 0;
	while (which < MEMBERS && !((members[which].sections & IN(section)) != 0 && is(name, members[which].name)))
		which++;
	if (which == MEMBERS)
		return sc__config_bad(err, SC_BAD_ARGUMENT, line, section, NULL, "has no member of this name");
	const struct member *member = &members[which];
	if ((part->seen & 1u << which) != 0)
		return sc__config_bad(err, SC_BAD_ARGUMENT, line, section, member->name, "was said before");
	part->seen |= 1u << which;
	if (member->line_at != 0)
		*(int32_t *)(void *)((char *)part + member->line_at) = line;
	sc_status status = read_value(member, value, arena, (char *)part + member->at, &why);
	if (status == SC_NO_MEMORY)
		return sc__fail(err, status, "no memory for a configuration");
	return status == SC_OK ? SC_OK : sc__config_bad(err, status, line, section, member->name, why);
}

/* ---- lines ---- */

static sc_status begin_section(sc_bytes name, int32_t line, sc__config_part *parts, sc__config_section *section,
                               sc_error *err)
{
	int found = 0;
	while (found < SC__CONFIG_SECTIONS && !is(name, names[found]))
		found++;
	if (found == SC__CONFIG_SECTIONS)
		return bad_line(err, SC_BAD_ARGUMENT, line,
		                "a section is one of [record], [catalog], [stock], [carts], [cache], [gate]");
	*section = (sc__config_section)found;
	if (parts[found].line != 0)
		return sc__config_bad(err, SC_BAD_ARGUMENT, line, *section, NULL, "this section was there before");
	parts[found].line = line;
	return SC_OK;
}

static sc_status read_line(sc_bytes content, int32_t line, sc_arena *arena, sc__config_part *parts,
                           sc__config_section *section, sc_error *err)
{
	const char *begin = content.data, *end = begin + content.size;
	const char *equals = content.size == 0 ? NULL : memchr(begin, '=', content.size);
	if (content.size == 0 || *begin == '#' || *begin == ';')
		return SC_OK;
	if (*begin == '[' && end[-1] == ']')
		return begin_section(trim(begin + 1, end - 1), line, parts, section, err);
	if (equals == NULL)
		return bad_line(err, SC_BAD_FORMAT, line, "must be [section] or name = value");
	if (*section == SC__CONFIG_SECTIONS)
		return bad_line(err, SC_BAD_FORMAT, line, "stands before the first [section]");
	return read_member(trim(begin, equals), trim(equals + 1, end), line, *section, arena, &parts[*section], err);
}

sc_status sc__config_read(sc_bytes text, sc_arena *arena, sc__config_part parts[SC__CONFIG_SECTIONS], sc_error *err)
{
	const char *at = text.data, *end = at + text.size;
	sc__config_section section = SC__CONFIG_SECTIONS;
	sc_status status = SC_OK;
	if (text.size > SC_CONFIG_SIZE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "text", "at most %d bytes", SC_CONFIG_SIZE_MAX);
	for (int i = 0; i < SC__CONFIG_SECTIONS; i++)
		parts[i] = (sc__config_part){ .secret_fd = -1 };
	for (int32_t line = 1; status == SC_OK && at < end; line++) {
		const char *feed = memchr(at, '\n', (size_t)(end - at));
		const char *last = feed != NULL ? feed : end;
		if (last - at > SC_CONFIG_LINE_MAX)
			return bad_line(err, SC_OVER_LIMIT, line, "is too long");
		status = read_line(trim(at, last), line, arena, parts, &section, err);
		at = feed != NULL ? feed + 1 : end;
	}
	return status;
}
