/*
 * A store made of several: orders in one, stock in another, carts in a third, each with faults in front of it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <shopcore/faulty.h>
#include <shopcore/memory.h>
#include <shopcore/mixed.h>
#include <shopcore/testkit/env.h>
#include <shopcore/traced.h>

/* Numbers of kinds are for ever. */
enum { STOCK = 7, HOLD = 10, CART = 11, ORDER = 12, SETTING = 14 };

enum { RECORD_PART, STOCK_PART, CART_PART, PARTS };

struct world {
	sc_testkit_env *env;
	sc_store inner[PARTS];  /* memory */
	sc_store faulty[PARTS]; /* in front of it */
	sc_store traced[PARTS]; /* in front of that */
	sc_store store;
	sc_arena arena;
};

static void open_world(struct world *w)
{
	w->env = sc_testkit_env_new(1);
	const sc_env *env = sc_testkit_env_table(w->env);
	sc_arena_init(&w->arena, env);
	for (int i = 0; i < PARTS; i++) {
		assert_int_equal(sc_memory_open(env, NULL, &w->inner[i], NULL), SC_OK);
		assert_int_equal(sc_faulty_open(env, w->inner[i], NULL, &w->faulty[i], NULL), SC_OK);
		assert_int_equal(sc_traced_open(env, w->faulty[i], &w->traced[i], NULL), SC_OK);
	}
	const sc_mixed_part parts[] = { { .store = w->traced[STOCK_PART], .keeps = SC_KEEPS_STOCK },
		                        { .store = w->traced[CART_PART], .keeps = SC_KEEPS_CARTS } };
	assert_int_equal(sc_mixed_open(env, w->traced[RECORD_PART], parts, 2, &w->store, NULL), SC_OK);
	assert_int_equal(w->store.ops->prepare(w->store.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
}

static void close_world(struct world *w)
{
	sc_arena_clear(&w->arena);
	w->store.ops->close(w->store.ctx);
	assert_int_equal(sc_testkit_env_live_blocks(w->env), 0);
	sc_testkit_env_free(w->env);
}

/* ---- what is written ------------------------------------------------------------------------- */

static const sc_address mugs = { .key = "mug", .sub = "main", .key_size = 3, .sub_size = 4, .kind = STOCK };
static const sc_address cart = { .key = "u:ada", .key_size = 5, .kind = CART };

static sc_address hold_of(const sc_id *id)
{
	static const char first[2] = { 0, 0 };

	return (sc_address){ (const char *)id->bytes, first, sizeof(id->bytes), sizeof(first), HOLD, 0 };
}

static sc_address order_of(const sc_id *id)
{
	return (sc_address){ .key = (const char *)id->bytes, .key_size = sizeof(id->bytes), .kind = ORDER };
}

static sc_id make_id(struct world *w)
{
	return sc_id_make(sc_testkit_env_table(w->env));
}

static sc_status apply(struct world *w, const sc_change *changes, uint32_t count, uint16_t home, sc_id id,
                       sc_outcome *out)
{
	const sc_group group = { .id = id, .home = home, .changes = changes, .count = count };
	sc_outcome outcome = { .line = SC_NO_LINE };
	sc_status status = w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL);

	if (out != NULL)
		*out = outcome;
	return status == SC_OK ? outcome.status : status;
}

static bool is_there(struct world *w, sc_address address)
{
	sc_record record = { 0 };

	assert_int_equal(w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, &address, 1, 0, &w->arena, &record, NULL),
	                 SC_OK);
	return record.version != 0;
}

static void receive(struct world *w, int64_t units)
{
	const sc_change change = { .address = mugs, .type = SC_CHANGE_ADJUST, .counters = { .on_hand = units } };

	assert_int_equal(apply(w, &change, 1, SC_HOME_TABLE, make_id(w), NULL), SC_OK);
}

static const sc_value *order_columns(void)
{
	static sc_value columns[9];

	for (int i = 1; i < 8; i++)
		columns[i] = i == 5 ? SC_VALUE_OF_BYTES("EUR", 3) : SC_VALUE_OF_INT(1);
	columns[0] = SC_VALUE_OF_BYTES("u:ada", 5);
	columns[8] = SC_VALUE_NONE;
	return columns;
}

