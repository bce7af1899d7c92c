/*
 * The index in PostgreSQL beside the one in FTS5, which is asked the same; and what comes in its way.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "private_postgres.h"

#include <libpq-fe.h>
#include <pthread.h>
#include <shopcore/postgres.h>
#include <shopcore/shopcore.h>

enum { PRODUCTS = 300 };

static struct private_postgres server;

struct world {
	char url[640];
	sc_search_index index;
	sc_arena arena;
	sc_error err;
};

static int up(void **state)
{
	static unsigned count;
	struct world *w = calloc(1, sizeof(*w));
	w->err = (sc_error)SC_ERROR_INIT;
	sc_arena_init(&w->arena, sc_env_default());
	snprintf(w->url, sizeof(w->url), "%s&schema=s%u", server.url, count++);
	assert_int_equal(sc_postgres_search_open(sc_env_default(), w->url, NULL, &w->index, &w->err), SC_OK);
	*state = w;
	return 0;
}

static int down(void **state)
{
	struct world *w = *state;
	w->index.ops->close(w->index.ctx);
	sc_arena_clear(&w->arena);
	free(w);
	return 0;
}

static sc_search_result ask(struct world *w, sc_search_index index, const char *words, const char *category)
{
	const sc_search_query query = { .size = sizeof(query), .words = words, .category = category, .limit = 100 };
	sc_search_result result;
	assert_int_equal(index.ops->query(index.ctx, SC_CALL_SYSTEM, &query, &w->arena, &result, &w->err), SC_OK);
	return result;
}

static void put(struct world *w, sc_search_index index, const sc_search_document *documents, size_t count)
{
	assert_int_equal(index.ops->index(index.ctx, SC_CALL_SYSTEM, documents, count, &w->err), SC_OK);
}

/* ---- as in FTS5 ------------------------------------------------------------------------ */

struct shelf {
	char ids[PRODUCTS][16], names[PRODUCTS][64];
	sc_search_document documents[PRODUCTS];
};

static void fill(struct shelf *shelf)
{
	static const char *const colours[] = { "red", "blue", "Grün", "off-white", "black" };
	static const char *const things[] = { "Mug",        "mugs",       "Teapot",
		                              "phone 16GB", "men's shoe", "\xE8\x8C\xB6\xE5\xA3\xB6" };
	static const char *const makers[] = { "Acme", "Wedgwood & Co", "O'Neil" };
	static const char *const texts[] = { "A quiet friend for the morning.",
		                             "Runs, ran, running: the runner's choice.",
		                             "With a red lid<br>and a handle" };
	static const char *const kinds[] = { "kitchen", "phones", "a'b\\c" };
	for (size_t i = 0; i < PRODUCTS; i++) {
		snprintf(shelf->ids[i], sizeof(shelf->ids[i]), "p%03zu", i);
		snprintf(shelf->names[i], sizeof(shelf->names[i]), "%s %s", colours[i % 5], things[i % 6]);
		shelf->documents[i] = (sc_search_document){ .id = shelf->ids[i],
			                                    .version = i + 1,
			                                    .name = shelf->names[i],
			                                    .brand = makers[i % 3],
			                                    .description = texts[i / 2 % 3],
			                                    .categories = &kinds[i / 3 % 3],
			                                    .category_count = 1 };
	}
}

static void the_same_words_find_the_same_products_as_in_fts5(void **state)
{
	static const char *const typed[] = { "mug",
		                             "MUGS",
		                             "red mug",
		                             "mug in red",
		                             "16gb",
		                             "16 gb",
		                             "\"red mug\"",
		                             "gruen",
		                             "gr\xC3\xBCn",
		                             "wedg",
		                             "red phon",
		                             "off white",
		                             "off-white",
		                             "men's",
		                             "mens",
		                             "o'neil",
		                             "runner morning",
		                             "nothing here",
		                             "'; DROP --",
		                             "\xE8\x8C\xB6",
		                             "a & b | !c",
		                             "lid handle black",
		                             "\"",
		                             "running acme" };
	struct world *w = *state;
	struct shelf *shelf = calloc(1, sizeof(*shelf));
	sc_search_index other;
	fill(shelf);
	assert_int_equal(sc_fts5_open(sc_env_default(), ":memory:", &other, &w->err), SC_OK);
	put(w, w->index, shelf->documents, PRODUCTS);
	put(w, other, shelf->documents, PRODUCTS);
	for (size_t i = 0; i < sizeof(typed) / sizeof(typed[0]); i++) {
		uint64_t here = ask(w, w->index, typed[i], NULL).total, there = ask(w, other, typed[i], NULL).total;
		if (here != there)
			fail_msg("\"%s\": %d here, %d there", typed[i], (int)here, (int)there);
		assert_int_equal(ask(w, w->index, typed[i], "a'b\\c").total, ask(w, other, typed[i], "a'b\\c").total);
	}
	other.ops->close(other.ctx);
	free(shelf);
}

