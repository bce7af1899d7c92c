/*
 * Text that enters is checked once, here: its size first, because that bounds all other work, then its
 * encoding, then what it must not contain. Control characters would let a name forge a line of a log or an e-mail's
 * header. Card numbers would put the shop's stores, logs and mails under rules that nobody here is prepared for.
 */
#include "base/text.h"

#include "base/card.h"
#include "base/error.h"
#include "base/utf8.h"

#include <sodium.h>
#include <string.h>
#include <utf8proc.h>

bool sc_text_is_utf8(const void *data, size_t size)
{
	const unsigned char *at = data;
	while (size > 0) {
		if (size >= 8 && (sc__load8(at) & SC__EACH_BYTE(0x80)) == 0) {
			at += 8;
			size -= 8;
			continue;
		}
		size_t length = sc__utf8_length(at, size);
		if (length == 0)
			return false;
		at += length;
		size -= length;
	}
	return true;
}

bool sc_text_equal_secret(sc_bytes a, sc_bytes b)
{
	return a.size == b.size && (a.size == 0 || sodium_memcmp(a.data, b.data, a.size) == 0);
}

/* Whether the character of `length` bytes at `at` is a control character, or a line break that is not ASCII. */
static bool is_control(const unsigned char *at, size_t length, unsigned flags)
{
	if (length == 1 && (*at == '\t' || *at == '\n' || *at == '\r'))
		return (flags & SC__TEXT_LINES) == 0;
	if (length == 1)
		return *at < 0x20 || *at == 0x7F;
	if (length == 2)
		return at[0] == 0xC2 && at[1] < 0xA0;                                             /* U+0080 to U+009F */
	return length == 3 && at[0] == 0xE2 && at[1] == 0x80 && (at[2] == 0xA8 || at[2] == 0xA9); /* U+2028, U+2029 */
}

static sc_status check_characters(sc_error *err, const char *field, sc_bytes text, unsigned flags)
{
	const unsigned char *at = text.data, *end = at + text.size;
	while (at < end) {
		if (end - at >= 8 && sc__is_printable8(sc__load8(at))) {
			at += 8;
			continue;
		}
		size_t length = sc__utf8_length(at, (size_t)(end - at));
		if (length == 0)
			return sc__bad(err, SC_BAD_TEXT, field, "not UTF-8");
		if (is_control(at, length, flags))
			return sc__bad(err, SC_BAD_TEXT, field, "has a control character");
		at += length;
	}
	return SC_OK;
}

static sc_status check_cards(sc_error *err, const char *field, sc_bytes text, unsigned flags)
{
	const sc__card_care care = (flags & SC__TEXT_PHONE) != 0  ? SC__CARD_IN_PHONE
	                           : (flags & SC__TEXT_CODE) != 0 ? SC__CARD_IN_CODE
	                                                          : SC__CARD_IN_PROSE;
	sc_bytes card;
	return sc__card_find(text, care, &card) ? sc__bad(err, SC_BAD_TEXT, field, "has what reads like a card number")
	                                        : SC_OK;
}

sc_status sc__text_check_bytes(sc_error *err, const char *field, sc_bytes text, size_t max, unsigned flags)
{
	if (text.size == 0)
		return (flags & SC__TEXT_EMPTY) != 0 ? SC_OK
		                                     : sc__bad(err, SC_BAD_ARGUMENT, field, "must not be empty");
	if (text.size > max) {
		sc__bad(err, SC_OVER_LIMIT, field, "more than %zu bytes", max);
		if (err != NULL) {
			err->wanted = (int64_t)text.size;
			err->available = (int64_t)max;
		}
		return SC_OVER_LIMIT;
	}
	sc_status status = check_characters(err, field, text, flags);
	return status == SC_OK ? check_cards(err, field, text, flags) : status;
}

sc_status sc__text_check(sc_error *err, const char *field, const char *text, size_t max, unsigned flags)
{
	if (text == NULL)
		return (flags & SC__TEXT_OPTIONAL) != 0 ? SC_OK : sc__bad(err, SC_BAD_ARGUMENT, field, "missing");
	return sc__text_check_bytes(err, field, (sc_bytes){ text, strnlen(text, max + 1) }, max, flags);
}

/* Whether all characters are visible: no spaces, no marks that only steer the others, nothing unassigned. */
static bool is_visible(const char *text)
{
	const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)text;
	utf8proc_int32_t point;
	while (*at != '\0') {
		at += utf8proc_iterate(at, -1, &point);
		utf8proc_category_t category = utf8proc_category(point);
		if (category == UTF8PROC_CATEGORY_CN || category >= UTF8PROC_CATEGORY_ZS)
			return false;
	}
	return true;
}

