//! Rows of agno's one by one: in pages, of every shape, asked of Google, and bad ones among good ones.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::path::Path;

use sea_orm::sqlx::{
    AssertSqlSafe, ConnectOptions as _, Connection as _, Executor as _, PgConnection,
    SqliteConnection, postgres::PgConnectOptions, sqlite::SqliteConnectOptions,
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use toolgate_auth::{HowToImport, Imported, ImportedGrant, KeptBecause};
use toolgate_emulator::Emulator;
use toolgate_http::{Endpoints, HttpClient};
use toolgate_ops::{AgnoExport, AgnoImport, DatabaseUrl, FernetKeys, RowOutcome, RowReport};
use toolgate_testkit::fresh_postgres_database;

use crate::support::{Ours, SCOPE, client, document, key, keys, token_data};

/// What a build sealed Dave's document with: the digest of this.
const SECRET: &str = "CANARYsecret of a build";
const OVERWRITE: HowToImport = HowToImport {
    overwrite: true,
    dry_run: false,
};

/// A row as a statement writes it: id, user and document.
type Row<'a> = (&'a str, Option<&'a str>, String);

fn insert(place: &str, (id, user, data): &Row<'_>) -> String {
    let user = user.map_or("NULL".to_owned(), |user| format!("'{user}'"));
    format!(
        "INSERT INTO {place} VALUES ('{id}', 'google', {user}, 'google', '{data}', NULL, 1, NULL)"
    )
}

fn make(place: &str, json: &str) -> String {
    format!(
        "CREATE TABLE {place} (id VARCHAR PRIMARY KEY, provider VARCHAR NOT NULL, user_id VARCHAR, \
         service VARCHAR NOT NULL, token_data {json}, granted_scopes {json}, created_at BIGINT, \
         updated_at BIGINT)"
    )
}

async fn sqlite(path: &Path, statements: Vec<String>) -> DatabaseUrl {
    let options = SqliteConnectOptions::new().filename(path);
    let options = options.create_if_missing(true).disable_statement_logging();
    let mut db = SqliteConnection::connect_with(&options).await.unwrap();
    for statement in statements {
        db.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    db.close().await.unwrap();
    DatabaseUrl::sqlite(path)
}

/// A database of these rows.
async fn theirs(path: &Path, rows: &[Row<'_>]) -> DatabaseUrl {
    let place = "agno_auth_tokens";
    let inserts = rows.iter().map(|row| insert(place, row));
    sqlite(
        path,
        [make(place, "JSON")].into_iter().chain(inserts).collect(),
    )
    .await
}

fn of<'a>(reports: &'a [RowReport], user: &str) -> &'a RowReport {
    let mut found = reports.iter().filter(|it| it.user.as_deref() == Some(user));
    found.next().unwrap()
}

/// The shapes of a build before the releases: no scopes beside the document, in clear or sealed with
/// the digest of a secret, and no user as null.
fn of_a_build() -> [Row<'static>; 3] {
    let sealed = include_str!("dave.fernet").trim_end();
    [
        (
            "google:alice:google",
            Some("alice"),
            document("alice").to_string(),
        ),
        ("google::google", None, document("nobody").to_string()),
        (
            "google:dave:google",
            Some("dave"),
            json!({"encrypted": sealed}).to_string(),
        ),
    ]
}

async fn a_builds_rows_are_taken(ours: &Ours, url: &DatabaseUrl) {
    let keys = FernetKeys::none().or_before_them(SECRET);
    let import = AgnoImport::default().with_keys(keys);
    let reports = import.run(url, &ours.operator).await.unwrap();
    assert_eq!(reports.len(), 3);
    for (user, name) in [
        (Some("alice"), "alice"),
        (None, "nobody"),
        (Some("dave"), "dave"),
    ] {
        let (found, expected) = (ours.document(user).await, document(name));
        for field in ["token", "refresh_token", "client_id", "scopes"] {
            assert!(found[field] == expected[field], "{name}: {field}");
        }
        assert_eq!(ours.row(user).await.unwrap().consented_scopes, [SCOPE]);
    }
}

#[tokio::test]
async fn rows_of_a_build_are_taken_from_sqlite_in_clear_and_sealed_with_a_digest() {
    let ours = Ours::new().await;
    let url = theirs(&ours.path("build.db"), &of_a_build()).await;
    a_builds_rows_are_taken(&ours, &url).await;
}

#[tokio::test]
async fn rows_of_a_build_are_taken_from_postgresql_in_clear_and_sealed_with_a_digest() {
    let Some(database) = fresh_postgres_database("rows of a build of agno").await else {
        return;
    };
    let options: PgConnectOptions = database.url().parse().unwrap();
    let options = options.disable_statement_logging();
    let mut db = PgConnection::connect_with(&options).await.unwrap();
    let place = "ai.agno_auth_tokens";
    db.execute("CREATE SCHEMA ai").await.unwrap();
    let rows = of_a_build();
    let inserts = rows.iter().map(|row| insert(place, row));
    for statement in [make(place, "JSONB")].into_iter().chain(inserts) {
        db.execute(AssertSqlSafe(statement)).await.unwrap();
    }
    db.close().await.unwrap();
    let ours = Ours::new().await;
    // As agno's own set-up writes the address.
    let theirs = database
        .url()
        .replacen("postgres://", "postgresql+psycopg://", 1);
    let url = DatabaseUrl::parse_of_sqlalchemy(&theirs).unwrap();
    a_builds_rows_are_taken(&ours, &url).await;
}

#[tokio::test]
async fn a_table_of_many_pages_is_read_to_its_end() {
    let ours = Ours::new().await;
    let names: Vec<String> = (0..205).map(|number| format!("user-{number:03}")).collect();
    let rows = names.iter();
    let rows = rows.map(|it| (it.as_str(), Some(it.as_str()), document(it).to_string()));
    let url = theirs(&ours.path("many.db"), &rows.collect::<Vec<_>>()).await;
    let how = HowToImport {
        overwrite: false,
        dry_run: true,
    };
    let import = AgnoImport::default().with_how(how);
    let reports = import.run(&url, &ours.operator).await.unwrap();
    let ids: Vec<_> = reports.iter().map(|it| it.id.clone()).collect();
    assert_eq!(ids, names, "each once, in order");
}

/// Answers each request of these with what the program says, one by one.
async fn answer(listener: &TcpListener, mut with: impl AsyncFnMut() -> &'static str) {
    loop {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !asked.ends_with(b"\r\n\r\n") {
            assert!(stream.read_buf(&mut asked).await.unwrap() > 0);
        }
        let says = with().await;
        stream.write_all(says.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
    }
}

const NAMES_SOMEBODY: &str =
    "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 12\r\n\r\n{\"sub\":\"17\"}";
const DOWN: &str = "HTTP/1.1 503 Down\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

/// An import that asks there whose each grant is.
fn asking(listener: &TcpListener) -> AgnoImport {
    let base = format!("http://{}", listener.local_addr().unwrap());
    let endpoints = Endpoints::at_base(&base).unwrap();
    AgnoImport::default().with_verification(endpoints, HttpClient::new().unwrap())
}

#[tokio::test]
async fn a_database_that_goes_away_ends_an_import_with_what_became_of_the_rows_before() {
    let ours = Ours::new().await;
    let names: Vec<String> = (0..101).map(|number| format!("user-{number:03}")).collect();
    let rows = names.iter();
    let rows = rows.map(|it| (it.as_str(), Some(it.as_str()), document(it).to_string()));
    let path = ours.path("broken.db");
    let url = theirs(&path, &rows.collect::<Vec<_>>()).await;
    // It goes while the first page is worked on.
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let import = asking(&listener);
    let mut is_there = true;
    let goes_away = answer(&listener, async || {
        if std::mem::take(&mut is_there) {
            sqlite(&path, vec!["DROP TABLE agno_auth_tokens".to_owned()]).await;
        }
        NAMES_SOMEBODY
    });
    let error = tokio::select! {
        ran = import.run(&url, &ours.operator) => ran.unwrap_err(),
        () = goes_away => panic!("it ends before"),
    };
    assert_eq!(error.rows_so_far().len(), 100);
    let new = RowOutcome::Imported(Imported::New);
    assert!(error.rows_so_far().iter().all(|it| it.outcome == new));
    assert!(error.to_string().contains("100"), "{error}");
    assert!(ours.row(Some("user-099")).await.is_some());
}

#[tokio::test]
async fn google_is_asked_of_what_would_be_written_alone_and_where_it_is_down_the_import_stops() {
    let ours = Ours::new().await;
    imported(&ours, "alice", "k1").await;
    let rows = ["alice", "bob", "carol"];
    let rows = rows.map(|it| (it, Some(it), document(it).to_string()));
    let url = theirs(&ours.path("agno.db"), &rows).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    for dry_run in [true, false] {
        let import = asking(&listener).with_how(HowToImport {
            overwrite: false,
            dry_run,
        });
        let error = tokio::select! {
            ran = import.run(&url, &ours.operator) => ran.unwrap_err(),
            () = answer(&listener, async || DOWN) => panic!("it ends before"),
        };
        assert!(error.is_transient(), "{error}");
        let [alice] = error.rows_so_far() else {
            panic!("{:?}", error.rows_so_far());
        };
        let same = RowOutcome::Imported(Imported::Kept(KeptBecause::SameGrant));
        assert_eq!(alice.outcome, same);
    }
    assert!(ours.row(Some("bob")).await.is_none());
}

#[tokio::test]
async fn a_row_whose_columns_hold_something_else_costs_no_other() {
    let ours = Ours::new().await;
    let path = ours.path("agno.db");
    let rows = ["alice", "carol"];
    let rows = rows.map(|it| (it, Some(it), document(it).to_string()));
    theirs(&path, &rows).await;
    // No text where one has to be.
    let bad =
        "INSERT INTO agno_auth_tokens VALUES ('bob', x'00', 'bob', 'google', '{}', NULL, 1, NULL)";
    let url = sqlite(&path, vec![bad.to_owned()]).await;
    let reports = AgnoImport::default().run(&url, &ours.operator).await;
    let reports = reports.unwrap();
    for user in ["alice", "carol"] {
        let new = RowOutcome::Imported(Imported::New);
        assert_eq!(of(&reports, user).outcome, new, "{user}");
    }
    let bob = of(&reports, "bob");
    assert!(bob.outcome.is_skipped() && bob.id == "bob", "{bob}");
}

#[tokio::test]
async fn a_row_that_cannot_be_overwritten_costs_no_other_its_import() {
    let ours = Ours::new().await;
    let rows = ["alice", "bob", "carol"];
    let rows = rows.map(|it| (it, Some(it), document(it).to_string()));
    let url = theirs(&ours.path("agno.db"), &rows).await;
    let import = AgnoImport::default();
    import.run(&url, &ours.operator).await.unwrap();
    let damage = "UPDATE auth_tokens SET status = 'of another version' WHERE user_id = 'bob'";
    sqlite(&ours.path("toolgate.db"), vec![damage.to_owned()]).await;
    let reports = import.run(&url, &ours.operator).await.unwrap();
    let same = RowOutcome::Imported(Imported::Kept(KeptBecause::SameGrant));
    for user in ["alice", "carol"] {
        assert_eq!(of(&reports, user).outcome, same, "{user}");
    }
    let bob = &of(&reports, "bob").outcome;
    assert!(matches!(bob, RowOutcome::Skipped(_)), "{bob:?}");
}

async fn imported(ours: &Ours, name: &str, ring: &str) {
    let document = document(name).to_string();
    let grant = ImportedGrant::from_authorized_user(document.as_bytes()).unwrap();
    let operator = ours.storage.operator(&keys(ring)).await.unwrap();
    let key = key(Some(name));
    let done = operator.import(&key, &grant, HowToImport::default());
    assert_eq!(done.await.unwrap(), Imported::New);
}

#[tokio::test]
async fn a_row_under_a_lost_key_costs_no_other_its_export() {
    let ours = Ours::new().await;
    for (name, ring) in [
        ("alice", "k1"),
        ("bob", "k2"),
        ("carol", "k1"),
        ("dave", "k2"),
    ] {
        imported(&ours, name, ring).await;
    }
    let export = AgnoExport::new(client()).in_clear();
    let to = DatabaseUrl::sqlite(ours.path("agno.db"));
    let reports = export.run(&ours.operator, &to).await.unwrap();
    for user in ["alice", "carol"] {
        assert_eq!(of(&reports, user).outcome, RowOutcome::Exported, "{user}");
    }
    for user in ["bob", "dave"] {
        let RowOutcome::Skipped(why) = &of(&reports, user).outcome else {
            panic!("{user} was handed out");
        };
        assert!(why.contains("k2"), "{why}");
    }
    // A dry run says the same, of a database that is not there too.
    let to = DatabaseUrl::sqlite(ours.path("nowhere.db"));
    let dry_run = export.with_dry_run(true).run(&ours.operator, &to).await;
    for (told, real) in dry_run.unwrap().iter().zip(&reports) {
        assert_eq!(told.outcome, real.outcome);
    }
}

#[tokio::test]
async fn a_dry_run_of_an_export_fails_where_the_table_cannot_take_the_rows() {
    let ours = Ours::new().await;
    imported(&ours, "alice", "k1").await;
    let path = ours.path("agno.db");
    let make = "CREATE TABLE agno_auth_tokens (id VARCHAR, provider VARCHAR, user_id VARCHAR, \
                service VARCHAR, granted_scopes JSON)";
    let to = sqlite(&path, vec![make.to_owned()]).await;
    let export = AgnoExport::new(client()).in_clear().with_dry_run(true);
    let error = export.run(&ours.operator, &to).await.unwrap_err();
    assert!(error.to_string().contains("columns are missing"), "{error}");
}

#[tokio::test]
async fn a_dry_run_of_an_export_says_what_stands_at_the_other_end_and_makes_nothing() {
    let ours = Ours::new().await;
    imported(&ours, "alice", "k1").await;
    imported(&ours, "bob", "k1").await;
    let export = AgnoExport::new(client()).in_clear().with_dry_run(true);
    let path = ours.path("agno.db");
    let to = DatabaseUrl::sqlite(&path);
    let run = async |export: &AgnoExport| export.run(&ours.operator, &to).await.unwrap();
    let reports = run(&export).await;
    assert_eq!(of(&reports, "alice").outcome, RowOutcome::Exported);
    assert!(!path.exists(), "a dry run makes no database");
    // One without the table, and then one with Alice's row.
    sqlite(&path, vec!["CREATE TABLE others (id VARCHAR)".to_owned()]).await;
    assert_eq!(
        of(&run(&export).await, "alice").outcome,
        RowOutcome::Exported
    );
    let row = ("1", Some("alice"), token_data("alice").to_string());
    theirs(&path, &[row]).await;
    let before = std::fs::read(&path).unwrap();
    let reports = run(&export).await;
    assert_eq!(of(&reports, "alice").outcome, RowOutcome::Stands);
    assert_eq!(of(&reports, "bob").outcome, RowOutcome::Exported);
    let reports = run(&export.with_overwrite(true)).await;
    assert_eq!(of(&reports, "alice").outcome, RowOutcome::ExportedOver);
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn where_google_is_asked_whose_each_grant_is_no_other_is_taken() {
    let ours = Ours::new().await;
    let emulator = Emulator::builder().start().await.unwrap();
    let endpoints = Endpoints::at_base(emulator.base_url().as_str()).unwrap();
    let mut good: Value = document("alice");
    good["token"] = json!(emulator.issue_token("alice@example.com", &["openid", "email"]));
    let rows = [
        ("1", Some("alice"), good.to_string()),
        ("2", Some("bob"), document("bob").to_string()),
    ];
    let url = theirs(&ours.path("agno.db"), &rows).await;
    let import = AgnoImport::default().with_how(OVERWRITE);
    let import = import.with_verification(endpoints, HttpClient::new().unwrap());
    let reports = import.run(&url, &ours.operator).await.unwrap();
    let alice = of(&reports, "alice");
    assert_eq!(alice.outcome, RowOutcome::Imported(Imported::New));
    assert!(alice.to_string().contains("verified"), "{alice}");
    let row = ours.row(Some("alice")).await.unwrap();
    assert_eq!(row.account_email.as_deref(), Some("alice@example.com"));
    assert!(row.account_id.is_some());
    let RowOutcome::Skipped(why) = &of(&reports, "bob").outcome else {
        panic!("bob was taken");
    };
    assert!(why.contains("not verified"), "{why}");
    assert!(ours.row(Some("bob")).await.is_none());
}
