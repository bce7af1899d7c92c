/*
 * Loads and ranges.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#include <stdio.h>

void load_answers_mixed_kinds_in_order(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_address absent = ct_at(w, KIND_PRODUCT, "none", "");
	const sc_address asked[] = { hold, absent, cart, stock, cart };
	sc_record found[COUNT(asked)];
	sc_error err = SC_ERROR_INIT;

	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "ada's"), ct_set_on_hand(stock, 5));
	DO(w, ct_hold_one(w, hold, MINUTE_MS, stock, 2));
	CHECK_STATUS(w,
	             w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, asked, COUNT(asked), SC_READ_ALL, &w->arena,
	                                found, &err),
	             SC_OK);
	for (size_t i = 0; i < COUNT(asked); i++)
		CHECK(w, ct_same_address(&found[i].address, &asked[i]));
	CHECK_INT(w, found[0].hold_state, SC_HOLD_HELD);
	CHECK_INT(w, found[1].version, 0);
	CHECK_BYTES(w, found[2].body, SC_BYTES("ada's"));
	CHECK_INT(w, found[3].counters.held, 2);
	CHECK_INT(w, found[4].version, found[2].version);
}

void a_mask_leaves_parts_out(struct world *w)
{
	const sc_value columns[SKU_COLUMNS] = { SC_VALUE_OF_BYTES("mug", 3), SC_VALUE_NONE, SC_VALUE_OF_INT(1200) };
	sc_address sku = ct_at(w, KIND_SKU, "mug-1", "");
	sc_record is;

	DO(w, ct_put_columns(w, sku, SC_IF_ABSENT, "body", columns, SKU_COLUMNS));
	is = ct_load_mask(w, sku, SC_READ_BODY);
	CHECK(w, is.version != 0 && is.columns == NULL);
	CHECK_BYTES(w, is.body, SC_BYTES("body"));
	is = ct_load_mask(w, sku, SC_READ_COLUMNS);
	CHECK(w, is.columns != NULL);
	CHECK_INT(w, is.columns[SKU_PRICE].number, 1200);
	CHECK_INT(w, is.body.size, 0);
	is = ct_load_mask(w, sku, 0);
	CHECK(w, is.version != 0);
}

/* Keys in the order they must come: bytes unsigned, the shorter first. */
static const sc_bytes ordered[] = { { "\0", 1 },     { "\0\0", 2 },    { "\0a", 2 },   { "a", 1 },        { "a\0", 2 },
	                            { "a\0b", 3 },   { "a\x7f", 2 },   { "a\x80", 2 }, { "a\xff", 2 },    { "aa", 2 },
	                            { "b", 1 },      { "\x7f", 1 },    { "\x80", 1 },  { "\xc3\xa4", 2 }, { "\xff", 1 },
	                            { "\xff\0", 2 }, { "\xff\xff", 2 } };
/* Sorted by hand above: 0x00, 0x00 0x00, … ; "a\xff" stands before "aa" only when bytes are signed. */

static int byte_order(const void *a, const void *b)
{
	const sc_bytes *x = a, *y = b;
	size_t shared = x->size < y->size ? x->size : y->size;
	int order = memcmp(x->data, y->data, shared);

	if (order != 0)
		return order;
	return x->size < y->size ? -1 : x->size > y->size;
}

static void check_order_of_subs(struct world *w, bool descending)
{
	sc_range range = { .kind = KIND_LISTING, .index = SC_BY_SUB, .limit = 100 };
	sc_address category = ct_at(w, KIND_LISTING, "mugs", "");
	sc_page page;

	range.key = (sc_bytes){ category.key, category.key_size };
	range.flags = descending ? SC_RANGE_DESCENDING : 0;
	page = RANGE(w, range);
	CHECK_INT(w, page.count, COUNT(ordered));
	for (size_t i = 1; i < page.count; i++) {
		const sc_address *one = &page.records[i - 1].address, *two = &page.records[i].address;
		sc_bytes a = { one->sub, one->sub_size }, b = { two->sub, two->sub_size };

		CHECK(w, descending ? byte_order(&a, &b) > 0 : byte_order(&a, &b) < 0);
	}
}