static sc_change put_order(const sc_id *id)
{
	return (sc_change){ .address = order_of(id),
		            .type = SC_CHANGE_PUT,
		            .condition = SC_IF_ABSENT,
		            .columns = order_columns(),
		            .column_count = 9,
		            .body = SC_BYTES("{}") };
}

static sc_change move_order(const sc_id *id, uint64_t version)
{
	return (sc_change){ .address = order_of(id),
		            .type = SC_CHANGE_PATCH,
		            .condition = SC_IF_VERSION,
		            .version = version,
		            .columns = &order_columns()[1],
		            .column_count = 1,
		            .column_mask = 1u << 1 };
}

/* `line` stays alive with the test. */
static sc_change hold(const sc_id *id, sc_hold_line *line, int64_t units, int64_t ttl_ms)
{
	*line = (sc_hold_line){ .sources = &mugs, .source_count = 1, .quantity = units };
	return (sc_change){
		.address = hold_of(id), .type = SC_CHANGE_HOLD, .lines = line, .line_count = 1, .ttl_ms = ttl_ms
	};
}

/* An order and its hold, as a placement writes them. */
static sc_status place(struct world *w, const sc_id *id, int64_t units, sc_outcome *out)
{
	sc_hold_line line;
	const sc_change changes[] = { put_order(id), hold(id, &line, units, 600000) };

	return apply(w, changes, 2, SC_HOME_FIRST, *id, out);
}

static sc_status confirm(struct world *w, const sc_id *id, uint64_t version, sc_outcome *out)
{
	const sc_change changes[] = { move_order(id, version), { .address = hold_of(id), .type = SC_CHANGE_COMMIT } };

	return apply(w, changes, 2, SC_HOME_NONE, make_id(w), out);
}

/* ---- what is there --------------------------------------------------------------------------- */

static sc_record read_in(struct world *w, const sc_store *store, const sc_address *address)
{
	sc_record record = { 0 };

	assert_int_equal(
		store->ops->load(store->ctx, SC_CALL_SYSTEM, address, 1, SC_READ_ALL, &w->arena, &record, NULL), SC_OK);
	return record;
}

static sc_record read_row(struct world *w, const sc_address *address)
{
	return read_in(w, &w->store, address);
}

static void assert_mugs(struct world *w, int64_t held, int64_t committed)
{
	const sc_record record = read_row(w, &mugs);

	assert_int_equal(record.counters.held, held);
	assert_int_equal(record.counters.committed, committed);
}

static size_t notes(struct world *w)
{
	const sc_range range = { .kind = SETTING, .index = SC_BY_SUB, .key = SC_BYTES("saga"), .limit = 100 };
	sc_page page;

	assert_int_equal(w->store.ops->range(w->store.ctx, SC_CALL_SYSTEM, &range, 1, &w->arena, &page, NULL), SC_OK);
	return page.count;
}

static void script(struct world *w, int part, uint32_t nth, sc_fault fault)
{
	assert_int_equal(sc_faulty_script(&w->faulty[part], SC_FAULTY_APPLY, nth, fault, SC_OK, NULL), SC_OK);
}

static void sweep(struct world *w)
{
	size_t done;
	int64_t next_ms;

	assert_int_equal(w->store.ops->expire(w->store.ctx, SC_CALL_SYSTEM, 100, &done, &next_ms, NULL), SC_OK);
}

static uint64_t applies(struct world *w, int part)
{
	sc_traced_counts counts;

	assert_int_equal(sc_traced_read(&w->traced[part], &counts, NULL), SC_OK);
	return counts.ops[SC_TRACED_APPLY].calls;
}

/* ---- one part ---------------------------------------------------------------------------------- */

static void each_kind_is_in_its_part(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_change put = {
		.address = cart, .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT, .body = SC_BYTES("{}")
	};
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 1, NULL), SC_OK);
	assert_int_equal(apply(&w, &put, 1, SC_HOME_NONE, id, NULL), SC_OK);
	const sc_address rows[PARTS] = { order_of(&id), hold_of(&id), cart };
	for (int part = 0; part < PARTS; part++)
		for (int row = 0; row < PARTS; row++)
			assert_int_equal(read_in(&w, &w.inner[part], &rows[row]).version != 0, part == row);
	close_world(&w);
}

