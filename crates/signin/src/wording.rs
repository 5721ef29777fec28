//! Refusals in words for a person: what happened, and what to do next.

use http::StatusCode;

use crate::notice::Reason;

/// What the page of a refusal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wording {
    pub(crate) status: StatusCode,
    pub(crate) heading: String,
    pub(crate) next: String,
}

struct Words {
    code: &'static str,
    status: StatusCode,
    heading: &'static str,
    next: &'static str,
}

/// Writes `TABLE` one entry a refusal. `{app}` and `{detail}` stand for their values.
macro_rules! table {
    ($($code:literal $status:ident $heading:literal $next:literal;)*) => {
        const TABLE: &[Words] = &[$(Words {
            code: $code, status: StatusCode::$status, heading: $heading, next: $next,
        },)*];
    };
}

table! {
    "forged" BAD_REQUEST "This link is not valid"
        "It was not made by {app}, or was changed on its way. Copy the whole link again, or ask {app} for a new one.";
    "expired" GONE "This link is too old"
        "Ask {app} for a new one.";
    "already_used" GONE "This link was used already"
        "If you went through it a moment ago, you may be connected: look at {app}. If not, ask {app} for a new link.";
    "other_browser" FORBIDDEN "This link was opened in another browser"
        "Go on in the browser where you continued first, or ask {app} for a new link.";
    "not_this_browser" FORBIDDEN "This is not the browser that continued"
        "Open the link again, go through it in one browser, and let this site keep cookies. Do not come here from somebody else's link.";
    "other_user" FORBIDDEN "This link was made for somebody else"
        "Log in to {app} as the person it was made for, or ask {app} for a link of your own.";
    "cross_site" FORBIDDEN "Another site sent you here"
        "Open the link itself, as {app} gave it to you, and continue from there.";
    "issuer" BAD_REQUEST "The answer did not come from Google"
        "Nothing was connected. Ask {app} for a new link.";
    "google:access_denied" BAD_REQUEST "You did not allow access"
        "Nothing was connected. If you want to connect after all, ask {app} for a new link.";
    "google:admin_policy_enforced" BAD_REQUEST "Your organisation does not allow this"
        "Ask the administrator of your Google Workspace to allow {app}, and then {app} for a new link.";
    "google:org_internal" BAD_REQUEST "This Google account is of another organisation"
        "{app} takes accounts of its own organisation only. Ask {app} for a new link, and choose such an account.";
    "google:disallowed_useragent" BAD_REQUEST "Google does not allow sign-in in this window"
        "Ask {app} for a new link, and open it in your usual browser.";
    "google" BAD_REQUEST "Google did not go on"
        "Nothing was connected. Ask {app} for a new link; if this happens again, show this page to whoever runs {app}.";
    "malformed" BAD_REQUEST "Google's answer is incomplete"
        "Nothing was connected. Ask {app} for a new link.";
    "code_refused" BAD_REQUEST "Google did not accept the sign-in"
        "Nothing was connected. Ask {app} for a new link.";
    "id_token" BAD_REQUEST "Google's answer does not hold: {detail}"
        "Nothing was connected. Ask {app} for a new link; if this happens again, show this page to whoever runs {app}.";
    "email" FORBIDDEN "This link is for {detail}"
        "Nothing was connected. Ask {app} for a new link, and choose that account at Google.";
    "domain" FORBIDDEN "{app} takes accounts of {detail} only"
        "Nothing was connected. Ask {app} for a new link, and choose such an account at Google.";
    "account_changed" CONFLICT "Another Google account is connected already"
        "It is as it was. Ask {app} for a new link and choose the same account, or disconnect that one first.";
    "further_account" CONFLICT "Another Google account is connected already"
        "It is as it was. To use this account as well, ask {app} to connect a further Google account, and say what to call it, such as work. Or ask {app} for a new link, and choose the account that is connected.";
    "account_twice" CONFLICT "This Google account is connected already: {detail}"
        "It is as it was. Ask {app} for a new link, and choose another account at Google.";
    "nothing_granted" BAD_REQUEST "Nothing was allowed"
        "So nothing was connected. Ask {app} for a new link, and tick at Google what you want to allow.";
    "no_refresh_token" BAD_REQUEST "Google gave no lasting access"
        "Nothing was connected. Ask {app} for a new link.";
    "disconnect_in_progress" CONFLICT "This Google account is being disconnected"
        "Wait a minute, and then ask {app} for a new link.";
    "overtaken" CONFLICT "The connection changed while you signed in"
        "Look at {app} whether you are connected, or ask for a new link.";
    "unfinished" GONE "The sign-in was not finished in time"
        "Nothing was connected. Ask {app} for a new link.";
    "cancelled" GONE "The sign-in was given up"
        "Nothing was connected. Ask {app} for a new link.";
    "too_many" TOO_MANY_REQUESTS "Too many sign-in links are open"
        "Use one of them, or wait ten minutes and ask {app} again.";
    "unknown_service" BAD_REQUEST "{app} does not have this service"
        "Nothing was connected. {app} may be changing just now: wait a minute and reload this page, or ask it for a new link.";
    "not_logged_in" UNAUTHORIZED "You are not logged in to {app}"
        "Log in to {app}, and then open this page again.";
    "no_user_verifier" NOT_FOUND "{app} does not show connections"
        "This page needs to know who is logged in to {app}, and nothing tells it. Whoever runs {app} can set a user verifier (GoogleAuthBuilder::with_user_verifier).";
    "not_connected" NOT_FOUND "This account is not connected"
        "There is nothing to disconnect. Your connections list what there is.";
    "bad_form" BAD_REQUEST "This form cannot be read"
        "Nothing was changed. Go back to your connections and try again from there.";
    "bad_account" BAD_REQUEST "An account cannot have this name"
        "Nothing was changed. Choose a short word such as work: no address, and no line breaks.";
    "one_account" BAD_REQUEST "{app} keeps one Google account of each person"
        "Nothing was changed. To use another account, disconnect the one that is connected first.";
    "no_such_account" NOT_FOUND "No account of yours has this name"
        "Nothing was changed. It may have another name by now: your connections list what there is.";
    "name_taken" CONFLICT "Another account of yours has this name"
        "Nothing was changed. Go back to your connections and choose another one.";
    "name_needed" BAD_REQUEST "The account that is the default now needs a name"
        "Nothing was changed. Go back to your connections, and say what to call it.";
    "not_named" SERVICE_UNAVAILABLE "The names could not be changed just now"
        "All of your accounts are still connected. Wait a minute, look at what they are called, and try again.";
    "connections_unknown" SERVICE_UNAVAILABLE "{app} cannot reach its database"
        "Your connections are as they were. Wait a moment and reload this page.";
    "not_ended" SERVICE_UNAVAILABLE "The disconnect is not finished"
        "It may have begun. Wait a moment, look at your connections, and disconnect again if the account is still there.";
    "storage" SERVICE_UNAVAILABLE "Not connected: {app} cannot reach its database"
        "Nothing was stored. Wait a moment and try again: reload this page, or open the link once more.";
    "not_saved" SERVICE_UNAVAILABLE "Not connected: the connection could not be saved"
        "{app} cannot reach its database, and nothing was stored. Wait a moment, and then ask {app} for a new link.";
    "saved_or_not" SERVICE_UNAVAILABLE "You may be connected: the database did not say"
        "The connection may have been saved. Wait a moment, go back to {app} and see whether it works, before you ask for a new link.";
    "sessions" SERVICE_UNAVAILABLE "{app} cannot tell who is logged in"
        "Nothing was stored. Wait a moment and reload this page.";
    "google_unavailable" SERVICE_UNAVAILABLE "Google could not be reached"
        "Nothing was connected. Wait a moment, and then ask {app} for a new link.";
    "setup" INTERNAL_SERVER_ERROR "{app} is not set up for this"
        "Nothing was connected. Tell whoever runs {app}: the log says what to mend.";
}

