/*
 * The auditor. It reads the true store's rows and the provider's books, and what buyers were told, and
 * shares no code with the library: it adds up for itself and reads the answers' JSON with its own eyes.
 *
 *     stock       what is committed is what confirmed orders have, to the unit; nothing is held for nobody
 *     one order   per key, and no order without one
 *     money       charged and kept exactly for confirmed orders
 *     words       what a buyer was told is true
 *     cards       no row and no entry of the journal has the card number that buyers typed
 */
#include "market.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Rows as they are stored. Numbers of kinds, columns and states are for ever, so they may be written here. */
enum { ROW_STOCK = 7, ROW_ORDER = 12 };
enum { COLUMN_OWNER = 0, COLUMN_STATE = 1, COLUMN_TOTAL = 4 };
enum { STATE_PENDING = 1, STATE_CONFIRMED = 2, STATE_PAYMENT_FAILED = 3, STATE_CANCELLED = 4 };

struct seen_order {
	char id[37];
	sc_id key;
	int64_t state, total;
	unsigned buyer;
	const struct wish *wish;
};

struct audit {
	struct market *m;
	struct seen_order orders[BUYERS * WISHES_EACH * 2];
	size_t order_count;
	int64_t expected[SKUS]; /* committed */
};

static void write_id(const char *key, char out[37])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (int i = 0; i < 16; i++) {
		unsigned char byte = (unsigned char)key[i];

		if (i == 4 || i == 6 || i == 8 || i == 10)
			out[at++] = '-';
		out[at++] = digits[byte >> 4];
		out[at++] = digits[byte & 15];
	}
	out[at] = '\0';
}

static const struct wish *wish_for(const struct market *m, const char *order)
{
	for (unsigned b = 0; b < BUYERS; b++) {
		for (unsigned n = 0; n < WISHES_EACH; n++) {
			if (strcmp(m->wishes[b][n].order, order) == 0)
				return &m->wishes[b][n];
		}
	}
	return NULL;
}

/* ---- stock ---------------------------------------------------------------------------------------- */

static bool read_counters(struct market *m, unsigned sku, sc_counters *out)
{
	sc_address at = { sku_names[sku], "main", (uint16_t)strlen(sku_names[sku]), 4, ROW_STOCK, 0 };
	sc_record row;

	if (m->store.ops->load(m->store.ctx, SC_CALL_SYSTEM, &at, 1, 0, &m->arena, &row, NULL) != SC_OK)
		return false;
	*out = row.counters;
	return true;
}

void audit_step(struct market *m)
{
	sc_arena_reset(&m->arena);
	for (unsigned i = 0; i < SKUS; i++) {
		sc_counters c;

		if (!read_counters(m, i, &c))
			found(m, "the stock of %s cannot be read", sku_names[i]);
		else if (c.held < 0 || c.committed < 0 || c.held + c.committed > c.on_hand)
			found(m, "%s: %lld held and %lld committed of %lld", sku_names[i], (long long)c.held,
			      (long long)c.committed, (long long)c.on_hand);
	}
}

/* Adds up "sku":"…","quantity":N of a placement's answer. */
static void add_lines(struct audit *a, const char *answer)
{
	for (const char *at = strstr(answer, "\"sku\":\""); at != NULL; at = strstr(at + 1, "\"sku\":\"")) {
		const char *name = at + 7;
		const char *quantity = strstr(name, "\"quantity\":");

		for (unsigned i = 0; i < SKUS && quantity != NULL; i++) {
			size_t size = strlen(sku_names[i]);

			if (strncmp(name, sku_names[i], size) == 0 && name[size] == '"')
				a->expected[i] += strtoll(quantity + 11, NULL, 10);
		}
	}
}

static int64_t worth(const char *answer)
{
	int64_t sum = SHIPPING_MINOR;
	struct audit one = { 0 };

	add_lines(&one, answer);
	for (unsigned i = 0; i < SKUS; i++)
		sum += one.expected[i] * sku_prices[i];
	return sum;
}

