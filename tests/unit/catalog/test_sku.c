/* SKUs by themselves: offers that come, change and go. */
#include "catalog/world.h"

static void make_mug(struct world *w)
{
	const sc_sku sku = sku_of("mug-1", 100);
	sc_product product = product_of("mug", "Mug", &sku, 1);
	create(w, &product);
}

static sc_sku read_sku(struct world *w, const char *id)
{
	sc_sku sku;
	assert_int_equal(sc_sku_get(w->shop, SC_CALL_SYSTEM, id, &w->arena, &sku, &w->err), SC_OK);
	return sku;
}

static sc_sku offer_of(const char *sku)
{
	sc_sku offer = sku_of(sku, 250);
	offer.product = "mug";
	return offer;
}

static void many_skus_are_read_in_one_call(void **state)
{
	struct world *w = *state;
	const char *ids[] = { "mug-1", "nothing", "mug-1" };
	sc_sku found[3];
	make_mug(w);
	world_store_calls(w);
	assert_int_equal(sc_sku_get_many(w->shop, SC_CALL_SYSTEM, ids, 3, &w->arena, found, &w->err), SC_OK);
	assert_int_equal(world_store_calls(w), 1);
	assert_int_equal(found[0].price_minor, 100);
	assert_int_equal(found[1].version, 0);
	assert_string_equal(found[1].sku, "nothing");
	assert_string_equal(found[2].product, "mug");
}

static void a_new_offer_joins_its_product_and_raises_its_version(void **state)
{
	struct world *w = *state;
	const sc_sku offer = offer_of("mug-2");
	uint64_t version;
	make_mug(w);
	uint64_t before = read_product(w, "mug").version;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, &version, &w->err), SC_OK);
	sc_product mug = read_product(w, "mug");
	assert_true(mug.version > before);
	assert_int_equal(mug.sku_count, 2);
	assert_int_equal(mug.skus[1].version, version);
	assert_string_equal(mug.skus[1].name, "Mug");
}

static void a_new_price_leaves_the_product_as_it_is(void **state)
{
	struct world *w = *state;
	make_mug(w);
	uint64_t before = read_product(w, "mug").version, version;
	sc_sku sku = read_sku(w, "mug-1");
	sku.price_minor = 0;
	sku.withdrawn = true;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &sku, &version, &w->err), SC_OK);
	assert_true(version > sku.version);
	sku = read_sku(w, "mug-1");
	assert_int_equal(sku.version, version);
	assert_int_equal(sku.price_minor, 0);
	assert_true(sku.withdrawn);
	assert_int_equal(read_product(w, "mug").version, before);
}

static void a_change_of_an_old_version_is_refused(void **state)
{
	struct world *w = *state;
	make_mug(w);
	sc_sku sku = read_sku(w, "mug-1"), later = sku;
	later.price_minor = 120;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &later, NULL, &w->err), SC_OK);
	sku.price_minor = 90;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &sku, NULL, &w->err), SC_CHANGED);
	assert_int_equal(sc_sku_delete(w->shop, SC_CALL_SYSTEM, "mug-1", sku.version, &w->err), SC_CHANGED);
	assert_int_equal(read_sku(w, "mug-1").price_minor, 120);
}

static void an_offer_needs_a_product_and_a_name_of_its_own(void **state)
{
	struct world *w = *state;
	sc_sku offer = offer_of("mug-1");
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, NULL, &w->err), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "product");
	make_mug(w);
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, NULL, &w->err), SC_EXISTS);
	assert_string_equal(w->err.field, "sku");
	offer = offer_of("gone");
	offer.version = 7;
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &offer, NULL, &w->err), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "sku");
}

static void a_sku_cannot_move_to_another_product(void **state)
{
	struct world *w = *state;
	sc_product pan = product_of("pan", "Pan", NULL, 0);
	make_mug(w);
	create(w, &pan);
	sc_sku sku = read_sku(w, "mug-1");
	sku.product = "pan";
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &sku, NULL, &w->err), SC_EXISTS);
}

static void a_removed_sku_leaves_its_product_and_raises_its_version(void **state)
{
	struct world *w = *state;
	make_mug(w);
	uint64_t before = read_product(w, "mug").version;
	uint64_t version = read_sku(w, "mug-1").version;
	assert_int_equal(sc_sku_delete(w->shop, SC_CALL_SYSTEM, "mug-1", version, &w->err), SC_OK);
	sc_product mug = read_product(w, "mug");
	assert_int_equal(mug.sku_count, 0);
	assert_true(mug.version > before);
	assert_int_equal(sc_sku_delete(w->shop, SC_CALL_SYSTEM, "mug-1", version, &w->err), SC_NOT_FOUND);
}

static void a_seller_changes_own_offers_only(void **state)
{
	struct world *w = *state;
	const sc_call potter = SC_CALL_INIT(SC_ACTOR_SELLER, "potter");
	make_mug(w);
	sc_sku offer = offer_of("mug-2"), house = read_sku(w, "mug-1");
	offer.seller = "potter";
	assert_int_equal(sc_sku_put(w->shop, &potter, &offer, NULL, &w->err), SC_OK);
	assert_int_equal(sc_sku_put(w->shop, &potter, &house, NULL, &w->err), SC_NOT_ALLOWED);
	house.seller = "potter"; /* claiming it does not make it so */
	assert_int_equal(sc_sku_put(w->shop, &potter, &house, NULL, &w->err), SC_NOT_ALLOWED);
	assert_int_equal(sc_sku_delete(w->shop, &potter, "mug-1", house.version, &w->err), SC_NOT_ALLOWED);
}

