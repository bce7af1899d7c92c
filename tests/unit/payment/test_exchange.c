/* Requests with the gateway: who leads, who follows, and that a slow answer holds up nobody else's. */
#include "support/cm.h"

#include "payment/exchange.h"

#include <shopcore/faulty.h>
#include <shopcore/testkit/env.h>
#include <shopcore/testkit/fake_gateway.h>

#include <pthread.h>
#include <sched.h>

struct fixture {
	sc_testkit_env *world;
	const sc_env *env;
	sc_fake_gateway *fake;
	sc_gateway gateway; /* faulty, in front of it */
	sc__exchange *exchange;
};

static int up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->world = sc_testkit_env_new(1);
	f->env = sc_testkit_env_table(f->world);
	assert_int_equal(sc_fake_gateway_open(f->env, NULL, &f->fake, NULL), SC_OK);
	assert_int_equal(sc_faulty_gateway_open(f->env, sc_fake_gateway_port(f->fake), NULL, &f->gateway, NULL), SC_OK);
	assert_int_equal(sc__exchange_new(f->env, &f->gateway, &f->exchange, NULL), SC_OK);
	*state = f;
	return 0;
}

static int down(void **state)
{
	struct fixture *f = *state;
	sc__exchange_free(f->exchange);
	f->gateway.ops->close(f->gateway.ctx);
	sc_fake_gateway_free(f->fake);
	assert_int_equal(sc_testkit_env_live_blocks(f->world), 0);
	sc_testkit_env_free(f->world);
	free(f);
	return 0;
}

static sc__ask charge(struct fixture *f, const char *token)
{
	sc__ask ask = { .done = false };
	ask.request.attempt = sc_id_make(f->env);
	ask.request.order = sc_id_make(f->env);
	ask.request.op = SC_GATEWAY_CHARGE;
	ask.request.amount_minor = 500;
	memcpy(ask.request.currency, "USD", 4);
	ask.request.token = token;
	return ask;
}

/* A thread that asks once. */
struct buyer {
	struct fixture *f;
	sc__ask ask;
	int64_t wait_ms;
	pthread_t thread;
};

static void *buy(void *arg)
{
	struct buyer *b = arg;
	sc__exchange_ask(b->f->exchange, SC_CALL_SYSTEM, &b->ask, 1, b->wait_ms, NULL);
	return NULL;
}

static void begin(struct fixture *f, struct buyer *b, const char *token, int64_t wait_ms)
{
	*b = (struct buyer){ .f = f, .ask = charge(f, token), .wait_ms = wait_ms };
	assert_int_equal(pthread_create(&b->thread, NULL, buy, b), 0);
}

/* Until the provider has seen so many charges. */
static void wait_for_charges(struct fixture *f, size_t wanted)
{
	for (size_t count = 0; count < wanted; sched_yield()) {
		sc_arena arena;
		sc_fake_booking *books;
		sc_arena_init(&arena, f->env);
		assert_int_equal(sc_fake_gateway_books(f->fake, &arena, &books, &count, NULL), SC_OK);
		sc_arena_clear(&arena);
	}
}

static void an_answer_comes_back(void **state)
{
	struct fixture *f = *state;
	sc__ask ask = charge(f, "tok_ok");
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &ask, 1, 1000, NULL), SC_OK);
	assert_int_equal(ask.status, SC_OK);
	assert_int_equal(ask.reply.state, SC_GATEWAY_CAPTURED);
	assert_int_equal(ask.reply.amount_minor, 500);
}

static void many_are_asked_at_once(void **state)
{
	struct fixture *f = *state;
	sc__ask asks[50];
	for (size_t i = 0; i < 50; i++)
		asks[i] = charge(f, i % 2 ? "tok_ok" : "tok_declined");
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, asks, 50, 1000, NULL), SC_OK);
	for (size_t i = 0; i < 50; i++) {
		assert_int_equal(asks[i].status, SC_OK);
		assert_int_equal(asks[i].reply.state, i % 2 ? SC_GATEWAY_CAPTURED : SC_GATEWAY_DECLINED);
	}
}

/* The clock stands still the whole time: whoever waited for the slow one would wait for ever. */
static void a_buyer_who_waits_half_a_minute_holds_up_nobody(void **state)
{
	struct fixture *f = *state;
	struct buyer slow;
	begin(f, &slow, "tok_slow", 60000);
	wait_for_charges(f, 1);
	for (int i = 0; i < 100; i++) {
		sc__ask ask = charge(f, "tok_ok");
		assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &ask, 1, 1000, NULL), SC_OK);
		assert_int_equal(ask.status, SC_OK);
	}
	assert_int_equal(f->env->wall_ms(f->env->ctx), SC_TESTKIT_START_MS);
	sc_testkit_env_advance_ms(f->world, 30000);
	pthread_join(slow.thread, NULL);
	assert_int_equal(slow.ask.status, SC_OK);
	assert_int_equal(slow.ask.reply.state, SC_GATEWAY_CAPTURED);
}

