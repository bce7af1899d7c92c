/* The table of access: every cell that says "own" is tried with an own and with a foreign object. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/access.h"

#include <string.h>

static const sc_actor_kind kinds[] = { SC_ACTOR_SYSTEM, SC_ACTOR_ADMIN, SC_ACTOR_SELLER, SC_ACTOR_CUSTOMER,
	                               SC_ACTOR_GUEST };

/* What the actor "x" of a kind owns. */
static const char *own_of(sc_actor_kind kind)
{
	return kind == SC_ACTOR_CUSTOMER ? "u:x" : kind == SC_ACTOR_GUEST ? "g:x" : "x";
}

static void every_cell_of_the_table_decides(void **state)
{
	(void)state;
	for (size_t k = 0; k < 5; k++)
		for (int i = 0; i < SC__OPERATIONS; i++) {
			const sc__operation operation = (sc__operation)i;
			const sc_call call = SC_CALL_INIT(kinds[k], "x");
			const sc__access access = sc__access_of(kinds[k], operation);
			const sc_status own = sc__allow(&call, operation, own_of(kinds[k]), NULL);
			const sc_status foreign = sc__allow(&call, operation, "u:y", NULL);
			const sc_status nobodys = sc__allow(&call, operation, NULL, NULL);
			assert_int_equal(own, access == SC__NEVER ? SC_NOT_ALLOWED : SC_OK);
			assert_int_equal(foreign, access == SC__ALWAYS ? SC_OK : SC_NOT_ALLOWED);
			assert_int_equal(nobodys, access == SC__ALWAYS ? SC_OK : SC_NOT_ALLOWED);
		}
}

static void system_and_admin_may_do_everything(void **state)
{
	(void)state;
	for (int i = 0; i < SC__OPERATIONS; i++) {
		assert_int_equal(sc__access_of(SC_ACTOR_SYSTEM, (sc__operation)i), SC__ALWAYS);
		assert_int_equal(sc__access_of(SC_ACTOR_ADMIN, (sc__operation)i), SC__ALWAYS);
	}
}

static void buyers_run_nothing_and_move_no_stock(void **state)
{
	(void)state;
	const sc__operation closed[] = { SC__WRITE_CATALOG, SC__AUDIT_STOCK,  SC__WRITE_STOCK, SC__RESERVE,
		                         SC__FULFIL_ORDER,  SC__REFUND_ORDER, SC__RUN_SHOP };
	for (size_t i = 0; i < sizeof(closed) / sizeof(closed[0]); i++) {
		assert_int_equal(sc__access_of(SC_ACTOR_CUSTOMER, closed[i]), SC__NEVER);
		assert_int_equal(sc__access_of(SC_ACTOR_GUEST, closed[i]), SC__NEVER);
	}
}

static void every_operation_has_a_name(void **state)
{
	(void)state;
	for (int i = 0; i < SC__OPERATIONS; i++)
		assert_true(strlen(sc__operation_name((sc__operation)i)) > 3);
}

static void a_guest_named_like_a_user_owns_nothing_of_the_users(void **state)
{
	(void)state;
	const sc_call guest = SC_CALL_INIT(SC_ACTOR_GUEST, "ada"), trick = SC_CALL_INIT(SC_ACTOR_GUEST, "u:ada");
	assert_int_equal(sc__allow(&guest, SC__READ_CART, "u:ada", NULL), SC_NOT_ALLOWED);
	assert_int_equal(sc__allow(&trick, SC__READ_CART, "u:ada", NULL), SC_NOT_ALLOWED);
	assert_int_equal(sc__allow(&guest, SC__READ_CART, "g:ada", NULL), SC_OK);
}

static void bad_calls_are_named(void **state)
{
	(void)state;
	sc_error err = SC_ERROR_INIT;
	sc_call call = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "x");
	assert_int_equal(sc__call_check(NULL, &err), SC_BAD_ARGUMENT);
	call.size = 0;
	assert_int_equal(sc__call_check(&call, &err), SC_BAD_ARGUMENT);
	call = (sc_call)SC_CALL_INIT((sc_actor_kind)9, "x");
	assert_int_equal(sc__call_check(&call, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "call.kind");
	call = (sc_call)SC_CALL_INIT(SC_ACTOR_CUSTOMER, NULL);
	assert_int_equal(sc__call_check(&call, &err), SC_BAD_ARGUMENT);
	assert_string_equal(err.field, "call.actor");
	call.actor = "";
	assert_int_equal(sc__call_check(&call, &err), SC_BAD_ARGUMENT);
	call.actor = "a\tb";
	assert_int_equal(sc__call_check(&call, &err), SC_BAD_TEXT);
}

static void an_actor_may_be_as_long_as_the_limit(void **state)
{
	(void)state;
	char actor[SC_ID_TEXT_MAX + 2], owner[SC__OWNER_SIZE];
	memset(actor, 'x', sizeof(actor));
	actor[SC_ID_TEXT_MAX] = '\0';
	const sc_call call = SC_CALL_INIT(SC_ACTOR_GUEST, actor);
	assert_int_equal(sc__owner_of(&call, owner, NULL), SC_OK);
	assert_int_equal(strlen(owner), SC_ID_TEXT_MAX + 2);
	actor[SC_ID_TEXT_MAX] = 'x';
	actor[SC_ID_TEXT_MAX + 1] = '\0';
	assert_int_equal(sc__owner_of(&call, owner, NULL), SC_OVER_LIMIT);
}

static void only_buyers_have_things_of_their_own(void **state)
{
	(void)state;
	char owner[SC__OWNER_SIZE];
	const sc_call ada = SC_CALL_INIT(SC_ACTOR_CUSTOMER, "ada"), eve = SC_CALL_INIT(SC_ACTOR_ADMIN, "eve");
	assert_int_equal(sc__owner_of(&ada, owner, NULL), SC_OK);
	assert_string_equal(owner, "u:ada");
	assert_int_equal(sc__owner_of(&eve, owner, NULL), SC_BAD_ARGUMENT);
	assert_int_equal(sc__owner_of(SC_CALL_SYSTEM, owner, NULL), SC_BAD_ARGUMENT);
}

static void the_table_prints_one_line_an_operation(void **state)
{
	(void)state;
	sc_arena arena;
	const char *text;
	int lines = 0;
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_access_table(&arena, &text, NULL), SC_OK);
	for (const char *at = text; *at != '\0'; at++)
		lines += *at == '\n';
	assert_int_equal(lines, SC__OPERATIONS + 1);
	assert_non_null(strstr(text, "read a cart                 yes       yes       no        own       own"));
	sc_arena_clear(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_cell_of_the_table_decides),
		cmocka_unit_test(system_and_admin_may_do_everything),
		cmocka_unit_test(buyers_run_nothing_and_move_no_stock),
		cmocka_unit_test(every_operation_has_a_name),
		cmocka_unit_test(a_guest_named_like_a_user_owns_nothing_of_the_users),
		cmocka_unit_test(bad_calls_are_named),
		cmocka_unit_test(an_actor_may_be_as_long_as_the_limit),
		cmocka_unit_test(only_buyers_have_things_of_their_own),
		cmocka_unit_test(the_table_prints_one_line_an_operation),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
