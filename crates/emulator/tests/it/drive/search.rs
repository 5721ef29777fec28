//! What a search finds, in which order, and what is refused.

use serde_json::{Value, json};

use super::harness::{Drive, FOLDER, percent};

fn files() -> Value {
    json!([
        { "id": "f1", "name": "Projects", "mime_type": FOLDER, "modified": "2026-01-01T00:00:00Z" },
        { "id": "t1", "name": "HelloWorld notes.txt", "parent": "f1", "text": "the quick brown fox",
          "modified": "2026-01-02T00:00:00Z", "starred": true,
          "properties": { "mass": "1.3kg" } },
        { "id": "t2", "name": "it's a \\ 'name'", "text": "brown quick", "description": "tea",
          "modified": "2026-01-03T00:00:00Z" },
        { "id": "d1", "name": "Plan 10", "markdown": "# Plan\n\nquick quick quick",
          "modified": "2026-01-04T00:00:00Z",
          "shared_with": [{ "role": "reader", "discoverable": true }] },
        { "id": "d2", "name": "plan 9", "markdown": "nothing", "parent": "f1", "trashed": true,
          "modified": "2026-01-05T00:00:00Z" },
        { "id": "s1", "name": "Way to the plan", "shortcut_to": "d1",
          "modified": "2026-01-06T00:00:00Z" },
    ])
}

#[tokio::test]
async fn each_term_finds_what_it_says() {
    let drive = Drive::of(files()).await;
    let alice = drive.alice();
    let all = ["s1", "d2", "d1", "t2", "t1", "f1"];
    let table: &[(&str, &[&str])] = &[
        ("", &all),
        ("trashed = true", &["d2"]),
        ("name contains 'Hello'", &["t1"]),
        ("name contains 'World'", &[]),
        ("name contains 'pla'", &["s1", "d2", "d1"]),
        ("name contains 'the plan'", &["s1"]),
        ("name = 'plan 9'", &["d2"]),
        ("name = 'Plan 9'", &[]),
        (r"name = 'it\'s a \\ \'name\''", &["t2"]),
        ("fullText contains 'quick'", &["d1", "t2", "t1"]),
        ("fullText contains 'qui'", &[]),
        ("fullText contains 'brown quick'", &["t2", "t1"]),
        ("fullText contains '\"quick brown\"'", &["t1"]),
        ("fullText contains 'tea'", &["t2"]),
        ("mimeType = 'text/plain'", &["t2", "t1"]),
        ("mimeType contains 'google-apps'", &["s1", "d2", "d1", "f1"]),
        ("'root' in parents", &["s1", "d1", "t2", "f1"]),
        ("'f1' in parents and trashed = false", &["t1"]),
        ("starred = true", &["t1"]),
        ("starred != true and mimeType = 'text/plain'", &["t2"]),
        ("modifiedTime >= '2026-01-05T00:00:00'", &["s1", "d2"]),
        ("modifiedTime > '2026-01-05T01:00:00+01:00'", &["s1"]),
        ("modifiedTime < '2026-01-02'", &["f1"]),
        ("properties has { key='mass' and value='1.3kg' }", &["t1"]),
        ("visibility = 'anyoneCanFind'", &["d1"]),
        ("shortcutDetails.targetId = 'd1'", &["s1"]),
        (
            "'me' in owners and not 'f1' in parents and name contains 'p'",
            &["s1", "d1", "f1"],
        ),
        ("'bob@example.com' in readers", &[]),
        ("sharedWithMe", &[]),
    ];
    for (q, expected) in table {
        let line = format!("GET files?fields=files/id&q={}", percent(q));
        let list = alice.ok(&line, Value::Null).await;
        let ids: Vec<&str> = list["files"]
            .as_array()
            .unwrap()
            .iter()
            .map(|file| file["id"].as_str().unwrap())
            .collect();
        assert_eq!(ids, *expected, "{q}");
    }
}

#[tokio::test]
async fn an_order_sorts_and_full_text_takes_none() {
    let drive = Drive::of(files()).await;
    let alice = drive.alice();
    let sorted = alice
        .search("trashed=false", "&orderBy=folder,name%20desc")
        .await;
    let names = [
        "Projects",
        "Way to the plan",
        "Plan 10",
        "it's a \\ 'name'",
        "HelloWorld notes.txt",
    ];
    assert_eq!(sorted, names);
    let natural = alice
        .search(
            "name contains 'plan' and name != 'Way to the plan'",
            "&orderBy=name_natural",
        )
        .await;
    assert_eq!(natural, ["plan 9", "Plan 10"]);
    let q = percent("fullText contains 'quick'");
    let line = format!("GET files?q={q}&orderBy=modifiedTime%20desc");
    let refused = alice.call(&line, Value::Null).await;
    assert_eq!(refused.json()["error"]["errors"][0]["location"], "orderBy");
    let (status, reason, message) = refused.error();
    assert_eq!((status, reason.as_str()), (403, "forbidden"));
    assert!(message.starts_with("Sorting is not supported for queries with fullText terms."));
    let wrong = alice.refused("GET files?orderBy=title", Value::Null).await;
    assert_eq!(wrong, (400, "invalid".to_owned()));
}

#[tokio::test]
async fn a_query_that_is_none_says_where() {
    let drive = Drive::of(files()).await;
    let line = format!("GET files?q={}", percent("name = 'it's'"));
    let refused = drive.alice().call(&line, Value::Null).await.json();
    let error = &refused["error"]["errors"][0];
    assert_eq!(refused["error"]["code"], 400);
    assert_eq!(error["reason"], "invalid");
    assert_eq!(error["locationType"], "parameter");
    assert_eq!(error["location"], "q");
    assert_eq!(error["message"], "Invalid Value");
}

#[tokio::test]
async fn a_corpus_is_named_by_parameters_that_go_together() {
    let drive = Drive::office().await;
    let alice = drive.alice();
    let facilities = "0AOfficeFacilities0";
    let both = "&supportsAllDrives=true&includeItemsFromAllDrives=true";
    let q = "name = 'House rules'";
    assert!(alice.search(q, "").await.is_empty());
    // A member who never opened it finds it everywhere, or in its folder, and not among what is theirs.
    let bob = drive.bob();
    assert!(bob.search(q, both).await.is_empty());
    let everywhere = format!("{both}&corpora=allDrives");
    assert_eq!(bob.search(q, &everywhere).await, ["House rules"]);
    let within = format!("'{facilities}' in parents");
    assert_eq!(bob.search(&within, both).await, ["House rules"]);
    assert_eq!(alice.search(q, both).await, ["House rules"]);
    let of_drive = format!("{both}&corpora=drive&driveId={facilities}");
    assert_eq!(alice.search("", &of_drive).await, ["House rules"]);
    assert_eq!(
        alice.search(q, &format!("{both}&corpora=allDrives")).await,
        ["House rules"]
    );
    for (parameters, expected) in [
        (
            "corpora=drive&supportsAllDrives=true&includeItemsFromAllDrives=true",
            400,
        ),
        ("corpora=user&driveId=0AOfficeFacilities0", 400),
        ("corpora=allDrives", 403),
        ("corpora=drive&driveId=0AOfficeFacilities0", 403),
        ("includeItemsFromAllDrives=true", 403),
        (
            "corpora=drive&driveId=nosuch&supportsAllDrives=true&includeItemsFromAllDrives=true",
            404,
        ),
        ("spaces=attic", 400),
    ] {
        let refused = alice
            .refused(&format!("GET files?{parameters}"), Value::Null)
            .await;
        assert_eq!(refused.0, expected, "{parameters}");
    }
}
