//! What opens and what does not.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::clock::SystemRandom;

const CONTEXT: SealContext<'_> = SealContext {
    tenant: Some("acme"),
    user: Some("alice"),
    row: "row-a",
    column: "token_data",
    client_id: "client",
    incarnation: "inc",
    epoch: 3,
};
const EXACT: EpochRule = EpochRule::Exactly(3);

fn key(byte: u8) -> SealingKey {
    SealingKey::from_bytes([byte; 32])
}

fn keys() -> KeyRing {
    KeyRing::new("k1", key(1)).unwrap()
}

fn sealed() -> Sealed {
    keys().seal(&CONTEXT, b"canary", &SystemRandom).unwrap()
}

fn kind_of(result: Result<Opened, Error>) -> &'static str {
    match result.unwrap_err().kind() {
        ErrorKind::Tampered { row } => {
            assert_eq!(row, "row-a");
            "tampered"
        }
        ErrorKind::KeyUnavailable(_) => "key unavailable",
        ErrorKind::NotSealed { .. } => "not sealed",
        _ => "another error",
    }
}

#[test]
fn what_was_sealed_opens() {
    let opened = keys().open(&CONTEXT, &sealed(), EXACT).unwrap();
    assert_eq!(*opened.bytes, b"canary");
    assert_eq!(opened.sealed_epoch, 3);
}

#[test]
fn the_envelope_names_algorithm_key_and_epoch_and_hides_the_rest() {
    let Sealed { data, key_id } = sealed();
    assert_eq!((key_id.as_str(), &data["key_id"]), ("k1", &json!("k1")));
    assert_eq!(data["alg"], "xchacha20-poly1305");
    assert_eq!(
        (&data["fmt"], &data["sealed_epoch"]),
        (&json!(1), &json!(3))
    );
    let text = data.to_string();
    assert!(!text.contains("canary") && !text.contains(&BASE64.encode("canary")));
    assert_ne!(sealed(), sealed(), "every nonce is new");
}

/// Every way in which a context can differ from [`CONTEXT`].
fn other_contexts() -> Vec<SealContext<'static>> {
    let other = |change: fn(&mut SealContext<'static>)| {
        let mut context = CONTEXT;
        change(&mut context);
        context
    };
    vec![
        other(|c| c.tenant = None),
        other(|c| c.tenant = Some("")),
        other(|c| c.tenant = Some("acme2")),
        other(|c| c.user = None),
        other(|c| c.user = Some("bob")),
        other(|c| (c.tenant, c.user) = (Some("acmea"), Some("lice"))),
        other(|c| c.row = "row-b"),
        other(|c| c.column = "sign_in"),
        other(|c| c.client_id = "client2"),
        other(|c| (c.client_id, c.incarnation) = ("clienti", "nc")),
        other(|c| c.incarnation = "inc2"),
    ]
}

#[test]
fn nothing_opens_in_another_place() {
    let (sealed, plain) = (sealed(), KeyRing::insecure_plaintext());
    let in_clear = plain.seal(&CONTEXT, b"canary", &SystemRandom).unwrap();
    for context in other_contexts() {
        let error = keys().open(&context, &sealed, EXACT).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Tampered { .. }),
            "{context:?}"
        );
        let error = plain.open(&context, &in_clear, EXACT).unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Tampered { .. }),
            "{context:?}"
        );
    }
}

#[test]
fn only_a_disconnect_opens_an_older_epoch() {
    let check = |row_epoch: i64, rule: EpochRule, opens: bool| {
        let context = SealContext {
            epoch: row_epoch,
            ..CONTEXT
        };
        let opened = keys().open(&context, &sealed(), rule);
        assert_eq!(opened.is_ok(), opens, "{row_epoch} {rule:?}");
    };
    check(3, EpochRule::Exactly(3), true);
    check(4, EpochRule::Exactly(4), false);
    check(2, EpochRule::Exactly(2), false);
    check(3, EpochRule::AnyOlder, true);
    check(4, EpochRule::AnyOlder, true);
    check(2, EpochRule::AnyOlder, false);
}

#[test]
fn a_changed_envelope_does_not_open() {
    let check = |field: &str, value: serde_json::Value, expected: &str| {
        let mut changed = sealed();
        changed.data[field] = value;
        if let Some(id) = changed.data["key_id"].as_str() {
            id.clone_into(&mut changed.key_id);
        }
        let result = keys().open(&CONTEXT, &changed, EpochRule::AnyOlder);
        assert_eq!(kind_of(result), expected, "{field}");
    };
    check("fmt", json!(2), "key unavailable");
    check("fmt", json!(0), "tampered");
    check("fmt", json!("1"), "tampered");
    check("alg", json!("rot13"), "key unavailable");
    check("alg", json!("none"), "not sealed");
    check("key_id", json!("k2"), "key unavailable");
    check("key_id", json!(PLAINTEXT), "tampered");
    check("sealed_epoch", json!(2), "tampered");
    check("sealed_epoch", json!(null), "tampered");
    check("nonce", json!("AAAA"), "tampered");
    check("nonce", json!("!"), "tampered");
    check("ciphertext", json!(""), "tampered");
    check("more", json!(1), "tampered");

    let column = Sealed {
        key_id: "k9".to_owned(),
        ..sealed()
    };
    assert_eq!(kind_of(keys().open(&CONTEXT, &column, EXACT)), "tampered");
    let empty = Sealed {
        data: json!(null),
        ..sealed()
    };
    assert_eq!(kind_of(keys().open(&CONTEXT, &empty, EXACT)), "tampered");
}

