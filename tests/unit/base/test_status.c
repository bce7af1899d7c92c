/* Statuses: families, names, texts, and what may be repeated. */
#include "support/cm.h"

#include <shopcore/call.h>
#include <shopcore/status.h>

#define CODE(name, code, text) code,
static const int codes[] = { SC_STATUS_MAP(CODE) };
static const size_t code_count = sizeof codes / sizeof codes[0];

static void every_status_but_done_is_in_exactly_one_family(void **state)
{
	(void)state;
	for (size_t i = 0; i < code_count; i++) {
		sc_status status = (sc_status)codes[i];
		int families = sc_status_is_refusal(status) + sc_status_is_bad_input(status) +
		               sc_status_is_failure(status) + sc_status_is_unknown(status);
		assert_int_equal(families, status == SC_OK ? 0 : 1);
	}
}

static void a_refusal_or_bad_input_is_never_repeated(void **state)
{
	(void)state;
	for (size_t i = 0; i < code_count; i++) {
		sc_status status = (sc_status)codes[i];
		if (sc_status_is_refusal(status) || sc_status_is_bad_input(status) || status == SC_OK)
			assert_false(sc_status_may_retry(status));
	}
}

static void every_unknown_may_be_repeated(void **state)
{
	(void)state;
	assert_true(sc_status_may_retry(SC_OUTCOME_UNKNOWN));
	assert_true(sc_status_may_retry(SC_PAYMENT_UNKNOWN));
}

static void of_failures_only_passing_ones_may_be_repeated(void **state)
{
	(void)state;
	assert_true(sc_status_may_retry(SC_NO_MEMORY));
	assert_true(sc_status_may_retry(SC_STORE_FAILED));
	assert_true(sc_status_may_retry(SC_BUSY));
	assert_true(sc_status_may_retry(SC_SERVICE_FAILED));
	assert_true(sc_status_may_retry(SC_NO_ROOM));
	assert_false(sc_status_may_retry(SC_DEADLINE));
	assert_false(sc_status_may_retry(SC_CANCELLED));
	assert_false(sc_status_may_retry(SC_DAMAGED));
	assert_false(sc_status_may_retry(SC_IO_FAILED));
	assert_false(sc_status_may_retry(SC_SCHEMA_TOO_NEW));
}

static void a_name_is_the_one_in_the_code(void **state)
{
	(void)state;
	assert_string_equal(sc_status_name(SC_OK), "OK");
	assert_string_equal(sc_status_name(SC_OUT_OF_STOCK), "OUT_OF_STOCK");
	assert_string_equal(sc_status_text(SC_OUT_OF_STOCK), "not enough stock");
}

static void a_number_that_is_no_status_has_a_name_and_a_text(void **state)
{
	(void)state;
	sc_status none = (sc_status)-999;
	assert_string_equal(sc_status_name(none), "UNKNOWN_STATUS");
	assert_string_equal(sc_status_text(none), "no such status");
	assert_false(sc_status_may_retry(none));
}

static void the_system_call_has_no_key_and_no_deadline(void **state)
{
	(void)state;
	const sc_call *call = SC_CALL_SYSTEM;
	assert_int_equal(call->size, sizeof(sc_call));
	assert_int_equal(call->kind, SC_ACTOR_SYSTEM);
	assert_null(call->actor);
	assert_null(call->key);
	assert_int_equal(call->deadline_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_status_but_done_is_in_exactly_one_family),
		cmocka_unit_test(a_refusal_or_bad_input_is_never_repeated),
		cmocka_unit_test(every_unknown_may_be_repeated),
		cmocka_unit_test(of_failures_only_passing_ones_may_be_repeated),
		cmocka_unit_test(a_name_is_the_one_in_the_code),
		cmocka_unit_test(a_number_that_is_no_status_has_a_name_and_a_text),
		cmocka_unit_test(the_system_call_has_no_key_and_no_deadline),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
