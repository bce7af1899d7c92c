/*
 * Changing many prices: a new price or a percentage for each of many SKUs, perhaps only if the old one is what
 * the caller believes, and without writing anything for a look at what would change.
 *
 * A new price touches the SKU alone, never its product. Each SKU is decided by itself and has an outcome.
 *
 * A file of changes is JSON lines or a table (catalog_import.h says how those look) with the members `sku`, and
 * `price` (minor units) or `percent` (a decimal such as -10 or 2.5); perhaps `was` (minor units) or `version`, the
 * condition, and `currency`, which then has to be the SKU's. Every line is accounted for, in order.
 */
#ifndef SHOPCORE_CATALOG_PRICES_H
#define SHOPCORE_CATALOG_PRICES_H

#include <shopcore/catalog.h>
#include <shopcore/money.h>

SC_BEGIN_DECLS

/** A percentage is in thousandths of a percent: 1,500 is 1.5 %. */
#define SC_PERCENT_MILLI_MIN (-100000)
#define SC_PERCENT_MILLI_MAX 1000000
#define SC_PRICE_STEP_MAX    1000000000
/** Bytes of one line of a file of changes. */
#define SC_PRICE_LINE_MAX 65536

enum {
	SC_PRICE_PERCENT = 1u << 0, /* `percent_milli` of the old price is added; else `price_minor` is the new one */
	SC_PRICE_IF_WAS = 1u << 1,  /* only if the old price is `was_minor` */
	SC_PRICE_IF_VERSION = 1u << 2, /* only if the SKU has `version` */
	SC_PRICE_IF_CURRENCY = 1u << 3 /* only if the SKU's currency is `currency` */
};

/** What one SKU should cost. */
typedef struct sc_price_change {
	const char *sku;
	uint32_t flags;        /* SC_PRICE_... */
	int32_t percent_milli; /* SC_PERCENT_MILLI_MIN..SC_PERCENT_MILLI_MAX */
	int64_t price_minor;   /* 0..SC_AMOUNT_MAX */
	int64_t was_minor;
	uint64_t version;
	char currency[4];
	uint32_t reserved0;
	uint64_t reserved[3];
} sc_price_change;

/** What became of it. */
typedef struct sc_price_outcome {
	sc_status status; /* SC_OK: changed, or unchanged where both prices are the same */
	char currency[4];
	int64_t before_minor, after_minor; /* 0 where there is no such SKU */
	uint64_t version;                  /* after it; 0 unless status is SC_OK */
	sc_error error;                    /* status, field and text of this SKU */
} sc_price_outcome;

typedef struct sc_prices_options {
	size_t size;        /* set by the initialiser */
	uint32_t dry_run;   /* not 0: say what would change, and write nothing */
	uint32_t rounding;  /* sc_rounding of a percentage: half up */
	int64_t step_minor; /* a percentage's result is a multiple of this, such as 5 or 100; 1..SC_PRICE_STEP_MAX */
	uint64_t reserved[4];
} sc_prices_options;

#define SC_PRICES_OPTIONS_INIT                                                                   \
	{                                                                                        \
		.size = sizeof(sc_prices_options), .rounding = SC_ROUND_HALF_UP, .step_minor = 1 \
	}

/**
 * Change the prices of many SKUs, in one read and one apply of the store.
 *
 * A SKU that is named twice is refused the second time. One that somebody changed between the read and the write is
 * read again, unless its version is the condition.
 * Ownership: `changes` is borrowed for the call; `options` may be NULL for the defaults; `out` is the caller's and has
 * room for `count`. Threads: any. Returns, in this order: SC_OVER_LIMIT above SC_BATCH_MAX; SC_BAD_ARGUMENT for an
 * option (err->field); SC_NO_MEMORY; what the store answers when nothing was written; SC_OK when every out[i].status
 * says what became of it: SC_BAD_ARGUMENT, SC_BAD_TEXT, SC_OVER_LIMIT or SC_OUT_OF_RANGE with the field, also for a
 * result above SC_AMOUNT_MAX; SC_NOT_FOUND; SC_NOT_ALLOWED; SC_CURRENCY_MISMATCH; SC_CHANGED (field version or was);
 * SC_EXISTS for a SKU that was named before; SC_BUSY; SC_DAMAGED; SC_OK.
 * Idempotent: with a price, or a condition, it is in effect; a percentage is not. Since: 0.1.
 */
