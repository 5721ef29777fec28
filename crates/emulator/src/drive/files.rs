//! Listing and reading files.

use std::cmp::Reverse;

use serde_json::{Value, json};

use super::access::reads_content;
use super::matching::{Eyes, indexed, says};
use super::methods::Asked;
use super::node::{Body, File};
use super::query::{Op, Query, Value as Wanted};
use super::refused::{forbidden, invalid_parameter, not_found};
use super::world::{Access, Drives};
use super::{order, page, query};
use crate::call::Reply;
use crate::refusal::Refusal;

/// Google's page of a list, unless another is asked for.
const USUAL_PAGE: usize = 100;

/// What a list is searched in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Corpus<'a> {
    User,
    Domain,
    Drive(&'a str),
    AllDrives,
}

/// `files.list`
pub(super) fn list(drives: &Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let call = asked.call;
    let query = match call.query_one("q").filter(|q| !q.trim().is_empty()) {
        Some(q) => Some(query::of_files(q).ok_or_else(|| invalid_parameter("q"))?),
        None => None,
    };
    let corpus = corpus(drives, asked)?;
    let names_folder = query.as_ref().is_some_and(|it| it.mentions("parents"));
    let shows = |file: &&File| is_in(drives, asked, (corpus, names_folder), file);
    let eyes = Eyes {
        drives,
        user: asked.user,
    };
    let mut found: Vec<&File> = drives.files.values().filter(shows).collect();
    found.retain(|file| query.as_ref().is_none_or(|query| eyes.finds(query, file)));
    sort(&mut found, asked, query.as_ref())?;
    if app_data_only(asked)? {
        found.clear();
    }
    let page = page::of(call, found, USUAL_PAGE)?;
    let files = page.items.into_iter().filter_map(|file| {
        let access = drives.access(file, asked.user)?;
        Some(drives.file_json(asked, file, access))
    });
    let mut list = json!({
        "kind": "drive#fileList",
        "incompleteSearch": false,
        "files": files.collect::<Vec<Value>>(),
    });
    if let Some(token) = page.next {
        list["nextPageToken"] = token.into();
    }
    Ok(Reply::Json(list))
}

fn sort(found: &mut [&File], asked: Asked<'_>, query: Option<&Query>) -> Result<(), Refusal> {
    let order = asked.call.query_one("orderBy").filter(|it| !it.is_empty());
    let keys = order
        .map(|order| order::read(order).ok_or_else(|| invalid_parameter("orderBy")))
        .transpose()?;
    let by_relevance = query.is_some_and(|query| query.mentions("fullText"));
    match keys {
        Some(_) if by_relevance => {
            let message = "Sorting is not supported for queries with fullText terms. Results are \
                           always in descending relevance order.";
            return Err(forbidden("forbidden", message).at("parameter", "orderBy"));
        }
        Some(keys) => found.sort_by(|a, b| order::compare(&keys, a, b, asked.user)),
        None => found.sort_by_key(|file| {
            let relevance = query.map_or(0, |query| relevance(query, file));
            (
                Reverse(relevance),
                Reverse(file.modified_ms),
                file.id.clone(),
            )
        }),
    }
    Ok(())
}

/// How often a file says what the query's full-text terms ask for.
fn relevance(query: &Query, file: &File) -> usize {
    match query {
        Query::And(left, right) | Query::Or(left, right) => {
            relevance(left, file) + relevance(right, file)
        }
        Query::Term(term) if term.field == "fullText" && term.op == Op::Contains => {
            match &term.value {
                Wanted::Text(text) => says(&indexed(file), text),
                _ => 0,
            }
        }
        Query::Not(_) | Query::Term(_) => 0,
    }
}

