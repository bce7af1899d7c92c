/*
 * What each type of change does to a record, and when its condition refuses it.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

void the_table_of_kinds_is_the_one_the_suite_knows(struct world *w)
{
	static const char *const known[] = { "claim",   "idempotency_key", "product",       "sku",     "category",
		                             "listing", "stock",           "limit_account", "balance", "hold",
		                             "cart",    "shop_order",      "payment",       "setting" };

	for (uint16_t i = 0; i < COUNT(known); i++) {
		const sc_kind *kind = sc_kind_find((uint16_t)(i + 1));

		CHECK(w, kind != NULL);
		CHECK_BYTES(w, ct_text(kind->name), ct_text(known[i]));
	}
}

void an_absent_record_has_version_0(struct world *w)
{
	CHECK_INT(w, ct_load(w, ct_at(w, KIND_CART, "nobody", "")).version, 0);
	CHECK_INT(w, ct_load(w, ct_at(w, KIND_STOCK, "nothing", "here")).version, 0);
	CHECK_INT(w, ct_load(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0)).version, 0);
}

void a_record_is_read_back_as_it_was_put(struct world *w)
{
	const sc_value columns[SKU_COLUMNS] = { SC_VALUE_OF_BYTES("mug\0blue", 8), SC_VALUE_NONE,
		                                SC_VALUE_OF_INT(INT64_MIN) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_change put = ct_put_columns(w, sku, SC_IF_ABSENT, "", columns, SKU_COLUMNS);
	sc_record is;

	put.body = (sc_bytes){ "a\0b\xff", 4 };
	DO(w, put);
	is = ct_load(w, sku);
	CHECK(w, is.version != 0);
	CHECK_INT(w, is.columns[SKU_PRODUCT].type, SC_VALUE_BYTES);
	CHECK_BYTES(w, is.columns[SKU_PRODUCT].bytes, ((sc_bytes){ "mug\0blue", 8 }));
	CHECK_INT(w, is.columns[SKU_SELLER].type, SC_VALUE_NULL);
	CHECK_INT(w, is.columns[SKU_PRICE].type, SC_VALUE_INT);
	CHECK_INT(w, is.columns[SKU_PRICE].number, INT64_MIN);
	CHECK_BYTES(w, is.body, ((sc_bytes){ "a\0b\xff", 4 }));
	CHECK_INT(w, is.shape, sc_kind_find(KIND_SKU)->shape);
}

void an_empty_value_is_not_a_null(struct world *w)
{
	const sc_value columns[SKU_COLUMNS] = { SC_VALUE_OF_BYTES("", 0), SC_VALUE_NONE, SC_VALUE_OF_INT(0) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_record is;

	DO(w, ct_put_columns(w, sku, SC_IF_ABSENT, "", columns, SKU_COLUMNS));
	is = ct_load(w, sku);
	CHECK_INT(w, is.columns[SKU_PRODUCT].type, SC_VALUE_BYTES);
	CHECK_INT(w, is.columns[SKU_PRODUCT].bytes.size, 0);
	CHECK_INT(w, is.columns[SKU_SELLER].type, SC_VALUE_NULL);
	CHECK_INT(w, is.columns[SKU_PRICE].type, SC_VALUE_INT);
}

void the_personal_part_is_kept_apart(struct world *w)
{
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);
	sc_change put = ct_put(order, SC_IF_ABSENT, 0, "snapshot");
	sc_change erase = {
		.address = order, .type = SC_CHANGE_PATCH, .condition = SC_IF_PRESENT, .flags = SC_PATCH_PERSONAL
	};

	put.personal = SC_BYTES("Ada, 12 Mill Lane");
	DO(w, put);
	CHECK_BYTES(w, ct_load(w, order).personal, SC_BYTES("Ada, 12 Mill Lane"));
	DO(w, erase);
	CHECK_INT(w, ct_load(w, order).personal.size, 0);
	CHECK_BYTES(w, ct_load(w, order).body, SC_BYTES("snapshot"));
}

void put_if_absent_refuses_a_second(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");

	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	REFUSED(w, SC_EXISTS, ct_put(cart, SC_IF_ABSENT, 0, "second"));
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("first"));
}

void put_if_version_refuses_a_stale_one(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	uint64_t first;

	REFUSED(w, SC_NOT_FOUND, ct_put(cart, SC_IF_VERSION, 7, "no"));
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	first = ct_load(w, cart).version;
	DO(w, ct_put(cart, SC_IF_VERSION, first, "second"));
	REFUSED(w, SC_CHANGED, ct_put(cart, SC_IF_VERSION, first, "third"));
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("second"));
}

void put_if_present_refuses_an_absent_record(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");

	REFUSED(w, SC_NOT_FOUND, ct_put(cart, SC_IF_PRESENT, 0, "no"));
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	DO(w, ct_put(cart, SC_IF_PRESENT, 0, "second"));
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("second"));
}

void put_without_a_condition_makes_and_replaces(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");

	DO(w, ct_put(cart, SC_IF_ANY, 0, "first"));
	DO(w, ct_put(cart, SC_IF_ANY, 0, "second"));
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("second"));
}

void put_replaces_all_columns(struct world *w)
{
	const sc_value full[SKU_COLUMNS] = { SC_VALUE_OF_BYTES("mug", 3), SC_VALUE_OF_BYTES("ada", 3),
		                             SC_VALUE_OF_INT(1200) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_record is;

	DO(w, ct_put_columns(w, sku, SC_IF_ABSENT, "long body", full, SKU_COLUMNS));
	DO(w, ct_put(sku, SC_IF_PRESENT, 0, ""));
	is = ct_load(w, sku);
	for (int i = 0; i < SKU_COLUMNS; i++)
		CHECK_INT(w, is.columns[i].type, SC_VALUE_NULL);
	CHECK_INT(w, is.body.size, 0);
}

void check_changes_nothing_and_refuses_what_changed(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address other = ct_at(w, KIND_CART, "u:bob", "");
	uint64_t version;

	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	version = ct_load(w, cart).version;
	DO(w, ct_check(cart, SC_IF_VERSION, version), ct_put(other, SC_IF_ABSENT, 0, "bob's"));
	CHECK_INT(w, ct_load(w, cart).version, version);
	DO(w, ct_put(cart, SC_IF_VERSION, version, "second"));
	REFUSED(w, SC_CHANGED, ct_check(cart, SC_IF_VERSION, version), ct_put(other, SC_IF_PRESENT, 0, "no"));
	CHECK_BYTES(w, ct_load(w, other).body, SC_BYTES("bob's"));
}

void check_can_ask_for_absence(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address other = ct_at(w, KIND_CART, "u:bob", "");

	DO(w, ct_check(cart, SC_IF_ABSENT, 0), ct_check(cart, SC_IF_VERSION, 0),
	   ct_put(other, SC_IF_ABSENT, 0, "bob's"));
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	REFUSED(w, SC_EXISTS, ct_check(cart, SC_IF_ABSENT, 0), ct_put(other, SC_IF_PRESENT, 0, "no"));
	REFUSED(w, SC_CHANGED, ct_check(cart, SC_IF_VERSION, 0), ct_put(other, SC_IF_PRESENT, 0, "no"));
}

void patch_writes_only_the_columns_of_its_mask(struct world *w)
{
	const sc_value full[SKU_COLUMNS] = { SC_VALUE_OF_BYTES("mug", 3), SC_VALUE_OF_BYTES("ada", 3),
		                             SC_VALUE_OF_INT(1200) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	uint64_t before;
	sc_record is;

	DO(w, ct_put_columns(w, sku, SC_IF_ABSENT, "body", full, SKU_COLUMNS));
	before = ct_load(w, sku).version;
	DO(w, ct_patch_column(w, sku, SC_IF_VERSION, before, SKU_PRICE, SC_VALUE_OF_INT(1300)));
	is = ct_load(w, sku);
	CHECK(w, is.version > before);
	CHECK_BYTES(w, is.columns[SKU_PRODUCT].bytes, SC_BYTES("mug"));
	CHECK_BYTES(w, is.columns[SKU_SELLER].bytes, SC_BYTES("ada"));
	CHECK_INT(w, is.columns[SKU_PRICE].number, 1300);
	CHECK_BYTES(w, is.body, SC_BYTES("body"));
}

void patch_writes_several_columns_in_order(struct world *w)
{
	const sc_value both[2] = { SC_VALUE_OF_BYTES("cup", 3), SC_VALUE_OF_INT(900) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_change patch = { .address = sku,
		            .type = SC_CHANGE_PATCH,
		            .condition = SC_IF_PRESENT,
		            .columns = both,
		            .column_count = 2,
		            .column_mask = (1u << SKU_PRODUCT) | (1u << SKU_PRICE) };
	sc_record is;

	DO(w, ct_put(sku, SC_IF_ABSENT, 0, "body"));
	DO(w, patch);
	is = ct_load(w, sku);
	CHECK_BYTES(w, is.columns[SKU_PRODUCT].bytes, SC_BYTES("cup"));
	CHECK_INT(w, is.columns[SKU_SELLER].type, SC_VALUE_NULL);
	CHECK_INT(w, is.columns[SKU_PRICE].number, 900);
}

void patch_can_write_the_body_alone(struct world *w)
{
	const sc_value full[SKU_COLUMNS] = { SC_VALUE_OF_BYTES("mug", 3), SC_VALUE_NONE, SC_VALUE_OF_INT(1200) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_change patch = { .address = sku,
		            .type = SC_CHANGE_PATCH,
		            .condition = SC_IF_PRESENT,
		            .flags = SC_PATCH_BODY,
		            .body = SC_BYTES("new body") };

	DO(w, ct_put_columns(w, sku, SC_IF_ABSENT, "old", full, SKU_COLUMNS));
	DO(w, patch);
	CHECK_BYTES(w, ct_load(w, sku).body, SC_BYTES("new body"));
	CHECK_INT(w, ct_load(w, sku).columns[SKU_PRICE].number, 1200);
}

void patch_refuses_what_is_absent_or_changed(struct world *w)
{
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	uint64_t first;

	REFUSED(w, SC_NOT_FOUND, ct_patch_column(w, sku, SC_IF_PRESENT, 0, SKU_PRICE, SC_VALUE_OF_INT(1)));
	REFUSED(w, SC_NOT_FOUND, ct_patch_column(w, sku, SC_IF_VERSION, 5, SKU_PRICE, SC_VALUE_OF_INT(1)));
	DO(w, ct_put(sku, SC_IF_ABSENT, 0, ""));
	first = ct_load(w, sku).version;
	DO(w, ct_patch_column(w, sku, SC_IF_VERSION, first, SKU_PRICE, SC_VALUE_OF_INT(2)));
	REFUSED(w, SC_CHANGED, ct_patch_column(w, sku, SC_IF_VERSION, first, SKU_PRICE, SC_VALUE_OF_INT(3)));
	CHECK_INT(w, ct_load(w, sku).columns[SKU_PRICE].number, 2);
}

void delete_removes_and_honours_its_condition(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	uint64_t version;

	REFUSED(w, SC_NOT_FOUND, ct_delete(cart, SC_IF_PRESENT, 0));
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	version = ct_load(w, cart).version;
	REFUSED(w, SC_CHANGED, ct_delete(cart, SC_IF_VERSION, version + 1));
	DO(w, ct_delete(cart, SC_IF_VERSION, version));
	CHECK_INT(w, ct_load(w, cart).version, 0);
	REFUSED(w, SC_NOT_FOUND, ct_delete(cart, SC_IF_VERSION, version));
	DO(w, ct_delete(cart, SC_IF_ANY, 0));
}

void a_version_is_never_used_again_for_its_key(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	uint64_t last = 0;

	for (int turn = 0; turn < 4; turn++) {
		uint64_t made, changed;

		DO(w, ct_put(cart, SC_IF_ABSENT, 0, "made"));
		made = ct_load(w, cart).version;
		CHECK(w, made > last);
		REFUSED(w, SC_CHANGED, ct_put(cart, SC_IF_VERSION, last == 0 ? made + 1 : last, "stale"));
		DO(w, ct_put(cart, SC_IF_VERSION, made, "changed"));
		changed = ct_load(w, cart).version;
		CHECK(w, changed > made);
		DO(w, ct_delete(cart, SC_IF_VERSION, changed));
		last = changed;
	}
}

void the_outcome_names_the_position_and_the_time(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_outcome first = DO(w, ct_put(cart, SC_IF_ABSENT, 0, "one"));
	sc_outcome second;

	CHECK_INT(w, first.time_ms, ct_now(w));
	CHECK_INT(w, ct_load(w, cart).version, first.position);
	ct_advance(w, 5000);
	second = DO(w, ct_put(cart, SC_IF_PRESENT, 0, "two"));
	CHECK(w, second.position > first.position);
	CHECK_INT(w, ct_load(w, cart).version, second.position);
	CHECK_INT(w, second.time_ms, first.time_ms + 5000);
}

void a_skipped_change_does_not_refuse_its_group(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address other = ct_at(w, KIND_CART, "u:bob", "");
	sc_outcome outcome;

	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "first"));
	outcome = DO(w, ct_skip_change(ct_delete(cart, SC_IF_VERSION, ct_load(w, cart).version + 1)),
	             ct_put(other, SC_IF_ABSENT, 0, "bob's"));
	CHECK(w, outcome.flags & SC_OUTCOME_SKIPPED);
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("first"));
	CHECK_BYTES(w, ct_load(w, other).body, SC_BYTES("bob's"));
	outcome = DO(w, ct_skip_change(ct_delete(cart, SC_IF_VERSION, ct_load(w, cart).version)));
	CHECK(w, !(outcome.flags & SC_OUTCOME_SKIPPED));
	CHECK_INT(w, ct_load(w, cart).version, 0);
}

void adjust_adds_and_makes_the_account(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");

	DO(w, ct_adjust(stock, 5, 0));
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	DO(w, ct_adjust(stock, -2, 0));
	CHECK_COUNTERS(w, stock, 3, 0, 0);
}

void adjust_keeps_to_the_bound_unless_forced(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");

	DO(w, ct_adjust(stock, 5, 0), ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, stock, 3));
	REFUSED(w, SC_OUT_OF_STOCK, ct_adjust(stock, -3, 0));
	CHECK_COUNTERS(w, stock, 5, 3, 0);
	DO(w, ct_adjust(stock, -2, 0));
	DO(w, ct_adjust(stock, -2, SC_ADJUST_FORCED));
	CHECK_COUNTERS(w, stock, 1, 3, 0);
}

void set_writes_what_it_is_flagged_for(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change both = ct_set_on_hand(stock, 9);

	DO(w, ct_set_on_hand(stock, 5));
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	DO(w, ct_set_floor(stock, 2));
	CHECK_COUNTERS(w, stock, 5, 0, 0);
	CHECK_INT(w, ct_load(w, stock).counters.floor, 2);
	both.flags |= SC_SET_FLOOR;
	both.counters.floor = -4;
	DO(w, both);
	CHECK_COUNTERS(w, stock, 9, 0, 0);
	CHECK_INT(w, ct_load(w, stock).counters.floor, -4);
}

void a_count_of_the_shelf_may_be_below_what_was_promised(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);

	DO(w, ct_set_on_hand(stock, 5));
	DO(w, ct_hold_one(w, hold, MINUTE_MS, stock, 4));
	DO(w, ct_set_on_hand(stock, 1));
	CHECK_COUNTERS(w, stock, 1, 4, 0);
	DO(w, ct_commit(hold));
	CHECK_COUNTERS(w, stock, 1, 0, 4);
}

void held_and_committed_never_go_below_zero(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change ship = ct_adjust(stock, -1, SC_ADJUST_FORCED);

	DO(w, ct_set_on_hand(stock, 5));
	ship.counters.committed = -1;
	REFUSED(w, SC_WRONG_STATE, ship);
	CHECK_COUNTERS(w, stock, 5, 0, 0);
}
