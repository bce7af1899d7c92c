/*
 * Many threads on one store. They write groups on their own stacks and report with a text, because a
 * thread cannot leave the case.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

#define ROUNDS 150

struct contest {
	sc_address stock, other, cart, settled;
	sc_id base;
	sc_group shared_group;
	_Atomic uint32_t ids;
	_Atomic int64_t sold, refused, done;
	_Atomic bool over;
};

/* A new id from the case's own base, for threads. */
static sc_id next_id(struct contest *c)
{
	sc_id id = c->base;
	uint32_t n = atomic_fetch_add(&c->ids, 1) + 1;

	id.bytes[9] = 0x77;
	for (int i = 0; i < 4; i++)
		id.bytes[10 + i] = (uint8_t)(n >> (24 - 8 * i));
	return id;
}

static sc_status apply_one(struct world *w, const sc_group *group, sc_outcome *outcome)
{
	sc_status status;

	memset(outcome, 0, sizeof(*outcome));
	status = w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, group, 1, outcome, NULL);
	return status == SC_OK ? outcome->status : status;
}

static sc_status apply_changes(struct world *w, struct contest *c, const sc_change *changes, uint32_t count)
{
	sc_group group;
	sc_outcome outcome;

	memset(&group, 0, sizeof(group));
	group.id = next_id(c);
	group.home = SC_HOME_TABLE;
	group.changes = changes;
	group.count = count;
	return apply_one(w, &group, &outcome);
}

static sc_change adjust(sc_address at, int64_t on_hand)
{
	return (sc_change){ .address = at, .type = SC_CHANGE_ADJUST, .counters = { .on_hand = on_hand } };
}

static sc_status hold_one(struct world *w, struct contest *c, sc_id *hold_id, int64_t quantity)
{
	static const char sub[2] = { 0, 0 };
	const sc_hold_line line = { .sources = &c->stock, .source_count = 1, .quantity = quantity };
	sc_change change = { .type = SC_CHANGE_HOLD, .lines = &line, .line_count = 1, .ttl_ms = HOUR_MS };

	*hold_id = next_id(c);
	change.address = (sc_address){ (const char *)hold_id->bytes, sub, 16, 2, KIND_HOLD, 0 };
	return apply_changes(w, c, &change, 1);
}

static struct contest contest_of(struct world *w)
{
	struct contest c;

	memset(&c, 0, sizeof(c));
	c.stock = ct_at(w, KIND_STOCK, "mug", "main");
	c.other = ct_at(w, KIND_STOCK, "cup", "main");
	c.cart = ct_at(w, KIND_CART, "u:ada", "");
	c.base = ct_id(w);
	return c;
}

static const char *buy_until_sold_out(struct world *w, uint32_t index, void *shared)
{
	struct contest *c = shared;

	(void)index;
	for (int i = 0; i < ROUNDS; i++) {
		sc_id hold;
		sc_status status = hold_one(w, c, &hold, 1);

		if (status == SC_OK)
			atomic_fetch_add(&c->sold, 1);
		else if (status == SC_OUT_OF_STOCK)
			atomic_fetch_add(&c->refused, 1);
		else
			return "a hold among many was neither done nor refused for stock";
	}
	return NULL;
}

void exactly_what_is_on_hand_is_sold_to_many(struct world *w)
{
	struct contest c = contest_of(w);
	int64_t attempts = (int64_t)ct_threads(w) * ROUNDS, units = attempts / 3;
	size_t count;
	sc_entry *entries;

	DO(w, ct_set_on_hand(c.stock, units));
	ct_hammer(w, buy_until_sold_out, &c);
	CHECK_INT(w, c.sold, units);
	CHECK_INT(w, c.refused, attempts - units);
	CHECK_COUNTERS(w, c.stock, units, units, 0);
	entries = ct_log_of(w, c.stock, 0, 5000, &count);
	CHECK_INT(w, count, units + 1);
	for (size_t i = 0; i + 1 < count; i++) {
		CHECK_INT(w, entries[i].previous, entries[i + 1].position);
		CHECK_INT(w, entries[i].after.held, entries[i + 1].after.held + 1);
	}
}

