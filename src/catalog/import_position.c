/*
 * Where an import is. After each batch the position is kept in the store; an import of the same name reads the file
 * from its start, because only so it knows which SKUs the lines before have named, but writes nothing until it is
 * where the earlier one was. Reading is some ten times as fast as writing.
 *
 * The position comes after the batch it speaks of. When it is lost the batch is written once more, which changes
 * nothing.
 */
#include "catalog/import.h"

#include "base/error.h"
#include "core/access.h"
#include "core/handle.h"

#include <stdio.h>
#include <string.h>
#include <xxhash.h>

#define KEY_SIZE (8 + 2 * SC_ID_TEXT_MAX + 2)

/* "import.ACTOR.NAME": nobody meets the position of another one's import. */
static sc_address address_of(const sc_catalog_import *import, const sc_call *call, char key[KEY_SIZE])
{
	int size = snprintf(key, KEY_SIZE, "import.%s.%s", call->actor != NULL ? call->actor : "", import->name);
	return (sc_address){ .kind = SC_KIND_SETTING, .key = key, .key_size = (uint16_t)size, .sub = "" };
}

static sc_status read_body(sc_bytes body, sc_arena *arena, sc__import_position *out)
{
	const sc_json *object;
	int64_t numbers[7];
	static const char *const names[] = {
		"records", "hash", "lines", "created", "changed", "unchanged", "rejected"
	};
	sc_status status = sc_json_parse(body, arena, NULL, &object, NULL);
	for (size_t i = 0; status == SC_OK && i < sizeof(names) / sizeof(names[0]); i++)
		status = sc_json_get_int(object, names[i], &numbers[i], NULL);
	if (status != SC_OK)
		return status;
	*out = (sc__import_position){ .records = (uint64_t)numbers[0], .hash = (uint64_t)numbers[1] };
	out->summary = (sc_import_summary){ .lines = (uint64_t)numbers[2],
		                            .created = (uint64_t)numbers[3],
		                            .changed = (uint64_t)numbers[4],
		                            .unchanged = (uint64_t)numbers[5],
		                            .rejected = (uint64_t)numbers[6] };
	return SC_OK;
}

static sc_status write_body(const sc__import_position *at, sc_arena *arena, sc_bytes *out, sc_error *err)
{
	sc_json_writer writer;
	sc_json_writer_init(&writer, arena, false);
	sc_json_begin_object(&writer);
	sc_json_add_int(&writer, "records", (int64_t)at->records);
	sc_json_add_int(&writer, "hash", (int64_t)at->hash);
	sc_json_add_int(&writer, "lines", (int64_t)at->summary.lines);
	sc_json_add_int(&writer, "created", (int64_t)at->summary.created);
	sc_json_add_int(&writer, "changed", (int64_t)at->summary.changed);
	sc_json_add_int(&writer, "unchanged", (int64_t)at->summary.unchanged);
	sc_json_add_int(&writer, "rejected", (int64_t)at->summary.rejected);
	sc_json_end_object(&writer);
	return sc_json_finish(&writer, out, err);
}

sc_status sc__import_position_load(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	char key[KEY_SIZE];
	sc_record record = { 0 };
	sc_arena arena;
	/* Another map reads the same bytes as other products. */
	import->at.hash = XXH3_64bits_withSeed(import->options.map.data, import->options.map.size,
	                                       import->options.format);
	if (import->name == NULL)
		return SC_OK;
	sc_status status = sc__call_check(call, err);
	if (status != SC_OK)
		return status;
	const sc_address address = address_of(import, call, key);
	sc_arena_init(&arena, import->shop->env);
	status = sc__load(import->shop, call, &address, 1, SC_READ_BODY, &arena, &record, err);
	if (status == SC_OK && record.version != 0) {
		/* One that cannot be read is as good as none: the import only starts over. */
		if (import->options.restart != 0 || read_body(record.body, &arena, &import->resume) != SC_OK)
			import->resume = (sc__import_position){ 0 };
		import->resume.version = import->at.version = record.version;
	}
	sc_arena_clear(&arena);
	return status;
}

static sc_status write_position(sc_catalog_import *import, const sc_call *call, sc_change *change, sc_error *err)
{
	char key[KEY_SIZE];
	change->address = address_of(import, call, key);
	change->condition = import->at.version != 0 ? SC_IF_VERSION : SC_IF_ABSENT;
	change->version = import->at.version;
	const sc_group group = { .changes = change, .count = 1 };
	sc_outcome outcome = { 0 };
	sc_status status = sc__apply_one(import->shop, call, &group, &outcome, err);
	if (status == SC_OK)
		import->at.version = outcome.position;
	/* Somebody else imports under this name: each goes its way, and positions are only a help. */
	return sc_status_is_refusal(status) ? SC_OK : status;
}

sc_status sc__import_position_save(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	sc_change put = { .type = SC_CHANGE_PUT };
	sc_arena arena;
	if (import->name == NULL || import->at.records < import->resume.records)
		return SC_OK;
	sc_arena_init(&arena, import->shop->env);
	sc_status status = write_body(&import->at, &arena, &put.body, err);
	if (status == SC_OK)
		status = write_position(import, call, &put, err);
	sc_arena_clear(&arena);
	return status;
}

sc_status sc__import_position_forget(sc_catalog_import *import, const sc_call *call, sc_error *err)
{
	sc_change removal = { .type = SC_CHANGE_DELETE };
	if (import->name == NULL || import->at.version == 0)
		return SC_OK;
	return write_position(import, call, &removal, err);
}

sc_status sc__import_position_pass(sc_catalog_import *import, sc_bytes record, bool *settled, sc_error *err)
{
	sc__import_position *at = &import->at;
	*settled = at->records < import->resume.records;
	at->records++;
	at->hash = XXH3_64bits_withSeed(record.data, record.size, at->hash);
	if (at->records != import->resume.records)
		return SC_OK;
	if (at->hash != import->resume.hash)
		return sc__bad(err, SC_CHANGED, "resume", "this is not the file that was begun: start over");
	at->summary = import->resume.summary;
	at->summary.resumed_at = sc__records_next_line(&import->records);
	return SC_OK;
}
