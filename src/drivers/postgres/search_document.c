/*
 * Products as vectors of words, and writing them.
 *
 * A vector is handed over as text, "'mug':1A 'blue':2A …": each word with its place and the class of its field.
 * PostgreSQL sorts and joins them. The places of two fields do not touch, so that no phrase reaches from one into the
 * next.
 */
#include "drivers/postgres/search.h"

#include "base/arena.h"
#include "base/error.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX     500000 /* a vector has room for a megabyte; what a product says behind that is not searched */
#define PLACE_MAX    16000
#define FIELD_GAP    10
#define CATEGORY_MAX 1000 /* a lexeme has room for 2,046 bytes */
#define TRIP_MAX     64   /* products in one trip */

void sc__pg_text_add(sc__pg_text *text, const char *bytes, size_t size)
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

void sc__pg_text_add_category(sc__pg_text *text, const char *category)
{
	static const char digits[] = "0123456789abcdef";
	sc__pg_text_add(text, "'=", 2);
	for (size_t i = 0; category[i] != '\0' && i < CATEGORY_MAX; i++) {
		unsigned char byte = (unsigned char)category[i];
		const char hex[2] = { digits[byte >> 4], digits[byte & 15] };
		sc__pg_text_add(text, hex, 2);
	}
	sc__pg_text_add(text, "' ", 2);
}

/* ---- a product's words ------------------------------------------------------------------- */

struct vector {
	sc__pg_text text;
	sc__stems *stems;
	int place;
};

static void add_words(struct vector *vector, const char *words, char field)
{
	sc__token_reader reader;
	sc__token token;
	char end[16];
	if (words == NULL)
		return;
	sc__tokens_init(&reader, vector->stems, words, strlen(words));
	while (vector->text.size < TEXT_MAX && sc__tokens_next(&reader, &token)) {
		vector->place += vector->place < PLACE_MAX;
		sc__pg_text_add(&vector->text, "'", 1);
		sc__pg_text_add(&vector->text, token.stem, token.stem_size);
		sc__pg_text_add(&vector->text, end, (size_t)snprintf(end, sizeof end, "':%d%c ", vector->place, field));
	}
	vector->place += FIELD_GAP;
}

static void add_list(struct vector *vector, const char *const *list, size_t count, char field)
{
	for (size_t i = 0; i < count; i++)
		add_words(vector, list[i], field);
}

/* The classes weigh what search_query.c says. */
static sc_status read_words(struct vector *vector, const sc_search_document *document, sc_error *err)
{
	for (size_t i = 0; i < document->category_count; i++)
		sc__pg_text_add_category(&vector->text, document->categories[i]);
	add_words(vector, document->name, 'A');
	add_words(vector, document->brand, 'B');
	add_list(vector, document->skus, document->sku_count, 'B');
	add_list(vector, document->categories, document->category_count, 'C');
	add_list(vector, document->attributes, document->attribute_count * 2, 'C');
	add_words(vector, document->description, 'D');
	return vector->text.full ? sc__fail(err, SC_NO_MEMORY, "no memory for a product's words") : SC_OK;
}

/* ---- writing ----------------------------------------------------------------------------- */

static const char put_sql[] = "INSERT INTO product(id, version, words) VALUES(?, ?, convert_from(?, 'UTF8')::tsvector)"
			      " ON CONFLICT (id) DO UPDATE SET version = excluded.version, words = excluded.words"
			      " WHERE product.version <= excluded.version";

struct item {
	const sc_search_document *document;
	sc_bytes words;
};

struct batch {
	struct item *items;
	size_t count;
};

/* Everybody writes in one order, or two who write the same products would each wait for the other. What is said of one
 * product stays in the order it was said. */
static int compare_items(const void *a, const void *b)
{
	const sc_search_document *one = ((const struct item *)a)->document, *other = ((const struct item *)b)->document;
	int order = strcmp(one->id, other->id);
	return order != 0 ? order : (one > other) - (one < other);
}

