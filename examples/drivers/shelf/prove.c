/*
 * Runs the store suite against a shelf, step by step as docs/guide/write-a-driver.md builds it: what a step does not
 * have yet answers SC_UNSUPPORTED. Some cases are shown for every step; in the last two, no case may fail.
 */
#include "shelf.h"

#include <shopcore/testkit/conformance.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { STEPS = 6 };

struct proof {
	sc_store_ops ops; /* of the store that is open: those of the steps so far */
	int step;
	char folder[32], path[64];
	unsigned stores;
	uint32_t verdict;
};

/* ---- what is not written yet --------------------------------------------------------------------- */

static sc_status no_load(void *ctx, const sc_call *call, const sc_address *addresses, size_t count, uint32_t mask,
                         sc_arena *arena, sc_record *out, sc_error *err)
{
	(void)ctx, (void)call, (void)addresses, (void)count, (void)mask, (void)arena, (void)out, (void)err;
	return SC_UNSUPPORTED;
}

static sc_status no_apply(void *ctx, const sc_call *call, const sc_group *groups, size_t count, sc_outcome *out,
                          sc_error *err)
{
	(void)ctx, (void)call, (void)groups, (void)count, (void)out, (void)err;
	return SC_UNSUPPORTED;
}

static sc_status no_resolve(void *ctx, const sc_call *call, const sc_group_ref *refs, size_t count, bool fence,
                            sc_outcome *out, sc_error *err)
{
	(void)ctx, (void)call, (void)refs, (void)count, (void)fence, (void)out, (void)err;
	return SC_UNSUPPORTED;
}

static sc_status no_range(void *ctx, const sc_call *call, const sc_range *ranges, size_t count, sc_arena *arena,
                          sc_page *out, sc_error *err)
{
	(void)ctx, (void)call, (void)ranges, (void)count, (void)arena, (void)out, (void)err;
	return SC_UNSUPPORTED;
}

static sc_status no_log_read(void *ctx, const sc_call *call, uint32_t partition, uint64_t after, size_t max,
                             sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	(void)ctx, (void)call, (void)partition, (void)after, (void)max, (void)arena, (void)out, (void)count, (void)err;
	return SC_UNSUPPORTED;
}

static sc_status no_log_of(void *ctx, const sc_call *call, const sc_address *subject, uint64_t before, size_t max,
                           sc_arena *arena, sc_entry *out, size_t *count, sc_error *err)
{
	(void)ctx, (void)call, (void)subject, (void)before, (void)max, (void)arena, (void)out, (void)count, (void)err;
	return SC_UNSUPPORTED;
}

static sc_status no_expire(void *ctx, const sc_call *call, size_t max, size_t *done, int64_t *next_ms, sc_error *err)
{
	(void)ctx, (void)call, (void)max, (void)done, (void)next_ms, (void)err;
	return SC_UNSUPPORTED;
}

/* ---- the suite -------------------------------------------------------------------------------- */

static sc_status open_again(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct proof *proof = ctx;
	sc_status status = shelf_open(env, proof->step < 6 ? NULL : proof->path, out, err);
	if (status != SC_OK)
		return status;
	proof->ops = *out->ops;
	if (proof->step < 2) {
		proof->ops.load = no_load;
		proof->ops.apply = no_apply;
		proof->ops.resolve = no_resolve;
	}
	if (proof->step < 3)
		proof->ops.range = no_range;
	if (proof->step < 4) {
		proof->ops.log_read = no_log_read;
		proof->ops.log_of = no_log_of;
	}
	if (proof->step < 5)
		proof->ops.expire = no_expire;
	out->ops = &proof->ops;
	return SC_OK;
}

static sc_status open_fresh(void *ctx, const sc_env *env, sc_store *out, sc_error *err)
{
	struct proof *proof = ctx;
	if (proof->stores > 0)
		unlink(proof->path);
	snprintf(proof->path, sizeof(proof->path), "%s/%u.shelf", proof->folder, ++proof->stores);
	return open_again(ctx, env, out, err);
}

