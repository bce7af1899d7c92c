/*
 * Random groups, the same for the model and for the memory driver: every answer and every row has to be the
 * same. The model shares no code with the library's decision, so what both get wrong alike is little.
 *
 *     test_differential [--seed N]
 */
#include "model/model.h"

#include <shopcore/memory.h>
#include <shopcore/testkit/env.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { KIND_SKU = 4, KIND_STOCK = 7, KIND_LIMIT = 8, KIND_HOLD = 10, KIND_CART = 11, KIND_ORDER = 12 };
enum { SIDES = 2, CARTS = 3, SKUS = 3, STOCKS = 4, LIMITS = 2, HOLDS = 6, ORDERS = 2 };
enum { ROWS = CARTS + SKUS + STOCKS + LIMITS + HOLDS + ORDERS };
enum { SEEDS = 150, TURNS = 120, GROUPS_MAX = 4, CHANGES_MAX = 4, TAKES_MAX = 16 };

struct trial {
	uint64_t random;
	sc_testkit_env *testkit;
	const sc_env *env;
	sc_store stores[SIDES];
	sc_arena arena; /* of a turn */
	sc_arena kept;  /* of the whole trial: groups come again */
	char names[ROWS][24];
	sc_address rows[ROWS];
	uint64_t ids;
	sc_group past[32]; /* groups that were sent: some come again */
	char finding[400];
};

static uint64_t draw(struct trial *t, uint64_t bound)
{
	uint64_t z = t->random += 0x9e3779b97f4a7c15u;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	return (z ^ (z >> 31)) % bound;
}

SC_PRINTF(2, 3)
static void differ(struct trial *t, const char *format, ...)
{
	va_list args;

	if (t->finding[0] != '\0')
		return;
	va_start(args, format);
	vsnprintf(t->finding, sizeof(t->finding), format, args);
	va_end(args);
}

/* ---- the rows ------------------------------------------------------------------------------------- */

static const sc_address *some(struct trial *t, int first, int count)
{
	return &t->rows[first + (int)draw(t, (uint64_t)count)];
}

enum {
	FIRST_CART = 0,
	FIRST_SKU = CARTS,
	FIRST_STOCK = FIRST_SKU + SKUS,
	FIRST_LIMIT = FIRST_STOCK + STOCKS,
	FIRST_HOLD = FIRST_LIMIT + LIMITS,
	FIRST_ORDER = FIRST_HOLD + HOLDS
};

static void name_rows(struct trial *t)
{
	static const struct {
		int first, count;
		uint16_t kind;
	} families[] = { { FIRST_CART, CARTS, KIND_CART },    { FIRST_SKU, SKUS, KIND_SKU },
		         { FIRST_STOCK, STOCKS, KIND_STOCK }, { FIRST_LIMIT, LIMITS, KIND_LIMIT },
		         { FIRST_HOLD, HOLDS, KIND_HOLD },    { FIRST_ORDER, ORDERS, KIND_ORDER } };

	for (size_t f = 0; f < sizeof(families) / sizeof(families[0]); f++) {
		for (int i = 0; i < families[f].count; i++) {
			int row = families[f].first + i;
			bool by_id = families[f].kind == KIND_HOLD || families[f].kind == KIND_ORDER;

			snprintf(t->names[row], sizeof(t->names[row]), "row-%02d-0123456789", row);
			t->rows[row] = (sc_address){ t->names[row],    "ab",
				                     by_id ? 16 : 6,   families[f].kind == KIND_ORDER ? 0 : 2,
				                     families[f].kind, 0 };
		}
	}
}

/* ---- random groups ----------------------------------------------------------------------------------- */

static sc_id new_id(struct trial *t)
{
	int64_t now = t->env->wall_ms(t->env->ctx);
	sc_id id;

	memset(&id, 0, sizeof(id));
	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)((uint64_t)now >> (40 - 8 * i));
	t->ids++;
	for (int i = 0; i < 4; i++)
		id.bytes[10 + i] = (uint8_t)(t->ids >> (24 - 8 * i));
	return id;
}

