/*
 * Text from outside: whether it is UTF-8, what an e-mail address is reduced to, and comparing secrets.
 */
#ifndef SHOPCORE_TEXT_H
#define SHOPCORE_TEXT_H

#include <shopcore/limits.h>
#include <shopcore/status.h>

SC_BEGIN_DECLS

/**
 * Tell whether bytes are UTF-8: no overlong forms, no surrogates, nothing above U+10FFFF.
 *
 * Ownership: `data` is borrowed for the call. Threads: any. Returns: true or false; true for no bytes at all.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_text_is_utf8(const void *data, size_t size);

/**
 * Compare two secrets in a time that depends on their sizes only.
 *
 * Ownership: both are borrowed for the call. Threads: any. Returns: true when they are the same bytes.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_text_equal_secret(sc_bytes a, sc_bytes b);

/**
 * Check that text has the shape of an e-mail address, and write it as it is compared: the domain case-folded, the
 * part before the @ as it is, because only its own server knows whether case matters there.
 *
 * Ownership: `text` is borrowed for the call; `out` is the caller's and written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for NULL or nothing; SC_OVER_LIMIT for more than SC_EMAIL_MAX bytes, also
 * once folded; SC_BAD_TEXT when it is not UTF-8, has control characters or a card number; SC_BAD_FORMAT when it is no
 * address; SC_OK. `err->field` is "email". Idempotent: yes, what it wrote stays the same when normalised again. Since:
 * 0.1.
 */
SC_API sc_status sc_text_normalise_email(const char *text, char out[SC_EMAIL_MAX + 1], sc_error *err);

SC_END_DECLS

#endif