static void a_load_of_mixed_kinds_comes_back_in_order(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 2, NULL), SC_OK);
	const sc_address rows[] = { mugs, order_of(&id), cart, hold_of(&id) };
	sc_record out[4];
	assert_int_equal(w.store.ops->load(w.store.ctx, SC_CALL_SYSTEM, rows, 4, SC_READ_ALL, &w.arena, out, NULL),
	                 SC_OK);
	assert_int_equal(out[0].counters.held, 2);
	assert_int_equal(out[1].body.size, 2);
	assert_int_equal(out[2].version, 0);
	assert_int_equal(out[3].hold_state, SC_HOLD_HELD);
	close_world(&w);
}

static void each_part_has_a_partition_of_the_journal(void **state)
{
	struct world w;
	sc_entry entries[4];
	size_t count;
	(void)state;
	open_world(&w);
	receive(&w, 5);
	const uint32_t partition = w.store.ops->partition(w.store.ctx, &mugs);
	assert_int_equal(
		w.store.ops->log_read(w.store.ctx, SC_CALL_SYSTEM, partition, 0, 4, &w.arena, entries, &count, NULL),
		SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(entries[0].partition, partition);
	assert_int_equal(
		w.store.ops->log_read(w.store.ctx, SC_CALL_SYSTEM, PARTS, 0, 4, &w.arena, entries, &count, NULL),
		SC_BAD_ARGUMENT);
	close_world(&w);
}

/* ---- sagas ----------------------------------------------------------------------------------- */

static void an_order_and_its_hold_come_together(void **state)
{
	struct world w;
	sc_take take;
	sc_outcome outcome;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	sc_hold_line line;
	const sc_change changes[] = { put_order(&id), hold(&id, &line, 3, 600000) };
	const sc_group group = { .id = id, .home = SC_HOME_FIRST, .changes = changes, .count = 2 };
	receive(&w, 5);
	outcome = (sc_outcome){ .takes = &take, .take_capacity = 1 };
	assert_int_equal(w.store.ops->apply(w.store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, NULL), SC_OK);
	assert_int_equal(outcome.status, SC_OK);
	assert_int_equal(outcome.position, read_row(&w, &changes[0].address).version);
	assert_int_equal(outcome.take_count, 1);
	assert_int_equal(take.quantity, 3);
	assert_mugs(&w, 3, 0);
	close_world(&w);
}

static void too_few_units_refuse_the_order_and_name_the_line(void **state)
{
	struct world w;
	sc_outcome outcome;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_address order = order_of(&id);
	receive(&w, 2);
	assert_int_equal(place(&w, &id, 3, &outcome), SC_OUT_OF_STOCK);
	assert_int_equal(outcome.change, 1);
	assert_int_equal(outcome.line, 0);
	assert_int_equal(outcome.wanted, 3);
	assert_int_equal(outcome.available, 2);
	assert_int_equal(read_row(&w, &order).version, 0);
	close_world(&w);
}

static void a_refused_order_gives_its_hold_back(void **state)
{
	struct world w;
	sc_hold_line line;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w), other = make_id(&w);
	const sc_change changes[] = { hold(&other, &line, 3, 600000), put_order(&id) };
	sc_outcome outcome;
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 1, NULL), SC_OK);
	assert_int_equal(apply(&w, changes, 2, SC_HOME_NONE, make_id(&w), &outcome), SC_EXISTS);
	assert_int_equal(outcome.change, 1);
	assert_mugs(&w, 1, 0);
	close_world(&w);
}

static void the_first_refusal_in_the_groups_order_is_the_answer(void **state)
{
	struct world w;
	sc_hold_line line;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w), other = make_id(&w);
	const sc_change changes[] = { put_order(&id), hold(&other, &line, 99, 600000) };
	sc_outcome outcome;
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 1, NULL), SC_OK);
	assert_int_equal(apply(&w, changes, 2, SC_HOME_NONE, make_id(&w), &outcome), SC_EXISTS);
	assert_int_equal(outcome.change, 0);
	close_world(&w);
}