static sc_hold_line line(struct trial *t)
{
	sc_address *sources = sc_arena_alloc(&t->kept, 3 * sizeof(*sources));
	sc_hold_line out;

	memset(&out, 0, sizeof(out));
	out.quantity = 1 + (int64_t)draw(t, 4);
	out.source_count = 1 + (uint32_t)draw(t, 3);
	for (uint32_t i = 0; i < out.source_count; i++)
		sources[i] = t->rows[FIRST_STOCK + (int)((draw(t, STOCKS) + i) % STOCKS)];
	out.flags = draw(t, 3) == 0 ? SC_LINE_SPLIT : 0;
	if (draw(t, 5) == 0) {
		sources[0] = *some(t, FIRST_LIMIT, LIMITS);
		out.source_count = 1;
		out.flags = SC_LINE_LIMIT;
		out.limit = 3;
	}
	out.sources = sources;
	return out;
}

static sc_change hold(struct trial *t)
{
	sc_hold_line *lines = sc_arena_alloc(&t->kept, 2 * sizeof(*lines));
	sc_change change = { .address = *some(t, FIRST_HOLD, HOLDS), .type = SC_CHANGE_HOLD };

	change.line_count = 1 + (uint32_t)draw(t, 2);
	for (uint32_t i = 0; i < change.line_count; i++)
		lines[i] = line(t);
	change.lines = lines;
	change.ttl_ms = draw(t, 4) == 0 ? 0 : 1000 * (int64_t)draw(t, 60) + 1;
	change.lifetime_ms = draw(t, 2) == 0 ? 0 : 90000;
	return change;
}

static sc_change settle(struct trial *t)
{
	static const uint16_t types[] = { SC_CHANGE_COMMIT, SC_CHANGE_COMMIT, SC_CHANGE_RELEASE, SC_CHANGE_EXTEND };
	sc_commit_part *part = sc_arena_zalloc(&t->kept, sizeof(*part));
	sc_change change = { .address = *some(t, FIRST_HOLD, HOLDS), .type = types[draw(t, 4)] };

	if (draw(t, 2) == 0)
		change.flags |= SC_SKIP;
	if (change.type == SC_CHANGE_RELEASE && draw(t, 3) == 0)
		change.flags |= SC_RELEASE_COMMITTED;
	if (change.type == SC_CHANGE_EXTEND)
		change.ttl_ms = draw(t, 3) == 0 ? 0 : 30000;
	if (change.type == SC_CHANGE_COMMIT && draw(t, 3) == 0) {
		part->line = (uint32_t)draw(t, 2);
		part->quantity = (int64_t)draw(t, 4);
		change.parts = part;
		change.part_count = 1;
	}
	return change;
}

static sc_change count(struct trial *t)
{
	sc_change change = { .address = *some(t, FIRST_STOCK, STOCKS), .type = SC_CHANGE_ADJUST };

	change.counters.on_hand = (int64_t)draw(t, 9) - 3;
	if (draw(t, 4) == 0)
		change.flags = SC_ADJUST_FORCED;
	if (draw(t, 4) == 0)
		change.counters.committed = -(int64_t)draw(t, 2);
	if (draw(t, 3) == 0) {
		change.type = SC_CHANGE_SET;
		change.flags = draw(t, 2) == 0 ? SC_SET_ON_HAND : SC_SET_FLOOR;
		change.counters = (sc_counters){ .on_hand = (int64_t)draw(t, 12), .floor = (int64_t)draw(t, 5) - 2 };
	}
	return change;
}

