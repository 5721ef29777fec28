//! The pages of every list, and of every text that can be read on, together are the whole.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test helpers fail the test"
)]

use proptest::prelude::*;
use serde_json::{Value, json};
use toolgate_emulator::{SeedAccount, SeedAttachment, SeedSendAs};
use toolgate_toolkit::{Pipeline, Risk, Toolkit as _};

use crate::world::{ALICE, World, all_tools, bounded, id, mail, size};

/// How a list goes on: its argument, the member that has the next one, its items and their ids.
struct Paged {
    tool: &'static str,
    arguments: Value,
    handle: (&'static str, &'static str),
    items: &'static str,
    id: &'static str,
}

const TOKEN: (&str, &str) = ("page_token", "next_page_token");
const SKIP: (&str, &str) = ("skip", "next_skip");
const OFFSET: (&str, &str) = ("offset", "next_offset");

fn paged(
    tool: &'static str,
    arguments: Value,
    handle: (&'static str, &'static str),
    (items, id): (&'static str, &'static str),
) -> Paged {
    Paged {
        tool,
        arguments,
        handle,
        items,
        id,
    }
}

/// Every tool that lists.
fn lists(thread: &Value, since: &Value) -> Vec<Paged> {
    let mails = ("emails", "id");
    let none = json!({});
    vec![
        paged("search_emails", json!({"query": ""}), TOKEN, mails),
        paged("get_latest_emails", none.clone(), TOKEN, mails),
        paged(
            "get_emails_from_user",
            json!({"user": "carol@partner.example"}),
            TOKEN,
            mails,
        ),
        paged("get_unread_emails", none.clone(), TOKEN, mails),
        paged("get_starred_emails", none.clone(), TOKEN, mails),
        paged(
            "get_emails_by_context",
            json!({"context": "common"}),
            TOKEN,
            mails,
        ),
        paged(
            "get_emails_by_date",
            json!({"start_date": "2020-01-01"}),
            TOKEN,
            mails,
        ),
        paged(
            "search_threads",
            json!({"query": ""}),
            TOKEN,
            ("threads", "thread_id"),
        ),
        paged(
            "get_thread",
            json!({"thread_id": thread}),
            SKIP,
            ("messages", "id"),
        ),
        paged(
            "get_emails_by_thread",
            json!({"thread_id": thread}),
            SKIP,
            ("messages", "id"),
        ),
        paged("list_drafts", none.clone(), TOKEN, ("drafts", "draft_id")),
        paged("list_labels", none.clone(), SKIP, ("labels", "id")),
        paged("list_custom_labels", none.clone(), SKIP, ("labels", "id")),
        paged("list_filters", none.clone(), SKIP, ("filters", "filter_id")),
        paged("list_send_as", none, SKIP, ("addresses", "email")),
        paged(
            "get_mail_changes",
            json!({"since": since}),
            TOKEN,
            ("added", "id"),
        ),
    ]
}

/// Every tool that reads a text, and where that stands.
fn bodies(draft: &Value, file: &Value) -> Vec<(&'static str, Value, &'static str)> {
    vec![
        ("get_message", json!({"message_id": id(1)}), "body"),
        ("get_draft", json!({"draft_id": draft}), "body"),
        (
            "read_attachment",
            json!({"message_id": id(1), "attachment_id": file}),
            "text",
        ),
        ("get_vacation_responder", json!({}), "body"),
    ]
}

/// Who bounds a result, and to how many characters.
#[derive(Clone, Copy, Debug)]
enum Bound {
    Toolkit(usize),
    Run(usize),
}

async fn page(world: &World, bound: Bound, tool: &str, arguments: Value) -> (Value, usize) {
    let (page, budget) = match bound {
        Bound::Toolkit(budget) => (
            world.call_within(budget, tool, arguments.clone()).await,
            budget,
        ),
        Bound::Run(budget) => {
            let pipeline = Pipeline::new().with_result_budget(budget);
            let page = world.call_under(pipeline, all_tools(), tool, arguments.clone());
            (page.await, budget)
        }
    };
    let page = page.unwrap_or_else(|error| panic!("{tool} {arguments}: {error:?}"));
    (page, budget)
}

