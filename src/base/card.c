#include "base/card.h"

#include <stdint.h>
#include <string.h>

enum {
	DIGITS_MIN = 13,
	DIGITS_MAX = 19,
	PIECE_MIN = 4,    /* of every piece but the last */
	WORD_MIN = 24,    /* a word of letters and digits this long was made by a machine */
	UUID_LENGTH = 36, /* 8-4-4-4-12 */
	PHONE_MAX = 15,   /* E.164 */
	SHOWN = 4
};

/* What might be a card number: where it stands, and its digits without what is between them. */
struct run {
	size_t begin, end, count;
	char digits[DIGITS_MAX];
};

/* Cards as their networks issue them: the first four digits, and how many there are. */
static const struct range {
	uint16_t low, high;
	uint8_t counts[3];
} issued[] = {
	{ 2131, 2131, { 15 } },         /* JCB, old */
	{ 1800, 1800, { 15 } },         /* JCB, old */
	{ 2200, 2204, { 16, 19 } },     /* Mir */
	{ 2221, 2720, { 16 } },         /* Mastercard */
	{ 3000, 3099, { 14, 16, 19 } }, /* Diners Club */
	{ 3400, 3499, { 15 } },         /* American Express */
	{ 3528, 3589, { 16, 19 } },     /* JCB */
	{ 3600, 3699, { 14, 16, 19 } }, /* Diners Club */
	{ 3700, 3799, { 15 } },         /* American Express */
	{ 3800, 3999, { 14, 16, 19 } }, /* Diners Club */
	{ 4000, 4999, { 13, 16, 19 } }, /* Visa */
	{ 5000, 5999, { 16, 19 } },     /* Mastercard, Maestro, RuPay */
	{ 6000, 6999, { 16, 19 } },     /* Discover, UnionPay, Maestro, RuPay, Elo */
	{ 8100, 8299, { 16, 19 } },     /* UnionPay, RuPay */
	{ 9792, 9792, { 16 } },         /* Troy */
};

