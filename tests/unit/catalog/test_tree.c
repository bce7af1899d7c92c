/* Changing the tree of categories: renaming, removing, moving with all that is below. */
#include "catalog/world.h"

#include <shopcore/faulty.h>

static sc_category read_category(struct world *w, const char *id)
{
	sc_category category;
	assert_int_equal(sc_category_get(w->shop, SC_CALL_SYSTEM, id, &w->arena, &category, &w->err), SC_OK);
	return category;
}

/* The ids of the products that a category lists, with a space between them. */
static const char *listed(struct world *w, const char *category)
{
	const sc_catalog_page page = { .limit = SC_PAGE_MAX };
	sc_product_list list;
	char *text = sc_arena_zalloc(&w->arena, 8192);
	assert_int_equal(
		sc_product_list_by_category(w->shop, SC_CALL_SYSTEM, category, &page, &w->arena, &list, &w->err),
		SC_OK);
	for (size_t i = 0; i < list.count; i++) {
		strcat(text, i > 0 ? " " : "");
		strcat(text, list.products[i].id);
	}
	return text;
}

static void put_into(struct world *w, const char *id, const char *const *categories, size_t count)
{
	sc_product product = product_of(id, id, NULL, 0);
	product.categories = categories;
	product.category_count = count;
	create(w, &product);
}

/* a(b(c), d), x(y); p stands in c, q in b, r in b and d, s in y. */
static void plant(struct world *w)
{
	create_category(w, "a", NULL);
	create_category(w, "b", "a");
	create_category(w, "c", "b");
	create_category(w, "d", "a");
	create_category(w, "x", NULL);
	create_category(w, "y", "x");
	put_into(w, "p", (const char *const[]){ "a", "b", "c" }, 3);
	put_into(w, "q", (const char *const[]){ "a", "b" }, 2);
	put_into(w, "r", (const char *const[]){ "a", "b", "d" }, 3);
	put_into(w, "s", (const char *const[]){ "x", "y" }, 2);
}

static sc_category_progress move(struct world *w, const char *id, const char *parent)
{
	sc_category_progress all = { 0 }, some = { .more = true };
	while (some.more) {
		assert_int_equal(sc_category_move(w->shop, SC_CALL_SYSTEM, id, parent, 1, &some, &w->err), SC_OK);
		all.products += some.products;
		all.relisted += some.relisted;
		all.refused += some.refused;
	}
	return all;
}

static sc_status try_move(struct world *w, const char *id, const char *parent)
{
	sc_category_progress progress;
	return sc_category_move(w->shop, SC_CALL_SYSTEM, id, parent, 100, &progress, &w->err);
}

/* ---- names ------------------------------------------------------------------------------- */

static void a_category_gets_another_name(void **state)
{
	struct world *w = *state;
	uint64_t version;
	plant(w);
	sc_category b = read_category(w, "b");
	b.name = "Better";
	b.position = 7;
	assert_int_equal(sc_category_put(w->shop, SC_CALL_SYSTEM, &b, &version, &w->err), SC_OK);
	assert_string_equal(read_category(w, "b").name, "Better");
	assert_int_equal(read_category(w, "b").position, 7);
	assert_int_equal(read_category(w, "b").version, version);
	assert_string_equal(read_category(w, "b").parent, "a");
	assert_int_equal(sc_category_put(w->shop, SC_CALL_SYSTEM, &b, NULL, &w->err), SC_CHANGED);
	b.version = version;
	b.parent = "x";
	assert_int_equal(sc_category_put(w->shop, SC_CALL_SYSTEM, &b, NULL, &w->err), SC_WRONG_STATE);
	assert_string_equal(w->err.field, "parent");
	b.id = "nothing";
	assert_int_equal(sc_category_put(w->shop, SC_CALL_SYSTEM, &b, NULL, &w->err), SC_NOT_FOUND);
}

/* ---- removing ---------------------------------------------------------------------------- */

static void only_an_empty_category_is_removed(void **state)
{
	struct world *w = *state;
	plant(w);
	create_category(w, "e", "c");
	assert_int_equal(sc_category_delete(w->shop, SC_CALL_SYSTEM, "a", read_category(w, "a").version, &w->err),
	                 SC_WRONG_STATE);
	assert_string_equal(w->err.field, "children");
	assert_int_equal(sc_category_delete(w->shop, SC_CALL_SYSTEM, "d", read_category(w, "d").version, &w->err),
	                 SC_WRONG_STATE);
	assert_string_equal(w->err.field, "products");
	uint64_t version = read_category(w, "e").version;
	assert_int_equal(sc_category_delete(w->shop, SC_CALL_SYSTEM, "e", version + 1, &w->err), SC_CHANGED);
	assert_int_equal(sc_category_delete(w->shop, SC_CALL_SYSTEM, "e", version, &w->err), SC_OK);
	assert_int_equal(sc_category_delete(w->shop, SC_CALL_SYSTEM, "e", version, &w->err), SC_NOT_FOUND);
}

