/*
 * A store made of several. Part 0 is the record, which keeps what no other part was asked to.
 */
#ifndef SC_WRAPPERS_MIXED_H
#define SC_WRAPPERS_MIXED_H

#include <shopcore/mixed.h>

enum { PARTS_MAX = SC_MIXED_PARTS_MAX + 1, KINDS_MAX = 64 };

struct mixed {
	const sc_env *env;
	uint32_t count;
	sc_store parts[PARTS_MAX];
	uint32_t stock;             /* the part that keeps accounts */
	uint8_t part_of[KINDS_MAX]; /* by the kind's number */
	uint16_t key_kind, setting_kind;
	sc_store_info info; /* of the whole */
};

/* `keeps` of each part, that of the record 0. */
void sc__mixed_routes(struct mixed *m, const uint32_t *keeps);

/* Which part keeps it. */
uint32_t sc__mixed_part(const struct mixed *m, const sc_address *address);

/* The operations that read. */
sc_status sc__mixed_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                         sc_arena *arena, sc_record *out, sc_error *err);
sc_status sc__mixed_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                          sc_page *out, sc_error *err);

/* The operations that write. */
sc_status sc__mixed_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                          sc_error *err);
sc_status sc__mixed_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                            sc_outcome *out, sc_error *err);
sc_status sc__mixed_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err);

#endif
