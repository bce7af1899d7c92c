/*
 * Every answer the library gives, in four families that never mix.
 *
 *   -100s  refusals   the shop says no; asking again without changing anything is pointless
 *   -300s  bad input  the call itself was wrong; `sc_error.field` names what
 *   -500s  failures   nothing happened; some may be tried again
 *   -900s  unknown    it may have happened, or may happen yet; repeat with the same id or key
 *
 * A shop says no all day: a refusal is an answer, not an error of the program. One table gives
 * codes, names and texts, and the Python exceptions are made from it.
 */
#ifndef SHOPCORE_STATUS_H
#define SHOPCORE_STATUS_H

#include <shopcore/common.h>

SC_BEGIN_DECLS

#define SC_STATUS_MAP(X)                                                                \
	X(OK, 0, "done")                                                                \
	X(NOT_FOUND, -101, "no such record")                                            \
	X(OUT_OF_STOCK, -102, "not enough stock")                                       \
	X(CHANGED, -103, "the record changed since it was read")                        \
	X(EXISTS, -104, "there is one already")                                         \
	X(LIMIT_REACHED, -105, "a limit is reached")                                    \
	X(HOLD_LAPSED, -106, "the hold ran out")                                        \
	X(HOLD_SETTLED, -107, "the hold was already settled otherwise")                 \
	X(NOT_ALLOWED, -108, "this actor may not do that")                              \
	X(KEY_REUSED, -109, "the key was used before, for another request")             \
	X(IN_PROGRESS, -110, "the same request is still running")                       \
	X(DECLINED, -111, "the payment was declined")                                   \
	X(ACTION_REQUIRED, -112, "the buyer has to take a step with the provider")      \
	X(CONSENT_NEEDED, -113, "the offer changed and the buyer has not agreed yet")   \
	X(WRONG_STATE, -114, "not possible in this state")                              \
	X(QUOTE_EXPIRED, -115, "the quote ran out")                                     \
	X(CART_EMPTY, -116, "the cart is empty")                                        \
	X(NOT_FOR_SALE, -117, "not for sale")                                           \
	X(CURRENCY_MISMATCH, -118, "a cart has one currency")                           \
	X(FENCED, -119, "the id was declared dead before it arrived")                   \
	X(TOO_OLD, -120, "the id is older than what the store remembers")               \
	X(STALE_EPOCH, -121, "routed by an old map of the shards")                      \
	X(NOTHING_DUE, -122, "nothing to do")                                           \
	X(BAD_ARGUMENT, -301, "the call itself was wrong")                              \
	X(BAD_TEXT, -302, "not valid UTF-8, or characters that are not allowed here")   \
	X(OVER_LIMIT, -303, "larger than the limit")                                    \
	X(BAD_FORMAT, -304, "the document does not have the expected form")             \
	X(OUT_OF_RANGE, -305, "the number does not fit")                                \
	X(BAD_CURRENCY, -306, "no such currency")                                       \
	X(BAD_SIGNATURE, -307, "the signature does not match")                          \
	X(UNSUPPORTED, -308, "this store or service cannot do that")                    \
	X(NO_MEMORY, -501, "out of memory")                                             \
	X(STORE_FAILED, -502, "the store failed and did nothing")                       \
	X(BUSY, -503, "too busy, try again")                                            \
	X(DEADLINE, -504, "the deadline passed before it was sent")                     \
	X(CANCELLED, -505, "cancelled before it was sent")                              \
	X(DAMAGED, -506, "stored data does not match its own checksum")                 \
	X(SERVICE_FAILED, -507, "an outside service failed and did nothing")            \
	X(NO_ROOM, -508, "no room left in a queue, a file or a page")                   \
	X(IO_FAILED, -509, "a file could not be read or written")                       \
	X(SCHEMA_TOO_NEW, -510, "the store was made by a newer version of the library") \
	X(OUTCOME_UNKNOWN, -901, "the store did not say whether it happened")           \
	X(PAYMENT_UNKNOWN, -902, "the provider did not say whether money moved")

#define SC_STATUS_ENUM(name, code, text) SC_##name = (code),
typedef enum sc_status { SC_STATUS_MAP(SC_STATUS_ENUM) } sc_status;
#undef SC_STATUS_ENUM

/** Details of the last thing that went wrong. Caller-owned: one on the stack is enough. */
typedef struct sc_error {
	sc_status status;
	int32_t index;     /* which line, record or row of the input, from 0; -1: none in particular */
	char field[64];    /* which field, as a path such as "lines[2].quantity"; or empty */
	int64_t wanted;    /* for stock and limits: what was asked for */
	int64_t available; /* for stock and limits: what there is */
	char text[160];    /* one line for a person; never parse it */
	uint64_t reserved[4];
} sc_error;

#define SC_ERROR_INIT                          \
	{                                      \
		SC_OK, -1, { 0 }, 0, 0, { 0 }, \
		{                              \
			0                      \
		}                              \
	}

/**
 * Name a status as it is written in code, such as "OUT_OF_STOCK".
 *
 * Ownership: a constant; never free it. Threads: any.
 * Returns: the name, or "UNKNOWN_STATUS" for a number that is none of ours; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_status_name(sc_status status);

/**
 * Say in one English line what a status means.
 *
 * Ownership: a constant; never free it. Threads: any.
 * Returns: the text, or "no such status" for a number that is none of ours; never NULL.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *sc_status_text(sc_status status);

/**
 * Tell whether the shop said no (the -100s): an answer, and nothing was changed.
 *
 * Ownership: none. Threads: any. Returns: true or false.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_status_is_refusal(sc_status status);

/**
 * Tell whether the call itself was wrong (the -300s): never worth a retry.
 *
 * Ownership: none. Threads: any. Returns: true or false.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_status_is_bad_input(sc_status status);

/**
 * Tell whether something broke and nothing happened (the -500s).
 *
 * Ownership: none. Threads: any. Returns: true or false.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_status_is_failure(sc_status status);

/**
 * Tell whether it may have happened, or may happen yet (the -900s).
 *
 * Ownership: none. Threads: any. Returns: true or false.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_status_is_unknown(sc_status status);

/**
 * Tell whether repeating the very same call, with the same id or key, is sensible.
 *
 * True for passing failures and for every unknown; false for refusals and bad input.
 *
 * Ownership: none. Threads: any. Returns: true or false.
 * Idempotent: yes. Since: 0.1.
 */
SC_API bool sc_status_may_retry(sc_status status);

SC_END_DECLS

#endif
