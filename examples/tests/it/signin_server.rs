//! The application with a chat and a login of its own, as people meet it.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "test helpers fail the test"
)]

use std::{
    io::{BufRead as _, BufReader, Lines},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use http::{Request, Response, StatusCode, header};
use tempfile::TempDir;
use toolgate_emulator::Person;
use toolgate_http::HttpClient;
use toolgate_testkit::{Browser, fresh_postgres_database};
use url::Url;

const KEY: &str = "Q0FOQVJZc2VjcmV0LUNBTkFSWXNlY3JldC1DQU5BUlk";
const DEADLINE: Duration = Duration::from_mins(1);
const ASK: &str = "text=What+is+unread%3F";

/// The program.
struct Server {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    url: String,
    /// Where it keeps its database, unless others hold that too.
    folder: Option<TempDir>,
}

impl Server {
    /// In a folder of its own.
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut server = Self::start_in(folder.path(), None);
        server.folder = Some(folder);
        server
    }

    /// Over the database of this URL, or the one in this folder.
    fn start_in(folder: &Path, database: Option<&str>) -> Self {
        let tests = std::env::current_exe().unwrap();
        let target = tests.ancestors().nth(2).unwrap();
        let mut program = Command::new(target.join("examples/signin_server"));
        let mut child = program
            .args(["--port", "0"])
            .current_dir(folder)
            .env_remove("GOOGLE_CLIENT_ID")
            .env_remove("DATABASE_URL")
            .envs(database.map(|url| ("DATABASE_URL", url)))
            .env("TOOLGATE_KEY", KEY)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut server = Self {
            child,
            lines,
            url: String::new(),
            folder: None,
        };
        let line = server.hear("the chat is at ");
        server.url = line.split('/').take(3).collect::<Vec<_>>().join("/");
        server
    }

    /// Waits for a line that begins so; the rest of it.
    fn hear(&mut self, words: &str) -> String {
        let mut lines = self.lines.by_ref().map(Result::unwrap);
        let line = lines.find_map(|line| {
            // The leak check over the whole test run reads what this test prints.
            println!("{line}");
            line.strip_prefix(words).map(str::to_owned)
        });
        line.unwrap()
    }

    async fn send(&self, request: http::request::Builder, form: &str) -> Response<Vec<u8>> {
        let form_type = "application/x-www-form-urlencoded";
        let request = request.header(header::CONTENT_TYPE, form_type);
        let request = request.body(form.as_bytes().to_vec()).unwrap();
        let http = HttpClient::new().unwrap();
        http.send(request, DEADLINE).await.unwrap()
    }

    /// Somebody logs in; their cookie.
    async fn log_in(&self, name: &str) -> String {
        let request = Request::post(format!("{}/login", self.url));
        let answer = self.send(request, &format!("name={name}")).await;
        let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Somebody asks what is unread.
    async fn ask(&self, cookie: &str) {
        let say = Request::post(format!("{}/say", self.url)).header(header::COOKIE, cookie);
        assert_eq!(self.send(say, ASK).await.status(), StatusCode::SEE_OTHER);
    }

    /// Somebody's chat, once these words stand in it.
    async fn chat_with(&self, cookie: &str, words: &str) -> String {
        self.chat_with_all(cookie, words, 1).await
    }

    /// The same, once they stand in it so often.
    async fn chat_with_all(&self, cookie: &str, words: &str, times: usize) -> String {
        let begun = Instant::now();
        loop {
            let request = Request::get(format!("{}/", self.url)).header(header::COOKIE, cookie);
            let page = self.send(request, "").await.into_body();
            let page = String::from_utf8(page).unwrap();
            if page.matches(words).count() >= times {
                return page;
            }
            assert!(begun.elapsed() < DEADLINE, "no {words}: {page}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// The link that stands in somebody's chat, once one does.
    async fn link(&self, cookie: &str) -> Url {
        self.link_number(cookie, 1).await
    }

    /// The link that is so far down in somebody's chat, once one is.
    async fn link_number(&self, cookie: &str, number: usize) -> Url {
        let page = self.chat_with_all(cookie, "<a href=\"http", number).await;
        let rest = page.split("<a href=\"http").nth(number).unwrap();
        let rest = rest.split('"').next().unwrap();
        format!("http{rest}").parse().unwrap()
    }

    /// Somebody opens a link in the browser in which they are logged in; the last page.
    async fn follow(&self, cookie: &str, person: Person, link: &Url) -> String {
        let (name, value) = cookie.split_once('=').unwrap();
        let person = person.with_cookie(link, name, value);
        person.follow(link).await.unwrap().body
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[tokio::test]
async fn the_chat_gives_a_link_that_works_for_its_person_alone_and_ends_on_ctrl_c() {
    let mut server = Server::start();
    let say = Request::post(format!("{}/say", server.url));
    let refused = server.send(say, ASK).await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN, "not logged in");
    let alice = server.log_in("alice").await;
    server.ask(&alice).await;
    let link = server.link(&alice).await;
    let page = Person::new("alice@example.com")
        .follow(&link)
        .await
        .unwrap();
    assert_eq!(page.status, StatusCode::FORBIDDEN, "{}", page.body);
    assert!(
        page.body.contains("made for somebody else"),
        "{}",
        page.body
    );

    let id = server.child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &id]).status();
    assert!(sent.unwrap().success());
    server.hear("good bye");
    assert!(server.child.wait().unwrap().success());
}

/// Alice asks, the program is killed, and another one over the same database goes on when she comes
/// back and connects.
async fn goes_on_after_a_restart(database: Option<&str>) {
    let [folder, other] = [(); 2].map(|()| tempfile::tempdir().unwrap());
    let server = Server::start_in(folder.path(), database);
    let alice = server.log_in("alice").await;
    server.ask(&alice).await;
    server.link(&alice).await;
    drop(server);

    // What is in PostgreSQL is in no folder.
    let place = database.map_or(&folder, |_| &other);
    let server = Server::start_in(place.path(), database);
    let bob = server.log_in("bob").await;
    let alice = server.log_in("alice").await;
    let link = server.link(&alice).await;
    let person = Person::new("alice@example.com");
    let page = server.follow(&alice, person, &link).await;
    assert!(page.contains("<h1>Connected"), "{page}");
    let chat = server.chat_with(&alice, "unread mails; the newest:").await;
    assert!(!chat.contains("That did not work"), "{chat}");
    let chat = server.chat_with(&bob, "Chat of bob").await;
    assert!(
        !chat.contains("not done"),
        "nothing of bob's waited: {chat}"
    );
}

#[tokio::test]
async fn who_did_not_connect_gets_another_link_when_they_write_again() {
    let server = Server::start();
    let alice = server.log_in("alice").await;
    server.ask(&alice).await;
    let link = server.link(&alice).await;
    let person = Person::new("alice@example.com");
    server.follow(&alice, person.denying(), &link).await;
    // The form is there again once nothing is under way.
    let chat = server.chat_with(&alice, "action=\"/say\"").await;
    assert!(chat.contains("is not connected yet"), "{chat}");
    server.ask(&alice).await;
    let again = server.link_number(&alice, 2).await;
    assert_ne!(again, link);
    let person = Person::new("alice@example.com");
    let page = server.follow(&alice, person, &again).await;
    assert!(page.contains("<h1>Connected"), "{page}");
    // What was asked first, and what was asked when she came back.
    let answered = "unread mails; the newest:";
    let chat = server.chat_with_all(&alice, answered, 2).await;
    assert!(!chat.contains("waits; take it"), "{chat}");
}

#[tokio::test]
async fn a_run_that_waited_goes_on_after_a_restart_when_its_person_connects() {
    goes_on_after_a_restart(None).await;
}

#[tokio::test]
async fn over_postgres_a_run_that_waited_goes_on_after_a_restart() {
    let database = fresh_postgres_database("the chat over PostgreSQL").await;
    if let Some(database) = database {
        goes_on_after_a_restart(Some(database.url())).await;
    }
}

/// From the login to the answer, in a browser.
async fn asks_for_mail(browser: &Browser, server: &Server, name: &str) -> String {
    browser.open(&server.url).await;
    let input = browser.find("input[name=name]").await;
    input.send_keys(name).await.unwrap();
    browser.click("Log in").await;
    browser.sees(&format!("Chat of {name}")).await;
    browser.click("Send").await;
    let link = browser.find("a[href*='/google/connect/']").await;
    let link = link.attr("href").await.unwrap().unwrap();
    let driver = browser.driver();
    let chat = driver.window().await.unwrap();
    let tab = driver.new_tab().await.unwrap();
    driver.switch_to_window(tab).await.unwrap();
    browser.open(&link).await;
    browser.sees("Connect Google to Mail chat").await;
    browser.click("Continue").await;
    let account = format!("input[value='{name}@example.com']");
    browser.find(&account).await.click().await.unwrap();
    browser.click("Allow").await;
    browser.sees("Connected").await;
    driver.switch_to_window(chat).await.unwrap();
    // The run goes on by itself, and so does the page.
    browser.find("input[name=text]").await;
    browser.text().await
}

#[tokio::test]
async fn in_chromium_two_people_connect_from_the_chat_and_each_gets_their_own_mail() {
    let what = "two people in two browsers";
    let (Some(first), Some(second)) = (Browser::start(what).await, Browser::start(what).await)
    else {
        return;
    };
    let server = Server::start();
    let (alice, bob) = tokio::join!(
        asks_for_mail(&first, &server, "alice"),
        asks_for_mail(&second, &server, "bob")
    );
    for (person, chat) in [("alice", &alice), ("bob", &bob)] {
        assert!(
            chat.contains("unread mails; the newest:"),
            "{person}: {chat}"
        );
    }
    let newest = |chat: &str| {
        chat.split_once("the newest:")
            .unwrap()
            .1
            .lines()
            .next()
            .unwrap()
            .to_owned()
    };
    assert_ne!(newest(&alice), newest(&bob));
    first.click("Your Google accounts").await;
    first.find("section.account").await;
    let accounts = first.text().await;
    assert!(accounts.contains("alice@example.com"), "{accounts}");
    assert!(!accounts.contains("bob"), "{accounts}");
}
