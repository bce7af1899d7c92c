/*
 * The relay: publishes the journal to the event sink, at least once and in order per subject.
 */
#ifndef SC_EVENTS_RELAY_H
#define SC_EVENTS_RELAY_H

#include "core/handle.h"

/* Publishes at most `items` entries and begins no new batch after `until_ns` on the monotonic clock. `relayed` is added
 * to and `more` set when there is more to publish, also when something failed in between. Without a sink: nothing. */
sc_status sc__events_relay(sc_shop *shop, const sc_call *call, uint32_t items, int64_t until_ns, uint64_t *relayed,
                           bool *more, sc_error *err);

#endif