static void check_stock(struct audit *a)
{
	for (size_t i = 0; i < a->order_count; i++) {
		if (a->orders[i].state == STATE_CONFIRMED && a->orders[i].wish != NULL)
			add_lines(a, a->orders[i].wish->answer);
	}
	for (unsigned i = 0; i < SKUS; i++) {
		sc_counters c;

		if (!read_counters(a->m, i, &c))
			continue;
		if (c.on_hand != sku_units[i])
			found(a->m, "%s: %lld on hand, %lld came in", sku_names[i], (long long)c.on_hand,
			      (long long)sku_units[i]);
		if (c.held != 0)
			found(a->m, "%s: %lld held when everybody is gone", sku_names[i], (long long)c.held);
		if (c.committed != a->expected[i])
			found(a->m, "%s: %lld committed, confirmed orders have %lld", sku_names[i],
			      (long long)c.committed, (long long)a->expected[i]);
	}
}

/* ---- orders --------------------------------------------------------------------------------------- */

/* "u:buyer-N" */
static unsigned owner_number(sc_bytes owner)
{
	const char *text = owner.data;
	unsigned number = 0;

	for (size_t i = 8; i < owner.size; i++)
		number = number * 10 + (unsigned)(text[i] - '0');
	return number;
}

static void see_order(struct audit *a, const sc_record *row)
{
	struct seen_order *order = &a->orders[a->order_count];

	if (a->order_count == sizeof(a->orders) / sizeof(a->orders[0])) {
		found(a->m, "there are more orders than anybody can have placed");
		return;
	}
	a->order_count++;
	memcpy(order->key.bytes, row->address.key, 16);
	write_id(row->address.key, order->id);
	order->buyer = owner_number(row->columns[COLUMN_OWNER].bytes);
	order->state = row->columns[COLUMN_STATE].number;
	order->total = row->columns[COLUMN_TOTAL].number;
	order->wish = wish_for(a->m, order->id);
}

static void see_orders(struct audit *a)
{
	struct market *m = a->m;
	sc_range range = { .kind = ROW_ORDER, .index = SC_BY_ADDRESS, .limit = 100, .mask = SC_READ_COLUMNS };

	do {
		sc_page page;

		if (m->store.ops->range(m->store.ctx, SC_CALL_SYSTEM, &range, 1, &m->arena, &page, NULL) != SC_OK) {
			found(m, "the orders cannot be read");
			return;
		}
		for (size_t i = 0; i < page.count; i++)
			see_order(a, &page.records[i]);
		range.cursor = page.next;
	} while (range.cursor.size > 0);
}

static void check_order(struct audit *a, const struct seen_order *order)
{
	const struct wish *wish = order->wish;

	if (order->state < STATE_CONFIRMED || order->state > STATE_CANCELLED)
		found(a->m, "order %s is still in state %lld", order->id, (long long)order->state);
	if (wish == NULL) /* its buyer gave up before an answer came: nothing may have become of it */
		return;
	if (order->total != worth(wish->answer))
		found(a->m, "order %s costs %lld, its lines are worth %lld", order->id, (long long)order->total,
		      (long long)worth(wish->answer));
	if (wish->told_confirmed && !wish->asked_cancel && order->state != STATE_CONFIRMED)
		found(a->m, "buyer %u was told that order %s is confirmed, and it is %lld", wish->buyer, order->id,
		      (long long)order->state);
	if (wish->told_cancelled && order->state != STATE_CANCELLED)
		found(a->m, "buyer %u was told that order %s is cancelled, and it is %lld", wish->buyer, order->id,
		      (long long)order->state);
}

/* A buyer has no more orders than wishes that may have become one: two for one key show here. */
static void check_buyer(struct audit *a, unsigned buyer)
{
	size_t orders = 0, wishes = 0;

	for (size_t i = 0; i < a->order_count; i++)
		orders += a->orders[i].buyer == buyer;
	for (unsigned n = 0; n < WISHES_EACH; n++)
		wishes += a->m->wishes[buyer][n].place_calls > 0;
	if (orders > wishes)
		found(a->m, "buyer %u has %zu orders for %zu keys", buyer, orders, wishes);
}

