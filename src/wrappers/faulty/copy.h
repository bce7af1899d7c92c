/*
 * Deep copies of what crosses the ports, for what lands late.
 */
#ifndef SC_WRAPPERS_FAULTY_COPY_H
#define SC_WRAPPERS_FAULTY_COPY_H

#include <shopcore/port/gateway.h>
#include <shopcore/port/store.h>

/* NULL: no memory. */
sc_group *sc__copy_groups(sc_arena *arena, const sc_group *groups, size_t count);
sc_gateway_request *sc__copy_requests(sc_arena *arena, const sc_gateway_request *requests, size_t count);

#endif
