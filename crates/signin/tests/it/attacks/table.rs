//! The attacks, one a row.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use super::Attack;
use super::Audited::{self, Nothing, Row, Unknown};
use super::scene::{Scene, Sent};
use crate::browser::{Browser, callback};
use crate::sessions::logged_in;

pub(super) const REFUSED: &str = "sign_in_refused";
/// It names no state of ours, so that it concerns nobody who is known.
const NOT_OURS: Audited = Unknown(REFUSED, "forged");
/// Refused before its state is looked at.
const UNREAD: Audited = Unknown(REFUSED, "malformed");

/// Alice's own answer with other parameters beside her state and her code.
fn with(scene: &Scene, others: &[(&str, &str)]) -> Sent {
    let (state, code) = (&scene.state, &scene.code);
    let mut pairs = vec![("state", state.as_str()), ("code", code.as_str())];
    pairs.extend(others);
    Sent::get(&scene.alice, callback(&pairs))
}

fn with_state(scene: &Scene, state: &str) -> Sent {
    let answer = callback(&[("state", state), ("code", &scene.code)]);
    Sent::get(&scene.alice, answer)
}

fn with_error(scene: &Scene, error: &str, description: &str) -> Sent {
    let answer = [
        ("state", scene.state.as_str()),
        ("error", error),
        ("error_description", description),
    ];
    Sent::get(&scene.alice, callback(&answer))
}

/// Alice's state with one bit changed at a place of its layout: version, length of the key's id,
/// the id (`k1`), 32 bytes of chance, eight of its end, 32 of its signature.
fn altered(scene: &Scene, at: usize) -> Sent {
    let mut bytes = URL_SAFE_NO_PAD.decode(&scene.state).unwrap();
    assert_eq!(bytes.len(), 2 + 2 + 32 + 8 + 32);
    bytes[at] ^= 1;
    with_state(scene, &URL_SAFE_NO_PAD.encode(bytes))
}

/// Alice's answer as somebody else's browser brings it.
fn by(scene: &Scene, browser: &Browser) -> Sent {
    Sent::get(browser, scene.answer())
}

macro_rules! attacks {
    ($($what:literal: $status:literal, $says:literal, $audited:expr, $goes_on:ident, $send:expr;)*) => {
        [$(Attack {
            what: $what,
            status: $status,
            says: $says,
            audited: $audited,
            goes_on: attacks!(@ $goes_on),
            send: $send,
        },)*]
    };
    (@ goes_on) => { true };
    (@ is_over) => { false };
}

#[rustfmt::skip]
pub(super) const FORGED: [Attack; 13] = attacks! {
    "no state": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| Sent::get(&it.alice, callback(&[("code", &it.code)]));
    "an empty state": 400, "This link is not valid", NOT_OURS, goes_on, |it| with_state(it, "");
    "junk for a state": 400, "This link is not valid", NOT_OURS, goes_on, |it| with_state(it, "junk");
    "a state cut short": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| with_state(it, &it.state[..it.state.len() - 2]);
    "a state of another key": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| with_state(it, &it.foreign_state);
    "another version": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 0);
    "another length of the key's id": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 1);
    "another key's id": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 3);
    "another id": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 4);
    "another end of the id": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 35);
    "a later end": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 38);
    "another signature": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 44);
    "another end of the signature": 400, "This link is not valid", NOT_OURS, goes_on, |it| altered(it, 75);
};

