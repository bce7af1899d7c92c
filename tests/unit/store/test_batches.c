/*
 * A batch is the same as its groups one by one: the same outcomes, positions and rows. Random groups
 * over a few rows, so that they meet: many are refused, repeated, skipped or bad.
 */
#include "world.h"

#define SKUS    3
#define CARTS   3
#define HOLDS   8
#define GROUPS  60
#define CHANGES 3
#define ROUNDS  300

struct twin {
	struct world *w;
	sc_store other;
	uint64_t chance;
	sc_id holds[HOLDS];
	sc_id ids[HOLDS]; /* of groups, few, so that they repeat */
	sc_address accounts[SKUS];
	sc_group groups[GROUPS];
	sc_change changes[GROUPS][CHANGES];
	sc_hold_line lines[GROUPS][CHANGES];
};

static const char *const skus[SKUS] = { "mug", "cup", "jug" };
static const char *const carts[CARTS] = { "u:1", "u:2", "u:3" };

static uint32_t below(struct twin *t, uint32_t n)
{
	t->chance = t->chance * 6364136223846793005u + 1442695040888963407u;
	return (uint32_t)(t->chance >> 33) % n;
}

static sc_address any_cart(struct twin *t)
{
	return address(SC_KIND_CART, carts[below(t, CARTS)], "");
}

static sc_address any_product(struct twin *t)
{
	return address(SC_KIND_PRODUCT, carts[below(t, CARTS)], "");
}

static sc_change random_hold(struct twin *t, uint32_t group, uint32_t n)
{
	sc_change change = about(hold_of(&t->holds[below(t, HOLDS)]), (sc_change_type)(SC_CHANGE_HOLD + below(t, 4)));
	t->lines[group][n] = line_of(&t->accounts[below(t, SKUS)], 1 + below(t, 3));
	if (change.type == SC_CHANGE_HOLD) {
		change.lines = &t->lines[group][n];
		change.line_count = 1;
		change.ttl_ms = 1000;
		return change;
	}
	if (change.type == SC_CHANGE_RELEASE && below(t, 2) == 0)
		change.flags = SC_RELEASE_COMMITTED;
	if (below(t, 3) == 0)
		change.flags |= SC_SKIP;
	return change;
}

static sc_change random_record(struct twin *t)
{
	const sc_change_type types[] = { SC_CHANGE_PUT, SC_CHANGE_PUT, SC_CHANGE_PATCH, SC_CHANGE_DELETE };
	sc_change change = about(below(t, 2) == 0 ? any_cart(t) : any_product(t), types[below(t, 4)]);
	change.condition = (uint16_t)below(t, 4);
	change.version = below(t, 2) == 0 ? 0 : 1000000; /* nobody knows a version before its batch is through */
	change.body = SC_BYTES("body");
	if (change.type == SC_CHANGE_PATCH)
		change.flags = SC_PATCH_BODY;
	if (below(t, 4) == 0)
		change.flags |= SC_SKIP;
	return change;
}

static sc_change random_change(struct twin *t, uint32_t group, uint32_t n)
{
	switch (below(t, 4)) {
	case 0:
		return random_record(t);
	case 1: {
		sc_change change = adjust(t->accounts[below(t, SKUS)], (int64_t)below(t, 7) - 2);
		change.flags = below(t, 4) == 0 ? SC_ADJUST_FORCED : 0;
		return change;
	}
	case 2: {
		sc_change change = about(any_product(t), SC_CHANGE_APPEND);
		change.topic = SC_BYTES("said");
		return below(t, 2) == 0 ? change : random_record(t);
	}
	default:
		return random_hold(t, group, n);
	}
}

static void make_groups(struct twin *t)
{
	for (uint32_t i = 0; i < GROUPS; i++) {
		uint32_t count = 1 + below(t, CHANGES);
		for (uint32_t j = 0; j < count; j++)
			t->changes[i][j] = random_change(t, i, j);
		t->groups[i] = group_of(below(t, 4) == 0 ? SC_HOME_NONE : SC_HOME_TABLE,
		                        below(t, 3) == 0 ? t->ids[below(t, HOLDS)] : sc_id_make(t->w->env),
		                        t->changes[i], count);
		if (t->changes[i][0].type == SC_CHANGE_HOLD && below(t, 2) == 0)
			t->groups[i].home = SC_HOME_FIRST;
		if (t->groups[i].home == SC_HOME_TABLE && below(t, 4) == 0)
			t->groups[i].flags = SC_GROUP_KEEP_REFUSAL;
	}
}

static void apply_to(struct twin *t, const sc_store *store, uint32_t batch_max, sc_outcome *outcomes)
{
	for (uint32_t from = 0; from < GROUPS;) {
		uint32_t count = 1 + below(t, batch_max);
		if (count > GROUPS - from)
			count = GROUPS - from;
		assert_int_equal(
			store->ops->apply(store->ctx, SC_CALL_SYSTEM, t->groups + from, count, outcomes + from, NULL),
			SC_OK);
		from += count;
	}
}

static void assert_same_row(struct twin *t, sc_address at)
{
	sc_record a, b;
	sc_arena *arena = &t->w->arena;
	const sc_store *one = &t->w->store, *other = &t->other;
	assert_int_equal(one->ops->load(one->ctx, SC_CALL_SYSTEM, &at, 1, SC_READ_ALL, arena, &a, NULL), SC_OK);
	assert_int_equal(other->ops->load(other->ctx, SC_CALL_SYSTEM, &at, 1, SC_READ_ALL, arena, &b, NULL), SC_OK);
	assert_true(a.version == b.version && a.entry == b.entry);
	assert_memory_equal(&a.counters, &b.counters, sizeof a.counters);
	assert_int_equal(a.hold_state, b.hold_state);
	assert_int_equal(a.body.size, b.body.size);
	assert_true(a.body.size == 0 || memcmp(a.body.data, b.body.data, a.body.size) == 0);
	assert_true(sc_id_equal(a.made_by, b.made_by));
}

