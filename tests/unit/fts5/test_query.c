/*
 * What a shopper types, and what comes back.
 */
#include "fixture.h"

static void a_word_is_found_in_every_field(void **state)
{
	struct fixture *f = *state;
	const char *attributes[] = { "colour", "turquoise" }, *categories[] = { "kitchenware" }, *skus[] = { "MUG77" };
	sc_search_document document = named("p1", "Mug");
	document.brand = "Potter";
	document.description = "Stoneware for coffee";
	document.attributes = attributes;
	document.attribute_count = 1;
	document.categories = categories;
	document.category_count = 1;
	document.skus = skus;
	document.sku_count = 1;
	put(f, document);
	static const char *const words[] = { "mug",    "potter",    "stoneware",   "coffee",
		                             "colour", "turquoise", "kitchenware", "mug77" };
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		assert_finds(f, words[i], "p1");
}

static void a_name_weighs_more_than_a_description(void **state)
{
	struct fixture *f = *state;
	sc_search_document described = named("a", "Tray");
	described.description = "Holds a teapot";
	put(f, described);
	put(f, named("b", "Teapot"));
	assert_finds(f, "teapot", "b a");
}

static void words_meet_whatever_their_ending_case_or_marks(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Running shoes"));
	put(f, named("b", "Crème brûlée DISH"));
	put(f, named("c", "Straße map"));
	assert_finds(f, "shoe for a run", "a");
	assert_finds(f, "CREME BRULEE", "b");
	assert_finds(f, "brûlées", "b");
	assert_finds(f, "STRASSE", "c");
}

static void letters_and_digits_meet_with_and_without_a_space(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Phone 64GB"));
	put(f, named("b", "Phone 64 GB"));
	put(f, named("c", "Phone 128 GB, 64 colours"));
	assert_finds(f, "64gb", "a b c"); /* c has both words, but apart */
	put(f, named("d", "Cartridge C4872A"));
	assert_finds(f, "c4872a", "d");
}

static void the_last_word_may_be_unfinished(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Saucepan lid"));
	assert_finds(f, "sauc", "a");
	assert_finds(f, "lid sauc", "a");
}

static void a_finished_word_does_not_drag_longer_ones_in(void **state)
{
	struct fixture *f = *state;
	for (char id[] = "a"; id[0] <= 'e'; id[0]++)
		put(f, named(id, "AA battery"));
	put(f, named("z", "AAA battery"));
	assert_finds(f, "aa", "a b c d e");
}

static void products_with_all_words_come_before_those_with_some(void **state)
{
	struct fixture *f = *state;
	sc_search_document whole = named("z", "A very long name that says steel among other things");
	whole.description = "a kettle";
	put(f, whole);
	put(f, named("a", "Kettle kettle kettle"));
	put(f, named("b", "Steel"));
	sc_search_result result = ask(f, "steel kettle");
	assert_int_equal(result.count, 3);
	assert_string_equal(result.hits[0].id, "z");
}

static void many_exact_matches_keep_partial_ones_out(void **state)
{
	struct fixture *f = *state;
	for (char id[] = "a"; id[0] <= 'e'; id[0]++)
		put(f, named(id, "Steel kettle"));
	put(f, named("y", "Steel"));
	put(f, named("z", "Kettle"));
	sc_search_result result = ask(f, "steel kettle");
	assert_int_equal(result.total, 5);
	assert_string_equal(ids_of(f, result), "a b c d e");
}

static void text_in_quotation_marks_is_a_phrase(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Red wine glass"));
	put(f, named("0", "Wine glass, red"));
	assert_finds(f, "wine red", "0 a");
	assert_finds(f, "\"red wine\"", "a 0"); /* few, so what has the words but not the phrase follows */
}

static void small_words_count_only_when_alone(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Cover, chair"));
	put(f, named("b", "The The"));
	assert_finds(f, "a cover for the chair", "a");
	assert_finds(f, "the", "b");
}

