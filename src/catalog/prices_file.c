/*
 * Prices from a file: records become changes, changes are made in batches, and each line has its row in the report.
 */
#include "base/arena.h"
#include "base/error.h"
#include "catalog/body.h"
#include "catalog/prices.h"
#include "catalog/records.h"
#include "catalog/seen.h"
#include "core/handle.h"

#include <string.h>

struct sc_prices_file {
	sc_shop *shop;
	sc_prices_file_options options;
	sc_prices_options prices;
	sc__records records;
	sc__seen skus;  /* that earlier batches named */
	sc_arena kept;  /* as long as the file */
	sc_arena lines; /* as long as a batch */
	bool over;
	sc_prices_summary summary;
	/* A batch: each line, and those that are changes. */
	uint64_t *line;
	sc_price_outcome *outcomes, *made;
	sc_price_change *changes;
	size_t *of_line; /* change + 1; 0: the line is none, and its outcome says why */
	const char **skus_of_lines;
	size_t count, change_count;
};

static sc_status no_memory(sc_error *err)
{
	return sc__fail(err, SC_NO_MEMORY, "no memory for a file of prices");
}

/* ---- a line ------------------------------------------------------------------------------ */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A decimal with at most three places, in thousandths. false: it is none, or does not fit. */
static bool read_milli(const char *text, int64_t *out)
{
	bool negative = text[0] == '-';
	int64_t value = 0;
	int places = -1; /* -1: before the point */
	const char *at = text + negative;
	if (!is_digit(*at))
		return false;
	for (; *at != '\0'; at++) {
		if (*at == '.' && places < 0 && is_digit(at[1])) {
			places = 0;
			continue;
		}
		if (!is_digit(*at) || (places >= 3 && *at != '0') || value > INT32_MAX)
			return false;
		if (places >= 3)
			continue;
		value = value * 10 + (*at - '0');
		places += places >= 0;
	}
	for (int i = places < 0 ? 0 : places; i < 3; i++)
		value *= 10;
	*out = negative ? -value : value;
	return true;
}

/* A member as text: of a table all are, and numbers were written as digits. NULL: absent. */
static const char *text_of(const sc_json *line, const char *key, sc_arena *arena, bool *failed)
{
	const sc_json *value = sc_json_member(line, key);
	sc_json_type type = sc_json_type_of(value);
	if (type == SC_JSON_ABSENT || type == SC_JSON_NULL)
		return NULL;
	if (type == SC_JSON_TEXT || type == SC_JSON_NUMBER)
		return sc_json_text(value).data;
	const char *text = type == SC_JSON_INT ? sc__number_text(value, arena) : "";
	*failed |= text == NULL;
	return text;
}

static sc_status get_int(const sc_json *line, const char *key, sc_arena *arena, int64_t *out, bool *there,
                         sc_error *err)
{
	const sc_json *number;
	bool failed = false;
	const char *text = text_of(line, key, arena, &failed);
	*there = text != NULL;
	if (text == NULL)
		return failed ? no_memory(err) : SC_OK;
	sc_status status = sc_json_parse((sc_bytes){ text, strlen(text) }, arena, NULL, &number, NULL);
	if (status == SC_NO_MEMORY)
		return no_memory(err);
	if (status != SC_OK || sc_json_type_of(number) != SC_JSON_INT)
		return sc__bad(err, SC_BAD_FORMAT, key, "must be an integer");
	*out = sc_json_int(number);
	return SC_OK;
}

static sc_status get_percent(const sc_json *line, sc_arena *arena, sc_price_change *out, bool *there, sc_error *err)
{
	bool failed = false;
	int64_t milli = 0;
	const char *text = text_of(line, "percent", arena, &failed);
	*there = text != NULL;
	if (text == NULL)
		return failed ? no_memory(err) : SC_OK;
	if (!read_milli(text, &milli))
		return sc__bad(err, SC_BAD_FORMAT, "percent", "must be a decimal with at most three places");
	if (milli < SC_PERCENT_MILLI_MIN || milli > SC_PERCENT_MILLI_MAX)
		return sc__bad(err, SC_OUT_OF_RANGE, "percent", "must be -100 to 1000");
	out->percent_milli = (int32_t)milli;
	return SC_OK;
}