/* A change of a record. `version` is filled in for each store: 1 means the current one, 2 a wrong one. */
static sc_change record(struct trial *t)
{
	static const uint16_t types[] = { SC_CHANGE_PUT, SC_CHANGE_PUT, SC_CHANGE_PATCH, SC_CHANGE_DELETE,
		                          SC_CHANGE_CHECK };
	static const char *const bodies[] = { "", "a", "bb", "a longer body" };
	sc_value *columns = sc_arena_zalloc(&t->kept, 3 * sizeof(*columns));
	bool sku = draw(t, 2) == 0;
	sc_change change = { .type = types[draw(t, 5)], .condition = (uint16_t)draw(t, 4) };

	change.address = sku ? *some(t, FIRST_SKU, SKUS) : *some(t, FIRST_CART, CARTS);
	change.version = 1 + draw(t, 2);
	if (change.type != SC_CHANGE_CHECK && draw(t, 3) == 0)
		change.flags |= SC_SKIP;
	if ((change.type == SC_CHANGE_PATCH || change.type == SC_CHANGE_DELETE) && change.condition == SC_IF_ABSENT)
		change.condition = SC_IF_PRESENT;
	columns[0] = SC_VALUE_OF_BYTES("product", draw(t, 7));
	columns[2] = SC_VALUE_OF_INT((int64_t)draw(t, 1000));
	change.body = (sc_bytes){ bodies[draw(t, 4)], 0 };
	change.body.size = strlen(change.body.data);
	if (change.type == SC_CHANGE_PATCH) {
		change.flags |= SC_PATCH_BODY;
		if (sku) {
			change.columns = &columns[2];
			change.column_count = 1;
			change.column_mask = 1u << 2;
		}
	}
	if (change.type == SC_CHANGE_PUT && sku) {
		change.columns = columns;
		change.column_count = 3;
	}
	if (change.type == SC_CHANGE_PUT && !sku && draw(t, 2) == 0)
		change.lifetime_ms = 20000;
	return change;
}

static sc_change change(struct trial *t)
{
	switch (draw(t, 6)) {
	case 0:
	case 1:
		return hold(t);
	case 2:
	case 3:
		return settle(t);
	case 4:
		return count(t);
	default:
		return record(t);
	}
}

static sc_group group(struct trial *t)
{
	const sc_group *again = &t->past[draw(t, 32)];
	sc_change *changes = sc_arena_alloc(&t->kept, CHANGES_MAX * sizeof(*changes));
	sc_group out;

	if (again->count > 0 && draw(t, 10) == 0)
		return *again;
	memset(&out, 0, sizeof(out));
	out.count = 1 + (uint32_t)draw(t, CHANGES_MAX);
	for (uint32_t i = 0; i < out.count; i++)
		changes[i] = change(t);
	out.changes = changes;
	out.home = SC_HOME_TABLE;
	if (draw(t, 4) == 0)
		out.flags = SC_GROUP_KEEP_REFUSAL;
	if (changes[0].type == SC_CHANGE_HOLD && draw(t, 2) == 0) {
		out.home = SC_HOME_FIRST;
		out.flags = 0;
	}
	out.id = new_id(t);
	t->past[t->ids % 32] = out;
	return out;
}

/* ---- both sides ------------------------------------------------------------------------------------- */

static sc_record load(struct trial *t, int side, const sc_address *at)
{
	sc_record out;

	memset(&out, 0, sizeof(out));
	if (t->stores[side].ops->load(t->stores[side].ctx, SC_CALL_SYSTEM, at, 1, SC_READ_ALL, &t->arena, &out, NULL) !=
	    SC_OK)
		differ(t, "a load failed");
	return out;
}

/* The same groups with this store's own versions. */
static sc_group *for_side(struct trial *t, int side, const sc_group *groups, size_t count_of)
{
	sc_group *out = sc_arena_alloc(&t->arena, count_of * sizeof(*out));

	memcpy(out, groups, count_of * sizeof(*out));
	for (size_t g = 0; g < count_of; g++) {
		sc_change *changes = sc_arena_alloc(&t->arena, groups[g].count * sizeof(*changes));

		memcpy(changes, groups[g].changes, groups[g].count * sizeof(*changes));
		for (uint32_t i = 0; i < groups[g].count; i++) {
			if (changes[i].version != 0)
				changes[i].version = load(t, side, &changes[i].address).version +
				                     (changes[i].version == 2 ? 1000000 : 0);
		}
		out[g].changes = changes;
	}
	return out;
}

