/*
 * Pricing documents: whatever is priced adds up and is never below zero; whatever is refused is refused as bad
 * input; and nothing is answered then.
 */
#include "check.h"

#include <shopcore/json.h>
#include <shopcore/pricing.h>

#include <string.h>

static int64_t number(const sc_json *object, const char *key)
{
	int64_t value = 0;

	CHECK(sc_json_get_int(object, key, &value, NULL) == SC_OK);
	return value;
}

static void check_price(const sc_json *answer)
{
	int64_t discounts = 0, lines = 0;

	for (const sc_json *line = sc_json_first(sc_json_member(answer, "lines")); line != NULL;
	     line = sc_json_next(line)) {
		CHECK(number(line, "net") + number(line, "tax") == number(line, "gross"));
		CHECK(number(line, "discount") >= 0 && number(line, "net") >= 0);
		discounts += number(line, "discount");
		lines += number(line, "gross");
	}
	CHECK(discounts == number(answer, "items_discount"));
	CHECK(sc_json_count(sc_json_member(answer, "fees")) > 0 || lines == number(answer, "items_gross"));
	CHECK(number(answer, "total_net") + number(answer, "tax_total") == number(answer, "total_gross"));
	CHECK(number(answer, "total_net") >= 0 && number(answer, "total_gross") >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint32_t flags = size % 3 == 0 ? SC_PRICE_EXPLAIN : 0;
	sc_error err = SC_ERROR_INIT;
	sc_bytes out = { NULL, 0 };
	const sc_json *answer;
	sc_arena arena;

	sc_arena_init(&arena, sc_env_default());
	const sc_status status = sc_price_document((sc_bytes){ data, size }, flags, &arena, &out, &err);
	if (status == SC_OK) {
		sc_json_options options = SC_JSON_OPTIONS_INIT;
		options.size_max = 1 << 28;
		CHECK(sc_json_parse(out, &arena, &options, &answer, NULL) == SC_OK);
		if (sc_json_member(answer, "total_gross") != NULL)
			check_price(answer);
	} else {
		CHECK(sc_status_is_bad_input(status));
		CHECK(out.data == NULL && err.status == status);
		CHECK(err.field[0] == '\0' || err.field[0] == '/');
	}
	sc_arena_clear(&arena);
	return 0;
}
