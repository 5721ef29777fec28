//! What satisfies what, and what is asked for.

use proptest::prelude::*;

use super::known::SCOPES;
use super::table::METHODS;
use super::*;

const P: &str = "https://www.googleapis.com/auth/";

fn urls(short: &[&str]) -> ScopeSet {
    short
        .iter()
        .map(|s| match *s {
            "mail" => "https://mail.google.com/".to_owned(),
            "openid" => "openid".to_owned(),
            s => format!("{P}{s}"),
        })
        .collect()
}

#[test]
fn a_wider_grant_satisfies_what_accepts_it() {
    let check = |granted: &[&str], method: &'static str, expected: bool| {
        let satisfied = Requirement::for_methods(&[method]).is_satisfied_by(&urls(granted));
        assert_eq!(satisfied, expected, "{granted:?} for {method}");
    };
    check(&["calendar"], "calendar.events.list", true);
    check(&["calendar.readonly"], "calendar.events.list", true);
    check(&["calendar.readonly"], "calendar.events.insert", false);
    check(&["calendar.events.freebusy"], "calendar.events.list", false);
    check(
        &["calendar.events.freebusy"],
        "calendar.freebusy.query",
        true,
    );
    check(&["gmail.modify"], "gmail.users.messages.list", true);
    check(&["gmail.compose"], "gmail.users.messages.list", false);
    check(&["gmail.metadata"], "gmail.users.messages.list", false);
    check(
        &["gmail.addons.current.message.action"],
        "gmail.users.messages.get",
        false,
    );
    check(&["mail"], "gmail.users.messages.delete", true);
    check(&["drive.appdata"], "drive.files.list", false);
    check(&["drive.file"], "drive.files.list", false);
    check(&["drive.file"], "drive.files.create", true);
    check(&["calendar.app.created"], "calendar.events.list", false);
    check(&["drive.metadata.readonly"], "drive.files.get", true);
    check(
        &["drive.metadata.readonly"],
        "drive.files.get?alt=media",
        false,
    );
    check(&["drive.metadata"], "drive.files.update?uploadType", false);
    check(&["spreadsheets"], "slides.presentations.batchUpdate", false);
    check(&["userinfo.email"], "oauth2.userinfo.get", true);
    check(&[], "oauth2.tokeninfo", true);
    check(&[], "gmail.users.messages.list", false);
}

#[test]
fn an_unknown_method_is_never_satisfied() {
    let everything: ScopeSet = SCOPES.iter().map(|s| s.url).collect();
    let wanted = Requirement::for_methods(&["gmail.users.messages.lst"]);
    assert!(!wanted.is_satisfied_by(&everything));
    assert_eq!(wanted.missing(&everything), ["gmail.users.messages.lst"]);
    assert!(wanted.least_scopes().is_empty());
}

#[test]
fn the_least_set_is_asked_for() {
    let check = |methods: &[&'static str], expected: &[&str]| {
        let least = Requirement::for_methods(methods).least_scopes();
        assert_eq!(least, urls(expected), "{methods:?}");
    };
    let (list, get) = ("gmail.users.messages.list", "gmail.users.messages.get");
    let draft = "gmail.users.drafts.create";
    check(&[], &[]);
    check(&[list, get], &["gmail.readonly"]);
    check(&[list, get, draft], &["gmail.readonly", "gmail.compose"]);
    check(
        &[list, get, "gmail.users.messages.send"],
        &["gmail.readonly", "gmail.send"],
    );
    check(
        &[list, draft, "gmail.users.messages.send"],
        &["gmail.readonly", "gmail.compose"],
    );
    check(
        &[list, draft, "gmail.users.messages.modify"],
        &["gmail.modify"],
    );
    check(&[list, draft, "gmail.users.messages.delete"], &["mail"]);
    check(&["gmail.users.labels.list"], &["gmail.labels"]);
    check(&["gmail.users.labels.list", list], &["gmail.readonly"]);
    check(
        &["calendar.events.list", "calendar.calendarList.list"],
        &["calendar.events.readonly", "calendar.calendarlist.readonly"],
    );
    check(
        &["calendar.events.list", "calendar.events.insert"],
        &["calendar.events"],
    );
    check(&["drive.files.list"], &["drive.metadata.readonly"]);
    check(
        &["drive.files.list", "drive.files.get?alt=media"],
        &["drive.readonly"],
    );
    check(&["drive.files.create"], &["drive.file"]);
    check(&["drive.files.update?uploadType"], &["drive"]);
    check(
        &["sheets.spreadsheets.values.get"],
        &["spreadsheets.readonly"],
    );
    check(
        &["sheets.spreadsheets.values.get", "slides.presentations.get"],
        &["spreadsheets.readonly", "presentations.readonly"],
    );
    check(&["slides.presentations.batchUpdate"], &["presentations"]);
    check(&["oauth2.userinfo.get"], &["openid"]);
    check(
        &[list, "calendar.events.list"],
        &["gmail.readonly", "calendar.events.readonly"],
    );
}

