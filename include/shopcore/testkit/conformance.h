/*
 * Conformance suites: what a driver of a port has to do, as cases that can be run against it.
 *
 * They depend on no test framework. A driver's author writes a few lines that open the driver, calls
 * the suite, and looks at the summary; whoever wants each case as a test of its own asks for the names
 * and runs them one at a time through `only`.
 *
 * A case builds its own world: a fresh, empty store each, on a clock that stands still until the case
 * moves it. A driver whose clock is not the environment's says how to move it.
 */
#ifndef SHOPCORE_TESTKIT_CONFORMANCE_H
#define SHOPCORE_TESTKIT_CONFORMANCE_H

#include <shopcore/port/events.h>
#include <shopcore/port/gateway.h>
#include <shopcore/port/notifier.h>
#include <shopcore/port/search.h>
#include <shopcore/port/store.h>

SC_BEGIN_DECLS

typedef enum sc_conformance_verdict {
	SC_CONFORMANCE_PASSED = 1,
	SC_CONFORMANCE_FAILED = 2,
	SC_CONFORMANCE_SKIPPED = 3 /* needs something optional that this driver does not offer */
} sc_conformance_verdict;

/** What became of one case. Borrowed for the report. */
typedef struct sc_conformance_result {
	const char *name; /* the behaviour, such as "a_refused_group_leaves_no_trace" */
	uint32_t verdict; /* sc_conformance_verdict */
	uint32_t line;    /* of the check that failed, in `file` */
	const char *file;
	const char *text; /* what was expected and what came, or why it was skipped */
	uint64_t reserved[4];
} sc_conformance_result;

typedef struct sc_conformance_summary {
	size_t passed, failed, skipped;
	uint64_t reserved[2];
} sc_conformance_summary;

/** How the suite gets at a store. */
typedef struct sc_conformance_store_options {
	size_t size;       /* set by the initialiser */
	const sc_env *env; /* memory, locks and logs come from here; NULL: sc_env_default() */
	void *ctx;         /* handed to the functions below */

	/** Required. Open a fresh and empty store. `env` is `options->env` with the suite's clock and chance. The suite
	 *  calls its prepare, and its close. */
	sc_status (*open)(void *ctx, const sc_env *env, sc_store *out, sc_error *err);
	/** Optional. Open the store that `open` gave last once more, while that one is open or after it was closed.
	 *  NULL: a store lives in one handle only, and what needs another is skipped. */
	sc_status (*reopen)(void *ctx, const sc_env *env, sc_store *out, sc_error *err);
	/** Optional. Move the clock of the store forward. NULL: it follows the environment's, which the suite moves. */
	void (*advance)(void *ctx, int64_t ms);
	/** Optional. Called after each case. */
	void (*report)(void *ctx, const sc_conformance_result *result);

	const char *only;    /* run the case of this name alone; NULL: all */
	uint32_t threads;    /* of the cases that hammer; 0: 8 */
	int64_t patience_ms; /* after so long, threads that have not come back count as stuck; 0: 60,000 */
	uint64_t reserved[4];
} sc_conformance_store_options;

#define SC_CONFORMANCE_STORE_OPTIONS_INIT                    \
	{                                                    \
		.size = sizeof(sc_conformance_store_options) \
	}

/**
 * Give the names of the cases of the store suite, in the order they run.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL; `count` is set.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *const *sc_conformance_store_cases(size_t *count);

/**
 * Run the store suite, or one case of it. Cases that fail do not stop it; `summary` counts them.
 *
 * Threads that got stuck in a store cannot be taken back: the case fails, its store is left open.
 *
 * Ownership: `options` is borrowed for the call; `summary` is written on SC_OK only. Threads: one suite at a time per
 * `options->ctx`. Returns, in this order: SC_BAD_ARGUMENT without options or `open`, or when `only` is no case's name;
 * SC_NO_MEMORY; SC_OK when the cases ran, whatever became of them. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_conformance_store(const sc_conformance_store_options *options, sc_conformance_summary *summary,
                                      sc_error *err);

/* ---- gateways -------------------------------------------------------------------------------- */

