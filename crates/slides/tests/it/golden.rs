//! For every tool: calls that succeed and use all its methods, a bad argument, and where Google refuses it.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::{Value, json};
use tempfile::TempDir;
use toolgate_emulator::{Emulator, FaultRule, RecordedRequest};
use toolgate_slides::SlidesToolkit;
use toolgate_testkit::tools::{self, Call, Golden, lost};
use toolgate_toolkit::{Selection, ToolError, Toolkit};

use crate::seed::{DECK, PUBLIC, TEMPLATE, VIDEO};
use crate::world::{ALICE, World, all_tools, with_folder};

fn call(arguments: Value) -> Call {
    Call::from(arguments)
}

fn during(fault: FaultRule, arguments: Value) -> Call {
    Call::during(fault, arguments)
}

/// An office with one of everything, and the folder for its files.
pub(crate) struct Office {
    pub(crate) world: World,
    pub(crate) toolkit: SlidesToolkit,
    pub(crate) folder: TempDir,
}

impl Office {
    pub(crate) async fn new() -> Self {
        let world = World::office().await;
        let (folder, toolkit) = with_folder();
        Self {
            world,
            toolkit,
            folder,
        }
    }
}

#[async_trait]
impl tools::Office for Office {
    fn toolkit() -> Arc<dyn Toolkit> {
        Arc::new(all_tools())
    }

    async fn opened() -> Self {
        Self::new().await
    }

    fn emulator(&self) -> &Emulator {
        &self.world.emulator
    }

    fn golden(&self) -> Vec<Golden> {
        let mut all = reading();
        all.extend(showing());
        all.extend(presentations());
        all.extend(slides());
        all.extend(adding());
        all.extend(editing());
        all
    }

    async fn call(&self, tool: &str, arguments: Value) -> Result<Value, ToolError> {
        self.world.call_of(&self.toolkit, tool, arguments).await
    }

    async fn call_alone(&self, tool: &'static str, arguments: Value) -> Result<Value, ToolError> {
        let toolkit = self.toolkit.clone().with_tools(Selection::only([tool]));
        let toolkit = toolkit.unwrap();
        let scopes = toolkit.requirement().least_scopes().to_vec();
        let scopes: Vec<&str> = scopes.iter().map(String::as_str).collect();
        let tools = self.world.tools_with(ALICE, toolkit, &scopes);
        tools.call(tool, arguments).await
    }

    async fn everything(&self) -> Value {
        let files = "drive/v3/files?fields=files(id,name,trashed,modifiedTime)";
        let deck = format!("v1/presentations/{DECK}?fields=revisionId,slides(objectId)");
        json!([
            self.world.google(ALICE, files).await,
            self.world.google(ALICE, &deck).await
        ])
    }

    /// A picture is fetched by its address, which is no method; a video of Drive's wants more than the
    /// method that puts it there.
    fn uses(method: String, request: &RecordedRequest) -> Vec<String> {
        if method == "slides-content" {
            return Vec::new();
        }
        if request.body.contains("\"DRIVE\"") {
            return vec![format!("{method}?createVideo"), method];
        }
        vec![method]
    }

    /// A new presentation takes no mark, and a search for the mark of a copy denies nothing.
    fn is_untold(tool: &str) -> bool {
        [
            "create_presentation",
            "create_from_outline",
            "create_from_template",
        ]
        .contains(&tool)
    }
}

pub(crate) const GET: &str = "slides.presentations.get";
pub(crate) const PAGE: &str = "slides.presentations.pages.get";
pub(crate) const BATCH: &str = "slides.presentations.batchUpdate";
pub(crate) const CREATE: &str = "slides.presentations.create";
pub(crate) const COPY: &str = "drive.files.copy";

/// The deck, and more arguments.
fn of(more: Value) -> Value {
    let mut arguments = more;
    arguments["presentation_id"] = json!(DECK);
    arguments
}

fn nowhere() -> (Value, &'static str) {
    (json!({"presentation_id": ".."}), "presentation_id")
}

