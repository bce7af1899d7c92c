/*
 * Feeding the index: versions, removal, how far it has followed, files, failing memory.
 */
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

static void a_newer_version_replaces_all_of_a_product(void **state)
{
	struct fixture *f = *state;
	const char *tea[] = { "tea" };
	sc_search_document document = named("a", "Cup");
	document.categories = tea;
	document.category_count = 1;
	put(f, document);
	document = named("a", "Bowl");
	document.version = 2;
	put(f, document);
	assert_int_equal(ask(f, "cup").count, 0);
	assert_int_equal(ask_page(f, "bowl", "tea", 0, 20).count, 0);
	assert_finds(f, "bowl", "a");
}

static void a_lower_version_is_ignored(void **state)
{
	struct fixture *f = *state;
	sc_search_document document = named("a", "Bowl");
	document.version = 7;
	put(f, document);
	document = named("a", "Cup");
	document.version = 6;
	put(f, document);
	assert_finds(f, "bowl", "a");
	assert_int_equal(ask(f, "cup").count, 0);
}

static void version_0_removes(void **state)
{
	struct fixture *f = *state;
	put(f, named("a", "Bowl"));
	sc_search_document gone = named("a", NULL), never = named("b", NULL);
	gone.version = never.version = 0;
	put(f, gone);
	put(f, never);
	assert_int_equal(ask(f, "bowl").count, 0);
	put(f, named("a", "Bowl"));
	assert_finds(f, "bowl", "a");
}

static void what_repeats_in_many_products_is_found_in_each(void **state)
{
	struct fixture *f = *state;
	static const char *const long_value =
		"A value that is longer than what an index remembers of texts, with words";
	const char *attributes[] = { "Colours", "Dark RED/16GB", "Notes", long_value };
	sc_search_document one = named("p1", "Lamp"), two = named("p2", "Desk"), three = named("p3", "Chair");
	one.attributes = two.attributes = attributes;
	one.attribute_count = two.attribute_count = 2;
	put(f, one);
	put(f, two);
	put(f, three);
	assert_string_equal(ids_of(f, ask(f, "colour red")), "p1 p2");
	assert_string_equal(ids_of(f, ask(f, "\"16 gb\"")), "p1 p2");
	assert_string_equal(ids_of(f, ask(f, "remembers")), "p1 p2");
}

static void a_product_without_an_id_keeps_the_batch_out(void **state)
{
	struct fixture *f = *state;
	sc_search_document documents[] = { named("a", "Bowl"), named("", "Cup") };
	assert_int_equal(f->index.ops->index(f->index.ctx, SC_CALL_SYSTEM, documents, 2, &f->err), SC_BAD_ARGUMENT);
	assert_int_equal(f->err.index, 1);
	assert_int_equal(ask(f, "bowl").count, 0);
}

static void it_remembers_how_far_it_followed_until_it_is_reset(void **state)
{
	struct fixture *f = *state;
	uint8_t incarnation[16], zero[16] = { 0 }, mine[16] = "0123456789abcde";
	uint64_t position = 9;
	assert_int_equal(f->index.ops->position(f->index.ctx, SC_CALL_SYSTEM, incarnation, &position, &f->err), SC_OK);
	assert_memory_equal(incarnation, zero, 16);
	assert_int_equal(position, 0);
	assert_int_equal(f->index.ops->follow(f->index.ctx, SC_CALL_SYSTEM, mine, 42, &f->err), SC_OK);
	assert_int_equal(f->index.ops->position(f->index.ctx, SC_CALL_SYSTEM, incarnation, &position, &f->err), SC_OK);
	assert_memory_equal(incarnation, mine, 16);
	assert_int_equal(position, 42);
	put(f, named("a", "Bowl"));
	assert_int_equal(f->index.ops->reset(f->index.ctx, SC_CALL_SYSTEM, &f->err), SC_OK);
	assert_int_equal(f->index.ops->position(f->index.ctx, SC_CALL_SYSTEM, incarnation, &position, &f->err), SC_OK);
	assert_memory_equal(incarnation, zero, 16);
	assert_int_equal(position, 0);
	assert_int_equal(ask(f, "bowl").count, 0);
}

static void merging_changes_no_answer(void **state)
{
	struct fixture *f = *state;
	static const char *const names[] = { "Bowl", "Cup", "Fork", "Plate" };
	char id[] = "aa";
	for (id[0] = 'a'; id[0] <= 'h'; id[0]++)
		for (id[1] = 'a'; id[1] <= 'd'; id[1]++)
			put(f, named(id, names[id[1] - 'a']));
	assert_int_equal(f->index.ops->maintain(f->index.ctx, SC_CALL_SYSTEM, 1000, &f->err), SC_OK);
	assert_finds(f, "cup", "ab bb cb db eb fb gb hb");
}

/* A second index in the same world. */
static struct fixture another(const struct fixture *f)
{
	struct fixture other = { .world = f->world, .env = f->env };
	sc_arena_init(&other.arena, f->env);
	return other;
}

static void close_other(struct fixture *other)
{
	other->index.ops->close(other->index.ctx);
	sc_arena_clear(&other->arena);
}

/* ---- files ----------------------------------------------------------------------------- */

struct file {
	char folder[64], path[96];
};

static struct file a_file(void)
{
	struct file file = { "/tmp/shopcore-fts5-XXXXXX", "" };
	assert_non_null(mkdtemp(file.folder));
	snprintf(file.path, sizeof file.path, "%s/search", file.folder);
	return file;
}