static sc_outcome *apply(struct trial *t, int side, const sc_group *groups, size_t count_of)
{
	sc_outcome *out = sc_arena_zalloc(&t->arena, count_of * sizeof(*out));
	sc_group *own = for_side(t, side, groups, count_of);

	for (size_t g = 0; g < count_of; g++) {
		out[g].takes = sc_arena_zalloc(&t->arena, TAKES_MAX * sizeof(*out[g].takes));
		out[g].take_capacity = TAKES_MAX;
		out[g].arena = &t->arena;
	}
	if (t->stores[side].ops->apply(t->stores[side].ctx, SC_CALL_SYSTEM, own, count_of, out, NULL) != SC_OK)
		differ(t, "an apply failed");
	return out;
}

static void compare_takes(struct trial *t, const sc_outcome *a, const sc_outcome *b)
{
	if (a->take_count != b->take_count) {
		differ(t, "the model took from %u places, memory from %u", a->take_count, b->take_count);
		return;
	}
	for (uint32_t i = 0; i < a->take_count && i < TAKES_MAX; i++) {
		if (a->takes[i].quantity != b->takes[i].quantity || a->takes[i].line != b->takes[i].line ||
		    sc_address_compare(&a->takes[i].account, &b->takes[i].account) != 0)
			differ(t, "take %u: the model %lld for line %u, memory %lld for line %u", i,
			       (long long)a->takes[i].quantity, a->takes[i].line, (long long)b->takes[i].quantity,
			       b->takes[i].line);
	}
}

static bool one_source_each(const sc_group *g)
{
	uint32_t holds = 0;

	for (uint32_t i = 0; i < g->count; i++) {
		holds += g->changes[i].type == SC_CHANGE_HOLD;
		for (uint32_t n = 0; n < g->changes[i].line_count; n++) {
			if (g->changes[i].lines[n].source_count != 1)
				return false;
		}
	}
	return holds <= 1;
}

static void compare_outcome(struct trial *t, const sc_group *g, const sc_outcome *a, const sc_outcome *b)
{
	if (a->status != b->status)
		differ(t, "the model says %s at change %u, memory %s at change %u", sc_status_name(a->status),
		       a->change, sc_status_name(b->status), b->change);
	else if (a->flags != b->flags)
		differ(t, "%s: flags %u of the model, %u of memory", sc_status_name(a->status), a->flags, b->flags);
	else if (sc_status_is_refusal(a->status) && a->status != SC_FENCED && !(a->flags & SC_OUTCOME_REPEAT) &&
	         a->status != SC_TOO_OLD && a->change != b->change)
		differ(t, "%s at change %u of the model, %u of memory", sc_status_name(a->status), a->change,
		       b->change);
	if (a->status == SC_OUT_OF_STOCK && g->changes[a->change].type == SC_CHANGE_HOLD && one_source_each(g) &&
	    !(a->flags & SC_OUTCOME_REPEAT) && (a->wanted != b->wanted || a->available != b->available))
		differ(t, "the model wants %lld of %lld, memory %lld of %lld", (long long)a->wanted,
		       (long long)a->available, (long long)b->wanted, (long long)b->available);
	if (a->status == SC_OK)
		compare_takes(t, a, b);
}

