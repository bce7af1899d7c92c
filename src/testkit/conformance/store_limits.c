/*
 * What a store accepts at its limits, and what it refuses as bad input.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#include <stdio.h>

static sc_bytes filled(struct world *w, size_t size, char with)
{
	char *bytes = sc_arena_alloc(&w->arena, size);

	CHECK(w, bytes != NULL);
	memset(bytes, with, size);
	return (sc_bytes){ bytes, size };
}

/* The first key of `size` bytes that lies in the case's domain. */
static sc_address long_address(struct world *w, uint16_t kind, size_t key_size, size_t sub_size)
{
	sc_bytes key = filled(w, key_size, 'k'), sub = filled(w, sub_size, 's');
	sc_address at = ct_at_bytes(w, kind, key, sub);

	if (SC_OPS_HAS(w->store.ops, sc_store_ops, place) && w->store.ops->place(w->store.ctx, &at) != w->domain)
		ct_skip(w, "the case cannot choose where a key of that size lies");
	return at;
}

void keys_may_be_as_long_as_the_limit(struct world *w)
{
	sc_address at = long_address(w, KIND_LISTING, SC_KEY_MAX, SC_KEY_MAX);

	DO(w, ct_put(at, SC_IF_ABSENT, 0, "long"));
	CHECK_BYTES(w, ct_load(w, at).body, SC_BYTES("long"));
}

void keys_past_the_limit_are_bad_input(struct world *w)
{
	sc_bytes one_more = filled(w, SC_KEY_MAX + 1, 'k');

	BAD(w, SC_HOME_TABLE, ct_id(w),
	    ct_put(ct_at_bytes(w, KIND_LISTING, one_more, SC_BYTES("")), SC_IF_ABSENT, 0, ""));
	BAD(w, SC_HOME_TABLE, ct_id(w),
	    ct_put(ct_at_bytes(w, KIND_LISTING, SC_BYTES("k"), one_more), SC_IF_ABSENT, 0, ""));
	BAD(w, SC_HOME_TABLE, ct_id(w),
	    ct_put(ct_at_bytes(w, KIND_LISTING, SC_BYTES(""), SC_BYTES("")), SC_IF_ABSENT, 0, ""));
}

void bodies_may_be_as_long_as_the_limit(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_change put = ct_put(cart, SC_IF_ABSENT, 0, "");

	put.body = filled(w, SC_BODY_MAX, 'b');
	DO(w, put);
	CHECK_BYTES(w, ct_load(w, cart).body, put.body);
	put.body = filled(w, SC_BODY_MAX + 1, 'b');
	put.condition = SC_IF_PRESENT;
	BAD(w, SC_HOME_TABLE, ct_id(w), put);
	CHECK_INT(w, ct_load(w, cart).body.size, SC_BODY_MAX);
}

void columns_may_be_as_long_as_the_limit(struct world *w)
{
	sc_value columns[SKU_COLUMNS];
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_range range = { .kind = KIND_SKU, .index = SKU_BY_PRODUCT, .equal = columns, .equal_count = 1, .limit = 5 };

	memset(columns, 0, sizeof(columns));
	columns[SKU_PRODUCT] = SC_VALUE_OF_BYTES(filled(w, SC_COLUMN_BYTES_MAX, 'c').data, SC_COLUMN_BYTES_MAX);
	DO(w, ct_put_columns(w, sku, SC_IF_ABSENT, "", columns, SKU_COLUMNS));
	CHECK_INT(w, RANGE(w, range).count, 1);
	columns[SKU_PRODUCT] = SC_VALUE_OF_BYTES(filled(w, SC_COLUMN_BYTES_MAX + 1, 'c').data, SC_COLUMN_BYTES_MAX + 1);
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_put_columns(w, sku, SC_IF_PRESENT, "", columns, SKU_COLUMNS));
}

