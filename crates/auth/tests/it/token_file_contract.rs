//! The storage contract on token files: each key of a case has a file of its own, in which its row
//! is the anonymous user's, and what is sealed stands as the access token.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_auth::store::{
    AccountCount, Consent, Database, DisconnectReach, Fetched, Incarnation, Leased, ListScope,
    Marker, NowFn, RefreshFailure, RefreshedGrant, Sealed, StoreError, StoreErrorKind, TokenRow,
    TokenStore, UpsertOutcome,
};
use toolgate_auth::{Principal, RowId, Service, Timestamp, TokenFile, TokenKey};
use toolgate_testkit::{FakeClock, Fixture};

/// One file for each key.
#[derive(Clone)]
struct Files {
    folder: Arc<TempDir>,
    now: Option<NowFn>,
    keys: Arc<Mutex<Vec<TokenKey>>>,
}

impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Files")
    }
}

impl Files {
    fn of(&self, key: &TokenKey) -> TokenFile {
        let path = self.folder.path().join(key.id().as_str());
        let file = TokenFile::new(path);
        match &self.now {
            Some(now) => file.with_now(Arc::clone(now)),
            None => file,
        }
    }
}

/// What a file has in the place of a key.
fn ours(key: &TokenKey) -> TokenKey {
    TokenKey::new(Principal::anonymous(), key.service().clone())
}

/// The tokens of a file in the place of what is sealed.
fn clear(sealed: &Sealed) -> Sealed {
    let text = json!([sealed.data, sealed.key_id]).to_string();
    Sealed {
        data: json!({"access": BASE64.encode(&text), "refresh": BASE64.encode(&text)}),
        key_id: "plaintext".to_owned(),
    }
}

fn sealed(clear: &Sealed) -> Sealed {
    let text = BASE64.decode(clear.data["access"].as_str().unwrap());
    assert_eq!(clear.data["access"], clear.data["refresh"]);
    let (data, key_id) = serde_json::from_slice::<(Value, String)>(&text.unwrap()).unwrap();
    Sealed { data, key_id }
}

fn theirs(key: &TokenKey, row: TokenRow) -> TokenRow {
    TokenRow {
        key: key.clone(),
        sealed: row.sealed.as_ref().map(sealed),
        ..row
    }
}

/// Of several rows a file knows nothing.
fn one_row<T>() -> Result<T, StoreError> {
    let message = "there is one row in a file";
    Err(StoreError::new(StoreErrorKind::Rejected, message))
}

#[async_trait]
impl TokenStore for Files {
    async fn get(&self, key: &TokenKey) -> Result<Fetched, StoreError> {
        let Fetched { row, now } = self.of(key).get(&ours(key)).await?;
        let row = row.map(|row| theirs(key, row));
        Ok(Fetched { row, now })
    }

    async fn upsert(
        &self,
        key: &TokenKey,
        consent: &Consent,
        expected: Option<&Marker>,
    ) -> Result<UpsertOutcome, StoreError> {
        let consent = Consent {
            sealed: clear(&consent.sealed),
            ..consent.clone()
        };
        self.keys.lock().unwrap().push(key.clone());
        let file = self.of(key);
        file.upsert(&ours(key), &consent, expected).await
    }

    async fn delete(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        self.of(key).delete(&ours(key), incarnation).await
    }

    async fn list(
        &self,
        _scope: &ListScope,
        _after: Option<&RowId>,
        _limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        one_row()
    }

    async fn try_lease(
        &self,
        key: &TokenKey,
        at: &Marker,
        owner: &str,
        ttl: Duration,
    ) -> Result<Option<Leased>, StoreError> {
        let leased = self.of(key).try_lease(&ours(key), at, owner, ttl).await?;
        Ok(leased.map(|leased| Leased {
            sealed: leased.sealed.as_ref().map(sealed),
            ..leased
        }))
    }

    async fn commit_refresh(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        refreshed: &RefreshedGrant,
    ) -> Result<Option<Marker>, StoreError> {
        let refreshed = RefreshedGrant {
            sealed: clear(&refreshed.sealed),
            ..refreshed.clone()
        };
        let file = self.of(key);
        file.commit_refresh(&ours(key), at, lease_seq, &refreshed)
            .await
    }

    async fn commit_failure(
        &self,
        key: &TokenKey,
        at: &Marker,
        lease_seq: i64,
        failure: &RefreshFailure,
    ) -> Result<bool, StoreError> {
        let file = self.of(key);
        file.commit_failure(&ours(key), at, lease_seq, failure)
            .await
    }

