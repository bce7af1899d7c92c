/*
 * A world with an empty search index in memory, and short ways to feed and ask it.
 */
#ifndef TEST_FTS5_FIXTURE_H
#define TEST_FTS5_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <shopcore/fts5.h>
#include <shopcore/testkit/env.h>

struct fixture {
	sc_testkit_env *world;
	const sc_env *env;
	sc_search_index index;
	sc_arena arena;
	sc_error err;
};

static inline int set_up(void **state)
{
	static struct fixture f;
	memset(&f, 0, sizeof f);
	f.world = sc_testkit_env_new(1);
	f.env = sc_testkit_env_table(f.world);
	sc_arena_init(&f.arena, f.env);
	assert_int_equal(sc_fts5_open(f.env, ":memory:", &f.index, &f.err), SC_OK);
	*state = &f;
	return 0;
}

static inline int tear_down(void **state)
{
	struct fixture *f = *state;
	f->index.ops->close(f->index.ctx);
	sc_arena_clear(&f->arena);
	assert_int_equal(sc_testkit_env_live_blocks(f->world), 0);
	sc_testkit_env_free(f->world);
	return 0;
}

static inline sc_search_document named(const char *id, const char *name)
{
	return (sc_search_document){ .id = id, .version = 1, .name = name, .price_minor = -1, .rating_milli = -1 };
}

static inline void put(struct fixture *f, sc_search_document document)
{
	assert_int_equal(f->index.ops->index(f->index.ctx, SC_CALL_SYSTEM, &document, 1, &f->err), SC_OK);
}

static inline sc_search_result ask_page(struct fixture *f, const char *words, const char *category, uint32_t offset,
                                        uint32_t limit)
{
	sc_search_query query = {
		.size = sizeof query, .words = words, .category = category, .offset = offset, .limit = limit
	};
	sc_search_result result = { 0 };
	assert_int_equal(f->index.ops->query(f->index.ctx, SC_CALL_SYSTEM, &query, &f->arena, &result, &f->err), SC_OK);
	return result;
}

static inline sc_search_result ask(struct fixture *f, const char *words)
{
	return ask_page(f, words, NULL, 0, 20);
}

/* The ids of what was found, in order, with a space between them. */
static inline const char *ids_of(struct fixture *f, sc_search_result result)
{
	char text[1024] = "";
	for (size_t i = 0; i < result.count; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, result.hits[i].id);
	}
	return sc_arena_dup(&f->arena, text, strlen(text));
}

#define assert_finds(f, words, ids) assert_string_equal(ids_of((f), ask((f), (words))), (ids))
#define test(name)                  cmocka_unit_test_setup_teardown(name, set_up, tear_down)

#endif