/* Half of the threads move units one way, half the other way, naming the accounts in opposite order. */
static const char *move_back_and_forth(struct world *w, uint32_t index, void *shared)
{
	struct contest *c = shared;
	const sc_change there[] = { adjust(c->stock, -1), adjust(c->other, 1) };
	const sc_change back[] = { adjust(c->other, -1), adjust(c->stock, 1) };

	for (int i = 0; i < ROUNDS; i++) {
		sc_status status = apply_changes(w, c, index % 2 == 0 ? there : back, 2);

		if (status != SC_OK && status != SC_OUT_OF_STOCK)
			return "a move between two accounts failed; do their locks have an order?";
	}
	return NULL;
}

void moves_in_both_directions_neither_block_nor_lose(struct world *w)
{
	struct contest c = contest_of(w);

	DO(w, ct_set_on_hand(c.stock, 1000), ct_set_on_hand(c.other, 1000));
	ct_hammer(w, move_back_and_forth, &c);
	CHECK_INT(w, ct_load(w, c.stock).counters.on_hand + ct_load(w, c.other).counters.on_hand, 2000);
}

/* Reads a number, adds one, and writes it back only if nobody else did meanwhile. */
static const char *count_up(struct world *w, uint32_t index, void *shared)
{
	struct contest *c = shared;
	sc_arena arena;
	const char *complaint = NULL;

	(void)index;
	sc_arena_init(&arena, &w->env);
	for (int i = 0; i < ROUNDS && complaint == NULL; i++) {
		sc_record is;
		int64_t number;
		sc_change put = { .address = c->cart, .type = SC_CHANGE_PUT, .condition = SC_IF_VERSION };
		sc_status status;

		sc_arena_reset(&arena);
		if (w->store.ops->load(w->store.ctx, SC_CALL_SYSTEM, &c->cart, 1, SC_READ_BODY, &arena, &is, NULL) !=
		            SC_OK ||
		    is.body.size != sizeof(number)) {
			complaint = "a load among many failed";
			break;
		}
		memcpy(&number, is.body.data, sizeof(number));
		number++;
		put.version = is.version;
		put.body = (sc_bytes){ &number, sizeof(number) };
		status = apply_changes(w, c, &put, 1);
		if (status == SC_OK)
			atomic_fetch_add(&c->done, 1);
		else if (status != SC_CHANGED)
			complaint = "a conditional put was neither done nor refused as changed";
	}
	sc_arena_clear(&arena);
	return complaint;
}

void no_conditional_update_is_lost(struct world *w)
{
	struct contest c = contest_of(w);
	sc_change put = ct_put(c.cart, SC_IF_ABSENT, 0, "");
	int64_t number = 0;

	put.body = (sc_bytes){ &number, sizeof(number) };
	DO(w, put);
	ct_hammer(w, count_up, &c);
	memcpy(&number, ct_load(w, c.cart).body.data, sizeof(number));
	CHECK(w, c.done > 0);
	CHECK_INT(w, number, c.done);
}

static const char *repeat_one_group(struct world *w, uint32_t index, void *shared)
{
	struct contest *c = shared;

	(void)index;
	for (int i = 0; i < 20; i++) {
		sc_outcome outcome;

		if (apply_one(w, &c->shared_group, &outcome) != SC_OK)
			return "a repeat did not get the stored outcome";
		if (!(outcome.flags & SC_OUTCOME_REPEAT))
			atomic_fetch_add(&c->done, 1);
	}
	return NULL;
}

