/*
 * A wrapper that counts and times what passes through a port. It changes nothing on the way.
 *
 * Put it directly in front of a driver, below the combiner, and `commits` is what the shop pays in
 * durable writes; put it above, and it is what the domain code asks for. The counters are atomics
 * that are read one by one: a snapshot taken while others work may be off by the calls in flight.
 */
#ifndef SHOPCORE_TRACED_H
#define SHOPCORE_TRACED_H

#include <shopcore/port/gateway.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** The operations that are told apart. */
typedef enum sc_traced_op {
	SC_TRACED_LOAD,
	SC_TRACED_RANGE,
	SC_TRACED_APPLY,
	SC_TRACED_RESOLVE,
	SC_TRACED_EXPIRE,
	SC_TRACED_LOG_READ,
	SC_TRACED_LOG_OF,
	SC_TRACED_LOG_TRIM,
	SC_TRACED_NOW,
	SC_TRACED_PREPARE,
	SC_TRACED_START,   /* of a gateway */
	SC_TRACED_FINISH,  /* of a gateway */
	SC_TRACED_WEBHOOK, /* of a gateway */
	SC_TRACED_OPS
} sc_traced_op;

/** What happened to one operation. */
typedef struct sc_traced_count {
	uint64_t calls;
	uint64_t items;    /* addresses, ranges, groups, ids, entries, requests or replies that were handed over */
	uint64_t failures; /* calls that answered anything but SC_OK */
	int64_t total_ns;  /* on the environment's monotonic clock */
	int64_t worst_ns;
	uint64_t reserved[3];
} sc_traced_count;

typedef struct sc_traced_counts {
	sc_traced_count ops[SC_TRACED_OPS];
	uint64_t commits; /* applies that made at least one group happen: durable commits */
	uint64_t groups_done, groups_refused, groups_repeated;
	uint64_t changes; /* of all groups that were handed over */
	uint64_t rows;    /* records that loads and ranges found */
	uint64_t reserved[8];
} sc_traced_counts;

/**
 * Put counters in front of a store.
 *
 * Ownership: on SC_OK the new store owns `inner` and closes it; on any other status the caller still does.
 * `env` is borrowed while the store lives. Threads: any. Returns, in this order: SC_BAD_ARGUMENT when `inner` lacks a
 * required operation; SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_traced_open(const sc_env *env, sc_store inner, sc_store *out, sc_error *err);

/**
 * Put counters in front of a gateway.
 *
 * Ownership: on SC_OK the new gateway owns `inner` and closes it; on any other status the caller still does.
 * `env` is borrowed while the gateway lives. Threads: any. Returns, in this order: SC_BAD_ARGUMENT when `inner` lacks
 * a required operation; SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes a gateway. Since: 0.1.
 */
SC_API sc_status sc_traced_gateway_open(const sc_env *env, sc_gateway inner, sc_gateway *out, sc_error *err);

/**
 * Read the counters of a store that sc_traced_open() made. Times are in nanoseconds.
 *
 * Ownership: `out` is the caller's, written on SC_OK only. Threads: any, also while others use the store.
 * Returns, in this order: SC_BAD_ARGUMENT when the store is no traced one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_traced_read(const sc_store *store, sc_traced_counts *out, sc_error *err);

/**
 * Set the counters of a store that sc_traced_open() made back to zero.
 *
 * Ownership: borrowed for the call. Threads: any; calls in flight may still add theirs.
 * Returns, in this order: SC_BAD_ARGUMENT when the store is no traced one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_traced_reset(const sc_store *store, sc_error *err);

/**
 * Read the counters of a gateway that sc_traced_gateway_open() made. Times are in nanoseconds.
 *
 * Ownership: `out` is the caller's, written on SC_OK only. Threads: any, also while others use the gateway.
 * Returns, in this order: SC_BAD_ARGUMENT when the gateway is no traced one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_traced_gateway_read(const sc_gateway *gateway, sc_traced_counts *out, sc_error *err);

SC_END_DECLS

#endif