void columns_have_the_types_and_the_number_of_their_kind(struct world *w)
{
	const sc_value wrong_type[] = { SC_VALUE_OF_INT(5), SC_VALUE_NONE, SC_VALUE_NONE };
	const sc_value right[] = { SC_VALUE_NONE, SC_VALUE_NONE, SC_VALUE_OF_INT(5), SC_VALUE_NONE };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_change beyond = ct_patch_column(w, sku, SC_IF_PRESENT, 0, 0, SC_VALUE_NONE);

	BAD(w, SC_HOME_TABLE, ct_id(w), ct_put_columns(w, sku, SC_IF_ABSENT, "", wrong_type, 3));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_put_columns(w, sku, SC_IF_ABSENT, "", right, 2));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_put_columns(w, sku, SC_IF_ABSENT, "", right, 4));
	beyond.column_mask = 1u << SKU_COLUMNS;
	BAD(w, SC_HOME_TABLE, ct_id(w), beyond);
	CHECK_INT(w, ct_load(w, sku).version, 0);
}

void quantities_lie_between_one_and_the_limit(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);

	DO(w, ct_set_on_hand(stock, SC_QUANTITY_MAX));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold_one(w, hold, MINUTE_MS, stock, 0));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold_one(w, hold, MINUTE_MS, stock, -1));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold_one(w, hold, MINUTE_MS, stock, SC_QUANTITY_MAX + 1));
	CHECK_COUNTERS(w, stock, SC_QUANTITY_MAX, 0, 0);
	DO(w, ct_hold_one(w, hold, MINUTE_MS, stock, SC_QUANTITY_MAX));
	CHECK_COUNTERS(w, stock, SC_QUANTITY_MAX, SC_QUANTITY_MAX, 0);
}

void a_line_has_no_more_sources_than_the_limit(struct world *w)
{
	sc_address sources[SC_SOURCES_MAX + 1];
	sc_hold_line line;
	char name[16];

	for (int i = 0; i <= SC_SOURCES_MAX; i++) {
		snprintf(name, sizeof(name), "loc%d", i);
		sources[i] = ct_at(w, KIND_STOCK, "mug", name);
	}
	DO(w, ct_set_on_hand(sources[SC_SOURCES_MAX - 1], 5));
	line = ct_line(w, 1, 0, sources, SC_SOURCES_MAX);
	DO(w, ct_hold(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, &line, 1));
	line = ct_line(w, 1, 0, sources, SC_SOURCES_MAX + 1);
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), MINUTE_MS, &line, 1));
	CHECK_COUNTERS(w, sources[SC_SOURCES_MAX - 1], 5, 1, 0);
}

void a_hold_needs_lines_and_sources(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_hold_line line = ct_line(w, 1, 0, &stock, 1);

	DO(w, ct_set_on_hand(stock, 5));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold(w, hold, MINUTE_MS, &line, 0));
	line.source_count = 0;
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold(w, hold, MINUTE_MS, &line, 1));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold_one(w, hold, MINUTE_MS, cart, 1));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_hold_one(w, hold, -1, stock, 1));
}

void changes_fit_the_class_of_their_kind(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address nowhere = { .key = "k", .key_size = 1, .sub = "", .kind = 999 };
	sc_change unknown = ct_delete(nowhere, SC_IF_PRESENT, 0);

	BAD(w, SC_HOME_TABLE, ct_id(w), ct_put(stock, SC_IF_ABSENT, 0, "no record"));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_adjust(cart, 1, 0));
	BAD(w, SC_HOME_TABLE, ct_id(w), ct_commit(cart));
	BAD(w, SC_HOME_TABLE, ct_id(w), unknown);
	unknown = ct_delete(cart, SC_IF_PRESENT, 0);
	unknown.type = 77;
	BAD(w, SC_HOME_TABLE, ct_id(w), unknown);
}