void bytes_compare_unsigned_and_may_hold_anything(struct world *w)
{
	sc_address category = ct_at(w, KIND_LISTING, "mugs", "");
	sc_bytes key = { category.key, category.key_size };

	for (size_t i = 0; i < COUNT(ordered); i++) {
		sc_change put = ct_put(ct_at_bytes(w, KIND_LISTING, key, ordered[i]), SC_IF_ABSENT, 0, "");

		put.body = ordered[i];
		DO(w, put);
	}
	for (size_t i = 0; i < COUNT(ordered); i++)
		CHECK_BYTES(w, ct_load(w, ct_at_bytes(w, KIND_LISTING, key, ordered[i])).body, ordered[i]);
	check_order_of_subs(w, false);
	check_order_of_subs(w, true);
}

void a_key_and_its_sub_are_not_run_together(struct world *w)
{
	sc_address category = ct_at(w, KIND_LISTING, "ab", "");
	sc_bytes longer = { category.key, category.key_size };
	sc_bytes shorter = { category.key, category.key_size - 1u };
	sc_address first = ct_at_bytes(w, KIND_LISTING, longer, SC_BYTES("c"));
	char joined[SC_KEY_MAX];
	sc_address second;

	if (SC_OPS_HAS(w->store.ops, sc_store_ops, place))
		ct_skip(w, "needs two keys whose place the case cannot choose");
	joined[0] = ((const char *)longer.data)[longer.size - 1];
	joined[1] = 'c';
	second = ct_at_bytes(w, KIND_LISTING, shorter, (sc_bytes){ joined, 2 });
	DO(w, ct_put(first, SC_IF_ABSENT, 0, "first"), ct_put(second, SC_IF_ABSENT, 0, "second"));
	CHECK_BYTES(w, ct_load(w, first).body, SC_BYTES("first"));
	CHECK_BYTES(w, ct_load(w, second).body, SC_BYTES("second"));
}

/* Listings p00 … p(count - 1) of one category; gives the range over them. */
static sc_range listed(struct world *w, int count)
{
	sc_range range = { .kind = KIND_LISTING, .index = SC_BY_SUB, .limit = SC_PAGE_MAX };
	sc_address category = ct_at(w, KIND_LISTING, "mugs", "");
	char name[16];

	range.key = (sc_bytes){ category.key, category.key_size };
	for (int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "p%02d", i);
		DO(w, ct_put(ct_at_bytes(w, KIND_LISTING, range.key, ct_text(name)), SC_IF_ABSENT, 0, name));
	}
	return range;
}

/* The subs of a page must be "pNN" with these numbers. */
static void check_subs(struct world *w, const char *file, int line, sc_page page, const char *want)
{
	char got[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < page.count && at + 8 < sizeof(got); i++) {
		const sc_address *address = &page.records[i].address;

		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%.*s", i == 0 ? "" : " ", (int)address->sub_size,
		                       address->sub);
	}
	if (strcmp(got, want) != 0)
		ct_fail(w, file, line, "the page is \"%s\", wanted \"%s\"", got, want);
}
#define CHECK_SUBS(w, page, want) check_subs((w), __FILE__, __LINE__, (page), (want))

void a_range_walks_the_subs_of_one_key(struct world *w)
{
	sc_range range = listed(w, 4);

	DO(w, ct_put(ct_at(w, KIND_LISTING, "cups", "p02"), SC_IF_ABSENT, 0, ""));
	CHECK_SUBS(w, RANGE(w, range), "p00 p01 p02 p03");
	range.flags = SC_RANGE_DESCENDING;
	CHECK_SUBS(w, RANGE(w, range), "p03 p02 p01 p00");
	range.key = SC_BYTES("nothing here");
	CHECK_INT(w, RANGE(w, range).count, 0);
}

