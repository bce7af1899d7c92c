/*
 * The gate in Redis as its own files see it: gate.c follows the journal and knows accounts, gate_claim.c decides.
 */
#ifndef SC_DRIVERS_REDIS_GATE_H
#define SC_DRIVERS_REDIS_GATE_H

#include "drivers/redis/driver.h"

typedef struct sc__gate_handle {
	sc__redis *redis;
	sc_mutex mutex;
	sc_id incarnation; /* of the record */
} sc__gate_handle;

/* Begins a script of the gate: its keys, and which server and record it is meant for. */
sc_status sc__gate_begin(sc__gate_handle *gate, sc__domain *domain, const sc_call *call, sc__script script,
                         size_t arguments, sc_arena *arena, sc__request *request, sc_error *err);
sc_status sc__gate_run(sc__domain *domain, const sc_call *call, sc__script script, sc__request *request, sc_error *err);
/* An account as the scripts name it; behind a group's id it names a claim. */
void sc__gate_name(sc__name *name, const sc_id *group, const sc_address *account);
/* Adds a claim, behind `head` and its own size in two bytes, to what a script takes in one argument. */
void sc__gate_pack(sc__name *batch, const void *head, size_t head_size, const sc_id *group, const sc_address *account);
/* The name as an argument of its own. */
void sc__gate_account(sc__request *request, const sc_id *group, const sc_address *account);

/* ---- gate_claim.c: port/gate.h ---- */

sc_status sc__gate_claim(void *ctx, const sc_call *call, sc_gate_claim *claims, size_t count, sc_error *err);
sc_status sc__gate_give(void *ctx, const sc_call *call, const sc_gate_claim *claims, size_t count, sc_error *err);
sc_status sc__gate_sweep(void *ctx, const sc_call *call, int64_t age_ms, size_t *given, sc_error *err);

#endif