static void remove_file(const struct file *file)
{
	static const char *const endings[] = { "", "-wal", "-shm", "-lock" };
	char path[128];
	for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
		snprintf(path, sizeof path, "%s%s", file->path, endings[i]);
		unlink(path);
	}
	assert_int_equal(rmdir(file->folder), 0);
}

static void an_index_in_a_file_is_there_after_opening_it_again(void **state)
{
	struct fixture *f = *state, other = another(f);
	struct file file = a_file();
	assert_int_equal(sc_fts5_open(f->env, file.path, &other.index, &f->err), SC_OK);
	put(&other, named("a", "Bowl"));
	other.index.ops->close(other.index.ctx);
	assert_int_equal(sc_fts5_open(f->env, file.path, &other.index, &f->err), SC_OK);
	assert_finds(&other, "bowl", "a");
	close_other(&other);
	remove_file(&file);
}

static void a_second_handle_sees_what_the_first_wrote(void **state)
{
	struct fixture *f = *state, one = another(f), two = another(f);
	struct file file = a_file();
	assert_int_equal(sc_fts5_open(f->env, file.path, &one.index, &f->err), SC_OK);
	assert_int_equal(sc_fts5_open(f->env, file.path, &two.index, &f->err), SC_OK);
	put(&one, named("a", "Bowl"));
	assert_finds(&two, "bowl", "a");
	put(&two, named("b", "Bowl"));
	assert_finds(&one, "bowl", "a b");
	close_other(&one);
	close_other(&two);
	remove_file(&file);
}

static void it_refuses_to_be_used_in_a_child_process(void **state)
{
	struct fixture *f = *state;
	pid_t child = fork();
	if (child == 0) {
		sc_search_query query = { .size = sizeof query, .words = "x", .limit = 1 };
		sc_search_result result;
		sc_status status = f->index.ops->query(f->index.ctx, SC_CALL_SYSTEM, &query, &f->arena, &result, NULL);
		_exit(status == SC_STORE_FAILED ? 0 : 1);
	}
	int status = -1;
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void a_file_that_is_no_index_is_called_damaged(void **state)
{
	struct fixture *f = *state;
	struct file file = a_file();
	int descriptor = open(file.path, O_CREAT | O_WRONLY, 0600);
	char text[4096];
	memset(text, 'x', sizeof text);
	assert_int_equal(write(descriptor, text, sizeof text), sizeof text);
	close(descriptor);
	sc_search_index index;
	assert_int_equal(sc_fts5_open(f->env, file.path, &index, &f->err), SC_DAMAGED);
	remove_file(&file);
}

static void names_that_are_none_are_refused(void **state)
{
	struct fixture *f = *state;
	sc_search_index index;
	assert_int_equal(sc_fts5_open(f->env, "", &index, &f->err), SC_BAD_ARGUMENT);
	assert_string_equal(f->err.field, "name");
	assert_int_equal(sc_fts5_open(f->env, NULL, &index, &f->err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_fts5_open(f->env, "fts5:", &index, &f->err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_fts5_open(f->env, ":else:", &index, &f->err), SC_BAD_ARGUMENT);
	assert_int_equal(sc_fts5_open(f->env, "/nowhere/at/all", &index, &f->err), SC_IO_FAILED);
	char name[5000];
	memset(name, 'a', sizeof name);
	name[4000] = '\0';
	assert_int_equal(sc_fts5_open(f->env, name, &index, &f->err), SC_OVER_LIMIT);
}

static void every_allocation_may_fail(void **state)
{
	struct fixture *f = *state;
	for (uint64_t nth = 1;; nth++) {
		struct fixture other = *f;
		sc_testkit_env_fail_allocation(f->world, nth, false);
		sc_status status = sc_fts5_open(f->env, ":memory:", &other.index, &f->err);
		if (status == SC_OK) {
			sc_search_document document = named("a", "Bowl");
			status = other.index.ops->index(other.index.ctx, SC_CALL_SYSTEM, &document, 1, &f->err);
			if (status == SC_OK) {
				sc_search_query query = { .size = sizeof query, .words = "bowl", .limit = 1 };
				sc_search_result result;
				sc_arena_clear(&f->arena);
				status = other.index.ops->query(other.index.ctx, SC_CALL_SYSTEM, &query, &f->arena,
				                                &result, &f->err);
			}
			bool failed = sc_testkit_env_has_failed(f->world);
			sc_testkit_env_fail_allocation(f->world, 0, false);
			other.index.ops->close(other.index.ctx);
			if (!failed) {
				assert_int_equal(status, SC_OK);
				assert_true(nth > 3);
				return;
			}
		}
		assert_int_equal(status, SC_NO_MEMORY);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_newer_version_replaces_all_of_a_product),
		test(a_lower_version_is_ignored),
		test(version_0_removes),
		test(what_repeats_in_many_products_is_found_in_each),
		test(a_product_without_an_id_keeps_the_batch_out),
		test(it_remembers_how_far_it_followed_until_it_is_reset),
		test(merging_changes_no_answer),
		test(an_index_in_a_file_is_there_after_opening_it_again),
		test(a_second_handle_sees_what_the_first_wrote),
		test(it_refuses_to_be_used_in_a_child_process),
		test(a_file_that_is_no_index_is_called_damaged),
		test(names_that_are_none_are_refused),
		test(every_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