void bounds_are_included_unless_said_otherwise(struct world *w)
{
	sc_range range = listed(w, 6);

	range.low = SC_VALUE_OF_BYTES("p01", 3);
	range.high = SC_VALUE_OF_BYTES("p04", 3);
	CHECK_SUBS(w, RANGE(w, range), "p01 p02 p03 p04");
	range.flags = SC_RANGE_LOW_EXCLUDED;
	CHECK_SUBS(w, RANGE(w, range), "p02 p03 p04");
	range.flags = SC_RANGE_HIGH_EXCLUDED;
	CHECK_SUBS(w, RANGE(w, range), "p01 p02 p03");
	range.flags = SC_RANGE_LOW_EXCLUDED | SC_RANGE_HIGH_EXCLUDED | SC_RANGE_DESCENDING;
	CHECK_SUBS(w, RANGE(w, range), "p03 p02");
	range.flags = SC_RANGE_DESCENDING;
	range.low = SC_VALUE_NONE;
	CHECK_SUBS(w, RANGE(w, range), "p04 p03 p02 p01 p00");
}

void cursors_join_pages_without_gap_or_double(struct world *w)
{
	sc_range range = listed(w, 8);

	range.limit = 3;
	CHECK_SUBS(w, RANGE(w, range), "p00 p01 p02");
	range.cursor = RANGE(w, range).next;
	CHECK(w, range.cursor.size > 0);
	CHECK_SUBS(w, RANGE(w, range), "p03 p04 p05");
	range.cursor = RANGE(w, range).next;
	CHECK_SUBS(w, RANGE(w, range), "p06 p07");
	CHECK_INT(w, RANGE(w, range).next.size, 0);
	range.cursor = (sc_bytes){ NULL, 0 };
	range.flags = SC_RANGE_DESCENDING;
	CHECK_SUBS(w, RANGE(w, range), "p07 p06 p05");
	range.cursor = RANGE(w, range).next;
	CHECK_SUBS(w, RANGE(w, range), "p04 p03 p02");
}

void a_cursor_stands_while_rows_come_and_go(struct world *w)
{
	sc_range range = listed(w, 9);
	const sc_address first = ct_at_bytes(w, KIND_LISTING, range.key, SC_BYTES("p01"));
	const sc_address second = ct_at_bytes(w, KIND_LISTING, range.key, SC_BYTES("p02"));
	const sc_address fifth = ct_at_bytes(w, KIND_LISTING, range.key, SC_BYTES("p05"));
	const sc_address before = ct_at_bytes(w, KIND_LISTING, range.key, SC_BYTES("p00a"));
	const sc_address after = ct_at_bytes(w, KIND_LISTING, range.key, SC_BYTES("p03a"));

	range.limit = 3;
	CHECK_SUBS(w, RANGE(w, range), "p00 p01 p02");
	range.cursor = RANGE(w, range).next;
	DO(w, ct_delete(first, SC_IF_PRESENT, 0), ct_delete(second, SC_IF_PRESENT, 0),
	   ct_delete(fifth, SC_IF_PRESENT, 0), ct_put(before, SC_IF_ABSENT, 0, ""), ct_put(after, SC_IF_ABSENT, 0, ""));
	CHECK_SUBS(w, RANGE(w, range), "p03 p03a p04");
	range.cursor = RANGE(w, range).next;
	CHECK_SUBS(w, RANGE(w, range), "p06 p07 p08");
}

