/*
 * The Redis driver as its own files see it.
 *
 *     url.c connection.c server.c request.c    how a server is named, reached, asked
 *     slot.c route.c script.c                  which server has a slot; redirects; scripts
 *     key.c row.c journal.c                    what stands under which key
 *     transaction.c load.c range.c forget.c    the row driver (port/rows.h)
 *     domain.c                                 one domain: its state, its table of operations
 *     store.c store_range.c open.c             several domains as one store
 *     gate.h gate.c gate_claim.c gate_script.c a gate on domains of its own (port/gate.h)
 *     cache.c                                  a cache on domains of its own (port/cache.h)
 *
 * A domain of atomicity is a hash tag, "{prefix:n}": all its keys lie in one slot, and it is a whole store by itself
 * (rows, journal, table of ids), made of the row driver below. The library reads rows, decides, and hands back what
 * to write; one script checks that every row is still as it was read, draws positions and writes everything. With
 * several domains a router in front gives each group to its own.
 */
#ifndef SC_DRIVERS_REDIS_DRIVER_H
#define SC_DRIVERS_REDIS_DRIVER_H

#include "drivers/redis/server.h"
#include "drivers/redis/slot.h"

#include <shopcore/port/rows.h>
#include <shopcore/redis.h>

#define SC__SEEDS_MAX  16
#define SC__PREFIX_MAX 64
#define SC__TAG_MAX    (SC__PREFIX_MAX + 16)
#define SC__GROUPS_MAX 10000
#define SC__SHA_SIZE   40

typedef enum sc__script {
	SC__COMMIT,
	SC__READ,
	SC__ADOPT,
	SC__RAISE,
	SC__GATE_CLAIM,
	SC__GATE_GIVE,
	SC__GATE_SWEEP,
	SC__GATE_FED,
	SC__GATE_FEED,
	SC__GATE_LEVEL,
	SC__GATE_LEARN,
	SC__SCRIPTS
} sc__script;

typedef struct sc__seed {
	char host[SC__HOST_MAX];
	int port;
} sc__seed;

/* What a URL and the options come to. */
typedef struct sc__redis_name {
	sc__redis_login login;
	sc__seed seeds[SC__SEEDS_MAX];
	uint32_t seed_count;
	bool cluster;
	uint32_t domains;
	char prefix[SC__PREFIX_MAX + 1];
	int64_t patience_ms;
	int64_t remembers_ms;
} sc__redis_name;

struct sc__redis;

typedef struct sc__domain {
	struct sc__redis *redis;
	uint32_t number;
	uint16_t slot;
	char tag[SC__TAG_MAX];
	size_t tag_size;

	/* guarded by the handle's mutex */
	sc_id incarnation;
	const sc__server *known; /* the server, and its life, in which the incarnation was looked at */
	uint64_t known_life;
	int64_t seen_ms; /* the highest time that was told, */
	int64_t seen_ns; /* and when, on the monotonic clock */

	sc_store store; /* made of this domain */
} sc__domain;

typedef struct sc__redis {
	const sc_env *env;
	sc__redis_name name;
	pid_t owner;
	sc_mutex mutex;      /* guards all below, and the domains' incarnations */
	sc__server *servers; /* never taken away before close, so that nobody has to count who uses one */
	sc__server *of_slot[SC__SLOTS];
	uint64_t map; /* how often the map of slots was read */
	char sha[SC__SCRIPTS][SC__SHA_SIZE + 1];
	sc__domain *domains;
	uint32_t domain_count;
	uint32_t users; /* domains that are still open */
} sc__redis;

/* ---- url.c ---- */

/* `many`: how many domains there are on a cluster if nobody says. */
sc_status sc__redis_read_name(const char *url, const sc_redis_options *options, uint32_t many, sc__redis_name *out,
                              sc_error *err);

/* ---- route.c ---- */

/* The server at an address, made on first use; the handle's mutex is held. NULL: no memory. */
sc__server *sc__server_at(sc__redis *redis, const char *host, int port);
/* Sends a request about one domain to whoever has its slot, and follows redirects. After OK no reply is about
 * routing. */
sc_status sc__domain_exchange(sc__domain *domain, const sc_call *call, sc__request *request, sc_error *err);
/* The server that has the slot at present. */
sc__server *sc__domain_server(sc__domain *domain);

/* ---- script.c, gate_script.c ---- */

const char *sc__gate_text(sc__script script);

