/*
 * Notices about orders: a reader of the journal that tells buyers what happened.
 */
#ifndef SC_NOTIFY_NOTICES_H
#define SC_NOTIFY_NOTICES_H

#include "core/handle.h"

/* Reads at most `items` entries of the journal and sends what they give cause for. `sent` is added to and `more` set
 * when there is more to read, also when something failed in between. Without a notifier: nothing. */
sc_status sc__notices_send(sc_shop *shop, const sc_call *call, uint32_t items, int64_t until_ns, uint64_t *sent,
                           bool *more, sc_error *err);

#endif
