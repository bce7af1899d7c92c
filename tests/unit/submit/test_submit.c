/* Requests in flight: that they share commits, are bounded, can be cancelled and run late, and what descriptors say.
 * That a submitted call answers like the one that waits is shown by the tests of stock and checkout, run both ways. */
#include "checkout/market.h"

#include <shopcore/submit.h>

#include <poll.h>
#include <pthread.h>
#include <stdio.h>

/* What came back. */
struct answers {
	size_t count;
	sc_status last;
	uint64_t ticket;
	size_t by_status[2]; /* done, all others */
	sc_reservation reservation;
	char order[SC_ID_TEXT_SIZE];
};

static void on_answer(const sc_completion *completion)
{
	struct answers *a = completion->context;
	a->count++;
	a->last = completion->status;
	a->ticket = completion->ticket;
	a->by_status[completion->status != SC_OK]++;
	assert_int_equal(completion->err->status, completion->status);
	if (completion->reservation)
		a->reservation = *completion->reservation;
	if (completion->placement)
		strcpy(a->order, completion->placement->order_id);
}

static sc_status submit_reserve_by(struct market *m, const sc_call *call, const char *sku, int64_t quantity,
                                   struct answers *a, uint64_t *ticket)
{
	const sc_reserve_line line = { .sku = sku, .quantity = quantity };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve_submit(m->shop, call, &request, on_answer, a, ticket, &m->err);
}

static sc_status submit_reserve(struct market *m, const char *sku, struct answers *a, uint64_t *ticket)
{
	return submit_reserve_by(m, SC_CALL_SYSTEM, sku, 1, a, ticket);
}

/* A placing under `key` by a buyer whose cart has a mug. */
static sc_status submit_place(struct market *m, const char *key, struct answers *a, uint64_t *ticket)
{
	sc_call call = m->buyer;
	call.key = key;
	return sc_checkout_place_submit(m->shop, &call, &m->request, on_answer, a, ticket, &m->err);
}

static sc_status submit_buy(struct market *m, const char *key, const char *token, struct answers *a, uint64_t *ticket)
{
	sc_call call = m->buyer;
	sc_checkout_request request = m->request;
	call.key = key;
	request.payment_token = token;
	return sc_checkout_buy_submit(m->shop, &call, &request, on_answer, a, ticket, &m->err);
}

static void drive_and_complete(struct market *m)
{
	sc_shop_drive(m->shop, SIZE_MAX, NULL);
	sc_shop_complete(m->shop, SIZE_MAX);
}

static uint64_t calls_of(struct market *m, sc_traced_op op)
{
	sc_traced_counts counts;
	assert_int_equal(sc_traced_read(&m->traced, &counts, &m->err), SC_OK);
	return counts.ops[op].calls;
}

static bool readable(struct market *m, sc_descriptor_kind kind)
{
	struct pollfd at = { .events = POLLIN };
	assert_int_equal(sc_shop_descriptor(m->shop, kind, &at.fd, &m->err), SC_OK);
	return poll(&at, 1, 0) == 1;
}

/* ---- carried together ---- */

static void submitting_calls_no_store(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	assert_int_equal(sc_traced_reset(&m->traced, &m->err), SC_OK);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	assert_int_equal(submit_place(m, "k", &a, NULL), SC_OK);
	for (int op = 0; op < SC_TRACED_OPS; op++)
		assert_int_equal(calls_of(m, (sc_traced_op)op), 0);
	assert_int_equal(a.count, 0);
}

static void requests_that_are_driven_together_share_one_apply(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	market_sku(m, "many", 100, 1000);
	assert_int_equal(sc_traced_reset(&m->traced, &m->err), SC_OK);
	for (int i = 0; i < 500; i++)
		assert_int_equal(submit_reserve(m, "many", &a, NULL), SC_OK);
	assert_int_equal(sc_shop_drive(m->shop, SIZE_MAX, NULL), 500);
	assert_int_equal(a.count, 0);
	assert_int_equal(sc_shop_complete(m->shop, SIZE_MAX), 500);
	assert_int_equal(a.by_status[0], 500);
	assert_int_equal(calls_of(m, SC_TRACED_APPLY), 1);
	assert_level(m, "many", 1000, 500, 0);
}

