/* See query.h. */
#include "drivers/words/query.h"

#include <string.h>

static const char *const small_words[] = {
	"a", "an", "and", "for", "from", "in", "of", "on", "or", "the", "to", "with"
};

static bool is_small(const char *folded)
{
	for (size_t i = 0; i < sizeof small_words / sizeof small_words[0]; i++)
		if (strcmp(folded, small_words[i]) == 0)
			return true;
	return false;
}

static void read_part(sc__stems *stems, const char *text, size_t size, bool quoted, sc__query_word *words,
                      size_t *count)
{
	sc__token_reader reader;
	sc__token token;
	bool first = true;
	sc__tokens_init(&reader, stems, text, size);
	while (*count < SC__QUERY_WORDS_MAX && sc__tokens_next(&reader, &token)) {
		sc__query_word *word = &words[(*count)++];
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
static size_t read_words(sc__stems *stems, const char *text, sc__query_word *words)
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

static size_t drop_small(sc__query_word *words, size_t count)
{
	size_t kept = 0;
	for (size_t i = 0; i < count; i++) {
		bool alone = !words[i].joined && (i + 1 == count || !words[i + 1].joined);
		if (!(words[i].small && alone))
			words[kept++] = words[i];
	}
	return kept;
}

size_t sc__query_read(sc__stems *stems, const char *text, sc__query_word words[SC__QUERY_WORDS_MAX])
{
	size_t count = read_words(stems, text, words), telling = 0;
	for (size_t i = 0; i < count; i++)
		telling += !words[i].small;
	return telling > 0 ? drop_small(words, count) : count;
}
