/*
 * The secrets that sign quotes, when the program brings none of its own.
 */
#ifndef SC_SHOP_QUOTE_KEYS_H
#define SC_SHOP_QUOTE_KEYS_H

#include "core/handle.h"

/* Fills the settings' ring from the store; the first shop on a store makes the key. Does nothing when the ring has
 * keys already. */
sc_status sc__quote_keys_load(sc_shop *shop, sc_error *err);

#endif