void a_range_by_address_walks_the_whole_kind(struct world *w)
{
	sc_range range = { .kind = KIND_SETTING, .index = SC_BY_ADDRESS, .limit = 2, .mask = SC_READ_BODY };
	static const char *const settings[] = { "c", "a", "d", "b" };
	char got[8] = "";
	size_t n = 0;

	for (size_t i = 0; i < COUNT(settings); i++)
		DO(w, ct_put(ct_at_bytes(w, KIND_SETTING, ct_text(settings[i]), SC_BYTES("")), SC_IF_ABSENT, 0, "x"));
	for (int turn = 0; turn < 3; turn++) {
		sc_page page = RANGE(w, range);

		CHECK(w, page.count <= 2);
		for (size_t i = 0; i < page.count && n < 7; i++)
			got[n++] = page.records[i].address.key[0];
		range.cursor = page.next;
		if (page.next.size == 0)
			break;
	}
	CHECK_BYTES(w, ct_text(got), SC_BYTES("abcd"));
	range.cursor = (sc_bytes){ NULL, 0 };
	range.low = SC_VALUE_OF_BYTES("b", 1);
	range.high = SC_VALUE_OF_BYTES("c", 1);
	CHECK_INT(w, RANGE(w, range).count, 2);
}

/* A category below `parent` at a position; NULL: not placed. */
static void category(struct world *w, const char *id, const char *parent, const int64_t *position)
{
	sc_value columns[CATEGORY_COLUMNS] = { SC_VALUE_OF_BYTES(parent, strlen(parent)), SC_VALUE_NONE };

	if (position != NULL)
		columns[CATEGORY_POSITION] = SC_VALUE_OF_INT(*position);
	DO(w, ct_put_columns(w, ct_at_bytes(w, KIND_CATEGORY, ct_text(id), SC_BYTES("")), SC_IF_ABSENT, id, columns,
	                     CATEGORY_COLUMNS));
}

static void check_keys(struct world *w, const char *file, int line, sc_page page, const char *want)
{
	char got[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < page.count && at + 8 < sizeof(got); i++) {
		const sc_address *address = &page.records[i].address;

		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%.*s", i == 0 ? "" : " ", (int)address->key_size,
		                       address->key);
	}
	if (strcmp(got, want) != 0)
		ct_fail(w, file, line, "the page is \"%s\", wanted \"%s\"", got, want);
}
#define CHECK_KEYS(w, page, want) check_keys((w), __FILE__, __LINE__, (page), (want))

static sc_range below(const sc_value *parent)
{
	return (sc_range){ .kind = KIND_CATEGORY,
		           .index = CATEGORY_BY_PARENT,
		           .equal = parent,
		           .equal_count = 1,
		           .limit = 100,
		           .mask = SC_READ_ALL };
}

void an_index_orders_by_its_columns(struct world *w)
{
	static const int64_t positions[] = { 5, INT64_MIN, -1, 0, INT64_MAX, 5 };
	static const char *const names[] = { "five", "least", "minus", "zero", "most", "five2" };
	const sc_value home = SC_VALUE_OF_BYTES("home", 4);
	sc_range range = below(&home);

	for (size_t i = 0; i < COUNT(names); i++)
		category(w, names[i], "home", &positions[i]);
	category(w, "elsewhere", "garden", &positions[0]);
	category(w, "homes", "homes", &positions[0]);
	CHECK_KEYS(w, RANGE(w, range), "least minus zero five five2 most");
	range.flags = SC_RANGE_DESCENDING;
	CHECK_KEYS(w, RANGE(w, range), "most five2 five zero minus least");
	range.low = SC_VALUE_OF_INT(-1);
	range.high = SC_VALUE_OF_INT(5);
	range.flags = SC_RANGE_HIGH_EXCLUDED;
	CHECK_KEYS(w, RANGE(w, range), "minus zero");
	range.flags = SC_RANGE_LOW_EXCLUDED;
	CHECK_KEYS(w, RANGE(w, range), "zero five five2");
}

