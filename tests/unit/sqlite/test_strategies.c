/*
 * The ways in which transactions get along: each sells what there is, and an optimist waits for nobody until it writes.
 */
#include "drivers/sqlite/driver.h"
#include "fixture.h"

#include <pthread.h>

static sc_store open_with(struct fixture *f, const char *strategy)
{
	char url[160];
	sc_store store = { 0 };
	snprintf(url, sizeof url, "sqlite:%s?strategy=%s", f->path, strategy);
	assert_int_equal(sc_sqlite_open(f->env, url, NULL, &store, &f->err), SC_OK);
	return store;
}

static void the_url_says_which_strategy_it_is(void **state)
{
	struct fixture *f = *state;
	static const struct {
		const char *name;
		bool combines;
	} known[] = { { "combined", true }, { "pessimistic", false }, { "optimistic", false } };
	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
		sc_store store = open_with(f, known[i].name);
		sc_store_info info = { .size = sizeof info };
		assert_int_equal(store.ops->info(store.ctx, &info, NULL), SC_OK);
		assert_int_equal(info.wants_combiner, known[i].combines);
		close_store(&store);
	}
	sc_store store = { 0 };
	sc_sqlite_options options = SC_SQLITE_OPTIONS_INIT;
	options.strategy = SC_SQLITE_OPTIMISTIC + 1;
	assert_int_equal(sc_sqlite_open(f->env, f->path, &options, &store, &f->err), SC_BAD_ARGUMENT);
	assert_string_equal(f->err.field, "strategy");
}

/* ---- an optimist and somebody else ------------------------------------------------------- */

/* A transaction by hand: what it reads, and whether it may write. */
struct optimist {
	sc__sqlite *store;
	sc_arena arena;
	sc_row row;
	sc_rows_clock clock;
	void *txn;
};

static void begin(struct fixture *f, struct optimist *o, const char *sku)
{
	sc_sqlite_options options = SC_SQLITE_OPTIONS_INIT;
	options.strategy = SC_SQLITE_OPTIMISTIC;
	*o = (struct optimist){ .row = { .type = SC_ROW_ACCOUNT } };
	o->row.value.address = stock_of(sku);
	sc_row *const rows[] = { &o->row };
	sc_arena_init(&o->arena, f->env);
	assert_int_equal(sc__sqlite_open(f->env, f->path, &options, &o->store, &f->err), SC_OK);
	assert_int_equal(sc__sqlite_begin(o->store, SC_CALL_SYSTEM, &o->txn, &o->clock, &f->err), SC_OK);
	assert_int_equal(sc__sqlite_read(o->txn, rows, 1, &o->arena, &f->err), SC_OK);
}

static void end(struct optimist *o)
{
	sc__sqlite_abort(o->txn);
	sc__sqlite_close(o->store);
	sc_arena_clear(&o->arena);
}

static void an_optimist_keeps_nobody_from_writing(void **state)
{
	struct fixture *f = *state;
	struct optimist o;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	begin(f, &o, "mug");
	assert_int_equal(o.row.value.counters.on_hand, 5);
	assert_int_equal(receive(&f->store, "cup", 5), SC_OK);
	end(&o);
}

static void who_changes_another_row_does_not_cross_an_optimist(void **state)
{
	struct fixture *f = *state;
	struct optimist o;
	uint64_t first;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	begin(f, &o, "mug");
	assert_int_equal(receive(&f->store, "cup", 5), SC_OK);
	assert_int_equal(sc__sqlite_draw(o.txn, 1, &first, &f->err), SC_OK);
	end(&o);
}

static void who_changes_the_row_crosses_an_optimist(void **state)
{
	struct fixture *f = *state;
	struct optimist o;
	uint64_t first;
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	begin(f, &o, "mug");
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	assert_int_equal(sc__sqlite_draw(o.txn, 1, &first, &f->err), SC_CHANGED);
	end(&o);
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK); /* the lock was given back */
}

static void who_makes_the_row_crosses_an_optimist(void **state)
{
	struct fixture *f = *state;
	struct optimist o;
	uint64_t first;
	begin(f, &o, "mug");
	assert_int_equal(receive(&f->store, "mug", 5), SC_OK);
	assert_int_equal(sc__sqlite_draw(o.txn, 1, &first, &f->err), SC_CHANGED);
	end(&o);
}

/* ---- all of them ------------------------------------------------------------------------- */

enum { UNITS = 40, THREADS = 4, ATTEMPTS = 20 };

struct seller {
	const sc_store *store;
	int sold, refused;
};

static void *sell(void *argument)
{
	struct seller *seller = argument;
	for (int i = 0; i < ATTEMPTS; i++) {
		const sc_status status = reserve(seller->store, "mug");
		seller->sold += status == SC_OK;
		seller->refused += status == SC_OUT_OF_STOCK;
	}
	return NULL;
}

static void assert_sells_what_there_is(struct fixture *f, const char *strategy)
{
	struct seller sellers[THREADS];
	pthread_t threads[THREADS];
	sc_store store = open_with(f, strategy);
	int sold = 0, refused = 0;
	assert_int_equal(receive(&store, "mug", UNITS), SC_OK);
	for (int i = 0; i < THREADS; i++) {
		sellers[i] = (struct seller){ .store = &store };
		assert_int_equal(pthread_create(&threads[i], NULL, sell, &sellers[i]), 0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(threads[i], NULL);
		sold += sellers[i].sold;
		refused += sellers[i].refused;
	}
	assert_int_equal(sold, UNITS);
	assert_int_equal(refused, THREADS * ATTEMPTS - UNITS);
	assert_int_equal(account(&store, "mug").counters.held, UNITS);
	close_store(&store);
}

static void optimists_sell_exactly_what_there_is(void **state)
{
	assert_sells_what_there_is(*state, "optimistic");
}

static void pessimists_sell_exactly_what_there_is(void **state)
{
	assert_sells_what_there_is(*state, "pessimistic");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(the_url_says_which_strategy_it_is),
		test(an_optimist_keeps_nobody_from_writing),
		test(who_changes_another_row_does_not_cross_an_optimist),
		test(who_changes_the_row_crosses_an_optimist),
		test(who_makes_the_row_crosses_an_optimist),
		test(optimists_sell_exactly_what_there_is),
		test(pessimists_sell_exactly_what_there_is),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
