/*
 * The world of one case of the store suite: a fresh store on a clock that the case moves, short ways
 * to write changes, and checks that leave the case when they fail.
 *
 * `ct_` marks what the files of this folder share. A failed check leaves by longjmp, so that a case
 * reads as a list of what happens and what is seen; nothing needs undoing, because the runner closes
 * the store and everything else lives in the case's arena. Threads that a case starts use no checks.
 */
#ifndef SC_TESTKIT_CONFORMANCE_WORLD_H
#define SC_TESTKIT_CONFORMANCE_WORLD_H

#include <shopcore/testkit/conformance.h>

#include <setjmp.h>
#include <stdatomic.h>
#include <string.h>

/* Numbers of kinds are for ever; the first case compares them with the table. */
enum {
	KIND_CLAIM = 1,
	KIND_KEY = 2,
	KIND_PRODUCT = 3,
	KIND_SKU = 4,
	KIND_CATEGORY = 5,
	KIND_LISTING = 6,
	KIND_STOCK = 7,
	KIND_LIMIT = 8,
	KIND_BALANCE = 9,
	KIND_HOLD = 10,
	KIND_CART = 11,
	KIND_ORDER = 12,
	KIND_PAYMENT = 13,
	KIND_SETTING = 14
};

enum { SKU_PRODUCT, SKU_SELLER, SKU_PRICE, SKU_COLUMNS };
enum { SKU_BY_PRODUCT };
enum { CATEGORY_PARENT, CATEGORY_POSITION, CATEGORY_COLUMNS };
enum { CATEGORY_BY_PARENT };
enum { ORDER_OWNER, ORDER_CREATED = 6, ORDER_DUE = 7, ORDER_COLUMNS = 9 };
enum { ORDER_BY_OWNER, ORDER_BY_DUE };

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

struct world;

/* The suite's environment: the user's, with a clock and a chance of our own. */
struct ct_clock {
	const sc_env *base;
	_Atomic int64_t wall_ms, mono_ns;
	_Atomic uint64_t random;
};

typedef void ct_case_fn(struct world *w);

struct ct_case {
	const char *name;
	ct_case_fn *run;
};

/* What all suites have in common; `options` are a suite's own. */
struct ct_suite {
	const struct ct_case *cases;
	size_t count;
	void (*set_up)(struct world *w);    /* may leave the case */
	void (*tear_down)(struct world *w); /* may not */
	const void *options;
	const sc_env *env;
	void *ctx;
	void (*report)(void *ctx, const sc_conformance_result *result);
	const char *only;
};

struct world {
	const struct ct_suite *suite;
	const sc_conformance_store_options *options; /* of the store suite */
	struct ct_clock clock;
	sc_env env;
	sc_arena arena;
	sc_store store;
	sc_store second; /* another handle on the same store, when a case opened one */
	bool open, second_open;
	bool stuck;         /* threads are still inside the store */
	sc_gateway gateway; /* of the other suites */
	sc_search_index search;
	sc_notifier notifier;
	sc_event_sink sink;
	uint64_t domain;
	uint16_t tail; /* of ids, so that they are placed in `domain` */
	uint64_t ids;
	jmp_buf escape;
	uint32_t verdict, line;
	const char *file;
	char text[512];
};

/* ---- the runner ------------------------------------------------------------------------- */

sc_status ct_run(const struct ct_suite *suite, sc_conformance_summary *summary, sc_error *err);
sc_status ct_complain(sc_error *err, sc_status status, const char *field, const char *text);

/* Leave the case. */
_Noreturn void ct_fail(struct world *w, const char *file, int line, const char *format, ...) SC_PRINTF(4, 5);
_Noreturn void ct_skip(struct world *w, const char *why);