/* Begins a request with EVALSHA, its number of keys and its first key, the domain's state. */
sc_status sc__script_begin(sc__domain *domain, const sc_call *call, sc__script script, sc_arena *arena, size_t keys,
                           size_t arguments, sc__request *request, sc_error *err);
/* Sends it; loads the script where it is missing. */
sc_status sc__script_run(sc__domain *domain, const sc_call *call, sc__script script, sc__request *request,
                         sc_error *err);

/* ---- key.c ---- */

/* Names of keys and members of ordered sets: bytes so encoded that their order is the order of what they mean. */
typedef struct sc__name {
	char *data;
	size_t size, room;
	sc_arena *arena;
	bool no_memory;
} sc__name;

enum { SC__NAME_MAX = 2 * (2 * SC_KEY_MAX + 4) };

void sc__name_init(sc__name *name, sc_arena *arena);
void sc__name_raw(sc__name *name, const void *data, size_t size);
void sc__name_bytes(sc__name *name, sc_bytes bytes); /* ends itself */
void sc__name_int(sc__name *name, int64_t number);
void sc__name_value(sc__name *name, const sc_value *value);
void sc__name_address(sc__name *name, const sc_address *address);
/* The domain's tag and what follows it. */
void sc__name_key(sc__name *name, const sc__domain *domain, const char *what);
/* The key of a row, of an ordered set of addresses, of an index. */
void sc__name_row(sc__name *name, const sc__domain *domain, const sc_address *address);
void sc__name_row_of_member(sc__name *name, const sc__domain *domain, uint16_t kind, sc_bytes member);
void sc__name_addresses(sc__name *name, const sc__domain *domain, uint16_t kind);
void sc__name_index(sc__name *name, const sc__domain *domain, uint16_t kind, int index);
void sc__name_id(sc__name *name, const sc__domain *domain, const sc_id *id);
static inline sc_bytes sc__name_of(const sc__name *name)
{
	return (sc_bytes){ name->data, name->size };
}

/* The next run of bytes that no continuation of this one reaches. false: there is none. */
bool sc__name_successor(sc__name *name);

/* The member of a row in its index (SC_BY_ADDRESS and SC_BY_SUB: of addresses). false: it is not in it. */
bool sc__member_of(sc__name *name, int index, const sc_record *record);
/* The address at the end of a member; it is decoded into the arena. SC_DAMAGED, SC_NO_MEMORY, SC_OK. */
sc_status sc__member_address(sc_bytes member, uint16_t kind, int index, sc_arena *arena, sc_address *out,
                             sc_bytes *address_part);

/* ---- row.c ---- */

#define SC__ROW_HEAD 16 /* version and entry, eight bytes each: the commit script puts them in */

void sc__put_u64(uint8_t *at, uint64_t number);
uint64_t sc__get_u64(const uint8_t *at);
/* All of a row behind its head. false: no memory. */
bool sc__row_pack(const sc_record *record, sc_arena *arena, sc_bytes *out);
/* Points into `packed`. DAMAGED, NO_MEMORY, OK. */
sc_status sc__row_unpack(sc_bytes packed, uint32_t mask, sc_arena *arena, sc_record *out, sc_error *err);
bool sc__outcome_pack(const sc_stored_outcome *outcome, sc_arena *arena, sc_bytes *out);
sc_status sc__outcome_unpack(sc_bytes packed, sc_stored_outcome *out, sc_error *err);

/* ---- domain.c ---- */

/* What stands in a domain's state. */
typedef struct sc__state {
	sc_id incarnation;
	int64_t time_ms;  /* the highest that was committed */
	int64_t floor_ms; /* ids below are refused */
	uint64_t last;    /* position that was drawn last */
	uint64_t trimmed; /* positions up to it are forgotten */
	int64_t now_ms;   /* the store's time when this was read */
} sc__state;

#define SC__STATE_COMMANDS 2
/* Adds the commands that read the state, and reads their answers, which begin at `first`. SCHEMA_TOO_NEW, STORE_FAILED
 * when it was never prepared. */
void sc__state_ask(const sc__domain *domain, sc__request *request);
sc_status sc__state_read(sc__domain *domain, const sc__request *request, uint32_t first, sc__state *out, sc_error *err);
/* About what time it is, without asking. false: the server was not asked for a second. */
bool sc__domain_time(sc__domain *domain, int64_t *now_ms);
/* Makes sure that the process that serves the domain is one whose incarnation is known: another one may have lost
 * what was acknowledged, and then begins a new incarnation. `life` is what requests are to be bound to. */
sc_status sc__domain_settle(sc__domain *domain, const sc_call *call, uint64_t *life, sc_error *err);

