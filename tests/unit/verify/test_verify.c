/*
 * Verification. A healthy shop is clean, also while it is busy; each kind of damage, planted in the file behind the
 * shop's back, is found and named, and nothing else is. Repair mends it, says how, and leaves its mark in the journal;
 * afterwards the shop is clean and stays so in business.
 */
#include "../shop/world.h"

#include <shopcore/testkit/fake_gateway.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#define ENTRIES_MAX 1000

/* Kinds as they stand in the file. */
enum { KIND_STOCK = 7 };

typedef struct stage {
	sc_testkit_env *env;
	sc_fake_gateway *gateway;
	char folder[32], path[64];
	world *w; /* NULL while damage is planted */
	sc_id confirmed, pending, reserved;
} stage;

static void open_shop(stage *s)
{
	char url[80];
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	snprintf(url, sizeof(url), "sqlite:%s", s->path);
	options.env = sc_testkit_env_table(s->env);
	options.store_url = url;
	options.gateway = sc_fake_gateway_port(s->gateway);
	s->w = world_new(&options);
}

static void close_shop(stage *s)
{
	world_free(s->w);
	s->w = NULL;
}

static sc_id buy(stage *s, const char *user, const char *token, sc_status expected)
{
	sc_placement placement;
	sc_id id;
	assert_status(s->w, world_buy(s->w, user, "mug", 2, token, &placement), expected);
	assert_int_equal(sc_id_parse(placement.order_id, &id), SC_OK);
	return id;
}

/* The order that a customer has, when the purchase did not go through to the end. */
static sc_id order_of(stage *s, const char *user)
{
	const sc_call call = CUSTOMER(user);
	sc_order_page page;
	sc_id id;
	assert_status(s->w, sc_order_list(s->w->shop, &call, NULL, 1, NULL, &s->w->arena, &page, &s->w->err), SC_OK);
	assert_int_equal(page.count, 1);
	assert_int_equal(sc_id_parse(page.orders[0].id, &id), SC_OK);
	return id;
}

