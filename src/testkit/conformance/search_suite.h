/*
 * The cases of the search suite, in the order they run.
 */
#ifndef SC_TESTKIT_CONFORMANCE_SEARCH_SUITE_H
#define SC_TESTKIT_CONFORMANCE_SEARCH_SUITE_H

struct world;

/* clang-format off */
#define CT_SEARCH_CASES(X) \
	X(a_product_is_found_by_a_word_of_its_name) \
	X(every_text_of_a_product_is_searched) \
	X(the_name_counts_for_more_than_the_description) \
	X(more_words_that_match_come_first) \
	X(a_category_narrows_the_result) \
	X(a_newer_version_replaces_an_older_one) \
	X(an_older_version_is_ignored) \
	X(version_0_removes_a_product) \
	X(pages_join_and_the_total_is_told) \
	X(pages_lie_within_their_limits) \
	X(whatever_a_shopper_types_is_survived) \
	X(the_index_remembers_how_far_it_followed) \
	X(reset_forgets_everything) \
	X(maintenance_changes_no_result) \
	X(the_index_survives_a_reopen)
/* clang-format on */

#define CT_DECLARE(name) void name(struct world *w);
CT_SEARCH_CASES(CT_DECLARE)
#undef CT_DECLARE

#endif
