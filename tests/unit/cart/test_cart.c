/* Carts: adding, changing, removing, versions, keys, owners, lifetimes, limits. */
#include "../shop/world.h"

#include <stdio.h>
#include <string.h>

static int set_up(void **state)
{
	world_open(state);
	world_add_sku(*state, "mug", 500, "USD");
	world_add_sku(*state, "cup", 300, "USD");
	world_add_sku(*state, "tee", 1200, "EUR");
	return 0;
}

static const sc_call ada = CUSTOMER("ada");

static sc_cart add(world *w, const sc_call *call, const char *sku, int64_t quantity)
{
	const sc_cart_item item = { .sku = sku, .quantity = quantity };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, call, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
	return cart;
}

static sc_cart get(world *w, const sc_call *call)
{
	sc_cart cart;
	assert_status(w, sc_cart_get(w->shop, call, NULL, &w->arena, &cart, &w->err), SC_OK);
	return cart;
}

static void a_cart_that_was_never_written_is_empty(void **state)
{
	world *w = *state;
	const sc_cart cart = get(w, &ada);
	assert_int_equal(cart.version, 0);
	assert_int_equal(cart.line_count, 0);
	assert_string_equal(cart.owner, "u:ada");
	assert_string_equal(cart.currency, "");
}

static void what_was_added_is_read_again(void **state)
{
	world *w = *state;
	const sc_cart added = add(w, &ada, "mug", 2);
	const sc_cart cart = get(w, &ada);
	assert_int_equal(cart.version, added.version);
	assert_int_equal(cart.line_count, 1);
	assert_string_equal(cart.lines[0].sku, "mug");
	assert_int_equal(cart.lines[0].quantity, 2);
	assert_int_equal(cart.lines[0].price_seen_minor, 500);
	assert_string_equal(cart.currency, "USD");
	assert_true(sc_id_equal(cart.lines[0].id, added.lines[0].id));
}

static void adding_the_same_sku_raises_its_line(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 2);
	const sc_cart cart = add(w, &ada, "mug", 3);
	assert_int_equal(cart.line_count, 1);
	assert_int_equal(cart.lines[0].quantity, 5);
}

static void other_options_make_another_line_whatever_their_order(void **state)
{
	world *w = *state;
	const sc_line_option red[] = { { "colour", "red" }, { "size", "L" } };
	const sc_line_option der[] = { { "size", "L" }, { "colour", "red" } };
	const sc_line_option blue[] = { { "colour", "blue" }, { "size", "L" } };
	const sc_cart_item items[] = { { "mug", 1, red, 2, 0 }, { "mug", 1, der, 2, 0 }, { "mug", 1, blue, 2, 0 } };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, items, 3, &w->arena, &cart, &w->err), SC_OK);
	assert_int_equal(cart.line_count, 2);
	assert_int_equal(cart.lines[0].quantity, 2);
	assert_string_equal(cart.lines[0].options[0].name, "colour");
	cart = get(w, &ada);
	assert_string_equal(cart.lines[1].options[0].value, "blue");
}

static void the_price_seen_stays_until_the_sku_is_added_again(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 1);
	world_set_price(w, "mug", 700);
	assert_int_equal(get(w, &ada).lines[0].price_seen_minor, 500);
	assert_int_equal(add(w, &ada, "mug", 1).lines[0].price_seen_minor, 700);
}

static void one_bad_item_adds_none(void **state)
{
	world *w = *state;
	const sc_cart_item items[] = { { .sku = "mug", .quantity = 1 }, { .sku = "ghost", .quantity = 1 } };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, items, 2, &w->arena, &cart, &w->err), SC_NOT_FOUND);
	assert_int_equal(w->err.index, 1);
	assert_int_equal(get(w, &ada).line_count, 0);
}

static void a_withdrawn_sku_is_not_for_sale(void **state)
{
	world *w = *state;
	sc_sku sku;
	assert_status(w, sc_sku_get(w->shop, SC_CALL_SYSTEM, "mug", &w->arena, &sku, &w->err), SC_OK);
	sku.withdrawn = true;
	assert_status(w, sc_sku_put(w->shop, SC_CALL_SYSTEM, &sku, NULL, &w->err), SC_OK);
	const sc_cart_item item = { .sku = "mug", .quantity = 1 };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_NOT_FOR_SALE);
}