static size_t read_log(struct twin *t, const sc_store *store, sc_entry *out, size_t max)
{
	size_t count;
	assert_int_equal(store->ops->log_read(store->ctx, SC_CALL_SYSTEM, 0, 0, max, &t->w->arena, out, &count, NULL),
	                 SC_OK);
	return count;
}

static void assert_same_log(struct twin *t)
{
	enum { MOST = GROUPS * CHANGES * 2 };
	static sc_entry a[MOST], b[MOST];
	size_t count = read_log(t, &t->w->store, a, MOST);
	assert_int_equal(count, read_log(t, &t->other, b, MOST));
	for (size_t i = 0; i < count; i++) {
		assert_true(a[i].position == b[i].position && a[i].previous == b[i].previous);
		assert_true(a[i].type == b[i].type && a[i].version == b[i].version);
		assert_int_equal(sc_address_compare(&a[i].subject, &b[i].subject), 0);
		assert_memory_equal(&a[i].after, &b[i].after, sizeof a[i].after);
	}
}

static void assert_same_outcome(const sc_outcome *a, const sc_outcome *b)
{
	assert_int_equal(a->status, b->status);
	assert_int_equal(a->flags, b->flags);
	assert_int_equal(a->change, b->change);
	assert_int_equal(a->line, b->line);
	assert_true(a->wanted == b->wanted && a->available == b->available);
	assert_true(a->position == b->position);
}

/* How many groups of the round were done. */
static int play(struct twin *t)
{
	static sc_outcome in_batches[GROUPS], one_by_one[GROUPS];
	memset(in_batches, 0, sizeof in_batches);
	memset(one_by_one, 0, sizeof one_by_one);
	make_groups(t);
	apply_to(t, &t->w->store, GROUPS, in_batches);
	apply_to(t, &t->other, 1, one_by_one);
	int done = 0;
	for (int i = 0; i < GROUPS; i++) {
		assert_same_outcome(&in_batches[i], &one_by_one[i]);
		done += in_batches[i].status == SC_OK;
	}
	for (int i = 0; i < HOLDS; i++)
		assert_same_row(t, hold_of(&t->holds[i]));
	for (int i = 0; i < CARTS; i++) {
		assert_same_row(t, t->accounts[i]);
		assert_same_row(t, address(SC_KIND_CART, carts[i], ""));
		assert_same_row(t, address(SC_KIND_PRODUCT, carts[i], ""));
	}
	assert_same_log(t);
	sc_arena_reset(&t->w->arena);
	return done;
}

static void a_batch_is_the_same_as_its_groups_one_by_one(void **state)
{
	struct world *w = *state;
	int done = 0;
	for (uint64_t round = 1; round <= ROUNDS; round++) {
		struct twin *t = calloc(1, sizeof *t);
		t->w = w;
		t->chance = round;
		for (int i = 0; i < HOLDS; i++) {
			t->holds[i] = sc_id_make(w->env);
			t->ids[i] = sc_id_make(w->env);
		}
		for (int i = 0; i < SKUS; i++)
			t->accounts[i] = stock(skus[i]);
		assert_int_equal(sc_memory_open(w->env, NULL, &t->other, NULL), SC_OK);
		done += play(t);
		t->other.ops->close(t->other.ctx);
		free(t);
		w->store.ops->close(w->store.ctx);
		assert_int_equal(sc_memory_open(w->env, NULL, &w->store, NULL), SC_OK);
	}
	assert_in_range(done, ROUNDS * GROUPS / 10, ROUNDS * GROUPS * 9 / 10); /* some of each */
}

static void rows_that_come_and_go_in_one_batch_still_have_positions_and_entries(void **state)
{
	struct world *w = *state;
	sc_change made = about(address(SC_KIND_PRODUCT, "p", ""), SC_CHANGE_PUT), gone = made;
	made.condition = SC_IF_ABSENT;
	gone.type = SC_CHANGE_DELETE;
	gone.condition = SC_IF_PRESENT;
	const sc_group groups[] = { group_of(SC_HOME_NONE, (sc_id){ { 0 } }, &made, 1),
		                    group_of(SC_HOME_NONE, (sc_id){ { 0 } }, &gone, 1) };
	sc_outcome outcomes[2] = { { 0 }, { 0 } };
	assert_int_equal(w->store.ops->apply(w->store.ctx, SC_CALL_SYSTEM, groups, 2, outcomes, NULL), SC_OK);
	assert_int_equal(outcomes[0].position, 1);
	assert_int_equal(outcomes[1].position, 2);
	sc_entry entries[4];
	size_t count;
	assert_int_equal(
		w->store.ops->log_read(w->store.ctx, SC_CALL_SYSTEM, 0, 0, 4, &w->arena, entries, &count, NULL), SC_OK);
	assert_int_equal(count, 2);
	assert_int_equal(load(w, made.address).version, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		WORLD_TEST(a_batch_is_the_same_as_its_groups_one_by_one),
		WORLD_TEST(rows_that_come_and_go_in_one_batch_still_have_positions_and_entries),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
