//! Google's OAuth endpoints: consent, tokens, revocation, identity.

mod assertion;
mod authorize;
mod client;
mod form;
mod grants;
mod iam;
mod info;
mod keys;
mod page;
mod revoke;
mod service;
mod token;

use http::{Method, StatusCode};

pub(crate) use client::is_lawful as is_lawful_redirect;
pub use client::{ClientKind, ClientSeed};
pub(crate) use grants::{Bearer, Grants};
pub(crate) use keys::SigningKey;
pub use service::ServiceAccountSeed;
pub(crate) use service::ServiceAccounts;
pub(crate) use token::{issue_access, issue_refresh};

use crate::exchange::{Answer, Request};
use crate::state::Shared;

pub(crate) const OPENID: &str = "openid";
pub(crate) const EMAIL: &str = "https://www.googleapis.com/auth/userinfo.email";
pub(crate) const PROFILE: &str = "https://www.googleapis.com/auth/userinfo.profile";

/// An endpoint that no discovery document names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Endpoint {
    Authorize,
    Decide,
    Token,
    Revoke,
    UserInfo,
    TokenInfo,
    Certs,
    Configuration,
    GenerateAccessToken,
    SignJwt,
    MachineToken,
}

impl Endpoint {
    pub(crate) fn at(path: &str) -> Option<Self> {
        Some(match path {
            "/o/oauth2/v2/auth" | "/o/oauth2/auth" => Self::Authorize,
            "/o/oauth2/v2/auth/decide" => Self::Decide,
            "/token" | "/oauth2/v4/token" => Self::Token,
            "/revoke" => Self::Revoke,
            "/oauth2/v3/userinfo" | "/v1/userinfo" => Self::UserInfo,
            "/tokeninfo" | "/oauth2/v3/tokeninfo" => Self::TokenInfo,
            "/oauth2/v3/certs" => Self::Certs,
            "/.well-known/openid-configuration" => Self::Configuration,
            "/computeMetadata/v1/instance/service-accounts/default/token" => Self::MachineToken,
            other => match iam::verb(other)? {
                "generateAccessToken" => Self::GenerateAccessToken,
                "signJwt" => Self::SignJwt,
                _ => return None,
            },
        })
    }

    /// The name under which requests are recorded and faults are set.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Authorize => "authorize",
            Self::Decide => "decide",
            Self::Token => "token",
            Self::Revoke => "revoke",
            Self::UserInfo => "userinfo",
            Self::TokenInfo => "tokeninfo",
            Self::Certs => "certs",
            Self::Configuration => "openid-configuration",
            Self::GenerateAccessToken => {
                "iamcredentials.projects.serviceAccounts.generateAccessToken"
            }
            Self::SignJwt => "iamcredentials.projects.serviceAccounts.signJwt",
            Self::MachineToken => "metadata-token",
        }
    }

    fn takes(self, method: &Method) -> bool {
        match self {
            Self::Token
            | Self::Revoke
            | Self::Decide
            | Self::GenerateAccessToken
            | Self::SignJwt => *method == Method::POST,
            Self::UserInfo | Self::TokenInfo => *method == Method::GET || *method == Method::POST,
            Self::Authorize | Self::Certs | Self::Configuration | Self::MachineToken => {
                *method == Method::GET
            }
        }
    }

    /// The account that a request is about, where its form names a token or code.
    pub(crate) fn account(self, shared: &Shared, request: &Request) -> Option<String> {
        if !matches!(self, Self::Token | Self::Revoke) {
            return None;
        }
        let secrets = ["code", "refresh_token", "token"];
        url::form_urlencoded::parse(&request.body).find_map(|(name, secret)| match &*name {
            "assertion" => assertion::account_of(&secret),
            name if secrets.contains(&name) => {
                shared.with_grants(|grants| grants.account_of(&secret))
            }
            _ => None,
        })
    }

    pub(crate) fn answer(self, shared: &Shared, request: &Request) -> Answer {
        if !self.takes(&request.method) {
            return Answer::no_such_page(StatusCode::METHOD_NOT_ALLOWED);
        }
        match self {
            Self::Authorize => authorize::show(shared, request),
            Self::Decide => authorize::decide(shared, request),
            Self::Token => token::answer(shared, request),
            Self::Revoke => revoke::answer(shared, request),
            Self::UserInfo => info::user(shared, request),
            Self::TokenInfo => info::token(shared, request),
            Self::Certs => info::certs(shared),
            Self::Configuration => info::configuration(shared),
            Self::GenerateAccessToken => iam::access_token(shared, request),
            Self::SignJwt => iam::signed_jwt(shared, request),
            Self::MachineToken => iam::of_this_machine(shared, request),
        }
    }
}

/// Google's own name of a scope that also goes by a short one.
pub(crate) fn canonical(scope: &str) -> &str {
    match scope {
        "email" => EMAIL,
        "profile" => PROFILE,
        other => other,
    }
}