static sc_status send_one(sc__pg_connection *connection, const struct item *item, sc_error *err)
{
	const sc_search_document *document = item->document;
	sc__pg_params params = { .arena = &connection->arena };
	sc__pg_param_bytes(&params, document->id, strlen(document->id));
	if (document->version == 0)
		return sc__pg_send(connection, sc__pg_key(SC__PG_SEARCH_REMOVE, 0, 0),
		                   "DELETE FROM product WHERE id = ?", &params, err);
	sc__pg_param_int(&params, (int64_t)document->version);
	sc__pg_param_bytes(&params, item->words.data, item->words.size);
	return sc__pg_send(connection, sc__pg_key(SC__PG_SEARCH_PUT, 0, 0), put_sql, &params, err);
}

static sc_status take_answers(sc__pg_connection *connection, size_t count, const sc__pg_wait *wait, sc_error *err)
{
	sc_status status = SC_OK;
	for (size_t i = 0; i < count && status == SC_OK; i++) {
		PGresult *result = NULL;
		status = sc__pg_result(connection, wait, &result, err);
		PQclear(result);
	}
	return status == SC_OK ? sc__pg_drain(connection, wait, err) : status;
}

static sc_status send_all(sc__pg_connection *connection, const sc__pg_wait *wait, const struct batch *batch,
                          sc_error *err)
{
	sc_status status = SC_OK;
	for (size_t at = 0; at < batch->count && status == SC_OK; at += TRIP_MAX) {
		size_t count = batch->count - at < TRIP_MAX ? batch->count - at : TRIP_MAX;
		for (size_t i = at; i < at + count && status == SC_OK; i++)
			status = send_one(connection, &batch->items[i], err);
		if (status == SC_OK)
			status = sc__pg_sync(connection, err);
		if (status == SC_OK)
			status = take_answers(connection, count, wait, err);
		if (status == SC_OK)
			sc_arena_reset(&connection->arena);
	}
	return status;
}

/* It need not wait for the disk: what a crash takes from an index goes with the position that was written behind it. */
static sc_status write_batch(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                             sc_error *err)
{
	(void)store;
	sc_status status = sc__pg_run(connection, "BEGIN", NULL, wait, NULL, err);
	if (status == SC_OK)
		status = sc__pg_run(connection, "SET LOCAL synchronous_commit TO off", NULL, wait, NULL, err);
	if (status == SC_OK)
		status = send_all(connection, wait, what, err);
	if (status == SC_OK)
		return sc__pg_run(connection, "COMMIT", NULL, wait, NULL, err);
	if (!connection->broken && (sc__pg_drain(connection, wait, NULL) != SC_OK ||
	                            sc__pg_run(connection, "ROLLBACK", NULL, wait, NULL, NULL) != SC_OK))
		connection->broken = true;
	return status;
}

static sc_status fold(sc__pg_search *search, struct batch *batch, sc_arena *arena, sc_error *err)
{
	const sc_env *env = search->env;
	sc_status status = SC_OK;
	env->mutex_lock(env->ctx, &search->writing);
	for (size_t i = 0; i < batch->count && status == SC_OK; i++) {
		struct vector vector = { .text.arena = arena, .stems = search->writing_stems };
		if (batch->items[i].document->version != 0)
			status = read_words(&vector, batch->items[i].document, err);
		batch->items[i].words = (sc_bytes){ vector.text.data, vector.text.size };
	}
	env->mutex_unlock(env->ctx, &search->writing);
	return status;
}

sc_status sc__pg_search_index(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
                              sc_error *err)
{
	sc__pg_search *search = ctx;
	struct batch batch = { .count = count };
	for (size_t i = 0; i < count; i++)
		if (documents[i].id == NULL || documents[i].id[0] == '\0')
			return sc__bad_at(err, SC_BAD_ARGUMENT, (int32_t)i, "id", "a product has to be named");
	sc_arena arena;
	sc_arena_init(&arena, search->env);
	batch.items = sc__arena_array(&arena, count + 1, sizeof *batch.items);
	for (size_t i = 0; batch.items != NULL && i < count; i++)
		batch.items[i].document = &documents[i];
	sc_status status = batch.items != NULL ? fold(search, &batch, &arena, err)
	                                       : sc__fail(err, SC_NO_MEMORY, "no memory to index products");
	if (status == SC_OK && count > 0) {
		qsort(batch.items, count, sizeof *batch.items, compare_items);
		status = sc__pg_attempt(search->pool, call, write_batch, &batch, err);
	}
	sc_arena_clear(&arena);
	return status;
}
