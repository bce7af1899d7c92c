/*
 * The machines of order.h as the code that moves them sees them.
 */
#ifndef SC_ORDER_STATES_H
#define SC_ORDER_STATES_H

#include <shopcore/order.h>

/* Whether the table of a machine has a move between two states. Staying is no move and always allowed. */
bool sc__machine_allows(sc_machine machine, uint32_t from, uint32_t to);

#endif