/// A write that reads only to find out what became of it.
fn written(tool: &'static str, arguments: Value, bad: (Value, &'static str)) -> Golden {
    Golden {
        tool,
        good: vec![
            call(of(arguments.clone())),
            during(lost(BATCH), of(arguments)),
        ],
        bad,
        at: BATCH,
    }
}

fn reading() -> Vec<Golden> {
    let page = || of(json!({"page_object_id": "slide_2"}));
    let read = |tool| Golden {
        tool,
        good: vec![call(of(json!({})))],
        bad: nowhere(),
        at: GET,
    };
    vec![
        Golden {
            tool: "list_presentations",
            good: vec![call(json!({}))],
            bad: (json!({"page_token": "x"}), "page_token"),
            at: "drive.files.list",
        },
        read("get_presentation"),
        read("get_presentation_metadata"),
        Golden {
            tool: "get_page",
            good: vec![call(page())],
            bad: (of(json!({"page_object_id": ".."})), "page_object_id"),
            at: PAGE,
        },
        Golden {
            tool: "get_slide_text",
            good: vec![call(page())],
            bad: (
                of(json!({"page_object_id": "slide_2", "page_token": "x"})),
                "page_token",
            ),
            at: PAGE,
        },
        read("read_all_text"),
        read("get_speaker_notes"),
    ]
}

fn showing() -> Vec<Golden> {
    vec![
        Golden {
            tool: "get_slide_thumbnail",
            good: vec![call(of(json!({"slide_id": "slide_1", "size": "small"})))],
            bad: (of(json!({"slide_id": " "})), "slide_id"),
            at: "slides.presentations.pages.getThumbnail",
        },
        Golden {
            tool: "export_presentation",
            good: vec![call(of(json!({})))],
            bad: (json!({"presentation_id": PUBLIC}), "presentation_id"),
            at: "drive.files.export",
        },
    ]
}

/// An outline with one of everything.
pub(crate) fn outline() -> String {
    format!(
        "# Offsite\n\nLisbon, in May\n\n## Why\n\n- We **meet**\n  - at last\n\n> Notes: say thanks\n\n\
         ## Costs\n\n| Item | Price |\n| --- | --- |\n| Train | 450 |\n\n## Map\n\nWhere it is\n\n\
         ![A map](https://drive.google.com/file/d/{PUBLIC}/view)\n"
    )
}

fn presentations() -> Vec<Golden> {
    let template = json!({"template_id": TEMPLATE, "title": "Offer for Ada", "replacements": [
        {"placeholder": "{{name}}", "text": "Ada"}, {"placeholder": "{{price}}", "text": "450"}]});
    let mut twice = template.clone();
    twice["replacements"][1]["placeholder"] = json!("{{name}}");
    vec![
        Golden {
            tool: "create_presentation",
            good: vec![call(json!({"title": "Plans"}))],
            bad: (json!({"title": " "}), "title"),
            at: CREATE,
        },
        Golden {
            tool: "create_from_outline",
            good: vec![call(json!({"outline": outline()}))],
            bad: (
                json!({"outline": "# A\n\n![x](http://localhost/x.png)"}),
                "outline",
            ),
            at: CREATE,
        },
        Golden {
            tool: "create_from_template",
            good: vec![
                call(template.clone()),
                during(lost(COPY), template.clone()),
                during(lost(BATCH), template),
            ],
            bad: (twice, "replacements"),
            at: COPY,
        },
        Golden {
            tool: "delete_presentation",
            good: vec![call(of(json!({}))), call(of(json!({"permanently": true})))],
            bad: (json!({"presentation_id": PUBLIC}), "presentation_id"),
            at: "drive.files.update",
        },
    ]
}

fn noted(text: &str) -> Value {
    json!({"slide_id": "slide_2", "notes": text})
}

fn background(id: &str) -> Value {
    json!({"slide_id": "slide_2", "image_url": format!("https://drive.google.com/file/d/{id}/view")})
}

