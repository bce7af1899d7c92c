/*
 * What a shopper typed, as questions to FTS5. Whatever was typed, an expression holds nothing but
 * folded letters and digits between quotation marks, so FTS5's own syntax cannot be reached.
 *
 * Text in quotation marks is a phrase, and so is what was typed without a space in between: "16gb",
 * "wi-fi", "C4872A". Small words are left out as long as something else remains.
 */
#include "base/arena.h"
#include "base/error.h"
#include "drivers/fts5/index.h"
#include "drivers/fts5/tokens.h"

#include <string.h>

#define WORDS_MAX 32 /* the rest of a longer text is not looked at */

static const char *const small_words[] = {
	"a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with"
};

typedef struct query_word {
	char folded[SC__TOKEN_MAX + 1];
	char stem[SC__TOKEN_MAX + 1];
	bool joined; /* belongs to the phrase of the word before */
	bool small, quoted;
} query_word;

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

static bool is_small(const char *folded)
{
	for (size_t i = 0; i < sizeof small_words / sizeof small_words[0]; i++)
		if (strcmp(folded, small_words[i]) == 0)
			return true;
	return false;
}

static void read_part(sc__stems *stems, const char *text, size_t size, bool quoted, query_word *words, size_t *count)
{
	sc__token_reader reader;
	sc__token token;
	bool first = true;
	sc__tokens_init(&reader, stems, text, size);
	while (*count < WORDS_MAX && sc__tokens_next(&reader, &token)) {
		query_word *word = &words[(*count)++];
		memcpy(word->folded, token.folded, token.folded_size + 1);
		size_t length = token.stem_size < SC__TOKEN_MAX ? token.stem_size : SC__TOKEN_MAX;
		memcpy(word->stem, token.stem, length);
		word->stem[length] = '\0';
		word->joined = !first && (quoted || token.joined);
		word->quoted = quoted;
		word->small = !quoted && is_small(word->folded);
		first = false;
	}
}

/* Splits at quotation marks: every other part is a phrase, if its mark is closed. */
static size_t read_words(sc__stems *stems, const char *text, query_word *words)
{
	size_t count = 0;
	bool quoted = false;
	while (*text != '\0') {
		size_t size = strcspn(text, "\"");
		read_part(stems, text, size, quoted && text[size] == '"', words, &count);
		text += size;
		if (*text == '"') {
			text++;
			quoted = !quoted;
		}
	}
	return count;
}

static size_t drop_small(query_word *words, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		bool alone = !words[i].joined && (i + 1 == count || !words[i + 1].joined);
		if (!(words[i].small && alone))
			words[kept++] = words[i];
	}
	return kept;
}

/* The phrase that starts at `from`, with `last` in place of its last word's stem; answers where the next starts. */
static size_t add_phrase(query_text *expression, const query_word *words, size_t count, size_t from, bool folded)
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
static const char *all_of(const query_word *words, size_t count, bool begun, sc_arena *arena)
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

static const char *any_of(const query_word *words, size_t count, sc_arena *arena)
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
	query_word *words = sc__arena_array(arena, WORDS_MAX, sizeof *words);
	if (words == NULL)
		return sc__fail(err, SC_NO_MEMORY, "no memory for a query");
	size_t count = read_words(stems, text, words), telling = 0;
	for (size_t i = 0; i < count; i++)
		telling += !words[i].small;
	if (telling > 0)
		count = drop_small(words, count);
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