static void a_cart_has_one_currency_until_it_is_empty(void **state)
{
	world *w = *state;
	const sc_cart cart = add(w, &ada, "mug", 1);
	const sc_cart_item tee = { .sku = "tee", .quantity = 1 };
	sc_cart after;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &tee, 1, &w->arena, &after, &w->err), SC_CURRENCY_MISMATCH);
	assert_status(w, sc_cart_remove(w->shop, &ada, NULL, &cart.lines[0].id, 1, &w->arena, &after, &w->err), SC_OK);
	assert_string_equal(after.currency, "");
	assert_string_equal(add(w, &ada, "tee", 1).currency, "EUR");
}

static void set_gives_a_new_quantity_and_zero_removes(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 2);
	sc_cart cart = add(w, &ada, "cup", 1);
	const sc_cart_quantity change[] = { { cart.lines[0].id, 0 }, { cart.lines[1].id, 9 } };
	assert_status(w, sc_cart_set(w->shop, &ada, NULL, change, 2, &w->arena, &cart, &w->err), SC_OK);
	assert_int_equal(cart.line_count, 1);
	assert_string_equal(cart.lines[0].sku, "cup");
	assert_int_equal(cart.lines[0].quantity, 9);
}

static void a_line_that_is_not_there_is_named(void **state)
{
	world *w = *state;
	const sc_cart cart = add(w, &ada, "mug", 2);
	const sc_cart_quantity change[] = { { cart.lines[0].id, 1 }, { sc_id_make(sc_env_default()), 1 } };
	sc_cart after;
	assert_status(w, sc_cart_set(w->shop, &ada, NULL, change, 2, &w->arena, &after, &w->err), SC_NOT_FOUND);
	assert_int_equal(w->err.index, 1);
	assert_int_equal(get(w, &ada).lines[0].quantity, 2);
}

static void another_version_than_the_expected_is_refused(void **state)
{
	world *w = *state;
	const sc_cart old = add(w, &ada, "mug", 1);
	add(w, &ada, "mug", 1);
	const sc_cart_ref ref = { NULL, old.version };
	const sc_cart_quantity change = { old.lines[0].id, 5 };
	sc_cart cart;
	assert_status(w, sc_cart_set(w->shop, &ada, &ref, &change, 1, &w->arena, &cart, &w->err), SC_CHANGED);
	assert_int_equal(get(w, &ada).lines[0].quantity, 2);
}

static void a_repeat_with_the_same_key_adds_once(void **state)
{
	world *w = *state;
	sc_call call = ada;
	call.key = "k-1";
	add(w, &call, "mug", 2);
	add(w, &ada, "cup", 1);
	const sc_cart cart = add(w, &call, "mug", 2);
	assert_int_equal(cart.line_count, 2);
	assert_int_equal(cart.lines[0].quantity, 2);
}

static void a_key_for_another_request_is_refused(void **state)
{
	world *w = *state;
	sc_call call = ada;
	call.key = "k-1";
	add(w, &call, "mug", 2);
	const sc_cart_item item = { .sku = "mug", .quantity = 3 };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &call, NULL, &item, 1, &w->arena, &cart, &w->err), SC_KEY_REUSED);
	assert_int_equal(get(w, &ada).lines[0].quantity, 2);
}

static void the_oldest_key_is_forgotten_first(void **state)
{
	world *w = *state;
	char key[16];
	sc_call call = ada;
	call.key = key;
	for (int i = 0; i <= SC_CART_KEYS_MAX; i++) {
		snprintf(key, sizeof(key), "k-%d", i);
		add(w, &call, "mug", 1);
	}
	snprintf(key, sizeof(key), "k-1"); /* the oldest of those that are remembered */
	assert_int_equal(add(w, &call, "mug", 1).lines[0].quantity, SC_CART_KEYS_MAX + 1);
	snprintf(key, sizeof(key), "k-0");
	assert_int_equal(add(w, &call, "mug", 1).lines[0].quantity, SC_CART_KEYS_MAX + 2);
}

