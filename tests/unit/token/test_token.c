/* Tokens: shown once, kept as a hash, good until revoked, rotated away or past their time. */
#include "shop/world.h"

#include <shopcore/token.h>

#include <stdio.h>
#include <string.h>

static const sc_token_request ada = { .size = sizeof(sc_token_request),
	                              .kind = SC_ACTOR_CUSTOMER,
	                              .actor = "ada",
	                              .scopes = "cart,checkout",
	                              .note = "her phone" };

static sc_new_token make(world *w, const sc_token_request *request)
{
	sc_new_token made;
	assert_status(w, sc_token_create(w->shop, SC_CALL_SYSTEM, request, &w->arena, &made, &w->err), SC_OK);
	return made;
}

static sc_status check(world *w, const char *secret)
{
	sc_token token;
	return sc_token_check(w->shop, SC_CALL_SYSTEM, secret, &w->arena, &token, &w->err);
}

static size_t listed(world *w)
{
	sc_token_page page;
	assert_status(w, sc_token_list(w->shop, SC_CALL_SYSTEM, 1000, (sc_bytes){ NULL, 0 }, &w->arena, &page, &w->err),
	              SC_OK);
	return page.count;
}

static void a_token_says_whose_it_is(void **state)
{
	world *w = *state;
	sc_new_token made = make(w, &ada);
	sc_token token;
	assert_status(w, sc_token_check(w->shop, SC_CALL_SYSTEM, made.secret, &w->arena, &token, &w->err), SC_OK);
	assert_int_equal(token.kind, SC_ACTOR_CUSTOMER);
	assert_string_equal(token.id, made.id);
	assert_string_equal(token.actor, "ada");
	assert_string_equal(token.scopes, "cart,checkout");
	assert_string_equal(token.note, "her phone");
	assert_int_equal(token.created_ms, SC_TESTKIT_START_MS);
	assert_int_equal(token.expires_ms, SC_NEVER);
	assert_int_equal(token.expired, 0);
}

static void two_tokens_of_one_actor_differ(void **state)
{
	world *w = *state;
	sc_new_token one = make(w, &ada), other = make(w, &ada);
	assert_string_not_equal(one.secret, other.secret);
	assert_string_not_equal(one.id, other.id);
	assert_int_equal(check(w, one.secret), SC_OK);
	assert_int_equal(check(w, other.secret), SC_OK);
}

static void every_changed_byte_makes_it_no_token(void **state)
{
	world *w = *state;
	sc_new_token made = make(w, &ada);
	size_t size = strlen(made.secret);
	char *text = sc_arena_dup(&w->arena, made.secret, size);
	for (size_t i = 0; i < size; i++) {
		text[i] = text[i] == 'A' ? 'B' : 'A';
		assert_int_equal(check(w, text), SC_NOT_FOUND);
		text[i] = made.secret[i];
	}
	assert_int_equal(check(w, text), SC_OK);
	text[size - 1] = '\0';
	assert_int_equal(check(w, text), SC_NOT_FOUND);
	assert_int_equal(check(w, ""), SC_NOT_FOUND);
	assert_int_equal(check(w, NULL), SC_NOT_FOUND);
}

static void the_secret_is_not_kept(void **state)
{
	world *w = *state;
	sc_new_token made = make(w, &ada);
	sc_token_page page;
	assert_status(w, sc_token_list(w->shop, SC_CALL_SYSTEM, 10, (sc_bytes){ NULL, 0 }, &w->arena, &page, &w->err),
	              SC_OK);
	assert_int_equal(page.count, 1);
	const char *const texts[] = { page.tokens[0].id, page.tokens[0].actor, page.tokens[0].scopes,
		                      page.tokens[0].note };
	const char *bits = strrchr(made.secret, '_') + 1;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		assert_null(strstr(texts[i], bits));
}

static void a_revoked_token_is_good_for_nothing(void **state)
{
	world *w = *state;
	sc_new_token made = make(w, &ada), other = make(w, &ada);
	assert_status(w, sc_token_revoke(w->shop, SC_CALL_SYSTEM, made.id, &w->err), SC_OK);
	assert_int_equal(check(w, made.secret), SC_NOT_FOUND);
	assert_int_equal(check(w, other.secret), SC_OK);
	assert_int_equal(sc_token_revoke(w->shop, SC_CALL_SYSTEM, made.id, &w->err), SC_NOT_FOUND);
	assert_int_equal(sc_token_revoke(w->shop, SC_CALL_SYSTEM, "no id", &w->err), SC_NOT_FOUND);
	assert_int_equal(listed(w), 1);
}