static void the_last_offer_that_fits_is_taken_and_the_next_is_refused(void **state)
{
	struct world *w = *state;
	static sc_sku skus[SC_SKUS_PER_PRODUCT_MAX];
	static char ids[SC_SKUS_PER_PRODUCT_MAX][8];
	for (int i = 0; i < SC_SKUS_PER_PRODUCT_MAX; i++) {
		snprintf(ids[i], sizeof(ids[i]), "s%d", i);
		skus[i] = sku_of(ids[i], 1);
	}
	sc_product product = product_of("mug", "Mug", skus, SC_SKUS_PER_PRODUCT_MAX - 1);
	create(w, &product);
	const sc_sku last = offer_of("last"), next = offer_of("next");
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &last, NULL, &w->err), SC_OK);
	assert_int_equal(sc_sku_put(w->shop, SC_CALL_SYSTEM, &next, NULL, &w->err), SC_LIMIT_REACHED);
	assert_int_equal(w->err.available, SC_SKUS_PER_PRODUCT_MAX);
	sc_product_outcome out;
	product = product_of("mug", "Mug", &next, 1);
	assert_int_equal(sc_product_put_many(w->shop, SC_CALL_SYSTEM, SC_PUT_MERGE, &product, 1, &out, &w->err), SC_OK);
	assert_int_equal(out.error.status, SC_LIMIT_REACHED);
}

/* ---- categories -------------------------------------------------------------------------- */

static void categories_are_a_tree_listed_by_position(void **state)
{
	struct world *w = *state;
	const sc_category categories[] = {
		{ .id = "root", .name = "Root" },
		{ .id = "b", .name = "B", .parent = "root", .position = 2 },
		{ .id = "a", .name = "A", .parent = "root", .position = 3 },
		{ .id = "c", .name = "C", .parent = "root", .position = -1 },
		{ .id = "deep", .name = "Deep", .parent = "a" },
	};
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &categories[i], NULL, &w->err), SC_OK);
	sc_catalog_page page = { .limit = 2 };
	sc_category_list list;
	assert_int_equal(sc_category_list_children(w->shop, SC_CALL_SYSTEM, "root", &page, &w->arena, &list, &w->err),
	                 SC_OK);
	assert_int_equal(list.count, 2);
	assert_string_equal(list.categories[0].id, "c");
	assert_int_equal(list.categories[0].position, -1);
	assert_string_equal(list.categories[1].name, "B");
	page.cursor = list.next;
	assert_int_equal(sc_category_list_children(w->shop, SC_CALL_SYSTEM, "root", &page, &w->arena, &list, &w->err),
	                 SC_OK);
	assert_string_equal(list.categories[0].id, "a");
	page.cursor = (sc_bytes){ NULL, 0 };
	assert_int_equal(sc_category_list_children(w->shop, SC_CALL_SYSTEM, NULL, &page, &w->arena, &list, &w->err),
	                 SC_OK);
	assert_int_equal(list.count, 1);
	assert_null(list.categories[0].parent);
	sc_category deep;
	assert_int_equal(sc_category_get(w->shop, SC_CALL_SYSTEM, "deep", &w->arena, &deep, &w->err), SC_OK);
	assert_string_equal(deep.parent, "a");
}

static void a_category_needs_its_parent_and_an_id_of_its_own(void **state)
{
	struct world *w = *state;
	const sc_category orphan = { .id = "a", .name = "A", .parent = "no" },
			  self = { .id = "a", .name = "A", .parent = "a" };
	assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &orphan, NULL, &w->err), SC_NOT_FOUND);
	assert_string_equal(w->err.field, "parent");
	assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &self, NULL, &w->err), SC_BAD_ARGUMENT);
	create_category(w, "a", NULL);
	const sc_category again = { .id = "a", .name = "Another" };
	assert_int_equal(sc_category_create(w->shop, SC_CALL_SYSTEM, &again, NULL, &w->err), SC_EXISTS);
	assert_string_equal(w->err.field, "id");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		world_test(many_skus_are_read_in_one_call),
		world_test(a_new_offer_joins_its_product_and_raises_its_version),
		world_test(a_new_price_leaves_the_product_as_it_is),
		world_test(a_change_of_an_old_version_is_refused),
		world_test(an_offer_needs_a_product_and_a_name_of_its_own),
		world_test(a_sku_cannot_move_to_another_product),
		world_test(a_removed_sku_leaves_its_product_and_raises_its_version),
		world_test(a_seller_changes_own_offers_only),
		world_test(the_last_offer_that_fits_is_taken_and_the_next_is_refused),
		world_test(categories_are_a_tree_listed_by_position),
		world_test(a_category_needs_its_parent_and_an_id_of_its_own),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
