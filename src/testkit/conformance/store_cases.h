/*
 * The cases of the store suite, in the order they run: one list, from which declarations, table and
 * names are made.
 */
#ifndef SC_TESTKIT_CONFORMANCE_STORE_CASES_H
#define SC_TESTKIT_CONFORMANCE_STORE_CASES_H

struct world;

/* clang-format off */
#define CT_STORE_HANDLES(X) \
	X(a_store_says_what_it_is) \
	X(prepare_can_be_repeated) \
	X(what_was_acknowledged_survives_a_reopen) \
	X(two_handles_see_one_store)

#define CT_STORE_CHANGES(X) \
	X(the_table_of_kinds_is_the_one_the_suite_knows) \
	X(an_absent_record_has_version_0) \
	X(a_record_is_read_back_as_it_was_put) \
	X(an_empty_value_is_not_a_null) \
	X(the_personal_part_is_kept_apart) \
	X(put_if_absent_refuses_a_second) \
	X(put_if_version_refuses_a_stale_one) \
	X(put_if_present_refuses_an_absent_record) \
	X(put_without_a_condition_makes_and_replaces) \
	X(put_replaces_all_columns) \
	X(check_changes_nothing_and_refuses_what_changed) \
	X(check_can_ask_for_absence) \
	X(patch_writes_only_the_columns_of_its_mask) \
	X(patch_writes_several_columns_in_order) \
	X(patch_can_write_the_body_alone) \
	X(patch_refuses_what_is_absent_or_changed) \
	X(delete_removes_and_honours_its_condition) \
	X(a_version_is_never_used_again_for_its_key) \
	X(the_outcome_names_the_position_and_the_time) \
	X(a_skipped_change_does_not_refuse_its_group) \
	X(adjust_adds_and_makes_the_account) \
	X(adjust_keeps_to_the_bound_unless_forced) \
	X(set_writes_what_it_is_flagged_for) \
	X(a_count_of_the_shelf_may_be_below_what_was_promised) \
	X(held_and_committed_never_go_below_zero)

#define CT_STORE_GROUPS(X) \
	X(a_refused_group_leaves_no_trace) \
	X(a_refused_group_can_be_tried_again_under_its_id) \
	X(changes_of_one_group_see_those_before_them) \
	X(outcomes_stand_in_the_order_of_their_groups) \
	X(a_group_refused_for_its_sum_does_not_touch_its_batch) \
	X(a_wrong_group_fails_alone) \
	X(a_later_group_sees_what_an_earlier_one_of_its_batch_did) \
	X(one_id_twice_in_a_batch_happens_once) \
	X(a_large_batch_is_decided_whole) \
	X(the_counters_after_a_group_are_told) \
	X(small_room_for_takes_is_not_overrun) \
	X(a_group_may_be_large) \
	X(a_group_over_two_domains_is_bad_input)

#define CT_STORE_IDS(X) \
	X(a_repeat_gets_the_stored_outcome_and_changes_nothing) \
	X(a_group_at_home_in_a_record_is_repeated_by_its_own_id_only) \
	X(a_record_remembers_its_maker_after_it_was_changed) \
	X(a_group_at_home_in_a_hold_repeats_what_it_took) \
	X(a_settled_hold_still_answers_its_maker) \
	X(a_kept_refusal_ends_its_id) \
	X(a_kept_refusal_may_be_that_something_is_not_there) \
	X(resolve_tells_what_is_stored) \
	X(resolve_finds_an_id_at_home_in_a_row) \
	X(a_fenced_id_can_never_land) \
	X(a_fence_also_stops_a_group_at_home_in_a_row) \
	X(an_outcome_is_remembered_as_long_as_promised) \
	X(an_id_older_than_the_memory_is_refused) \
	X(a_conditional_group_needs_no_id)

#define CT_STORE_HOLDS(X) \
	X(a_hold_claims_and_tells_what_it_took) \
	X(a_hold_larger_than_what_is_free_is_refused_with_numbers) \
	X(the_last_unit_can_be_held) \
	X(an_account_that_is_absent_has_nothing_to_hold) \
	X(demand_of_all_lines_is_summed_first) \
	X(demand_of_two_holds_of_one_group_is_summed) \
	X(a_line_is_served_by_the_first_source_that_can) \
	X(a_line_without_split_is_not_served_in_pieces) \
	X(a_split_line_takes_from_its_sources_in_order) \
	X(two_lines_share_their_sources) \
	X(a_limit_makes_its_account_on_first_use) \
	X(a_first_use_over_the_limit_leaves_no_account) \
	X(a_limit_lives_as_long_as_it_was_given) \
	X(an_account_made_anew_owes_old_holds_nothing) \
	X(safety_stock_is_not_sold) \
	X(backorders_are_sold_to_their_limit) \
	X(an_unbounded_account_never_runs_out) \
	X(commit_turns_held_into_committed) \
	X(commit_of_a_part_returns_the_rest_at_once) \
	X(commit_of_a_part_of_a_split_line_keeps_the_first_sources) \
	X(a_committed_hold_can_be_given_back_in_part) \
	X(a_hold_never_keeps_more_than_it_has) \
	X(commit_of_more_than_was_held_is_not_done) \
	X(commit_of_an_absent_hold_is_not_found) \
	X(release_gives_everything_back) \
	X(a_hold_is_settled_once) \
	X(settling_twice_alike_never_counts_twice) \
	X(release_if_live_skips_what_is_settled) \
	X(a_commit_that_says_otherwise_can_be_skipped) \
	X(release_of_an_absent_hold_keeps_it_from_ever_coming) \
	X(a_committed_hold_can_be_undone) \
	X(a_hold_can_take_over_another_in_one_step) \
	X(a_take_over_of_a_settled_hold_only_holds) \
	X(a_second_hold_at_one_address_is_refused) \
	X(one_hold_spans_stock_and_limits) \
	X(goods_that_are_shipped_leave_both_counters)