/// Follows the handle to the end; each page keeps to the budget, and nothing is cut behind its back.
async fn pages(
    world: &World,
    bound: Bound,
    tool: &str,
    arguments: &Value,
    handle: (&str, &str),
) -> Vec<Value> {
    let mut arguments = arguments.clone();
    let mut pages = Vec::new();
    loop {
        let (page, budget) = page(world, bound, tool, arguments.clone()).await;
        assert!(size(&page) <= budget, "{tool}: {} > {budget}", size(&page));
        assert!(page.get("items_left_out").is_none(), "{tool}");
        assert!(
            !page.to_string().contains("more characters]"),
            "{tool} was cut"
        );
        let next = page.get(handle.1).cloned();
        pages.push(page);
        match next {
            Some(next) => arguments[handle.0] = next,
            None => return pages,
        }
        assert!(pages.len() < 500, "{tool} does not come to an end");
    }
}

fn ids(pages: &[Value], list: &Paged) -> Vec<String> {
    let items = pages.iter().filter_map(|page| page[list.items].as_array());
    items
        .flatten()
        .map(|item| item[list.id].as_str().unwrap().to_owned())
        .collect()
}

/// The text of a piece, without its fence.
fn text(page: &Value, member: &str) -> String {
    let text = page[member].as_str().unwrap_or_default();
    let Some(("", rest)) = text.split_once('<') else {
        return text.to_owned();
    };
    let (name, rest) = rest.split_once(">\n").unwrap();
    let inner = rest.strip_suffix(&format!("\n</{name}>"));
    inner.unwrap().to_owned()
}

/// A mailbox with so many of everything, and texts of this length.
async fn mailbox(count: u64, length: usize) -> (World, Value) {
    let words = |salt: u64| {
        let words = (0..length as u64 / 6).map(|n| format!("w{} ", (n * 7 + salt) % 1_000));
        words.collect::<String>().trim().to_owned()
    };
    let long = words(3);
    let message = |n: u64| {
        let mut message = mail(n, &format!("common {n}"), &words(n));
        message.thread = n.is_multiple_of(2).then(|| "even".to_owned());
        message.labels = ["INBOX", "UNREAD", "STARRED"].map(str::to_owned).to_vec();
        message
            .labels
            .push(format!("Label {n:03} {}", "x".repeat(length % 80)));
        message.attachments = vec![SeedAttachment {
            filename: "long.txt".to_owned(),
            mime_type: "text/plain".to_owned(),
            text: Some(long.clone()),
            base64: None,
        }];
        message
    };
    let mut account = SeedAccount::new(ALICE, "Alice Example");
    account.gmail.messages = (0..count).map(message).collect();
    account.gmail.messages.extend((0..count).map(|n| {
        let mut draft = mail(1_000 + n, &format!("Draft {n}"), &words(n));
        draft.labels = vec!["DRAFT".to_owned()];
        draft
    }));
    account.gmail.send_as = (0..count)
        .map(|n| SeedSendAs {
            email: format!("alias-{n}@example.com"),
            signature: words(n).chars().take(900).collect(),
            ..SeedSendAs::default()
        })
        .collect();
    let world = World::of(account).await;
    let since = world.call("get_mail_changes", json!({})).await.unwrap()["history_id"].clone();
    let long = json!({"enabled": true, "body": long});
    world.call("set_vacation_responder", long).await.unwrap();
    for n in 0..count {
        let filter = json!({"from": format!("{n}@news.example"), "subject": words(n).chars().take(200).collect::<String>(), "add_labels": ["STARRED"]});
        world.call("create_filter", filter).await.unwrap();
        let draft = json!({"to": "ann@example.org", "subject": format!("New {n}"), "body": "b"});
        world.call("create_draft_email", draft).await.unwrap();
    }
    (world, since)
}