static sc_status get_conditions(const sc_json *line, sc_arena *arena, sc_price_change *out, sc_error *err)
{
	int64_t version = 0;
	bool there = false, failed = false;
	const char *currency = text_of(line, "currency", arena, &failed);
	sc_status status = get_int(line, "was", arena, &out->was_minor, &there, err);
	out->flags |= there ? SC_PRICE_IF_WAS : 0;
	if (status == SC_OK)
		status = get_int(line, "version", arena, &version, &there, err);
	out->flags |= status == SC_OK && there ? SC_PRICE_IF_VERSION : 0;
	out->version = (uint64_t)version;
	if (status != SC_OK || currency == NULL)
		return failed ? no_memory(err) : status;
	if (strlen(currency) != 3)
		return sc__bad(err, SC_BAD_CURRENCY, "currency", "no such currency");
	memcpy(out->currency, currency, 4);
	out->flags |= SC_PRICE_IF_CURRENCY;
	return SC_OK;
}

static sc_status read_change(const sc_json *line, sc_arena *arena, sc_price_change *out, sc_error *err)
{
	bool price = false, percent = false, failed = false;
	*out = (sc_price_change){ .sku = NULL };
	if (sc_json_type_of(line) != SC_JSON_OBJECT)
		return sc__bad(err, SC_BAD_FORMAT, "line", "must be an object");
	out->sku = text_of(line, "sku", arena, &failed);
	if (out->sku == NULL || out->sku[0] == '\0')
		return failed ? no_memory(err) : sc__bad(err, SC_BAD_ARGUMENT, "sku", "is missing");
	sc_status status = get_int(line, "price", arena, &out->price_minor, &price, err);
	if (status == SC_OK)
		status = get_percent(line, arena, out, &percent, err);
	if (status == SC_OK && price == percent)
		status = sc__bad(err, SC_BAD_ARGUMENT, "price", "there must be one of price and percent");
	out->flags |= percent ? SC_PRICE_PERCENT : 0;
	return status == SC_OK ? get_conditions(line, arena, out, err) : status;
}

/* ---- batches ----------------------------------------------------------------------------- */

static void report(sc_prices_file *file)
{
	for (size_t i = 0; i < file->count; i++) {
		const sc_price_outcome *outcome = file->of_line[i] > 0 ? &file->made[file->of_line[i] - 1]
		                                                       : &file->outcomes[i];
		bool same = outcome->before_minor == outcome->after_minor;
		const sc_prices_row row = { .line = file->line[i], .sku = file->skus_of_lines[i], .outcome = outcome };
		file->summary.lines++;
		file->summary.rejected += outcome->status != SC_OK;
		file->summary.unchanged += outcome->status == SC_OK && same;
		file->summary.changed += outcome->status == SC_OK && !same;
		if (file->options.on_row != NULL)
			file->options.on_row(file->options.ctx, &row);
	}
}

static sc_status flush(sc_prices_file *file, const sc_call *call, sc_error *err)
{
	sc_status status = sc_prices_change(file->shop, call, file->changes, file->change_count, &file->prices,
	                                    file->made, err);
	if (status != SC_OK)
		return status;
	report(file);
	file->count = file->change_count = 0;
	sc_arena_reset(&file->lines);
	return SC_OK;
}

/* Read a record as a change, unless an earlier batch named its SKU. */
static sc_status read_entry(sc_prices_file *file, sc_bytes record, bool too_long, sc_price_change *change,
                            sc_error *row_err, sc_error *err)
{
	const sc_json *object;
	if (too_long)
		return sc__bad(row_err, SC_OVER_LIMIT, "line", "longer than %d bytes", SC_PRICE_LINE_MAX);
	sc_status status = sc__records_read(&file->records, record, &file->lines, &object, row_err);
	if (status == SC_OK)
		status = read_change(object, &file->lines, change, row_err);
	if (status == SC_OK && sc__seen_has(&file->skus, change->sku))
		status = sc__bad(row_err, SC_EXISTS, "sku", "an earlier line has this SKU");
	else if (status == SC_OK && !sc__seen_add(&file->skus, change->sku))
		status = SC_NO_MEMORY;
	return status == SC_NO_MEMORY ? no_memory(err) : status;
}

static sc_status take_record(void *ctx, const sc_call *call, sc_bytes record, bool too_long, sc_error *err)
{
	sc_prices_file *file = ctx;
	bool header = false;
	if (!too_long && sc__record_is_blank(record))
		return SC_OK;
	sc_status status = too_long ? SC_OK : sc__records_header(&file->records, record, &file->kept, &header, err);
	if (status != SC_OK || header)
		return status;
	sc_price_change *change = &file->changes[file->change_count];
	sc_price_outcome *outcome = &file->outcomes[file->count];
	*change = (sc_price_change){ .sku = NULL };
	*outcome = (sc_price_outcome){ .error = SC_ERROR_INIT };
	status = read_entry(file, record, too_long, change, &outcome->error, err);
	if (status == SC_NO_MEMORY)
		return status;
	outcome->status = status;
	file->line[file->count] = file->records.line;
	file->skus_of_lines[file->count] = change->sku;
	file->of_line[file->count++] = status == SC_OK ? ++file->change_count : 0;
	return file->count == file->options.batch_lines ? flush(file, call, err) : SC_OK;
}