static void no_text_reaches_the_query_language(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Plain plate"));
	static const char *const texts[] = { "plate\"", "\"plate", "plate*",   "name:plate",   "plate AND", "(plate",
		                             "-plate",  "^plate",  "plate)))", "{name}:plate", "plate' --", "+plate" };
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		assert_finds(f, texts[i], "a");
	assert_finds(f, "NEAR(plain plate)", "a");
	assert_finds(f, "plain NOT plate", "a");
	assert_int_equal(ask(f, "\"\"").count, 0);
	assert_int_equal(ask(f, "?!").count, 0);
	assert_int_equal(ask(f, "").count, 0);
	assert_int_equal(ask(f, "\xff\xfe").count, 0);
}

static void a_query_of_any_length_is_answered(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Word"));
	char words[5001];
	for (size_t i = 0; i < 5000; i++)
		words[i] = i % 5 == 4 ? ' ' : "word"[i % 5];
	words[5000] = '\0';
	assert_finds(f, words, "a");
	memset(words, 'x', 5000);
	assert_int_equal(ask(f, words).count, 0);
}

static void a_category_narrows(void **state)
{
	struct fixture *f = *state;
	const char *tea[] = { "tea" }, *both[] = { "coffee", "tea" };
	sc_search_document a = named("a", "Cup"), b = named("b", "Cup"), c = named("c", "Cup");
	a.categories = tea;
	a.category_count = 1;
	b.categories = both;
	b.category_count = 2;
	put(f, a);
	put(f, b);
	put(f, c);
	assert_string_equal(ids_of(f, ask_page(f, "cup", "tea", 0, 20)), "a b");
	assert_string_equal(ids_of(f, ask_page(f, "cup", "coffee", 0, 20)), "b");
	assert_int_equal(ask_page(f, "cup", "none", 0, 20).total, 0);
}

static void equal_scores_are_ordered_by_id_and_pages_fit_together(void **state)
{
	struct fixture *f = *state;
	for (char id[] = "j"; id[0] >= 'a'; id[0]--)
		put(f, named(id, "Spoon"));
	assert_string_equal(ids_of(f, ask_page(f, "spoon", NULL, 0, 4)), "a b c d");
	assert_string_equal(ids_of(f, ask_page(f, "spoon", NULL, 4, 4)), "e f g h");
	sc_search_result last = ask_page(f, "spoon", NULL, 8, 4);
	assert_string_equal(ids_of(f, last), "i j");
	assert_int_equal(last.total, 10);
	assert_int_equal(ask_page(f, "spoon", NULL, 10, 4).count, 0);
}

static sc_status query_status(struct fixture *f, const char *words, uint32_t offset, uint32_t limit)
{
	sc_search_query query = { .size = sizeof query, .words = words, .offset = offset, .limit = limit };
	sc_search_result result;
	return f->index.ops->query(f->index.ctx, SC_CALL_SYSTEM, &query, &f->arena, &result, &f->err);
}

static void limits_of_a_page_are_kept(void **state)
{
	struct fixture *f = *state;
	assert_int_equal(query_status(f, "x", 0, 1), SC_OK);
	assert_int_equal(query_status(f, "x", 0, 0), SC_OVER_LIMIT);
	assert_string_equal(f->err.field, "limit");
	assert_int_equal(query_status(f, "x", 0, 1000), SC_OK);
	assert_int_equal(query_status(f, "x", 0, 1001), SC_OVER_LIMIT);
	assert_int_equal(query_status(f, "x", 9000, 1000), SC_OK);
	assert_int_equal(query_status(f, "x", 9001, 1000), SC_OVER_LIMIT);
	assert_string_equal(f->err.field, "offset");
	assert_int_equal(query_status(f, NULL, 0, 1), SC_BAD_ARGUMENT);
	assert_string_equal(f->err.field, "words");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_word_is_found_in_every_field),
		test(a_name_weighs_more_than_a_description),
		test(words_meet_whatever_their_ending_case_or_marks),
		test(letters_and_digits_meet_with_and_without_a_space),
		test(the_last_word_may_be_unfinished),
		test(a_finished_word_does_not_drag_longer_ones_in),
		test(products_with_all_words_come_before_those_with_some),
		test(many_exact_matches_keep_partial_ones_out),
		test(text_in_quotation_marks_is_a_phrase),
		test(small_words_count_only_when_alone),
		test(no_text_reaches_the_query_language),
		test(a_query_of_any_length_is_answered),
		test(a_category_narrows),
		test(equal_scores_are_ordered_by_id_and_pages_fit_together),
		test(limits_of_a_page_are_kept),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
