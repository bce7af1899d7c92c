/*
 * Adding, replacing and removing products.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/fts5/index.h"
#include "drivers/words/tokens.h"

#include <string.h>

/* Text that grows in an arena: tokens with a space behind each. */
typedef struct field_text {
	sc_arena *arena;
	char *data;
	size_t size, capacity;
	bool full; /* no memory */
} field_text;

enum { NAME, BRAND, ATTRIBUTES, DESCRIPTION, CATEGORIES, SKUS, FIELDS };

static void add_bytes(field_text *text, const char *bytes, size_t size)
{
	if (text->size + size + 1 > text->capacity) {
		size_t wanted = text->capacity * 2 + size + 256;
		char *data = sc__arena_resize(text->arena, text->data, text->capacity, wanted);
		if (data == NULL) {
			text->full = true;
			return;
		}
		text->data = data;
		text->capacity = wanted;
	}
	memcpy(text->data + text->size, bytes, size);
	text->size += size;
}

static void add_tokens(field_text *text, sc__stems *stems, const char *words, size_t size)
{
	sc__token_reader reader;
	sc__token token;
	sc__tokens_init(&reader, stems, words, size);
	while (sc__tokens_next(&reader, &token)) {
		add_bytes(text, token.stem, token.stem_size);
		add_bytes(text, " ", 1);
	}
}

static void add_words(field_text *text, sc__fts5_connection *connection, const char *words)
{
	if (words != NULL)
		add_tokens(text, connection->stems, words, strlen(words));
}

/* What repeats from product to product is folded once. */
static void add_repeated(field_text *text, sc__fts5_connection *connection, const char *words)
{
	size_t size = strlen(words), from = text->size;
	bool found;
	if (size > SC__FOLDED_TEXT_MAX) {
		add_tokens(text, connection->stems, words, size);
		return;
	}
	sc__folded_slot *slot = sc__folded_find(connection->folded, words, size, &found);
	if (found) {
		add_bytes(text, slot->folded, slot->size);
		return;
	}
	add_tokens(text, connection->stems, words, size);
	if (text->size > from && !text->full)
		sc__folded_keep(slot, words, size, text->data + from, text->size - from);
}

static void add_list(field_text *text, sc__fts5_connection *connection, const char *const *list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		add_repeated(text, connection, list[i]);
}

static void read_field(field_text *text, sc__fts5_connection *connection, const sc_search_document *document, int field)
{
	switch (field) {
	case NAME:
		add_words(text, connection, document->name);
		break;
	case BRAND:
		add_words(text, connection, document->brand);
		break;
	case ATTRIBUTES:
		add_list(text, connection, document->attributes, document->attribute_count * 2);
		break;
	case DESCRIPTION:
		add_words(text, connection, document->description);
		break;
	case CATEGORIES:
		add_list(text, connection, document->categories, document->category_count);
		break;
	case SKUS:
		add_list(text, connection, document->skus, document->sku_count);
		break;
	default:
		break;
	}
}

static sc_status insert_words(sc__fts5_connection *connection, int64_t row, const sc_search_document *document,
                              sc_arena *arena, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, SC__FTS5_WORDS_ADD, &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, row);
	for (int field = 0; field < FIELDS; field++) {
		field_text text = { .arena = arena };
		read_field(&text, connection, document, field);
		if (text.full)
			return sc__fail(err, SC_NO_MEMORY, "no memory for a product's words");
		sqlite3_bind_text64(stmt, 2 + field, text.size > 0 ? text.data : "", text.size, SQLITE_STATIC,
		                    SQLITE_UTF8);
	}
	return sc__fts5_run(connection, stmt, err);
}

static sc_status insert_categories(sc__fts5_connection *connection, int64_t row, const sc_search_document *document,
                                   sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, SC__FTS5_CATEGORY_ADD, &stmt, err);
	for (size_t i = 0; i < document->category_count && status == SC_OK; i++) {
		sqlite3_bind_int64(stmt, 1, row);
		sqlite3_bind_text(stmt, 2, document->categories[i], -1, SQLITE_STATIC);
		status = sc__fts5_run(connection, stmt, err);
	}
	return status;
}