#[rustfmt::skip]
pub(super) const STALE_OR_ANOTHERS: [Attack; 13] = attacks! {
    "an answer that comes too late": 410, "This link is too old",
        Row(REFUSED, "expired"), is_over, |it| {
            it.site.clock.advance(Duration::from_secs(601));
            by(it, &it.alice)
        };
    "an answer that was taken, by a thief of the cookies": 410, "used already",
        Row(REFUSED, "already_used"), goes_on, |it| Sent::get(&it.thief, &it.spent);
    "an answer where somebody else is logged in": 403, "made for somebody else",
        Row(REFUSED, "other_user"), goes_on, |it| {
            let mut browser = it.alice.clone();
            browser.log_in("bob");
            by(it, &browser)
        };
    "an answer where the same id of another tenant is logged in": 403, "made for somebody else",
        Row(REFUSED, "other_user"), goes_on, |it| {
            let mut browser = it.alice.clone();
            browser.log_in("alice of acme");
            by(it, &browser)
        };
    "an answer where nobody is logged in": 403, "made for somebody else",
        Row(REFUSED, "other_user"), goes_on, |it| {
            let mut browser = it.alice.clone();
            browser.headers.clear();
            by(it, &browser)
        };
    "an answer without the cookie": 403, "not the browser that continued",
        Row(REFUSED, "not_this_browser"), goes_on, |it| {
            let mut browser = it.alice.clone();
            browser.cookies.clear();
            by(it, &browser)
        };
    "an answer with the cookie of another sign-in": 403, "not the browser that continued",
        Row(REFUSED, "not_this_browser"), goes_on, |it| {
            let mut browser = it.alice.clone();
            browser.cookies = it.bob.cookies.clone();
            by(it, &browser)
        };
    "an answer with another's secret under the right name": 403, "not the browser that continued",
        Row(REFUSED, "not_this_browser"), goes_on, |it| {
            let mut browser = it.alice.clone();
            let secret = it.bob.cookies.values().next().unwrap();
            for value in browser.cookies.values_mut() {
                value.clone_from(secret);
            }
            by(it, &browser)
        };
    "the state of one person in the session and browser of another": 403, "made for somebody else",
        Row(REFUSED, "other_user"), goes_on, |it| {
            let mut browser = it.bob.clone();
            browser.cookies.extend(it.alice.cookies.clone());
            by(it, &browser)
        };
    "a code of another session": 400, "Google did not accept", Row(REFUSED, "code_refused"), goes_on,
        |it| Sent::get(&it.bob, callback(&[("state", &it.bobs_state), ("code", &it.code)]));
    "an answer at another redirect": 400, "This link is not valid", Row(REFUSED, "forged"), is_over,
        |it| Sent::get(&it.alice, it.answer().replace("/callback", "/elsewhere")).to(0);
    "an answer at another client": 400, "This link is not valid", Row(REFUSED, "forged"), is_over,
        |it| by(it, &it.alice).to(1);
    "an answer where its service is not known": 400, "does not have this service",
        Row(REFUSED, "unknown_service"), goes_on, |it| by(it, &it.alice).to(2);
};

#[rustfmt::skip]
pub(super) const ODD_ANSWERS: [Attack; 19] = attacks! {
    "another issuer": 400, "did not come from Google", Row(REFUSED, "issuer"), goes_on,
        |it| with(it, &[("iss", "https://evil.example")]);
    "an issuer that begins like Google's": 400, "did not come from Google", Row(REFUSED, "issuer"), goes_on,
        |it| with(it, &[("iss", "https://accounts.google.com.evil.example")]);
    "an empty issuer": 400, "did not come from Google", Row(REFUSED, "issuer"), goes_on,
        |it| with(it, &[("iss", "")]);
    "neither code nor error": 400, "answer is incomplete", Row(REFUSED, "malformed"), is_over,
        |it| Sent::get(&it.alice, callback(&[("state", &it.state)]));
    "an empty code": 400, "answer is incomplete", Row(REFUSED, "malformed"), is_over,
        |it| Sent::get(&it.alice, callback(&[("state", &it.state), ("code", "")]));
    "an error of script": 400, "&#60;script&#62;alert(1)&#60;/script&#62;", Row(REFUSED, "google"), is_over,
        |it| with_error(it, "<script>alert(1)</script>", "");
    "a description of script and HTML": 400, "&#60;img src=x onerror=alert(1)&#62;&#34;&#39;&#38;",
        Row(REFUSED, "google"), is_over,
        |it| with_error(it, "access_denied", "</q><script>1</script><img src=x onerror=alert(1)>\"'&\u{0}\u{7}");
    "an error beside the code": 400, "You did not allow access", Row(REFUSED, "google"), is_over,
        |it| with(it, &[("error", "access_denied")]);
    "a description of six thousand letters": 400, "Google answered", Row(REFUSED, "google"), is_over,
        |it| with_error(it, "server_error", &"x".repeat(6000));
    "a code longer than any address": 400, "answer is incomplete", UNREAD, goes_on,
        |it| with(it, &[("scope", &"A".repeat(9000))]);
    "a state longer than ours": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| with_state(it, &it.state.repeat(7));
    "a state that is no text": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| Sent::get(&it.alice, format!("/google/callback?state=%ff%fe&code={}", it.code));
    "a state with a header behind it": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| with_state(it, &format!("{}\r\nset-cookie: a=b", it.state));
    "an error with a header behind it": 400, "Google did not go on", Row(REFUSED, "google"), is_over,
        |it| with_error(it, "server_error\r\nset-cookie: a=b", "\r\nlocation: https://evil.example");
    "two errors beside no code": 400, "answer is incomplete", UNREAD, goes_on, |it| Sent::get(
        &it.alice, callback(&[("state", &it.state), ("error_description", "a"), ("error_description", "b")]));
    "two states": 400, "answer is incomplete", UNREAD, goes_on, |it| with(it, &[("state", &it.bobs_state)]);
    "two codes": 400, "answer is incomplete", UNREAD, goes_on, |it| with(it, &[("code", "x")]);
    "two errors": 400, "answer is incomplete", UNREAD, goes_on,
        |it| with(it, &[("error", "a"), ("error", "b")]);
    "two issuers": 400, "answer is incomplete", UNREAD, goes_on,
        |it| with(it, &[("iss", "https://accounts.google.com"), ("iss", "https://evil.example")]);
};