static void a_token_ends_with_its_time(void **state)
{
	world *w = *state;
	sc_token_request hour = ada;
	hour.ttl_ms = 3600000;
	sc_new_token made = make(w, &hour);
	assert_int_equal(made.expires_ms, SC_TESTKIT_START_MS + 3600000);
	sc_testkit_env_advance_ms(w->env, 3599999);
	assert_int_equal(check(w, made.secret), SC_OK);
	sc_testkit_env_advance_ms(w->env, 1);
	assert_int_equal(check(w, made.secret), SC_NOT_FOUND);
	sc_token_page page;
	assert_status(w, sc_token_list(w->shop, SC_CALL_SYSTEM, 10, (sc_bytes){ NULL, 0 }, &w->arena, &page, &w->err),
	              SC_OK);
	assert_int_equal(page.tokens[0].expired, 1);
}

static void a_rotated_token_works_for_the_grace_and_the_new_one_for_its_whole_time(void **state)
{
	world *w = *state;
	sc_token_request hour = ada;
	sc_new_token fresh;
	sc_token token;
	hour.ttl_ms = 3600000;
	sc_new_token made = make(w, &hour);
	sc_testkit_env_advance_ms(w->env, 1000);
	assert_status(w, sc_token_rotate(w->shop, SC_CALL_SYSTEM, made.id, 60000, &w->arena, &fresh, &w->err), SC_OK);
	assert_int_equal(fresh.expires_ms, SC_TESTKIT_START_MS + 1000 + 3600000);
	sc_testkit_env_advance_ms(w->env, 59999);
	assert_int_equal(check(w, made.secret), SC_OK);
	sc_testkit_env_advance_ms(w->env, 1);
	assert_int_equal(check(w, made.secret), SC_NOT_FOUND);
	assert_status(w, sc_token_check(w->shop, SC_CALL_SYSTEM, fresh.secret, &w->arena, &token, &w->err), SC_OK);
	assert_string_equal(token.scopes, "cart,checkout");
	assert_string_equal(token.note, "her phone");
	assert_int_equal(sc_token_rotate(w->shop, SC_CALL_SYSTEM, made.id, 0, &w->arena, &fresh, &w->err),
	                 SC_NOT_FOUND);
}

static void rotating_never_lengthens_the_old_ones_life(void **state)
{
	world *w = *state;
	sc_token_request minute = ada;
	sc_new_token fresh;
	minute.ttl_ms = 60000;
	sc_new_token made = make(w, &minute);
	assert_status(w, sc_token_rotate(w->shop, SC_CALL_SYSTEM, made.id, 3600000, &w->arena, &fresh, &w->err), SC_OK);
	sc_testkit_env_advance_ms(w->env, 60000);
	assert_int_equal(check(w, made.secret), SC_NOT_FOUND);
}

static void tokens_come_in_pages(void **state)
{
	world *w = *state;
	sc_bytes cursor = { NULL, 0 };
	sc_token_page page;
	size_t seen = 0;
	for (int i = 0; i < 5; i++)
		make(w, &ada);
	do {
		assert_status(w, sc_token_list(w->shop, SC_CALL_SYSTEM, 2, cursor, &w->arena, &page, &w->err), SC_OK);
		cursor = page.next;
		seen += page.count;
	} while (cursor.size > 0);
	assert_int_equal(seen, 5);
}

static void only_the_shop_handles_tokens(void **state)
{
	world *w = *state;
	const sc_call calls[] = { SC_CALL_INIT(SC_ACTOR_SELLER, "acme"), CUSTOMER("ada"), GUEST("guest") };
	sc_new_token made = make(w, &ada), out;
	sc_token token;
	sc_token_page page;
	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const sc_call *call = &calls[i];
		assert_int_equal(sc_token_create(w->shop, call, &ada, &w->arena, &out, NULL), SC_NOT_ALLOWED);
		assert_int_equal(sc_token_rotate(w->shop, call, made.id, 0, &w->arena, &out, NULL), SC_NOT_ALLOWED);
		assert_int_equal(sc_token_revoke(w->shop, call, made.id, NULL), SC_NOT_ALLOWED);
		assert_int_equal(sc_token_check(w->shop, call, made.secret, &w->arena, &token, NULL), SC_NOT_ALLOWED);
		assert_int_equal(sc_token_list(w->shop, call, 1, (sc_bytes){ NULL, 0 }, &w->arena, &page, NULL),
		                 SC_NOT_ALLOWED);
	}
	assert_int_equal(check(w, made.secret), SC_OK);
}