#define CHECK(w, condition)                                                 \
	do {                                                                \
		if (!(condition))                                           \
			ct_fail((w), __FILE__, __LINE__, "%s", #condition); \
	} while (0)
#define CHECK_STATUS(w, got, want) ct_check_status((w), __FILE__, __LINE__, #got, (got), (want))
#define CHECK_INT(w, got, want)    ct_check_int((w), __FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(want))
#define CHECK_BYTES(w, got, want)  ct_check_bytes((w), __FILE__, __LINE__, #got, (got), (want))

void ct_check_status(struct world *w, const char *file, int line, const char *what, sc_status got, sc_status want);
void ct_check_int(struct world *w, const char *file, int line, const char *what, int64_t got, int64_t want);
void ct_check_bytes(struct world *w, const char *file, int line, const char *what, sc_bytes got, sc_bytes want);

/* ---- time, ids, addresses ---------------------------------------------------------------- */

void ct_env_init(struct ct_clock *clock, const sc_env *base, sc_env *out);
void ct_advance(struct world *w, int64_t ms);
int64_t ct_now(struct world *w);
sc_store_info ct_info(struct world *w);

/* A new id, made at the store's now. */
sc_id ct_id(struct world *w);
sc_id ct_id_at(struct world *w, int64_t time_ms);

/* An address in the arena. In a store of several domains all of them lie in one: text keys get a suffix for it. */
sc_address ct_at(struct world *w, uint16_t kind, const char *key, const char *sub);
sc_address ct_at_bytes(struct world *w, uint16_t kind, sc_bytes key, sc_bytes sub);
/* What is keyed by an id: holds, orders, payments. `n` is the sub of holds and payments. */
sc_address ct_at_id(struct world *w, uint16_t kind, sc_id id, uint16_t n);
sc_bytes ct_text(const char *text);
/* A copy in the arena, aligned for any type. */
void *ct_keep(struct world *w, const void *data, size_t size);
bool ct_same_address(const sc_address *a, const sc_address *b);

/* ---- changes ----------------------------------------------------------------------------- */

sc_change ct_check(sc_address at, sc_condition condition, uint64_t version);
/* All columns NULL. */
sc_change ct_put(sc_address at, sc_condition condition, uint64_t version, const char *body);
sc_change ct_put_columns(struct world *w, sc_address at, sc_condition condition, const char *body,
                         const sc_value *columns, uint32_t count);
sc_change ct_patch_column(struct world *w, sc_address at, sc_condition condition, uint64_t version, uint32_t column,
                          sc_value value);
sc_change ct_delete(sc_address at, sc_condition condition, uint64_t version);
sc_change ct_adjust(sc_address at, int64_t on_hand, uint32_t flags);
sc_change ct_set_on_hand(sc_address at, int64_t on_hand);
sc_change ct_set_floor(sc_address at, int64_t floor);
sc_change ct_hold(struct world *w, sc_address at, int64_t ttl_ms, const sc_hold_line *lines, uint32_t count);
/* A hold of one line on one account. */
sc_change ct_hold_one(struct world *w, sc_address at, int64_t ttl_ms, sc_address account, int64_t quantity);
sc_hold_line ct_line(struct world *w, int64_t quantity, uint32_t flags, const sc_address *sources, uint32_t count);
sc_change ct_commit(sc_address at);
sc_change ct_release(sc_address at, uint32_t flags);
sc_change ct_extend(sc_address at, int64_t ttl_ms);
sc_change ct_append(sc_address at, const char *topic, const char *body);
sc_change ct_skip_change(sc_change change);

/* ---- applying ---------------------------------------------------------------------------- */

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CHANGES(...) \
	(const sc_change[]){ __VA_ARGS__ }, (uint32_t)(sizeof((const sc_change[]){ __VA_ARGS__ }) / sizeof(sc_change))

sc_group ct_group(struct world *w, sc_home home, sc_id id, const sc_change *changes, uint32_t count);
/* An outcome with room for takes and counters. */
sc_outcome ct_outcome(struct world *w);
void ct_apply_batch(struct world *w, const char *file, int line, const sc_group *groups, size_t count, sc_outcome *out);
sc_outcome ct_apply(struct world *w, const char *file, int line, sc_group group);
/* One group under a new id in the table of ids; the case fails unless its outcome is `want`. */
sc_outcome ct_expect(struct world *w, const char *file, int line, sc_status want, const sc_change *changes,
                     uint32_t count);

#define APPLY(w, group)                ct_apply((w), __FILE__, __LINE__, (group))
#define APPLY_BATCH(w, groups, n, out) ct_apply_batch((w), __FILE__, __LINE__, (groups), (n), (out))
#define DO(w, ...)                     ct_expect((w), __FILE__, __LINE__, SC_OK, CHANGES(__VA_ARGS__))
#define REFUSED(w, status, ...)        ct_expect((w), __FILE__, __LINE__, (status), CHANGES(__VA_ARGS__))
/* Bad input, told by the group's own outcome or by the whole call; nothing may have changed. */
#define BAD(w, home, id, ...) ct_expect_bad((w), __FILE__, __LINE__, (home), (id), CHANGES(__VA_ARGS__))

void ct_expect_bad(struct world *w, const char *file, int line, sc_home home, sc_id id, const sc_change *changes,
                   uint32_t count);

/* ---- seeing ------------------------------------------------------------------------------ */

sc_record ct_load(struct world *w, sc_address at);
sc_record ct_load_mask(struct world *w, sc_address at, uint32_t mask);
sc_page ct_range(struct world *w, const char *file, int line, sc_range range);
#define RANGE(w, range) ct_range((w), __FILE__, __LINE__, (range))

#define CHECK_COUNTERS(w, at, on_hand, held, committed) \
	ct_check_counters((w), __FILE__, __LINE__, (at), (on_hand), (held), (committed))
void ct_check_counters(struct world *w, const char *file, int line, sc_address at, int64_t on_hand, int64_t held,
                       int64_t committed);
#define CHECK_HOLD(w, at, state) ct_check_hold((w), __FILE__, __LINE__, (at), (state))
void ct_check_hold(struct world *w, const char *file, int line, sc_address at, sc_hold_state state);

/* All entries of all partitions, oldest first within each. */
sc_entry *ct_journal(struct world *w, size_t *count);
/* A subject's entries, newest first. */
sc_entry *ct_log_of(struct world *w, sc_address subject, uint64_t before, size_t max, size_t *count);
/* Expire at most `max`; gives how many were done. */
size_t ct_expire(struct world *w, size_t max, int64_t *next_ms);

/* ---- opening again, and threads ------------------------------------------------------------ */

void ct_close(struct world *w);
void ct_open_again(struct world *w);  /* after ct_close */
void ct_open_second(struct world *w); /* skips the case when the driver cannot */

/* Run `work(w, index)` on so many threads at once. Fails the case when one reports a text (a constant). */
typedef const char *ct_work_fn(struct world *w, uint32_t index, void *shared);
uint32_t ct_threads(const struct world *w);
void ct_hammer(struct world *w, ct_work_fn *work, void *shared);

#endif
