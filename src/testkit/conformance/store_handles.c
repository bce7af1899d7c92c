/*
 * What a store says of itself, and what it keeps over handles.
 */
#include "testkit/conformance/store_cases.h"
#include "testkit/conformance/world.h"

void a_store_says_what_it_is(struct world *w)
{
	sc_store_info info = ct_info(w), again = ct_info(w);

	CHECK(w, info.name != NULL && info.name[0] != '\0');
	CHECK(w, info.durability >= SC_DURABLE_PROCESS && info.durability <= SC_DURABLE_REPLICATED);
	CHECK(w, info.partitions >= 1);
	CHECK(w, info.groups_max >= 1);
	CHECK(w, info.parallel_applies >= 1);
	CHECK(w, info.remembers_ms >= HOUR_MS);
	CHECK(w, !sc_id_is_zero(info.incarnation));
	CHECK(w, sc_id_equal(info.incarnation, again.incarnation));
}

void prepare_can_be_repeated(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_error err = SC_ERROR_INIT;

	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "kept"));
	CHECK_STATUS(w, w->store.ops->prepare(w->store.ctx, SC_CALL_SYSTEM, &err), SC_OK);
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("kept"));
}

void what_was_acknowledged_survives_a_reopen(struct world *w)
{
	sc_address cart = ct_at(w, KIND_CART, "u:ada", "");
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_address hold = ct_at_id(w, KIND_HOLD, ct_id(w), 0);
	sc_change add = ct_adjust(stock, 5, 0);
	sc_group group = ct_group(w, SC_HOME_TABLE, ct_id(w), &add, 1);
	sc_id incarnation = ct_info(w).incarnation;
	size_t before, after;
	uint64_t version;

	if (w->options->reopen == NULL || ct_info(w).durability == SC_DURABLE_PROCESS)
		ct_skip(w, "nothing is kept that could be opened again");
	CHECK_STATUS(w, APPLY(w, group).status, SC_OK);
	DO(w, ct_put(cart, SC_IF_ABSENT, 0, "ada's"), ct_hold_one(w, hold, HOUR_MS, stock, 2));
	version = ct_load(w, cart).version;
	ct_journal(w, &before);
	ct_close(w);
	ct_open_again(w);
	CHECK(w, sc_id_equal(ct_info(w).incarnation, incarnation));
	CHECK_BYTES(w, ct_load(w, cart).body, SC_BYTES("ada's"));
	CHECK_INT(w, ct_load(w, cart).version, version);
	CHECK_COUNTERS(w, stock, 5, 2, 0);
	CHECK_HOLD(w, hold, SC_HOLD_HELD);
	CHECK(w, APPLY(w, group).flags & SC_OUTCOME_REPEAT);
	ct_journal(w, &after);
	CHECK_INT(w, after, before);
	DO(w, ct_put(cart, SC_IF_VERSION, version, "newer"));
	CHECK(w, ct_load(w, cart).version > version);
}

void two_handles_see_one_store(struct world *w)
{
	sc_address stock = ct_at(w, KIND_STOCK, "mug", "main");
	sc_change hold = ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), HOUR_MS, stock, 4);
	sc_group group = ct_group(w, SC_HOME_TABLE, ct_id(w), &hold, 1);
	sc_outcome outcome = ct_outcome(w);
	sc_error err = SC_ERROR_INIT;

	DO(w, ct_set_on_hand(stock, 5));
	ct_open_second(w);
	CHECK_STATUS(w, w->second.ops->apply(w->second.ctx, SC_CALL_SYSTEM, &group, 1, &outcome, &err), SC_OK);
	CHECK_STATUS(w, outcome.status, SC_OK);
	CHECK_COUNTERS(w, stock, 5, 4, 0);
	REFUSED(w, SC_OUT_OF_STOCK, ct_hold_one(w, ct_at_id(w, KIND_HOLD, ct_id(w), 0), HOUR_MS, stock, 2));
	CHECK(w, APPLY(w, group).flags & SC_OUTCOME_REPEAT);
}
