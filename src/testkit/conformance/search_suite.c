/*
 * The search suite: what was indexed is found, in its newest version, best first, page by page; and the
 * index remembers how far it has followed the journal. How words are folded and stemmed is a driver's own.
 */
#include "testkit/conformance/search_suite.h"
#include "testkit/conformance/world.h"

#include <stdio.h>

static const sc_conformance_search_options *options_of(const struct world *w)
{
	return w->suite->options;
}

static sc_search_document document(const char *id, uint64_t version, const char *name)
{
	sc_search_document out;

	memset(&out, 0, sizeof(out));
	out.id = id;
	out.version = version;
	out.name = name;
	out.price_minor = 1000;
	memcpy(out.currency, "EUR", 4);
	out.rating_milli = -1;
	return out;
}

static void put(struct world *w, const sc_search_document *documents, size_t count)
{
	sc_error err = SC_ERROR_INIT;
	sc_status status = w->search.ops->index(w->search.ctx, SC_CALL_SYSTEM, documents, count, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "index answered %s (%s)", sc_status_name(status), err.text);
}

static sc_status try_query(struct world *w, sc_search_query query, sc_search_result *out)
{
	memset(out, 0, sizeof(*out));
	query.size = sizeof(query);
	return w->search.ops->query(w->search.ctx, SC_CALL_SYSTEM, &query, &w->arena, out, NULL);
}

static sc_search_result query(struct world *w, sc_search_query asked)
{
	sc_search_result out;
	sc_status status = try_query(w, asked, &out);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "query \"%s\" answered %s", asked.words, sc_status_name(status));
	return out;
}

/* The ids of the hits in order, with spaces between them. */
static void check_found(struct world *w, int line, const char *words, const char *category, const char *want)
{
	sc_search_result result = query(w, (sc_search_query){ .words = words, .category = category, .limit = 20 });
	char got[256] = "";
	size_t at = 0;

	for (size_t i = 0; i < result.count && at < sizeof(got); i++)
		at += (size_t)snprintf(got + at, sizeof(got) - at, "%s%s", i == 0 ? "" : " ", result.hits[i].id);
	if (strcmp(got, want) != 0)
		ct_fail(w, __FILE__, line, "\"%s\" finds \"%s\", wanted \"%s\"", words, got, want);
}
#define FINDS(w, words, want)              check_found((w), __LINE__, (words), NULL, (want))
#define FINDS_IN(w, words, category, want) check_found((w), __LINE__, (words), (category), (want))

void a_product_is_found_by_a_word_of_its_name(struct world *w)
{
	const sc_search_document documents[] = { document("p1", 1, "Blue Kettle"), document("p2", 1, "Red Toaster") };

	put(w, documents, 2);
	FINDS(w, "kettle", "p1");
	FINDS(w, "TOASTER", "p2");
	FINDS(w, "blue kettle", "p1");
	FINDS(w, "zeppelin", "");
}

void every_text_of_a_product_is_searched(struct world *w)
{
	static const char *const attributes[] = { "material", "stoneware", "origin", "Portugal" };
	sc_search_document p = document("p1", 1, "Mug");

	p.brand = "Hearthside";
	p.description = "Keeps cocoa warm through a long evening.";
	p.attributes = attributes;
	p.attribute_count = 2;
	put(w, &p, 1);
	FINDS(w, "hearthside", "p1");
	FINDS(w, "cocoa", "p1");
	FINDS(w, "stoneware", "p1");
	FINDS(w, "portugal", "p1");
}

void the_name_counts_for_more_than_the_description(struct world *w)
{
	sc_search_document documents[] = { document("p1", 1, "Saucer"), document("p2", 1, "Lantern") };

	documents[0].description = "Stands well beside a lantern of any size on the table";
	documents[1].description = "Burns for hours and stands well beside a cup of any size on the table";
	put(w, documents, 2);
	FINDS(w, "lantern", "p2 p1");
}

void more_words_that_match_come_first(struct world *w)
{
	const sc_search_document documents[] = { document("p1", 1, "garden chair"), document("p2", 1, "garden table") };
	sc_search_result result;

	put(w, documents, 2);
	result = query(w, (sc_search_query){ .words = "garden table", .limit = 5 });
	CHECK(w, result.count >= 1);
	CHECK_BYTES(w, ct_text(result.hits[0].id), SC_BYTES("p2"));
}

void a_category_narrows_the_result(struct world *w)
{
	static const char *const kitchen[] = { "kitchen", "new" };
	static const char *const garden[] = { "garden" };
	sc_search_document documents[] = { document("p1", 1, "green pot"), document("p2", 1, "green hose") };

	documents[0].categories = kitchen;
	documents[0].category_count = 2;
	documents[1].categories = garden;
	documents[1].category_count = 1;
	put(w, documents, 2);
	FINDS_IN(w, "green", "garden", "p2");
	FINDS_IN(w, "green", "new", "p1");
	FINDS_IN(w, "green", "bath", "");
}