static bool is_alphanumeric(unsigned char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* RFC 5322 atext and the dot; quoted local parts are refused, because nobody has one and shells do. */
static bool is_local(const char *at, size_t size)
{
	static const char marks[] = "!#$%&'*+/=?^_`{|}~-.";
	if (size == 0 || size > 64 || at[0] == '.' || at[size - 1] == '.' || memmem(at, size, "..", 2) != NULL)
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)at[i];
		if (!is_alphanumeric(c) && c < 0x80 && strchr(marks, c) == NULL)
			return false;
	}
	return true;
}

static bool is_label(const char *at, size_t size)
{
	if (size == 0 || size > 63 || at[0] == '-' || at[size - 1] == '-')
		return false;
	for (size_t i = 0; i < size; i++) {
		unsigned char c = (unsigned char)at[i];
		if (c < 0x80 && !(c >= 'a' && c <= 'z') && !(c >= '0' && c <= '9') && c != '-')
			return false;
	}
	return true;
}

/* A folded domain: two labels or more. */
static bool is_domain(const char *domain)
{
	size_t labels = 0;
	for (;;) {
		size_t size = strcspn(domain, ".");
		if (!is_label(domain, size))
			return false;
		labels++;
		if (domain[size] == '\0')
			return labels > 1;
		domain += size + 1;
	}
}

/* Folds the case of a domain and composes it (NFC), character by character into `out`. false: no room for it, or
 * none that utf8proc can fold. */
static bool fold_domain(const char *domain, char *out, size_t room)
{
	utf8proc_int32_t points[SC_EMAIL_MAX + 1];
	const utf8proc_option_t how = UTF8PROC_CASEFOLD | UTF8PROC_COMPOSE | UTF8PROC_STABLE;
	utf8proc_ssize_t count = utf8proc_decompose((const utf8proc_uint8_t *)domain, (utf8proc_ssize_t)strlen(domain),
	                                            points, SC_EMAIL_MAX, how);
	if (count < 0 || count > SC_EMAIL_MAX)
		return false;
	count = utf8proc_normalize_utf32(points, count, how);
	size_t size = 0;
	for (utf8proc_ssize_t i = 0; i < count; i++) {
		utf8proc_uint8_t bytes[4];
		size_t length = (size_t)utf8proc_encode_char(points[i], bytes);
		if (size + length >= room)
			return false;
		memcpy(out + size, bytes, length);
		size += length;
	}
	out[size] = '\0';
	return count >= 0;
}

sc_status sc_text_normalise_email(const char *text, char out[SC_EMAIL_MAX + 1], sc_error *err)
{
	sc_status status = sc__text_check(err, "email", text, SC_EMAIL_MAX, SC__TEXT_CODE);
	if (status != SC_OK)
		return status;
	const char *sign = strchr(text, '@');
	size_t local = sign == NULL ? 0 : (size_t)(sign - text);
	char folded[SC_EMAIL_MAX + 1];
	if (!is_visible(text) || !is_local(text, local))
		return sc__bad(err, SC_BAD_FORMAT, "email", "not an e-mail address");
	if (!fold_domain(sign + 1, folded, sizeof folded - local - 1))
		return sc__bad(err, SC_OVER_LIMIT, "email", "more than %d bytes", SC_EMAIL_MAX);
	if (!is_domain(folded))
		return sc__bad(err, SC_BAD_FORMAT, "email", "not an e-mail address");
	memmove(out, text, local + 1);
	memcpy(out + local + 1, folded, strlen(folded) + 1);
	return SC_OK;
}

void sc__hex_encode(sc_bytes bytes, char *out)
{
	sodium_bin2hex(out, bytes.size * 2 + 1, bytes.data, bytes.size);
}

bool sc__hex_decode(sc_bytes text, void *out)
{
	size_t size;
	return text.size % 2 == 0 &&
	       (text.size == 0 || (sodium_hex2bin(out, text.size / 2, text.data, text.size, NULL, &size, NULL) == 0 &&
	                           size == text.size / 2));
}

void sc__base64url_encode(sc_bytes bytes, char *out)
{
	sodium_bin2base64(out, SC__BASE64URL_SIZE(bytes.size), bytes.data, bytes.size,
	                  sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool is_base64url(sc_bytes text)
{
	const char *at = text.data;
	for (size_t i = 0; i < text.size; i++)
		if (!is_alphanumeric((unsigned char)at[i]) && at[i] != '-' && at[i] != '_')
			return false;
	return true;
}

bool sc__base64url_decode(sc_bytes text, void *out, size_t *size)
{
	*size = 0;
	if (text.size == 0)
		return true;
	/* libsodium 1.0.18 takes bytes above 0x7F for digits, because it compares them as negative numbers */
	return is_base64url(text) && sodium_base642bin(out, text.size / 4 * 3 + 2, text.data, text.size, NULL, size,
	                                               NULL, sodium_base64_VARIANT_URLSAFE_NO_PADDING) == 0;
}