SC_API sc_status sc_prices_change(sc_shop *shop, const sc_call *call, const sc_price_change *changes, size_t count,
                                  const sc_prices_options *options, sc_price_outcome *out, sc_error *err);

/* ---- files ----------------------------------------------------------------------------- */

/** A file of changes under way. Used by one thread at a time. */
typedef struct sc_prices_file sc_prices_file;

/** What became of one line. Blank lines have none. Borrowed for the call of `on_row`. */
typedef struct sc_prices_row {
	uint64_t line;                   /* from 1 */
	const char *sku;                 /* NULL when the line did not come so far as to say */
	const sc_price_outcome *outcome; /* error.field as the file calls it */
} sc_prices_row;

typedef struct sc_prices_file_options {
	size_t size;                                         /* set by the initialiser */
	const sc_prices_options *prices;                     /* of every change, copied; NULL: the defaults */
	uint32_t format;                                     /* sc_catalog_format: SC_CATALOG_JSONL */
	uint32_t batch_lines;                                /* lines written at once, 1..SC_BATCH_MAX: 1,000 */
	void (*on_row)(void *ctx, const sc_prices_row *row); /* NULL: only the summary is wanted */
	void *ctx;
	uint64_t reserved[4];
} sc_prices_file_options;

#define SC_PRICES_FILE_OPTIONS_INIT                                         \
	{                                                                   \
		.size = sizeof(sc_prices_file_options), .batch_lines = 1000 \
	}

/** lines = changed + unchanged + rejected; with a dry run, what would be. */
typedef struct sc_prices_summary {
	uint64_t lines, changed, unchanged, rejected;
	uint64_t reserved[4];
} sc_prices_summary;

/**
 * Begin a file of changes.
 *
 * Ownership: free `*out` with sc_prices_file_free(), before the shop is closed. `options` is borrowed for the call and
 * may be NULL for the defaults; its `ctx` until the file is freed. Threads: any. Returns, in this order:
 * SC_BAD_ARGUMENT or SC_OVER_LIMIT for an option (err->field); SC_NO_MEMORY; SC_OK. Idempotent: no, each call begins
 * another. Since: 0.1.
 */
SC_API sc_status sc_prices_file_new(sc_shop *shop, const sc_prices_file_options *options, sc_prices_file **out,
                                    sc_error *err);

/**
 * Hand in the next bytes of the file, cut anywhere. Whole lines are written in batches as they come.
 *
 * Calls `on_row` for each line of a batch that was decided. After any other status than SC_OK the file is over; what
 * was written stays. Ownership: `data` is borrowed for the call. Threads: one at a time.
 * Returns, in this order: SC_WRONG_STATE after a failure or sc_prices_file_finish(); SC_BAD_FORMAT, SC_BAD_TEXT or
 * SC_OVER_LIMIT for the first row of a table (field header); SC_NO_MEMORY; what the store answers; SC_OK. A line that
 * is wrong is no failure. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_prices_file_feed(sc_prices_file *file, const sc_call *call, const void *data, size_t size,
                                     sc_error *err);

/**
 * End the file: write what is left, also a last line without its end.
 *
 * Ownership: `out` may be NULL and is written on SC_OK only. Threads: one at a time.
 * Returns, in this order: SC_WRONG_STATE after a failure or when it was finished before; SC_NO_MEMORY; what the store
 * answers; SC_OK. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_prices_file_finish(sc_prices_file *file, const sc_call *call, sc_prices_summary *out,
                                       sc_error *err);

/**
 * Free a file of changes; one that was not finished just stops.
 *
 * Ownership: takes `file`; NULL does nothing. Threads: one at a time. Returns: nothing; cannot fail.
 * Idempotent: no, the object is gone. Since: 0.1.
 */
SC_API void sc_prices_file_free(sc_prices_file *file);

SC_END_DECLS

#endif