static void the_same_group_again_is_a_repeat(void **state)
{
	struct world w;
	sc_outcome outcome;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 3, NULL), SC_OK);
	assert_int_equal(place(&w, &id, 3, &outcome), SC_OK);
	assert_true(outcome.flags & SC_OUTCOME_REPEAT);
	assert_mugs(&w, 3, 0);
	close_world(&w);
}

static void a_confirmed_order_has_its_hold_committed(void **state)
{
	struct world w;
	sc_outcome placed;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 3, &placed), SC_OK);
	assert_int_equal(confirm(&w, &id, placed.position, NULL), SC_OK);
	assert_mugs(&w, 0, 3);
	assert_int_equal(notes(&w), 0);
	assert_int_equal(confirm(&w, &id, placed.position, NULL), SC_CHANGED);
	assert_mugs(&w, 0, 3);
	close_world(&w);
}

static void a_lapsed_hold_refuses_the_confirmation(void **state)
{
	struct world w;
	sc_outcome placed, outcome;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_address order = order_of(&id);
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 3, &placed), SC_OK);
	sc_testkit_env_advance_ms(w.env, 600001);
	assert_int_equal(confirm(&w, &id, placed.position, &outcome), SC_HOLD_LAPSED);
	assert_int_equal(outcome.change, 1);
	assert_int_equal(read_row(&w, &order).version, placed.position);
	close_world(&w);
}

/* ---- when something breaks on the way -------------------------------------------------------- */

static void what_was_decided_is_finished_by_a_sweep(void **state)
{
	struct world w;
	sc_outcome placed;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_address held = hold_of(&id);
	receive(&w, 5);
	assert_int_equal(place(&w, &id, 3, &placed), SC_OK);
	script(&w, STOCK_PART, 2, SC_FAULT_FAIL); /* the first one pins */
	assert_int_equal(confirm(&w, &id, placed.position, NULL), SC_OK);
	assert_mugs(&w, 3, 0);
	assert_int_equal(read_row(&w, &held).deadline_ms, 0); /* pinned: it cannot lapse meanwhile */
	assert_int_equal(notes(&w), 1);
	sweep(&w); /* too early: its owner may be alive */
	assert_mugs(&w, 3, 0);
	sc_testkit_env_advance_ms(w.env, 3600000);
	sweep(&w);
	assert_mugs(&w, 0, 3);
	assert_int_equal(notes(&w), 0);
	close_world(&w);
}

static void a_hold_without_a_deadline_is_taken_back_by_a_sweep(void **state)
{
	struct world w;
	sc_hold_line line;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_change changes[] = { put_order(&id), hold(&id, &line, 3, 0) };
	receive(&w, 5);
	script(&w, RECORD_PART, 2, SC_FAULT_UNKNOWN_NOT_DONE); /* the first one writes the note */
	assert_int_equal(apply(&w, changes, 2, SC_HOME_FIRST, id, NULL), SC_OUTCOME_UNKNOWN);
	assert_mugs(&w, 3, 0);
	sc_testkit_env_advance_ms(w.env, 6000);
	sweep(&w);
	assert_mugs(&w, 0, 0);
	assert_int_equal(notes(&w), 0);
	close_world(&w);
}

static void a_decision_that_arrives_behind_a_sweep_is_refused(void **state)
{
	struct world w;
	sc_hold_line line;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_address order = order_of(&id);
	const sc_change changes[] = { put_order(&id), hold(&id, &line, 3, 0) };
	receive(&w, 5);
	script(&w, RECORD_PART, 2, SC_FAULT_LATE);
	assert_int_equal(apply(&w, changes, 2, SC_HOME_FIRST, id, NULL), SC_OUTCOME_UNKNOWN);
	sc_testkit_env_advance_ms(w.env, 6000);
	sweep(&w);
	assert_int_equal(sc_faulty_land(&w.faulty[RECORD_PART], NULL, NULL), SC_OK);
	assert_int_equal(read_row(&w, &order).version, 0);
	assert_mugs(&w, 0, 0);
	close_world(&w);
}