void a_newer_version_replaces_an_older_one(struct world *w)
{
	const sc_search_document first = document("p1", 4, "kettle"), second = document("p1", 5, "toaster");

	put(w, &first, 1);
	put(w, &second, 1);
	FINDS(w, "kettle", "");
	FINDS(w, "toaster", "p1");
}

void an_older_version_is_ignored(struct world *w)
{
	const sc_search_document newer = document("p1", 5, "toaster"), older = document("p1", 4, "kettle");

	put(w, &newer, 1);
	put(w, &older, 1);
	FINDS(w, "kettle", "");
	FINDS(w, "toaster", "p1");
	put(w, &newer, 1);
	FINDS(w, "toaster", "p1");
}

void version_0_removes_a_product(struct world *w)
{
	const sc_search_document documents[] = { document("p1", 4, "kettle"), document("p2", 4, "kettle") };
	const sc_search_document gone = document("p1", 0, NULL), stranger = document("p9", 0, NULL);

	put(w, documents, 2);
	put(w, &gone, 1);
	put(w, &stranger, 1);
	FINDS(w, "kettle", "p2");
}

void pages_join_and_the_total_is_told(struct world *w)
{
	enum { MANY = 25 };
	sc_search_document documents[MANY];
	char ids[MANY][8];
	int seen[MANY] = { 0 };

	for (int i = 0; i < MANY; i++) {
		snprintf(ids[i], sizeof(ids[i]), "p%02d", i);
		documents[i] = document(ids[i], 1, "plain white plate");
	}
	put(w, documents, MANY);
	for (uint32_t offset = 0; offset < MANY; offset += 10) {
		sc_search_result page = query(w, (sc_search_query){ .words = "plate", .offset = offset, .limit = 10 });

		CHECK_INT(w, page.count, offset == 20 ? 5 : 10);
		CHECK(w, page.total == MANY || (page.total_is_floor && page.total <= MANY));
		for (size_t i = 0; i < page.count; i++) {
			CHECK_BYTES(w, ct_text(page.hits[i].id), ct_text(ids[offset + i])); /* equal scores: by id */
			seen[offset + i]++;
		}
	}
	for (int i = 0; i < MANY; i++)
		CHECK_INT(w, seen[i], 1);
	CHECK_INT(w, query(w, (sc_search_query){ .words = "plate", .offset = MANY, .limit = 10 }).count, 0);
}

void pages_lie_within_their_limits(struct world *w)
{
	sc_search_result result;

	CHECK(w, sc_status_is_bad_input(try_query(w, (sc_search_query){ .words = "a", .limit = 0 }, &result)));
	CHECK(w, sc_status_is_bad_input(
			 try_query(w, (sc_search_query){ .words = "a", .limit = SC_PAGE_MAX + 1 }, &result)));
	CHECK(w, sc_status_is_bad_input(
			 try_query(w, (sc_search_query){ .words = "a", .offset = 10000, .limit = 1 }, &result)));
	CHECK_STATUS(w, try_query(w, (sc_search_query){ .words = "a", .offset = 9999, .limit = 1 }, &result), SC_OK);
	CHECK_STATUS(w, try_query(w, (sc_search_query){ .words = "a", .limit = SC_PAGE_MAX }, &result), SC_OK);
}

/* Whatever was typed: an answer, or bad input, and the index works on. */
void whatever_a_shopper_types_is_survived(struct world *w)
{
	static const char *const typed[] = {
		"",    "   ",      "\"", "'; drop table x; --", "a AND",  "OR",        "NEAR(", "*", "^x", "-", "x:y",
		"(((", "\xff\xfe", "%",  "\xe2\x80\x8b",        "{}[]\\", "\"kettle\""
	};
	const sc_search_document p = document("p1", 1, "kettle");

	put(w, &p, 1);
	for (size_t i = 0; i < COUNT(typed); i++) {
		sc_search_result result;
		sc_status status = try_query(w, (sc_search_query){ .words = typed[i], .limit = 5 }, &result);

		CHECK(w, status == SC_OK || sc_status_is_bad_input(status));
	}
	FINDS(w, "kettle", "p1");
}

static uint64_t position(struct world *w, uint8_t incarnation[16])
{
	uint64_t at = 99;

	CHECK_STATUS(w, w->search.ops->position(w->search.ctx, SC_CALL_SYSTEM, incarnation, &at, NULL), SC_OK);
	return at;
}

