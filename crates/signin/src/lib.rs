//! The sign-in pages and OAuth callback of Toolgate, as an axum router to merge into an
//! application's own.
//!
//! | Path below the public URL | What it does |
//! |---|---|
//! | `GET /google/connect/{state}` | The page of a link: for whom, for which application, for what. Changes nothing, so that previews in chats do no harm. |
//! | `POST /google/connect/{state}` | Continue: binds the browser and sends it to Google. |
//! | `GET /google/callback` | Takes Google's answer, stores the grant, and goes on to a clean address. |
//! | `GET /google/done`, `GET /google/error` | What came of it. |
//! | `GET /google/connections` | The logged-in person's own connections. |
//! | `POST /google/connections/connect` | Makes a link for them (form: `account`, what a further one is to be called, or none for the default one) and goes to its page. |
//! | `GET /google/connections/disconnect` | Asks once more (query: the same). |
//! | `POST /google/connections/disconnect` | Ends a connection (form: the same, and `everywhere`, which is `true` where all other connections of the same Google account end along). |
//! | `POST /google/connections/rename` | Calls an account something else (form: `account`, and `name`, the new one), where a person may have several. |
//! | `POST /google/connections/default` | Makes an account the default one (form: `account`, and `old_default`, what the one that is it now is to be called). |
//! | `GET /google/style.css`, `GET /google/logo` | The pages' style, and the logo of a [`Branding`]. There is no script. |
//!
//! The page of connections needs a [`UserVerifier`](toolgate_auth::sign_in::UserVerifier), which
//! says who is logged in; without one it is not found, and says so.
//!
//! A process that serves the pages binds the same [`GoogleAuth`](toolgate_auth::GoogleAuth) to the
//! same database as the one that runs agents; they may be one.
//!
//! ```
//! use axum::{Router, body::Body};
//! use http::{Request, StatusCode};
//! use toolgate_auth::{
//!     GoogleAuth, KeyRing, KeySource, MemoryDatabase, OAuthClient, Principal, Requirement,
//!     SealingKey, Service, ToolkitScopes,
//! };
//! use toolgate_signin::PageOptions;
//! use tower::ServiceExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let google = GoogleAuth::builder(OAuthClient::new("id.apps.googleusercontent.com"))
//!     .with_public_url("https://app.example.com")
//!     .with_app_name("Example")
//!     .with_hosted_domain("example.com")
//!     .with_keys(KeySource::Ring(KeyRing::new("k1", SealingKey::from_bytes([7; 32]))?))
//!     .build()?;
//! let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&["gmail.users.messages.list"]));
//! let google = google.bind(&MemoryDatabase::new(), Service::google(), vec![gmail]).await?;
//!
//! // The application's own routes, and ours.
//! let app = Router::new().merge(toolgate_signin::router(google.clone(), PageOptions::new())?);
//!
//! // A link, as an agent hands it out, and its page, as a browser sees it.
//! let alice = Principal::for_user("alice")?;
//! let link = google.connect_link(&alice, None, &["gmail".to_owned()]).await?;
//! let page = app.oneshot(Request::get(link.url.path()).body(Body::empty())?).await?;
//! assert_eq!(page.status(), StatusCode::OK);
//! # Ok(())
//! # }
//! ```
//!
//! # Pages of the application's own
//! Every address answers in JSON where `Accept` prefers `application/json` to HTML, with the same
//! checks, cookies and status. [`PageOptions::with_done_path`] and
//! [`with_error_path`](PageOptions::with_error_path) send browsers to the application's own pages,
//! whose scripts then ask here what came of it. Members are added in time, and none is renamed.
//!
//! | Asked for | JSON |
//! |---|---|
//! | `GET connect/{state}` | `{"app", "person", "account", "expected_email", "services": [..], "permissions": [..], "unverified"}`: where `unverified` is true, nothing ties the link to the person, and a page has to say whose agent gains access |
//! | `POST connect/{state}`, `POST connections/connect` | `{"location"}`, where the browser goes next |
//! | `GET done`, `GET error`, once | `{"connected": {"app", "person", "account", "email", "services": [..], "granted": [..], "declined": [..], "complete"}}`, an error, or `{"connected": null}` where there is nothing to tell |
//! | `GET connections` | `{"app", "person", "services": [..], "several_accounts", "connections": [{"account", "email", "services": [..], "permissions": [..], "left_out": [..], "status", "first_connected", "last_used"}]}`: `status` is `active`, `needs_consent`, `blocked`, `suspended`, or `disconnecting` (not used any more; Google is still to be told); `left_out` is what the application asks for and the person did not allow; `account` is null for the default one; times are RFC 3339 in UTC |
//! | `GET connections/disconnect` | `{"connection": {..}, "others"}`, as above, and how many other connections of the same Google account there are |
//! | `POST connections/disconnect` | `{"disconnected", "others"}`: `at_google`, `here_only` (so many other connections of the account work, and Google keeps its grant), `pending` (to be finished), `here_unreadable` (what was kept could not be read, is gone, and Google could not be told: the person removes the application in their Google account), `not_connected` |
//! | `POST connections/rename` | `{"account"}`, what it is called now |
//! | `POST connections/default` | `{"account": null, "old_default"}`, what the default account of before is called now |
//! | whatever is refused | `{"error": {"code", "message", "next"}}`, and `"google": {"error", "description"}` where Google itself said no |
//!
//! Forms are sent as `application/x-www-form-urlencoded`, from the application's own origin.
//!
//! ```
//! # use axum::{Router, body::Body};
//! # use http::Request;
//! # use http_body_util::BodyExt as _;
//! # use serde_json::{Value, json};
//! # use toolgate_auth::{
//! #     GoogleAuth, KeyRing, KeySource, MemoryDatabase, OAuthClient, Principal, Requirement,
//! #     SealingKey, Service, ToolkitScopes,
//! # };
//! # use toolgate_signin::PageOptions;
//! # use tower::ServiceExt as _;
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let google = GoogleAuth::builder(OAuthClient::new("id.apps.googleusercontent.com"))
//! #     .with_public_url("https://app.example.com")
//! #     .with_app_name("Example")
//! #     .with_hosted_domain("example.com")
//! #     .with_keys(KeySource::Ring(KeyRing::new("k1", SealingKey::from_bytes([7; 32]))?))
//! #     .build()?;
//! # let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&["gmail.users.messages.list"]));
//! # let google = google.bind(&MemoryDatabase::new(), Service::google(), vec![gmail]).await?;
//! let options = PageOptions::new()
//!     .with_done_path("/settings/google")
//!     .with_error_path("/settings/google");
//! let app: Router = toolgate_signin::router(google.clone(), options)?;
//!
//! let alice = Principal::for_user("alice")?;
//! let link = google.connect_link(&alice, None, &["gmail".to_owned()]).await?;
//! let request = Request::get(link.url.path()).header("accept", "application/json");
//! let answer = app.oneshot(request.body(Body::empty())?).await?;
//! let stated: Value = serde_json::from_slice(&answer.into_body().collect().await?.to_bytes())?;
//! assert_eq!(stated["person"], "alice");
//! assert_eq!(stated["services"], json!(["gmail"]));
//! assert_eq!(stated["permissions"][0], "Read your mail");
//! # Ok(())
//! # }
//! ```
//!
//! # What it does not do
//! It decides nothing: whether a sign-in is valid is the business of
//! [`SignIn`](toolgate_auth::sign_in::SignIn), and an application that draws its own pages calls
//! that. It does not terminate TLS, and it does not know who is logged in: an application says that
//! by a [`UserVerifier`](toolgate_auth::sign_in::UserVerifier), which sees the request's headers.
//!
//! What the last page shows travels in a cookie of two minutes (`__Host-tg-flash`, over plain HTTP
//! on loopback `tg-flash`), and beside it, where Google's answer came twice, that it was used already
//! (`-late`): the browser that has its connection is shown that one, or is sent to the application's own
//! page again where the sign-in ended there. Either is not signed: it holds no secret, opens nothing, leads to
//! no other site, and whatever it says is escaped. An answer that comes again is an event
//! (`sign_in_refused`, `already_used`), whatever the browser is shown.
//!
//! One set of pages serves the links of all bindings of its [`GoogleAuth`](toolgate_auth::GoogleAuth) over
//! one database. Every process that serves sign-ins binds the same toolkits, or none at all; where a link's
//! service is not known yet, as while a new version is rolled out, nothing is used up.

mod accept;
mod account;
mod answer;
mod branding;
mod colour;
mod connections;
mod date;
mod error;
mod flash;
mod form;
mod headers;
mod json;
mod names;
mod naming;
mod notice;
mod options;
mod pages;
mod paths;
mod router;
mod wording;

pub use branding::{Branding, Logo};
pub use error::Error;
pub use names::PersonNames;
pub use options::PageOptions;
pub use router::router;