fn slides() -> Vec<Golden> {
    let of_two = || json!({"slide_id": "slide_2"});
    vec![
        Golden {
            tool: "add_slide",
            good: vec![call(of(json!({"title": "New", "body": "Text"})))],
            bad: (of(json!({"layout": "LARGE"})), "layout"),
            at: BATCH,
        },
        Golden {
            tool: "duplicate_slide",
            good: vec![call(of(of_two()))],
            bad: (
                json!({"presentation_id": "..", "slide_id": "slide_2"}),
                "presentation_id",
            ),
            at: BATCH,
        },
        Golden {
            tool: "move_slides",
            good: vec![call(of(
                json!({"slide_ids": ["slide_3", "slide_2"], "insertion_index": 0}),
            ))],
            bad: (
                of(json!({"slide_ids": ["slide_2"], "insertion_index": 9})),
                "insertion_index",
            ),
            at: BATCH,
        },
        Golden {
            tool: "delete_slide",
            good: vec![call(of(of_two()))],
            bad: (of(json!({"slide_id": " "})), "slide_id"),
            at: BATCH,
        },
        Golden {
            tool: "set_background_image",
            good: vec![call(of(background(PUBLIC)))],
            bad: (
                of(json!({"slide_id": "slide_2", "image_url": "ftp://a.example/x"})),
                "image_url",
            ),
            at: BATCH,
        },
        Golden {
            tool: "set_speaker_notes",
            good: vec![
                call(of(noted("Say a"))),
                during(lost(BATCH), of(noted("Say b"))),
            ],
            bad: (of(json!({"slide_id": " ", "notes": "x"})), "slide_id"),
            at: BATCH,
        },
    ]
}

fn adding() -> Vec<Golden> {
    let on = |mut more: Value| {
        more["slide_id"] = json!("slide_2");
        more
    };
    vec![
        written(
            "add_text_box",
            on(json!({"text": "Questions?"})),
            (of(on(json!({"text": " "}))), "text"),
        ),
        written(
            "add_table",
            on(json!({"rows": 2, "columns": 2, "content": [["a", "b"]]})),
            (
                of(on(
                    json!({"rows": 1, "columns": 1, "content": [["a", "b"]]}),
                )),
                "content",
            ),
        ),
        written(
            "add_image",
            on(
                json!({"image_url": format!("https://drive.google.com/file/d/{PUBLIC}/view"), "alt_text": "Logo"}),
            ),
            (of(on(json!({"image_url": "/etc/passwd"}))), "image_url"),
        ),
        written(
            "insert_youtube_video",
            on(json!({"video_id": "7U3axjORYZ0"})),
            (of(on(json!({"video_id": "a b"}))), "video_id"),
        ),
        written(
            "insert_drive_video",
            on(json!({"file_id": VIDEO})),
            (of(on(json!({"file_id": PUBLIC}))), "file_id"),
        ),
    ]
}

fn editing() -> Vec<Golden> {
    let text = |more: &str| json!({"element_id": "slide_2_body", "text": more});
    let read = |tool, arguments: Value, bad| Golden {
        tool,
        good: vec![call(of(arguments))],
        bad,
        at: BATCH,
    };
    vec![
        written(
            "set_element_text",
            text("New"),
            (
                of(json!({"element_id": "slide_3_table", "text": "x", "row": 0})),
                "column",
            ),
        ),
        read(
            "delete_text",
            text("at last"),
            (of(text("We meet")), "text"),
        ),
        written(
            "replace_all_text",
            json!({"find": "meet", "replace_with": "see each other"}),
            (of(json!({"find": "", "replace_with": "x"})), "find"),
        ),
        read(
            "fill_table",
            json!({"table_id": "slide_3_table", "content": [["Bus", "90"]], "start_row": 1}),
            (
                of(json!({"table_id": "slide_2_body", "content": [["x"]]})),
                "table_id",
            ),
        ),
        read(
            "update_element",
            json!({"element_id": "slide_2_body", "x": 1.0, "width": 3.0}),
            (of(json!({"element_id": "slide_2_body"})), "x"),
        ),
        read(
            "delete_element",
            json!({"element_id": "slide_2_body"}),
            (of(json!({"element_id": " "})), "element_id"),
        ),
    ]
}
