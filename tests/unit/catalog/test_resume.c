/* Imports that are broken off and go on. */
#include "catalog/file.h"

#define LINES 40

static struct file lines_of(int first, int count)
{
	struct file file = { NULL, 0 };
	for (int i = first; i < first + count; i++) {
		char line[128];
		int size = snprintf(line, sizeof(line),
		                    "{\"sku\":\"s%d\",\"name\":\"N %d\",\"price\":%d,\"currency\":\"USD\"}%s\n", i % 30,
		                    i, i, i % 7 == 3 ? "wrong" : "");
		file_write(&file, line, (size_t)size, NULL);
	}
	return file;
}

static sc_import_options named(const char *name)
{
	sc_import_options options = SC_IMPORT_OPTIONS_INIT;
	options.resume = name;
	options.batch_lines = 4;
	return options;
}

static size_t count_settings(struct world *w)
{
	sc_range range = { .kind = 14, .index = SC_BY_ADDRESS, .limit = 100 };
	sc_page page = { 0 };
	size_t count = 0, kinds;
	const sc_kind *kind = sc_kinds(&kinds);
	for (size_t i = 0; i < kinds; i++)
		if (strcmp(kind[i].name, "setting") == 0)
			range.kind = kind[i].number;
	assert_int_equal(w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &w->err),
	                 SC_OK);
	for (size_t i = 0; i < page.count; i++)
		count += page.records[i].address.key_size > 7 && memcmp(page.records[i].address.key, "import.", 7) == 0;
	return count;
}

static void wherever_it_is_broken_off_it_ends_the_same(void **state)
{
	struct world *w = *state;
	struct file file = lines_of(0, LINES), whole;
	struct rejected rejected;
	sc_import_summary undisturbed, resumed;
	const sc_import_options options = named("f");
	assert_int_equal(import_pieces(w, options, file.data, file.size, 50, true, &rejected, &undisturbed), SC_OK);
	assert_int_equal(undisturbed.resumed_at, 0);
	whole = export_file(w, SC_CATALOG_JSONL);
	for (size_t cut = 1; cut < file.size; cut += 97) {
		struct world other;
		assert_int_equal(world_open(&other, sc_testkit_env_table(w->env)), SC_OK);
		assert_int_equal(import_pieces(&other, options, file.data, cut, 31, false, &rejected, &resumed), SC_OK);
		assert_int_equal(import_pieces(&other, options, file.data, file.size, 64, true, &rejected, &resumed),
		                 SC_OK);
		struct file again = export_file(&other, SC_CATALOG_JSONL);
		assert_int_equal(again.size, whole.size);
		assert_memory_equal(again.data, whole.data, whole.size);
		assert_int_equal(resumed.lines, undisturbed.lines);
		assert_int_equal(resumed.rejected, undisturbed.rejected);
		assert_int_equal(resumed.created, undisturbed.created);
		assert_int_equal(count_settings(&other), 0);
		file_free(&again);
		world_close(&other);
	}
	file_free(&whole);
	file_free(&file);
}

static void it_goes_on_behind_the_last_batch_and_says_so(void **state)
{
	struct world *w = *state;
	struct file file = lines_of(0, 20);
	struct rejected rejected;
	sc_import_summary summary;
	size_t ten = 0; /* bytes of the first ten lines */
	for (int lines = 0; lines < 10; ten++)
		lines += file.data[ten] == '\n';
	assert_int_equal(import_pieces(w, named("f"), file.data, ten, 64, false, &rejected, &summary), SC_OK);
	assert_int_equal(count_settings(w), 1);
	assert_int_equal(import_pieces(w, named("f"), file.data, file.size, 64, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.resumed_at, 9); /* two batches of four lines */
	assert_int_equal(rejected.count, 2);     /* lines 11 and 18; line 4 was told before */
	assert_int_equal(summary.rejected, 3);
	file_free(&file);
}

static void another_file_of_the_name_is_refused_once_and_then_starts_over(void **state)
{
	struct world *w = *state;
	struct file one = lines_of(0, 20), two = lines_of(1, 20);
	struct rejected rejected;
	sc_import_summary summary;
	assert_int_equal(import_pieces(w, named("f"), one.data, one.size / 2, 64, false, &rejected, &summary), SC_OK);
	assert_int_equal(import_pieces(w, named("f"), two.data, two.size, 64, true, &rejected, &summary), SC_CHANGED);
	assert_string_equal(w->err.field, "resume");
	assert_int_equal(import_pieces(w, named("f"), two.data, two.size, 64, true, &rejected, &summary), SC_OK);
	assert_int_equal(summary.resumed_at, 0);
	file_free(&one);
	file_free(&two);
}

static void a_file_that_became_shorter_is_another_one(void **state)
{
	struct world *w = *state;
	struct file file = lines_of(0, 20);
	struct rejected rejected;
	sc_import_summary summary;
	assert_int_equal(import_pieces(w, named("f"), file.data, file.size, 64, false, &rejected, &summary), SC_OK);
	assert_int_equal(import_pieces(w, named("f"), file.data, 100, 64, true, &rejected, &summary), SC_CHANGED);
	assert_int_equal(count_settings(w), 0);
	file_free(&file);
}

static void another_map_or_a_restart_begins_anew(void **state)
{
	struct world *w = *state;
	struct file file = lines_of(0, 20);
	struct rejected rejected;
	sc_import_summary summary;
	sc_import_options options = named("f");
	assert_int_equal(import_pieces(w, options, file.data, file.size / 2, 64, false, &rejected, &summary), SC_OK);
	options.restart = 1;
	assert_int_equal(import_pieces(w, options, file.data, file.size / 2, 64, false, &rejected, &summary), SC_OK);
	assert_int_equal(rejected.count, 1); /* line 4, told once more */
	options.restart = 0;
	options.map = SC_BYTES("{\"sku\":\"sku\",\"name\":\"sku\",\"price\":\"price\",\"currency\":\"currency\"}");
	assert_int_equal(import_pieces(w, options, file.data, file.size, 64, true, &rejected, &summary), SC_CHANGED);
	file_free(&file);
}

static void names_of_imports_have_their_limit(void **state)
{
	struct world *w = *state;
	char name[SC_ID_TEXT_MAX + 2];
	struct rejected rejected;
	sc_import_summary summary;
	memset(name, 'n', sizeof(name));
	name[SC_ID_TEXT_MAX] = '\0';
	assert_int_equal(import_pieces(w, named(name), "", 0, 1, true, &rejected, &summary), SC_OK);
	name[SC_ID_TEXT_MAX] = 'n';
	name[SC_ID_TEXT_MAX + 1] = '\0';
	sc_catalog_import *import;
	const sc_import_options options = named(name);
	assert_int_equal(sc_catalog_import_new(w->shop, &options, &import, &w->err), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "resume");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(wherever_it_is_broken_off_it_ends_the_same),
		world_test(it_goes_on_behind_the_last_batch_and_says_so),
		world_test(another_file_of_the_name_is_refused_once_and_then_starts_over),
		world_test(a_file_that_became_shorter_is_another_one),
		world_test(another_map_or_a_restart_begins_anew),
		world_test(names_of_imports_have_their_limit),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
