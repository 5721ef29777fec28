//! What a model pays for and sees of the toolkit, and which tools can be chosen.

#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::collections::BTreeMap;

use toolgate_slides::SlidesToolkit;
use toolgate_toolkit::{Risk, Selection, Toolkit};

use crate::world::all_tools;

/// For each tool: name, risk, and whether it is core.
const ROWS: [(&str, Risk, bool); 30] = [
    ("list_presentations", Risk::Read, true),
    ("get_presentation", Risk::Read, true),
    ("get_presentation_metadata", Risk::Read, false),
    ("get_page", Risk::Read, false),
    ("get_slide_text", Risk::Read, false),
    ("read_all_text", Risk::Read, true),
    ("get_speaker_notes", Risk::Read, false),
    ("get_slide_thumbnail", Risk::Organise, false),
    ("export_presentation", Risk::Organise, false),
    ("create_presentation", Risk::Organise, false),
    ("create_from_outline", Risk::Organise, true),
    ("create_from_template", Risk::Organise, false),
    ("delete_presentation", Risk::Delete, false),
    ("add_slide", Risk::Organise, true),
    ("duplicate_slide", Risk::Organise, false),
    ("move_slides", Risk::Organise, false),
    ("delete_slide", Risk::Delete, false),
    ("set_background_image", Risk::Organise, false),
    ("set_speaker_notes", Risk::Organise, false),
    ("add_text_box", Risk::Organise, false),
    ("add_table", Risk::Organise, false),
    ("add_image", Risk::Organise, false),
    ("insert_youtube_video", Risk::Organise, false),
    ("insert_drive_video", Risk::Organise, false),
    ("set_element_text", Risk::Organise, true),
    ("delete_text", Risk::Organise, false),
    ("replace_all_text", Risk::Organise, true),
    ("fill_table", Risk::Organise, false),
    ("update_element", Risk::Organise, false),
    ("delete_element", Risk::Delete, false),
];

#[test]
fn the_tools_are_these_with_their_risks() {
    let tools = all_tools().tools();
    let rows: Vec<_> = tools
        .iter()
        .map(|it| (it.spec().name, it.spec().risk, it.spec().core))
        .collect();
    assert_eq!(rows, ROWS);
    let core = SlidesToolkit::new().tools();
    assert!(core.len() <= 8, "{}", core.len());
}

#[test]
fn a_tool_list_costs_a_model_little() {
    for (toolkit, most) in [
        (SlidesToolkit::new(), 4_000),
        (all_tools(), 600 * ROWS.len()),
    ] {
        let tools = toolkit.tools();
        let sizes = tools
            .iter()
            .map(|tool| (tool.spec().name, tool.spec().model_size()));
        let sizes: Vec<(&str, usize)> = sizes.collect();
        let total: usize = sizes.iter().map(|(_, size)| size).sum();
        assert!(sizes.iter().all(|(_, size)| *size < 2_000), "{sizes:?}");
        assert!(total <= most, "{total}: {sizes:?}");
    }
    let instructions = SlidesToolkit::new().instructions().unwrap();
    assert!(instructions.chars().count() < 700, "{}", instructions.len());
}

#[test]
fn selections_are_checked_when_they_are_made() {
    let names = |selection| -> Vec<&str> {
        let toolkit = SlidesToolkit::new().with_tools(selection).unwrap();
        let tools = toolkit.tools();
        tools.iter().map(|tool| tool.spec().name).collect()
    };
    let readers = ROWS.into_iter().filter(|(_, risk, _)| *risk == Risk::Read);
    let readers: Vec<&str> = readers.map(|(name, ..)| name).collect();
    assert_eq!(names(Selection::read_only()), readers);
    let core = ROWS.into_iter().filter(|(.., core)| *core);
    let core: Vec<&str> = core.map(|(name, ..)| name).collect();
    assert_eq!(names(Selection::core()), core);
    let unknown = SlidesToolkit::new().with_tools(Selection::only(["burn_slide"]));
    let error = unknown.unwrap_err();
    assert!(error.is_selection() && error.to_string().contains("burn_slide"));
}

/// What consent asks for where one of these tools is chosen alone, where it is not `presentations`.
const SCOPES: [(&[&str], &[&str]); 6] = [
    (&["drive"], &["create_from_template", "delete_presentation"]),
    (&["drive.file"], &["create_presentation"]),
    (&["drive.metadata.readonly"], &["list_presentations"]),
    (&["drive.readonly"], &["export_presentation"]),
    (
        &["drive.readonly", "presentations"],
        &["insert_drive_video"],
    ),
    (
        &["presentations.readonly"],
        &[
            "get_presentation",
            "get_presentation_metadata",
            "get_page",
            "get_slide_text",
            "read_all_text",
            "get_speaker_notes",
            "get_slide_thumbnail",
        ],
    ),
];

/// The short names of scopes.
fn asked(toolkit: &SlidesToolkit) -> Vec<String> {
    let scopes = toolkit.requirement().least_scopes().to_vec().into_iter();
    let short = scopes.map(|scope| scope.rsplit_once("/auth/").unwrap().1.to_owned());
    short.collect()
}

#[test]
fn consent_asks_for_what_the_chosen_tools_need_and_for_nothing_else() {
    let mut by_scopes: BTreeMap<Vec<String>, Vec<&str>> = BTreeMap::new();
    for (name, ..) in ROWS {
        let toolkit = SlidesToolkit::new().with_tools(Selection::only([name]));
        by_scopes
            .entry(asked(&toolkit.unwrap()))
            .or_default()
            .push(name);
    }
    let writers = by_scopes.remove(&vec!["presentations".to_owned()]).unwrap();
    assert_eq!(writers.len(), 17, "{writers:?}");
    let expected = SCOPES.map(|(scopes, tools)| {
        let scopes = scopes.iter().copied().map(str::to_owned).collect();
        (scopes, tools.to_vec())
    });
    assert_eq!(by_scopes, BTreeMap::from(expected));
    for (selection, scopes) in [
        (
            Selection::core(),
            &["drive.metadata.readonly", "presentations"][..],
        ),
        (Selection::all(), &["drive"]),
    ] {
        let toolkit = SlidesToolkit::new().with_tools(selection).unwrap();
        assert_eq!(asked(&toolkit), scopes);
    }
}