static sc_status run_on_row(sc__fts5_connection *connection, sc__fts5_verb verb, int64_t row, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, verb, &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_int64(stmt, 1, row);
	return sc__fts5_run(connection, stmt, err);
}

static sc_status remove_words(sc__fts5_connection *connection, int64_t row, sc_error *err)
{
	sc_status status = run_on_row(connection, SC__FTS5_WORDS_REMOVE, row, err);
	return status == SC_OK ? run_on_row(connection, SC__FTS5_CATEGORY_REMOVE, row, err) : status;
}

/* The row of a product, and the version it was indexed with; 0: not indexed. */
static sc_status find(sc__fts5_connection *connection, const char *id, int64_t *row, uint64_t *version, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, SC__FTS5_FIND, &stmt, err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_text(stmt, 1, id, -1, SQLITE_STATIC);
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW) {
		*row = sqlite3_column_int64(stmt, 0);
		*version = (uint64_t)sqlite3_column_int64(stmt, 1);
	} else if (code != SQLITE_DONE) {
		status = sc__sqlite_fail(connection->db, code, err);
	}
	sqlite3_reset(stmt);
	return status;
}

static sc_status claim_row(sc__fts5_connection *connection, const sc_search_document *document, int64_t *row,
                           sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, *row == 0 ? SC__FTS5_ADD : SC__FTS5_SET_VERSION, &stmt, err);
	if (status != SC_OK)
		return status;
	if (*row == 0)
		sqlite3_bind_text(stmt, 1, document->id, -1, SQLITE_STATIC);
	else
		sqlite3_bind_int64(stmt, 1, *row);
	sqlite3_bind_int64(stmt, 2, (int64_t)document->version);
	status = sc__fts5_run(connection, stmt, err);
	if (status == SC_OK && *row == 0)
		*row = sqlite3_last_insert_rowid(connection->db);
	return status;
}

static sc_status index_one(sc__fts5_connection *connection, const sc_search_document *document, sc_arena *arena,
                           sc_error *err)
{
	int64_t row = 0;
	uint64_t version = 0;
	sc_status status = find(connection, document->id, &row, &version, err);
	if (status != SC_OK || (document->version != 0 && document->version < version))
		return status;
	if (row != 0)
		status = remove_words(connection, row, err);
	if (document->version == 0)
		return status == SC_OK && row != 0 ? run_on_row(connection, SC__FTS5_REMOVE, row, err) : status;
	if (status == SC_OK)
		status = claim_row(connection, document, &row, err);
	if (status == SC_OK)
		status = insert_words(connection, row, document, arena, err);
	return status == SC_OK ? insert_categories(connection, row, document, err) : status;
}

static sc_status make_folded(const sc_env *env, sc__fts5_connection *connection, sc_error *err)
{
	if (connection->folded != NULL)
		return SC_OK;
	connection->folded = env->resize(env->ctx, NULL, sizeof *connection->folded);
	if (connection->folded == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory to index products");
	memset(connection->folded, 0, sizeof *connection->folded);
	return SC_OK;
}

sc_status sc__fts5_index(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
                         sc_error *err)
{
	sc__fts5 *index = ctx;
	for (size_t i = 0; i < count; i++)
		if (documents[i].id == NULL || documents[i].id[0] == '\0')
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "id", "a product has to be named");
	sc__fts5_connection *connection = NULL;
	sc_status status = sc__fts5_write_start(index, call, &connection, err);
	if (status != SC_OK)
		return status;
	sc_arena arena;
	sc_arena_init(&arena, index->env);
	status = make_folded(index->env, connection, err);
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		status = index_one(connection, &documents[i], &arena, err);
		sc_arena_reset(&arena);
	}
	sc_arena_clear(&arena);
	return sc__fts5_write_end(index, connection, status, err);
}