/// What the parameters say is searched in.
fn corpus<'a>(drives: &Drives, asked: Asked<'a>) -> Result<Corpus<'a>, Refusal> {
    let call = asked.call;
    let drive_id = call.query_one("driveId").or(call.query_one("teamDriveId"));
    let corpora = call.query_one("corpora").or(call.query_one("corpus"));
    let shared = asked.flag("includeItemsFromAllDrives") || asked.flag("includeTeamDriveItems");
    let corpus = match (corpora, drive_id) {
        (Some("drive" | "teamDrive"), None) => return Err(invalid_parameter("driveId")),
        (Some("drive" | "teamDrive") | None, Some(id)) => Corpus::Drive(id),
        (Some("allDrives" | "allTeamDrives"), None) => Corpus::AllDrives,
        (Some("domain"), None) => Corpus::Domain,
        (Some("user") | None, None) => Corpus::User,
        _ => return Err(invalid_parameter("corpora")),
    };
    if matches!(corpus, Corpus::Drive(_) | Corpus::AllDrives) && !(asked.all_drives() && shared) {
        let message = "The includeItemsFromAllDrives and supportsAllDrives parameters must be set \
                       to true when searching shared drives.";
        let name = "includeItemsFromAllDrives";
        return Err(forbidden("teamDrivesNotSupported", message).at("parameter", name));
    }
    if shared && !asked.all_drives() {
        let message = "The supportsAllDrives parameter must be set to true when \
                       includeItemsFromAllDrives is true.";
        return Err(forbidden("forbidden", message).at("parameter", "supportsAllDrives"));
    }
    if let Corpus::Drive(id) = corpus {
        let drive = drives.shared.get(id);
        let is_member = drive.is_some_and(|it| drives.membership(it, asked.user).is_some());
        if !is_member {
            return Err(not_found("Shared drive", id, "driveId"));
        }
    }
    Ok(corpus)
}

/// Whether a list of a corpus shows a file.
fn is_in(
    drives: &Drives,
    asked: Asked<'_>,
    (corpus, names_folder): (Corpus<'_>, bool),
    file: &File,
) -> bool {
    let Some(access) = drives.shown(asked, file) else {
        return false;
    };
    if file.parent.is_none() {
        return false;
    }
    let shared = asked.flag("includeItemsFromAllDrives") || asked.flag("includeTeamDriveItems");
    let is_listed = access.is_personal || file.viewed.contains_key(asked.user);
    match corpus {
        Corpus::Drive(id) => file.drive.as_deref() == Some(id),
        // Of shared drives what the person has opened, or what is in a folder that is named.
        Corpus::User if file.drive.is_some() => {
            shared && (names_folder || file.viewed.contains_key(asked.user))
        }
        Corpus::User | Corpus::AllDrives => is_listed,
        Corpus::Domain => access.is_discoverable && !access.is_personal && file.drive.is_none(),
    }
}

/// Whether nothing is asked for but an application's data, of which there is none here.
fn app_data_only(asked: Asked<'_>) -> Result<bool, Refusal> {
    let mut spaces = asked.call.query_one("spaces").unwrap_or("drive").split(',');
    if spaces
        .clone()
        .any(|it| !matches!(it, "drive" | "appDataFolder" | "photos"))
    {
        return Err(invalid_parameter("spaces"));
    }
    Ok(spaces.all(|space| space != "drive"))
}

/// `files.get`
pub(super) fn get(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (file, access) = drives.named(asked)?;
    if !asked.media() {
        return Ok(Reply::Json(drives.file_json(asked, file, access)));
    }
    check_download(drives, asked, file, access)?;
    let (id, mime_type) = (file.id.clone(), file.mime_type.clone());
    let head = file.head().map(|head| &head.body);
    let Some(Body::Blob { content, .. }) = head else {
        let message = "Only files with binary content can be downloaded. Use Export with Docs \
                       Editors files.";
        return Err(forbidden("fileNotDownloadable", message).at("parameter", "alt"));
    };
    let content = content.clone();
    drives.viewed(&id, asked);
    Ok(Reply::Media {
        content_type: mime_type,
        content,
    })
}

/// Refuses a caller who may not have a file's content.
pub(super) fn check_download(
    drives: &Drives,
    asked: Asked<'_>,
    file: &File,
    access: Access,
) -> Result<(), Refusal> {
    if !reads_content(asked.call) {
        return Err(Refusal::insufficient_scope(&[
            "https://www.googleapis.com/auth/drive.readonly".to_owned(),
        ]));
    }
    if drives.may(file, access).copy() {
        return Ok(());
    }
    let message = "This file cannot be downloaded by the user.";
    Err(forbidden("cannotDownloadFile", message))
}

impl Drives {
    /// Notes that the caller has seen a file's content.
    pub(crate) fn viewed(&mut self, id: &str, asked: Asked<'_>) {
        if let Some(file) = self.files.get_mut(id) {
            file.viewed.insert(asked.user.to_owned(), asked.now_ms);
        }
    }
}
