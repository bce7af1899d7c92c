/* What the files about money share: magnitudes, and a type wide enough for a product of two amounts. */
#ifndef SC_BASE_MONEY_H
#define SC_BASE_MONEY_H

#include <shopcore/money.h>

__extension__ typedef unsigned __int128 sc__u128;

/* The distance from zero; right for INT64_MIN too. */
static inline uint64_t sc__magnitude(int64_t value)
{
	return value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
}

/* The other way; `magnitude` fits the sign. */
static inline int64_t sc__with_sign(uint64_t magnitude, bool negative)
{
	return (int64_t)(negative ? 0 - magnitude : magnitude);
}

#endif