void one_id_from_many_threads_happens_once(struct world *w)
{
	struct contest c = contest_of(w);
	sc_change add = ct_adjust(c.stock, 7, 0);

	c.shared_group = ct_group(w, SC_HOME_TABLE, ct_id(w), &add, 1);
	ct_hammer(w, repeat_one_group, &c);
	CHECK_INT(w, c.done, 1);
	CHECK_COUNTERS(w, c.stock, 7, 0, 0);
}

static const char *settle_one_hold(struct world *w, uint32_t index, void *shared)
{
	struct contest *c = shared;
	sc_change settle = { .address = c->settled };
	sc_status status;

	settle.type = index % 2 == 0 ? SC_CHANGE_COMMIT : SC_CHANGE_RELEASE;
	status = apply_changes(w, c, &settle, 1);
	if (status != SC_OK && status != SC_HOLD_SETTLED)
		return "settling one hold from many threads failed";
	return NULL;
}

void a_hold_that_many_settle_is_settled_once(struct world *w)
{
	struct contest c = contest_of(w);

	DO(w, ct_set_on_hand(c.stock, 100));
	for (int turn = 0; turn < 10; turn++) {
		sc_counters before = ct_load(w, c.stock).counters, after;
		uint32_t state;

		c.settled = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
		DO(w, ct_hold_one(w, c.settled, HOUR_MS, c.stock, 3));
		ct_hammer(w, settle_one_hold, &c);
		state = ct_load(w, c.settled).hold_state;
		after = ct_load(w, c.stock).counters;
		CHECK(w, state == SC_HOLD_COMMITTED || state == SC_HOLD_RELEASED);
		CHECK_INT(w, after.held, 0);
		CHECK_INT(w, after.committed, before.committed + (state == SC_HOLD_COMMITTED ? 3 : 0));
	}
}

/* Thread 0 follows the log while the others write; what it saw is compared with the whole log afterwards. */
struct follower {
	struct contest contest;
	_Atomic int writers;
	uint64_t seen[4096];
	size_t count;
};

static const char *follow(struct world *w, struct follower *f)
{
	sc_arena arena;
	bool last;

	sc_arena_init(&arena, &w->env);
	do {
		uint64_t after = f->count == 0 ? 0 : f->seen[f->count - 1];
		sc_entry page[32];
		size_t got = 0;

		last = atomic_load(&f->writers) == 0;
		sc_arena_reset(&arena);
		if (w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, after, 32, &arena, page, &got, NULL) !=
		    SC_OK) {
			sc_arena_clear(&arena);
			return "log_read among many failed";
		}
		for (size_t i = 0; i < got && f->count < COUNT(f->seen); i++)
			f->seen[f->count++] = page[i].position;
		last = last && got == 0;
	} while (!last);
	sc_arena_clear(&arena);
	return NULL;
}

static const char *write_or_follow(struct world *w, uint32_t index, void *shared)
{
	struct follower *f = shared;
	const sc_change change = adjust(index % 2 == 0 ? f->contest.stock : f->contest.other, 1);
	const char *complaint = NULL;

	if (index == 0)
		return follow(w, f);
	for (int i = 0; i < 60 && complaint == NULL; i++) {
		if (apply_changes(w, &f->contest, &change, 1) != SC_OK)
			complaint = "an adjustment among many failed";
	}
	atomic_fetch_sub(&f->writers, 1);
	return complaint;
}

void a_reader_of_the_log_misses_nothing(struct world *w)
{
	struct follower *f = sc_arena_zalloc(&w->arena, sizeof(*f));
	sc_entry *entries;
	size_t count;

	CHECK(w, f != NULL);
	if (ct_info(w).partitions != 1 || ct_threads(w) < 2)
		ct_skip(w, "follows a journal of one partition");
	f->contest = contest_of(w);
	atomic_init(&f->writers, (int)ct_threads(w) - 1);
	ct_hammer(w, write_or_follow, f);
	entries = ct_journal(w, &count);
	CHECK_INT(w, f->count, count);
	for (size_t i = 0; i < count; i++)
		CHECK_INT(w, f->seen[i], entries[i].position);
}