static void nothing_enters_a_category_that_is_gone(void **state)
{
	struct world *w = *state;
	create_category(w, "e", NULL);
	assert_int_equal(sc_category_delete(w->shop, SC_CALL_SYSTEM, "e", read_category(w, "e").version, &w->err),
	                 SC_OK);
	sc_product product = product_of("p", "P", NULL, 0);
	product.categories = (const char *const[]){ "e" };
	product.category_count = 1;
	assert_int_equal(sc_product_create(w->shop, SC_CALL_SYSTEM, &product, NULL, &w->err), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "categories[0]");
	const sc_category child = { .id = "f", .name = "F", .parent = "e" };
	assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &child, NULL, &w->err), SC_NOT_FOUND);
}

/* ---- moving ------------------------------------------------------------------------------ */

static void what_is_below_follows_into_what_is_above_now(void **state)
{
	struct world *w = *state;
	plant(w);
	sc_category_progress all = move(w, "b", "y");
	assert_int_equal(all.products, 3);
	assert_int_equal(all.relisted, 3);
	assert_string_equal(read_category(w, "b").parent, "y");
	assert_string_equal(listed(w, "b"), "p q r");
	assert_string_equal(listed(w, "c"), "p");
	assert_string_equal(listed(w, "x"), "p q r s");
	assert_string_equal(listed(w, "y"), "p q r s");
	assert_string_equal(listed(w, "a"), "r"); /* it stands in d, too */
	const sc_product p = read_product(w, "p");
	assert_int_equal(p.category_count, 4);
	assert_string_equal(p.categories[0], "x");
	assert_string_equal(p.categories[1], "y");
	assert_string_equal(p.categories[2], "b");
	assert_string_equal(p.categories[3], "c");
}

static void a_category_becomes_a_root_and_comes_back(void **state)
{
	struct world *w = *state;
	plant(w);
	move(w, "b", NULL);
	assert_null(read_category(w, "b").parent);
	assert_string_equal(listed(w, "a"), "r");
	move(w, "b", "a");
	assert_string_equal(listed(w, "a"), "p q r");
	assert_string_equal(read_product(w, "q").categories[0], "a");
}

static void a_move_within_one_branch_keeps_what_is_above_both(void **state)
{
	struct world *w = *state;
	plant(w);
	move(w, "c", "d");
	assert_string_equal(listed(w, "a"), "p q r");
	assert_string_equal(listed(w, "b"), "q r");
	assert_string_equal(listed(w, "d"), "p r");
}

static void a_move_that_was_made_changes_nothing_again(void **state)
{
	struct world *w = *state;
	plant(w);
	move(w, "b", "y");
	const uint64_t version = read_product(w, "p").version;
	assert_int_equal(move(w, "b", "y").products, 0);
	assert_int_equal(read_product(w, "p").version, version);
}

static void a_category_never_comes_below_itself(void **state)
{
	struct world *w = *state;
	plant(w);
	assert_int_equal(try_move(w, "a", "a"), SC_WRONG_STATE);
	assert_int_equal(try_move(w, "a", "c"), SC_WRONG_STATE);
	assert_string_equal(w->err.field, "parent");
	assert_int_equal(try_move(w, "a", "nothing"), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "parent");
	assert_int_equal(try_move(w, "nothing", "a"), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "id");
	assert_int_equal(try_move(w, "b", "y"), SC_OK);
	assert_int_equal(try_move(w, "x", "c"), SC_WRONG_STATE);
}

static void a_tree_has_so_many_levels(void **state)
{
	struct world *w = *state;
	char id[16], parent[16];
	for (int i = 0; i < SC_CATEGORY_DEPTH_MAX; i++) {
		snprintf(id, sizeof(id), "l%d", i);
		create_category(w, id, i > 0 ? parent : NULL);
		memcpy(parent, id, sizeof(id));
	}
	create_category(w, "leaf", NULL);
	snprintf(id, sizeof(id), "l%d", SC_CATEGORY_DEPTH_MAX - 2);
	assert_int_equal(try_move(w, "leaf", id), SC_OK);
	assert_int_equal(try_move(w, "leaf", parent), SC_LIMIT_REACHED);
}