static void a_claim_that_lands_late_finds_itself_fenced(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_address order = order_of(&id);
	receive(&w, 5);
	script(&w, STOCK_PART, 1, SC_FAULT_LATE);
	assert_int_equal(place(&w, &id, 3, NULL), SC_STORE_FAILED);
	assert_int_equal(sc_faulty_land(&w.faulty[STOCK_PART], NULL, NULL), SC_OK);
	assert_int_equal(read_row(&w, &order).version, 0);
	assert_mugs(&w, 0, 0);
	close_world(&w);
}

static void a_claim_whose_answer_was_lost_counts(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	receive(&w, 5);
	script(&w, STOCK_PART, 1, SC_FAULT_UNKNOWN_DONE);
	assert_int_equal(place(&w, &id, 3, NULL), SC_OK);
	assert_mugs(&w, 3, 0);
	close_world(&w);
}

/* Whatever allocation fails: the answer is true, and a sweep leaves nothing half done. */
static void without_memory_nothing_stays_half_done(void **state)
{
	bool failed = true;
	(void)state;
	for (uint64_t nth = 1; failed; nth++) {
		struct world w;
		sc_outcome placed;
		open_world(&w);
		const sc_id id = make_id(&w);
		const sc_address order = order_of(&id);
		receive(&w, 5);
		assert_int_equal(place(&w, &id, 3, &placed), SC_OK);
		sc_testkit_env_fail_allocation(w.env, nth, false);
		const sc_status status = confirm(&w, &id, placed.position, NULL);
		failed = sc_testkit_env_has_failed(w.env);
		sc_testkit_env_fail_allocation(w.env, 0, false);
		assert_true(status == SC_OK || (failed && status == SC_NO_MEMORY));
		assert_int_equal(read_row(&w, &order).version != placed.position, status == SC_OK);
		sc_testkit_env_advance_ms(w.env, 6000);
		sweep(&w);
		assert_mugs(&w, status == SC_OK ? 0 : 3, status == SC_OK ? 3 : 0);
		assert_int_equal(notes(&w), 0);
		close_world(&w);
	}
}

/* ---- what may be lost ------------------------------------------------------------------------- */

static void a_cart_in_another_part_is_looked_at_before_and_written_after(void **state)
{
	struct world w;
	(void)state;
	open_world(&w);
	const sc_id first = make_id(&w), second = make_id(&w);
	const sc_change cart_once = {
		.address = cart, .type = SC_CHANGE_PUT, .condition = SC_IF_ABSENT, .body = SC_BYTES("{}")
	};
	sc_outcome outcome = { 0 };
	const sc_change changes[] = { put_order(&first), cart_once };
	assert_int_equal(apply(&w, changes, 2, SC_HOME_FIRST, first, &outcome), SC_OK);
	assert_true(is_there(&w, order_of(&first)));
	assert_true(is_there(&w, cart));
	/* it is there now, so this one is refused for it */
	const sc_change again[] = { put_order(&second), cart_once };
	memset(&outcome, 0, sizeof(outcome));
	assert_int_equal(apply(&w, again, 2, SC_HOME_FIRST, second, &outcome), SC_EXISTS);
	assert_int_equal(outcome.change, 1);
	assert_false(is_there(&w, order_of(&second)));
	assert_int_equal(notes(&w), 0);
	close_world(&w);
}

/* ---- what cannot be done --------------------------------------------------------------------- */

static void two_parts_that_would_both_decide_are_refused(void **state)
{
	struct world w;
	sc_error err = SC_ERROR_INIT;
	(void)state;
	open_world(&w);
	const sc_id id = make_id(&w);
	const sc_change changes[] = {
		put_order(&id),
		{ .address = mugs, .type = SC_CHANGE_ADJUST, .counters = { .on_hand = -1 } } /* may be refused */
	};
	const sc_group group = { .id = id, .home = SC_HOME_FIRST, .changes = changes, .count = 2 };
	sc_outcome outcome = { 0 };
	assert_int_equal(w.store.ops->apply(w.store.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &err), SC_OK);
	assert_int_equal(outcome.status, SC_UNSUPPORTED);
	assert_string_equal(err.field, "changes");
	assert_int_equal(err.index, 1);
	close_world(&w);
}

