/*
 * Every line of cases.jsonl is one test: a document, what has to stand in its result, and why. Every line of
 * refused.jsonl is one too: what has to be refused, with which status, and the JSON pointer to the place.
 *
 *     test_documents cases.jsonl refused.jsonl
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <shopcore/json.h>
#include <shopcore/pricing.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_MAX = 1000, FILE_MAX = 1 << 20 };

static bool same_scalar(const sc_json *wanted, const sc_json *got)
{
	if (sc_json_type_of(wanted) != sc_json_type_of(got))
		return false;
	if (sc_json_type_of(wanted) == SC_JSON_INT)
		return sc_json_int(wanted) == sc_json_int(got);
	if (sc_json_type_of(wanted) == SC_JSON_BOOL)
		return sc_json_is_true(wanted) == sc_json_is_true(got);
	const sc_bytes a = sc_json_text(wanted), b = sc_json_text(got);
	return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* Whether everything that is wanted stands in what was got. Objects may hold more, arrays may not. */
static bool contains(const sc_json *wanted, const sc_json *got)
{
	const bool is_array = sc_json_type_of(wanted) == SC_JSON_ARRAY;
	const sc_json *other = is_array ? sc_json_first(got) : NULL;
	char path[64];

	if (!is_array && sc_json_type_of(wanted) != SC_JSON_OBJECT) {
		if (!same_scalar(wanted, got))
			print_error("at %s: wanted %lld\n", sc_json_path(wanted, path, sizeof(path)),
			            (long long)sc_json_int(wanted));
		return same_scalar(wanted, got);
	}
	if (is_array && sc_json_count(wanted) != sc_json_count(got))
		return false;
	for (const sc_json *item = sc_json_first(wanted); item != NULL; item = sc_json_next(item)) {
		if (!contains(item, is_array ? other : sc_json_member(got, sc_json_key(item))))
			return false;
		other = sc_json_next(other);
	}
	return true;
}

/* The document of a case as bytes again: the reader keeps no text, so it is found in the line. */
static sc_bytes document_of(const char *line, const sc_json *test)
{
	const char *start = strstr(line, "\"document\": ");
	const sc_json *text = sc_json_member(test, "text");
	const char *end;

	if (text != NULL)
		return sc_json_text(text);
	assert_non_null(start);
	start += strlen("\"document\": ");
	end = strstr(start, ", \"expect\": ");
	if (end == NULL)
		end = strstr(start, ", \"error\": ");
	assert_non_null(end);
	return (sc_bytes){ start, (size_t)(end - start) };
}

static const sc_json *parse(sc_bytes json, sc_arena *arena)
{
	const sc_json *value = NULL;

	assert_int_equal(sc_json_parse(json, arena, NULL, &value, NULL), SC_OK);
	return value;
}

static void document_gives_what_is_expected(void **state)
{
	const char *line = *state;
	sc_error err = SC_ERROR_INIT;
	sc_arena arena;
	sc_bytes out;

	sc_arena_init(&arena, sc_env_default());
	const sc_json *test = parse((sc_bytes){ line, strlen(line) }, &arena);
	const sc_status status = sc_price_document(document_of(line, test), 0, &arena, &out, &err);
	if (status != SC_OK)
		print_error("refused at %s: %s\n", err.field, err.text);
	assert_int_equal(status, SC_OK);
	const bool same = contains(sc_json_member(test, "expect"), parse(out, &arena));
	if (!same)
		print_error("got %s\n", (const char *)out.data);
	assert_true(same);
	sc_arena_clear(&arena);
}

static void document_is_refused_where_it_is_wrong(void **state)
{
	const char *line = *state, *error, *at;
	sc_error err = SC_ERROR_INIT;
	sc_bytes out = { NULL, 0 };
	sc_arena arena;

	sc_arena_init(&arena, sc_env_default());
	const sc_json *test = parse((sc_bytes){ line, strlen(line) }, &arena);
	assert_int_equal(sc_json_get_text(test, "error", &error, NULL), SC_OK);
	assert_int_equal(sc_json_get_text(test, "at", &at, NULL), SC_OK);
	const sc_status status = sc_price_document(document_of(line, test), 0, &arena, &out, &err);
	assert_string_equal(sc_status_name(status), error);
	assert_int_equal(err.status, status);
	assert_string_equal(err.field, at);
	assert_null(out.data);
	sc_arena_clear(&arena);
}

/* One test for each line of a file; the name is the line's "why". */
static size_t add_tests(const char *path, CMUnitTestFunction function, struct CMUnitTest *tests, size_t count,
                        sc_arena *arena)
{
	char *text = sc_arena_zalloc(arena, FILE_MAX), *rest = NULL;
	FILE *file = fopen(path, "rb");

	if (file == NULL || text == NULL || fread(text, 1, FILE_MAX - 1, file) == 0) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	fclose(file);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL && count < CASES_MAX;
	     line = strtok_r(NULL, "\n", &rest)) {
		const sc_json *test;
		const char *why;

		if (sc_json_parse((sc_bytes){ line, strlen(line) }, arena, NULL, &test, NULL) != SC_OK ||
		    sc_json_get_text(test, "why", &why, NULL) != SC_OK) {
			fprintf(stderr, "not a case: %s\n", line);
			exit(1);
		}
		tests[count++] = (struct CMUnitTest){ why, function, NULL, NULL, line };
	}
	return count;
}

int main(int argc, char **argv)
{
	static struct CMUnitTest tests[CASES_MAX];
	sc_arena arena;
	size_t count = 0;

	if (argc != 3)
		return 2;
	sc_arena_init(&arena, sc_env_default());
	count = add_tests(argv[1], document_gives_what_is_expected, tests, count, &arena);
	if (count < 150)
		return 1;
	count = add_tests(argv[2], document_is_refused_where_it_is_wrong, tests, count, &arena);
	const int failed = _cmocka_run_group_tests("documents", tests, count, NULL, NULL);
	sc_arena_clear(&arena);
	return failed;
}