    async fn begin_disconnect(
        &self,
        key: &TokenKey,
        at: &Marker,
        reach: DisconnectReach,
    ) -> Result<Option<TokenRow>, StoreError> {
        let begun = self.of(key).begin_disconnect(&ours(key), at, reach).await?;
        Ok(begun.map(|row| theirs(key, row)))
    }

    async fn finish_disconnect(&self, key: &TokenKey, at: &Marker) -> Result<bool, StoreError> {
        self.of(key).finish_disconnect(&ours(key), at).await
    }

    async fn invalidate(
        &self,
        key: &TokenKey,
        at: &Marker,
        min_age: Duration,
    ) -> Result<bool, StoreError> {
        self.of(key).invalidate(&ours(key), at, min_age).await
    }

    async fn touch(&self, key: &TokenKey, incarnation: &Incarnation) -> Result<bool, StoreError> {
        self.of(key).touch(&ours(key), incarnation).await
    }

    async fn reseal(
        &self,
        key: &TokenKey,
        at: &Marker,
        sealed: &Sealed,
        rt_prefix_mac: Option<&str>,
    ) -> Result<bool, StoreError> {
        let sealed = clear(sealed);
        let of = self.of(key);
        of.reseal(&ours(key), at, &sealed, rt_prefix_mac).await
    }

    async fn rename(
        &self,
        _key: &TokenKey,
        _at: &Marker,
        _new: &TokenKey,
        _sealed: &Sealed,
    ) -> Result<Option<Marker>, StoreError> {
        one_row()
    }

    async fn due_for_refresh(
        &self,
        within: Duration,
        after: Option<&(Timestamp, RowId)>,
        limit: u32,
    ) -> Result<Vec<TokenRow>, StoreError> {
        let keys = self.keys.lock().unwrap().clone();
        let mut due = Vec::new();
        for key in keys {
            let rows = self.of(&key).due_for_refresh(within, after, limit).await?;
            due.extend(rows.into_iter().map(|row| theirs(&key, row)));
        }
        Ok(due)
    }

    async fn count_account(
        &self,
        _project: Option<&str>,
        _account_id: &str,
    ) -> Result<AccountCount, StoreError> {
        one_row()
    }
}

impl Database for Files {
    fn describe(&self) -> String {
        "token files".to_owned()
    }

    fn token_store(&self) -> Option<Arc<dyn TokenStore>> {
        Some(Arc::new(self.clone()))
    }
}

fn fresh(now: Option<NowFn>) -> Fixture {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let keys = Arc::default();
    Fixture::new(Files { folder, now, keys })
}

/// The cases that apply, those on the file's own clock, and those that do not apply, each with why.
macro_rules! contract {
    (
        [$($case:ident),* $(,)?], [$($real:ident),* $(,)?],
        [$($not:ident: $why:literal),* $(,)?]
    ) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                let clock = FakeClock::new();
                let fixture = fresh(Some(clock.now_fn())).with_clock(clock);
                toolgate_testkit::cases::tokens::$case(&fixture).await;
            }
        )*
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $real() {
                toolgate_testkit::cases::tokens::$real(&fresh(None)).await;
            }
        )*

        #[test]
        fn every_case_applies_or_has_a_reason_why_not() {
            let mut named = vec![$(stringify!($case),)* $(stringify!($real),)*];
            for (case, why) in [$((stringify!($not), $why),)*] {
                assert!(why.len() > 20, "{case}");
                named.push(case);
            }
            toolgate_testkit::assert_complete("tokens", &named);
        }
    };
}