static void opening_names_what_is_wrong(void **state)
{
	struct world w;
	sc_error err = SC_ERROR_INIT;
	sc_store out;
	(void)state;
	open_world(&w);
	const sc_env *env = sc_testkit_env_table(w.env);
	sc_mixed_part parts[] = { { .store = w.inner[1], .keeps = SC_KEEPS_STOCK },
		                  { .store = w.inner[2], .keeps = SC_KEEPS_STOCK } };
	assert_int_equal(sc_mixed_open(env, w.inner[0], parts, 0, &out, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "count");
	assert_int_equal(sc_mixed_open(env, w.inner[0], parts, 2, &out, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "keeps");
	assert_int_equal(err.index, 1);
	parts[0].keeps = 0;
	assert_int_equal(sc_mixed_open(env, w.inner[0], parts, 1, &out, &err), SC_BAD_ARGUMENT);
	assert_int_equal(err.index, 0);
	parts[0] = (sc_mixed_part){ .store = w.store, .keeps = SC_KEEPS_STOCK };
	assert_int_equal(sc_mixed_open(env, w.inner[0], parts, 1, &out, &err), SC_UNSUPPORTED);
	close_world(&w);
}

/* ---- what it costs --------------------------------------------------------------------------- */

static void a_batch_of_sagas_costs_what_one_costs(void **state)
{
	enum { MANY = 50 };
	struct world w;
	sc_id ids[MANY];
	sc_change changes[MANY][2];
	sc_hold_line lines[MANY];
	sc_group groups[MANY];
	sc_outcome outcomes[MANY] = { { 0 } };
	(void)state;
	open_world(&w);
	receive(&w, 100);
	for (int i = 0; i < MANY; i++) {
		ids[i] = make_id(&w);
		changes[i][0] = put_order(&ids[i]);
		changes[i][1] = hold(&ids[i], &lines[i], 1, 600000);
		groups[i] = (sc_group){ .id = ids[i], .home = SC_HOME_FIRST, .changes = changes[i], .count = 2 };
	}
	const uint64_t record = applies(&w, RECORD_PART), stock = applies(&w, STOCK_PART);
	assert_int_equal(w.store.ops->apply(w.store.ctx, SC_CALL_SYSTEM, groups, MANY, outcomes, NULL), SC_OK);
	for (int i = 0; i < MANY; i++)
		assert_int_equal(outcomes[i].status, SC_OK);
	assert_int_equal(applies(&w, RECORD_PART) - record, 1);
	assert_int_equal(applies(&w, STOCK_PART) - stock, 1);
	assert_mugs(&w, MANY, 0);
	close_world(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_kind_is_in_its_part),
		cmocka_unit_test(a_load_of_mixed_kinds_comes_back_in_order),
		cmocka_unit_test(each_part_has_a_partition_of_the_journal),
		cmocka_unit_test(an_order_and_its_hold_come_together),
		cmocka_unit_test(too_few_units_refuse_the_order_and_name_the_line),
		cmocka_unit_test(a_refused_order_gives_its_hold_back),
		cmocka_unit_test(the_first_refusal_in_the_groups_order_is_the_answer),
		cmocka_unit_test(the_same_group_again_is_a_repeat),
		cmocka_unit_test(a_confirmed_order_has_its_hold_committed),
		cmocka_unit_test(a_lapsed_hold_refuses_the_confirmation),
		cmocka_unit_test(what_was_decided_is_finished_by_a_sweep),
		cmocka_unit_test(a_hold_without_a_deadline_is_taken_back_by_a_sweep),
		cmocka_unit_test(a_decision_that_arrives_behind_a_sweep_is_refused),
		cmocka_unit_test(a_claim_that_lands_late_finds_itself_fenced),
		cmocka_unit_test(a_claim_whose_answer_was_lost_counts),
		cmocka_unit_test(without_memory_nothing_stays_half_done),
		cmocka_unit_test(a_cart_in_another_part_is_looked_at_before_and_written_after),
		cmocka_unit_test(two_parts_that_would_both_decide_are_refused),
		cmocka_unit_test(opening_names_what_is_wrong),
		cmocka_unit_test(a_batch_of_sagas_costs_what_one_costs),
	};

	return cmocka_run_group_tests_name("a store made of several", tests, NULL, NULL);
}