/** How the suite gets at a payment provider: one for tests, where no real money moves. */
typedef struct sc_conformance_gateway_options {
	size_t size;
	const sc_env *env;
	void *ctx;

	/** Required. Open a provider that has seen nothing yet. The suite calls its close, if it has one. */
	sc_status (*open)(void *ctx, const sc_env *env, sc_gateway *out, sc_error *err);
	/** Optional. Called after the case, for whatever `open` made besides. */
	void (*close)(void *ctx);
	/** Optional. Be the buyer who takes the step that `token_step` asks for. */
	sc_status (*take_step)(void *ctx, sc_id attempt, bool approve);
	/** Optional. The next webhook that the provider sends; SC_NOTHING_DUE when there is none. */
	sc_status (*next_webhook)(void *ctx, sc_arena *arena, sc_bytes *body, const char **signature);
	/** Optional. What the provider's own books say it took for an order and did not give back, in minor units. */
	int64_t (*kept)(void *ctx, sc_id order);
	/** Optional. Called after each case. */
	void (*report)(void *ctx, const sc_conformance_result *result);

	const char *only; /* run the case of this name alone; NULL: all */
	/* What the provider calls means that are charged, are declined, need a step, are charged in silence, and are
	 * not even seen, in silence. NULL: it has none, and the cases about it are skipped. */
	const char *token_ok, *token_declined, *token_step, *token_silent_charged, *token_silent_free;
	int64_t look_ms; /* how long `finish` may wait at each look for an answer, for a provider behind a real network;
	                    0: answers come as soon as the suite's clock allows */
	uint64_t reserved[3];
} sc_conformance_gateway_options;

#define SC_CONFORMANCE_GATEWAY_OPTIONS_INIT                    \
	{                                                      \
		.size = sizeof(sc_conformance_gateway_options) \
	}

/**
 * Give the names of the cases of the gateway suite, in the order they run.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL; `count` is set.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *const *sc_conformance_gateway_cases(size_t *count);

/**
 * Run the gateway suite, or one case of it. Cases that fail do not stop it; `summary` counts them.
 *
 * Ownership: `options` is borrowed for the call; `summary` is written on SC_OK only. Threads: one suite at a time per
 * `options->ctx`. Returns, in this order: SC_BAD_ARGUMENT without options or `open`, or when `only` is no case's name;
 * SC_NO_MEMORY; SC_OK when the cases ran, whatever became of them. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_conformance_gateway(const sc_conformance_gateway_options *options, sc_conformance_summary *summary,
                                        sc_error *err);

/* ---- search ---------------------------------------------------------------------------------- */

/** How the suite gets at a search index. */
typedef struct sc_conformance_search_options {
	size_t size;
	const sc_env *env;
	void *ctx;
	/** Required. Open an empty index. The suite calls its close. */
	sc_status (*open)(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err);
	/** Optional. Open the index that `open` gave last once more, after it was closed. */
	sc_status (*reopen)(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err);
	/** Optional. Called after each case. */
	void (*report)(void *ctx, const sc_conformance_result *result);
	const char *only; /* run the case of this name alone; NULL: all */
	uint64_t reserved[4];
} sc_conformance_search_options;

#define SC_CONFORMANCE_SEARCH_OPTIONS_INIT                    \
	{                                                     \
		.size = sizeof(sc_conformance_search_options) \
	}

/**
 * Give the names of the cases of the search suite, in the order they run.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL; `count` is set.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *const *sc_conformance_search_cases(size_t *count);

/**
 * Run the search suite, or one case of it. Cases that fail do not stop it; `summary` counts them.
 *
 * Ownership: `options` is borrowed for the call; `summary` is written on SC_OK only. Threads: one suite at a time per
 * `options->ctx`. Returns, in this order: SC_BAD_ARGUMENT without options or `open`, or when `only` is no case's name;
 * SC_NO_MEMORY; SC_OK when the cases ran, whatever became of them. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_conformance_search(const sc_conformance_search_options *options, sc_conformance_summary *summary,
                                       sc_error *err);

/* ---- notifiers ------------------------------------------------------------------------------- */