static bool same_bytes(sc_bytes a, sc_bytes b)
{
	return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

static bool same_columns(const sc_record *a, const sc_record *b)
{
	const sc_kind *kind = sc_kind_find(a->address.kind);

	for (uint32_t i = 0; i < kind->column_count; i++) {
		if (a->columns[i].type != b->columns[i].type || a->columns[i].number != b->columns[i].number ||
		    !same_bytes(a->columns[i].bytes, b->columns[i].bytes))
			return false;
	}
	return true;
}

static void compare_row(struct trial *t, int row)
{
	sc_record a = load(t, 0, &t->rows[row]), b = load(t, 1, &t->rows[row]);
	bool is_hold = t->rows[row].kind == KIND_HOLD;

	if ((a.version == 0) != (b.version == 0)) {
		differ(t, "row %d is %s in the model and %s in memory", row, a.version == 0 ? "absent" : "there",
		       b.version == 0 ? "absent" : "there");
		return;
	}
	if (a.version == 0)
		return;
	if (memcmp(&a.counters, &b.counters, sizeof(a.counters)) != 0)
		differ(t, "row %d counts %lld/%lld/%lld in the model and %lld/%lld/%lld in memory", row,
		       (long long)a.counters.on_hand, (long long)a.counters.held, (long long)a.counters.committed,
		       (long long)b.counters.on_hand, (long long)b.counters.held, (long long)b.counters.committed);
	if (a.hold_state != b.hold_state || a.deadline_ms != b.deadline_ms)
		differ(t, "hold %d is %u until %lld in the model and %u until %lld in memory", row, a.hold_state,
		       (long long)a.deadline_ms, b.hold_state, (long long)b.deadline_ms);
	if (a.expires_ms != b.expires_ms || !same_columns(&a, &b) || (!is_hold && !same_bytes(a.body, b.body)))
		differ(t, "row %d has another content in the model than in memory", row);
}

static void sweep(struct trial *t)
{
	for (int side = 0; side < SIDES; side++) {
		size_t done;
		int64_t next;

		if (t->stores[side].ops->expire(t->stores[side].ctx, SC_CALL_SYSTEM, 1000, &done, &next, NULL) != SC_OK)
			differ(t, "a sweep failed");
	}
}

static void turn(struct trial *t)
{
	sc_group groups[GROUPS_MAX];
	size_t count_of = 1 + draw(t, GROUPS_MAX);
	sc_outcome *a, *b;

	sc_arena_reset(&t->arena);
	for (size_t i = 0; i < count_of; i++)
		groups[i] = group(t);
	a = apply(t, 0, groups, count_of);
	b = apply(t, 1, groups, count_of);
	for (size_t i = 0; i < count_of; i++)
		compare_outcome(t, &groups[i], &a[i], &b[i]);
	if (draw(t, 3) == 0)
		sc_testkit_env_advance_ms(t->testkit, (int64_t)draw(t, 20000));
	if (draw(t, 4) == 0)
		sweep(t);
	for (int row = 0; row < ROWS; row++)
		compare_row(t, row);
}

/* The turn at which the two first differ, or 0; `finding` says how. */
static int run_trial(uint64_t seed, char finding[400])
{
	struct trial *t = calloc(1, sizeof(*t));
	int at = 0;

	assert_non_null(t);
	t->random = seed;
	t->testkit = sc_testkit_env_new(seed);
	t->env = sc_testkit_env_table(t->testkit);
	sc_arena_init(&t->arena, t->env);
	sc_arena_init(&t->kept, t->env);
	name_rows(t);
	assert_int_equal(model_open(t->env, MODEL_SOUND, &t->stores[0], NULL), SC_OK);
	assert_int_equal(sc_memory_open(t->env, NULL, &t->stores[1], NULL), SC_OK);
	assert_int_equal(t->stores[1].ops->prepare(t->stores[1].ctx, SC_CALL_SYSTEM, NULL), SC_OK);
	while (at < TURNS && t->finding[0] == '\0') {
		turn(t);
		at++;
	}
	memcpy(finding, t->finding, sizeof(t->finding));
	for (int side = 0; side < SIDES; side++)
		t->stores[side].ops->close(t->stores[side].ctx);
	sc_arena_clear(&t->arena);
	sc_arena_clear(&t->kept);
	sc_testkit_env_free(t->testkit);
	free(t);
	return at;
}

static void model_and_memory_decide_alike(void **state)
{
	char finding[400];

	(void)state;
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		int at = run_trial(seed, finding);

		if (finding[0] != '\0')
			fail_msg("turn %d: %s\n    replay: test_conformance_differential --seed %llu", at, finding,
			         (unsigned long long)seed);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(model_and_memory_decide_alike) };
	char finding[400];

	if (argc == 3 && strcmp(argv[1], "--seed") == 0) {
		int at = run_trial(strtoull(argv[2], NULL, 10), finding);

		printf("turn %d: %s\n", at, finding[0] != '\0' ? finding : "nothing found");
		return finding[0] != '\0';
	}
	return cmocka_run_group_tests_name("differential", tests, NULL, NULL);
}
