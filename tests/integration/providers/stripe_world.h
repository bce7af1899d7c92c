/*
 * What the tests of the Stripe driver share: one stand-in for the program, a fresh gateway for each test.
 */
#ifndef TESTS_PROVIDERS_STRIPE_WORLD_H
#define TESTS_PROVIDERS_STRIPE_WORLD_H

#include "world.h"

#include <shopcore/stripe.h>

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

extern struct standin stripe;

sc_gateway stripe_open_with(const sc_env *env, const sc_provider_tuning *tuning, const char *url);
/* On a stand-in that forgot everything. */
sc_gateway stripe_open_fresh(const sc_provider_tuning *tuning);
void stripe_close(sc_gateway gateway);

/* The state of a test is a gateway. */
int stripe_set_up(void **state);
int stripe_tear_down(void **state);
sc_gateway stripe_of(void **state);

sc_gateway_reply look_up(sc_gateway gateway, const sc_gateway_request *charge);

#define STRIPE_TEST(name) cmocka_unit_test_setup_teardown(name, stripe_set_up, stripe_tear_down)

/* Runs the tests with the stand-in around them. How many failed. */
int stripe_run(const char *group, const struct CMUnitTest *tests, size_t count);

#endif
