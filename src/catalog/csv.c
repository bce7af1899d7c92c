/* See csv.h. */
#include "catalog/csv.h"

#include "base/arena.h"
#include "base/error.h"
#include "base/json.h"

#include <shopcore/text.h>

#include <string.h>

/* ---- where records end ------------------------------------------------------------------- */

static sc__csv_state after(sc__csv_state state, char c)
{
	switch (state) {
	case SC__CSV_CELL_START:
	case SC__CSV_PLAIN:
		if (c == ',')
			return SC__CSV_CELL_START;
		return c == '"' && state == SC__CSV_CELL_START ? SC__CSV_QUOTED : SC__CSV_PLAIN;
	case SC__CSV_QUOTED:
		return c == '"' ? SC__CSV_QUOTE : SC__CSV_QUOTED;
	case SC__CSV_QUOTE:
		if (c == '"')
			return SC__CSV_QUOTED;
		return c == ',' ? SC__CSV_CELL_START : SC__CSV_PLAIN;
	}
	return state;
}

size_t sc__csv_scan(sc__csv_state *state, const char *data, size_t size)
{
	size_t at = 0;
	for (; at < size; at++) {
		if (data[at] == '\n' && *state != SC__CSV_QUOTED)
			break;
		*state = after(*state, data[at]);
	}
	if (at < size)
		*state = SC__CSV_CELL_START;
	return at;
}

/* ---- cells ------------------------------------------------------------------------------- */

struct cells {
	const char *at, *end;
	char *out;        /* where the next cell's text goes */
	const char *text; /* of the cell that was read */
	size_t size;
	bool quoted;
	const char *problem; /* NULL: none yet */
};

static void read_quoted(struct cells *c)
{
	c->at++;
	for (;;) {
		const char *quote = c->at < c->end ? memchr(c->at, '"', (size_t)(c->end - c->at)) : NULL;
		if (quote == NULL) {
			c->problem = "a quoted cell has no end";
			return;
		}
		size_t size = (size_t)(quote - c->at);
		memcpy(c->out, c->at, size);
		c->out += size;
		c->at = quote + 1;
		if (c->at == c->end || *c->at != '"')
			break;
		*c->out++ = *c->at++;
	}
	if (c->at < c->end && *c->at != ',')
		c->problem = "something stands behind the quotation mark of a cell";
}

static void read_plain(struct cells *c)
{
	const char *comma = memchr(c->at, ',', (size_t)(c->end - c->at));
	size_t size = (size_t)((comma != NULL ? comma : c->end) - c->at);
	if (size > 0 && memchr(c->at, '"', size) != NULL)
		c->problem = "a quotation mark in a cell that is not quoted";
	memcpy(c->out, c->at, size);
	c->out += size;
	c->at += size;
}

/* Reads the cell at `at`. true: another one follows. */
static bool next_cell(struct cells *c)
{
	c->text = c->out;
	c->quoted = c->at < c->end && *c->at == '"';
	if (c->quoted)
		read_quoted(c);
	else if (c->at < c->end)
		read_plain(c);
	c->size = (size_t)(c->out - c->text);
	*c->out++ = '\0';
	if (c->problem != NULL || c->at == c->end)
		return false;
	c->at++; /* the comma */
	return true;
}

/* The carriage return of a line's end is none of its last cell's. */
static sc_status begin(struct cells *c, sc_bytes record, size_t columns, const char *field, sc_arena *arena,
                       sc_error *err)
{
	const char *data = record.size > 0 ? record.data : "";
	size_t size = record.size;
	if (size > 0 && data[size - 1] == '\r')
		size--;
	if (!sc_text_is_utf8(data, size) || memchr(data, '\0', size) != NULL)
		return sc__bad(err, SC_BAD_TEXT, field, "not UTF-8");
	*c = (struct cells){ .at = data, .end = data + size };
	c->out = sc__arena_bytes(arena, size + columns); /* a cell is never longer than it was written; and its NUL */
	return c->out != NULL ? SC_OK : sc__fail(err, SC_NO_MEMORY, "no memory for a line of an import");
}

