/*
 * Faults in what a shop relies on, planted between the processes and the true store or provider. The
 * auditor looks at the true ones and has to notice each.
 */
#ifndef SIM_MUTANTS_H
#define SIM_MUTANTS_H

#include <shopcore/port/gateway.h>
#include <shopcore/port/store.h>

#define MUTANTS(X)                                                                  \
	X(HELD_LEAKS, "each release leaves a unit held")                            \
	X(KEY_NOT_UNIQUE, "a caller's key is overwritten instead of found")         \
	X(HOLD_TOO_SMALL, "a hold claims one unit, however many were asked for")    \
	X(HOLD_OUTLIVES, "holds have no deadline and are never released")           \
	X(WRITE_LOST, "now and then a write is acknowledged and thrown away")       \
	X(IDEMPOTENCY_IGNORED, "the provider charges again when it is asked again") \
	X(VOID_LIES, "the provider says called back and keeps the money")           \
	X(REFUND_FORGOTTEN, "the provider says refunded and keeps the money")       \
	X(DECLINE_CONFIRMED, "a declined card is reported as charged")

#define MUTANT_ENUM(name, text) MUTANT_##name,
enum mutant_kind { MUTANT_NONE, MUTANTS(MUTANT_ENUM) MUTANT_COUNT };
#undef MUTANT_ENUM

const char *mutant_name(enum mutant_kind kind);
const char *mutant_text(enum mutant_kind kind);

struct mutant {
	enum mutant_kind kind;
	sc_store store;
	sc_store_ops store_ops;
	sc_gateway gateway;
	sc_gateway_ops gateway_ops;
	unsigned writes, repeats;
	sc_id noted[256];
	unsigned noted_count;
};

/* With MUTANT_NONE these give the true ones. `mutant` stays where it is. */
sc_store mutant_store(struct mutant *mutant, sc_store store);
sc_gateway mutant_gateway(struct mutant *mutant, sc_gateway gateway);

#endif
