/* What a group may be as large as: at each limit, and one past it. */
#include "world.h"

static char filler[SC_BODY_MAX + 1];

static sc_status hold_lines(struct world *w, uint32_t count)
{
	const sc_id id = sc_id_make(w->env);
	const sc_address mug = stock("mug");
	sc_hold_line *lines = calloc(count, sizeof *lines);
	for (uint32_t i = 0; i < count; i++)
		lines[i] = line_of(&mug, 1);
	const sc_change change = hold(hold_of(&id), lines, count, 0);
	sc_status status = apply_as(w, SC_HOME_FIRST, id, &change, 1).status;
	free(lines);
	return status;
}

static void a_hold_has_at_most_so_many_lines(void **state)
{
	struct world *w = *state;
	receive(w, "mug", SC_RESERVATION_LINES_MAX);
	assert_int_equal(hold_lines(w, SC_RESERVATION_LINES_MAX + 1), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "changes[0].lines");
	assert_int_equal(hold_lines(w, SC_RESERVATION_LINES_MAX), SC_OK);
	assert_counters(w, "mug", SC_RESERVATION_LINES_MAX, SC_RESERVATION_LINES_MAX, 0);
}

static sc_status hold_sources(struct world *w, uint32_t count)
{
	const sc_id id = sc_id_make(w->env);
	sc_address sources[SC_SOURCES_MAX + 1];
	for (uint32_t i = 0; i < count; i++)
		sources[i] = stock(i + 1 == count ? "mug" : "none");
	const sc_hold_line line = { .sources = sources, .source_count = count, .quantity = 1 };
	const sc_change change = hold(hold_of(&id), &line, 1, 0);
	return apply_as(w, SC_HOME_FIRST, id, &change, 1).status;
}

static void a_line_has_at_most_so_many_sources(void **state)
{
	struct world *w = *state;
	receive(w, "mug", 1);
	assert_int_equal(hold_sources(w, SC_SOURCES_MAX + 1), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "changes[0].lines[0].sources");
	assert_int_equal(hold_sources(w, SC_SOURCES_MAX), SC_OK);
}

static void a_body_has_a_largest_size(void **state)
{
	struct world *w = *state;
	sc_change change = about(address(SC_KIND_CART, "u:1", ""), SC_CHANGE_PUT);
	change.body = (sc_bytes){ filler, SC_BODY_MAX + 1 };
	assert_int_equal(apply_one(w, change), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "changes[0].body");
	change.body.size = SC_BODY_MAX;
	assert_int_equal(apply_one(w, change), SC_OK);
	assert_int_equal(load(w, change.address).body.size, SC_BODY_MAX);
}

static void a_column_has_a_largest_size(void **state)
{
	struct world *w = *state;
	sc_value columns[SC_SKU_COLUMNS] = { SC_VALUE_OF_BYTES(filler, SC_COLUMN_BYTES_MAX + 1) };
	sc_change change = about(address(SC_KIND_SKU, "mug", ""), SC_CHANGE_PUT);
	change.columns = columns;
	change.column_count = SC_SKU_COLUMNS;
	assert_int_equal(apply_one(w, change), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "changes[0].columns[0]");
	columns[0].bytes.size = SC_COLUMN_BYTES_MAX;
	assert_int_equal(apply_one(w, change), SC_OK);
}

static void a_reason_has_a_largest_size(void **state)
{
	struct world *w = *state;
	sc_change change = adjust(stock("mug"), 1);
	change.topic = (sc_bytes){ filler, SC_NOTE_MAX + 1 };
	assert_int_equal(apply_one(w, change), SC_OVER_LIMIT);
	change.topic.size = SC_NOTE_MAX;
	assert_int_equal(apply_one(w, change), SC_OK);
}