contract!(
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
        a_lease_from_before_the_clock_was_set_back_is_dead,
        a_lease_given_back_leaves_no_trace,
        a_lease_gives_the_fencing_number_and_the_secrets,
        a_lease_keeps_others_out_until_it_ends,
        a_lease_needs_an_active_row,
        a_lease_needs_the_row_as_it_was_read,
        a_lease_waits_for_the_back_off,
        a_read_gives_the_databases_time,
        a_refresh_is_saved_over_active_and_condemned_rows_only,
        a_refresh_is_saved_whole,
        a_refresh_keeps_what_google_did_not_send, a_refresh_names_an_account_that_is_not_known,
        a_refresh_of_another_row_is_lost,
        a_reseal_changes_the_envelope_only,
        a_reseal_needs_the_row_as_read_and_no_lease,
        a_touch_changes_the_last_use_only,
        a_transient_failure_counts_and_backs_off,
        an_invalidated_token_counts_as_expired,
        any_row_but_a_revoked_one_is_disconnected,
        each_key_has_a_row_of_its_own,
        everywhere_without_an_account_is_this_row,
        invalidating_needs_version_age_and_an_active_row,
        nothing_meant_for_a_deleted_row_lands_on_its_successor,
        nothing_read_before_a_disconnect_is_written_after_it,
        of_many_consents_over_a_row_one_wins,
        of_many_first_consents_one_wins,
        of_many_refreshes_of_a_version_one_is_saved,
        of_many_takers_one_gets_the_lease,
        operations_on_no_row_win_nothing,
        the_time_of_creation_never_changes,
        times_stop_at_the_ends_of_time,
    ],
    [the_databases_own_clock_counts],
    [
        a_list_comes_in_the_order_of_ids_in_pages: "of one row there is no order",
        a_list_shows_its_scope_only: "its rows are of several people in one table",
        a_list_shows_one_state: "its rows are of several people in one table",
        an_account_is_counted_over_all_tenants: "a file is of no tenant",
        crossing_disconnects_of_an_account_leave_nothing_active: "its rows are in one table",
        a_rename_moves_the_row_and_counts_up: "a file keeps one account, which has no label",
        a_rename_needs_a_free_name_of_the_same_person: "a file keeps one account, which has no label",
        a_rename_needs_the_row_as_read_and_no_lease: "a file keeps one account, which has no label",
        due_rows_come_in_pages: "one row is one page, and no other follows",
        due_rows_come_soonest_first: "of one row there is no order",
        every_field_round_trips: "its secrets have no form of tokens, and are longer than any",
        everywhere_reaches_the_whole_account: "its rows are of several people in one table",
        no_consent_is_written_while_its_account_disconnects: "its rows are in one table",
        no_operation_reaches_another_keys_row: "it lists the rows of all keys in one table",
        nothing_meant_for_the_old_name_lands_anywhere: "a file keeps one account, which has no label",
        of_many_disconnects_one_wins: "its account has two rows in one table",
        of_many_renames_to_a_name_one_wins: "a file keeps one account, which has no label",
        rows_that_cannot_be_refreshed_now_are_not_due: "its rows are of several people",
    ]
);

/// In place of the cases on several rows: the one row, by whatever is asked of all.
#[tokio::test]
async fn the_one_row_is_listed_counted_and_due() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::new(folder.path().join("token.json"));
    let key = TokenKey::new(Principal::anonymous(), Service::parse("gmail").unwrap());
    assert_eq!(file.list(&ListScope::All, None, 10).await.unwrap(), []);
    let consent = toolgate_testkit::sample::consent(1);
    let consent = Consent {
        sealed: clear(&consent.sealed),
        ..consent
    };
    file.upsert(&key, &consent, None).await.unwrap();
    let anonymous = ListScope::Principal(Principal::anonymous());
    for scope in [ListScope::All, anonymous, ListScope::Tenant(None)] {
        let rows = file.list(&scope, None, 10).await.unwrap();
        assert_eq!(rows.len(), 1, "{scope:?}");
        assert_eq!(rows[0].key, key);
    }
    let alice = ListScope::Principal(Principal::for_user("alice").unwrap());
    assert_eq!(file.list(&alice, None, 10).await.unwrap(), []);
    let count = file.count_account(Some("project-1"), "sub-1").await;
    assert_eq!(count.unwrap().live, 1);
    let due = async |within| file.due_for_refresh(within, None, 10).await.unwrap().len();
    assert_eq!(due(Duration::from_mins(1)).await, 0);
    assert_eq!(due(Duration::from_hours(2)).await, 1);
}

/// Nobody's row but the anonymous user's, and nothing that was sealed.
#[tokio::test]
async fn what_does_not_belong_into_a_file_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = TokenFile::new(folder.path().join("token.json"));
    let consent = toolgate_testkit::sample::consent(1);
    let anonymous = TokenKey::new(Principal::anonymous(), Service::google());
    for key in [anonymous.clone(), toolgate_testkit::sample::alice()] {
        let error = file.upsert(&key, &consent, None).await.unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Rejected, "{error}");
    }
    assert!(file.get(&anonymous).await.unwrap().row.is_none());
    assert!(!file.path().exists());
}