#[test]
fn the_key_is_chosen_by_its_id_and_never_by_trial() {
    let renamed = KeyRing::new("k2", key(1)).unwrap();
    let error = renamed.open(&CONTEXT, &sealed(), EXACT).unwrap_err();
    assert!(error.is_key_unavailable() && error.to_string().contains("\"k1\""));
    assert!(!error.is_reauthorization_required());

    let wrong = KeyRing::new("k1", key(2)).unwrap();
    assert_eq!(kind_of(wrong.open(&CONTEXT, &sealed(), EXACT)), "tampered");

    let rotated = KeyRing::new("k2", key(2))
        .unwrap()
        .with_old_key("k1", key(1))
        .unwrap();
    assert!(rotated.open(&CONTEXT, &sealed(), EXACT).is_ok());
    assert_eq!(
        rotated.seal(&CONTEXT, b"x", &SystemRandom).unwrap().key_id,
        "k2"
    );
}

#[test]
fn unsealed_rows_open_only_where_nothing_is_sealed() {
    let plain = KeyRing::insecure_plaintext();
    let in_clear = plain.seal(&CONTEXT, b"canary", &SystemRandom).unwrap();
    assert_eq!(in_clear.key_id, PLAINTEXT);
    assert_eq!(
        *plain.open(&CONTEXT, &in_clear, EXACT).unwrap().bytes,
        b"canary"
    );
    assert_eq!(
        kind_of(keys().open(&CONTEXT, &in_clear, EXACT)),
        "not sealed"
    );

    assert_eq!(
        kind_of(plain.open(&CONTEXT, &sealed(), EXACT)),
        "key unavailable"
    );
    let with_old = plain.with_old_key("k1", key(1)).unwrap();
    assert!(with_old.open(&CONTEXT, &sealed(), EXACT).is_ok());
    assert_eq!(with_old.active_id(), PLAINTEXT);
}

#[test]
fn secrets_survive_the_round_trip() {
    let secrets = Secrets {
        access: crate::AccessToken::parse("ya29.canary").unwrap(),
        refresh: Some(crate::RefreshToken::parse("1//canary").unwrap()),
    };
    let read = Secrets::from_bytes(&secrets.to_bytes().unwrap()).unwrap();
    assert_eq!(read.access.expose(), "ya29.canary");
    assert_eq!(read.refresh.unwrap().expose(), "1//canary");

    let alone = Secrets {
        refresh: None,
        ..secrets
    };
    let read = Secrets::from_bytes(&alone.to_bytes().unwrap()).unwrap();
    assert!(read.refresh.is_none());
    let error = Secrets::from_bytes(b"{\"access\":\"canary\"").unwrap_err();
    assert!(!format!("{error:?} {error}").contains("canary"));
}

#[test]
fn nothing_secret_is_printed() {
    let secrets = SignInSecrets {
        verifier: crate::PkceVerifier::parse("canary-verifier").unwrap(),
        nonce: crate::Nonce::parse("canary-nonce").unwrap(),
    };
    let opened = keys().open(&CONTEXT, &sealed(), EXACT).unwrap();
    let ring = KeyRing::new(
        "k1",
        SealingKey::from_bytes(*b"canary--canary--canary--canary--"),
    );
    let printed = format!("{secrets:?} {opened:?} {ring:?}");
    assert!(
        printed.contains("redacted") && !printed.contains("canary"),
        "{printed}"
    );
    assert!(!printed.contains("99, 97, 110"), "{printed}");
}

proptest! {
    #[test]
    fn two_places_never_share_an_envelope(
        // Few letters, so that fields that differ often run together into the same text.
        one in ("[a\u{e9}]?", "[a\u{e9}]?", "[a\u{e9}]?", "[a\u{e9}]?"),
        two in ("[a\u{e9}]?", "[a\u{e9}]?", "[a\u{e9}]?", "[a\u{e9}]?"),
        bytes in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        fn at((tenant, user, row, client): &(String, String, String, String)) -> SealContext<'_> {
            SealContext {
                tenant: Some(tenant), user: Some(user), row, client_id: client, ..CONTEXT
            }
        }
        let sealed = keys().seal(&at(&one), &bytes, &SystemRandom).unwrap();
        let opened = keys().open(&at(&two), &sealed, EXACT);
        prop_assert_eq!(opened.is_ok(), one == two);
        prop_assert_eq!(&*keys().open(&at(&one), &sealed, EXACT).unwrap().bytes, &bytes);
    }

    #[test]
    fn no_flipped_bit_opens(position in 0_usize..22, bit in 0_u8..8) {
        let mut changed = sealed();
        let mut bytes = decode(changed.data["ciphertext"].as_str().unwrap()).unwrap();
        bytes[position] ^= 1 << bit;
        changed.data["ciphertext"] = json!(BASE64.encode(bytes));
        prop_assert_eq!(kind_of(keys().open(&CONTEXT, &changed, EXACT)), "tampered");
    }
}
