/*
 * What tests of gateways over HTTP share: a stand-in that forgets everything before each test, requests, and a way
 * to ask and wait.
 */
#ifndef TESTS_PROVIDERS_WORLD_H
#define TESTS_PROVIDERS_WORLD_H

#include "standin.h"

#include <shopcore/provider.h>

/* Tuning that waits for nobody. */
extern const sc_provider_tuning quick_tuning;

sc_gateway_request charge_of(const char *token);
sc_gateway_request about(sc_gateway_op op, const sc_gateway_request *target);

/* Sends one request and gives its answer; fails the test when none comes within ten seconds. */
sc_gateway_reply ask(sc_gateway gateway, const sc_gateway_request *request);

/* Plans a fault of the stand-in: "kind=…&path=…&times=…". */
void plan(struct standin *standin, const char *fault);

#endif