static void purchases_that_are_driven_together_share_their_reads_and_commits(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	uint64_t calls[2];
	market_sku(m, "many", 100, 1000);
	for (int many = 0; many < 2; many++) {
		const char *name = m->buyer.actor;
		for (int i = 0; i < (many ? 100 : 2); i++) {
			char user[16], key[16];
			snprintf(user, sizeof(user), "user-%d-%d", many, i);
			snprintf(key, sizeof(key), "k-%d", i);
			m->buyer.actor = user;
			market_cart(m, "many", 1);
			assert_int_equal(submit_buy(m, key, "tok_ok", &a, NULL), SC_OK);
			m->buyer.actor = name;
		}
		assert_int_equal(sc_traced_reset(&m->traced, &m->err), SC_OK);
		drive_and_complete(m);
		calls[many] = 0;
		for (int op = 0; op < SC_TRACED_OPS; op++)
			calls[many] += calls_of(m, (sc_traced_op)op);
		assert_int_equal(calls_of(m, SC_TRACED_APPLY), 2);
	}
	assert_int_equal(a.by_status[0], 102);
	assert_int_equal(calls[0], calls[1]);
}

static void only_one_of_two_gets_the_last_unit(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	market_sku(m, "last", 100, 1);
	assert_int_equal(submit_reserve(m, "last", &a, NULL), SC_OK);
	assert_int_equal(submit_reserve(m, "last", &a, NULL), SC_OK);
	drive_and_complete(m);
	assert_int_equal(a.by_status[0], 1);
	assert_int_equal(a.last, SC_OUT_OF_STOCK);
	assert_level(m, "last", 1, 1, 0);
}

static void two_purchases_under_one_key_are_one(void **state)
{
	struct market *m = *state;
	struct answers first = { 0 }, second = { 0 };
	market_cart(m, "mug", 1);
	assert_int_equal(submit_place(m, "k", &first, NULL), SC_OK);
	assert_int_equal(submit_place(m, "k", &second, NULL), SC_OK);
	drive_and_complete(m);
	assert_int_equal(first.last, SC_OK);
	assert_int_equal(second.last, SC_OK);
	assert_string_equal(first.order, second.order);
	assert_level(m, "mug", 10, 1, 0);
}

static void a_request_that_the_store_refuses_outright_fails_alone(void **state)
{
	struct market *m = *state;
	struct answers fine = { 0 }, bad = { 0 };
	sc_id unknown = sc_id_make(m->env);
	assert_int_equal(submit_reserve(m, "mug", &fine, NULL), SC_OK);
	assert_int_equal(
		sc_inventory_commit_submit(m->shop, SC_CALL_SYSTEM, unknown, NULL, 0, on_answer, &bad, NULL, &m->err),
		SC_OK);
	drive_and_complete(m);
	assert_int_equal(fine.last, SC_OK);
	assert_int_equal(bad.last, SC_NOT_FOUND);
}

static void a_drive_does_no_more_than_it_may(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	int64_t wait_ms = -1;
	for (int i = 0; i < 5; i++)
		assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	assert_int_equal(sc_shop_drive(m->shop, 3, &wait_ms), 3);
	assert_int_equal(wait_ms, 0);
	assert_int_equal(sc_shop_drive(m->shop, 3, &wait_ms), 2);
	assert_true(wait_ms == SC_NEVER);
	assert_int_equal(sc_shop_complete(m->shop, 4), 4);
	assert_int_equal(sc_shop_complete(m->shop, 4), 1);
}

/* ---- back-pressure ---- */

static void too_many_in_flight_are_refused_at_once_and_room_comes_back(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	m->options.submitted_max = 2;
	market_restart(m);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_BUSY);
	sc_shop_drive(m->shop, SIZE_MAX, NULL);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_BUSY); /* its answer is not taken yet */
	assert_int_equal(sc_shop_complete(m->shop, 1), 1);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	drive_and_complete(m);
	assert_level(m, "mug", 10, 3, 0);
}

static void submitted_max_has_bounds(void **state)
{
	struct market *m = *state;
	sc_shop *shop;
	sc_shop_options options = SC_SHOP_OPTIONS_INIT;
	options.store_url = "memory:";
	options.env = m->env;
	options.submitted_max = SC_SUBMITTED_MAX + 1;
	assert_int_equal(sc_shop_open(&options, &shop, &m->err), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "submitted_max");
	options.submitted_max = SC_SUBMITTED_MAX;
	assert_int_equal(sc_shop_open(&options, &shop, &m->err), SC_OK);
	sc_shop_close(shop);
}

static void bad_input_is_told_at_once(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	const sc_call stranger = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "eve");
	assert_int_equal(submit_reserve_by(m, SC_CALL_SYSTEM, "mug", 0, &a, NULL), SC_OUT_OF_RANGE);
	assert_int_equal(submit_reserve_by(m, &stranger, "mug", 1, &a, NULL), SC_NOT_ALLOWED);
	assert_int_equal(submit_place(m, NULL, &a, NULL), SC_BAD_ARGUMENT);
	assert_string_equal(m->err.field, "call.key");
	drive_and_complete(m);
	assert_int_equal(a.count, 0);
}

