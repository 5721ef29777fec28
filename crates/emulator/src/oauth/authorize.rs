//! The authorization endpoint: a strict look at the request, and the person's decision.

use http::StatusCode;
use http::header::LOCATION;
use url::Url;

use super::form::{Failure, Form};
use super::grants::{Code, Grants, Pending};
use super::{ClientKind, EMAIL, OPENID, canonical, page};
use crate::exchange::{Answer, Request};
use crate::random;
use crate::state::Shared;

const PARAMETERS: [&str; 17] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "access_type",
    "prompt",
    "include_granted_scopes",
    "enable_granular_consent",
    "login_hint",
    "hd",
    "nonce",
    "display",
    "hl",
    "response_mode",
];

const CODE_LIFETIME_MS: i64 = 10 * 60 * 1000;

/// Shows the consent page, or an error page when the request is not one that Google takes.
pub(super) fn show(shared: &Shared, request: &Request) -> Answer {
    let form = match Form::read(request.query.as_bytes()) {
        Ok(form) => form,
        Err(failure) => return page::error(&failure),
    };
    let pending = match read(shared, &form) {
        Ok(pending) => pending,
        Err(failure) => return page::error(&failure),
    };
    let hint = form.get("login_hint");
    if has_prompt(&form, "none") {
        return silent(shared, &pending, hint);
    }
    let accounts: Vec<_> = pending
        .accounts
        .iter()
        .filter_map(|email| shared.account(email))
        .collect();
    let preselected = hint.and_then(|hint| {
        accounts
            .iter()
            .find(|account| account.email.eq_ignore_ascii_case(hint) || account.sub == hint)
    });
    let id = random::text();
    let answer = page::consent(&page::Consent {
        request: &id,
        client_id: &pending.client_id,
        accounts: &accounts,
        selected: preselected
            .or(accounts.first())
            .map(|account| account.email.as_str()),
        scopes: &pending.scopes,
    });
    shared.with_grants(|grants| grants.pending.insert(id, pending));
    answer
}

/// Takes the decision and sends the browser back.
pub(super) fn decide(shared: &Shared, request: &Request) -> Answer {
    let mut fields: Vec<(String, String)> = url::form_urlencoded::parse(&request.body)
        .into_owned()
        .collect();
    let scopes: Vec<String> = fields
        .extract_if(.., |(name, _)| name == "scope")
        .map(|(_, scope)| canonical(&scope).to_owned())
        .collect();
    let find = |wanted: &str| {
        fields
            .iter()
            .find(|(name, _)| name == wanted)
            .map(|(_, value)| value.as_str())
    };
    let id = find("request").unwrap_or_default();
    let Some(pending) = shared.with_grants(|grants| grants.pending.remove(id)) else {
        return page::error(&Failure::invalid_request(
            "This request is unknown or was decided.",
        ));
    };
    match (find("decision"), find("account")) {
        (Some("deny"), _) => refuse(shared, &pending, "access_denied"),
        (Some("allow"), Some(email)) => {
            let account = pending
                .accounts
                .iter()
                .find(|known| known.eq_ignore_ascii_case(email));
            match account {
                Some(account) => allow(shared, &pending, account, &scopes),
                None => page::error(&Failure::invalid_request("Choose one of the accounts.")),
            }
        }
        _ => page::error(&Failure::invalid_request("Neither allowed nor denied.")),
    }
}

/// `prompt=none`: no page, so only what was granted before.
fn silent(shared: &Shared, pending: &Pending, hint: Option<&str>) -> Answer {
    let account = hint
        .and_then(|hint| shared.account(hint))
        .map(|account| account.email.clone());
    match account {
        None => refuse(shared, pending, "login_required"),
        Some(account) => {
            let granted = shared.with_grants(|grants| {
                grants.has_consent(&account, &pending.client_id, &pending.scopes)
            });
            if granted {
                allow(shared, pending, &account, &pending.scopes)
            } else {
                refuse(shared, pending, "consent_required")
            }
        }
    }
}

fn allow(shared: &Shared, pending: &Pending, account: &str, ticked: &[String]) -> Answer {
    let is_fixed = |scope: &str| matches!(scope, OPENID | EMAIL);
    let scopes: Vec<String> = pending
        .scopes
        .iter()
        .filter(|scope| is_fixed(scope) || ticked.contains(scope))
        .cloned()
        .collect();
    if scopes.is_empty() {
        return refuse(shared, pending, "access_denied");
    }
    let expires_at_ms = shared.now_ms() + CODE_LIFETIME_MS;
    let (code, granted) = shared.with_grants(|grants| {
        let granted = grants.consent(
            account,
            &pending.client_id,
            &scopes,
            pending.include_granted,
        );
        let code = Code {
            gives_refresh: gives_refresh(grants, pending, account),
            grant: grants.new_grant(account, &pending.client_id, &granted),
            redirect_uri: pending.redirect_uri.clone(),
            challenge: pending.challenge.clone(),
            nonce: pending.nonce.clone(),
            expires_at_ms,
            used: false,
        };
        (grants.add_code(code), granted.join(" "))
    });
    let mut parameters = vec![("code", code.as_str()), ("scope", granted.as_str())];
    parameters.extend([("authuser", "0"), ("prompt", "consent")]);
    redirect(shared, pending, &parameters)
}

