//! The pages of every list, and of every text that can be read on, together are the whole.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "test helpers fail the test"
)]

use std::collections::BTreeSet;

use proptest::prelude::*;
use serde_json::{Value, json};
use toolgate_emulator::{Seed, SeedAccount, SeedFile, SeedSharedDrive};
use toolgate_toolkit::{Pipeline, Risk, Toolkit as _};

use crate::seed::{BOB, folder, text};
use crate::world::{ALICE, World, all_tools, size};

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
const SINCE: (&str, &str) = ("since", "next_since");
const OFFSET: (&str, &str) = ("offset", "next_offset");

/// Every tool that lists.
fn lists(since: &Value) -> Vec<Paged> {
    let paged = |tool, arguments, handle, (items, id)| Paged {
        tool,
        arguments,
        handle,
        items,
        id,
    };
    let many = json!({"file_id": "m-0"});
    vec![
        paged(
            "list_files",
            json!({"folder_id": "f-many", "page_size": 100}),
            TOKEN,
            ("files", "id"),
        ),
        paged(
            "search_files",
            json!({"name": "many", "max_results": 100}),
            TOKEN,
            ("files", "id"),
        ),
        paged(
            "list_permissions",
            many.clone(),
            SKIP,
            ("permissions", "permission_id"),
        ),
        paged(
            "list_comments",
            many.clone(),
            TOKEN,
            ("comments", "comment_id"),
        ),
        paged("list_revisions", many, TOKEN, ("revisions", "revision_id")),
        paged(
            "list_shared_drives",
            json!({}),
            TOKEN,
            ("shared_drives", "shared_drive_id"),
        ),
        paged(
            "get_drive_changes",
            json!({"since": since}),
            SINCE,
            ("changes", "file"),
        ),
    ]
}

/// Every tool that reads a text, and where that stands.
fn bodies(comment: &Value) -> Vec<(&'static str, Value)> {
    vec![
        ("read_file", json!({"file_id": "t-long"})),
        (
            "get_comment",
            json!({"file_id": "m-0", "comment_id": comment}),
        ),
    ]
}

/// Who bounds a result, and to how many characters.
#[derive(Clone, Copy, Debug)]
enum Bound {
    Toolkit(usize),
    Run(usize),
}

/// The whole of each list, at once.
const ALL: Bound = Bound::Toolkit(2_000_000);

async fn page(world: &World, bound: Bound, tool: &str, arguments: Value) -> (Value, usize) {
    let (toolkit, pipeline, budget) = match bound {
        Bound::Toolkit(budget) => {
            let pipeline = Pipeline::new().with_result_budget(budget.max(100_000));
            (all_tools().with_result_budget(budget), pipeline, budget)
        }
        Bound::Run(budget) => (
            all_tools(),
            Pipeline::new().with_result_budget(budget),
            budget,
        ),
    };
    let page = world.call_under(pipeline, toolkit, tool, arguments.clone());
    let page = page.await;
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
        // A token of changes is there at the end too, for the next time.
        let is_last = tool == "get_drive_changes" && page.get("more").is_none();
        let next = page.get(handle.1).filter(|_| !is_last).cloned();
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
    let ids = items.flatten().map(|item| match &item[list.id] {
        Value::String(id) => id.clone(),
        file => file["id"].as_str().unwrap().to_owned(),
    });
    ids.collect()
}

/// The text of a piece, without its fence.
fn inner(page: &Value) -> String {
    crate::world::unfenced(&page["text"])
}

fn long(length: usize, salt: usize) -> String {
    let words = (0..length / 7).map(|n| format!("w{}\"\n ", (n * 7 + salt) % 1_000));
    words.collect::<String>().trim().to_owned()
}

fn seed(count: usize, length: usize) -> Seed {
    let mut alice = SeedAccount::new(ALICE, format!("Alice {}", "x".repeat(length % 90)));
    let files = &mut alice.drive.files;
    files.push(folder("f-many", "Folder", None));
    let name = |n: usize| format!("many {n} {}", "\"ü".repeat(length % 200));
    files.extend((0..count).map(|n| text(&format!("m-{n}"), &name(n), Some("f-many"), "x")));
    files.push(text("t-long", "long.txt", None, &long(length, 3)));
    let drive = |n: usize| SeedSharedDrive {
        id: Some(format!("0ATeamDriveNumber{n:03}")),
        name: name(n),
        members: Vec::new(),
        files: Vec::new(),
    };
    alice.drive.shared_drives = (0..count).map(drive).collect();
    let bob = SeedAccount::new(BOB, format!("Bob {}", "y".repeat(length % 90)));
    Seed {
        accounts: vec![alice, bob],
    }
}

