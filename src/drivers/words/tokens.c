#include "drivers/words/tokens.h"

#include <string.h>
#include <utf8proc.h>

typedef enum char_class { SPACE, MARK, BREAK, LETTER, DIGIT, ALONE, END } char_class;

/* Mark-up is short; an angle bracket without its partner nearby is only a character. */
#define TAG_MAX    256
#define ENTITY_MAX 10

static bool is_ascii_letter(int32_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void sc__tokens_init(sc__token_reader *reader, sc__stems *stems, const char *text, size_t size)
{
	memset(reader, 0, sizeof *reader);
	reader->stems = stems;
	reader->at = (const unsigned char *)text;
	reader->end = reader->at + size;
	reader->white = true;
}

/* How long the mark-up is that starts here; 0: none does. */
static size_t markup_size(const sc__token_reader *reader)
{
	size_t left = (size_t)(reader->end - reader->at), max = *reader->at == '<' ? TAG_MAX : ENTITY_MAX;
	if (left < 3 || (*reader->at != '<' && *reader->at != '&'))
		return 0;
	unsigned char next = reader->at[1];
	if (!is_ascii_letter(next) && !(*reader->at == '<' && next == '/'))
		return 0;
	const unsigned char *close = memchr(reader->at, *reader->at == '<' ? '>' : ';', left < max ? left : max);
	return close != NULL ? (size_t)(close - reader->at) + 1 : 0;
}

/* The next character in folded form, or -1. */
static int32_t next_folded(sc__token_reader *reader)
{
	while (reader->pending_at == reader->pending_count) {
		if (reader->at == reader->end)
			return -1;
		if (*reader->at < 0x80) {
			int32_t c = *reader->at;
			size_t skip = markup_size(reader);
			reader->at += skip > 0 ? skip : 1;
			reader->bound = 0;
			return skip > 0 ? ' ' : c >= 'A' && c <= 'Z' ? c + 32 : c;
		}
		utf8proc_int32_t c = -1;
		utf8proc_ssize_t size = utf8proc_iterate(reader->at, reader->end - reader->at, &c);
		if (size <= 0) {
			reader->at++; /* not UTF-8: a separator */
			return ' ';
		}
		reader->at += size;
		const utf8proc_option_t fold = UTF8PROC_COMPAT | UTF8PROC_DECOMPOSE | UTF8PROC_CASEFOLD |
		                               UTF8PROC_STRIPMARK | UTF8PROC_IGNORE;
		const int room = (int)(sizeof reader->pending / sizeof reader->pending[0]);
		utf8proc_ssize_t count = utf8proc_decompose_char(c, reader->pending, room, fold, &reader->bound);
		reader->pending_at = 0;
		reader->pending_count = count < 0 || count > room ? 0 : (int)count;
	}
	return reader->pending[reader->pending_at++];
}

/* Scripts without spaces: kana, ideographs. */
static bool stands_alone(int32_t c)
{
	return (c >= 0x3040 && c <= 0x30FF) || (c >= 0x3400 && c <= 0x9FFF) || (c >= 0x20000 && c <= 0x3FFFF);
}

static char_class class_of(int32_t c)
{
	if (c < 0)
		return END;
	if (c < 0x80) {
		if (is_ascii_letter(c))
			return LETTER;
		if (c >= '0' && c <= '9')
			return DIGIT;
		if (c == '\'')
			return MARK; /* men's is mens */
		return c == ' ' || (c >= '\t' && c <= '\r') ? SPACE : BREAK;
	}
	if (stands_alone(c))
		return ALONE;
	if (c == 0x2019)
		return MARK; /* the typographic apostrophe */
	utf8proc_category_t category = utf8proc_category(c);
	if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
		return LETTER;
	if (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO)
		return DIGIT;
	if (category >= UTF8PROC_CATEGORY_MN && category <= UTF8PROC_CATEGORY_ME)
		return MARK;
	return category >= UTF8PROC_CATEGORY_ZS && category <= UTF8PROC_CATEGORY_ZP ? SPACE : BREAK;
}

static void add_character(sc__token *token, int32_t c)
{
	if (c < 0x80 && token->folded_size < SC__TOKEN_MAX) {
		token->folded[token->folded_size++] = (char)c;
		return;
	}
	utf8proc_uint8_t bytes[4];
	utf8proc_ssize_t size = utf8proc_encode_char(c, bytes);
	if (size <= 0 || token->folded_size + (size_t)size > SC__TOKEN_MAX)
		return;
	memcpy(token->folded + token->folded_size, bytes, (size_t)size);
	token->folded_size += (size_t)size;
}

static void stem(sc__token_reader *reader, sc__token *token, char_class class)
{
	token->folded[token->folded_size] = '\0';
	token->stem = token->folded;
	token->stem_size = token->folded_size;
	if (class != LETTER || token->folded_size < 3)
		return;
	token->stem = sc__stem(reader->stems, token->folded, token->folded_size, &token->stem_size);
}

static void put_back(sc__token_reader *reader, int32_t c)
{
	/* Room: at most what was taken out of it, or one character when it was empty. */
	if (reader->pending_at > 0)
		reader->pending_at--;
	else
		reader->pending_count = 1;
	reader->pending[reader->pending_at] = c;
}

/* Most text is ASCII, and most of a token is one run of it: that needs neither folding tables nor look-ahead. */
static void add_plain_run(sc__token_reader *reader, sc__token *token, char_class class)
{
	if (reader->pending_at != reader->pending_count)
		return;
	const unsigned char *at = reader->at;
	for (; at < reader->end; at++) {
		unsigned char lower = *at | 0x20;
		bool letter = lower >= 'a' && lower <= 'z', digit = *at >= '0' && *at <= '9';
		if (!(class == LETTER ? letter : digit))
			break;
		if (token->folded_size < SC__TOKEN_MAX)
			token->folded[token->folded_size++] = (char)(letter ? lower : *at);
	}
	if (at > reader->at)
		reader->bound = 0;
	reader->at = at;
}

bool sc__tokens_next(sc__token_reader *reader, sc__token *out)
{
	char_class first, next = END;
	int32_t c;
	do {
		c = next_folded(reader);
		first = class_of(c);
		reader->white |= first == SPACE;
	} while (first != LETTER && first != DIGIT && first != ALONE && first != END);
	if (first == END)
		return false;
	out->folded_size = 0;
	out->joined = !reader->white;
	reader->white = false;
	add_character(out, c);
	while (first != ALONE) {
		add_plain_run(reader, out, first);
		next = class_of(c = next_folded(reader));
		if (next == first)
			add_character(out, c);
		else if (next != MARK)
			break;
	}
	if (first != ALONE && next != END)
		put_back(reader, c);
	stem(reader, out, first);
	return true;
}
