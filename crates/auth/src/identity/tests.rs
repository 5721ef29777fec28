//! Row ids: the same in every process and version, and no two keys share one.

use proptest::prelude::*;

use super::*;

type Parts = (Option<String>, Option<String>, String, Option<String>);

fn key((tenant, user, service, label): &Parts) -> TokenKey {
    let tenant = tenant.clone().map(|it| TenantId::parse(it).unwrap());
    let user = user.clone().map(|it| UserId::parse(it).unwrap());
    let label = label.clone().map(|it| AccountLabel::parse(it).unwrap());
    let principal = Principal::from_parts(tenant, user);
    TokenKey::new(principal, Service::parse(service.clone()).unwrap()).with_account_label(label)
}

fn check(tenant: Option<&str>, user: Option<&str>, service: &str, label: Option<&str>, id: &str) {
    let owned = |text: Option<&str>| text.map(str::to_owned);
    let parts = (owned(tenant), owned(user), service.to_owned(), owned(label));
    assert_eq!(key(&parts).id().as_str(), id);
}

/// Computed by another program: rows that are stored have to be found for ever.
#[test]
fn a_rows_id_is_a_digest_of_its_key_and_never_changes() {
    let alice = Some("alice");
    check(
        None,
        alice,
        "google",
        None,
        "8FzYzm8CAOCNCpgzGcYMUpGltczteD5m3O27a36dgzE",
    );
    check(
        Some("acme"),
        alice,
        "gmail",
        Some("work"),
        "XlTWdjKPTv9f4Cs9oTjEbL2D6PdKF96OYOFVuJ92bBA",
    );
    check(
        None,
        None,
        "google",
        None,
        "dEZ0FVEJQJg2NPtnsqRaocVhDxpZp2J8t92tLhd0y4c",
    );
}

/// The same letters in a row, cut into fields at other places.
fn cut(letters: &str, first: usize, second: usize) -> Parts {
    let field = |from, to| letters.get(from..to).unwrap().to_owned();
    let (user, service) = (field(0, first), field(first, second));
    let label = (second < letters.len()).then(|| field(second, letters.len()));
    (None, Some(user), service, label)
}

proptest! {
    #[test]
    fn keys_whose_fields_end_elsewhere_have_different_ids(
        letters in "[ab]{5,8}", one in (1_usize..3, 3_usize..6), other in (1_usize..3, 3_usize..6),
    ) {
        let cut = |(first, second)| cut(&letters, first, std::cmp::min(second, letters.len()));
        let (one, other) = (cut(one), cut(other));
        prop_assert_eq!(one == other, key(&one).id() == key(&other).id());
    }
}