static void keep(void *ctx, const sc_conformance_result *result)
{
	struct proof *proof = ctx;
	proof->verdict = result->verdict;
	if (result->verdict == SC_CONFORMANCE_FAILED && proof->step > 4)
		fprintf(stderr, "step %d: %s: %s\n", proof->step, result->name, result->text);
}

/* Runs one case, or all of them. How many failed. */
static size_t run(struct proof *proof, int step, const char *only)
{
	sc_conformance_store_options options = SC_CONFORMANCE_STORE_OPTIONS_INIT;
	sc_conformance_summary summary = { .failed = 1 };
	sc_error err = SC_ERROR_INIT;
	proof->step = step;
	proof->verdict = SC_CONFORMANCE_SKIPPED;
	options.ctx = proof;
	options.open = open_fresh;
	options.reopen = step < 6 ? NULL : open_again;
	options.report = keep;
	options.only = only;
	if (sc_conformance_store(&options, &summary, &err) != SC_OK)
		fprintf(stderr, "the suite: %s\n", err.text);
	return summary.failed;
}

static void show_case(struct proof *proof, const char *name)
{
	static const char *const words[] = {
		[SC_CONFORMANCE_PASSED] = "passes", [SC_CONFORMANCE_FAILED] = "fails", [SC_CONFORMANCE_SKIPPED] = "-"
	};
	printf("%-42s", name);
	for (int step = 1; step <= STEPS; step++) {
		run(proof, step, name);
		printf(step < STEPS ? " %-6s" : " %s\n", words[proof->verdict]);
	}
}

int main(void)
{
	static const char *const shown[] = { "a_store_says_what_it_is",
		                             "put_if_absent_refuses_a_second",
		                             "a_hold_claims_and_tells_what_it_took",
		                             "one_id_from_many_threads_happens_once",
		                             "cursors_join_pages_without_gap_or_double",
		                             "live_holds_are_listed_by_deadline",
		                             "an_entry_says_who_did_what",
		                             "the_log_has_each_entry_once_and_in_order",
		                             "expire_returns_the_units_of_lapsed_holds",
		                             "what_was_acknowledged_survives_a_reopen",
		                             "two_handles_see_one_store" };
	struct proof proof = { .folder = "/tmp/shelf-XXXXXX" };
	if (mkdtemp(proof.folder) == NULL)
		return 1;
	printf("%-42s step 1 step 2 step 3 step 4 step 5 step 6\n", "");
	for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
		show_case(&proof, shown[i]);
	size_t in_memory = run(&proof, 5, NULL), in_file = run(&proof, 6, NULL);
	printf("cases that fail in memory: %zu, in a file: %zu\n", in_memory, in_file);
	unlink(proof.path);
	rmdir(proof.folder);
	return in_memory + in_file > 0;
}

/*
 * It prints:
 *
 *                                              step 1 step 2 step 3 step 4 step 5 step 6
 *   a_store_says_what_it_is                    passes passes passes passes passes passes
 *   put_if_absent_refuses_a_second             fails  passes passes passes passes passes
 *   a_hold_claims_and_tells_what_it_took       fails  passes passes passes passes passes
 *   one_id_from_many_threads_happens_once      fails  passes passes passes passes passes
 *   cursors_join_pages_without_gap_or_double   fails  fails  passes passes passes passes
 *   live_holds_are_listed_by_deadline          fails  fails  passes passes passes passes
 *   an_entry_says_who_did_what                 fails  fails  fails  passes passes passes
 *   the_log_has_each_entry_once_and_in_order   fails  fails  fails  passes passes passes
 *   expire_returns_the_units_of_lapsed_holds   fails  fails  fails  fails  passes passes
 *   what_was_acknowledged_survives_a_reopen    -      -      -      -      -      passes
 *   two_handles_see_one_store                  fails  -      -      -      -      passes
 *   cases that fail in memory: 0, in a file: 0
 */
