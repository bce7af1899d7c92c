/* Ids: UUIDv7, their text, their tail, and the ids derived from them. */
#include "support/cm.h"

#include <shopcore/id.h>
#include <shopcore/testkit/env.h>

#define KNOWN "0194201b-a26d-7c3e-9f00-0123456789ab"

static sc_id known_id(void)
{
	sc_id id = { { 0 } };
	assert_int_equal(sc_id_parse(KNOWN, &id), SC_OK);
	return id;
}

static void a_new_id_carries_the_time_the_version_and_the_variant(void **state)
{
	(void)state;
	sc_testkit_env *world = sc_testkit_env_new(1);
	sc_id id = sc_id_make(sc_testkit_env_table(world));
	assert_int_equal(sc_id_time_ms(id), SC_TESTKIT_START_MS);
	assert_int_equal(id.bytes[6] >> 4, 7);
	assert_int_equal(id.bytes[8] >> 6, 2);
	assert_false(sc_id_is_zero(id));
	sc_testkit_env_free(world);
}

static void a_later_id_sorts_behind_an_earlier_one(void **state)
{
	(void)state;
	sc_testkit_env *world = sc_testkit_env_new(1);
	sc_id last = sc_id_make(sc_testkit_env_table(world));
	for (int i = 0; i < 1000; i++) {
		sc_testkit_env_advance_ms(world, 1);
		sc_id id = sc_id_make(sc_testkit_env_table(world));
		assert_true(memcmp(last.bytes, id.bytes, sizeof id.bytes) < 0);
		last = id;
	}
	sc_testkit_env_free(world);
}

static void ids_of_one_millisecond_differ(void **state)
{
	(void)state;
	sc_testkit_env *world = sc_testkit_env_new(1);
	sc_id ids[200];
	for (int i = 0; i < 200; i++) {
		ids[i] = sc_id_make(sc_testkit_env_table(world));
		for (int other = 0; other < i; other++)
			assert_false(sc_id_equal(ids[i], ids[other]));
	}
	sc_testkit_env_free(world);
}

static void the_text_of_an_id_reads_back(void **state)
{
	(void)state;
	char text[SC_ID_TEXT_SIZE];
	assert_string_equal(sc_id_format(known_id(), text), KNOWN);
	for (int i = 0; i < 100; i++) {
		sc_id id = sc_id_make(sc_env_default()), read;
		assert_int_equal(sc_id_parse(sc_id_format(id, text), &read), SC_OK);
		assert_true(sc_id_equal(id, read));
	}
}

static void upper_case_is_read(void **state)
{
	(void)state;
	sc_id id;
	assert_int_equal(sc_id_parse("0194201B-A26D-7C3E-9F00-0123456789AB", &id), SC_OK);
	assert_true(sc_id_equal(id, known_id()));
}

static void anything_but_36_characters_in_their_places_is_refused(void **state)
{
	(void)state;
	static const char *const wrong[] = {
		"",
		"0",
		"0194201b",
		"0194201b-a26d-7c3e-9f00-0123456789a",
		"0194201b-a26d-7c3e-9f00-0123456789abc",
		"0194201ba26d-7c3e-9f00-0123456789ab-",
		"0194201b_a26d-7c3e-9f00-0123456789ab",
		"0194201g-a26d-7c3e-9f00-0123456789ab",
		" 194201b-a26d-7c3e-9f00-0123456789ab",
		"{0194201b-a26d-7c3e-9f00-0123456789ab}",
	};
	const sc_id before = known_id();
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		sc_id id = before;
		assert_int_equal(sc_id_parse(wrong[i], &id), SC_BAD_FORMAT);
		assert_true(sc_id_equal(id, before));
	}
}

static void a_tail_replaces_the_last_16_bits_only(void **state)
{
	(void)state;
	char text[SC_ID_TEXT_SIZE];
	sc_id id = sc_id_with_tail(known_id(), 0xBEEF);
	assert_int_equal(sc_id_tail(id), 0xBEEF);
	assert_string_equal(sc_id_format(id, text), "0194201b-a26d-7c3e-9f00-01234567beef");
}

static void a_step_keeps_time_and_tail(void **state)
{
	(void)state;
	sc_id step = sc_id_step(known_id(), 1);
	assert_int_equal(sc_id_time_ms(step), sc_id_time_ms(known_id()));
	assert_int_equal(sc_id_tail(step), 0x89AB);
	assert_int_equal(step.bytes[6] >> 4, 7);
	assert_int_equal(step.bytes[8] >> 6, 2);
}

static void a_step_is_the_same_on_every_machine_and_day(void **state)
{
	(void)state;
	char text[SC_ID_TEXT_SIZE];
	assert_string_equal(sc_id_format(sc_id_step(known_id(), 1), text), "0194201b-a26d-7948-9553-4688767589ab");
}

static void steps_and_their_origins_differ(void **state)
{
	(void)state;
	sc_id steps[300];
	for (uint32_t n = 0; n < 300; n++) {
		steps[n] = sc_id_step(known_id(), n);
		assert_false(sc_id_equal(steps[n], known_id()));
		for (uint32_t other = 0; other < n; other++)
			assert_false(sc_id_equal(steps[n], steps[other]));
	}
	assert_false(sc_id_equal(sc_id_step(steps[1], 1), steps[1]));
}

static void only_the_empty_id_is_zero(void **state)
{
	(void)state;
	sc_id id = { { 0 } };
	assert_true(sc_id_is_zero(id));
	id.bytes[15] = 1;
	assert_false(sc_id_is_zero(id));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_id_carries_the_time_the_version_and_the_variant),
		cmocka_unit_test(a_later_id_sorts_behind_an_earlier_one),
		cmocka_unit_test(ids_of_one_millisecond_differ),
		cmocka_unit_test(the_text_of_an_id_reads_back),
		cmocka_unit_test(upper_case_is_read),
		cmocka_unit_test(anything_but_36_characters_in_their_places_is_refused),
		cmocka_unit_test(a_tail_replaces_the_last_16_bits_only),
		cmocka_unit_test(a_step_keeps_time_and_tail),
		cmocka_unit_test(a_step_is_the_same_on_every_machine_and_day),
		cmocka_unit_test(steps_and_their_origins_differ),
		cmocka_unit_test(only_the_empty_id_is_zero),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