/* Makes the domain if it was never made, and settles it. */
sc_status sc__domain_prepare(sc__domain *domain, const sc_call *call, uint64_t *life, sc_error *err);
sc_id sc__domain_incarnation(sc__domain *domain);
/* Names it, without a store: `what` follows the prefix. */
void sc__domain_name(sc__domain *domain, sc__redis *redis, uint32_t number, const char *what);
sc_status sc__domain_init(sc__domain *domain, sc__redis *redis, uint32_t number, sc_error *err);
sc_status sc__domain_info(void *ctx, sc_store_info *out, sc_error *err);
/* What an error or a missing answer comes to; OK for any other. */
sc_status sc__reply_failed(const sc__reply *reply, sc_error *err);

/* ---- transaction.c, load.c, range.c, forget.c, journal.c: port/rows.h ---- */

sc_status sc__redis_begin(void *ctx, const sc_call *call, void **txn, sc_rows_clock *clock, sc_error *err);
sc_status sc__redis_read(void *txn, sc_row *const *rows, size_t count, sc_arena *arena, sc_error *err);
sc_status sc__redis_draw(void *txn, size_t count, uint64_t *first, sc_error *err);
sc_status sc__redis_write(void *txn, sc_row *const *rows, size_t count, const sc_entry *entries, size_t entry_count,
                          sc_error *err);
sc_status sc__redis_commit(void *txn, sc_error *err);
sc_status sc__redis_commit_drawn(void *txn, uint64_t *first, sc_error *err);
void sc__redis_abort(void *txn);
sc_status sc__redis_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                         sc_arena *arena, sc_record *out, int64_t *now_ms, sc_error *err);
sc_status sc__redis_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                          sc_page *out, int64_t *now_ms, sc_error *err);
/* A cursor that stops at a member of the range's index. */
sc_status sc__range_cursor(const sc_range *range, sc_bytes member, sc_arena *arena, sc_bytes *out, sc_error *err);
sc_status sc__redis_forget(void *ctx, const sc_call *call, int64_t floor_ms, size_t max, size_t *done, int64_t *next_ms,
                           sc_error *err);
sc_status sc__redis_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                             sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__redis_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                           sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__redis_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);
/* Packs entries whose positions count from `first`, for the commit script. false: no memory. */
bool sc__entries_relative(const sc_entry *entries, size_t count, uint64_t first, sc_arena *arena, sc_bytes *out);

/* ---- a commit being written down ---- */

typedef struct sc__commit {
	sc__domain *domain;
	sc_arena *arena;
	sc__state state;
	uint64_t life;
	uint64_t first; /* what relative positions count from */
	size_t drawn;
	/* keys and arguments, in the order in which the script takes them */
	sc_bytes *keys, *arguments;
	size_t key_count, key_room, argument_count, argument_room;
	size_t checks;
	bool no_memory;
} sc__commit;

void sc__commit_init(sc__commit *commit, sc__domain *domain, sc_arena *arena);
void sc__commit_key(sc__commit *commit, const sc__name *name);
void sc__commit_argument(sc__commit *commit, sc_bytes bytes);
/* What stands under this key has to begin as what was read did; nil: nothing stands there. All checks come before the
 * first operation. */
void sc__commit_check(sc__commit *commit, const sc__name *row, const sc__reply *read);
/* CHANGED: a row is no longer as it was read, or this is another incarnation; nothing was written. */
sc_status sc__commit_run(sc__commit *commit, const sc_call *call, uint64_t *first, sc_error *err);
/* Operations that take a row out: its key, its members. */
void sc__commit_remove(sc__commit *commit, const sc_record *old);
/* Adds or takes out a member of an ordered set. */
void sc__commit_member(sc__commit *commit, const char *operation, const sc__name *set, const sc__name *member);

/* ---- store.c ---- */

/* A store of one domain is that domain's; of several, a router over them. */
sc_status sc__redis_store(sc__redis *redis, sc_store *out, sc_error *err);
uint32_t sc__domain_of(const sc__redis *redis, const sc_address *address);
sc_status sc__router_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                           sc_page *out, sc_error *err);
/* The handle of a URL, with its domains unnamed. */
sc_status sc__redis_make(const sc_env *env, const char *url, const sc_redis_options *options, uint32_t many,
                         sc__redis **out, sc_error *err);
void sc__redis_free(sc__redis *redis);
/* Gives back one domain's share of the handle; the last one frees it. */
void sc__redis_leave(void *ctx);

#endif
