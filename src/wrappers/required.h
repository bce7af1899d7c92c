/*
 * What a wrapper asks of the table it is put in front of.
 */
#ifndef SC_WRAPPERS_REQUIRED_H
#define SC_WRAPPERS_REQUIRED_H

#include <shopcore/port/gateway.h>
#include <shopcore/port/store.h>

/* The name of a required operation that the table lacks, or NULL. */
const char *sc__store_lacks(const sc_store_ops *ops);
const char *sc__gateway_lacks(const sc_gateway_ops *ops);

#endif
