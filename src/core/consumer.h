/*
 * How far a reader of the journal has come, kept as a setting in the store, so that it goes on where it was after a
 * restart. Two processes may read for the same consumer: the work is then done twice, and the position of one of them
 * is refused, which harms nobody who reads at least once.
 */
#ifndef SC_CORE_CONSUMER_H
#define SC_CORE_CONSUMER_H

#include "core/handle.h"

typedef struct sc__consumer {
	const char *name; /* of the setting; short */
	uint32_t partition;
	uint64_t position; /* everything up to here is done */
	uint64_t version;  /* of the setting */
} sc__consumer;

/* Reads the position. A store of another incarnation starts at 0. */
sc_status sc__consumer_load(sc_shop *shop, const sc_call *call, const char *name, uint32_t partition, sc__consumer *out,
                            sc_error *err);

/* Keeps consumer->position. SC_OK also when another process was faster; then the next load tells where that one is. */
sc_status sc__consumer_save(sc_shop *shop, const sc_call *call, sc__consumer *consumer, sc_error *err);

#endif