static bool is_digit(unsigned char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(unsigned char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

static bool is_word(unsigned char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The sum over the digits from the last to the first, every second one times `times`, and of that the digits. */
static unsigned check_sum(const struct run *run, unsigned times)
{
	unsigned sum = 0;
	for (size_t i = 0; i < run->count; i++) {
		unsigned digit = (unsigned)(run->digits[run->count - 1 - i] - '0') * (i % 2 == 1 ? times : 1);
		sum += times == 2 && digit > 9 ? digit - 9 : digit;
	}
	return sum;
}

/* A row of zeros is no number at all. */
static bool passes_luhn(const struct run *run)
{
	unsigned sum = check_sum(run, 2);
	return sum != 0 && sum % 10 == 0;
}

/* GS1's check of an article's number: GTIN-13, which was EAN, and GTIN-14. In one piece, as scanners read it. */
static bool is_trade_number(const struct run *run)
{
	return run->count <= 14 && run->end - run->begin == run->count && check_sum(run, 3) % 10 == 0;
}

static bool is_issued(const struct run *run)
{
	unsigned prefix = 0;
	for (size_t i = 0; i < 4; i++)
		prefix = prefix * 10 + (unsigned)(run->digits[i] - '0');
	for (size_t i = 0; i < sizeof(issued) / sizeof(issued[0]); i++)
		if (prefix >= issued[i].low && prefix <= issued[i].high &&
		    memchr(issued[i].counts, (int)run->count, sizeof(issued[i].counts)) != NULL)
			return true;
	return false;
}

static bool is_uuid(const unsigned char *at)
{
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
		if (dash ? at[i] != '-' : !is_hex(at[i]))
			return false;
	}
	return true;
}

/* Whether a UUID stands around the run: it begins with one of the UUID's pieces. */
static bool is_in_uuid(sc_bytes text, const struct run *run)
{
	static const uint8_t pieces[] = { 0, 9, 14, 19, 24 };
	for (size_t i = 0; i < sizeof(pieces); i++) {
		const size_t before = pieces[i];
		if (run->begin >= before && text.size - (run->begin - before) >= UUID_LENGTH &&
		    is_uuid((const unsigned char *)text.data + run->begin - before))
			return true;
	}
	return false;
}

/* Whether letters at either end make it a part of a long word: a hash, a token. */
static bool is_in_word(sc_bytes text, const struct run *run)
{
	const unsigned char *at = text.data;
	size_t begin = run->begin, end = run->end;
	while (begin > 0 && is_word(at[begin - 1]))
		begin--;
	while (end < text.size && is_word(at[end]))
		end++;
	return end - begin > run->end - run->begin && end - begin >= WORD_MIN;
}

static bool is_phone(sc_bytes text, const struct run *run)
{
	return run->count <= PHONE_MAX && run->begin > 0 && ((const char *)text.data)[run->begin - 1] == '+';
}

static bool is_card(sc_bytes text, const struct run *run, sc__card_care care)
{
	if (run->count < DIGITS_MIN || !passes_luhn(run))
		return false;
	if (care == SC__CARD_IN_PROSE)
		return true;
	if (care == SC__CARD_IN_PHONE && is_phone(text, run))
		return false;
	return is_issued(run) && !is_trade_number(run) && !is_in_uuid(text, run) && !is_in_word(text, run);
}

static bool is_between(unsigned char c)
{
	return c == ' ' || c == '-' || c == '.';
}

/* Whether a card number begins with the piece at `begin`; `*piece_end` is where that piece ends. Each further piece is
 * tried with those before it. */
static bool try_from(sc_bytes text, size_t begin, sc__card_care care, struct run *run, size_t *piece_end)
{
	const unsigned char *at = text.data;
	size_t end = begin;
	*run = (struct run){ .begin = begin };
	*piece_end = 0;
	for (;;) {
		const size_t piece = end;
		for (; end < text.size && is_digit(at[end]); end++, run->count++)
			if (run->count < DIGITS_MAX)
				run->digits[run->count] = (char)at[end];
		run->end = end;
		if (*piece_end == 0)
			*piece_end = end;
		if (run->count > DIGITS_MAX)
			return false;
		if (is_card(text, run, care))
			return true;
		if (end - piece < PIECE_MIN || end + 1 >= text.size || !is_between(at[end]) || !is_digit(at[end + 1]))
			return false;
		end++;
	}
}

/* Where the next piece of PIECE_MIN digits or more may begin. It covers every PIECE_MIN-th byte, so only those are
 * looked at: most text has no digits, and all that enters passes here. */
static size_t next_piece(sc_bytes text, size_t from)
{
	const unsigned char *at = text.data;
	for (size_t i = from + PIECE_MIN - 1; i < text.size; i += PIECE_MIN) {
		if (!is_digit(at[i]))
			continue;
		while (i > from && is_digit(at[i - 1]))
			i--;
		return i;
	}
	return text.size;
}

static bool find_run(sc_bytes text, sc__card_care care, struct run *run)
{
	size_t end = 0;
	if (text.size < DIGITS_MIN)
		return false;
	for (;;) {
		const size_t begin = next_piece(text, end);
		if (begin == text.size)
			return false;
		if (try_from(text, begin, care, run, &end))
			return true;
	}
}

bool sc__card_find(sc_bytes text, sc__card_care care, sc_bytes *out)
{
	struct run run;
	if (!find_run(text, care, &run))
		return false;
	*out = (sc_bytes){ (const char *)text.data + run.begin, run.end - run.begin };
	return true;
}

void sc__card_mask(char *text)
{
	const sc_bytes all = { text, strlen(text) };
	struct run run;
	while (find_run(all, SC__CARD_IN_CODE, &run)) /* the last four may begin another one */
		for (size_t i = run.begin, left = run.count; left > SHOWN; i++) {
			if (!is_digit((unsigned char)text[i]))
				continue;
			text[i] = '*';
			left--;
		}
}
