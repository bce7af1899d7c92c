/*
 * The shop's handle as the domain modules see it: the environment, the way to the stores, the
 * settings. Domain modules never meet a driver or a combiner; they load, decide without I/O, and
 * apply one group.
 */
#ifndef SC_CORE_HANDLE_H
#define SC_CORE_HANDLE_H

#include "core/settings.h"

#include <shopcore/call.h>
#include <shopcore/env.h>
#include <shopcore/port/events.h>
#include <shopcore/port/gateway.h>
#include <shopcore/port/notifier.h>
#include <shopcore/port/search.h>
#include <shopcore/port/store.h>
#include <shopcore/shop.h>

#include "store/kinds.h"

struct sc__combiner;    /* store/combiner.h */
struct sc__exchange;    /* payment/exchange.h: requests that are with the gateway */
struct sc__submissions; /* core/submit.h: requests that were submitted */
struct sc__rule_cache;  /* rule/set.c: what carts are priced by, prepared */

struct sc_shop {
	const sc_env *env;
	sc_store store;                /* where every kind lives that `stores` does not name otherwise */
	struct sc__combiner *combiner; /* in front of it; NULL when the store wants none */
	sc_store_info info;
	sc_gateway gateway;     /* ops NULL: none */
	sc_search_index search; /* ops NULL: none */
	sc_notifier notifier;   /* ops NULL: none */
	sc_event_sink events;   /* ops NULL: none */
	struct sc__exchange *exchange;
	struct sc__submissions *submissions;
	struct sc__rule_cache *rules;
	sc__settings settings;
	void (*release)(sc_shop *shop); /* src/shop knows what was opened */
};

/* Reads and the one write. Errors pass up unchanged; a read of an absent record has version 0. What is read is as of
 * now, whatever the call allows: most reads decide something. */
sc_status sc__load(sc_shop *shop, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                   sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__range(sc_shop *shop, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                    sc_page *out, sc_error *err);
/* For what is only shown: may be as old as the call allows. */
sc_status sc__load_aged(sc_shop *shop, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                        sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__range_aged(sc_shop *shop, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                         sc_page *out, sc_error *err);
/* Whether the call may be answered from what the store has kept of earlier ones. */
bool sc__may_recall(const sc_shop *shop, const sc_call *call);
/* Through the combiner. SC_OK: look at each outcome's own status. */
sc_status sc__apply(sc_shop *shop, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *outcomes,
                    sc_error *err);
/* One group whose refusal is the call's refusal: the outcome's status, with `err` filled from it. */
sc_status sc__apply_one(sc_shop *shop, const sc_call *call, const sc_group *group, sc_outcome *outcome, sc_error *err);
/* What an outcome that was applied with others comes to: its status, with `err` filled from it. */
sc_status sc__outcome_status(const sc_outcome *outcome, sc_error *err);
/* The same for a group whose id nobody outside knows, so that nobody could repeat it. When the store went silent it is
 * asked once more what became of the id, and made sure that nothing will any more: done, or STORE_FAILED with nothing
 * done. `home`: the row of SC_HOME_FIRST, or NULL. An unknown is left only when the store stays silent. */
sc_status sc__apply_settled(sc_shop *shop, const sc_call *call, const sc_group *group, const sc_address *home,
                            sc_outcome *outcome, sc_error *err);
/* The second half of it, after `status`. */
sc_status sc__settle_unknown(sc_shop *shop, const sc_call *call, const sc_group *group, const sc_address *home,
                             sc_status status, sc_outcome *outcome, sc_error *err);
/* The partition of the journal that has all entries about rows of a kind, or SC_PARTITIONS_MANY. */
uint32_t sc__partition_of(const sc_shop *shop, uint16_t kind);
/* The store's clock. */
sc_status sc__now(sc_shop *shop, const sc_call *call, int64_t *now_ms, sc_error *err);

#endif