const CROSS: Audited = Row(REFUSED, "cross_site");

#[rustfmt::skip]
pub(super) const FORMS: [Attack; 27] = attacks! {
    "Continue of another site": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [Some("cross-site"), Some("https://evil.example")]);
    "Continue of another site that hides": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [Some("cross-site"), Some("null")]);
    "Continue of another site without an origin": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [Some("cross-site"), None]);
    "Continue of a neighbour": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [Some("same-site"), Some("http://127.0.0.1:4001")]);
    "Continue that contradicts itself": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [Some("same-origin"), Some("https://evil.example")]);
    "Continue of nowhere": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [Some("none"), Some("null")]);
    "Continue of another site in an old browser": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [None, Some("https://evil.example")]);
    "Continue of a neighbour in an old browser": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [None, Some("http://127.0.0.1:4001")]);
    "Continue of an old browser that hides": 403, "Another site sent you here", CROSS, goes_on,
        |it| Sent::form(&it.alice, &it.link, [None, Some("null")]);
    "Continue in a second browser": 403, "opened in another browser", Row(REFUSED, "other_browser"), goes_on,
        |it| {
            let mut second = it.alice.clone();
            second.cookies.clear();
            Sent::own_form(&second, &it.link)
        };
    "Continue by somebody else": 403, "made for somebody else", Row(REFUSED, "other_user"), goes_on,
        |it| Sent::own_form(&it.bob, &it.link);
    "Continue by the same id of another tenant": 403, "made for somebody else",
        Row(REFUSED, "other_user"), goes_on, |it| {
            let mut browser = it.alice.clone();
            browser.log_in("alice of acme");
            Sent::own_form(&browser, &it.link)
        };
    "a disconnect by the same id of another tenant": 200, "Nothing to disconnect", Nothing, goes_on,
        |_| Sent::own_form(&logged_in("alice of acme"), "/google/connections/disconnect");
    "Continue where its service is not known": 400, "does not have this service",
        Row(REFUSED, "unknown_service"), goes_on, |it| Sent::own_form(&it.alice, &it.link).to(2);
    "Continue with a link that was used": 410, "used already", Row(REFUSED, "already_used"), goes_on,
        |it| Sent::own_form(&it.alice, &it.spent_link);
    "Continue with a link that was altered": 400, "This link is not valid", NOT_OURS, goes_on, |it| {
        let cut = it.link.len() - 1;
        Sent::own_form(&it.alice, &it.link[..cut])
    };
    "Continue with a link that is no text": 400, "This link is not valid", NOT_OURS, goes_on,
        |it| Sent::own_form(&it.alice, "/google/connect/%ff%fe");
    "Continue with a link too old": 410, "This link is too old",
        Row(REFUSED, "expired"), is_over, |it| {
            it.site.clock.advance(Duration::from_secs(601));
            Sent::own_form(&it.alice, &it.link)
        };
    "a disconnect that another site sends": 403, "Another site sent you here",
        Row("form_refused", "cross_site"), goes_on, |it| Sent::form(
            &it.alice, "/google/connections/disconnect", [Some("cross-site"), Some("https://evil.example")]);
    "a disconnect that another site sends in an old browser": 403, "Another site sent you here",
        Row("form_refused", "cross_site"), goes_on, |it| Sent::form(
            &it.alice, "/google/connections/disconnect", [None, Some("null")]);
    "a link that another site asks for": 403, "Another site sent you here",
        Row("form_refused", "cross_site"), goes_on, |it| Sent::form(
            &it.alice, "/google/connections/connect", [Some("same-site"), Some("http://127.0.0.1:4001")]);
    "a link that somebody without a cookie or a login asks for": 401, "You are not logged in",
        Unknown("form_refused", "not_logged_in"), goes_on,
        |_| Sent::own_form(&Browser::new(), "/google/connections/connect");
    "a name that another site gives": 403, "Another site sent you here",
        Row("form_refused", "cross_site"), goes_on, |it| Sent::form(
            &it.alice, "/google/connections/rename", [Some("cross-site"), Some("https://evil.example")]);
    "a name of nobody": 401, "You are not logged in", Unknown("form_refused", "not_logged_in"), goes_on,
        |_| Sent::own_form(&Browser::new(), "/google/connections/rename");
    "a default account that another site chooses": 403, "Another site sent you here",
        Row("form_refused", "cross_site"), goes_on, |it| Sent::form(
            &it.alice, "/google/connections/default", [None, Some("https://evil.example")]);
    "a disconnect of nobody": 401, "You are not logged in",
        Unknown("form_refused", "not_logged_in"), goes_on,
        |_| Sent::own_form(&Browser::new(), "/google/connections/disconnect");
    "a disconnect by an address": 200, "<bdi>alice@example.com</bdi>?",
        Nothing, goes_on,
        |it| Sent::get(&it.alice, "/google/connections/disconnect");
};
