/* The fake gateway itself: an attempt moves money once, a fence holds, and several handles share one log. */
#include "support/cm.h"

#include <shopcore/testkit/env.h>
#include <shopcore/testkit/fake_gateway.h>

#include <stdio.h>
#include <unistd.h>

struct fixture {
	sc_testkit_env *world;
	const sc_env *env;
	sc_fake_gateway *fake;
	sc_arena arena;
	char file[64];
};

static int up(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));
	f->world = sc_testkit_env_new(1);
	f->env = sc_testkit_env_table(f->world);
	sc_testkit_env_jump_when_parked(f->world, true);
	sc_arena_init(&f->arena, f->env);
	assert_int_equal(sc_fake_gateway_open(f->env, NULL, &f->fake, NULL), SC_OK);
	strcpy(f->file, "/tmp/shopcore-fake-XXXXXX");
	int fd = mkstemp(f->file);
	assert_true(fd >= 0);
	close(fd);
	*state = f;
	return 0;
}

static int down(void **state)
{
	struct fixture *f = *state;
	unlink(f->file);
	sc_fake_gateway_free(f->fake);
	sc_arena_clear(&f->arena);
	assert_int_equal(sc_testkit_env_live_blocks(f->world), 0);
	sc_testkit_env_free(f->world);
	free(f);
	return 0;
}

