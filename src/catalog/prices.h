/*
 * What changing prices by hand and by file share.
 */
#ifndef SC_CATALOG_PRICES_H
#define SC_CATALOG_PRICES_H

#include <shopcore/catalog_prices.h>

/* SC_OK, or BAD_ARGUMENT with the option. */
sc_status sc__prices_options_check(const sc_prices_options *options, sc_error *err);

#endif
