//! All tools, in groups: what reads, whole presentations, slides, and elements new and old.

use std::sync::Arc;

use toolgate_toolkit::{Risk, Tool, TypedTool, typed_tool};

use crate::{
    arrange, create, edit,
    elements::{self, videos},
    export, list, notes, outline, read, remove,
    setup::Setup,
    slides, template, thumbnail,
};

/// A tool that knows how its toolkit was set up, within what the run allows.
macro_rules! set_up {
    ($name:literal, $risk:ident, $methods:expr, $function:path, $setup:expr) => {{
        let setup = $setup.clone();
        typed_tool($name, Risk::$risk, $methods, move |cx, args| {
            let setup = setup.within(&cx);
            $function(cx, args, setup)
        })
    }};
}

/// All tools, set up so.
pub(crate) fn catalogue(setup: &Setup) -> Vec<Arc<dyn Tool>> {
    let groups = [
        reading(setup),
        showing(setup),
        presentations(setup),
        slides(setup),
        adding(setup),
        editing(setup),
    ];
    let tools = groups.into_iter().flatten();
    tools.map(TypedTool::shared).collect()
}

/// What reads.
fn reading(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "list_presentations",
            Read,
            list::METHODS,
            list::list_presentations,
            setup
        )
        .core(),
        set_up!(
            "get_presentation",
            Read,
            read::METHODS,
            read::get_presentation,
            setup
        )
        .core(),
        set_up!(
            "get_presentation_metadata",
            Read,
            read::METHODS,
            read::get_presentation_metadata,
            setup
        ),
        set_up!("get_page", Read, read::PAGE_METHODS, read::get_page, setup),
        set_up!(
            "get_slide_text",
            Read,
            read::PAGE_METHODS,
            read::get_slide_text,
            setup
        ),
        set_up!(
            "read_all_text",
            Read,
            read::METHODS,
            read::read_all_text,
            setup
        )
        .core(),
        set_up!(
            "get_speaker_notes",
            Read,
            read::METHODS,
            read::get_speaker_notes,
            setup
        ),
    ]
}

/// Pictures and files of what there is.
fn showing(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "get_slide_thumbnail",
            Organise,
            thumbnail::METHODS,
            thumbnail::get_slide_thumbnail,
            setup
        ),
        set_up!(
            "export_presentation",
            Organise,
            export::METHODS,
            export::export_presentation,
            setup
        ),
    ]
}

/// Whole presentations.
fn presentations(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "create_presentation",
            Organise,
            create::METHODS,
            create::create_presentation,
            setup
        ),
        set_up!(
            "create_from_outline",
            Organise,
            outline::METHODS,
            outline::create_from_outline,
            setup
        )
        .core(),
        set_up!(
            "create_from_template",
            Organise,
            template::METHODS,
            template::create_from_template,
            setup
        ),
        set_up!(
            "delete_presentation",
            Delete,
            remove::METHODS,
            remove::delete_presentation,
            setup
        ),
    ]
}

/// Slides as a whole.
fn slides(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "add_slide",
            Organise,
            slides::METHODS,
            slides::add_slide,
            setup
        )
        .core(),
        set_up!(
            "duplicate_slide",
            Organise,
            slides::METHODS,
            slides::duplicate_slide,
            setup
        ),
        set_up!(
            "move_slides",
            Organise,
            slides::METHODS,
            slides::move_slides,
            setup
        ),
        set_up!(
            "delete_slide",
            Delete,
            slides::METHODS,
            slides::delete_slide,
            setup
        ),
        set_up!(
            "set_background_image",
            Organise,
            elements::BACKGROUND_METHODS,
            elements::set_background_image,
            setup
        ),
        set_up!(
            "set_speaker_notes",
            Organise,
            notes::METHODS,
            notes::set_speaker_notes,
            setup
        ),
    ]
}

/// New elements.
fn adding(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "add_text_box",
            Organise,
            elements::METHODS,
            elements::add_text_box,
            setup
        ),
        set_up!(
            "add_table",
            Organise,
            elements::METHODS,
            elements::add_table,
            setup
        ),
        set_up!(
            "add_image",
            Organise,
            elements::METHODS,
            elements::add_image,
            setup
        ),
        set_up!(
            "insert_youtube_video",
            Organise,
            videos::METHODS,
            videos::insert_youtube_video,
            setup
        ),
        set_up!(
            "insert_drive_video",
            Organise,
            videos::DRIVE_METHODS,
            videos::insert_drive_video,
            setup
        ),
    ]
}

/// Elements that are there.
fn editing(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "set_element_text",
            Organise,
            edit::METHODS,
            edit::set_element_text,
            setup
        )
        .core(),
        set_up!(
            "delete_text",
            Organise,
            edit::METHODS,
            edit::delete_text,
            setup
        ),
        set_up!(
            "replace_all_text",
            Organise,
            edit::METHODS,
            edit::replace_all_text,
            setup
        )
        .core(),
        set_up!(
            "fill_table",
            Organise,
            edit::METHODS,
            edit::fill_table,
            setup
        ),
        set_up!(
            "update_element",
            Organise,
            arrange::METHODS,
            arrange::update_element,
            setup
        ),
        set_up!(
            "delete_element",
            Delete,
            arrange::METHODS,
            arrange::delete_element,
            setup
        ),
    ]
}
