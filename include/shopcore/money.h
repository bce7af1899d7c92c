/*
 * Money: an int64_t of minor units (cents, yen, fils) and an ISO 4217 code. Every operation here is
 * checked, rounds only where it is told how, and never touches floating point.
 *
 * Amounts and their currency travel apart, because a cart, an order or a price has one currency and
 * many amounts. How many decimals a currency has is a table: 0 for JPY, 2 for USD, 3 for BHD, 4 for CLF.
 */
#ifndef SHOPCORE_MONEY_H
#define SHOPCORE_MONEY_H

#include <shopcore/status.h>

SC_BEGIN_DECLS

/** Room for a currency code with its NUL. */
#define SC_CURRENCY_SIZE 4
/** Room for any amount with its currency and NUL. */
#define SC_MONEY_TEXT_SIZE 32

/** What becomes of a part of a minor unit. */
typedef enum sc_rounding {
	SC_ROUND_HALF_UP = 1,   /* to the nearest, a tie toward +infinity: 2.5 to 3, -2.5 to -2 */
	SC_ROUND_HALF_AWAY = 2, /* to the nearest, a tie away from zero: 2.5 to 3, -2.5 to -3 */
	SC_ROUND_HALF_EVEN = 3, /* to the nearest, a tie to the even one: 2.5 to 2, 3.5 to 4 */
	SC_ROUND_DOWN = 4,      /* toward zero: 2.9 to 2, -2.9 to -2 */
	SC_ROUND_UP = 5         /* away from zero: 2.1 to 3, -2.1 to -3 */
} sc_rounding;

/** Who gets the minor units that do not divide. Shares always add up to the amount, whichever it is. */
typedef enum sc_allocation {
	SC_ALLOCATE_LARGEST_REMAINDER = 1, /* cut, then one each to those that lost most; a tie to the first */
	SC_ALLOCATE_FLOOR_THEN_FIRST = 2,  /* cut, then one each from the first on */
	SC_ALLOCATE_FLOOR_THEN_LAST = 3,   /* cut, then one each from the last back */
	SC_ALLOCATE_ROUND_THEN_FIRST = 4,  /* round half away, then one each more or less from the first on */
	SC_ALLOCATE_LAST_GETS_REST = 5     /* round half away, never past what is left; the last takes the rest */
} sc_allocation;

/**
 * Tell how many decimals a currency has.
 *
 * Ownership: `code` is borrowed for the call; `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_BAD_CURRENCY for anything but three upper-case letters of ISO 4217 that name money.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_currency_exponent(const char *code, int *out);

/**
 * Add two amounts, in minor units of one currency.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_OUT_OF_RANGE when the sum does not fit. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_add(int64_t a, int64_t b, int64_t *out);

/**
 * Take `b` from `a`, in minor units of one currency.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_OUT_OF_RANGE when the difference does not fit. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_subtract(int64_t a, int64_t b, int64_t *out);

/**
 * Multiply an amount, in minor units, by a whole number such as a quantity.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_OUT_OF_RANGE when the product does not fit. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_multiply(int64_t amount, int64_t by, int64_t *out);

/**
 * Give `amount * numerator / denominator`, in minor units, rounded once at the end; the product has 128 bits.
 *
 * Ownership: `out` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for a denominator of 0 or an unknown rounding; SC_OUT_OF_RANGE when the
 * result does not fit; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_ratio(int64_t amount, int64_t numerator, int64_t denominator, sc_rounding rounding,
                                int64_t *out);

/**
 * Split an amount, in minor units, in proportion to weights. The shares add up to it exactly.
 *
 * Shares of a negative amount are those of the positive one, negated. No share has the other sign. A
 * weight of 0 gets nothing, except when all are 0: then all count alike.
 *
 * Ownership: `weights` is borrowed for the call; `out` has room for `count` shares, does not overlap it, and is
 * written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_ARGUMENT for no weights, an unknown method, or a negative weight;
 * SC_OUT_OF_RANGE when the weights' sum does not fit; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_allocate(int64_t amount, const int64_t *weights, size_t count, sc_allocation method,
                                   int64_t *out);

/**
 * Write an amount of minor units for people and files, such as "-12.34 USD", "500 JPY" or "1.250 BHD".
 *
 * Ownership: `out` is the caller's and written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_BAD_CURRENCY. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_format(int64_t minor, const char *currency, char out[SC_MONEY_TEXT_SIZE]);

/**
 * Write an amount of minor units without its currency, such as "-12.34".
 *
 * Ownership: `out` is the caller's and written on SC_OK only. Threads: any.
 * Returns: SC_OK, or SC_BAD_CURRENCY. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_format_amount(int64_t minor, const char *currency, char out[SC_MONEY_TEXT_SIZE]);

/**
 * Read what sc_money_format() writes. Nothing is rounded: decimals may be fewer than the currency has, never more.
 *
 * Ownership: `text` is borrowed for the call; `minor` and `currency` are written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_FORMAT for anything but "[-]digits[.digits] CODE"; SC_BAD_CURRENCY; SC_BAD_FORMAT
 * for too many decimals; SC_OUT_OF_RANGE when the amount does not fit; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_parse(const char *text, int64_t *minor, char currency[SC_CURRENCY_SIZE]);

/**
 * Read an amount without a currency, such as "12.34", as minor units of the currency given.
 *
 * Ownership: `text` and `currency` are borrowed for the call; `minor` is written on SC_OK only. Threads: any.
 * Returns, in this order: SC_BAD_CURRENCY; SC_BAD_FORMAT for anything but "[-]digits[.digits]" or too many
 * decimals; SC_OUT_OF_RANGE when the amount does not fit; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_money_parse_amount(const char *text, const char *currency, int64_t *minor);

SC_END_DECLS

#endif