static void one_that_would_stand_in_too_many_is_left_and_counted(void **state)
{
	struct world *w = *state;
	char names[SC_CATEGORIES_MAX][16];
	const char *categories[SC_CATEGORIES_MAX];
	create_category(w, "x", NULL);
	for (int i = 0; i < SC_CATEGORIES_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "n%d", i);
		categories[i] = names[i];
		create_category(w, names[i], NULL);
	}
	put_into(w, "full", categories, SC_CATEGORIES_MAX);
	put_into(w, "fits", categories, SC_CATEGORIES_MAX - 1);
	sc_category_progress all = move(w, "n0", "x");
	assert_int_equal(all.products, 2);
	assert_int_equal(all.relisted, 1);
	assert_int_equal(all.refused, 1);
	assert_string_equal(listed(w, "x"), "fits");
}

static void a_move_that_was_broken_off_is_finished_by_the_next(void **state)
{
	struct world *w = *state;
	sc_category_progress progress;
	plant(w);
	assert_int_equal(sc_category_move(w->shop, SC_CALL_SYSTEM, "b", "y", 1, &progress, &w->err), SC_OK);
	assert_true(progress.more);
	assert_string_equal(listed(w, "b"), "p q r"); /* whole all the time */
	assert_string_equal(listed(w, "a"), "q r");
	assert_string_equal(listed(w, "x"), "p s");
	move(w, "d", "x"); /* another one */
	assert_string_equal(listed(w, "a"), "");
	assert_string_equal(listed(w, "x"), "p q r s");
}

/* A shop whose store can be made to fail. */
static sc_store open_faulty(struct world *w, struct world *out)
{
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	sc_store inner, faulty;
	*out = *w;
	options.env = sc_testkit_env_table(w->env);
	assert_int_equal(sc_memory_open(options.env, NULL, &inner, &w->err), SC_OK);
	assert_int_equal(sc_faulty_open(options.env, inner, NULL, &faulty, &w->err), SC_OK);
	options.store = faulty;
	options.volatile_ok = true;
	assert_int_equal(sc_shop_open(&options, &out->shop, &w->err), SC_OK);
	sc_arena_init(&out->arena, options.env);
	return faulty;
}

/* Whether the move was stopped when the store's nth write from here failed, or its answer was lost. */
static bool stops_at(struct world *w, uint32_t nth, sc_fault fault)
{
	struct world other;
	sc_category_progress some = { .more = true };
	sc_status status = SC_OK;
	sc_store store = open_faulty(w, &other);
	plant(&other);
	assert_int_equal(sc_faulty_script(&store, SC_FAULTY_APPLY, nth, fault, SC_STORE_FAILED, &w->err), SC_OK);
	while (status == SC_OK && some.more)
		status = sc_category_move(other.shop, SC_CALL_SYSTEM, "b", "y", 1, &some, &w->err);
	assert_string_equal(listed(&other, "b"), "p q r");
	move(&other, "b", "y");
	assert_string_equal(listed(&other, "a"), "r");
	assert_string_equal(listed(&other, "x"), "p q r s");
	assert_string_equal(listed(&other, "y"), "p q r s");
	world_close(&other);
	return status != SC_OK;
}

static void wherever_it_stops_a_repeat_ends_the_same(void **state)
{
	static const sc_fault faults[] = { SC_FAULT_FAIL, SC_FAULT_UNKNOWN_DONE, SC_FAULT_UNKNOWN_NOT_DONE };
	struct world *w = *state;
	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		uint32_t nth = 1;
		while (nth < 100 && stops_at(w, nth, faults[i]))
			nth++;
		assert_in_range(nth, 5, 99); /* the beginning, three products, where it is */
	}
}

static void a_customer_changes_no_tree(void **state)
{
	struct world *w = *state;
	const sc_call ada = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	sc_category_progress progress;
	plant(w);
	sc_category b = read_category(w, "b");
	assert_int_equal(sc_category_put(w->shop, &ada, &b, NULL, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_category_delete(w->shop, &ada, "b", b.version, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_category_move(w->shop, &ada, "b", "x", 1, &progress, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_category_move(w->shop, SC_CALL_SYSTEM, "b", "x", 0, &progress, &w->err), SC_BAD_ARGUMENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(a_category_gets_another_name),
		world_test(only_an_empty_category_is_removed),
		world_test(nothing_enters_a_category_that_is_gone),
		world_test(what_is_below_follows_into_what_is_above_now),
		world_test(a_category_becomes_a_root_and_comes_back),
		world_test(a_move_within_one_branch_keeps_what_is_above_both),
		world_test(a_move_that_was_made_changes_nothing_again),
		world_test(a_category_never_comes_below_itself),
		world_test(a_tree_has_so_many_levels),
		world_test(one_that_would_stand_in_too_many_is_left_and_counted),
		world_test(a_move_that_was_broken_off_is_finished_by_the_next),
		world_test(wherever_it_stops_a_repeat_ends_the_same),
		world_test(a_customer_changes_no_tree),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
