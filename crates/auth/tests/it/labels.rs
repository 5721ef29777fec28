//! Accounts that are called something else, and another default one: the grants stay as they are, and
//! each name is served the account that has it.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use serde_json::json;
use toolgate_auth::store::{AuditRecord, Database as _, RowStatus};
use toolgate_auth::{BoundGoogleAuth, Error, Requirement, Service, Token, TokenKey};
use toolgate_emulator::{FaultAction, FaultPoint, FaultRule};

use crate::accounts::{ACCOUNTS, Desk, HERE, label};
use crate::support::READ;

const ALICE: &str = ACCOUNTS[0].1;
const BOB: &str = ACCOUNTS[1].1;

async fn relabel(desk: &Desk, from: Option<&str>, to: Option<&str>) -> Result<(), Error> {
    let (from, to) = (label(from), label(to));
    let alice = desk.world.alice();
    desk.bound.relabel(&alice, from.as_ref(), to.as_ref()).await
}

async fn make_default(desk: &Desk, work: &str, old: Option<&str>) -> Result<(), Error> {
    let (work, old) = (label(Some(work)).unwrap(), label(old));
    let alice = desk.world.alice();
    desk.bound.make_default(&alice, &work, old.as_ref()).await
}

async fn token_of(desk: &Desk, bound: &BoundGoogleAuth, name: Option<&str>) -> Token {
    let access = bound.access(&desk.world.alice(), "gmail");
    let access = access.with_account(label(name));
    let token = access.token(&Requirement::for_methods(&[READ])).await;
    token.unwrap()
}

async fn listed(desk: &Desk) -> Vec<String> {
    let own = desk.bound.connections(&desk.world.alice()).await.unwrap();
    let known = desk.bound.known_connections(&desk.world.alice()).await;
    assert_eq!(*known.unwrap(), *own);
    own.iter().map(ToString::to_string).collect()
}

/// What this process says without looking, where it has looked before.
async fn known(desk: &Desk) -> Vec<String> {
    let known = desk.bound.known_connections(&desk.world.alice()).await;
    known.unwrap().iter().map(ToString::to_string).collect()
}

fn asked(desk: &Desk) -> usize {
    desk.world.token_requests("authorization_code")
}

#[tokio::test]
async fn an_account_that_is_called_something_else_keeps_its_grant() {
    let desk = Desk::new().await;
    let consents = asked(&desk);
    listed(&desk).await;
    relabel(&desk, Some("work"), Some("office")).await.unwrap();
    let both = ["default (alice@example.com)", "office (bob@example.com)"];
    assert_eq!(known(&desk).await, both, "this process knows at once");
    let token = token_of(&desk, &desk.bound, Some("office")).await;
    assert_eq!(desk.owner(&token).await, BOB);
    // It is refreshed under the new name, and by whoever reads it.
    desk.world.pass(Duration::from_hours(2));
    for bound in [&desk.bound, &desk.other_process().await] {
        let token = token_of(&desk, bound, Some("office")).await;
        assert_eq!(desk.owner(&token).await, BOB);
    }
    assert_eq!(asked(&desk), consents, "nobody is asked again");
    assert_eq!(desk.world.emulator.live_refresh_tokens(BOB), 1);
    let store = desk.world.database.audit_store().unwrap();
    let events = store.events(None, None, 1000).await.unwrap();
    let mut told = events.iter().filter(|it| it.event.event == "relabelled");
    let AuditRecord { event, .. } = told.next().unwrap();
    assert_eq!(event.actor, "application");
    assert_eq!(
        (&event.detail["from"], &event.detail["to"]),
        (&json!("work"), &json!("office"))
    );
    assert!(told.next().is_none());
}

#[tokio::test]
async fn the_old_name_is_nobodys_at_once() {
    let desk = Desk::new().await;
    let google = desk.world.several_by_links();
    let bound = desk.world.bind_definition(&google, &[READ]).await;
    token_of(&desk, &bound, Some("work")).await;
    let (alice, work) = (desk.world.alice(), label(Some("work")));
    let office = label(Some("office"));
    let renamed = bound.relabel(&alice, work.as_ref(), office.as_ref()).await;
    renamed.unwrap();
    let access = bound.access(&alice, "gmail").with_account(work);
    let error = access.token(&Requirement::for_methods(&[READ])).await;
    assert!(error.unwrap_err().is_reauthorization_required());
}