/// A Drive with so many of everything, and texts of this length; a token of before, and a comment.
async fn place(count: usize, length: usize) -> (World, Value, Value) {
    let world = World::seeded(seed(count, length)).await;
    let since = world.done("get_drive_changes", json!({})).await["next_since"].clone();
    let mut comment = json!("");
    for n in 0..count {
        let renamed = json!({"file_id": format!("m-{n}"), "name": format!("many {n} {}", "\"ü".repeat(length % 200))});
        world.done("rename_file", renamed).await;
        let share = json!({"file_id": "m-0", "with": format!("{n}{}@example.com", "z".repeat(n)), "role": "reader"});
        world.done("share_file", share).await;
        let text: String = long(length, n).chars().take(4_096).collect();
        let said = json!({"file_id": "m-0", "text": text});
        comment = world.done("add_comment", said).await["comment_id"].clone();
        let reply = json!({"file_id": "m-0", "comment_id": comment, "text": text});
        world.done("reply_to_comment", reply).await;
    }
    revise(&world, count).await;
    (world, since, comment)
}

/// Gives a file revisions, which no tool does.
async fn revise(world: &World, count: usize) {
    let toolkit = all_tools();
    let tools = world.tools_of(ALICE, toolkit.clone());
    let hub = toolkit.hub(&tools.context("drive").unwrap()).await.unwrap();
    for n in 0..count {
        let content = std::io::Cursor::new(format!("{n}").into_bytes());
        let file = toolgate_drive::google_drive3::api::File::default();
        let update = hub.files().update(file, "m-0");
        update
            .upload(content, "text/plain".parse().unwrap())
            .await
            .unwrap();
    }
}

#[test]
fn every_tool_that_reads_is_a_list_a_text_or_whole_at_once() {
    let mut known: Vec<&str> = lists(&json!("1")).iter().map(|list| list.tool).collect();
    known.extend(bodies(&json!("c")).iter().map(|body| body.0));
    // The tree is followed by its folders.
    known.extend(["get_file", "get_drive_quota", "get_folder_tree"]);
    known.sort_unstable();
    let tools = all_tools().tools();
    let reads = tools.iter().filter(|tool| tool.spec().risk == Risk::Read);
    let mut reads: Vec<&str> = reads.map(|tool| tool.spec().name).collect();
    reads.sort_unstable();
    assert_eq!(known, reads);
}

/// Both who may bound a result.
fn bounds(budget: usize) -> [Bound; 2] {
    [Bound::Toolkit(budget), Bound::Run(budget)]
}

fn bounded(cases: u32) -> ProptestConfig {
    ProptestConfig {
        max_shrink_iters: 5,
        failure_persistence: None,
        ..ProptestConfig::with_cases(cases)
    }
}

/// All that is below a folder, by its tree and those of what the tree left; what a tree cannot hold, by lists.
async fn below(world: &World, bound: Bound, top: &str) -> BTreeSet<String> {
    let (mut found, mut left) = (BTreeSet::new(), vec![top.to_owned()]);
    while let Some(folder) = left.pop() {
        let (tree, budget) = page(
            world,
            bound,
            "get_folder_tree",
            json!({"folder_id": folder}),
        )
        .await;
        assert!(size(&tree) <= budget, "{} > {budget}", size(&tree));
        let unopened = tree["not_opened"].as_array().into_iter().flatten();
        let unopened: Vec<(String, bool)> = unopened
            .map(|it| {
                let is_for_lists = it["why"]
                    .as_str()
                    .is_some_and(|it| it.contains("list_files"));
                (it["folder_id"].as_str().unwrap().to_owned(), is_for_lists)
            })
            .collect();
        assert_eq!(
            tree.get("truncated").is_some(),
            !unopened.is_empty(),
            "{tree}"
        );
        let entries = tree["entries"].as_array().unwrap();
        found.extend(
            entries
                .iter()
                .map(|it| it["id"].as_str().unwrap().to_owned()),
        );
        // No folder leads to itself.
        assert!(!unopened.contains(&(folder.clone(), false)), "{tree}");
        if unopened.contains(&(folder.clone(), true)) {
            let list = json!({"folder_id": folder});
            for page in pages(world, bound, "list_files", &list, TOKEN).await {
                for file in page["files"].as_array().unwrap() {
                    let id = file["id"].as_str().unwrap().to_owned();
                    let is_folder = file["mime_type"] == crate::seed::FOLDER;
                    if found.insert(id.clone()) && is_folder {
                        left.push(id);
                    }
                }
            }
        }
        left.extend(
            unopened
                .into_iter()
                .map(|it| it.0)
                .filter(|it| *it != folder),
        );
    }
    found
}

