//! The methods of Slides: who may call them on which file, and what they answer.

use std::sync::Arc;

use serde_json::{Value, json};

use super::batch::{self, Edit, Stop};
use super::deck::Deck;
use super::show::{self, without_zeros};
use super::shown::What;
use crate::call::{ApiError, Call, Reply};
use crate::drive::{Drives, Native, Role, SLIDES};
use crate::random;
use crate::refusal::Refusal;

/// The methods that [`handle`] answers.
pub(crate) const METHODS: &[&str] = &[
    "slides.presentations.batchUpdate",
    "slides.presentations.create",
    "slides.presentations.get",
    "slides.presentations.pages.get",
    "slides.presentations.pages.getThumbnail",
];

/// These let every presentation be seen; `drive.file` alone those of applications.
const WHOLE: [&str; 4] = [
    "https://www.googleapis.com/auth/presentations",
    "https://www.googleapis.com/auth/presentations.readonly",
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/drive.readonly",
];

/// These let every presentation be changed; [`APP_FILES`] alone those of applications.
const CHANGING: [&str; 2] = [
    "https://www.googleapis.com/auth/presentations",
    "https://www.googleapis.com/auth/drive",
];

/// One of these is needed for a video from Drive.
const VIDEOS: [&str; 3] = [
    "https://www.googleapis.com/auth/drive",
    "https://www.googleapis.com/auth/drive.readonly",
    APP_FILES,
];

const APP_FILES: &str = "https://www.googleapis.com/auth/drive.file";

/// A presentation that the caller may see.
struct Opened {
    id: String,
    title: String,
    deck: Arc<Deck>,
    may_edit: bool,
    is_of_app: bool,
}

/// Answers one of [`METHODS`].
///
/// # Errors
/// As Google refuses the call.
pub(crate) fn handle(drives: &mut Drives, call: &Call, now_ms: i64) -> Result<Reply, Refusal> {
    drives.now_ms = now_ms;
    let user = call.account.to_lowercase();
    let value = match call.method.strip_prefix("slides.presentations.") {
        Some("create") => create(drives, call, &user),
        Some("get") => get(drives, &open(drives, call, &user)?),
        Some("pages.get") => page(drives, call, &open(drives, call, &user)?)?,
        Some("pages.getThumbnail") => thumbnail(drives, call, &open(drives, call, &user)?)?,
        Some("batchUpdate") => update(drives, call, &user)?,
        _ => return Err(Refusal::not_implemented(&call.method)),
    };
    Ok(Reply::Json(without_zeros(value)))
}

fn open(drives: &Drives, call: &Call, user: &str) -> Result<Opened, Refusal> {
    let missing = || ApiError::not_found("Requested entity was not found.");
    let id = call.path_one("presentationId");
    let file = drives.files.get(id).ok_or_else(missing)?;
    let Some(access) = drives.access(file, user) else {
        return Err(forbidden());
    };
    if !has_any(call, &WHOLE) && !file.is_of_app {
        return Err(missing().into());
    }
    let Some(Native::Slides(deck)) = file.native() else {
        let message = "This operation is not supported for this document";
        return Err(ApiError::failed_precondition(message).into());
    };
    Ok(Opened {
        id: id.to_owned(),
        title: file.name.clone(),
        deck: Arc::clone(deck),
        may_edit: access.role >= Role::Writer,
        is_of_app: file.is_of_app,
    })
}

fn has_any(call: &Call, scopes: &[&str]) -> bool {
    call.scopes.iter().any(|it| scopes.contains(&it.as_str()))
}

/// Refuses a change whose token is for less than what it changes and what it takes from Drive. The
/// scopes of the method are more: some of its requests only read from elsewhere.
fn check_scopes(call: &Call, requests: &[Value], is_of_app: bool) -> Result<(), Refusal> {
    let refused = |scopes: &[&str]| {
        let scopes: Vec<String> = scopes.iter().map(|it| (*it).to_owned()).collect();
        Err(Refusal::insufficient_scope(&scopes))
    };
    let may_change = has_any(call, &CHANGING) || (is_of_app && has_any(call, &[APP_FILES]));
    if !may_change {
        return refused(&[CHANGING[0], CHANGING[1], APP_FILES]);
    }
    let takes_video = |it: &Value| it["createVideo"]["source"] == "DRIVE";
    if requests.iter().any(takes_video) && !has_any(call, &VIDEOS) {
        return refused(&VIDEOS);
    }
    Ok(())
}

fn forbidden() -> Refusal {
    let message = "The caller does not have permission";
    Refusal::new(403, "PERMISSION_DENIED", "forbidden", message)
}

