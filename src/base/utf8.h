/*
 * The two questions every scan over text asks, inline because JSON asks them for every byte: how many of
 * the next eight bytes are plain, and how long is the character here.
 */
#ifndef SC_BASE_UTF8_H
#define SC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define SC__EACH_BYTE(value) ((value)*UINT64_C(0x0101010101010101))

/* The eight bytes at `at`, the first one lowest. */
static inline uint64_t sc__load8(const void *at)
{
	uint64_t word;
	memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	word = __builtin_bswap64(word);
#endif
	return word;
}

/* How many of eight bytes stand before the first that is a control character, a quote, a backslash or part of a longer
 * character. A byte is below `n` when taking `n` from it borrows, which sets its top bit. What it borrows can only
 * spoil bytes behind it, and those no longer matter. */
static inline size_t sc__plain_run(uint64_t word)
{
	uint64_t control = word - SC__EACH_BYTE(0x20);
	uint64_t quote = (word ^ SC__EACH_BYTE('"')) - SC__EACH_BYTE(1);
	uint64_t backslash = (word ^ SC__EACH_BYTE('\\')) - SC__EACH_BYTE(1);
	uint64_t marks = (control | quote | backslash | word) & SC__EACH_BYTE(0x80);
	return marks == 0 ? 8 : (size_t)__builtin_ctzll(marks) / 8;
}

/* Whether eight bytes are printable ASCII; counted as above. */
static inline bool sc__is_printable8(uint64_t word)
{
	uint64_t control = word - SC__EACH_BYTE(0x20);
	uint64_t del = (word ^ SC__EACH_BYTE(0x7F)) - SC__EACH_BYTE(1);
	return ((control | del | word) & SC__EACH_BYTE(0x80)) == 0;
}

static inline bool sc__is_plain(unsigned char c)
{
	return c >= 0x20 && c < 0x80 && c != '"' && c != '\\';
}

static inline bool sc__is_continuation(unsigned char c)
{
	return (c & 0xC0) == 0x80;
}

/* How many bytes the character at `at` has, 1 to 4; 0 when it is not UTF-8 (RFC 3629). `size` is at least 1. */
static inline size_t sc__utf8_length(const unsigned char *at, size_t size)
{
	unsigned char lead = at[0];
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2 || size < 2 || !sc__is_continuation(at[1]))
		return 0; /* 0xC0 and 0xC1 would only begin overlong forms */
	if (lead < 0xE0)
		return 2;
	if (size < 3 || !sc__is_continuation(at[2]))
		return 0;
	if (lead < 0xF0) {
		bool overlong = lead == 0xE0 && at[1] < 0xA0, surrogate = lead == 0xED && at[1] >= 0xA0;
		return overlong || surrogate ? 0 : 3;
	}
	if (size < 4 || !sc__is_continuation(at[3]))
		return 0;
	bool overlong = lead == 0xF0 && at[1]<0x90, above = lead> 0xF4 || (lead == 0xF4 && at[1] >= 0x90);
	return overlong || above ? 0 : 4;
}

#endif
