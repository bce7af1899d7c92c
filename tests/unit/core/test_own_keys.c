/* Keys of a program's own operations. */
#include "shop/world.h"

#include <shopcore/key.h>

#include <string.h>

#define REFUND "POST /refunds"

static const sc_bytes ten = { "ten", 3 }, five = { "five", 4 };

static sc_call ada(const char *key)
{
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada");
	call.key = key;
	return call;
}

static bool is_done(world *w, const sc_call *call, const char *operation, sc_bytes content)
{
	bool done;
	assert_status(w, sc_key_look(w->shop, call, operation, content, &done, &w->err), SC_OK);
	return done;
}

static void what_was_noted_is_done(void **state)
{
	world *w = *state;
	sc_call call = ada("k");
	assert_false(is_done(w, &call, REFUND, ten));
	assert_false(is_done(w, &call, REFUND, ten)); /* looking notes nothing */
	assert_status(w, sc_key_note(w->shop, &call, REFUND, ten, &w->err), SC_OK);
	assert_true(is_done(w, &call, REFUND, ten));
	assert_status(w, sc_key_note(w->shop, &call, REFUND, ten, &w->err), SC_OK);
}

static void other_content_under_the_key_is_refused(void **state)
{
	world *w = *state;
	sc_call call = ada("k");
	bool done;
	assert_status(w, sc_key_note(w->shop, &call, REFUND, ten, &w->err), SC_OK);
	assert_status(w, sc_key_look(w->shop, &call, REFUND, five, &done, &w->err), SC_KEY_REUSED);
	assert_status(w, sc_key_note(w->shop, &call, REFUND, five, &w->err), SC_KEY_REUSED);
	assert_true(is_done(w, &call, REFUND, ten));
}

static void keys_of_other_actors_and_operations_are_other_keys(void **state)
{
	world *w = *state;
	sc_call call = ada("k"), bob = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "bob"),
		guest = SC_CALL_INIT(SC_ACTOR_GUEST, "ada");
	bob.key = guest.key = "k";
	assert_status(w, sc_key_note(w->shop, &call, REFUND, ten, &w->err), SC_OK);
	assert_false(is_done(w, &bob, REFUND, ten));
	assert_false(is_done(w, &guest, REFUND, ten));
	assert_false(is_done(w, &call, "POST /gifts", five));
}

static void a_note_lives_as_long_as_keys_do(void **state)
{
	world *w = *state;
	sc_shop_options defaults = SC_SHOP_OPTIONS_INIT;
	sc_call call = ada("k");
	assert_status(w, sc_key_note(w->shop, &call, REFUND, ten, &w->err), SC_OK);
	sc_testkit_env_advance_ms(w->env, defaults.key_lifetime_ms - 1);
	assert_true(is_done(w, &call, REFUND, ten));
	sc_testkit_env_advance_ms(w->env, 1);
	assert_false(is_done(w, &call, REFUND, five));
	assert_status(w, sc_key_note(w->shop, &call, REFUND, five, &w->err), SC_OK);
}

static void a_wrong_question_is_named(void **state)
{
	world *w = *state;
	static char operation[SC_KEY_OPERATION_MAX + 2], key[SC_ID_TEXT_MAX + 2], actor[SC_ID_TEXT_MAX + 1];
	sc_call call = ada(NULL);
	bool done;
	assert_status(w, sc_key_look(w->shop, &call, REFUND, ten, &done, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "call.key");
	assert_status(w, sc_key_note(w->shop, NULL, REFUND, ten, &w->err), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "call");
	/* everything at its limit at once fits a record's key */
	call = (sc_call)SC_CALL_INIT(SC_ACTOR_SELLER, memset(actor, 'a', SC_ID_TEXT_MAX));
	call.key = memset(key, 'k', SC_ID_TEXT_MAX);
	memset(operation, 'o', SC_KEY_OPERATION_MAX);
	assert_status(w, sc_key_note(w->shop, &call, operation, ten, &w->err), SC_OK);
	assert_true(is_done(w, &call, operation, ten));
	operation[SC_KEY_OPERATION_MAX] = 'o';
	assert_status(w, sc_key_look(w->shop, &call, operation, ten, &done, &w->err), SC_OVER_LIMIT);
	assert_string_equal(w->err.field, "operation");
	key[SC_ID_TEXT_MAX] = 'k';
	assert_status(w, sc_key_look(w->shop, &call, REFUND, ten, &done, &w->err), SC_OVER_LIMIT);
}

static void no_memory_is_said(void **state)
{
	world *w = *state;
	sc_call call = ada("k");
	for (uint64_t nth = 1;; nth++) {
		sc_testkit_env_fail_allocation(w->env, nth, false);
		sc_status status = sc_key_note(w->shop, &call, REFUND, ten, NULL);
		bool failed = sc_testkit_env_has_failed(w->env);
		sc_testkit_env_fail_allocation(w->env, 0, false);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		assert_int_equal(is_done(w, &call, REFUND, ten), !failed);
		if (!failed)
			return;
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_noted_is_done),
		TEST(other_content_under_the_key_is_refused),
		TEST(keys_of_other_actors_and_operations_are_other_keys),
		TEST(a_note_lives_as_long_as_keys_do),
		TEST(a_wrong_question_is_named),
		TEST(no_memory_is_said),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
