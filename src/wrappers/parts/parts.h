/*
 * Stores side by side that look like one: what `mixed` and `sharded` have in common.
 *
 * Each address has its place in one of them, and whoever uses the whole does not see which. What lies in one part is
 * read and changed there as it is; a group that reaches into several becomes a saga (saga.h).
 */
#ifndef SC_WRAPPERS_PARTS_H
#define SC_WRAPPERS_PARTS_H

#include <shopcore/port/store.h>

enum { PARTS_MAX = 16, PARTS_SEVERAL = PARTS_MAX };

struct parts {
	const sc_env *env;
	const char *name; /* of the whole */
	uint32_t count;
	sc_store stores[PARTS_MAX]; /* each with a journal of one partition */
	uint16_t setting_kind;      /* where notes of sagas are kept */
	sc_store_info info;         /* of the whole */

	/* Which part keeps it. */
	uint32_t (*place)(const struct parts *p, const sc_address *address);
	/* Whether the part keeps what a shop must not lose. NULL: each does. */
	bool (*is_critical)(const struct parts *p, uint32_t part);
	/* Optional. Where the changes of all groups go, one behind the other, when their addresses do not say it: a
	 * hold may lie where its accounts are. A group that goes nowhere has a status in `out` that is not SC_OK. */
	sc_status (*place_changes)(struct parts *p, const sc_call *call, const sc_group *groups, size_t count,
	                           sc_arena *arena, uint8_t *places, sc_outcome *out, sc_error *err);
};

/* Reads what the stores say of themselves into `info`. UNSUPPORTED for a journal of several partitions. */
sc_status sc__parts_read_infos(struct parts *p, sc_error *err);

/* Operations of the whole; `ctx` begins with struct parts. */
sc_status sc__parts_info(void *ctx, sc_store_info *out, sc_error *err);
sc_status sc__parts_prepare(void *ctx, const sc_call *call, sc_error *err);
sc_status sc__parts_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                         sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__parts_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                          sc_page *out, sc_error *err);
sc_status sc__parts_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                          sc_error *err);
sc_status sc__parts_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                            sc_outcome *out, sc_error *err);
sc_status sc__parts_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err);
sc_status sc__parts_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                             sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__parts_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                           sc_arena *arena, sc_entry *out, size_t *count, sc_error *err);
sc_status sc__parts_log_trim(void *ctx, const sc_call *call, uint32_t partition, uint64_t upto, sc_error *err);
uint32_t sc__parts_partition(void *ctx, const sc_address *address);
sc_status sc__parts_now(void *ctx, const sc_call *call, int64_t *now_ms, sc_error *err);
/* Closes the stores; what holds them is its owner's. */
void sc__parts_close(struct parts *p);

#endif
