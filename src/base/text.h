/*
 * Checking text where it enters, and the encodings of bytes as text that tokens and cursors need.
 */
#ifndef SC_BASE_TEXT_H
#define SC_BASE_TEXT_H

#include <shopcore/arena.h>
#include <shopcore/text.h>

/* What sc__text_check() lets pass beyond one line of text. */
enum {
	SC__TEXT_OPTIONAL = 1, /* NULL is fine */
	SC__TEXT_EMPTY = 2,    /* "" is fine */
	SC__TEXT_LINES = 4,    /* tabs and line breaks are fine */
	SC__TEXT_CODE = 8,     /* a name or number that machines use: see SC__CARD_IN_CODE */
	SC__TEXT_PHONE = 16    /* see SC__CARD_IN_PHONE */
};

/* Checks one text of the input. In this order: SC_BAD_ARGUMENT for NULL or nothing (see the flags), SC_OVER_LIMIT for
 * more than `max` bytes (with wanted and available), SC_BAD_TEXT when it is not UTF-8, has control characters or a card
 * number in it. `err->field` is `field`. Reads no byte past `max`. */
sc_status sc__text_check(sc_error *err, const char *field, const char *text, size_t max, unsigned flags);

/* The same for bytes with a length; U+0000 is a control character like others. */
sc_status sc__text_check_bytes(sc_error *err, const char *field, sc_bytes text, size_t max, unsigned flags);

/* Bytes a base64url text (RFC 4648 section 5, without padding) of `size` bytes takes, and its NUL. */
#define SC__BASE64URL_SIZE(size) (((size)*4 + 2) / 3 + 1)

/* Writes base64url with a NUL; `out` has room for SC__BASE64URL_SIZE(bytes.size). */
void sc__base64url_encode(sc_bytes bytes, char *out);

/* Reads base64url of exactly one spelling: no padding, no stray bits. `out` has room for text.size / 4 * 3 + 2 bytes.
 * false: not base64url, and what `out` holds means nothing. */
bool sc__base64url_decode(sc_bytes text, void *out, size_t *size);

/* Writes lower-case hexadecimal digits and a NUL; `out` has room for 2 * bytes.size + 1. */
void sc__hex_encode(sc_bytes bytes, char *out);

/* Reads hexadecimal digits of either case; `out` has room for text.size / 2 bytes. false: something else. */
bool sc__hex_decode(sc_bytes text, void *out);

#endif
