//! The macros that make a named test of each case, and the check that none is missing.

/// Expands every suite over one factory: an `async fn(Option<NowFn>) -> Option<Fixture>`. With a
/// time the database has to run on that, without one on its own.
#[macro_export]
macro_rules! database_suite {
    ($factory:path) => {
        $crate::token_store_suite!($factory);
        $crate::sign_in_store_suite!($factory);
        $crate::session_store_suite!($factory);
        $crate::audit_store_suite!($factory);
        $crate::meta_store_suite!($factory);
    };
}

/// One test for each sentence of the contract of `TokenStore`.
#[macro_export]
macro_rules! token_store_suite {
    ($factory:path) => {
        $crate::__suite! {
            $factory, tokens, token_suite_is_complete,
            [
                a_condemned_row_names_its_reason,
                a_consent_expecting_a_row_that_is_gone_is_lost,
                a_consent_expecting_another_row_is_lost,
                a_consent_makes_a_row_with_first_counters,
                a_consent_makes_any_row_active,
                a_consent_over_a_row_counts_up_and_clears_the_rest,
                a_consent_with_nothing_expected_loses_to_a_row,
                a_delete_needs_the_incarnation,
                a_disconnect_blocks_no_other_account,
                a_disconnect_goes_in_two_steps,
                a_disconnect_needs_incarnation_and_epoch,
                a_disconnect_of_this_row_reaches_no_other,
                a_failure_needs_an_active_row_as_it_was_read,
                a_late_loser_is_ignored,
                a_late_winner_is_saved_without_its_lease,
                a_lease_given_back_leaves_no_trace,
                a_lease_from_before_the_clock_was_set_back_is_dead,
                a_lease_gives_the_fencing_number_and_the_secrets,
                a_lease_keeps_others_out_until_it_ends,
                a_lease_needs_an_active_row,
                a_lease_needs_the_row_as_it_was_read,
                a_lease_waits_for_the_back_off,
                a_list_comes_in_the_order_of_ids_in_pages,
                a_list_shows_its_scope_only,
                a_list_shows_one_state,
                a_read_gives_the_databases_time,
                a_refresh_is_saved_over_active_and_condemned_rows_only,
                a_refresh_is_saved_whole,
                a_refresh_keeps_what_google_did_not_send,
                a_refresh_names_an_account_that_is_not_known,
                a_refresh_of_another_row_is_lost,
                a_rename_moves_the_row_and_counts_up,
                a_rename_needs_a_free_name_of_the_same_person,
                a_rename_needs_the_row_as_read_and_no_lease,
                a_reseal_changes_the_envelope_only,
                a_reseal_needs_the_row_as_read_and_no_lease,
                a_touch_changes_the_last_use_only,
                a_transient_failure_counts_and_backs_off,
                an_account_is_counted_over_all_tenants,
                an_invalidated_token_counts_as_expired,
                any_row_but_a_revoked_one_is_disconnected,
                crossing_disconnects_of_an_account_leave_nothing_active,
                due_rows_come_in_pages,
                due_rows_come_soonest_first,
                each_key_has_a_row_of_its_own,
                every_field_round_trips,
                everywhere_reaches_the_whole_account,
                everywhere_without_an_account_is_this_row,
                invalidating_needs_version_age_and_an_active_row,
                no_consent_is_written_while_its_account_disconnects,
                no_operation_reaches_another_keys_row,
                nothing_meant_for_a_deleted_row_lands_on_its_successor,
                nothing_meant_for_the_old_name_lands_anywhere,
                nothing_read_before_a_disconnect_is_written_after_it,
                of_many_consents_over_a_row_one_wins,
                of_many_disconnects_one_wins,
                of_many_first_consents_one_wins,
                of_many_refreshes_of_a_version_one_is_saved,
                of_many_renames_to_a_name_one_wins,
                of_many_takers_one_gets_the_lease,
                operations_on_no_row_win_nothing,
                rows_that_cannot_be_refreshed_now_are_not_due,
                the_time_of_creation_never_changes,
                times_stop_at_the_ends_of_time,
            ],
            [the_databases_own_clock_counts]
        }
    };
}

/// One test for each sentence of the contract of `SignInStore`.
#[macro_export]
macro_rules! sign_in_store_suite {
    ($factory:path) => {
        $crate::__suite! {
            $factory, sign_ins, sign_in_suite_is_complete,
            [
                a_sign_in_is_bound_to_one_browser,
                a_sign_in_is_used_by_its_browser_only,
                a_sign_in_round_trips,
                a_sweep_removes_what_ended_long_ago,
                an_ended_sign_in_is_neither_bound_nor_used,
                a_persons_sign_ins_are_removed_together,
                an_id_hash_is_stored_once,
                of_fifty_callbacks_one_uses_the_sign_in,
                of_many_browsers_one_is_bound,
                open_sign_ins_are_bounded,
            ],
            [sign_ins_run_on_the_databases_own_clock]
        }
    };
}