static sc_gateway_reply ask_of(sc_fake_gateway *fake, const sc_gateway_request *request)
{
	sc_gateway port = sc_fake_gateway_port(fake);
	sc_gateway_reply reply;
	size_t count = 0;
	assert_int_equal(port.ops->start(port.ctx, SC_CALL_SYSTEM, request, 1, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(port.ops->finish(port.ctx, 1, 60000, &reply, &count, NULL), SC_OK);
	assert_int_equal(count, 1);
	assert_memory_equal(&reply.attempt, &request->attempt, sizeof(sc_id));
	return reply;
}

static sc_gateway_request request_of(struct fixture *f, sc_gateway_op op, sc_id target, const char *token)
{
	sc_gateway_request request = { .op = op, .amount_minor = 500, .currency = "USD", .token = token };
	request.attempt = op == SC_GATEWAY_CHARGE || op == SC_GATEWAY_AUTHORISE ? target : sc_id_make(f->env);
	request.target = target;
	request.order = target;
	return request;
}

static uint32_t ask(struct fixture *f, sc_gateway_op op, sc_id target, const char *token)
{
	const sc_gateway_request request = request_of(f, op, target, token);
	return ask_of(f->fake, &request).state;
}

static void assert_money(sc_fake_gateway *fake, sc_id order, int64_t charged, int64_t refunded)
{
	int64_t taken, returned;
	assert_int_equal(sc_fake_gateway_order_money(fake, order, &taken, &returned, NULL), SC_OK);
	assert_int_equal(taken, charged);
	assert_int_equal(returned, refunded);
}

static void an_attempt_moves_money_once(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(f, SC_GATEWAY_CHARGE, id, i ? "tok_declined" : "tok_ok"), SC_GATEWAY_CAPTURED);
	assert_money(f->fake, id, 500, 0);
}

static void an_unknown_token_is_declined(void **state)
{
	struct fixture *f = *state;
	const sc_gateway_request request = request_of(f, SC_GATEWAY_CHARGE, sc_id_make(f->env), "tok_what");
	sc_gateway_reply reply = ask_of(f->fake, &request);
	assert_int_equal(reply.state, SC_GATEWAY_DECLINED);
	assert_string_equal(reply.decline_code, "unknown_token");
}

static void silence_is_unknown_and_a_lookup_tells(void **state)
{
	struct fixture *f = *state;
	sc_id charged = sc_id_make(f->env), freed = sc_id_make(f->env);
	sc_gateway_request request = request_of(f, SC_GATEWAY_CHARGE, charged, "tok_silent_charged");
	assert_int_equal(ask_of(f->fake, &request).status, SC_PAYMENT_UNKNOWN);
	request = request_of(f, SC_GATEWAY_CHARGE, freed, "tok_silent_free");
	assert_int_equal(ask_of(f->fake, &request).status, SC_PAYMENT_UNKNOWN);
	assert_int_equal(ask(f, SC_GATEWAY_LOOKUP, charged, NULL), SC_GATEWAY_CAPTURED);
	assert_int_equal(ask(f, SC_GATEWAY_LOOKUP, freed, NULL), SC_GATEWAY_UNSEEN);
}

static void calling_back_an_unseen_attempt_fences_it(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	assert_int_equal(ask(f, SC_GATEWAY_VOID, id, NULL), SC_GATEWAY_VOIDED);
	assert_int_equal(ask(f, SC_GATEWAY_CHARGE, id, "tok_ok"), SC_GATEWAY_VOIDED);
	assert_money(f->fake, id, 0, 0);
}

static void calling_back_comes_too_late_for_what_is_captured(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	assert_int_equal(ask(f, SC_GATEWAY_CHARGE, id, "tok_ok"), SC_GATEWAY_CAPTURED);
	assert_int_equal(ask(f, SC_GATEWAY_VOID, id, NULL), SC_GATEWAY_CAPTURED);
	assert_money(f->fake, id, 500, 0);
}

static void a_slow_charge_runs_until_it_settles_and_can_be_called_back(void **state)
{
	struct fixture *f = *state;
	sc_gateway port = sc_fake_gateway_port(f->fake);
	sc_id kept = sc_id_make(f->env), back = sc_id_make(f->env);
	size_t count;
	sc_gateway_reply replies[2];
	const sc_gateway_request requests[2] = { request_of(f, SC_GATEWAY_CHARGE, kept, "tok_slow"),
		                                 request_of(f, SC_GATEWAY_CHARGE, back, "tok_slow") };
	assert_int_equal(port.ops->start(port.ctx, SC_CALL_SYSTEM, requests, 2, &count, NULL), SC_OK);
	assert_int_equal(ask(f, SC_GATEWAY_LOOKUP, kept, NULL), SC_GATEWAY_RUNNING);
	assert_money(f->fake, kept, 0, 0);
	assert_int_equal(ask(f, SC_GATEWAY_VOID, back, NULL), SC_GATEWAY_VOIDED);
	sc_testkit_env_advance_ms(f->world, 30000);
	assert_int_equal(port.ops->finish(port.ctx, 2, 0, replies, &count, NULL), SC_OK);
	assert_int_equal(count, 2);
	assert_money(f->fake, kept, 500, 0);
	assert_money(f->fake, back, 0, 0);
}

static void a_refund_is_given_once_and_never_more_than_was_taken(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	assert_int_equal(ask(f, SC_GATEWAY_CHARGE, id, "tok_ok"), SC_GATEWAY_CAPTURED);
	sc_gateway_request refund = request_of(f, SC_GATEWAY_REFUND, id, NULL);
	refund.amount_minor = 300;
	assert_int_equal(ask_of(f->fake, &refund).state, SC_GATEWAY_REFUNDED);
	assert_int_equal(ask_of(f->fake, &refund).state, SC_GATEWAY_REFUNDED);
	assert_money(f->fake, id, 500, 300);
	refund.attempt = sc_id_make(f->env);
	assert_int_equal(ask_of(f->fake, &refund).state, SC_GATEWAY_DECLINED);
	assert_money(f->fake, id, 500, 300);
}

static void money_can_be_reserved_first_and_captured_later(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	assert_int_equal(ask(f, SC_GATEWAY_CAPTURE, id, NULL), SC_GATEWAY_UNSEEN);
	assert_int_equal(ask(f, SC_GATEWAY_AUTHORISE, id, "tok_ok"), SC_GATEWAY_AUTHORISED);
	assert_money(f->fake, id, 0, 0);
	assert_int_equal(ask(f, SC_GATEWAY_CAPTURE, id, NULL), SC_GATEWAY_CAPTURED);
	assert_money(f->fake, id, 500, 0);
}

static sc_fake_gateway *open_file(struct fixture *f)
{
	sc_fake_gateway_options options = SC_FAKE_GATEWAY_OPTIONS_INIT;
	sc_fake_gateway *fake;
	options.file = f->file;
	assert_int_equal(sc_fake_gateway_open(f->env, &options, &fake, NULL), SC_OK);
	return fake;
}

static void handles_on_one_file_are_one_provider(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	const sc_gateway_request request = request_of(f, SC_GATEWAY_CHARGE, id, "tok_ok");
	const sc_gateway_request refund = request_of(f, SC_GATEWAY_REFUND, id, NULL);
	sc_fake_gateway *one = open_file(f), *other = open_file(f);
	assert_int_equal(ask_of(one, &request).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(ask_of(other, &request).state, SC_GATEWAY_CAPTURED);
	assert_int_equal(ask_of(other, &refund).state, SC_GATEWAY_REFUNDED);
	assert_int_equal(ask_of(one, &refund).state, SC_GATEWAY_REFUNDED);
	assert_money(one, id, 500, 500);
	sc_fake_gateway_free(one);
	sc_fake_gateway_free(other);
	other = open_file(f);
	assert_money(other, id, 500, 500);
	sc_fake_gateway_free(other);
}

static void half_a_line_of_a_killed_process_is_cut_off(void **state)
{
	struct fixture *f = *state;
	sc_id first = sc_id_make(f->env), second = sc_id_make(f->env);
	sc_gateway_request request = request_of(f, SC_GATEWAY_CHARGE, first, "tok_ok");
	sc_fake_gateway *fake = open_file(f);
	assert_int_equal(ask_of(fake, &request).state, SC_GATEWAY_CAPTURED);
	sc_fake_gateway_free(fake);
	FILE *log = fopen(f->file, "a");
	fputs("01234567-89ab", log);
	fclose(log);
	fake = open_file(f);
	request = request_of(f, SC_GATEWAY_CHARGE, second, "tok_ok");
	assert_int_equal(ask_of(fake, &request).state, SC_GATEWAY_CAPTURED);
	sc_fake_gateway_free(fake);
	fake = open_file(f);
	assert_money(fake, first, 500, 0);
	assert_money(fake, second, 500, 0);
	sc_fake_gateway_free(fake);
}

static void a_file_of_something_else_is_refused(void **state)
{
	struct fixture *f = *state;
	sc_fake_gateway_options options = SC_FAKE_GATEWAY_OPTIONS_INIT;
	sc_fake_gateway *fake;
	FILE *log = fopen(f->file, "w");
	fputs("these are not the books you are looking for\n", log);
	fclose(log);
	options.file = f->file;
	assert_int_equal(sc_fake_gateway_open(f->env, &options, &fake, NULL), SC_BAD_FORMAT);
	options.file = "/nowhere/at/all";
	assert_int_equal(sc_fake_gateway_open(f->env, &options, &fake, NULL), SC_IO_FAILED);
	options.slow_ms = -1;
	assert_int_equal(sc_fake_gateway_open(f->env, &options, &fake, NULL), SC_BAD_ARGUMENT);
}

static void only_an_open_step_can_be_taken(void **state)
{
	struct fixture *f = *state;
	sc_id id = sc_id_make(f->env);
	assert_int_equal(sc_fake_gateway_take_step(f->fake, id, true, NULL), SC_NOT_FOUND);
	assert_int_equal(ask(f, SC_GATEWAY_CHARGE, id, "tok_action"), SC_GATEWAY_NEEDS_STEP);
	assert_int_equal(sc_fake_gateway_take_step(f->fake, id, true, NULL), SC_OK);
	assert_int_equal(sc_fake_gateway_take_step(f->fake, id, true, NULL), SC_WRONG_STATE);
	assert_int_equal(ask(f, SC_GATEWAY_LOOKUP, id, NULL), SC_GATEWAY_CAPTURED);
	assert_money(f->fake, id, 500, 0);
}

static void the_books_list_every_attempt(void **state)
{
	struct fixture *f = *state;
	sc_fake_booking *books;
	size_t count;
	for (int i = 0; i < 200; i++)
		ask(f, SC_GATEWAY_CHARGE, sc_id_make(f->env), i % 2 ? "tok_ok" : "tok_declined");
	assert_int_equal(sc_fake_gateway_books(f->fake, &f->arena, &books, &count, NULL), SC_OK);
	int64_t sum = 0;
	assert_int_equal(count, 200);
	for (size_t i = 0; i < count; i++)
		sum += books[i].captured_minor;
	assert_int_equal(sum, 100 * 500);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, up, down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_attempt_moves_money_once),
		TEST(an_unknown_token_is_declined),
		TEST(silence_is_unknown_and_a_lookup_tells),
		TEST(calling_back_an_unseen_attempt_fences_it),
		TEST(calling_back_comes_too_late_for_what_is_captured),
		TEST(a_slow_charge_runs_until_it_settles_and_can_be_called_back),
		TEST(a_refund_is_given_once_and_never_more_than_was_taken),
		TEST(money_can_be_reserved_first_and_captured_later),
		TEST(handles_on_one_file_are_one_provider),
		TEST(half_a_line_of_a_killed_process_is_cut_off),
		TEST(a_file_of_something_else_is_refused),
		TEST(only_an_open_step_can_be_taken),
		TEST(the_books_list_every_attempt),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
