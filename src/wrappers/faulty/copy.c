/*
 * Groups and requests are plain data with pointers inside. A copy that is applied after its caller
 * went on, or died, must not share a single one of them.
 */
#include "wrappers/faulty/copy.h"

#include <string.h>

/* Copies an array; an empty one stays NULL. false: no memory. */
static bool copy_array(sc_arena *arena, const void *from, size_t count, size_t each, void *out_pointer)
{
	void *copy = NULL;

	if (from != NULL && count > 0) {
		copy = sc_arena_alloc(arena, count * each); /* aligned, which a copy of mere bytes need not be */
		if (copy == NULL)
			return false;
		memcpy(copy, from, count * each);
	}
	memcpy(out_pointer, &copy, sizeof(copy));
	return true;
}

static bool own_bytes(sc_arena *arena, sc_bytes *bytes)
{
	return copy_array(arena, bytes->data, bytes->size, 1, &bytes->data);
}

static bool own_address(sc_arena *arena, sc_address *address)
{
	return copy_array(arena, address->key, address->key_size, 1, &address->key) &&
	       copy_array(arena, address->sub, address->sub_size, 1, &address->sub);
}

static bool own_columns(sc_arena *arena, sc_change *change)
{
	sc_value *values;

	if (!copy_array(arena, change->columns, change->column_count, sizeof(*values), &values))
		return false;
	change->columns = values;
	for (size_t i = 0; values != NULL && i < change->column_count; i++) {
		if (!own_bytes(arena, &values[i].bytes))
			return false;
	}
	return true;
}

static bool own_lines(sc_arena *arena, sc_change *change)
{
	sc_hold_line *lines;

	if (!copy_array(arena, change->lines, change->line_count, sizeof(*lines), &lines))
		return false;
	change->lines = lines;
	for (size_t i = 0; lines != NULL && i < change->line_count; i++) {
		sc_address *sources;

		if (!copy_array(arena, lines[i].sources, lines[i].source_count, sizeof(*sources), &sources))
			return false;
		lines[i].sources = sources;
		for (size_t n = 0; sources != NULL && n < lines[i].source_count; n++) {
			if (!own_address(arena, &sources[n]))
				return false;
		}
	}
	return true;
}

static bool own_change(sc_arena *arena, sc_change *change)
{
	return own_address(arena, &change->address) && own_columns(arena, change) && own_lines(arena, change) &&
	       own_bytes(arena, &change->body) && own_bytes(arena, &change->personal) &&
	       own_bytes(arena, &change->topic) &&
	       copy_array(arena, change->parts, change->part_count, sizeof(*change->parts), &change->parts);
}

sc_group *sc__copy_groups(sc_arena *arena, const sc_group *groups, size_t count)
{
	sc_group *copies;

	if (!copy_array(arena, groups, count, sizeof(*groups), &copies))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		sc_change *changes;

		if (!copy_array(arena, copies[i].changes, copies[i].count, sizeof(*changes), &changes))
			return NULL;
		copies[i].changes = changes;
		for (size_t n = 0; changes != NULL && n < copies[i].count; n++) {
			if (!own_change(arena, &changes[n]))
				return NULL;
		}
	}
	return copies;
}

static bool own_text(sc_arena *arena, const char **text)
{
	return *text == NULL || copy_array(arena, *text, strlen(*text) + 1, 1, text);
}

sc_gateway_request *sc__copy_requests(sc_arena *arena, const sc_gateway_request *requests, size_t count)
{
	sc_gateway_request *copies;

	if (!copy_array(arena, requests, count, sizeof(*requests), &copies))
		return NULL;
	for (size_t i = 0; i < count; i++) {
		if (!own_text(arena, &copies[i].token) || !own_text(arena, &copies[i].provider_ref))
			return NULL;
	}
	return copies;
}
