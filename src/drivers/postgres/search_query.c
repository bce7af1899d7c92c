/*
 * Answering a query: products with every word; if these are few, also those where the last word has only begun; if
 * these are few too, those with any of the words, behind the ones with all of them. Which of the three it is depends
 * on the words and the category alone, so that pages fit together. The rule is that of FTS5.
 *
 * A score is the sum over the words of what their places are worth, more of one kind counting ever less, divided by the
 * product's length. Where products have different words of the query, rare words count for more; PostgreSQL's own ranks
 * know no rarity, so it is counted then.
 */
#include "drivers/postgres/search.h"

#include "base/arena.h"
#include "base/error.h"

#include <shopcore/limits.h>

#include <string.h>

#define FEW       5
#define DEPTH_MAX 10000 /* offset and limit together */
#define EVEN      1000  /* how rare a word is, in thousandths, where that does not matter */

/* Description; categories and attributes; brand and SKUs; name. */
#define WORTH "'{0.1, 0.3, 0.7, 1.0}'"

static const char count_sql[] = "SELECT count(*) FROM product WHERE words @@ convert_from(?, 'UTF8')::tsquery";

static const char rarity_sql[] = "SELECT (1000 * ln(1 + (greatest(max(d.found) OVER (), c.reltuples) - d.found + 0.5) "
				 "/ (d.found + 0.5)))::bigint"
				 " FROM (SELECT u.n, (SELECT count(*) FROM product WHERE words @@ convert_from(u.word, "
				 "'UTF8')::tsquery) AS found"
				 " FROM unnest(?::bytea[]) WITH ORDINALITY AS u(word, n)) d, pg_class c"
				 " WHERE c.oid = 'product'::regclass ORDER BY d.n";

static const char rank_sql[] =
	"WITH asked AS MATERIALIZED (SELECT convert_from(u.word, 'UTF8')::tsquery AS word, u.rarity"
	" FROM unnest(?::bytea[], ?::bigint[]) AS u(word, rarity))"
	" SELECT id, (SELECT sum(rarity * ts_rank(" WORTH ", p.words, asked.word, 1)) FROM asked)::float8 AS score"
	" FROM product p WHERE words @@ convert_from(?, 'UTF8')::tsquery"
	" ORDER BY words @@ convert_from(?, 'UTF8')::tsquery DESC, score DESC, id LIMIT ? OFFSET ?";

/* ---- what was typed, as PostgreSQL asks for it -------------------------------------------- */

struct question {
	sc_bytes all, begun, any;            /* the category among them */
	sc_bytes words[SC__QUERY_WORDS_MAX]; /* one by one */
	sc_bytes last_begun;                 /* the last as a beginning, too */
	size_t count;
};

static void add(sc__pg_text *text, const char *words)
{
	sc__pg_text_add(text, words, strlen(words));
}

static void add_word(sc__pg_text *text, const char *word, bool begun)
{
	add(text, "'");
	add(text, word);
	add(text, begun ? "':*" : "'");
}

/* The phrase that starts at `from`; answers where the next starts. */
static size_t add_phrase(sc__pg_text *text, const sc__query_word *words, size_t count, size_t from, bool begun)
{
	size_t to = from + 1;
	while (to < count && words[to].joined)
		to++;
	add(text, "(");
	for (size_t i = from; i < to; i++) {
		bool beginning = begun && i + 1 == to;
		add(text, i > from ? " <-> " : "");
		add_word(text, beginning ? words[i].folded : words[i].stem, beginning);
	}
	add(text, ")");
	return to;
}

static void add_all(sc__pg_text *text, const sc__query_word *words, size_t count, bool begun)
{
	for (size_t i = 0; i < count;) {
		size_t from = i;
		add(text, i > 0 ? " & (" : "((");
		i = add_phrase(text, words, count, from, false);
		if (begun && i == count) {
			add(text, " | ");
			add_phrase(text, words, count, from, true);
		}
		add(text, ")");
	}
	add(text, ")");
}

static void add_any(sc__pg_text *text, const sc__query_word *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		add(text, i > 0 ? " | " : "(");
		add_word(text, words[i].stem, false);
	}
	add(text, ")");
}