void a_null_is_not_in_an_index(struct world *w)
{
	static const int64_t one = 1;
	const sc_value home = SC_VALUE_OF_BYTES("home", 4);
	sc_address placed = ct_at_bytes(w, KIND_CATEGORY, SC_BYTES("placed"), SC_BYTES(""));

	category(w, "placed", "home", &one);
	category(w, "loose", "home", NULL);
	CHECK_KEYS(w, RANGE(w, below(&home)), "placed");
	DO(w, ct_patch_column(w, placed, SC_IF_PRESENT, 0, CATEGORY_POSITION, SC_VALUE_NONE));
	CHECK_INT(w, RANGE(w, below(&home)).count, 0);
}

void an_index_follows_every_change(struct world *w)
{
	static const int64_t one = 1, two = 2;
	const sc_value home = SC_VALUE_OF_BYTES("home", 4);
	sc_address a = ct_at_bytes(w, KIND_CATEGORY, SC_BYTES("a"), SC_BYTES(""));
	sc_address b = ct_at_bytes(w, KIND_CATEGORY, SC_BYTES("b"), SC_BYTES(""));

	category(w, "a", "home", &one);
	category(w, "b", "home", &two);
	CHECK_KEYS(w, RANGE(w, below(&home)), "a b");
	DO(w, ct_patch_column(w, a, SC_IF_PRESENT, 0, CATEGORY_POSITION, SC_VALUE_OF_INT(3)));
	CHECK_KEYS(w, RANGE(w, below(&home)), "b a");
	DO(w, ct_patch_column(w, b, SC_IF_PRESENT, 0, CATEGORY_PARENT, SC_VALUE_OF_BYTES("garden", 6)));
	CHECK_KEYS(w, RANGE(w, below(&home)), "a");
	DO(w, ct_delete(a, SC_IF_PRESENT, 0));
	CHECK_INT(w, RANGE(w, below(&home)).count, 0);
}

void pages_of_an_index_with_equal_values_join(struct world *w)
{
	static const int64_t same = 7;
	const sc_value home = SC_VALUE_OF_BYTES("home", 4);
	sc_range range = below(&home);
	char name[8];

	for (int i = 0; i < 7; i++) {
		snprintf(name, sizeof(name), "c%d", i);
		category(w, name, "home", &same);
	}
	range.limit = 3;
	CHECK_KEYS(w, RANGE(w, range), "c0 c1 c2");
	range.cursor = RANGE(w, range).next;
	DO(w, ct_delete(ct_at_bytes(w, KIND_CATEGORY, SC_BYTES("c2"), SC_BYTES("")), SC_IF_PRESENT, 0));
	CHECK_KEYS(w, RANGE(w, range), "c3 c4 c5");
	range.cursor = RANGE(w, range).next;
	CHECK_KEYS(w, RANGE(w, range), "c6");
	CHECK_INT(w, RANGE(w, range).next.size, 0);
}

void equality_on_all_columns_finds_exact_rows(struct world *w)
{
	static const int64_t one = 1, two = 2;
	const sc_value exact[] = { SC_VALUE_OF_BYTES("home", 4), SC_VALUE_OF_INT(2) };
	sc_range range = below(exact);

	category(w, "a", "home", &one);
	category(w, "b", "home", &two);
	range.equal_count = 2;
	CHECK_KEYS(w, RANGE(w, range), "b");
}

void a_range_may_end_at_the_stores_now(struct world *w)
{
	sc_range due = { .kind = KIND_ORDER,
		         .index = ORDER_BY_DUE,
		         .flags = SC_RANGE_UNTIL_NOW,
		         .limit = 10,
		         .mask = SC_READ_COLUMNS };
	int64_t start = ct_now(w);

	for (int i = 0; i < 3; i++) {
		sc_value columns[ORDER_COLUMNS];

		memset(columns, 0, sizeof(columns));
		columns[ORDER_DUE] = SC_VALUE_OF_INT(start + i * MINUTE_MS);
		DO(w,
		   ct_put_columns(w, ct_at_id(w, KIND_ORDER, ct_id(w), 0), SC_IF_ABSENT, "", columns, ORDER_COLUMNS));
	}
	due.high = SC_VALUE_OF_INT(0);
	CHECK_INT(w, RANGE(w, due).count, 1);
	due.high = SC_VALUE_OF_INT(MINUTE_MS);
	CHECK_INT(w, RANGE(w, due).count, 2);
	due.high = SC_VALUE_OF_INT(0);
	ct_advance(w, HOUR_MS);
	CHECK_INT(w, RANGE(w, due).count, 3);
	CHECK_INT(w, RANGE(w, due).records[0].columns[ORDER_DUE].number, start);
}