/* A shop in which something of everything has happened. */
static int set_up(void **state)
{
	stage *s = calloc(1, sizeof(*s));
	strcpy(s->folder, "/tmp/shopcore-verify-XXXXXX");
	assert_non_null(mkdtemp(s->folder));
	snprintf(s->path, sizeof(s->path), "%s/shop.db", s->folder);
	s->env = sc_testkit_env_new(1);
	assert_int_equal(sc_fake_gateway_open(sc_env_default(), NULL, &s->gateway, NULL), SC_OK);
	open_shop(s);
	world_add_sku(s->w, "mug", 500, "USD");
	world_receive(s->w, "mug", 20);
	world_receive(s->w, "cup", 7);
	char text[SC_ID_TEXT_SIZE];
	const sc_id shipped = buy(s, "sue", "tok_ok", SC_OK);
	assert_status(s->w,
	              sc_order_ship(s->w->shop, SC_CALL_SYSTEM, sc_id_format(shipped, text), NULL, "T1", &s->w->err),
	              SC_OK);
	s->confirmed = buy(s, "ada", "tok_ok", SC_OK);
	sc_placement placement;
	assert_status(s->w, world_buy(s->w, "pat", "mug", 2, "tok_action", &placement), SC_ACTION_REQUIRED);
	s->pending = order_of(s, "pat");
	const sc_reserve_line line = { .sku = "mug", .quantity = 3 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_reservation reservation;
	request.lines = &line;
	request.line_count = 1;
	assert_status(s->w, sc_inventory_reserve(s->w->shop, SC_CALL_SYSTEM, &request, &reservation, &s->w->err),
	              SC_OK);
	s->reserved = reservation.id;
	world_receive(s->w, "mug", 1);
	*state = s;
	return 0;
}

static int tear_down(void **state)
{
	stage *s = *state;
	char command[96];
	if (s->w != NULL)
		close_shop(s);
	sc_fake_gateway_free(s->gateway);
	assert_int_equal(sc_testkit_env_live_blocks(s->env), 0);
	sc_testkit_env_free(s->env);
	snprintf(command, sizeof(command), "rm -r %s", s->folder);
	assert_int_equal(system(command), 0);
	free(s);
	return 0;
}

/* ---- planting -------------------------------------------------------------------------- */

static sqlite3 *open_file(const stage *s)
{
	sqlite3 *db;
	assert_int_equal(sqlite3_open(s->path, &db), SQLITE_OK);
	return db;
}

/* One statement that has to change exactly one row; `id` is its parameter ?1. */
static void change_row(stage *s, const char *sql, const sc_id *id)
{
	sqlite3 *db = open_file(s);
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	if (id != NULL)
		sqlite3_bind_blob(stmt, 1, id->bytes, sizeof(id->bytes), SQLITE_STATIC);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	assert_int_equal(sqlite3_changes(db), 1);
	sqlite3_finalize(stmt);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* What to do with one movement; the count afterwards is 0, 1 or 2. */
typedef size_t (*edit_fn)(sc_entry entries[2]);

static bool is_movement_of_mugs(const sc_entry *entry)
{
	return entry->type == SC_ENTRY_ACCOUNT && entry->subject.kind == KIND_STOCK && entry->subject.key_size == 3 &&
	       memcmp(entry->subject.key, "mug", 3) == 0;
}

/* Rewrites a batch in which the edit changed one movement. */
static void write_batch(sqlite3 *db, int64_t first, const sc_entry *entries, size_t count)
{
	void *packed = malloc(sc_entries_bound(entries, count) + 1);
	const size_t size = sc_entries_pack(entries, count, packed);
	sqlite3_stmt *stmt;
	assert_int_equal(sqlite3_prepare_v2(db, "UPDATE sc_journal SET check32 = ?1, entries = ?2 WHERE first = ?3", -1,
	                                    &stmt, NULL),
	                 SQLITE_OK);
	sqlite3_bind_int64(stmt, 1, XXH32(packed, size, 0));
	sqlite3_bind_blob(stmt, 2, packed, (int)size, SQLITE_TRANSIENT);
	sqlite3_bind_int64(stmt, 3, first);
	assert_int_equal(sqlite3_step(stmt), SQLITE_DONE);
	sqlite3_finalize(stmt);
	free(packed);
}

/* Edits the n-th movement of mugs, counted from the newest, 0 first. */
static void edit_movement(stage *s, int n, edit_fn edit)
{
	static sc_entry entries[ENTRIES_MAX];
	sqlite3 *db = open_file(s);
	sqlite3_stmt *stmt;
	bool done = false;
	assert_int_equal(
		sqlite3_prepare_v2(db, "SELECT first, entries FROM sc_journal ORDER BY first DESC", -1, &stmt, NULL),
		SQLITE_OK);
	while (!done && sqlite3_step(stmt) == SQLITE_ROW) {
		const size_t size = (size_t)sqlite3_column_bytes(stmt, 1);
		void *blob = malloc(size + 1);
		size_t count;
		if (size > 0)
			memcpy(blob, sqlite3_column_blob(stmt, 1), size);
		assert_int_equal(sc_entries_unpack((sc_bytes){ blob, size }, 0, ENTRIES_MAX - 1, entries, &count),
		                 SC_OK);
		for (size_t i = count; i-- > 0 && !done;) {
			if (!is_movement_of_mugs(&entries[i]) || n-- > 0)
				continue;
			sc_entry pair[2] = { entries[i], entries[i] };
			const size_t now = edit(pair);
			memmove(&entries[i + now], &entries[i + 1], (count - i - 1) * sizeof(entries[0]));
			memcpy(&entries[i], pair, now * sizeof(entries[0]));
			write_batch(db, sqlite3_column_int64(stmt, 0), entries, count - 1 + now);
			done = true;
		}
		free(blob);
	}
	assert_true(done);
	sqlite3_finalize(stmt);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static size_t drop_it(sc_entry entries[2])
{
	(void)entries;
	return 0;
}

static size_t double_it(sc_entry entries[2])
{
	(void)entries;
	return 2;
}

static size_t alter_delta(sc_entry entries[2])
{
	entries[0].delta.held++;
	return 1;
}

static size_t alter_after(sc_entry entries[2])
{
	entries[0].after.on_hand--;
	return 1;
}

static size_t break_chain(sc_entry entries[2])
{
	entries[0].previous--;
	return 1;
}

/* A movement that the store itself books, but that no hold stands behind. */
static void adjust(stage *s, int64_t held, int64_t committed)
{
	sc_store store;
	const sc_change change = {
		.address = { .kind = KIND_STOCK, .key = "mug", .key_size = 3, .sub = "main", .sub_size = 4 },
		.type = SC_CHANGE_ADJUST,
		.counters = { .held = held, .committed = committed }
	};
	const sc_group group = {
		.id = sc_id_make(sc_testkit_env_table(s->env)), .home = SC_HOME_TABLE, .changes = &change, .count = 1
	};
	sc_outcome outcome = { 0 };
	assert_int_equal(sc_sqlite_open(sc_testkit_env_table(s->env), s->path, NULL, &store, NULL), SC_OK);
	assert_int_equal(store.ops->prepare(store.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
	assert_int_equal(store.ops->apply(store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
	store.ops->close(store.ctx);
}

/* ---- each damage is found and named, and nothing else ---------------------------------- */

static void expect(stage *s, sc_damage damage, const char *sku, const sc_id *subject)
{
	sc_finding finding = { 0 };
	open_shop(s);
	const size_t count = world_verify(s->w, &finding);
	assert_string_equal(sc_damage_name(finding.damage), sc_damage_name(damage));
	assert_int_equal(count, 1);
	if (sku != NULL)
		assert_string_equal(finding.sku, sku);
	if (subject != NULL)
		assert_true(sc_id_equal(finding.subject, *subject));
}

static sc_repair_report repair(stage *s)
{
	sc_repair_report report;
	assert_status(s->w, sc_verify_repair(s->w->shop, SC_CALL_SYSTEM, &s->w->arena, &report, &s->w->err), SC_OK);
	return report;
}

static void do_business(stage *s, int turn);

static bool is_newest_in_journal(stage *s, const char *sku)
{
	const sc_stock_ref ref = { .sku = sku };
	sc_movement_page page;
	assert_status(s->w,
	              sc_inventory_journal(s->w->shop, SC_CALL_SYSTEM, &ref, 0, 1, &s->w->arena, &page, &s->w->err),
	              SC_OK);
	return page.count == 1 && strcmp(page.movements[0].reason, "repair") == 0;
}

/* Mended, clean, and clean again after business went on. */
static void expect_mended(stage *s, sc_damage damage, const char *sku)
{
	const sc_repair_report report = repair(s);
	assert_int_equal(report.left, 0);
	assert_true(report.count >= 1);
	assert_int_equal(report.mended, report.count);
	assert_string_equal(sc_damage_name(report.repairs[0].finding.damage), sc_damage_name(damage));
	if (sku != NULL)
		assert_true(is_newest_in_journal(s, sku));
	assert_int_equal(world_verify(s->w, NULL), 0);
	for (int turn = 0; turn < 4; turn++)
		do_business(s, turn);
	assert_int_equal(world_verify(s->w, NULL), 0);
	assert_int_equal(repair(s).count, 0);
}

#define FOUND(name, plant, damage, sku, subject) \
	static void name(void **state)           \
	{                                        \
		stage *s = *state;               \
		close_shop(s);                   \
		plant;                           \
		expect(s, damage, sku, subject); \
	}
#define DAMAGE(name, plant, damage, sku, subject)   \
	FOUND(name, plant, damage, sku, subject)    \
	static void name##_and_mended(void **state) \
	{                                           \
		stage *s = *state;                  \
		close_shop(s);                      \
		plant;                              \
		open_shop(s);                       \
		expect_mended(s, damage, sku);      \
	}

#define ROW(sql, id)  change_row(s, sql, id)
#define MUG(what)     ROW("UPDATE stock SET " what " WHERE CAST(key AS TEXT) = 'mug'", NULL)
#define JOURNAL(n, f) edit_movement(s, n, f)

DAMAGE(on_hand_off_by_one_is_found, MUG("on_hand = on_hand + 1"), SC_DAMAGE_ON_HAND_OFF, "mug", NULL)
DAMAGE(held_off_by_one_is_found, MUG("held = held - 1"), SC_DAMAGE_HELD_OFF, "mug", NULL)
DAMAGE(committed_off_by_one_is_found, MUG("committed = committed + 1"), SC_DAMAGE_COMMITTED_OFF, "mug", NULL)
DAMAGE(safety_off_by_one_is_found, MUG("floor = floor + 1"), SC_DAMAGE_SAFETY_OFF, "mug", NULL)
DAMAGE(a_missing_movement_is_found, JOURNAL(3, drop_it), SC_DAMAGE_MOVEMENT_MISSING, "mug", NULL)
DAMAGE(the_newest_movement_missing_is_found, JOURNAL(0, drop_it), SC_DAMAGE_MOVEMENT_MISSING, "mug", NULL)
DAMAGE(a_doubled_movement_is_found, JOURNAL(3, double_it), SC_DAMAGE_MOVEMENT_DOUBLED, "mug", NULL)
DAMAGE(the_newest_movement_doubled_is_found, JOURNAL(0, double_it), SC_DAMAGE_MOVEMENT_DOUBLED, "mug", NULL)
DAMAGE(an_altered_movement_is_found, JOURNAL(3, alter_after), SC_DAMAGE_MOVEMENT_ALTERED, "mug", NULL)
DAMAGE(an_altered_difference_is_found, JOURNAL(0, alter_delta), SC_DAMAGE_MOVEMENT_ALTERED, "mug", NULL)
DAMAGE(the_newest_movement_altered_is_found, JOURNAL(0, alter_after), SC_DAMAGE_MOVEMENT_ALTERED, "mug", NULL)
DAMAGE(a_broken_chain_is_found, JOURNAL(2, break_chain), SC_DAMAGE_CHAIN_BROKEN, "mug", NULL)
DAMAGE(an_order_without_its_hold_is_found, ROW("DELETE FROM hold WHERE key = ?1", &s->confirmed),
       SC_DAMAGE_ORDER_WITHOUT_HOLD, NULL, &s->confirmed)
DAMAGE(a_pending_order_without_its_hold_is_found, ROW("DELETE FROM hold WHERE key = ?1", &s->pending),
       SC_DAMAGE_ORDER_WITHOUT_HOLD, NULL, &s->pending)
DAMAGE(a_hold_without_its_order_is_found, ROW("DELETE FROM shop_order WHERE key = ?1", &s->pending),
       SC_DAMAGE_HOLD_WITHOUT_ORDER, NULL, &s->pending)
DAMAGE(a_hold_past_its_order_is_found, ROW("UPDATE shop_order SET state = 4 WHERE key = ?1", &s->confirmed),
       SC_DAMAGE_HOLD_PAST_ORDER, NULL, &s->confirmed)
FOUND(a_hold_past_its_deadline_is_found, ROW("UPDATE hold SET deadline = 1 WHERE key = ?1", &s->reserved),
      SC_DAMAGE_HOLD_PAST_DEADLINE, NULL, &s->reserved)
DAMAGE(held_without_a_hold_is_found, adjust(s, 1, 0), SC_DAMAGE_HELD_SUM_OFF, "mug", NULL)
DAMAGE(committed_without_a_hold_is_found, adjust(s, 0, 1), SC_DAMAGE_COMMITTED_SUM_OFF, "mug", NULL)
DAMAGE(an_order_that_left_with_its_goods_still_here_is_found,
       ROW("UPDATE shop_order SET fulfilment = 2 WHERE key = ?1", &s->confirmed), SC_DAMAGE_HOLD_PAST_ORDER, NULL,
       &s->confirmed)
DAMAGE(an_altered_order_is_found,
       ROW("UPDATE shop_order SET body = CAST(replace(CAST(body AS TEXT), 'mug', 'jug') AS BLOB) WHERE key = ?1",
           &s->confirmed),
       SC_DAMAGE_ORDER_ALTERED, NULL, &s->confirmed)
DAMAGE(a_hold_that_cannot_be_read_is_found, ROW("UPDATE hold SET body = x'ff' WHERE key = ?1", &s->reserved),
       SC_DAMAGE_HOLD_UNREADABLE, NULL, &s->reserved)
DAMAGE(a_reservation_that_vanished_is_found, ROW("DELETE FROM hold WHERE key = ?1", &s->reserved),
       SC_DAMAGE_HOLD_MISSING, NULL, &s->reserved)
DAMAGE(an_account_that_vanished_is_found, ROW("DELETE FROM stock WHERE CAST(key AS TEXT) = 'cup'", NULL),
       SC_DAMAGE_ON_HAND_OFF, "cup", NULL)
FOUND(an_entry_of_the_ledger_that_does_not_add_up_is_found,
      ROW("UPDATE ledger SET body = CAST(replace(CAST(body AS TEXT), 'provider\":1000', 'provider\":1001') AS BLOB) "
          "WHERE key = ?1",
          &s->confirmed),
      SC_DAMAGE_LEDGER_UNEVEN, NULL, &s->confirmed)
FOUND(a_capture_that_the_ledger_does_not_know_is_found, ROW("DELETE FROM ledger WHERE key = ?1", &s->confirmed),
      SC_DAMAGE_LEDGER_OFF, NULL, &s->confirmed)
FOUND(an_order_that_nobody_paid_is_found, ROW("UPDATE payment SET state = 4 WHERE key = ?1", &s->confirmed),
      SC_DAMAGE_PAYMENT_MISSING, NULL, &s->confirmed)

/* ---- a healthy shop is clean ----------------------------------------------------------- */

static void a_healthy_shop_is_clean(void **state)
{
	stage *s = *state;
	assert_int_equal(world_verify(s->w, NULL), 0);
	close_shop(s);
	open_shop(s);
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void a_late_hold_is_swept_by_a_repair(void **state)
{
	stage *s = *state;
	close_shop(s);
	ROW("UPDATE hold SET deadline = 1 WHERE key = ?1", &s->reserved);
	open_shop(s);
	assert_int_equal(world_verify(s->w, NULL), 1);
	assert_int_equal(repair(s).left, 0);
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void a_mended_account_has_the_counters_that_the_journal_tells(void **state)
{
	stage *s = *state;
	const sc_level before = world_level(s->w, "mug");
	close_shop(s);
	MUG("on_hand = on_hand + 5, held = held - 1");
	open_shop(s);
	repair(s);
	assert_level(s->w, "mug", before.on_hand, before.held, before.committed);
}

static void a_restored_reservation_can_be_committed(void **state)
{
	stage *s = *state;
	const sc_level before = world_level(s->w, "mug");
	close_shop(s);
	ROW("DELETE FROM hold WHERE key = ?1", &s->reserved);
	open_shop(s);
	const sc_repair_report report = repair(s);
	assert_int_equal(report.repairs[0].mend, SC_MEND_RESTORED);
	assert_level(s->w, "mug", before.on_hand, before.held, before.committed);
	assert_status(s->w, sc_inventory_commit(s->w->shop, SC_CALL_SYSTEM, s->reserved, NULL, 0, &s->w->err), SC_OK);
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void an_order_whose_hold_was_restored_can_be_shipped(void **state)
{
	stage *s = *state;
	char text[SC_ID_TEXT_SIZE];
	close_shop(s);
	ROW("DELETE FROM hold WHERE key = ?1", &s->confirmed);
	open_shop(s);
	repair(s);
	assert_status(
		s->w,
		sc_order_ship(s->w->shop, SC_CALL_SYSTEM, sc_id_format(s->confirmed, text), NULL, "T", &s->w->err),
		SC_OK);
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void an_order_whose_hold_could_not_be_read_can_be_shipped_after_a_repair(void **state)
{
	stage *s = *state;
	char text[SC_ID_TEXT_SIZE];
	const sc_level before = world_level(s->w, "mug");
	close_shop(s);
	ROW("UPDATE hold SET body = x'ff' WHERE key = ?1", &s->confirmed);
	open_shop(s);
	assert_int_equal(repair(s).left, 0);
	assert_level(s->w, "mug", before.on_hand, before.held, before.committed);
	assert_status(
		s->w,
		sc_order_ship(s->w->shop, SC_CALL_SYSTEM, sc_id_format(s->confirmed, text), NULL, "T", &s->w->err),
		SC_OK);
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void many_damages_are_mended_at_once(void **state)
{
	stage *s = *state;
	close_shop(s);
	JOURNAL(3, drop_it);
	MUG("on_hand = on_hand + 1, committed = committed + 1");
	ROW("DELETE FROM hold WHERE key = ?1", &s->confirmed);
	ROW("UPDATE hold SET body = x'ff' WHERE key = ?1", &s->reserved);
	ROW("DELETE FROM shop_order WHERE key = ?1", &s->pending);
	open_shop(s);
	assert_true(world_verify(s->w, NULL) >= 5);
	assert_int_equal(repair(s).left, 0);
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void a_repair_survives_any_allocation(void **state)
{
	stage *s = *state;
	close_shop(s);
	JOURNAL(3, drop_it);
	MUG("on_hand = on_hand + 1");
	ROW("DELETE FROM hold WHERE key = ?1", &s->confirmed);
	ROW("UPDATE hold SET body = x'ff' WHERE key = ?1", &s->reserved);
	open_shop(s);
	for (uint64_t step = 1, failed = 1; failed; step++) {
		sc_repair_report report = { .left = 1 };
		sc_testkit_env_fail_allocation(s->env, step, false);
		const sc_status status = sc_verify_repair(s->w->shop, SC_CALL_SYSTEM, &s->w->arena, &report, NULL);
		failed = sc_testkit_env_has_failed(s->env);
		sc_testkit_env_fail_allocation(s->env, 0, false);
		if (status != SC_OK)
			assert_string_equal(sc_status_name(status), "NO_MEMORY");
		else
			assert_int_equal(report.left, 0);
	}
	assert_int_equal(world_verify(s->w, NULL), 0);
}

static void a_repair_of_a_healthy_shop_does_nothing(void **state)
{
	stage *s = *state;
	const sc_call ada = CUSTOMER("ada");
	sc_repair_report report = repair(s);
	assert_int_equal(report.count, 0);
	assert_int_equal(report.left, 0);
	assert_status(s->w, sc_verify_repair(s->w->shop, &ada, &s->w->arena, &report, &s->w->err), SC_NOT_ALLOWED);
}

static void two_damages_are_both_found(void **state)
{
	stage *s = *state;
	close_shop(s);
	MUG("on_hand = on_hand + 1");
	ROW("UPDATE hold SET deadline = 1 WHERE key = ?1", &s->reserved);
	open_shop(s);
	assert_int_equal(world_verify(s->w, NULL), 2);
}

/* A little of everything, between two steps of a verification. */
static void do_business(stage *s, int turn)
{
	char user[16];
	sc_placement placement;
	snprintf(user, sizeof(user), "u%d", turn);
	world_receive(s->w, "mug", 3);
	if (turn % 4 == 3) {
		assert_status(s->w, world_buy(s->w, user, "mug", 1, "tok_action", &placement), SC_ACTION_REQUIRED);
		return;
	}
	assert_status(s->w, world_buy(s->w, user, "mug", 2, "tok_ok", &placement), SC_OK);
	if (turn % 4 == 1)
		assert_status(s->w,
		              sc_order_ship(s->w->shop, SC_CALL_SYSTEM, placement.order_id, NULL, "T", &s->w->err),
		              SC_OK);
	if (turn % 4 == 2)
		assert_status(s->w, sc_order_cancel(s->w->shop, SC_CALL_SYSTEM, placement.order_id, NULL, &s->w->err),
		              SC_OK);
}

static void business_between_the_steps_is_counted_in(void **state)
{
	stage *s = *state;
	sc_verify *verify;
	sc_verify_page page = { 0 };
	char text[SC_ID_TEXT_SIZE];
	for (int turn = 100; turn < 116; turn++)
		do_business(s, turn);
	assert_status(s->w, sc_verify_new(s->w->shop, SC_CALL_SYSTEM, &verify, &s->w->err), SC_OK);
	for (int turn = 0; !page.finished; turn++) {
		assert_status(s->w, sc_verify_step(verify, SC_CALL_SYSTEM, 5, &s->w->arena, &page, &s->w->err), SC_OK);
		if (page.count > 0)
			fail_msg("turn %d: %s", turn, sc_damage_name(page.findings[0].damage));
		if (turn < 60)
			do_business(s, turn);
		if (turn == 20) /* one that was walked as not shipped yet, or will be as shipped */
			assert_status(s->w,
			              sc_order_ship(s->w->shop, SC_CALL_SYSTEM, sc_id_format(s->confirmed, text), NULL,
			                            NULL, &s->w->err),
			              SC_OK);
	}
	assert_true(page.orders > 20);
	sc_verify_free(verify);
}

static void only_the_shop_itself_may_verify(void **state)
{
	stage *s = *state;
	const sc_call ada = CUSTOMER("ada");
	sc_verify *verify;
	sc_verify_page page;
	assert_status(s->w, sc_verify_new(s->w->shop, &ada, &verify, &s->w->err), SC_NOT_ALLOWED);
	assert_status(s->w, sc_verify_new(s->w->shop, SC_CALL_SYSTEM, &verify, &s->w->err), SC_OK);
	assert_status(s->w, sc_verify_step(verify, &ada, 1, &s->w->arena, &page, &s->w->err), SC_NOT_ALLOWED);
	assert_status(s->w, sc_verify_step(verify, SC_CALL_SYSTEM, 0, &s->w->arena, &page, &s->w->err),
	              SC_BAD_ARGUMENT);
	assert_status(s->w, sc_verify_step(verify, SC_CALL_SYSTEM, SC_PAGE_MAX + 1, &s->w->arena, &page, &s->w->err),
	              SC_BAD_ARGUMENT);
	sc_verify_free(verify);
	sc_verify_free(NULL);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(on_hand_off_by_one_is_found),
		T(on_hand_off_by_one_is_found_and_mended),
		T(held_off_by_one_is_found),
		T(held_off_by_one_is_found_and_mended),
		T(committed_off_by_one_is_found),
		T(committed_off_by_one_is_found_and_mended),
		T(safety_off_by_one_is_found),
		T(safety_off_by_one_is_found_and_mended),
		T(a_missing_movement_is_found),
		T(a_missing_movement_is_found_and_mended),
		T(the_newest_movement_missing_is_found),
		T(the_newest_movement_missing_is_found_and_mended),
		T(a_doubled_movement_is_found),
		T(a_doubled_movement_is_found_and_mended),
		T(the_newest_movement_doubled_is_found),
		T(the_newest_movement_doubled_is_found_and_mended),
		T(an_altered_movement_is_found),
		T(an_altered_movement_is_found_and_mended),
		T(an_altered_difference_is_found),
		T(an_altered_difference_is_found_and_mended),
		T(the_newest_movement_altered_is_found),
		T(the_newest_movement_altered_is_found_and_mended),
		T(a_broken_chain_is_found),
		T(a_broken_chain_is_found_and_mended),
		T(an_order_without_its_hold_is_found),
		T(an_order_without_its_hold_is_found_and_mended),
		T(a_pending_order_without_its_hold_is_found),
		T(a_pending_order_without_its_hold_is_found_and_mended),
		T(a_hold_without_its_order_is_found),
		T(a_hold_without_its_order_is_found_and_mended),
		T(a_hold_past_its_order_is_found),
		T(a_hold_past_its_order_is_found_and_mended),
		T(a_hold_past_its_deadline_is_found),
		T(held_without_a_hold_is_found),
		T(held_without_a_hold_is_found_and_mended),
		T(committed_without_a_hold_is_found),
		T(committed_without_a_hold_is_found_and_mended),
		T(an_order_that_left_with_its_goods_still_here_is_found),
		T(an_order_that_left_with_its_goods_still_here_is_found_and_mended),
		T(an_altered_order_is_found),
		T(an_altered_order_is_found_and_mended),
		T(a_hold_that_cannot_be_read_is_found),
		T(a_hold_that_cannot_be_read_is_found_and_mended),
		T(a_reservation_that_vanished_is_found),
		T(a_reservation_that_vanished_is_found_and_mended),
		T(an_account_that_vanished_is_found),
		T(an_account_that_vanished_is_found_and_mended),
		T(an_entry_of_the_ledger_that_does_not_add_up_is_found),
		T(a_capture_that_the_ledger_does_not_know_is_found),
		T(an_order_that_nobody_paid_is_found),
		T(a_healthy_shop_is_clean),
		T(two_damages_are_both_found),
		T(a_late_hold_is_swept_by_a_repair),
		T(a_mended_account_has_the_counters_that_the_journal_tells),
		T(a_restored_reservation_can_be_committed),
		T(an_order_whose_hold_was_restored_can_be_shipped),
		T(an_order_whose_hold_could_not_be_read_can_be_shipped_after_a_repair),
		T(many_damages_are_mended_at_once),
		T(a_repair_survives_any_allocation),
		T(a_repair_of_a_healthy_shop_does_nothing),
		T(business_between_the_steps_is_counted_in),
		T(only_the_shop_itself_may_verify),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