#[tokio::test]
async fn another_account_becomes_the_default_one_and_the_old_one_gets_a_name() {
    let desk = Desk::new().await;
    let consents = asked(&desk);
    let other = desk.other_process().await;
    for bound in [&desk.bound, &other] {
        for (name, email) in ACCOUNTS {
            let token = token_of(&desk, bound, name).await;
            assert_eq!(desk.owner(&token).await, email);
        }
    }
    make_default(&desk, "work", Some("home")).await.unwrap();
    // In the other process as soon as it has looked which accounts there are.
    other.connections(&desk.world.alice()).await.unwrap();
    for bound in [&desk.bound, &other] {
        for (name, email) in [(None, BOB), (Some("home"), ALICE)] {
            let token = token_of(&desk, bound, name).await;
            assert_eq!(desk.owner(&token).await, email);
        }
    }
    let both = ["default (bob@example.com)", "home (alice@example.com)"];
    assert_eq!(listed(&desk).await, both);
    assert_eq!(asked(&desk), consents, "nobody is asked again");
    // Where there is no default account, none needs a name.
    relabel(&desk, None, Some("office")).await.unwrap();
    make_default(&desk, "home", None).await.unwrap();
    let both = ["default (alice@example.com)", "office (bob@example.com)"];
    assert_eq!(listed(&desk).await, both);
}

#[tokio::test]
async fn a_name_that_is_not_to_be_had_changes_nothing() {
    let desk = Desk::new().await;
    let rows = [desk.row(0).await, desk.row(1).await];
    for (from, to) in [(None, Some("work")), (Some("work"), None)] {
        let error = relabel(&desk, from, to).await.unwrap_err();
        assert!(error.is_conflict(), "{error}");
        assert!(error.to_string().contains("has that name"), "{error}");
    }
    for to in ["default", "Default", "wanda@work.example"] {
        let error = relabel(&desk, Some("work"), Some(to)).await.unwrap_err();
        assert!(error.is_configuration(), "{error}");
    }
    for from in [Some("Work"), Some("nobody"), Some(BOB)] {
        let error = relabel(&desk, from, Some("office")).await.unwrap_err();
        assert!(error.to_string().contains("no account of that name"));
    }
    for (work, old, says) in [
        ("work", None, "give the name that it is to have"),
        ("work", Some("work"), "has that name"),
        ("nobody", Some("home"), "no account of that name"),
        ("work", Some("a@b.example"), "e-mail address"),
    ] {
        let error = make_default(&desk, work, old).await.unwrap_err();
        assert!(error.to_string().contains(says), "{work} {old:?}: {error}");
    }
    // To be called what it is called already is no change.
    relabel(&desk, Some("work"), Some("work")).await.unwrap();
    assert_eq!([desk.row(0).await, desk.row(1).await], rows);
    // The option is needed, whatever the name.
    let without = desk.world.bind(&[READ]).await;
    let (alice, work) = (desk.world.alice(), label(Some("work")));
    let error = without.relabel(&alice, work.as_ref(), None).await;
    let error = error.unwrap_err().to_string();
    assert!(error.contains("with_several_accounts()"), "{error}");
}

#[tokio::test]
async fn a_refresh_that_is_under_way_is_saved_before_its_account_gets_another_name() {
    let desk = Desk::new().await;
    desk.world.pass(Duration::from_hours(2));
    let hold = FaultRule::new(FaultAction::Hold {
        at: FaultPoint::After,
    });
    let faults = desk.world.emulator.faults();
    faults.add(hold.on_path("/token").times(1));
    let before = desk.row(1).await.marker();
    let naming = async {
        faults.wait_for_held(1).await;
        // The first try has found the lease by the time that the other is polled.
        let named = async { relabel(&desk, Some("work"), Some("office")).await.unwrap() };
        let released = async {
            assert_eq!(desk.row(1).await.marker(), before);
            faults.release();
        };
        tokio::join!(named, released)
    };
    let late = token_of(&desk, &desk.bound, Some("work"));
    let (token, _) = tokio::join!(late, naming);
    assert_eq!(desk.owner(&token).await, BOB);
    let now = token_of(&desk, &desk.bound, Some("office")).await;
    assert_eq!(now.access().expose(), token.access().expose());
    assert_eq!(desk.world.token_requests("refresh_token"), 1);
}

#[tokio::test]
async fn the_name_of_a_disconnected_account_is_free_after_a_minute() {
    let desk = Desk::new().await;
    let (alice, work) = (desk.world.alice(), label(Some("work")));
    let ended = desk.bound.disconnect(&alice, work.as_ref(), HERE).await;
    ended.unwrap();
    let key = TokenKey::new(alice, Service::google()).with_account_label(work);
    let store = desk.world.database.token_store().unwrap();
    let row = store.get(&key).await.unwrap().row.unwrap();
    assert_eq!(row.status, RowStatus::Revoked);
    desk.world.pass(Duration::from_secs(61));
    relabel(&desk, None, Some("work")).await.unwrap();
    assert_eq!(listed(&desk).await, ["work (alice@example.com)"]);
    let token = token_of(&desk, &desk.bound, Some("work")).await;
    assert_eq!(desk.owner(&token).await, ALICE);
    let row = store.get(&key).await.unwrap().row.unwrap();
    assert_eq!((row.status, row.grant_epoch), (RowStatus::Active, 2));
}