/// What is said of a code that has no words of its own.
const UNKNOWN: Words = Words {
    code: "internal",
    status: StatusCode::INTERNAL_SERVER_ERROR,
    heading: "Something went wrong",
    next: "Nothing was connected. Ask {app} for a new link; if this happens again, tell whoever runs {app}.",
};

pub(crate) fn wording(reason: &Reason, app: &str) -> Wording {
    let detail = reason.detail.as_deref().unwrap_or_default();
    let special = format!("{}:{detail}", reason.code);
    let find = |code: &str| TABLE.iter().find(|words| words.code == code);
    let words = find(&special)
        .or_else(|| find(&reason.code))
        .unwrap_or(&UNKNOWN);
    let fill = |text: &str| text.replace("{detail}", detail).replace("{app}", app);
    Wording {
        status: words.status,
        heading: fill(words.heading),
        next: fill(words.next),
    }
}

#[cfg(test)]
mod tests {
    use toolgate_auth::sign_in::Refusal;

    use super::*;

    fn of(code: &str, detail: Option<&str>) -> Wording {
        let detail = detail.map(str::to_owned);
        wording(
            &Reason {
                code: code.to_owned(),
                detail,
                description: None,
            },
            "Example",
        )
    }

    /// All that a refusal is called, from where it is: no list of ours could tell that one is missing.
    fn codes() -> Vec<&'static str> {
        let source = include_str!("../../auth/src/sign_in/refusal.rs");
        let (_, body) = source.split_once("fn code(&self)").unwrap();
        let (body, _) = body.split_once("\n    }\n").unwrap();
        let arms = body.lines().filter(|line| line.contains("=>"));
        arms.map(|arm| arm.split('"').nth(1).unwrap()).collect()
    }

    #[test]
    fn every_refusal_has_words_of_its_own() {
        let codes = codes();
        assert_eq!(codes.first(), Some(&Refusal::Forged.code()));
        assert_eq!(codes.last(), Some(&Refusal::NoUserVerifier.code()));
        for code in codes {
            let wording = of(code, Some("a detail"));
            assert_ne!(wording.heading, UNKNOWN.heading, "{code}");
            assert!(
                !format!("{}{}", wording.heading, wording.next).contains('{'),
                "{code}"
            );
        }
    }

    #[test]
    fn googles_own_errors_have_words_where_we_know_them() {
        assert_eq!(
            of("google", Some("access_denied")).heading,
            "You did not allow access"
        );
        assert_eq!(
            of("google", Some("server_error")).heading,
            "Google did not go on"
        );
        assert_eq!(
            of("no such code", None).status,
            StatusCode::INTERNAL_SERVER_ERROR
        );
    }
}
