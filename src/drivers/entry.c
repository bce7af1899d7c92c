#include "drivers/entry.h"

#include "base/arena.h"
#include "base/error.h"

#include <string.h>

static sc_status keep_bytes(sc_arena *arena, const char **data, size_t size, sc_error *err)
{
	if (size == 0)
		return SC_OK;
	char *copy = sc__arena_bytes(arena, size);
	if (copy == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to read the journal");
	memcpy(copy, *data, size);
	*data = copy;
	return SC_OK;
}

sc_status sc__entry_keep(sc_arena *arena, sc_entry *entry, sc_error *err)
{
	const char *topic = entry->topic.data, *body = entry->body.data;
	sc_status status = keep_bytes(arena, &entry->subject.key, entry->subject.key_size, err);
	if (status == SC_OK)
		status = keep_bytes(arena, &entry->subject.sub, entry->subject.sub_size, err);
	if (status == SC_OK)
		status = keep_bytes(arena, &entry->cause.key, entry->cause.key_size, err);
	if (status == SC_OK)
		status = keep_bytes(arena, &entry->cause.sub, entry->cause.sub_size, err);
	if (status == SC_OK)
		status = keep_bytes(arena, &topic, entry->topic.size, err);
	if (status == SC_OK)
		status = keep_bytes(arena, &body, entry->body.size, err);
	entry->topic.data = topic;
	entry->body.data = body;
	return status;
}
