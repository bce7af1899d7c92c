/*
 * The store's time, for many threads. What it is: base/store_clock.h.
 */
#include "drivers/sqlite/driver.h"

int64_t sc__clock_now(sc__sqlite *store)
{
	return sc__store_clock_now(&store->clock, store->env);
}

void sc__clock_saw(sc__sqlite *store, int64_t committed_ms)
{
	sc__store_clock_raise(&store->clock, store->env, committed_ms);
}
