/* The machines: every row and every row that is missing, the graphs, and the status that people see. */
#include "support/cm.h"

#include "order/states.h"

#include <shopcore/testkit/env.h>

#include <stdio.h>

static const struct machine {
	sc_machine machine;
	uint32_t states;
	const char *rows; /* "from>to" in the order of the table, 0 for the start */
} machines[] = {
	{ SC_MACHINE_ORDER, 4, "0>1 1>2 1>3 1>4 2>4" },
	{ SC_MACHINE_PAYMENT, 6, "0>1 1>3 1>2 1>4 1>5 4>5 3>5 3>6 5>6" },
	{ SC_MACHINE_FULFILMENT, 4, "0>1 1>2 2>3 1>4" },
	{ SC_MACHINE_ATTEMPT, 7, "0>1 1>2 1>3 1>4 1>5 1>6 2>3 2>4 2>5 2>6 3>6 4>6 5>6 6>7" },
};
#define MACHINES (sizeof(machines) / sizeof(machines[0]))

static void each_machine_has_the_moves_that_were_agreed_on(void **state)
{
	(void)state;
	for (size_t m = 0; m < MACHINES; m++) {
		char rows[256] = "";
		size_t count;
		const sc_machine_move *moves = sc_order_moves(machines[m].machine, &count);
		for (size_t i = 0; i < count; i++) {
			char row[16];
			snprintf(row, sizeof(row), "%s%u>%u", i ? " " : "", moves[i].from, moves[i].to);
			strcat(rows, row);
		}
		assert_string_equal(rows, machines[m].rows);
	}
}

static void nothing_moves_that_no_table_has(void **state)
{
	(void)state;
	for (size_t m = 0; m < MACHINES; m++) {
		for (uint32_t from = 0; from <= machines[m].states + 1; from++) {
			for (uint32_t to = 0; to <= machines[m].states + 1; to++) {
				char row[16];
				snprintf(row, sizeof(row), "%u>%u", from, to);
				bool expected = from == to || strstr(machines[m].rows, row) != NULL;
				assert_int_equal(sc__machine_allows(machines[m].machine, from, to), expected);
			}
		}
	}
}

static void every_state_has_a_name_and_others_have_none(void **state)
{
	(void)state;
	for (size_t m = 0; m < MACHINES; m++) {
		assert_string_equal(sc_order_state_name(machines[m].machine, 0), "UNKNOWN");
		for (uint32_t s = 1; s <= machines[m].states; s++)
			assert_string_not_equal(sc_order_state_name(machines[m].machine, s), "UNKNOWN");
		assert_string_equal(sc_order_state_name(machines[m].machine, machines[m].states + 1), "UNKNOWN");
	}
	assert_string_equal(sc_order_state_name((sc_machine)9, 1), "UNKNOWN");
	assert_string_equal(sc_order_status_name(SC_STATUS_DELIVERED), "DELIVERED");
	assert_string_equal(sc_order_status_name((sc_order_status)7), "UNKNOWN");
	assert_string_equal(sc_attempt_state_name(99), "UNKNOWN");
}

static void an_unknown_machine_has_no_moves(void **state)
{
	size_t count = 7;
	(void)state;
	assert_null(sc_order_moves((sc_machine)0, &count));
	assert_int_equal(count, 0);
}

static sc_status print_all(const sc_env *env)
{
	sc_arena arena;
	const char *text;
	sc_arena_init(&arena, env);
	sc_status status = sc_order_status_table(&arena, &text, NULL);
	for (size_t m = 0; m < MACHINES && status == SC_OK; m++)
		status = sc_order_states_dot(machines[m].machine, &arena, &text, NULL);
	sc_arena_clear(&arena);
	return status;
}

static void a_machine_prints_as_a_graph(void **state)
{
	sc_arena arena;
	const char *dot;
	(void)state;
	sc_arena_init(&arena, sc_env_default());
	assert_int_equal(sc_order_states_dot(SC_MACHINE_ORDER, &arena, &dot, NULL), SC_OK);
	assert_string_equal(dot, "digraph order {\n"
	                         "\trankdir=LR;\n"
	                         "\tstart [shape=point];\n"
	                         "\tstart -> PENDING [label=\"place\"];\n"
	                         "\tPENDING -> CONFIRMED [label=\"confirm\"];\n"
	                         "\tPENDING -> PAYMENT_FAILED [label=\"fail\"];\n"
	                         "\tPENDING -> CANCELLED [label=\"cancel\"];\n"
	                         "\tCONFIRMED -> CANCELLED [label=\"cancel\"];\n"
	                         "}\n");
	assert_int_equal(sc_order_states_dot((sc_machine)0, &arena, &dot, NULL), SC_BAD_ARGUMENT);
	sc_arena_clear(&arena);
	assert_int_equal(print_all(sc_env_default()), SC_OK);
}

static void printing_without_memory_is_a_failure(void **state)
{
	sc_testkit_env *world = sc_testkit_env_new(1);
	(void)state;
	sc_testkit_env_fail_allocation(world, 1, true);
	assert_int_equal(print_all(sc_testkit_env_table(world)), SC_NO_MEMORY);
	sc_testkit_env_free(world);
}

static void what_people_see_follows_from_the_three_states(void **state)
{
	(void)state;
	assert_int_equal(sc_order_status_of(SC_ORDER_PENDING, SC_PAID_OPEN, SC_FULFILMENT_WAITING), SC_STATUS_PENDING);
	assert_int_equal(sc_order_status_of(SC_ORDER_PAYMENT_FAILED, SC_PAID_REFUNDING, SC_FULFILMENT_CALLED_OFF),
	                 SC_STATUS_PAYMENT_FAILED);
	assert_int_equal(sc_order_status_of(SC_ORDER_CONFIRMED, SC_PAID_NONE_DUE, SC_FULFILMENT_WAITING),
	                 SC_STATUS_CONFIRMED);
	assert_int_equal(sc_order_status_of(SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_SHIPPED),
	                 SC_STATUS_SHIPPED);
	assert_int_equal(sc_order_status_of(SC_ORDER_CONFIRMED, SC_PAID_CAPTURED, SC_FULFILMENT_DELIVERED),
	                 SC_STATUS_DELIVERED);
	assert_int_equal(sc_order_status_of(SC_ORDER_CANCELLED, SC_PAID_REFUNDED, SC_FULFILMENT_CALLED_OFF),
	                 SC_STATUS_CANCELLED);
	assert_int_equal(sc_order_status_of(SC_ORDER_PENDING, SC_PAID_CAPTURED, SC_FULFILMENT_WAITING), 0);
	assert_int_equal(sc_order_status_of(SC_ORDER_CONFIRMED, SC_PAID_OPEN, SC_FULFILMENT_WAITING), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_machine_has_the_moves_that_were_agreed_on),
		cmocka_unit_test(nothing_moves_that_no_table_has),
		cmocka_unit_test(every_state_has_a_name_and_others_have_none),
		cmocka_unit_test(an_unknown_machine_has_no_moves),
		cmocka_unit_test(a_machine_prints_as_a_graph),
		cmocka_unit_test(printing_without_memory_is_a_failure),
		cmocka_unit_test(what_people_see_follows_from_the_three_states),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