/** How the suite gets at a notifier. */
typedef struct sc_conformance_notifier_options {
	size_t size;
	const sc_env *env;
	void *ctx;
	/** Required. Open a notifier that has sent nothing yet. The suite calls its close. */
	sc_status (*open)(void *ctx, const sc_env *env, sc_notifier *out, sc_error *err);
	/** Optional. All that arrived so far, as one text. NULL: the cases that look at it are skipped. */
	sc_status (*received)(void *ctx, sc_arena *arena, sc_bytes *out);
	/** Optional. Called after each case. */
	void (*report)(void *ctx, const sc_conformance_result *result);
	const char *only; /* run the case of this name alone; NULL: all */
	uint64_t reserved[4];
} sc_conformance_notifier_options;

#define SC_CONFORMANCE_NOTIFIER_OPTIONS_INIT                    \
	{                                                       \
		.size = sizeof(sc_conformance_notifier_options) \
	}

/**
 * Give the names of the cases of the notifier suite, in the order they run.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL; `count` is set.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *const *sc_conformance_notifier_cases(size_t *count);

/**
 * Run the notifier suite, or one case of it. Cases that fail do not stop it; `summary` counts them.
 *
 * Ownership: `options` is borrowed for the call; `summary` is written on SC_OK only. Threads: one suite at a time per
 * `options->ctx`. Returns, in this order: SC_BAD_ARGUMENT without options or `open`, or when `only` is no case's name;
 * SC_NO_MEMORY; SC_OK when the cases ran, whatever became of them. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_conformance_notifier(const sc_conformance_notifier_options *options,
                                         sc_conformance_summary *summary, sc_error *err);

/* ---- event sinks ----------------------------------------------------------------------------- */

/** How the suite gets at an event sink. */
typedef struct sc_conformance_sink_options {
	size_t size;
	const sc_env *env;
	void *ctx;
	/** Required. Open a sink that has taken nothing yet. The suite calls its close. */
	sc_status (*open)(void *ctx, const sc_env *env, sc_event_sink *out, sc_error *err);
	/** Optional. The positions that arrived so far, in the order they did; gives how many, at most `max`. */
	size_t (*received)(void *ctx, uint64_t *positions, size_t max);
	/** Optional. Called after each case. */
	void (*report)(void *ctx, const sc_conformance_result *result);
	const char *only; /* run the case of this name alone; NULL: all */
	uint64_t reserved[4];
} sc_conformance_sink_options;

#define SC_CONFORMANCE_SINK_OPTIONS_INIT                    \
	{                                                   \
		.size = sizeof(sc_conformance_sink_options) \
	}

/**
 * Give the names of the cases of the event sink suite, in the order they run.
 *
 * Ownership: a constant; never free it. Threads: any. Returns: never NULL; `count` is set.
 * Idempotent: yes. Since: 0.1.
 */
SC_API const char *const *sc_conformance_sink_cases(size_t *count);

/**
 * Run the event sink suite, or one case of it. Cases that fail do not stop it; `summary` counts them.
 *
 * Ownership: `options` is borrowed for the call; `summary` is written on SC_OK only. Threads: one suite at a time per
 * `options->ctx`. Returns, in this order: SC_BAD_ARGUMENT without options or `open`, or when `only` is no case's name;
 * SC_NO_MEMORY; SC_OK when the cases ran, whatever became of them. Idempotent: yes. Since: 0.1.
 */
SC_API sc_status sc_conformance_sink(const sc_conformance_sink_options *options, sc_conformance_summary *summary,
                                     sc_error *err);

SC_END_DECLS

#endif