#[test]
fn what_was_granted_is_not_asked_for_again() {
    let wanted =
        Requirement::for_methods(&["gmail.users.messages.list", "gmail.users.drafts.create"]);
    assert_eq!(
        wanted.least_additional(&urls(&["gmail.readonly"])),
        urls(&["gmail.compose"])
    );
    assert_eq!(
        wanted.missing(&urls(&["gmail.readonly"])),
        ["gmail.users.drafts.create"]
    );
    assert!(wanted.least_additional(&urls(&["gmail.modify"])).is_empty());
}

#[test]
fn short_and_long_names_are_one_scope() {
    let set = ScopeSet::parse("openid  email profile\n");
    assert_eq!(set, urls(&["openid", "userinfo.email", "userinfo.profile"]));
    assert!(set.contains("email") && set.contains(&format!("{P}userinfo.email")));
    assert_eq!(
        set.to_string(),
        format!("{P}userinfo.email {P}userinfo.profile openid")
    );
    assert_eq!(ScopeSet::parse(&set.to_string()), set);
    assert!(urls(&["userinfo.email"]).is_subset(&set));
    assert!(!set.is_subset(&urls(&["userinfo.email"])));
}

#[test]
fn every_scope_of_the_table_is_ranked_and_described() {
    assert!(SCOPES.is_sorted_by_key(|known| known.url));
    assert!(SCOPES.len() < 128, "the search has a bit for each");
    for scope in METHODS.iter().flat_map(|(_, scopes)| *scopes) {
        let known = SCOPES.iter().find(|known| known.url == *scope);
        assert!(known.is_some_and(|known| known.rank > 0), "{scope}");
        assert_ne!(describe_scope(scope), *scope);
    }
    assert_eq!(
        describe_scope("https://example.com/x"),
        "https://example.com/x"
    );
    assert_eq!(describe_scope("email"), "See your e-mail address");
}

#[test]
fn what_opens_more_ranks_higher() {
    let opens = |url: &str| -> BTreeSet<&str> {
        let rows = METHODS.iter().filter(|(_, scopes)| scopes.contains(&url));
        rows.map(|(id, _)| *id).collect()
    };
    for wide in SCOPES {
        for narrow in SCOPES {
            let (more, less) = (opens(wide.url), opens(narrow.url));
            if !less.is_empty() && less.is_subset(&more) && less != more {
                assert!(wide.rank > narrow.rank, "{} over {}", wide.url, narrow.url);
            }
        }
    }
}

fn some_methods() -> impl Strategy<Value = Vec<&'static str>> {
    let ids: Vec<&'static str> = METHODS.iter().map(|(id, _)| *id).collect();
    proptest::sample::subsequence(ids, 0..24)
}

proptest! {
    #[test]
    fn the_least_set_satisfies_and_nothing_in_it_is_spare(methods in some_methods()) {
        let wanted = Requirement::for_methods(&methods);
        let least = wanted.least_scopes();
        prop_assert!(wanted.is_satisfied_by(&least));
        for spare in least.iter() {
            let fewer: ScopeSet = least.iter().filter(|scope| *scope != spare).collect();
            prop_assert!(!wanted.is_satisfied_by(&fewer), "{spare} is spare");
        }
    }

    #[test]
    fn a_partial_grant_is_completed(methods in some_methods(), granted in proptest::sample::subsequence(
        SCOPES.iter().map(|s| s.url).collect::<Vec<_>>(), 0..6)) {
        let granted: ScopeSet = granted.into_iter().collect();
        let wanted = Requirement::for_methods(&methods);
        let more = wanted.least_additional(&granted);
        prop_assert!(wanted.is_satisfied_by(&granted.union(&more)));
        prop_assert!(more.intersection(&granted).is_empty());
    }

    #[test]
    fn a_union_needs_both(left in some_methods(), right in some_methods()) {
        let (left, right) = (Requirement::for_methods(&left), Requirement::for_methods(&right));
        let both = left.union(&right).least_scopes();
        prop_assert!(left.is_satisfied_by(&both) && right.is_satisfied_by(&both));
    }
}

#[test]
fn all_methods_together_have_a_least_set() {
    let ids: Vec<&'static str> = METHODS.iter().map(|(id, _)| *id).collect();
    let wanted = Requirement::for_methods(&ids);
    assert!(wanted.is_satisfied_by(&wanted.least_scopes()));
}