fn forest(wide: usize, deep: usize, many: usize) -> (Seed, BTreeSet<String>) {
    let mut alice = SeedAccount::new(ALICE, "Alice");
    let mut all: Vec<SeedFile> = vec![folder("f-top", "Top", None)];
    for n in 0..wide {
        let mut parent = "f-top".to_owned();
        for level in 0..deep {
            // As long as Google's.
            let id = format!("f-{n:015}-{level:015}");
            all.push(folder(&id, &format!("{n} \"{level}\""), Some(&parent)));
            all.push(text(
                &format!("t-{n:015}-{level:015}"),
                &"long \"name\" ".repeat(6),
                Some(&id),
                "x",
            ));
            parent = id;
        }
    }
    // One that holds more than fits, below another.
    all.push(folder("f-many", "Many", Some("f-top")));
    for n in 0..many {
        let id = format!("m-{n:031}");
        all.push(text(&id, &"many \"names\" ".repeat(6), Some("f-many"), "x"));
    }
    let ids = all
        .iter()
        .skip(1)
        .map(|file| file.id.clone().unwrap())
        .collect();
    alice.drive.files = all;
    let seed = Seed {
        accounts: vec![alice],
    };
    (seed, ids)
}

proptest! {
    #![proptest_config(bounded(3))]

    #[test]
    fn the_pages_of_every_list_together_are_the_whole(
        count in 8..14_usize,
        length in 1_000..3_000_usize,
        budget in 4_000..6_000_usize,
        limit in 1..9_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (world, since, _) = place(count, length).await;
            for list in lists(&since) {
                world.emulator.limit_pages(None);
                let whole = pages(&world, ALL, list.tool, &list.arguments, list.handle).await;
                let whole = ids(&whole, &list);
                assert!(whole.len() >= count, "{}: {whole:?}", list.tool);
                // Pages end where Google ends them, or where the budget does.
                for (limit, bound) in [None, Some(limit)].into_iter().flat_map(|limit| bounds(budget).map(|bound| (limit, bound))) {
                    world.emulator.limit_pages(limit);
                    let paged = pages(&world, bound, list.tool, &list.arguments, list.handle).await;
                    assert_eq!(ids(&paged, &list), whole, "{} {bound:?} {limit:?}", list.tool);
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
            let (world, _, comment) = place(1, length).await;
            for (tool, arguments) in bodies(&comment) {
                let whole = pages(&world, ALL, tool, &arguments, OFFSET).await;
                assert_eq!(whole.len(), 1, "{tool}");
                let whole = inner(&whole[0]);
                assert!(whole.len() > 6_000, "{tool}: {}", whole.len());
                for bound in bounds(budget) {
                    let pieces = pages(&world, bound, tool, &arguments, OFFSET).await;
                    let joined: String = pieces.iter().map(inner).collect();
                    assert!(joined == whole, "{tool}: {} of {}", joined.len(), whole.len());
                    let last = pieces.len() - 1;
                    for (index, piece) in pieces.iter().enumerate() {
                        assert_eq!(piece.get("truncated").is_some(), index < last, "{tool}: {index}");
                    }
                }
            }
        });
    }

    #[test]
    fn a_tree_and_those_of_the_folders_that_it_left_are_the_whole(
        wide in 1..40_usize,
        deep in 1..6_usize,
        many in 0..70_usize,
        budget in 4_000..9_000_usize,
        limit in 1..30_usize,
    ) {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async {
            let (seed, all) = forest(wide, deep, many);
            let world = World::paged(seed, limit).await;
            let found = below(&world, Bound::Run(budget), "f-top").await;
            assert_eq!(found, all);
        });
    }
}