void live_holds_are_listed_by_deadline(struct world *w)
{
	sc_range range = { .kind = KIND_HOLD, .index = 0, .limit = 10, .mask = SC_READ_ALL };
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address holds[4];
	sc_page page;

	DO(w, ct_set_on_hand(stock, 9));
	for (int i = 0; i < 4; i++) {
		holds[i] = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
		DO(w, ct_hold_one(w, holds[i], i == 3 ? 0 : (5 - i) * MINUTE_MS, stock, 1));
	}
	DO(w, ct_release(holds[1], 0));
	page = RANGE(w, range);
	CHECK_INT(w, page.count, 2); /* one is released, one has no deadline */
	CHECK(w, ct_same_address(&page.records[0].address, &holds[2]));
	CHECK(w, ct_same_address(&page.records[1].address, &holds[0]));
	CHECK_INT(w, page.records[0].hold_state, SC_HOLD_HELD);
	CHECK_INT(w, page.records[0].deadline_ms, ct_now(w) + 3 * MINUTE_MS);
}

void several_ranges_are_walked_in_one_call(struct world *w)
{
	sc_range ranges[2] = { listed(w, 3), listed(w, 0) };
	sc_page pages[2];
	sc_error err = SC_ERROR_INIT;

	ranges[1].flags = SC_RANGE_DESCENDING;
	ranges[1].limit = 1;
	CHECK_STATUS(w, w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, ranges, 2, &w->arena, pages, &err), SC_OK);
	CHECK_SUBS(w, pages[0], "p00 p01 p02");
	CHECK_SUBS(w, pages[1], "p02");
}

void a_range_gives_what_a_load_gives(struct world *w)
{
	static const int64_t one = 1;
	const sc_value home = SC_VALUE_OF_BYTES("home", 4);
	sc_range range = below(&home);
	sc_record loaded, walked;

	category(w, "a", "home", &one);
	loaded = ct_load(w, ct_at_bytes(w, KIND_CATEGORY, SC_BYTES("a"), SC_BYTES("")));
	walked = RANGE(w, range).records[0];
	CHECK_INT(w, walked.version, loaded.version);
	CHECK_INT(w, walked.entry, loaded.entry);
	CHECK_BYTES(w, walked.body, loaded.body);
	CHECK_INT(w, walked.columns[CATEGORY_POSITION].number, 1);
	range.mask = SC_READ_COLUMNS;
	CHECK_INT(w, RANGE(w, range).records[0].body.size, 0);
}

void accounts_of_one_key_are_listed(struct world *w)
{
	sc_range range = { .kind = KIND_STOCK, .index = SC_BY_SUB, .limit = 10 };
	sc_address main = ct_at(w, KIND_STOCK, "mug", "main");
	sc_page page;

	range.key = (sc_bytes){ main.key, main.key_size };
	DO(w, ct_set_on_hand(main, 5), ct_set_on_hand(ct_at_bytes(w, KIND_STOCK, range.key, SC_BYTES("shop")), 2));
	page = RANGE(w, range);
	CHECK_SUBS(w, page, "main shop");
	CHECK_INT(w, page.records[0].counters.on_hand, 5);
	CHECK_INT(w, page.records[1].counters.on_hand, 2);
}
