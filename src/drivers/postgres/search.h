/*
 * The search driver on PostgreSQL from inside.
 *
 * One table: a product's id, its version, and its words as a tsvector, with a GIN index. The library folds and stems
 * the words itself, as for FTS5, so both find the same; PostgreSQL's own text search configurations have no part in it.
 * A product's categories are lexemes among the words, which no word can be equal to; so narrowing a search down is one
 * more condition on the same index. All of it is in a schema of its own, "SCHEMA_search", to be dropped at any time.
 *
 *   search_open.c      the handle, the schema, how far it has followed
 *   search_document.c  products as vectors of words
 *   search_query.c     what a shopper typed, and the answer
 */
#ifndef SC_DRIVERS_POSTGRES_SEARCH_H
#define SC_DRIVERS_POSTGRES_SEARCH_H

#include "drivers/postgres/driver.h"
#include "drivers/words/query.h"

#include <shopcore/port/search.h>

typedef struct sc__pg_search {
	const sc_env *env;
	sc__pg_store *pool;       /* of connections; nothing else of a store is used */
	sc_mutex asking, writing; /* each guards its stems */
	sc__stems *asking_stems, *writing_stems;
} sc__pg_search;

/* Text that grows in an arena, and is cut short when there is no memory. */
typedef struct sc__pg_text {
	sc_arena *arena;
	char *data;
	size_t size, capacity;
	bool full;
} sc__pg_text;

void sc__pg_text_add(sc__pg_text *text, const char *bytes, size_t size);
/* A category as the lexeme that stands for it. */
void sc__pg_text_add_category(sc__pg_text *text, const char *category);

sc_status sc__pg_search_index(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
                              sc_error *err);
sc_status sc__pg_search_query(void *ctx, const sc_call *call, const sc_search_query *query, sc_arena *arena,
                              sc_search_result *out, sc_error *err);

#endif