static sc_status wrong(world *w, const sc_token_request *request)
{
	sc_new_token made;
	return sc_token_create(w->shop, SC_CALL_SYSTEM, request, &w->arena, &made, &w->err);
}

static void a_wrong_request_is_named(void **state)
{
	world *w = *state;
	static char actor[SC_ID_TEXT_MAX + 2], note[SC_TOKEN_NOTE_MAX + 2], scopes[SC_TOKEN_SCOPES_MAX + 2];
	sc_token_request request = ada;
	request.kind = SC_ACTOR_SYSTEM;
	assert_int_equal(wrong(w, &request), SC_BAD_ARGUMENT);
	request.kind = SC_ACTOR_GUEST;
	assert_int_equal(wrong(w, &request), SC_BAD_ARGUMENT);
	assert_string_equal(w->err.field, "kind");
	request = ada, request.actor = memset(actor, 'a', SC_ID_TEXT_MAX);
	assert_int_equal(wrong(w, &request), SC_OK);
	actor[SC_ID_TEXT_MAX] = 'a';
	assert_int_equal(wrong(w, &request), SC_OVER_LIMIT);
	request = ada, request.note = memset(note, 'n', SC_TOKEN_NOTE_MAX);
	assert_int_equal(wrong(w, &request), SC_OK);
	note[SC_TOKEN_NOTE_MAX] = 'n';
	assert_int_equal(wrong(w, &request), SC_OVER_LIMIT);
	request = ada, request.scopes = memset(scopes, 's', SC_TOKEN_SCOPES_MAX);
	assert_int_equal(wrong(w, &request), SC_OK);
	scopes[SC_TOKEN_SCOPES_MAX] = 's';
	assert_int_equal(wrong(w, &request), SC_OVER_LIMIT);
	request = ada, request.ttl_ms = -1;
	assert_int_equal(wrong(w, &request), SC_OUT_OF_RANGE);
	request = ada, request.size = 0;
	assert_int_equal(wrong(w, &request), SC_BAD_ARGUMENT);
}

static void scopes_are_words_with_commas_between(void **state)
{
	world *w = *state;
	static const char *const good[] = { "a", "*", "orders.read,cart-2", "a,b,c" };
	static const char *const bad[] = { ",", "a,", ",a", "a,,b", "A", "a b", "a;b" };
	sc_token_request request = ada;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		request.scopes = good[i];
		assert_status(w, wrong(w, &request), SC_OK);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		request.scopes = bad[i];
		assert_status(w, wrong(w, &request), SC_BAD_FORMAT);
		assert_string_equal(w->err.field, "scopes");
	}
}

static void a_failing_allocation_makes_no_half_token(void **state)
{
	world *w = *state;
	for (uint64_t nth = 1;; nth++) {
		sc_arena arena;
		sc_new_token made;
		sc_arena_init(&arena, sc_testkit_env_table(w->env));
		sc_testkit_env_fail_allocation(w->env, nth, false);
		sc_status status = sc_token_create(w->shop, SC_CALL_SYSTEM, &ada, &arena, &made, NULL);
		bool failed = sc_testkit_env_has_failed(w->env);
		sc_testkit_env_fail_allocation(w->env, 0, false);
		assert_int_equal(status, failed ? SC_NO_MEMORY : SC_OK);
		if (status == SC_OK)
			assert_int_equal(check(w, made.secret), SC_OK);
		sc_arena_clear(&arena);
		assert_int_equal(listed(w), failed ? 0 : 1);
		if (!failed)
			return;
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, world_open, world_close)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_token_says_whose_it_is),
		TEST(two_tokens_of_one_actor_differ),
		TEST(every_changed_byte_makes_it_no_token),
		TEST(the_secret_is_not_kept),
		TEST(a_revoked_token_is_good_for_nothing),
		TEST(a_token_ends_with_its_time),
		TEST(a_rotated_token_works_for_the_grace_and_the_new_one_for_its_whole_time),
		TEST(rotating_never_lengthens_the_old_ones_life),
		TEST(tokens_come_in_pages),
		TEST(only_the_shop_handles_tokens),
		TEST(a_wrong_request_is_named),
		TEST(scopes_are_words_with_commas_between),
		TEST(a_failing_allocation_makes_no_half_token),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