static void check_orders(struct audit *a)
{
	size_t known = 0, wanted = 0;

	for (size_t i = 0; i < a->order_count; i++) {
		known += a->orders[i].wish != NULL;
		check_order(a, &a->orders[i]);
		if (a->orders[i].wish == NULL && a->orders[i].state == STATE_CONFIRMED)
			found(a->m, "order %s was confirmed and nobody wanted it", a->orders[i].id);
	}
	for (unsigned b = 0; b < BUYERS; b++) {
		check_buyer(a, b);
		for (unsigned n = 0; n < WISHES_EACH; n++)
			wanted += a->m->wishes[b][n].order[0] != '\0';
	}
	if (known != wanted)
		found(a->m, "buyers were told of %zu orders, %zu of them are there", wanted, known);
}

/* ---- money ---------------------------------------------------------------------------------------- */

static int64_t kept_for(const sc_fake_booking *books, size_t count, sc_id order)
{
	int64_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		if (memcmp(books[i].order.bytes, order.bytes, 16) == 0)
			kept += books[i].captured_minor - books[i].refunded_minor;
	}
	return kept;
}

static void check_money(struct audit *a)
{
	struct market *m = a->m;
	sc_fake_booking *books;
	int64_t all = 0, of_orders = 0;
	size_t count;

	if (sc_fake_gateway_books(m->fake, &m->arena, &books, &count, NULL) != SC_OK) {
		found(m, "the provider's books cannot be read");
		return;
	}
	for (size_t i = 0; i < count; i++)
		all += books[i].captured_minor - books[i].refunded_minor;
	for (size_t i = 0; i < a->order_count; i++) {
		const struct seen_order *order = &a->orders[i];
		int64_t due = order->state == STATE_CONFIRMED ? order->total : 0;
		int64_t kept = kept_for(books, count, order->key);

		of_orders += kept;
		if (kept != due)
			found(m, "order %s in state %lld: %lld kept, %lld due", order->id, (long long)order->state,
			      (long long)kept, (long long)due);
	}
	if (all != of_orders)
		found(m, "%lld kept for orders that are not there", (long long)(all - of_orders));
}

/* ---- cards ---------------------------------------------------------------------------------------- */

static bool shows_card(sc_bytes text)
{
	return text.size > 0 && memmem(text.data, text.size, CARD_NUMBER, strlen(CARD_NUMBER)) != NULL;
}

static void check_rows(struct market *m, const sc_kind *kind)
{
	sc_page page = { 0 };

	do {
		const sc_range range = { .kind = kind->number,
			                 .index = SC_BY_ADDRESS,
			                 .limit = SC_PAGE_MAX,
			                 .cursor = page.next,
			                 .mask = SC_READ_ALL };
		if (m->store.ops->range(m->store.ctx, SC_CALL_SYSTEM, &range, 1, &m->arena, &page, NULL) != SC_OK) {
			found(m, "the rows of kind %s cannot be read", kind->name);
			return;
		}
		for (size_t i = 0; i < page.count; i++)
			if (shows_card(page.records[i].body) || shows_card(page.records[i].personal))
				found(m, "a card number is kept in a row of kind %s", kind->name);
	} while (page.next.size > 0);
}

static void check_entries(struct market *m)
{
	sc_entry entries[100];
	uint64_t after = 0;
	size_t count = 0;

	do {
		if (m->store.ops->log_read(m->store.ctx, SC_CALL_SYSTEM, 0, after, 100, &m->arena, entries, &count,
		                           NULL) != SC_OK) {
			found(m, "the journal cannot be read");
			return;
		}
		for (size_t i = 0; i < count; i++) {
			after = entries[i].position;
			if (shows_card(entries[i].body) || shows_card(entries[i].topic))
				found(m, "a card number is kept in the journal");
		}
	} while (count > 0);
}

static void check_cards(struct market *m)
{
	size_t count;
	const sc_kind *kinds = sc_kinds(&count);

	for (size_t i = 0; i < count; i++)
		check_rows(m, &kinds[i]);
	check_entries(m);
}

void audit_end(struct market *m)
{
	struct audit audit = { .m = m };

	sc_arena_reset(&m->arena);
	see_orders(&audit);
	check_orders(&audit);
	check_money(&audit);
	check_stock(&audit);
	check_cards(m);
}