/// The pieces are the whole, and each but the last says that more follows.
fn assert_pieces(pieces: &[Value], member: &str, whole: &str, tool: &str) {
    let joined: String = pieces.iter().map(|piece| text(piece, member)).collect();
    assert!(
        joined == whole,
        "{tool}: {} of {} characters",
        joined.len(),
        whole.len()
    );
    let last = pieces.len() - 1;
    for (index, piece) in pieces.iter().enumerate() {
        let is_cut = piece.get("truncated").is_some();
        assert_eq!(is_cut, index < last, "{tool}: {index}");
    }
}

/// The whole of each list, at once.
const ALL: Bound = Bound::Toolkit(2_000_000);

#[test]
fn every_tool_that_reads_is_a_list_a_text_or_whole_at_once() {
    let mut known: Vec<&str> = lists(&json!("t"), &json!("1"))
        .iter()
        .map(|list| list.tool)
        .collect();
    known.extend(bodies(&json!("d"), &json!("f")).iter().map(|body| body.0));
    // The ways to leave a list are ten at most.
    known.push("get_unsubscribe_options");
    known.sort_unstable();
    let tools = all_tools().tools();
    let reads = tools.iter().filter(|tool| tool.spec().risk == Risk::Read);
    let mut reads: Vec<&str> = reads.map(|tool| tool.spec().name).collect();
    reads.sort_unstable();
    assert_eq!(known, reads);
}

#[tokio::test]
async fn a_place_beyond_the_end_of_a_setting_is_named() {
    let world = World::of(SeedAccount::new(ALICE, "Alice")).await;
    for (tool, argument) in [
        ("list_send_as", "skip"),
        ("get_vacation_responder", "offset"),
    ] {
        let error = world.call(tool, json!({argument: 999})).await.unwrap_err();
        assert_eq!(error.argument(), Some(argument), "{tool}");
        assert!(
            error.message().contains("a good value is the next_"),
            "{error}"
        );
    }
}

/// Both who may bound a result.
fn bounds(budget: usize) -> [Bound; 2] {
    [Bound::Toolkit(budget), Bound::Run(budget)]
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 5, ..bounded(3) })]

    #[test]
    fn the_pages_of_every_list_together_are_the_whole(
        count in 8..14_u64,
        length in 1_000..3_000_usize,
        budget in 4_000..6_000_usize,
        limit in 1..9_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (world, since) = mailbox(count, length).await;
            let read = world.call("get_message", json!({"message_id": id(0)})).await.unwrap();
            for list in lists(&read["thread_id"], &since) {
                world.emulator.limit_pages(None);
                let whole = pages(&world, ALL, list.tool, &list.arguments, list.handle).await;
                world.emulator.limit_pages(Some(limit));
                let whole = ids(&whole, &list);
                assert!(whole.len() as u64 >= count / 2, "{}: {whole:?}", list.tool);
                for bound in bounds(budget) {
                    let paged = pages(&world, bound, list.tool, &list.arguments, list.handle).await;
                    assert_eq!(ids(&paged, &list), whole, "{} {bound:?}", list.tool);
                }
            }
        });
    }

    #[test]
    fn the_pieces_of_every_text_together_are_the_whole(
        length in 9_000..30_000_usize,
        budget in 4_000..8_000_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (world, _) = mailbox(2, length).await;
            let read = world.call("get_message", json!({"message_id": id(1)})).await.unwrap();
            let drafts = world.call("list_drafts", json!({})).await.unwrap();
            let draft = drafts["drafts"].as_array().unwrap().iter().find(|it| it["subject"] == "Draft 1");
            let file = &read["attachments"][0]["attachment_id"];
            for (tool, arguments, member) in bodies(&draft.unwrap()["draft_id"], file) {
                let whole = pages(&world, ALL, tool, &arguments, OFFSET).await;
                assert_eq!(whole.len(), 1, "{tool}");
                let whole = text(&whole[0], member);
                assert!(whole.len() + 100 >= length / 2, "{tool}: {}", whole.len());
                for bound in bounds(budget) {
                    let pieces = pages(&world, bound, tool, &arguments, OFFSET).await;
                    assert_pieces(&pieces, member, &whole, tool);
                }
            }
        });
    }
}