sc_status sc__csv_header_read(sc_bytes record, sc_arena *arena, sc__csv_header *out, sc_error *err)
{
	const char *names[SC__CSV_COLUMNS_MAX];
	struct cells c;
	size_t count = 0;
	sc_status status = begin(&c, record, SC__CSV_COLUMNS_MAX, "header", arena, err);
	if (status != SC_OK)
		return status;
	for (bool more = true; more;) {
		if (count == SC__CSV_COLUMNS_MAX)
			return sc__bad(err, SC_OVER_LIMIT, "header", "at most %d columns", SC__CSV_COLUMNS_MAX);
		more = next_cell(&c);
		for (size_t i = 0; c.problem == NULL && i < count; i++)
			if (strcmp(names[i], c.text) == 0)
				c.problem = "two columns have one name";
		if (c.problem == NULL && c.size == 0)
			c.problem = "a column has no name";
		if (c.problem != NULL)
			return sc__bad(err, SC_BAD_FORMAT, "header", "%s", c.problem);
		names[count++] = c.text;
	}
	const char **kept = sc__arena_array(arena, count, sizeof(*kept));
	if (kept == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for the header of an import");
	memcpy(kept, names, count * sizeof(*kept));
	*out = (sc__csv_header){ kept, count };
	return SC_OK;
}

static void add_member(sc_json *object, sc_json **last, const char *name, const struct cells *c)
{
	sc_json *member = *last != NULL ? *last + 1 : object + 1;
	*member = (sc_json){ .parent = object,
		             .key = name,
		             .key_size = (uint32_t)strlen(name),
		             .text = c->text,
		             .size = (uint32_t)c->size,
		             .type = SC_JSON_TEXT };
	if (*last != NULL)
		(*last)->next = member;
	else
		object->first = member;
	object->size++;
	*last = member;
}

sc_status sc__csv_record_read(const sc__csv_header *header, sc_bytes record, sc_arena *arena, const sc_json **out,
                              sc_error *err)
{
	struct cells c;
	sc_json *object = sc__arena_array(arena, header->count + 1, sizeof(*object)), *last = NULL;
	sc_status status = begin(&c, record, header->count, "line", arena, err);
	if (status == SC_OK && object == NULL)
		status = sc__fail(err, SC_NO_MEMORY, "no memory for a line of an import");
	if (status != SC_OK)
		return status;
	*object = (sc_json){ .type = SC_JSON_OBJECT };
	size_t count = 0;
	bool more = true;
	for (; more && count < header->count; count++) {
		more = next_cell(&c);
		if (c.problem != NULL)
			return sc__bad(err, SC_BAD_FORMAT, "line", "%s", c.problem);
		if (c.size > 0 || c.quoted)
			add_member(object, &last, header->names[count], &c);
	}
	if (more || count < header->count)
		return sc__bad(err, SC_BAD_FORMAT, "line", "has not as many cells as the header");
	*out = object;
	return SC_OK;
}

/* ---- writing ----------------------------------------------------------------------------- */

static bool needs_quotes(sc_bytes text)
{
	const char *data = text.data;
	if (text.size == 0 || data[0] == ' ' || data[text.size - 1] == ' ')
		return true;
	for (size_t i = 0; i < text.size; i++)
		if (data[i] == '"' || data[i] == ',' || data[i] == '\n' || data[i] == '\r')
			return true;
	return false;
}

char *sc__csv_put(char *out, sc_bytes text)
{
	const char *data = text.data;
	if (!needs_quotes(text)) {
		memcpy(out, data, text.size);
		return out + text.size;
	}
	*out++ = '"';
	for (size_t i = 0; i < text.size; i++) {
		if (data[i] == '"')
			*out++ = '"';
		*out++ = data[i];
	}
	*out++ = '"';
	return out;
}