/* ---- the calls --------------------------------------------------------------------------- */

static sc_status check_options(const sc_prices_file_options *options, sc_error *err)
{
	if (options->format != SC_CATALOG_JSONL && options->format != SC_CATALOG_CSV)
		return sc__bad(err, SC_BAD_ARGUMENT, "format", "no such format");
	if (options->batch_lines < 1)
		return sc__bad(err, SC_BAD_ARGUMENT, "batch_lines", "must be at least 1");
	if (options->batch_lines > SC_BATCH_MAX)
		return sc__bad(err, SC_OVER_LIMIT, "batch_lines", "at most %d", SC_BATCH_MAX);
	return options->prices != NULL ? sc__prices_options_check(options->prices, err) : SC_OK;
}

static sc_status make_batch(sc_prices_file *file, sc_error *err)
{
	size_t n = file->options.batch_lines;
	file->line = sc__arena_array(&file->kept, n, sizeof(*file->line));
	file->outcomes = sc__arena_array(&file->kept, n, sizeof(*file->outcomes));
	file->made = sc__arena_array(&file->kept, n, sizeof(*file->made));
	file->changes = sc__arena_array(&file->kept, n, sizeof(*file->changes));
	file->of_line = sc__arena_array(&file->kept, n, sizeof(*file->of_line));
	file->skus_of_lines = sc__arena_array(&file->kept, n, sizeof(*file->skus_of_lines));
	bool complete = file->line != NULL && file->outcomes != NULL && file->made != NULL && file->changes != NULL &&
	                file->of_line != NULL && file->skus_of_lines != NULL;
	return complete ? SC_OK : no_memory(err);
}

sc_status sc_prices_file_new(sc_shop *shop, const sc_prices_file_options *options, sc_prices_file **out, sc_error *err)
{
	const sc_prices_file_options defaults = SC_PRICES_FILE_OPTIONS_INIT;
	const sc_env *env = shop->env;
	if (options == NULL)
		options = &defaults;
	sc_status status = check_options(options, err);
	if (status != SC_OK)
		return status;
	sc_prices_file *file = env->resize(env->ctx, NULL, sizeof(*file));
	if (file == NULL)
		return no_memory(err);
	*file = (sc_prices_file){ .shop = shop, .options = *options, .prices = SC_PRICES_OPTIONS_INIT };
	if (options->prices != NULL)
		file->prices = *options->prices;
	sc_arena_init(&file->kept, env);
	sc_arena_init(&file->lines, env);
	sc__seen_init(&file->skus, env);
	sc__records_init(&file->records, env, (sc_catalog_format)options->format, SC_PRICE_LINE_MAX, take_record, file);
	status = make_batch(file, err);
	if (status != SC_OK)
		sc_prices_file_free(file);
	else
		*out = file;
	return status;
}

void sc_prices_file_free(sc_prices_file *file)
{
	if (file == NULL)
		return;
	const sc_env *env = file->shop->env;
	sc__records_clear(&file->records);
	sc__seen_clear(&file->skus);
	sc_arena_clear(&file->lines);
	sc_arena_clear(&file->kept);
	env->resize(env->ctx, file, 0);
}

sc_status sc_prices_file_feed(sc_prices_file *file, const sc_call *call, const void *data, size_t size, sc_error *err)
{
	if (file->over)
		return sc__fail(err, SC_WRONG_STATE, "this file is over");
	sc_status status = sc__records_feed(&file->records, call, data, size, err);
	file->over = status != SC_OK;
	return status;
}

sc_status sc_prices_file_finish(sc_prices_file *file, const sc_call *call, sc_prices_summary *out, sc_error *err)
{
	if (file->over)
		return sc__fail(err, SC_WRONG_STATE, "this file is over");
	sc_status status = sc__records_end(&file->records, call, err);
	if (status == SC_OK)
		status = flush(file, call, err);
	file->over = true;
	if (status == SC_OK && out != NULL)
		*out = file->summary;
	return status;
}