static sc_bytes finish(sc__pg_text *text, const char *category, bool *full)
{
	if (category != NULL) {
		add(text, " & ");
		sc__pg_text_add_category(text, category);
	}
	*full = *full || text->full;
	return (sc_bytes){ text->data, text->size };
}

static sc_status write_question(const sc__query_word *words, const char *category, sc_arena *arena,
                                struct question *out, sc_error *err)
{
	sc__pg_text all = { .arena = arena }, begun = { .arena = arena }, any = { .arena = arena };
	sc__pg_text last = { .arena = arena };
	const sc__query_word *end = &words[out->count - 1];
	bool full = false;
	add_all(&all, words, out->count, false);
	add_all(&begun, words, out->count, !end->quoted);
	add_any(&any, words, out->count);
	add_word(&last, end->stem, false);
	add(&last, " | ");
	add_word(&last, end->folded, !end->quoted);
	out->all = finish(&all, category, &full);
	out->begun = finish(&begun, category, &full);
	out->any = finish(&any, category, &full);
	out->last_begun = finish(&last, NULL, &full);
	for (size_t i = 0; i < out->count; i++) {
		sc__pg_text one = { .arena = arena };
		add_word(&one, words[i].stem, false);
		out->words[i] = finish(&one, NULL, &full);
	}
	return full ? sc__fail(err, SC_NO_MEMORY, "no memory for a query") : SC_OK;
}