static void an_apply_has_at_most_as_many_groups_as_the_store_says(void **state)
{
	struct world *w = *state;
	sc_store_info info = { .size = sizeof info };
	assert_int_equal(w->store.ops->info(w->store.ctx, &info, NULL), SC_OK);
	const sc_change check = about(stock("mug"), SC_CHANGE_CHECK);
	sc_group *groups = calloc(info.groups_max + 1, sizeof *groups);
	sc_outcome *outcomes = calloc(info.groups_max + 1, sizeof *outcomes);
	for (uint32_t i = 0; i <= info.groups_max; i++)
		groups[i] = group_of(SC_HOME_NONE, (sc_id){ { 0 } }, &check, 1);
	const sc_store *store = &w->store;
	assert_int_equal(store->ops->apply(store->ctx, SC_CALL_SYSTEM, groups, info.groups_max + 1, outcomes, &w->err),
	                 SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "count");
	assert_int_equal(store->ops->apply(store->ctx, SC_CALL_SYSTEM, groups, info.groups_max, outcomes, NULL), SC_OK);
	assert_int_equal(outcomes[info.groups_max - 1].status, SC_OK);
	free(groups);
	free(outcomes);
}

/* ---- what makes no sense at any size ---- */

static void assert_bad(struct world *w, sc_change change, const char *field)
{
	w->err.field[0] = '\0';
	assert_int_equal(apply_one(w, change), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, field);
}

static void what_makes_no_sense_names_its_field(void **state)
{
	struct world *w = *state;
	const sc_address cart = address(SC_KIND_CART, "u:1", ""), product = address(SC_KIND_PRODUCT, "p", "");
	sc_change change = about(cart, (sc_change_type)99);
	assert_bad(w, change, "changes[0].type");
	assert_bad(w, about(address(999, "k", ""), SC_CHANGE_PUT), "changes[0].address");
	assert_bad(w, about(address(SC_KIND_CART, "", ""), SC_CHANGE_PUT), "changes[0].address");
	assert_bad(w, about(stock("mug"), SC_CHANGE_PUT), "changes[0].address.kind");
	assert_bad(w, adjust(cart, 1), "changes[0].address.kind");
	change = about(cart, SC_CHANGE_PUT);
	change.flags = SC_SET_FLOOR;
	assert_bad(w, change, "changes[0].flags");
	change = about(cart, SC_CHANGE_PUT);
	change.condition = 9;
	assert_bad(w, change, "changes[0].condition");
	change = about(product, SC_CHANGE_PUT);
	change.lifetime_ms = 1000;
	assert_bad(w, change, "changes[0].lifetime_ms");
	change = about(cart, SC_CHANGE_PUT);
	change.lifetime_ms = -1;
	assert_bad(w, change, "changes[0].lifetime_ms");
	change = about(cart, SC_CHANGE_PUT);
	change.personal = SC_BYTES("who");
	assert_bad(w, change, "changes[0].personal");
	assert_bad(w, about(cart, SC_CHANGE_PATCH), "changes[0].column_mask");
	assert_bad(w, about(stock("mug"), SC_CHANGE_SET), "changes[0].flags");
	assert_bad(w, about(address(SC_KIND_SKU, "mug", ""), SC_CHANGE_PUT), "changes[0].columns");
	assert_bad(w, about(address(SC_KIND_HOLD, "h", ""), SC_CHANGE_HOLD), "changes[0].lines");
	change = about(address(SC_KIND_HOLD, "h", ""), SC_CHANGE_EXTEND);
	change.ttl_ms = -1;
	assert_bad(w, change, "changes[0].ttl_ms");
}

static void an_unconditional_write_needs_a_kept_id(void **state)
{
	struct world *w = *state;
	const sc_change change = about(address(SC_KIND_CART, "u:1", ""), SC_CHANGE_PUT);
	assert_int_equal(apply(w, SC_HOME_NONE, &change, 1).status, SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "changes[0].condition");
	assert_int_equal(apply_as(w, SC_HOME_TABLE, (sc_id){ { 0 } }, &change, 1).status, SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "id");
	assert_int_equal(apply(w, SC_HOME_FIRST, &change, 1).status, SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "home");
	assert_int_equal(apply(w, SC_HOME_TABLE, &change, 1).status, SC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_hold_has_at_most_so_many_lines),
		WORLD_TEST(a_line_has_at_most_so_many_sources),
		WORLD_TEST(a_body_has_a_largest_size),
		WORLD_TEST(a_column_has_a_largest_size),
		WORLD_TEST(a_reason_has_a_largest_size),
		WORLD_TEST(an_apply_has_at_most_as_many_groups_as_the_store_says),
		WORLD_TEST(what_makes_no_sense_names_its_field),
		WORLD_TEST(an_unconditional_write_needs_a_kept_id),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