void a_group_has_at_least_one_change_and_not_too_many(struct world *w)
{
	sc_change change = ct_put(ct_at(w, KIND_CART, "u:ada", ""), SC_IF_ABSENT, 0, "");
	sc_change *many = sc_arena_alloc(&w->arena, (SC_GROUP_CHANGES_MAX + 1) * sizeof(*many));

	CHECK(w, many != NULL);
	for (int i = 0; i <= SC_GROUP_CHANGES_MAX; i++)
		many[i] = change;
	ct_expect_bad(w, __FILE__, __LINE__, SC_HOME_TABLE, ct_id(w), &change, 0);
	ct_expect_bad(w, __FILE__, __LINE__, SC_HOME_TABLE, ct_id(w), many, SC_GROUP_CHANGES_MAX + 1);
}

void an_unconditional_put_needs_an_id_that_is_kept(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_id none;

	memset(&none, 0, sizeof(none));
	BAD(w, SC_HOME_NONE, none, ct_put(cart, SC_IF_ANY, 0, ""));
	BAD(w, SC_HOME_NONE, none, ct_delete(cart, SC_IF_ANY, 0));
	BAD(w, SC_HOME_NONE, none, ct_adjust(ct_at(w, KIND_STOCK, "mug", "main"), 1, 0));
	BAD(w, SC_HOME_TABLE, none, ct_put(cart, SC_IF_ANY, 0, ""));
}

void only_what_makes_a_row_can_be_a_groups_home(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address order = ct_at_id(w, KIND_ORDER, ct_id(w), 0);

	BAD(w, SC_HOME_FIRST, ct_id(w), ct_put(cart, SC_IF_ABSENT, 0, ""));
	BAD(w, SC_HOME_FIRST, ct_id(w), ct_put(order, SC_IF_PRESENT, 0, ""));
	BAD(w, SC_HOME_FIRST, ct_id(w), ct_adjust(ct_at(w, KIND_STOCK, "mug", "main"), 1, 0));
}

void counters_that_would_overflow_are_refused(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change add = ct_adjust(stock, SC_QUANTITY_MAX, 0);
	sc_change set = ct_set_on_hand(stock, INT64_MAX);
	sc_status status;

	status = APPLY(w, ct_group(w, SC_HOME_TABLE, ct_id(w), &set, 1)).status;
	CHECK(w, status == SC_OK || sc_status_is_bad_input(status));
	if (status != SC_OK)
		return; /* a store that keeps counters small has nothing to overflow */
	CHECK_STATUS(w, APPLY(w, ct_group(w, SC_HOME_TABLE, ct_id(w), &add, 1)).status, SC_OUT_OF_RANGE);
	CHECK_COUNTERS(w, stock, INT64_MAX, 0, 0);
}

void pages_lie_between_one_and_the_limit(struct world *w)
{
	sc_range range = { .kind = KIND_CART, .index = SC_BY_ADDRESS, .limit = SC_PAGE_MAX };
	sc_error err = SC_ERROR_INIT;
	sc_page page;

	memset(&page, 0, sizeof(page));
	CHECK_INT(w, RANGE(w, range).count, 0);
	range.limit = SC_PAGE_MAX + 1;
	CHECK(w, sc_status_is_bad_input(
			 w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &err)));
	range.limit = 0;
	CHECK(w, sc_status_is_bad_input(
			 w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &err)));
}

void a_cursor_that_is_none_is_bad_input(struct world *w)
{
	sc_range range = { .kind = KIND_CART, .index = SC_BY_ADDRESS, .limit = 10 };
	sc_error err = SC_ERROR_INIT;
	sc_page page;

	memset(&page, 0, sizeof(page));
	range.cursor = SC_BYTES("\xffno cursor of ours\xff");
	CHECK(w, sc_status_is_bad_input(
			 w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &err)));
}

void an_index_that_is_none_is_bad_input(struct world *w)
{
	sc_range range = { .kind = KIND_CART, .index = 3, .limit = 10 };
	sc_error err = SC_ERROR_INIT;
	sc_page page;

	memset(&page, 0, sizeof(page));
	CHECK(w, sc_status_is_bad_input(
			 w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, &err)));
}