#define CT_STORE_TIME(X) \
	X(a_lapsed_hold_cannot_be_committed_even_before_a_sweep) \
	X(a_hold_can_be_committed_until_it_lapses) \
	X(expire_returns_the_units_of_lapsed_holds) \
	X(expire_leaves_holds_that_have_time_left) \
	X(expire_stops_at_its_bound_and_goes_on) \
	X(expire_says_when_the_next_hold_is_due) \
	X(extend_moves_the_deadline) \
	X(extend_to_no_deadline_pins_a_hold) \
	X(extend_does_not_wake_what_has_ended) \
	X(a_hold_without_a_deadline_never_lapses) \
	X(a_lapsed_hold_can_be_taken_over) \
	X(release_of_a_lapsed_hold_never_counts_twice) \
	X(a_record_is_absent_after_its_lifetime) \
	X(a_put_gives_a_new_lifetime) \
	X(expire_removes_what_outlived_its_time_and_nothing_else) \
	X(the_clock_goes_on_and_never_back) \
	X(deadlines_run_while_the_wall_clock_is_set_back) \
	X(the_clock_does_not_go_back_over_a_reopen)

#define CT_STORE_READS(X) \
	X(load_answers_mixed_kinds_in_order) \
	X(a_mask_leaves_parts_out) \
	X(bytes_compare_unsigned_and_may_hold_anything) \
	X(a_key_and_its_sub_are_not_run_together) \
	X(a_range_walks_the_subs_of_one_key) \
	X(bounds_are_included_unless_said_otherwise) \
	X(cursors_join_pages_without_gap_or_double) \
	X(a_cursor_stands_while_rows_come_and_go) \
	X(a_range_by_address_walks_the_whole_kind) \
	X(an_index_orders_by_its_columns) \
	X(a_null_is_not_in_an_index) \
	X(an_index_follows_every_change) \
	X(pages_of_an_index_with_equal_values_join) \
	X(equality_on_all_columns_finds_exact_rows) \
	X(a_range_may_end_at_the_stores_now) \
	X(live_holds_are_listed_by_deadline) \
	X(several_ranges_are_walked_in_one_call) \
	X(a_range_gives_what_a_load_gives) \
	X(accounts_of_one_key_are_listed)

#define CT_STORE_JOURNAL(X) \
	X(every_account_change_is_in_its_chain) \
	X(groups_of_one_batch_chain_on_one_account) \
	X(two_changes_of_one_group_add_up_in_the_chain) \
	X(an_entry_says_who_did_what) \
	X(entries_are_walked_back_from_the_newest) \
	X(the_log_has_each_entry_once_and_in_order) \
	X(log_read_goes_on_after_a_position) \
	X(kinds_marked_touch_tell_of_each_change) \
	X(an_event_is_appended_with_its_group) \
	X(a_trimmed_log_keeps_what_is_newer) \
	X(an_event_of_a_skipped_change_is_skipped_too)

#define CT_STORE_LIMITS(X) \
	X(keys_may_be_as_long_as_the_limit) \
	X(keys_past_the_limit_are_bad_input) \
	X(bodies_may_be_as_long_as_the_limit) \
	X(columns_may_be_as_long_as_the_limit) \
	X(columns_have_the_types_and_the_number_of_their_kind) \
	X(quantities_lie_between_one_and_the_limit) \
	X(a_line_has_no_more_sources_than_the_limit) \
	X(a_hold_needs_lines_and_sources) \
	X(changes_fit_the_class_of_their_kind) \
	X(a_group_has_at_least_one_change_and_not_too_many) \
	X(an_unconditional_put_needs_an_id_that_is_kept) \
	X(only_what_makes_a_row_can_be_a_groups_home) \
	X(counters_that_would_overflow_are_refused) \
	X(pages_lie_between_one_and_the_limit) \
	X(a_cursor_that_is_none_is_bad_input) \
	X(an_index_that_is_none_is_bad_input)

#define CT_STORE_THREADS(X) \
	X(exactly_what_is_on_hand_is_sold_to_many) \
	X(moves_in_both_directions_neither_block_nor_lose) \
	X(no_conditional_update_is_lost) \
	X(one_id_from_many_threads_happens_once) \
	X(a_hold_that_many_settle_is_settled_once) \
	X(a_reader_of_the_log_misses_nothing)

#define CT_STORE_CASES(X) \
	CT_STORE_HANDLES(X) \
	CT_STORE_CHANGES(X) \
	CT_STORE_GROUPS(X) \
	CT_STORE_IDS(X) \
	CT_STORE_HOLDS(X) \
	CT_STORE_TIME(X) \
	CT_STORE_READS(X) \
	CT_STORE_JOURNAL(X) \
	CT_STORE_LIMITS(X) \
	CT_STORE_THREADS(X)
/* clang-format on */

#define CT_DECLARE(name) void name(struct world *w);
CT_STORE_CASES(CT_DECLARE)
#undef CT_DECLARE

#endif