static void a_cart_is_never_given_to_another(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 1);
	const sc_call callers[] = { CUSTOMER("bob"), GUEST("ada"), CUSTOMER("ADA"), CUSTOMER("ada "), { 0 } };
	for (size_t i = 0; i < 4; i++) {
		sc_cart cart;
		assert_status(w, sc_cart_get(w->shop, &callers[i], "u:ada", &w->arena, &cart, &w->err), SC_NOT_ALLOWED);
		assert_int_equal(get(w, &callers[i]).line_count, 0);
		const sc_cart_ref ref = { "u:ada", 0 };
		const sc_cart_item item = { .sku = "mug", .quantity = 1 };
		assert_status(w, sc_cart_add(w->shop, &callers[i], &ref, &item, 1, &w->arena, &cart, &w->err),
		              SC_NOT_ALLOWED);
	}
	assert_int_equal(get(w, &ada).lines[0].quantity, 1);
}

static void the_shop_may_look_into_any_cart_by_its_owner(void **state)
{
	world *w = *state;
	add(w, &ada, "mug", 1);
	sc_cart cart;
	assert_status(w, sc_cart_get(w->shop, SC_CALL_SYSTEM, "u:ada", &w->arena, &cart, &w->err), SC_OK);
	assert_int_equal(cart.line_count, 1);
	assert_status(w, sc_cart_get(w->shop, SC_CALL_SYSTEM, NULL, &w->arena, &cart, &w->err), SC_BAD_ARGUMENT);
}

static void bad_owners_are_named(void **state)
{
	world *w = *state;
	const char *owners[] = { "", "ada", "u:", "x:ada", "u:a\nb" };
	for (size_t i = 0; i < 5; i++) {
		sc_cart cart;
		const sc_status status = sc_cart_get(w->shop, SC_CALL_SYSTEM, owners[i], &w->arena, &cart, &w->err);
		assert_true(sc_status_is_bad_input(status));
		assert_string_equal(w->err.field, "owner");
	}
}

static void a_cart_runs_out_after_its_lifetime_and_a_write_renews_it(void **state)
{
	world *w = *state;
	const int64_t day = 24 * 3600 * 1000LL;
	add(w, &ada, "mug", 1);
	sc_testkit_env_advance_ms(w->env, 29 * day);
	add(w, &ada, "cup", 1);
	sc_testkit_env_advance_ms(w->env, 29 * day);
	assert_int_equal(get(w, &ada).line_count, 2);
	sc_testkit_env_advance_ms(w->env, 1 * day + 1);
	assert_int_equal(get(w, &ada).line_count, 0);
	assert_int_equal(add(w, &ada, "cup", 1).line_count, 1);
}

static void quantities_are_checked_at_their_limits(void **state)
{
	world *w = *state;
	sc_cart cart;
	const int64_t bad[] = { 0, -1, SC_QUANTITY_MAX + 1 };
	for (size_t i = 0; i < 3; i++) {
		const sc_cart_item item = { .sku = "mug", .quantity = bad[i] };
		assert_status(w, sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err),
		              SC_OUT_OF_RANGE);
		assert_string_equal(w->err.field, "quantity");
	}
	assert_int_equal(add(w, &ada, "mug", SC_QUANTITY_MAX).lines[0].quantity, SC_QUANTITY_MAX);
	const sc_cart_item one = { .sku = "mug", .quantity = 1 };
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &one, 1, &w->arena, &cart, &w->err), SC_LIMIT_REACHED);
}

/* As many lines of one SKU as asked for, told apart by an option. */
static sc_status add_lines(world *w, size_t count, sc_cart *cart)
{
	static sc_cart_item items[SC_CART_LINES_MAX + 1];
	static sc_line_option options[SC_CART_LINES_MAX + 1];
	static char texts[SC_CART_LINES_MAX + 1][8];
	for (size_t i = 0; i < count; i++) {
		snprintf(texts[i], sizeof(texts[i]), "%zu", i);
		options[i] = (sc_line_option){ "n", texts[i] };
		items[i] = (sc_cart_item){ "mug", 1, &options[i], 1, 0 };
	}
	return sc_cart_add(w->shop, &ada, NULL, items, count, &w->arena, cart, &w->err);
}

static void a_full_cart_takes_no_other_line(void **state)
{
	world *w = *state;
	sc_cart cart;
	assert_status(w, add_lines(w, SC_CART_LINES_MAX + 1, &cart), SC_OVER_LIMIT);
	assert_status(w, add_lines(w, SC_CART_LINES_MAX, &cart), SC_OK);
	assert_int_equal(cart.line_count, SC_CART_LINES_MAX);
	const sc_cart_item cup = { .sku = "cup", .quantity = 1 };
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &cup, 1, &w->arena, &cart, &w->err), SC_LIMIT_REACHED);
	assert_int_equal(get(w, &ada).line_count, SC_CART_LINES_MAX);
}

