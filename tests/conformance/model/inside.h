/*
 * The model's insides. Everything it keeps lives in one arena until it is closed; rows are never
 * removed, only marked as gone.
 */
#ifndef MODEL_INSIDE_H
#define MODEL_INSIDE_H

#include "model.h"

#include <pthread.h>
#include <string.h>

#define REMEMBERS_MS (30 * INT64_C(86400000))
#define LOCKS        64

struct taken {
	sc_address account;
	int64_t quantity, committed;
	int64_t ends_ms; /* of the account: one that was made anew since has another */
	uint32_t line;
};

struct row {
	sc_record value;           /* version 0: absent */
	const struct taken *takes; /* of a hold */
	size_t take_count;
	bool fenced;
};

struct stored_id {
	sc_id id;
	sc_outcome outcome;
};

struct model {
	const sc_env *env;
	enum model_fault fault;
	pthread_mutex_t lock, account_locks[LOCKS];
	sc_arena arena;
	struct row *rows;
	size_t row_count, row_room;
	struct stored_id *ids;
	size_t id_count, id_room;
	sc_entry *entries;
	size_t entry_count, entry_room;
	uint64_t position, trimmed;
	int64_t high_ms, high_mono_ns, floor_ms;
	sc_id incarnation;
};

/* A group while it is decided. */
struct step {
	struct model *m;
	const sc_group *group;
	int64_t now_ms;
	sc_outcome *outcome;
	uint64_t version; /* the group's own */
	bool wrote;
	size_t *touched; /* rows, for the version at the end */
	size_t touched_count;
	uint32_t change;
};

int64_t model_now(struct model *m);
struct row *model_find(struct model *m, const sc_address *address);
/* Found, or made as an absent row. */
struct row *model_row(struct model *m, const sc_address *address);
bool model_present(struct model *m, const struct row *row, int64_t now_ms);
int model_compare(const struct model *m, const void *a, size_t a_size, const void *b, size_t b_size);
void *model_keep(struct model *m, const void *data, size_t size);
sc_address model_keep_address(struct model *m, const sc_address *address);
const struct stored_id *model_stored(struct model *m, sc_id id);
void model_store_id(struct model *m, sc_id id, const sc_outcome *outcome);

/* Makes the row the step's own: it gets the group's version at the end. */
void model_write(struct step *s, struct row *row);
void model_entry(struct step *s, struct row *row, sc_entry entry);
void model_account(struct step *s, struct row *row, sc_counters delta, sc_bytes topic, const sc_address *cause);

sc_status model_validate(const sc_group *group);
sc_status model_change(struct step *s, const sc_change *change);
sc_status model_hold(struct step *s, const sc_change *change);
sc_status model_commit(struct step *s, const sc_change *change);
sc_status model_release(struct step *s, const sc_change *change);
sc_status model_extend(struct step *s, const sc_change *change);
/* Gives a lapsed hold back, as EXPIRED. */
void model_lapse(struct step *s, struct row *hold);

sc_status model_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                     sc_arena *arena, sc_record *out, sc_error *err);
sc_status model_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                      sc_page *out, sc_error *err);
sc_status model_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                      sc_error *err);
sc_status model_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                        sc_outcome *out, sc_error *err);
sc_status model_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err);
/* Adds them to those of other holds of the group. */
void model_copy_takes(const struct row *hold, sc_outcome *out);

#endif