/* ---- cancelling and deadlines ---- */

static void a_request_that_was_not_sent_can_be_cancelled(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	uint64_t ticket;
	assert_int_equal(submit_reserve(m, "mug", &a, &ticket), SC_OK);
	assert_int_equal(sc_shop_cancel(m->shop, ticket, &m->err), SC_OK);
	drive_and_complete(m);
	assert_int_equal(a.count, 1);
	assert_int_equal(a.last, SC_CANCELLED);
	assert_true(a.ticket == ticket);
	assert_level(m, "mug", 10, 0, 0);
}

static void a_request_that_is_with_the_provider_cannot_be_cancelled(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	uint64_t ticket;
	market_cart(m, "mug", 1);
	assert_int_equal(submit_buy(m, "k", "tok_slow", &a, &ticket), SC_OK);
	drive_and_complete(m);
	assert_int_equal(a.count, 0);
	assert_int_equal(sc_shop_cancel(m->shop, ticket, &m->err), SC_IN_PROGRESS);
}

static void what_has_its_answer_is_not_there_to_be_cancelled(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	uint64_t ticket, next;
	assert_int_equal(submit_reserve(m, "mug", &a, &ticket), SC_OK);
	sc_shop_drive(m->shop, SIZE_MAX, NULL);
	assert_int_equal(sc_shop_cancel(m->shop, ticket, &m->err), SC_NOT_FOUND);
	sc_shop_complete(m->shop, SIZE_MAX);
	assert_int_equal(submit_reserve(m, "mug", &a, &next), SC_OK); /* the same place, another request */
	assert_int_equal(sc_shop_cancel(m->shop, ticket, &m->err), SC_NOT_FOUND);
	assert_int_equal(sc_shop_cancel(m->shop, 0, &m->err), SC_NOT_FOUND);
	drive_and_complete(m);
	assert_int_equal(a.by_status[0], 2);
}

static void a_request_past_its_deadline_is_not_sent(void **state)
{
	struct market *m = *state;
	struct answers late = { 0 }, patient = { 0 };
	sc_call call = *SC_CALL_SYSTEM;
	call.deadline_ns = m->env->mono_ns(m->env->ctx) + 1000000;
	assert_int_equal(submit_reserve_by(m, &call, "mug", 1, &late, NULL), SC_OK);
	assert_int_equal(submit_reserve(m, "mug", &patient, NULL), SC_OK);
	sc_testkit_env_advance_ms(m->world, 2);
	drive_and_complete(m);
	assert_int_equal(late.last, SC_DEADLINE);
	assert_int_equal(patient.last, SC_OK);
	assert_level(m, "mug", 10, 1, 0);
}