static void too_many_options_are_refused(void **state)
{
	world *w = *state;
	sc_line_option options[SC_LINE_OPTIONS_MAX + 1];
	char names[SC_LINE_OPTIONS_MAX + 1][8];
	for (int i = 0; i <= SC_LINE_OPTIONS_MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "o%d", i);
		options[i] = (sc_line_option){ names[i], "" };
	}
	sc_cart_item item = { "mug", 1, options, SC_LINE_OPTIONS_MAX, 0 };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
	item.option_count++;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OVER_LIMIT);
	options[1] = options[0];
	item.option_count = 2;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_BAD_ARGUMENT);
}

static void texts_that_do_not_fit_the_body_are_refused_as_a_whole(void **state)
{
	world *w = *state;
	static char value[SC_NOTE_MAX + 1], names[40][SC_LINE_OPTIONS_MAX][8];
	static sc_line_option options[40][SC_LINE_OPTIONS_MAX];
	sc_cart_item items[40];
	memset(value, 'x', SC_NOTE_MAX);
	for (int i = 0; i < 40; i++) {
		for (int j = 0; j < SC_LINE_OPTIONS_MAX; j++) {
			snprintf(names[i][j], sizeof(names[i][j]), "%d-%d", i, j);
			options[i][j] = (sc_line_option){ names[i][j], value };
		}
		items[i] = (sc_cart_item){ "mug", 1, options[i], SC_LINE_OPTIONS_MAX, 0 };
	}
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, items, 40, &w->arena, &cart, &w->err), SC_LIMIT_REACHED);
	assert_int_equal(get(w, &ada).line_count, 0);
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, items, 30, &w->arena, &cart, &w->err), SC_OK);
}

static void a_cart_is_written_as_one_json_object(void **state)
{
	world *w = *state;
	const sc_line_option option = { "engraving", "For \"Ada\"" };
	const sc_cart_item item = { "mug", 2, &option, 1, 0 };
	sc_cart cart;
	assert_status(w, sc_cart_add(w->shop, &ada, NULL, &item, 1, &w->arena, &cart, &w->err), SC_OK);
	sc_json_writer writer;
	sc_bytes text;
	const sc_json *document;
	sc_json_writer_init(&writer, &w->arena, false);
	sc_cart_write_json(&writer, &cart);
	assert_status(w, sc_json_finish(&writer, &text, &w->err), SC_OK);
	assert_status(w, sc_json_parse(text, &w->arena, NULL, &document, &w->err), SC_OK);
	const sc_json *line = sc_json_first(sc_json_member(document, "lines"));
	assert_int_equal(sc_json_int(sc_json_member(line, "quantity")), 2);
	const sc_json *engraving = sc_json_member(sc_json_member(line, "options"), "engraving");
	assert_string_equal(sc_json_text(engraving).data, "For \"Ada\"");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, world_close)
	const struct CMUnitTest tests[] = {
		T(a_cart_that_was_never_written_is_empty),
		T(what_was_added_is_read_again),
		T(adding_the_same_sku_raises_its_line),
		T(other_options_make_another_line_whatever_their_order),
		T(the_price_seen_stays_until_the_sku_is_added_again),
		T(one_bad_item_adds_none),
		T(a_withdrawn_sku_is_not_for_sale),
		T(a_cart_has_one_currency_until_it_is_empty),
		T(set_gives_a_new_quantity_and_zero_removes),
		T(a_line_that_is_not_there_is_named),
		T(another_version_than_the_expected_is_refused),
		T(a_repeat_with_the_same_key_adds_once),
		T(a_key_for_another_request_is_refused),
		T(the_oldest_key_is_forgotten_first),
		T(a_cart_is_never_given_to_another),
		T(the_shop_may_look_into_any_cart_by_its_owner),
		T(bad_owners_are_named),
		T(a_cart_runs_out_after_its_lifetime_and_a_write_renews_it),
		T(quantities_are_checked_at_their_limits),
		T(a_full_cart_takes_no_other_line),
		T(too_many_options_are_refused),
		T(texts_that_do_not_fit_the_body_are_refused_as_a_whole),
		T(a_cart_is_written_as_one_json_object),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