/// Installed applications always get a refresh token; web ones offline, and then once or on demand.
fn gives_refresh(grants: &mut Grants, pending: &Pending, account: &str) -> bool {
    let installed = grants
        .client(&pending.client_id)
        .is_some_and(|client| client.kind == ClientKind::Installed);
    let wanted = installed || pending.offline;
    let first = wanted && grants.takes_first_refresh(account, &pending.client_id);
    wanted && (installed || first || pending.force_consent)
}

fn refuse(shared: &Shared, pending: &Pending, error: &str) -> Answer {
    redirect(shared, pending, &[("error", error)])
}

fn redirect(shared: &Shared, pending: &Pending, parameters: &[(&str, &str)]) -> Answer {
    let Ok(mut url) = Url::parse(&pending.redirect_uri) else {
        return page::error(&Failure::invalid_request("Invalid redirect_uri."));
    };
    {
        let mut query = url.query_pairs_mut();
        if let Some(state) = &pending.state {
            query.append_pair("state", state);
        }
        query.append_pair("iss", &shared.config.issuer);
        query.extend_pairs(parameters);
    }
    Answer::empty(StatusCode::SEE_OTHER)
        .with(LOCATION, url.as_str())
        .never_stored()
}

/// Checks every parameter and makes the request that waits for a decision.
fn read(shared: &Shared, form: &Form) -> Result<Pending, Failure> {
    form.allow_only(&PARAMETERS)?;
    let client_id = form.need("client_id")?;
    let client = shared
        .with_grants(|grants| grants.client(client_id).cloned())
        .ok_or_else(|| Failure::new("invalid_client", "The OAuth client was not found."))?;
    let redirect_uri = form.need("redirect_uri")?;
    if !client.allows(redirect_uri) {
        let description = "The redirect URI in the request does not match a registered one.";
        return Err(Failure::new("redirect_uri_mismatch", description));
    }
    if form.need("response_type")? != "code" {
        return Err(Failure::new(
            "unsupported_response_type",
            "Only `code` is supported.",
        ));
    }
    check_values(form)?;
    if form.get("code_challenge_method") != Some("S256") {
        return Err(Failure::invalid_request(
            "code_challenge_method must be S256.",
        ));
    }
    let challenge = form.need("code_challenge")?;
    if challenge.len() != 43 || !challenge.bytes().all(is_base64url) {
        return Err(Failure::invalid_request(
            "code_challenge must be 43 characters of base64url.",
        ));
    }
    let scopes = scopes(shared, form.need("scope")?)?;
    let domain = form.get("hd");
    let accounts = shared
        .accounts
        .iter()
        .filter(|account| match domain {
            None => true,
            Some("*") => account.hosted_domain.is_some(),
            Some(domain) => account.hosted_domain.as_deref() == Some(domain),
        })
        .map(|account| account.email.clone())
        .collect();
    Ok(Pending {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        scopes,
        state: form.get("state").map(str::to_owned),
        challenge: challenge.to_owned(),
        nonce: form.get("nonce").map(str::to_owned),
        offline: form.get("access_type") == Some("offline"),
        force_consent: has_prompt(form, "consent"),
        // Google offers incremental authorization to web clients only.
        include_granted: client.kind == ClientKind::Web
            && form.get("include_granted_scopes") == Some("true"),
        accounts,
    })
}

/// Refuses values outside the sets that Google documents.
fn check_values(form: &Form) -> Result<(), Failure> {
    let sets: [(&str, &[&str]); 5] = [
        ("access_type", &["online", "offline"]),
        ("include_granted_scopes", &["true", "false"]),
        ("enable_granular_consent", &["true", "false"]),
        ("display", &["page", "popup", "touch", "wap"]),
        ("response_mode", &["query"]),
    ];
    for (name, known) in sets {
        if form.get(name).is_some_and(|value| !known.contains(&value)) {
            return Err(Failure::invalid_request(format!(
                "Invalid value for {name}"
            )));
        }
    }
    let prompts: Vec<&str> = form
        .get("prompt")
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    let known = ["none", "consent", "select_account"];
    let with_none = prompts.contains(&"none") && prompts.len() > 1;
    if with_none || prompts.iter().any(|prompt| !known.contains(prompt)) {
        return Err(Failure::invalid_request("Invalid value for prompt"));
    }
    Ok(())
}

fn scopes(shared: &Shared, text: &str) -> Result<Vec<String>, Failure> {
    let known = shared.directory.scopes();
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split_whitespace().map(canonical) {
        if scope != OPENID && !known.contains(scope) {
            let description = format!("Some requested scopes were invalid: {scope}");
            return Err(Failure::new("invalid_scope", description));
        }
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

fn has_prompt(form: &Form, wanted: &str) -> bool {
    form.get("prompt")
        .unwrap_or_default()
        .split_whitespace()
        .any(|prompt| prompt == wanted)
}

fn is_base64url(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}
