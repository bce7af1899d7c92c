/*
 * Faults planted in front of FTS5, and in a notifier. Their suites have to fail on each.
 */
#include <shopcore/fts5.h>
#include <shopcore/testkit/conformance.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define SEARCH_FAULTS(X)                                              \
	X(OLD_VERSIONS_WIN, "an older version replaces a newer one")  \
	X(NOTHING_REMOVED, "removed products are still found")        \
	X(CATEGORY_IGNORED, "a category does not narrow")             \
	X(PAGES_OVERLAP, "a page begins with the last hit of before") \
	X(WORST_FIRST, "the best hit comes last")                     \
	X(BRAND_IGNORED, "brands are not searched")                   \
	X(POSITION_FORGOTTEN, "how far it followed is forgotten")     \
	X(RESET_FORGOTTEN, "reset leaves everything")

#define FAULT_ENUM(name, text) FAULT_##name,
enum fault { FAULT_NONE, SEARCH_FAULTS(FAULT_ENUM) FAULT_COUNT };

static const char *const texts[] = { "nothing is wrong",
#define TEXT(name, text) text,
	                             SEARCH_FAULTS(TEXT) };

struct wrong {
	enum fault fault;
	sc_search_index inner;
	uint64_t version;
	size_t failed;
	char first[128];
};

static void count_failure(void *ctx, const sc_conformance_result *result)
{
	struct wrong *w = ctx;

	if (result->verdict == SC_CONFORMANCE_FAILED && w->failed++ == 0)
		snprintf(w->first, sizeof(w->first), "%s", result->name);
}

/* ---- search --------------------------------------------------------------------------------------- */

static sc_status wrong_index(void *ctx, const sc_call *call, const sc_search_document *documents, size_t count,
                             sc_error *err)
{
	struct wrong *w = ctx;

	for (size_t i = 0; i < count; i++) {
		sc_search_document document = documents[i];
		sc_status status;

		if (w->fault == FAULT_OLD_VERSIONS_WIN && document.version != 0)
			document.version = ++w->version + 1000;
		if (w->fault == FAULT_NOTHING_REMOVED && document.version == 0)
			continue;
		if (w->fault == FAULT_BRAND_IGNORED)
			document.brand = NULL;
		status = w->inner.ops->index(w->inner.ctx, call, &document, 1, err);
		if (status != SC_OK)
			return status;
	}
	return SC_OK;
}

static sc_status wrong_query(void *ctx, const sc_call *call, const sc_search_query *asked, sc_arena *arena,
                             sc_search_result *out, sc_error *err)
{
	struct wrong *w = ctx;
	sc_search_query query = *asked;
	sc_status status;

	if (w->fault == FAULT_CATEGORY_IGNORED)
		query.category = NULL;
	if (w->fault == FAULT_PAGES_OVERLAP && query.offset > 0)
		query.offset--;
	status = w->inner.ops->query(w->inner.ctx, call, &query, arena, out, err);
	for (size_t i = 0; status == SC_OK && w->fault == FAULT_WORST_FIRST && i < out->count / 2; i++) {
		sc_search_hit hit = out->hits[i];

		out->hits[i] = out->hits[out->count - 1 - i];
		out->hits[out->count - 1 - i] = hit;
	}
	return status;
}

static sc_status wrong_position(void *ctx, const sc_call *call, uint8_t incarnation[16], uint64_t *position,
                                sc_error *err)
{
	struct wrong *w = ctx;
	sc_status status = w->inner.ops->position(w->inner.ctx, call, incarnation, position, err);

	if (w->fault == FAULT_POSITION_FORGOTTEN)
		*position = 0;
	return status;
}

static sc_status wrong_follow(void *ctx, const sc_call *call, const uint8_t incarnation[16], uint64_t position,
                              sc_error *err)
{
	struct wrong *w = ctx;

	return w->inner.ops->follow(w->inner.ctx, call, incarnation, position, err);
}

static sc_status wrong_reset(void *ctx, const sc_call *call, sc_error *err)
{
	struct wrong *w = ctx;

	return w->fault == FAULT_RESET_FORGOTTEN ? SC_OK : w->inner.ops->reset(w->inner.ctx, call, err);
}

static void wrong_close(void *ctx)
{
	struct wrong *w = ctx;

	w->inner.ops->close(w->inner.ctx);
}

static const sc_search_ops search_operations = {
	.size = sizeof(search_operations),
	.name = "wrong",
	.index = wrong_index,
	.query = wrong_query,
	.position = wrong_position,
	.follow = wrong_follow,
	.reset = wrong_reset,
	.close = wrong_close,
};

static sc_status open_wrong(void *ctx, const sc_env *env, sc_search_index *out, sc_error *err)
{
	struct wrong *w = ctx;
	sc_status status = sc_fts5_open(env, ":memory:", &w->inner, err);

	*out = (sc_search_index){ &search_operations, w };
	return status;
}