fn create(drives: &mut Drives, call: &Call, user: &str) -> Value {
    let body = call.json();
    let title = body["title"].as_str().filter(|it| !it.is_empty());
    let title = title.unwrap_or("Untitled presentation");
    let id = body["presentationId"].as_str().filter(|id| !id.is_empty());
    let deck = Arc::new(Deck::new());
    let native = Native::Slides(Arc::clone(&deck));
    let id = drives.add_native(user, id, title, (SLIDES, native));
    get(
        drives,
        &Opened {
            id,
            title: title.to_owned(),
            deck,
            may_edit: true,
            is_of_app: true,
        },
    )
}

fn get(drives: &mut Drives, opened: &Opened) -> Value {
    let mut value = opened
        .deck
        .json(&mut |image| link(drives, What::Picture(Arc::clone(&image.picture))));
    value["presentationId"] = opened.id.as_str().into();
    value["title"] = opened.title.as_str().into();
    if opened.may_edit {
        value["revisionId"] = revision(&opened.id, &opened.deck).into();
    }
    value
}

/// The address of something that a reply shows.
fn link(drives: &mut Drives, what: What) -> String {
    let now_ms = drives.now_ms;
    let path = drives.shown.add(what, now_ms);
    format!("{}{path}", drives.base_url)
}

/// An opaque name of a state of a presentation.
fn revision(id: &str, deck: &Deck) -> String {
    random::sha256(&format!("{id} {}", deck.revision))
}

fn page(drives: &mut Drives, call: &Call, opened: &Opened) -> Result<Value, Refusal> {
    let id = call.path_one("pageObjectId");
    let page = opened.deck.page(id).ok_or_else(|| no_page(id))?;
    let mut links =
        |image: &super::deck::Image| link(drives, What::Picture(Arc::clone(&image.picture)));
    let mut value = show::page_json(page, &mut links);
    if opened.may_edit {
        value["revisionId"] = revision(&opened.id, &opened.deck).into();
    }
    Ok(value)
}

fn no_page(id: &str) -> ApiError {
    ApiError::not_found(format!("The page ({id}) could not be found."))
}

fn thumbnail(drives: &mut Drives, call: &Call, opened: &Opened) -> Result<Value, Refusal> {
    let id = call.path_one("pageObjectId");
    opened.deck.page(id).ok_or_else(|| no_page(id))?;
    let width: u32 = match call.query_one("thumbnailProperties.thumbnailSize") {
        Some("SMALL") => 200,
        Some("LARGE") => 1600,
        Some("WIDTH2000_PX") => 2000,
        _ => 800,
    };
    let what = What::Page {
        deck: Arc::clone(&opened.deck),
        page: id.to_owned(),
        width,
    };
    let height = opened.deck.height_for(width);
    Ok(json!({ "contentUrl": link(drives, what), "width": width, "height": height }))
}

fn update(drives: &mut Drives, call: &Call, user: &str) -> Result<Value, Refusal> {
    let opened = open(drives, call, user)?;
    let body = call.json();
    let requests = body["requests"].as_array().cloned().unwrap_or_default();
    check_scopes(call, &requests, opened.is_of_app)?;
    if !opened.may_edit {
        return Err(forbidden());
    }
    let required = body["writeControl"]["requiredRevisionId"].as_str();
    if required.is_some_and(|it| !it.is_empty() && it != revision(&opened.id, &opened.deck)) {
        let message = "The required revision ID does not match the latest revision of the \
                       presentation.";
        return Err(ApiError::failed_precondition(message).into());
    }
    // A copy is changed, so that a request that fails leaves nothing of those before it.
    let mut deck = Deck::clone(&opened.deck);
    let sees_all = has_any(call, &VIDEOS[..2]);
    let sees_file = |id: &str| {
        let file = drives.files.get(id).filter(|it| sees_all || it.is_of_app);
        file.is_some_and(|file| drives.access(file, user).is_some())
    };
    let mut edit = Edit {
        deck: &mut deck,
        fetched: &call.fetched,
        sees_file: &sees_file,
    };
    let replies = batch::run(&mut edit, &requests).map_err(|stop| match stop {
        Stop::Invalid(message) => Refusal::from(ApiError::invalid(message)),
        Stop::Unknown(name) => Refusal::not_implemented(&format!("{} in {}", name, call.method)),
    })?;
    deck.revision += 1;
    let revision = revision(&opened.id, &deck);
    drives.edit_native(&opened.id, Native::Slides(Arc::new(deck)), user);
    Ok(json!({
        "presentationId": opened.id,
        "replies": replies,
        "writeControl": { "requiredRevisionId": revision },
    }))
}