/// One test for each sentence of the contract of `SessionStore`.
#[macro_export]
macro_rules! session_store_suite {
    ($factory:path) => {
        $crate::__suite! {
            $factory, sessions, session_suite_is_complete,
            [
                a_claim_fences_its_predecessor,
                a_held_session_is_its_holders,
                a_hold_from_before_the_clock_was_set_back_is_dead,
                a_hold_is_renewed_and_given_back,
                a_persons_sessions_are_removed_together,
                a_persons_sessions_come_newest_first,
                a_session_is_inserted_once,
                a_session_is_written_as_it_was_read,
                a_session_round_trips,
                a_sweep_removes_old_runs_only,
                each_persons_sessions_are_their_own,
                nothing_meant_for_a_removed_session_lands_on_its_successor,
                of_many_claims_one_wins,
                of_many_writes_one_wins,
                sessions_under_other_keys_are_sealed_anew,
            ],
            [sessions_run_on_the_databases_own_clock]
        }
    };
}

/// One test for each sentence of the contract of `AuditStore`.
#[macro_export]
macro_rules! audit_store_suite {
    ($factory:path) => {
        $crate::__suite! {
            $factory, audit, audit_suite_is_complete,
            [
                a_person_sees_their_own_events_only,
                events_added_at_once_are_all_kept,
                events_come_back_in_their_order,
                events_come_in_pages,
            ],
            [events_bear_the_databases_own_time]
        }
    };
}

/// One test for each sentence of the contract of `MetaStore`.
#[macro_export]
macro_rules! meta_store_suite {
    ($factory:path) => {
        $crate::__suite! {
            $factory, meta, meta_suite_is_complete,
            [a_fact_is_set_once, of_many_values_at_once_one_stands],
            []
        }
    };
}

/// One test for each thing that a damaged grant must not do. The fixtures have to say how rows are
/// damaged, by `Fixture::with_sql`.
#[macro_export]
macro_rules! damaged_rows_suite {
    ($factory:path) => {
        $crate::__suite! {
            $factory, damaged, damaged_suite_is_complete,
            [
                a_row_that_cannot_be_read_hides_no_other_in_a_list,
                a_row_that_cannot_be_read_hides_no_other_that_is_due,
                a_row_that_cannot_be_read_is_missed_where_its_person_is_asked_for,
            ],
            []
        }
    };
}

/// Tests of one trait: those on a clock of the test's, and those on the database's own.
#[doc(hidden)]
#[macro_export]
macro_rules! __suite {
    (
        $factory:path, $module:ident, $complete:ident,
        [$($case:ident),* $(,)?], [$($real:ident),* $(,)?]
    ) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let clock = $crate::FakeClock::new();
                if let Some(fixture) = $factory(Some(clock.now_fn())).await {
                    $crate::cases::$module::$case(&fixture.with_clock(clock)).await;
                }
            }
        )*
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $real() {
                if let Some(fixture) = $factory(None).await {
                    $crate::cases::$module::$real(&fixture).await;
                }
            }
        )*

        #[test]
        fn $complete() {
            let emitted = [$(stringify!($case),)* $(stringify!($real),)*];
            $crate::assert_complete(stringify!($module), &emitted);
        }
    };
}

/// The sources of the cases: a case that is written but not listed is found here.
const SOURCES: [(&str, &str); 16] = [
    ("audit", include_str!("cases/audit.rs")),
    ("damaged", include_str!("cases/damaged.rs")),
    ("meta", include_str!("cases/meta.rs")),
    ("sessions", include_str!("cases/sessions/hold.rs")),
    ("sessions", include_str!("cases/sessions/many.rs")),
    ("sessions", include_str!("cases/sessions/write.rs")),
    ("sign_ins", include_str!("cases/sign_ins.rs")),
    ("tokens", include_str!("cases/tokens/consent.rs")),
    ("tokens", include_str!("cases/tokens/disconnect.rs")),
    ("tokens", include_str!("cases/tokens/isolation.rs")),
    ("tokens", include_str!("cases/tokens/lease.rs")),
    ("tokens", include_str!("cases/tokens/list.rs")),
    ("tokens", include_str!("cases/tokens/refresh.rs")),
    ("tokens", include_str!("cases/tokens/rename.rs")),
    ("tokens", include_str!("cases/tokens/time.rs")),
    ("tokens", include_str!("cases/tokens/upkeep.rs")),
];

/// Fails unless the emitted tests are the cases of a module, each once.
#[doc(hidden)]
pub fn assert_complete(module: &str, emitted: &[&str]) {
    let mut cases: Vec<&str> = SOURCES
        .iter()
        .filter(|(of, _)| *of == module)
        .flat_map(|(_, source)| source.lines())
        .filter_map(|line| line.strip_prefix("pub async fn ")?.split('(').next())
        .collect();
    let mut emitted = emitted.to_vec();
    cases.sort_unstable();
    emitted.sort_unstable();
    assert_eq!(emitted, cases);
}