static void a_rare_word_counts_for_more_where_products_have_different_ones(void **state)
{
	struct world *w = *state;
	struct shelf *shelf = calloc(1, sizeof(*shelf));
	fill(shelf);
	for (size_t i = 0; i < PRODUCTS; i++)
		shelf->documents[i].name = i == 7 ? "alpaca" : "llama";
	put(w, w->index, shelf->documents, PRODUCTS);
	sc_search_result result = ask(w, w->index, "llama alpaca", NULL);
	assert_int_equal(result.total, PRODUCTS);
	assert_string_equal(result.hits[0].id, "p007");
	free(shelf);
}

/* ---- what comes in its way --------------------------------------------------------------- */

static void a_long_description_is_searched_as_far_as_there_is_room(void **state)
{
	struct world *w = *state;
	const size_t size = 3000000;
	char *text = malloc(size + 1);
	for (size_t i = 0; i < size; i++)
		text[i] = i % 12 == 11 ? ' ' : (char)('a' + (i * 7 + i / 12 * 13 + i / 500) % 26);
	memcpy(text, "beginning   ", 12);
	text[size] = '\0';
	const sc_search_document document = { .id = "long", .version = 1, .name = "long", .description = text };
	put(w, w->index, &document, 1);
	assert_int_equal(ask(w, w->index, "beginning", NULL).total, 1);
	free(text);
}

struct writer {
	struct world *w;
	struct shelf *shelf;
	bool backwards;
	sc_status status;
};

static void *write_all(void *argument)
{
	struct writer *writer = argument;
	sc_search_document documents[PRODUCTS];
	sc_error err = SC_ERROR_INIT;
	for (size_t i = 0; i < PRODUCTS; i++)
		documents[i] = writer->shelf->documents[writer->backwards ? PRODUCTS - 1 - i : i];
	sc_search_index index = writer->w->index;
	writer->status = index.ops->index(index.ctx, SC_CALL_SYSTEM, documents, PRODUCTS, &err);
	return NULL;
}

static void two_who_write_the_same_products_do_not_stop_each_other(void **state)
{
	struct world *w = *state;
	struct shelf *shelf = calloc(1, sizeof(*shelf));
	struct writer writers[2] = { { w, shelf, false, SC_OK }, { w, shelf, true, SC_OK } };
	pthread_t threads[2];
	fill(shelf);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, write_all, &writers[i]), 0);
	for (size_t i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(writers[0].status, SC_OK);
	assert_int_equal(writers[1].status, SC_OK);
	assert_int_equal(ask(w, w->index, "mug", NULL).total, 100);
	free(shelf);
}

static void an_index_of_a_later_library_is_left_alone(void **state)
{
	struct world *w = *state;
	char sql[96];
	sc_search_index second;
	PGconn *pg = PQconnectdb(server.url);
	snprintf(sql, sizeof(sql), "UPDATE %s_search.followed SET shape = 99", strstr(w->url, "schema=") + 7);
	PQclear(PQexec(pg, sql));
	PQfinish(pg);
	assert_int_equal(sc_postgres_search_open(sc_env_default(), w->url, NULL, &second, &w->err), SC_SCHEMA_TOO_NEW);
}

static void a_schema_without_room_for_the_index_behind_it_is_bad_input(void **state)
{
	char url[800];
	sc_search_index index;
	sc_error err = SC_ERROR_INIT;
	(void)state;
	snprintf(url, sizeof(url), "%s&schema=%056d", server.url, 0);
	assert_int_equal(sc_postgres_search_open(sc_env_default(), url, NULL, &index, &err), SC_OK);
	index.ops->close(index.ctx);
	snprintf(url, sizeof(url), "%s&schema=%057d", server.url, 0);
	assert_int_equal(sc_postgres_search_open(sc_env_default(), url, NULL, &index, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "schema");
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_same_words_find_the_same_products_as_in_fts5),
		TEST(a_rare_word_counts_for_more_where_products_have_different_ones),
		TEST(a_long_description_is_searched_as_far_as_there_is_room),
		TEST(two_who_write_the_same_products_do_not_stop_each_other),
		TEST(an_index_of_a_later_library_is_left_alone),
		cmocka_unit_test(a_schema_without_room_for_the_index_behind_it_is_bad_input),
	};
	if (!private_postgres_start(&server, NULL))
		return PRIVATE_POSTGRES_SKIP;
	int failed = cmocka_run_group_tests_name("search in postgres", tests, NULL, NULL);
	private_postgres_stop(&server);
	return failed;
}
