//! The largest tokens and codes that Google may give, in all of printable ASCII, go through all of
//! it: the exchange, sealing, either database, and refreshes.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;
use std::time::Duration;

use http::header::COOKIE;
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};
use toolgate_auth::store::Database;
use toolgate_auth::{BoundGoogleAuth, Principal, Requirement, Service, TokenKey, ToolkitScopes};
use toolgate_emulator::{Emulator, FaultAction, FaultRule};
use url::{Url, form_urlencoded};

use crate::world::{Databases, address, emulator, google, users};

const READ: &str = "gmail.users.messages.list";
const URL: &str = "http://127.0.0.1:4000";

/// The lengths of an access token, a refresh token and a code.
type Lengths = (usize, usize, usize);

/// The largest that Google names, and the smallest.
const LENGTHS: [Lengths; 2] = [(2048, 512, 256), (1, 1, 1)];

/// Every printable character of ASCII in turn, from another one on for each `seed`.
fn shapeless(seed: u8, length: usize) -> String {
    let all = || (b'!'..=b'~').map(char::from);
    let from = all().cycle().skip(usize::from(seed) * 7).take(94);
    let canary = if length > 12 { "CANARYsecret" } else { "" };
    canary.chars().chain(from.cycle()).take(length).collect()
}

/// One process of an application, for one person.
struct Process {
    emulator: Arc<Emulator>,
    database: Arc<dyn Database>,
    bound: BoundGoogleAuth,
}

impl Process {
    async fn start(emulator: &Arc<Emulator>, database: &Arc<dyn Database>) -> Self {
        let gmail = ToolkitScopes::new("gmail", Requirement::for_methods(&[READ]));
        let google = google(emulator, URL);
        let bound = google.bind(&**database, Service::google(), vec![gmail]);
        Self {
            emulator: Arc::clone(emulator),
            database: Arc::clone(database),
            bound: bound.await.unwrap(),
        }
    }

    /// The person signs in, with this code in Google's answer.
    async fn connect(&self, code: &str, mut answer: Value) {
        let person = Principal::for_user("u0").unwrap();
        let services = ["gmail".to_owned()];
        let link = self.bound.connect_link(&person, None, &services);
        let link = link.await.unwrap().url;
        let state = link.path_segments().unwrap().next_back().unwrap();
        let sign_in = self.bound.sign_in().unwrap();
        let google = sign_in.proceed(state, &HeaderMap::new()).await.unwrap();
        let cookie = google.set_cookies[0].to_str().unwrap();
        let cookie = cookie.split(';').next().unwrap();
        let headers = [(COOKIE, HeaderValue::from_str(cookie).unwrap())];
        answer["id_token"] = self.id_token(&google.location).into();
        self.answer(answer);
        let query = form_urlencoded::Serializer::new(String::new())
            .extend_pairs([("state", state), ("code", code)])
            .finish();
        let headers = headers.into_iter().collect();
        let outcome = sign_in.callback(&query, &headers).await;
        outcome.result.unwrap();
        assert_eq!(self.sent("code"), code);
    }

    fn id_token(&self, authorize: &Url) -> String {
        let mut asked = authorize.query_pairs();
        let (_, nonce) = asked.find(|(name, _)| name == "nonce").unwrap();
        let now = toolgate_auth::Clock::now(&toolgate_auth::SystemClock).as_millis() / 1000;
        self.emulator.sign_id_token(&json!({
            "iss": "https://accounts.google.com",
            "aud": self.emulator.client_id(),
            "sub": self.emulator.subject(&address("u0")).unwrap(),
            "iat": now,
            "exp": now + 3600,
            "nonce": nonce,
            "email": address("u0"),
            "email_verified": true,
        }))
    }

    /// Google answers the next request for tokens so.
    fn answer(&self, body: Value) {
        let action = FaultAction::Json { status: 200, body };
        let rule = FaultRule::new(action).on_method("token").times(1);
        self.emulator.faults().add(rule);
    }

    /// A field of the form that the token endpoint was sent last.
    fn sent(&self, name: &str) -> String {
        let request = self.emulator.requests().pop().unwrap();
        assert_eq!(request.path, "/token");
        let mut fields = form_urlencoded::parse(request.body.as_bytes());
        let (_, value) = fields.find(|(key, _)| key == name).unwrap();
        value.into_owned()
    }

    async fn token(&self) -> String {
        let person = Principal::for_user("u0").unwrap();
        let access = self.bound.access(&person, "gmail");
        let token = access.token(&Requirement::for_methods(&[READ])).await;
        token.unwrap().access().expose().to_owned()
    }

    /// The access token counts as expired from now on.
    async fn expire(&self) {
        let store = self.database.token_store().unwrap();
        let key = TokenKey::new(Principal::for_user("u0").unwrap(), Service::google());
        let row = store.get(&key).await.unwrap().row.unwrap();
        let expired = store
            .invalidate(&key, &row.marker(), Duration::ZERO)
            .await
            .unwrap();
        assert!(expired);
    }
}

fn tokens(access: &str, refresh: &str) -> Value {
    json!({
        "access_token": access,
        "refresh_token": refresh,
        "expires_in": 3600,
        "token_type": "Bearer",
        "scope": "openid email https://www.googleapis.com/auth/gmail.readonly",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_and_codes_of_any_size_and_shape_that_google_names_pass_through_everything() {
    let databases = Databases::fresh("the largest tokens over PostgreSQL").await;
    let emulator = Arc::new(emulator(&users(1)).await);
    for database in databases.all().await {
        for (access, refresh, code) in LENGTHS {
            let access = [0, 1, 2].map(|seed| shapeless(seed, access));
            let refresh = [3, 4, 5].map(|seed| shapeless(seed, refresh));
            let process = Process::start(&emulator, &database).await;
            let answer = tokens(&access[0], &refresh[0]);
            process.connect(&shapeless(6, code), answer).await;
            assert_eq!(process.token().await, access[0]);
            for turn in 1..3 {
                process.expire().await;
                // Another process, which knows what the database holds and nothing else.
                let process = Process::start(&emulator, &database).await;
                process.answer(tokens(&access[turn], &refresh[turn]));
                assert_eq!(process.token().await, access[turn]);
                assert_eq!(process.sent("refresh_token"), refresh[turn - 1]);
            }
        }
    }
}

#[test]
fn the_longest_hold_every_printable_character() {
    for length in [256, 512, 2048] {
        let text = shapeless(3, length);
        assert_eq!(text.len(), length);
        assert!(('!'..='~').all(|it| text.contains(it)));
    }
    assert_ne!(shapeless(1, 1), shapeless(2, 1));
}