static void run_search(struct wrong *w)
{
	sc_conformance_search_options options = SC_CONFORMANCE_SEARCH_OPTIONS_INIT;
	sc_conformance_summary summary;

	options.ctx = w;
	options.open = open_wrong;
	options.report = count_failure;
	assert_int_equal(sc_conformance_search(&options, &summary, NULL), SC_OK);
}

static void the_search_suite_passes_without_a_fault(void **state)
{
	struct wrong w = { .fault = FAULT_NONE };

	(void)state;
	run_search(&w);
	assert_int_equal(w.failed, 0);
}

static void every_fault_of_a_search_is_caught(void **state)
{
	int missed = 0;

	(void)state;
	for (int fault = FAULT_NONE + 1; fault < FAULT_COUNT; fault++) {
		struct wrong w = { .fault = (enum fault)fault };

		run_search(&w);
		print_message("%s: %zu cases%s%s\n", texts[fault], w.failed, w.failed > 0 ? ", first " : " - MISSED",
		              w.first);
		missed += w.failed == 0;
	}
	assert_int_equal(missed, 0);
}

/* ---- a notifier ------------------------------------------------------------------------------------ */

enum notifier_fault {
	NOTIFIER_SOUND,
	NOTIFIER_DROPS,
	NOTIFIER_REORDERS,
	NOTIFIER_CUTS,
	NOTIFIER_SILENT,
	NOTIFIER_FAULTS
};

struct mailbox {
	struct wrong counted; /* first: the report's context */
	enum notifier_fault fault;
	char *text;
	size_t size;
};

static void append(struct mailbox *box, const char *text, size_t most)
{
	size_t size = strnlen(text, most);

	box->text = realloc(box->text, box->size + size + 1);
	assert_non_null(box->text);
	memcpy(box->text + box->size, text, size);
	box->size += size;
	box->text[box->size++] = '\n';
}

/* Not for several threads: the suite's case about them is left out here. */
static sc_status send(void *ctx, const sc_call *call, const sc_notice *notices, size_t count, sc_status *statuses,
                      sc_error *err)
{
	struct mailbox *box = ctx;

	(void)call;
	(void)err;
	for (size_t i = 0; i < count; i++) {
		const sc_notice *notice = &notices[box->fault == NOTIFIER_REORDERS ? count - 1 - i : i];

		if (box->fault == NOTIFIER_DROPS && notice->to != NULL)
			notice = NULL;
		if (notice != NULL) {
			append(box, notice->to != NULL ? notice->to : "", SIZE_MAX);
			append(box, notice->subject, SIZE_MAX);
			append(box, notice->text, box->fault == NOTIFIER_CUTS ? 1000 : SIZE_MAX);
		}
		if (box->fault != NOTIFIER_SILENT)
			statuses[i] = SC_OK;
	}
	return SC_OK;
}

static const sc_notifier_ops notifier_operations = { sizeof(notifier_operations), "wrong", send, NULL };

static sc_status open_box(void *ctx, const sc_env *env, sc_notifier *out, sc_error *err)
{
	struct mailbox *box = ctx;

	(void)env;
	(void)err;
	box->size = 0;
	*out = (sc_notifier){ &notifier_operations, box };
	return SC_OK;
}

static sc_status received(void *ctx, sc_arena *arena, sc_bytes *out)
{
	const struct mailbox *box = ctx;

	(void)arena;
	*out = (sc_bytes){ box->text, box->size };
	return SC_OK;
}

static void run_notifier(struct mailbox *box)
{
	sc_conformance_notifier_options options = SC_CONFORMANCE_NOTIFIER_OPTIONS_INIT;
	size_t count;
	const char *const *names = sc_conformance_notifier_cases(&count);

	options.ctx = box;
	options.open = open_box;
	options.received = received;
	options.report = count_failure;
	for (size_t i = 0; i < count; i++) {
		sc_conformance_summary summary;

		options.only = names[i];
		if (strstr(names[i], "threads") == NULL)
			assert_int_equal(sc_conformance_notifier(&options, &summary, NULL), SC_OK);
	}
	free(box->text);
}

static void every_fault_of_a_notifier_is_caught(void **state)
{
	(void)state;
	for (int fault = NOTIFIER_SOUND; fault < NOTIFIER_FAULTS; fault++) {
		struct mailbox box = { .fault = (enum notifier_fault)fault };

		run_notifier(&box);
		if (fault == NOTIFIER_SOUND)
			assert_int_equal(box.counted.failed, 0);
		else
			assert_true(box.counted.failed > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_search_suite_passes_without_a_fault),
		cmocka_unit_test(every_fault_of_a_search_is_caught),
		cmocka_unit_test(every_fault_of_a_notifier_is_caught),
	};

	return cmocka_run_group_tests_name("faults planted in search and notifier", tests, NULL, NULL);
}
