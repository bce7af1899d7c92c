/*
 * What a shopper typed, as questions to FTS5. Whatever was typed, an expression holds nothing but
 * folded letters and digits between quotation marks, so FTS5's own syntax cannot be reached.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/fts5/index.h"
#include "drivers/words/query.h"

#include <string.h>

/* An expression while it is built: in the arena, and cut short when there is no memory. */
typedef struct query_text {
	sc_arena *arena;
	char *text;
	size_t size, capacity;
	bool full;
} query_text;

static void add(query_text *expression, const char *text)
{
	size_t size = strlen(text);
	if (expression->size + size + 1 > expression->capacity) {
		size_t wanted = expression->capacity * 2 + size + 256;
		char *grown = sc__arena_resize(expression->arena, expression->text, expression->capacity, wanted);
		if (grown == NULL) {
			expression->full = true;
			return;
		}
		expression->text = grown;
		expression->capacity = wanted;
	}
	memcpy(expression->text + expression->size, text, size + 1);
	expression->size += size;
}

/* The phrase that starts at `from`, with `last` in place of its last word's stem; answers where the next starts. */
static size_t add_phrase(query_text *expression, const sc__query_word *words, size_t count, size_t from, bool folded)
{
	size_t to = from + 1;
	while (to < count && words[to].joined)
		to++;
	add(expression, "\"");
	for (size_t i = from; i < to; i++) {
		add(expression, i > from ? " " : "");
		add(expression, folded && i + 1 == to ? words[i].folded : words[i].stem);
	}
	add(expression, "\"");
	return to;
}

/* Every phrase; the last one also as the beginning of a word, if `begun`. */
static const char *all_of(const sc__query_word *words, size_t count, bool begun, sc_arena *arena)
{
	query_text expression = { .arena = arena };
	for (size_t i = 0; i < count;) {
		size_t from = i;
		add(&expression, i > 0 ? " AND (" : "(");
		i = add_phrase(&expression, words, count, from, false);
		if (begun && i == count) {
			add(&expression, " OR ");
			add_phrase(&expression, words, count, from, true);
			add(&expression, " *");
		}
		add(&expression, ")");
	}
	return expression.full ? NULL : expression.text;
}

static const char *any_of(const sc__query_word *words, size_t count, sc_arena *arena)
{
	query_text expression = { .arena = arena };
	for (size_t i = 0; i < count; i++) {
		add(&expression, i > 0 ? " OR \"" : "\"");
		add(&expression, words[i].stem);
		add(&expression, "\"");
	}
	return expression.full ? NULL : expression.text;
}

sc_status sc__fts5_ask(sc__stems *stems, const char *text, sc_arena *arena, sc__fts5_question *out, sc_error *err)
{
	sc__query_word *words = sc__arena_array(arena, SC__QUERY_WORDS_MAX, sizeof *words);
	if (words == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a query");
	size_t count = sc__query_read(stems, text, words);
	*out = (sc__fts5_question){ .words = count };
	if (count == 0)
		return SC_OK;
	out->all = all_of(words, count, false, arena);
	out->begun = words[count - 1].quoted ? out->all : all_of(words, count, true, arena);
	out->any = any_of(words, count, arena);
	if (out->all == NULL || out->begun == NULL || out->any == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a query");
	return SC_OK;
}