static void the_callers_texts_need_not_live_on(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	char sku[] = "mug", place[] = "main", key[] = "once", actor[] = "eve";
	const char *places[] = { place };
	const sc_reserve_line line = { .sku = sku, .quantity = 2, .locations = places, .location_count = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	sc_call call = SC_CALL_INIT(SC_ACTOR_ADMIN, actor);
	call.key = key;
	request.lines = &line;
	request.line_count = 1;
	assert_int_equal(sc_inventory_reserve_submit(m->shop, &call, &request, on_answer, &a, NULL, &m->err), SC_OK);
	memset(sku, '?', 3);
	memset(place, '?', 4);
	memset(key, '?', 4);
	memset(actor, '?', 3);
	drive_and_complete(m);
	assert_int_equal(a.last, SC_OK);
	assert_level(m, "mug", 10, 2, 0);
}

/* ---- providers ---- */

static void a_slow_provider_delays_nobody_else(void **state)
{
	struct market *m = *state;
	struct answers slow = { 0 }, quick = { 0 };
	int64_t wait_ms = 0;
	m->options.payment_patience_ms = 2 * m->fake_options.slow_ms;
	market_restart(m);
	market_cart(m, "mug", 1);
	assert_int_equal(submit_buy(m, "k", "tok_slow", &slow, NULL), SC_OK);
	assert_int_equal(submit_reserve(m, "pot", &quick, NULL), SC_OK);
	sc_shop_drive(m->shop, SIZE_MAX, &wait_ms);
	sc_shop_complete(m->shop, SIZE_MAX);
	assert_int_equal(quick.last, SC_OK);
	assert_int_equal(slow.count, 0);
	assert_in_range(wait_ms, 1, 1000); /* to look whether the provider has answered */
	sc_testkit_env_advance_ms(m->world, m->fake_options.slow_ms + 1);
	drive_and_complete(m);
	assert_int_equal(slow.count, 1);
	assert_int_equal(slow.last, SC_OK);
}

static void a_silent_provider_leaves_the_order_pending_when_patience_ends(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	m->options.payment_patience_ms = 1000;
	market_restart(m);
	market_cart(m, "mug", 1);
	assert_int_equal(market_place(m, "k"), SC_OK);
	assert_int_equal(sc_checkout_pay_submit(m->shop, &m->buyer, m->placement.order_id, "tok_slow", on_answer, &a,
	                                        NULL, &m->err),
	                 SC_OK);
	drive_and_complete(m);
	assert_int_equal(a.count, 0);
	sc_testkit_env_advance_ms(m->world, m->options.payment_patience_ms + 1);
	drive_and_complete(m);
	assert_int_equal(a.last, SC_PAYMENT_UNKNOWN);
	assert_status(m, SC_STATUS_PENDING);
}

/* ---- callbacks and descriptors ---- */

struct chain {
	struct answers answers;
	struct market *m;
};

static sc_status submit_link(struct chain *chain);

/* Submits the next one until ten have been answered. */
static void on_link(const sc_completion *completion)
{
	struct chain *chain = completion->context;
	chain->answers.count += completion->status == SC_OK;
	if (chain->answers.count < 10)
		assert_int_equal(submit_link(chain), SC_OK);
}

static sc_status submit_link(struct chain *chain)
{
	const sc_reserve_line line = { .sku = "mug", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	return sc_inventory_reserve_submit(chain->m->shop, SC_CALL_SYSTEM, &request, on_link, chain, NULL, NULL);
}

static void a_callback_may_submit_the_next_request(void **state)
{
	struct market *m = *state;
	struct chain chain = { .m = m };
	m->options.submitted_max = 1; /* whoever is called back is in flight no more */
	market_restart(m);
	assert_int_equal(submit_link(&chain), SC_OK);
	for (int i = 0; i < 10; i++)
		drive_and_complete(m);
	assert_int_equal(chain.answers.count, 10);
	assert_level(m, "mug", 10, 10, 0);
}

static void descriptors_are_readable_while_there_is_something_to_do(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	int descriptor;
	assert_false(readable(m, SC_DESCRIPTOR_SUBMITTED));
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	assert_int_equal(submit_reserve(m, "mug", &a, NULL), SC_OK);
	assert_true(readable(m, SC_DESCRIPTOR_SUBMITTED));
	assert_false(readable(m, SC_DESCRIPTOR_DONE));
	sc_shop_drive(m->shop, SIZE_MAX, NULL);
	assert_false(readable(m, SC_DESCRIPTOR_SUBMITTED));
	assert_true(readable(m, SC_DESCRIPTOR_DONE));
	sc_shop_complete(m->shop, 1);
	assert_true(readable(m, SC_DESCRIPTOR_DONE));
	sc_shop_complete(m->shop, 1);
	assert_false(readable(m, SC_DESCRIPTOR_DONE));
	assert_int_equal(sc_shop_descriptor(m->shop, (sc_descriptor_kind)3, &descriptor, &m->err), SC_BAD_ARGUMENT);
}

static void a_shop_closes_with_requests_in_flight(void **state)
{
	struct market *m = *state;
	struct answers a = { 0 };
	market_cart(m, "mug", 1);
	assert_int_equal(submit_buy(m, "k", "tok_slow", &a, NULL), SC_OK);
	sc_shop_drive(m->shop, SIZE_MAX, NULL);
	assert_int_equal(submit_reserve(m, "pot", &a, NULL), SC_OK);
	market_restart(m); /* what leaks fails the test */
	assert_int_equal(a.count, 0);
}

/* ---- many threads ---- */

enum { THREADS = 4, EACH = 500 };

struct crowd {
	struct market *m;
	struct answers answers[THREADS];
	pthread_mutex_t lock; /* callbacks of one context run on any thread */
	size_t done;
};

static void on_crowd(const sc_completion *completion)
{
	struct crowd *crowd = completion->context;
	pthread_mutex_lock(&crowd->lock);
	crowd->done += completion->status == SC_OK;
	pthread_mutex_unlock(&crowd->lock);
}

static void *submit_drive_and_complete(void *argument)
{
	struct crowd *crowd = argument;
	const sc_reserve_line line = { .sku = "many", .quantity = 1 };
	sc_reserve_request request = SC_RESERVE_REQUEST_INIT;
	request.lines = &line;
	request.line_count = 1;
	for (int i = 0; i < EACH; i++) {
		if (sc_inventory_reserve_submit(crowd->m->shop, SC_CALL_SYSTEM, &request, on_crowd, crowd, NULL,
		                                NULL) != SC_OK)
			return argument;
		if (i % 50 == 0) {
			sc_shop_drive(crowd->m->shop, 20, NULL);
			sc_shop_complete(crowd->m->shop, 20);
		}
	}
	sc_shop_drive(crowd->m->shop, SIZE_MAX, NULL);
	return NULL;
}

static void many_threads_may_submit_drive_and_complete_at_once(void **state)
{
	struct market *m = *state;
	struct crowd crowd = { .m = m };
	pthread_t threads[THREADS];
	market_sku(m, "many", 100, THREADS * EACH);
	pthread_mutex_init(&crowd.lock, NULL);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL, submit_drive_and_complete, &crowd), 0);
	for (int i = 0; i < THREADS; i++) {
		void *failed;
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	drive_and_complete(m);
	assert_int_equal(crowd.done, THREADS * EACH);
	assert_level(m, "many", THREADS * EACH, THREADS * EACH, 0);
	pthread_mutex_destroy(&crowd.lock);
}

/* ---- memory that runs out ---- */

/* Two reservations and two purchases at once, with the nth allocation failing. false: none failed any more. */
static bool scenario_with_failing(struct market *m, uint64_t nth, bool for_good, size_t *done)
{
	struct answers a = { 0 };
	char key[2][32];
	size_t accepted = 0;
	sc_testkit_env_fail_allocation(m->world, nth, for_good);
	for (int i = 0; i < 2; i++) {
		snprintf(key[i], sizeof(key[i]), "k-%llu-%d-%d", (unsigned long long)nth, for_good, i);
		accepted += submit_reserve(m, "pile", &a, NULL) == SC_OK;
		accepted += submit_buy(m, key[i], "tok_ok", &a, NULL) == SC_OK;
	}
	drive_and_complete(m);
	const bool failed = sc_testkit_env_has_failed(m->world);
	sc_testkit_env_fail_allocation(m->world, 0, false);
	drive_and_complete(m);
	assert_int_equal(a.count, accepted); /* whoever was accepted is answered, once */
	*done = a.by_status[0];
	return failed;
}

static void each_allocation_may_fail(void **state)
{
	struct market *m = *state;
	market_sku(m, "pile", 100, 100000);
	for (int for_good = 0; for_good < 2; for_good++) {
		uint64_t nth = 1;
		size_t done = 0;
		market_cart(m, "pile", 1);
		while (scenario_with_failing(m, nth, for_good != 0, &done)) {
			market_restart(m); /* nothing is kept from the last time */
			market_cart(m, "pile", 1);
			nth++;
		}
		assert_true(nth > 10);
		assert_true(done >= 3); /* of two who buy one cart one may find it empty */
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		MARKET_TEST(submitting_calls_no_store),
		MARKET_TEST(requests_that_are_driven_together_share_one_apply),
		MARKET_TEST(purchases_that_are_driven_together_share_their_reads_and_commits),
		MARKET_TEST(only_one_of_two_gets_the_last_unit),
		MARKET_TEST(two_purchases_under_one_key_are_one),
		MARKET_TEST(a_request_that_the_store_refuses_outright_fails_alone),
		MARKET_TEST(a_drive_does_no_more_than_it_may),
		MARKET_TEST(too_many_in_flight_are_refused_at_once_and_room_comes_back),
		MARKET_TEST(submitted_max_has_bounds),
		MARKET_TEST(bad_input_is_told_at_once),
		MARKET_TEST(a_request_that_was_not_sent_can_be_cancelled),
		MARKET_TEST(a_request_that_is_with_the_provider_cannot_be_cancelled),
		MARKET_TEST(what_has_its_answer_is_not_there_to_be_cancelled),
		MARKET_TEST(a_request_past_its_deadline_is_not_sent),
		MARKET_TEST(the_callers_texts_need_not_live_on),
		MARKET_TEST(a_slow_provider_delays_nobody_else),
		MARKET_TEST(a_silent_provider_leaves_the_order_pending_when_patience_ends),
		MARKET_TEST(a_callback_may_submit_the_next_request),
		MARKET_TEST(descriptors_are_readable_while_there_is_something_to_do),
		MARKET_TEST(a_shop_closes_with_requests_in_flight),
		MARKET_TEST(many_threads_may_submit_drive_and_complete_at_once),
		MARKET_TEST(each_allocation_may_fail),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
