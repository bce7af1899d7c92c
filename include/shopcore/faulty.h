/*
 * A wrapper that makes a store or a gateway go wrong in the ways that real ones do: it fails, it
 * goes silent after or before the work was done, a write lands after its caller gave up, or the
 * process dies at that very moment.
 *
 * What goes wrong is scripted ("the third apply from now is lost"), or drawn from a seed, or both;
 * the script comes first. The same seed and the same calls give the same faults.
 */
#ifndef SHOPCORE_FAULTY_H
#define SHOPCORE_FAULTY_H

#include <shopcore/port/gateway.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

/** One way to go wrong. Reads know only NONE, FAIL and DIE_…; for them the others count as FAIL. */
typedef enum sc_fault {
	SC_FAULT_NONE,
	SC_FAULT_FAIL,             /* not handed on; answers a failure */
	SC_FAULT_UNKNOWN_DONE,     /* handed on, and the answer lost */
	SC_FAULT_UNKNOWN_NOT_DONE, /* not handed on, and the caller is not told so */
	SC_FAULT_LATE,             /* answers unknown now; a deep copy is handed on later */
	SC_FAULT_DIE_BEFORE,       /* `dies` is called instead of the work */
	SC_FAULT_DIE_AFTER,        /* the work is done, then `dies` is called */
	SC_FAULTS
} sc_fault;

/** The operations that faults can be put into. */
typedef enum sc_faulty_op {
	SC_FAULTY_LOAD,
	SC_FAULTY_RANGE,
	SC_FAULTY_APPLY,
	SC_FAULTY_RESOLVE,
	SC_FAULTY_EXPIRE,
	SC_FAULTY_LOG,    /* log_read, log_of, log_trim */
	SC_FAULTY_START,  /* of a gateway */
	SC_FAULTY_FINISH, /* of a gateway; here NONE, FAIL and DIE_… */
	SC_FAULTY_OPS
} sc_faulty_op;

typedef struct sc_faulty_options {
	size_t size;                     /* set by the initialiser */
	uint64_t seed;                   /* of the chances below */
	uint32_t per_million[SC_FAULTS]; /* chance of each fault per call; all zero: only what is scripted */
	uint32_t ops;        /* 1 << sc_faulty_op: where chance strikes; the initialiser says APPLY and START */
	uint32_t late_calls; /* a late group is handed on after so many further calls; 0: only by sc_faulty_land() */
	/** The process died. May not return (it leaves by longjmp or _exit, or puts a coroutine to rest for ever); if
	 *  it does return, this call and all later ones answer a failure. NULL: the same. */
	void (*dies)(void *ctx, sc_faulty_op op);
	void *dies_ctx;
	uint64_t reserved[4];
} sc_faulty_options;

#define SC_FAULTY_OPTIONS_INIT                                                                              \
	{                                                                                                   \
		.size = sizeof(sc_faulty_options), .ops = (1u << SC_FAULTY_APPLY) | (1u << SC_FAULTY_START) \
	}

/**
 * Put faults in front of a store.
 *
 * Ownership: on SC_OK the new store owns `inner` and closes it; late groups that have not landed are dropped then.
 * On any other status the caller still owns `inner`. `env` is borrowed while the store lives; `options` may be NULL and
 * is copied. Threads: any. Returns, in this order: SC_BAD_ARGUMENT when `inner` lacks a required operation;
 * SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes a store. Since: 0.1.
 */
SC_API sc_status sc_faulty_open(const sc_env *env, sc_store inner, const sc_faulty_options *options, sc_store *out,
                                sc_error *err);

/**
 * Put faults in front of a gateway. LATE hands the requests to the provider later; their replies come as always.
 *
 * Ownership: as sc_faulty_open(). Threads: any. Returns, in this order: SC_BAD_ARGUMENT when `inner` lacks a required
 * operation; SC_NO_MEMORY; SC_OK. Idempotent: no, each call makes a gateway. Since: 0.1.
 */
SC_API sc_status sc_faulty_gateway_open(const sc_env *env, sc_gateway inner, const sc_faulty_options *options,
                                        sc_gateway *out, sc_error *err);

/**
 * Say what the `nth` call of `op` from now meets (1: the next one), with `status` as its answer, or SC_OK for
 * the usual one. At most 64 such steps may be waiting.
 *
 * Ownership: borrowed for the call. Threads: any. Returns, in this order: SC_BAD_ARGUMENT when the store is no faulty
 * one, `nth` is 0 or `fault` or `op` is none of ours; SC_NO_ROOM; SC_OK. Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_faulty_script(const sc_store *store, sc_faulty_op op, uint32_t nth, sc_fault fault,
                                  sc_status status, sc_error *err);

/**
 * As sc_faulty_script(), for a gateway that sc_faulty_gateway_open() made.
 *
 * Ownership: borrowed for the call. Threads: any. Returns, in this order: SC_BAD_ARGUMENT; SC_NO_ROOM; SC_OK.
 * Idempotent: no. Since: 0.1.
 */
SC_API sc_status sc_faulty_gateway_script(const sc_gateway *gateway, sc_faulty_op op, uint32_t nth, sc_fault fault,
                                          sc_status status, sc_error *err);

/**
 * Hand on everything that is late, now, oldest first. What the store answers to it is nobody's to see.
 *
 * Ownership: borrowed for the call. Threads: any. Returns, in this order: SC_BAD_ARGUMENT when the store is no
 * faulty one; SC_OK with `landed` (may be NULL) the number of applies that were handed on. Idempotent: yes, a second
 * call finds nothing. Since: 0.1.
 */
SC_API sc_status sc_faulty_land(const sc_store *store, size_t *landed, sc_error *err);

/**
 * As sc_faulty_land(), for a gateway that sc_faulty_gateway_open() made.
 *
 * Ownership: borrowed for the call. Threads: any. Returns, in this order: SC_BAD_ARGUMENT; SC_OK with `landed` (may be
 * NULL). Idempotent: yes, a second call finds nothing. Since: 0.1.
 */
SC_API sc_status sc_faulty_gateway_land(const sc_gateway *gateway, size_t *landed, sc_error *err);

/**
 * Turn chance on or off; the script is not touched by it. It is on after opening.
 *
 * Ownership: borrowed for the call. Threads: any. Returns, in this order: SC_BAD_ARGUMENT when the store is no
 * faulty one; SC_OK. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_faulty_chance(const sc_store *store, bool on, sc_error *err);

/**
 * Turn chance on or off for a gateway that sc_faulty_gateway_open() made.
 *
 * Ownership: borrowed for the call. Threads: any. Returns, in this order: SC_BAD_ARGUMENT; SC_OK.
 * Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_faulty_gateway_chance(const sc_gateway *gateway, bool on, sc_error *err);

SC_END_DECLS

#endif