static void many_slow_and_quick_buyers_each_get_their_own_answer(void **state)
{
	struct fixture *f = *state;
	struct buyer slow[8], quick[8];
	for (size_t i = 0; i < 8; i++)
		begin(f, &slow[i], "tok_slow", 60000);
	wait_for_charges(f, 8);
	for (size_t i = 0; i < 8; i++)
		begin(f, &quick[i], i % 2 ? "tok_ok" : "tok_declined", 1000);
	for (size_t i = 0; i < 8; i++) {
		pthread_join(quick[i].thread, NULL);
		assert_int_equal(quick[i].ask.reply.state, i % 2 ? SC_GATEWAY_CAPTURED : SC_GATEWAY_DECLINED);
	}
	sc_testkit_env_advance_ms(f->world, 30000);
	for (size_t i = 0; i < 8; i++) {
		pthread_join(slow[i].thread, NULL);
		assert_int_equal(slow[i].ask.status, SC_OK);
		assert_memory_equal(&slow[i].ask.reply.attempt, &slow[i].ask.request.attempt, sizeof(sc_id));
	}
}

static void when_the_leader_gives_up_another_one_leads(void **state)
{
	struct fixture *f = *state;
	struct buyer leader, follower;
	begin(f, &leader, "tok_slow", 1000);
	wait_for_charges(f, 1);
	begin(f, &follower, "tok_slow", 60000);
	wait_for_charges(f, 2);
	sc_testkit_env_advance_ms(f->world, 1001);
	pthread_join(leader.thread, NULL);
	assert_int_equal(leader.ask.status, SC_PAYMENT_UNKNOWN);
	sc_testkit_env_advance_ms(f->world, 30000);
	pthread_join(follower.thread, NULL);
	assert_int_equal(follower.ask.status, SC_OK);
}

static void the_same_attempt_twice_at_once_is_in_progress(void **state)
{
	struct fixture *f = *state;
	struct buyer slow;
	begin(f, &slow, "tok_slow", 60000);
	wait_for_charges(f, 1);
	sc__ask again = slow.ask;
	again.done = false;
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &again, 1, 1000, NULL), SC_OK);
	assert_int_equal(again.status, SC_IN_PROGRESS);
	sc_testkit_env_advance_ms(f->world, 30000);
	pthread_join(slow.thread, NULL);
	assert_int_equal(slow.ask.status, SC_OK);
}

static void what_was_not_sent_is_a_failure(void **state)
{
	struct fixture *f = *state;
	sc__ask ask = charge(f, "tok_ok");
	sc_fake_gateway_set_down(f->fake, true);
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &ask, 1, 1000, NULL), SC_OK);
	assert_int_equal(ask.status, SC_SERVICE_FAILED);
}

static void a_port_that_cannot_give_answers_leaves_them_unknown(void **state)
{
	struct fixture *f = *state;
	sc__ask ask = charge(f, "tok_ok");
	assert_int_equal(sc_faulty_gateway_script(&f->gateway, SC_FAULTY_FINISH, 1, SC_FAULT_FAIL, SC_OK, NULL), SC_OK);
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &ask, 1, 1000, NULL), SC_OK);
	assert_int_equal(ask.status, SC_PAYMENT_UNKNOWN);
}

static void past_the_deadline_nothing_is_sent(void **state)
{
	struct fixture *f = *state;
	sc__ask ask = charge(f, "tok_ok");
	sc_call call = *SC_CALL_SYSTEM;
	call.deadline_ns = f->env->mono_ns(f->env->ctx);
	assert_int_equal(sc__exchange_ask(f->exchange, &call, &ask, 1, 1000, NULL), SC_OK);
	assert_int_equal(ask.status, SC_DEADLINE);
}

static void an_answer_to_nobody_is_dropped(void **state)
{
	struct fixture *f = *state;
	sc__ask late = charge(f, "tok_slow"), next = charge(f, "tok_ok");
	sc_testkit_env_jump_when_parked(f->world, true);
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &late, 1, 1000, NULL), SC_OK);
	assert_int_equal(late.status, SC_PAYMENT_UNKNOWN);
	sc_testkit_env_advance_ms(f->world, 30000);
	assert_int_equal(sc__exchange_ask(f->exchange, SC_CALL_SYSTEM, &next, 1, 1000, NULL), SC_OK);
	assert_int_equal(next.status, SC_OK);
	assert_memory_equal(&next.reply.attempt, &next.request.attempt, sizeof(sc_id));
}

static void a_gateway_without_its_operations_is_refused(void **state)
{
	struct fixture *f = *state;
	sc_gateway_ops ops = *f->gateway.ops;
	const sc_gateway crippled = { &ops, f->gateway.ctx };
	sc__exchange *exchange;
	ops.finish = NULL;
	assert_int_equal(sc__exchange_new(f->env, &crippled, &exchange, NULL), SC_BAD_ARGUMENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_answer_comes_back),
		TEST(many_are_asked_at_once),
		TEST(a_buyer_who_waits_half_a_minute_holds_up_nobody),
		TEST(many_slow_and_quick_buyers_each_get_their_own_answer),
		TEST(when_the_leader_gives_up_another_one_leads),
		TEST(the_same_attempt_twice_at_once_is_in_progress),
		TEST(what_was_not_sent_is_a_failure),
		TEST(a_port_that_cannot_give_answers_leaves_them_unknown),
		TEST(past_the_deadline_nothing_is_sent),
		TEST(an_answer_to_nobody_is_dropped),
		TEST(a_gateway_without_its_operations_is_refused),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