void the_index_remembers_how_far_it_followed(struct world *w)
{
	static const uint8_t store[16] = "one incarnation", other[16] = "the next of them";
	uint8_t told[16];

	CHECK_INT(w, position(w, told), 0);
	CHECK_STATUS(w, w->search.ops->follow(w->search.ctx, SC_CALL_SYSTEM, store, 4711, NULL), SC_OK);
	CHECK_INT(w, position(w, told), 4711);
	CHECK(w, memcmp(told, store, 16) == 0);
	CHECK_STATUS(w, w->search.ops->follow(w->search.ctx, SC_CALL_SYSTEM, other, 3, NULL), SC_OK);
	CHECK_INT(w, position(w, told), 3);
	CHECK(w, memcmp(told, other, 16) == 0);
}

void reset_forgets_everything(struct world *w)
{
	static const uint8_t store[16] = "one incarnation";
	const sc_search_document newer = document("p1", 9, "kettle"), older = document("p1", 2, "kettle");
	uint8_t told[16];

	put(w, &newer, 1);
	CHECK_STATUS(w, w->search.ops->follow(w->search.ctx, SC_CALL_SYSTEM, store, 4711, NULL), SC_OK);
	CHECK_STATUS(w, w->search.ops->reset(w->search.ctx, SC_CALL_SYSTEM, NULL), SC_OK);
	FINDS(w, "kettle", "");
	CHECK_INT(w, position(w, told), 0);
	put(w, &older, 1); /* versions start again with another store */
	FINDS(w, "kettle", "p1");
}

void maintenance_changes_no_result(struct world *w)
{
	const sc_search_document documents[] = { document("p1", 1, "kettle"), document("p2", 1, "blue kettle") };

	if (!SC_OPS_HAS(w->search.ops, sc_search_ops, maintain))
		ct_skip(w, "the index needs no maintenance");
	put(w, documents, 2);
	CHECK_STATUS(w, w->search.ops->maintain(w->search.ctx, SC_CALL_SYSTEM, 50, NULL), SC_OK);
	FINDS(w, "blue", "p2");
	CHECK_INT(w, query(w, (sc_search_query){ .words = "kettle", .limit = 5 }).count, 2);
}

void the_index_survives_a_reopen(struct world *w)
{
	static const uint8_t store[16] = "one incarnation";
	const sc_conformance_search_options *o = options_of(w);
	const sc_search_document p = document("p1", 1, "kettle");
	sc_error err = SC_ERROR_INIT;
	uint8_t told[16];

	if (o->reopen == NULL)
		ct_skip(w, "the index lives in one handle");
	put(w, &p, 1);
	CHECK_STATUS(w, w->search.ops->follow(w->search.ctx, SC_CALL_SYSTEM, store, 12, NULL), SC_OK);
	w->open = false;
	if (SC_OPS_HAS(w->search.ops, sc_search_ops, close))
		w->search.ops->close(w->search.ctx);
	CHECK_STATUS(w, o->reopen(o->ctx, &w->env, &w->search, &err), SC_OK);
	w->open = true;
	FINDS(w, "kettle", "p1");
	CHECK_INT(w, position(w, told), 12);
}

/* ---- the suite -------------------------------------------------------------------------------- */

#define NAMED(case_name) { #case_name, case_name },
static const struct ct_case cases[] = { CT_SEARCH_CASES(NAMED) };

#define NAME(case_name) #case_name,
static const char *const names[] = { CT_SEARCH_CASES(NAME) };

static void set_up(struct world *w)
{
	const sc_conformance_search_options *o = options_of(w);
	sc_error err = SC_ERROR_INIT;
	sc_status status = o->open(o->ctx, &w->env, &w->search, &err);

	if (status != SC_OK)
		ct_fail(w, __FILE__, __LINE__, "open answered %s (%s)", sc_status_name(status), err.text);
	w->open = true;
}

static void tear_down(struct world *w)
{
	if (w->open && SC_OPS_HAS(w->search.ops, sc_search_ops, close))
		w->search.ops->close(w->search.ctx);
}

const char *const *sc_conformance_search_cases(size_t *count)
{
	*count = COUNT(names);
	return names;
}

sc_status sc_conformance_search(const sc_conformance_search_options *options, sc_conformance_summary *summary,
                                sc_error *err)
{
	struct ct_suite suite = { .cases = cases, .count = COUNT(cases), .set_up = set_up, .tear_down = tear_down };

	if (options == NULL || options->open == NULL)
		return ct_complain(err, SC_BAD_ARGUMENT, "open", "the suite has to be able to open an index");
	suite.options = options;
	suite.env = options->env;
	suite.ctx = options->ctx;
	suite.report = options->report;
	suite.only = options->only;
	return ct_run(&suite, summary, err);
}