static sc_status read_question(sc__pg_search *search, const sc_search_query *query, sc_arena *arena,
                               struct question *out, sc_error *err)
{
	const sc_env *env = search->env;
	sc__query_word *words = sc__arena_array(arena, SC__QUERY_WORDS_MAX, sizeof *words);
	if (words == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a query");
	env->mutex_lock(env->ctx, &search->asking);
	out->count = sc__query_read(search->asking_stems, query->words, words);
	env->mutex_unlock(env->ctx, &search->asking);
	return out->count > 0 ? write_question(words, query->category, arena, out, err) : SC_OK;
}

/* ---- the answer ---------------------------------------------------------------------------- */

struct answer {
	const sc_search_query *query;
	const struct question *question;
	sc_arena *arena;
	sc_search_result result;
};

static sc_status run(sc__pg_connection *connection, sc__pg_verb verb, const char *sql, const sc__pg_params *params,
                     const sc__pg_wait *wait, PGresult **out, sc_error *err)
{
	sc_status status = sc__pg_send(connection, sc__pg_key(verb, 0, 0), sql, params, err);
	if (status == SC_OK)
		status = sc__pg_sync(connection, err);
	if (status == SC_OK)
		status = sc__pg_result(connection, wait, out, err);
	return status == SC_OK ? sc__pg_drain(connection, wait, err) : status;
}

static sc_status count_matches(sc__pg_connection *connection, const sc__pg_wait *wait, sc_bytes expression,
                               uint64_t *out, sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	sc__pg_param_bytes(&params, expression.data, expression.size);
	sc_status status = run(connection, SC__PG_SEARCH_COUNT, count_sql, &params, wait, &result, err);
	if (status == SC_OK)
		*out = (uint64_t)sc__pg_get_int(result, 0, 0);
	PQclear(result);
	return status;
}

static void add_texts(sc__pg_params *params, const sc_bytes *texts, size_t count)
{
	size_t size = 0;
	for (size_t i = 0; i < count; i++)
		size += texts[i].size;
	sc__pg_array array = sc__pg_param_array(params, SC_VALUE_BYTES, count, size);
	for (size_t i = 0; i < count; i++)
		sc__pg_array_add(&array, &SC_VALUE_OF_BYTES(texts[i].data, texts[i].size));
}

static sc_status look_up_rarity(sc__pg_connection *connection, const sc__pg_wait *wait, const struct question *question,
                                int64_t rarity[SC__QUERY_WORDS_MAX], sc_error *err)
{
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	add_texts(&params, question->words, question->count);
	sc_status status = run(connection, SC__PG_SEARCH_RARITY, rarity_sql, &params, wait, &result, err);
	for (size_t i = 0; status == SC_OK && i < question->count && (int)i < PQntuples(result); i++)
		rarity[i] = sc__pg_get_int(result, (int)i, 0);
	PQclear(result);
	return status;
}

static sc_status read_hits(const PGresult *result, struct answer *answer, sc_error *err)
{
	int rows = PQntuples(result);
	answer->result.hits = sc__arena_array(answer->arena, (size_t)rows + 1, sizeof *answer->result.hits);
	if (answer->result.hits == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for results");
	for (int i = 0; i < rows; i++) {
		sc_bytes id = sc__pg_get_bytes(result, i, 0);
		char *copy = sc_arena_dup(answer->arena, id.data, id.size);
		int64_t bits = sc__pg_get_int(result, i, 1);
		double score;
		if (copy == NULL)
			return sc__fail(err, SC_NO_MEMORY, "no memory for results");
		memcpy(&score, &bits, sizeof score);
		answer->result.hits[i] = (sc_search_hit){ copy, score };
	}
	answer->result.count = (size_t)rows;
	return SC_OK;
}

/* One of the three ways to ask. Those that match `whole`, too, come first. */
struct way {
	sc_bytes expression, whole;
	sc_bytes words[SC__QUERY_WORDS_MAX];
	int64_t rarity[SC__QUERY_WORDS_MAX];
};

static sc_status rank(sc__pg_connection *connection, const sc__pg_wait *wait, const struct way *way,
                      struct answer *answer, sc_error *err)
{
	size_t count = answer->question->count;
	sc__pg_params params = { .arena = &connection->arena };
	PGresult *result = NULL;
	add_texts(&params, way->words, count);
	sc__pg_array array = sc__pg_param_array(&params, SC_VALUE_INT, count, count * sizeof *way->rarity);
	for (size_t i = 0; i < count; i++)
		sc__pg_array_add(&array, &SC_VALUE_OF_INT(way->rarity[i]));
	sc__pg_param_bytes(&params, way->expression.data, way->expression.size);
	sc__pg_param_bytes(&params, way->whole.data, way->whole.size);
	sc__pg_param_int(&params, answer->query->limit);
	sc__pg_param_int(&params, answer->query->offset);
	sc_status status = run(connection, SC__PG_SEARCH_RANK, rank_sql, &params, wait, &result, err);
	if (status == SC_OK)
		status = read_hits(result, answer, err);
	PQclear(result);
	return status;
}

static sc_status find(sc__pg_store *store, sc__pg_connection *connection, const sc__pg_wait *wait, void *what,
                      sc_error *err)
{
	(void)store;
	struct answer *answer = what;
	const struct question *question = answer->question;
	struct way way = { .expression = question->all, .whole = question->all };
	uint64_t total = 0, any = 0;
	memcpy(way.words, question->words, sizeof way.words);
	for (size_t i = 0; i < question->count; i++)
		way.rarity[i] = EVEN;
	sc_status status = count_matches(connection, wait, way.expression, &total, err);
	if (status == SC_OK && total < FEW) {
		way.expression = way.whole = question->begun;
		way.words[question->count - 1] = question->last_begun;
		status = count_matches(connection, wait, way.expression, &total, err);
	}
	if (status == SC_OK && total < FEW && question->count > 1)
		status = count_matches(connection, wait, question->any, &any, err);
	if (status == SC_OK && any > total) {
		way.expression = question->any;
		way.whole = question->all;
		way.words[question->count - 1] = question->words[question->count - 1];
		total = any;
		status = look_up_rarity(connection, wait, question, way.rarity, err);
	}
	answer->result = (sc_search_result){ .total = total };
	if (status != SC_OK || total <= answer->query->offset)
		return status;
	return rank(connection, wait, &way, answer, err);
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

sc_status sc__pg_search_query(void *ctx, const sc_call *call, const sc_search_query *query, sc_arena *arena,
                              sc_search_result *out, sc_error *err)
{
	sc__pg_search *search = ctx;
	struct question question = { .count = 0 };
	struct answer answer = { query, &question, arena, { 0 } };
	sc_status status = check(query, err);
	if (status != SC_OK)
		return status;
	sc_arena texts;
	sc_arena_init(&texts, search->env);
	status = read_question(search, query, &texts, &question, err);
	if (status == SC_OK && question.count > 0)
		status = sc__pg_attempt(search->pool, call, find, &answer, err);
	sc_arena_clear(&texts);
	if (status == SC_OK)
		*out = answer.result;
	return status;
}
