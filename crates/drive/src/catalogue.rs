//! All tools, in groups: what reads, makes, keeps order, shares and talks.

use std::{sync::Arc, time::Duration};

use toolgate_toolkit::{Risk, Tool, TypedTool, typed_tool};

use crate::{
    account, create, download, look, organise, read, revisions, search, setup::Setup, sharing,
    talk, tree, upload,
};

/// What a transfer may take, where the run has as much.
const TRANSFER: Duration = Duration::from_mins(30);

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
        finding(setup),
        making(setup),
        transfers(setup),
        organising(setup),
        sharing(setup),
        talking(setup),
        account(setup),
    ];
    let tools = groups.into_iter().flatten();
    tools.map(TypedTool::shared).collect()
}

fn finding(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "list_files",
            Read,
            search::METHODS,
            search::list_files,
            setup
        )
        .core(),
        set_up!(
            "search_files",
            Read,
            search::METHODS,
            search::search_files,
            setup
        )
        .core(),
        set_up!("read_file", Read, read::METHODS, read::read_file, setup).core(),
        set_up!("get_file", Read, look::METHODS, look::get_file, setup).core(),
        set_up!(
            "get_folder_tree",
            Read,
            tree::METHODS,
            tree::get_folder_tree,
            setup
        ),
    ]
}

fn making(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "create_folder",
            Organise,
            create::FOLDER_METHODS,
            create::create_folder,
            setup
        )
        .core(),
        set_up!(
            "create_document",
            Organise,
            create::DOCUMENT_METHODS,
            create::create_document,
            setup
        )
        .core(),
        set_up!(
            "copy_file",
            Organise,
            create::COPY_METHODS,
            create::copy_file,
            setup
        ),
    ]
}

/// Between Drive and the allowed folders.
fn transfers(setup: &Setup) -> Vec<TypedTool> {
    let tools = vec![
        set_up!(
            "upload_file",
            Organise,
            upload::METHODS,
            upload::upload_file,
            setup
        ),
        set_up!(
            "download_file",
            Organise,
            download::METHODS,
            download::download_file,
            setup
        ),
        set_up!(
            "export_file",
            Organise,
            download::EXPORT_METHODS,
            download::export_file,
            setup
        ),
    ];
    let tools = tools.into_iter();
    tools.map(|tool| tool.lasting(TRANSFER)).collect()
}

fn organising(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "move_file",
            Organise,
            organise::MOVE_METHODS,
            organise::move_file,
            setup
        ),
        set_up!(
            "rename_file",
            Organise,
            organise::METHODS,
            organise::rename_file,
            setup
        ),
        set_up!(
            "trash_file",
            Delete,
            organise::METHODS,
            organise::trash_file,
            setup
        ),
        set_up!(
            "restore_file",
            Organise,
            organise::METHODS,
            organise::restore_file,
            setup
        ),
    ]
}

fn sharing(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "list_permissions",
            Read,
            sharing::LIST_METHODS,
            sharing::list_permissions,
            setup
        ),
        set_up!(
            "share_file",
            Share,
            sharing::SHARE_METHODS,
            sharing::share_file,
            setup
        ),
        set_up!(
            "unshare_file",
            Share,
            sharing::UNSHARE_METHODS,
            sharing::unshare_file,
            setup
        ),
        set_up!(
            "set_link_sharing",
            Share,
            sharing::LINK_METHODS,
            sharing::set_link_sharing,
            setup
        ),
    ]
}

fn talking(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "list_comments",
            Read,
            talk::LIST_METHODS,
            talk::list_comments,
            setup
        ),
        set_up!(
            "get_comment",
            Read,
            talk::THREAD_METHODS,
            talk::get_comment,
            setup
        ),
        set_up!(
            "add_comment",
            Share,
            talk::ADD_METHODS,
            talk::add_comment,
            setup
        ),
        set_up!(
            "reply_to_comment",
            Share,
            talk::REPLY_METHODS,
            talk::reply_to_comment,
            setup
        ),
        set_up!(
            "list_revisions",
            Read,
            revisions::METHODS,
            revisions::list_revisions,
            setup
        ),
    ]
}

fn account(setup: &Setup) -> Vec<TypedTool> {
    vec![
        set_up!(
            "list_shared_drives",
            Read,
            account::DRIVES_METHODS,
            account::list_shared_drives,
            setup
        ),
        set_up!(
            "get_drive_changes",
            Read,
            account::CHANGES_METHODS,
            account::get_drive_changes,
            setup
        ),
        set_up!(
            "get_drive_quota",
            Read,
            account::QUOTA_METHODS,
            account::get_drive_quota,
            setup
        ),
    ]
}
