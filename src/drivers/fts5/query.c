/*
 * Answering a query: products with every word; if these are few, also those where the last word has
 * only begun; if these are few too, those with any of the words, behind the ones with all of them.
 * Which of the three it is depends on the words and the category alone, so that pages fit together.
 */
#include "base/error.h"
#include "drivers/fts5/index.h"

#include <shopcore/limits.h>

#include <string.h>

#define FEW       5
#define DEPTH_MAX 10000 /* offset and limit together */

static sc_status count_matches(sc__fts5_connection *connection, const char *expression, const char *category,
                               uint64_t *out, sc_error *err)
{
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, category != NULL ? SC__FTS5_COUNT_IN : SC__FTS5_COUNT, &stmt,
	                                      err);
	if (status != SC_OK)
		return status;
	sqlite3_bind_text(stmt, 1, expression, -1, SQLITE_STATIC);
	if (category != NULL)
		sqlite3_bind_text(stmt, 2, category, -1, SQLITE_STATIC);
	int code = sqlite3_step(stmt);
	if (code == SQLITE_ROW)
		*out = (uint64_t)sqlite3_column_int64(stmt, 0);
	else
		status = sc__sqlite_fail(connection->db, code, err);
	sqlite3_reset(stmt);
	return status;
}

static sc_status read_hits(sc__fts5_connection *connection, sqlite3_stmt *stmt, uint32_t limit, sc_arena *arena,
                           sc_search_result *out, sc_error *err)
{
	int code;
	while (out->count < limit && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		const void *id = sqlite3_column_text(stmt, 0);
		char *copy = id != NULL ? sc_arena_dup(arena, id, (size_t)sqlite3_column_bytes(stmt, 0)) : NULL;
		if (copy == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for results");
		/* FTS5's scores are better when smaller. */
		out->hits[out->count++] = (sc_search_hit){ copy, -sqlite3_column_double(stmt, 1) };
	}
	if (out->count == limit || code == SQLITE_DONE)
		return SC_OK;
	return sc__sqlite_fail(connection->db, code, err);
}

/* Ranks the matches of `expression`; with `whole`, those that match it too come first. */
static sc_status rank(sc__fts5_connection *connection, const char *expression, const char *whole,
                      const sc_search_query *query, sc_arena *arena, sc_search_result *out, sc_error *err)
{
	sc__fts5_verb verb = whole != NULL ? SC__FTS5_RANK_ANY : SC__FTS5_RANK;
	sqlite3_stmt *stmt = NULL;
	sc_status status = sc__fts5_statement(connection, query->category != NULL ? verb + 1 : verb, &stmt, err);
	if (status != SC_OK)
		return status;
	out->hits = sc_arena_alloc(arena, query->limit * sizeof *out->hits);
	if (out->hits == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for results");
	sqlite3_bind_text(stmt, 1, expression, -1, SQLITE_STATIC);
	if (query->category != NULL)
		sqlite3_bind_text(stmt, 2, query->category, -1, SQLITE_STATIC);
	sqlite3_bind_int64(stmt, 3, query->limit);
	sqlite3_bind_int64(stmt, 4, query->offset);
	if (whole != NULL)
		sqlite3_bind_text(stmt, 5, whole, -1, SQLITE_STATIC);
	status = read_hits(connection, stmt, query->limit, arena, out, err);
	sqlite3_reset(stmt);
	return status;
}

static sc_status answer(sc__fts5_connection *connection, const sc_search_query *query, sc_arena *arena,
                        sc_search_result *out, sc_error *err)
{
	sc__fts5_question question;
	sc_status status = sc__fts5_ask(connection->stems, query->words, arena, &question, err);
	if (status != SC_OK || question.words == 0)
		return status;
	const char *expression = question.all, *whole = NULL;
	status = count_matches(connection, expression, query->category, &out->total, err);
	if (status == SC_OK && out->total < FEW) {
		expression = question.begun;
		status = count_matches(connection, expression, query->category, &out->total, err);
	}
	if (status == SC_OK && out->total < FEW && question.words > 1) {
		uint64_t any = 0;
		status = count_matches(connection, question.any, query->category, &any, err);
		if (any > out->total) {
			whole = question.all;
			expression = question.any;
			out->total = any;
		}
	}
	if (status != SC_OK || out->total <= query->offset)
		return status;
	return rank(connection, expression, whole, query, arena, out, err);
}

static sc_status check(const sc_search_query *query, sc_error *err)
{
	if (query->words == NULL)
		return sc__bad(err, SC_BAD_ARGUMENT, "words", "missing");
	if (query->limit < 1 || query->limit > SC_PAGE_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "limit", "1 to %d", SC_PAGE_MAX);
	if (query->offset > DEPTH_MAX - query->limit)
		return sc__bad(err, SC_OVER_LIMIT, "offset", "offset and limit together at most %d", DEPTH_MAX);
	return SC_OK;
}

sc_status sc__fts5_query(void *ctx, const sc_call *call, const sc_search_query *query, sc_arena *arena,
                         sc_search_result *out, sc_error *err)
{
	(void)call;
	sc__fts5 *index = ctx;
	sc_status status = check(query, err);
	if (status != SC_OK)
		return status;
	sc__fts5_connection *connection = NULL;
	status = sc__fts5_reader_take(index, &connection, err);
	if (status != SC_OK)
		return status;
	sc_search_result result = { 0 };
	status = answer(connection, query, arena, &result, err);
	sc__fts5_reader_give(index, connection);
	if (status == SC_OK)
		*out = result;
	return status;
}
