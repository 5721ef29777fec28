//! Comments on files, and the replies to them.

use serde_json::{Value, json};

use super::access::require;
use super::methods::Asked;
use super::node::{Comment, File, Remark, Reply as Answer};
use super::page;
use super::refused::{insufficient, invalid, not_found};
use super::world::Drives;
use crate::call::Reply;
use crate::refusal::Refusal;

/// Google's page of a list, unless another is asked for.
const USUAL_PAGE: usize = 20;

/// Answers the methods of comments and replies.
pub(super) fn handle(drives: &mut Drives, asked: Asked<'_>) -> Result<Reply, Refusal> {
    let (file, access) = drives.named(asked)?;
    let may = drives.may(file, access);
    let writes = !matches!(verb(asked), "get" | "list");
    require(may.comment() || !writes, file)?;
    let (id, is_writer) = (file.id.clone(), may.edit());
    match asked.call.method.strip_prefix("drive.").unwrap_or_default() {
        "comments.list" => list(drives, asked, &id),
        "comments.get" => {
            let comment = comment(drives, asked, &id)?;
            let deleted = asked.flag("includeDeleted");
            Ok(Reply::Json(
                drives.comment_json(comment, asked.user, deleted),
            ))
        }
        "comments.create" => create(drives, asked, &id),
        "comments.update" | "comments.delete" => change(drives, asked, &id, is_writer),
        "replies.list" => list_replies(drives, asked, &id),
        "replies.get" => {
            let reply = reply(drives, asked, &id)?;
            Ok(Reply::Json(drives.reply_json(reply, asked.user)))
        }
        "replies.create" => create_reply(drives, asked, &id, is_writer),
        "replies.update" | "replies.delete" => change_reply(drives, asked, &id, is_writer),
        _ => Err(Refusal::not_implemented(&asked.call.method)),
    }
}

/// What stands behind the last dot of the method's name.
fn verb(asked: Asked<'_>) -> &str {
    let name = asked.call.method.rsplit_once('.');
    name.map(|(_, verb)| verb).unwrap_or_default()
}

fn list(drives: &Drives, asked: Asked<'_>, id: &str) -> Result<Reply, Refusal> {
    let deleted = asked.flag("includeDeleted");
    let since = asked.call.query_one("startModifiedTime");
    let since = since.and_then(|text| chrono::DateTime::parse_from_rfc3339(text).ok());
    let since = since.map_or(i64::MIN, |time| time.timestamp_millis());
    let all = drives
        .files
        .get(id)
        .into_iter()
        .flat_map(|file| &file.comments);
    let mut all: Vec<&Comment> = all
        .filter(|it| deleted || !it.remark.is_deleted)
        .filter(|it| it.remark.modified_ms >= since)
        .collect();
    all.reverse();
    let page = page::of(asked.call, all, USUAL_PAGE)?;
    let shown = page.items.into_iter();
    let shown = shown.map(|it| drives.comment_json(it, asked.user, deleted));
    let mut list = json!({
        "kind": "drive#commentList",
        "comments": shown.collect::<Vec<Value>>(),
    });
    if let Some(token) = page.next {
        list["nextPageToken"] = token.into();
    }
    Ok(Reply::Json(list))
}

fn list_replies(drives: &Drives, asked: Asked<'_>, id: &str) -> Result<Reply, Refusal> {
    let deleted = asked.flag("includeDeleted");
    let replies = comment(drives, asked, id)?.replies.iter();
    let replies = replies.filter(|it| deleted || !it.remark.is_deleted);
    let page = page::of(asked.call, replies.collect(), USUAL_PAGE)?;
    let shown = page.items.into_iter();
    let shown = shown.map(|it| drives.reply_json(it, asked.user));
    let mut list = json!({
        "kind": "drive#replyList",
        "replies": shown.collect::<Vec<Value>>(),
    });
    if let Some(token) = page.next {
        list["nextPageToken"] = token.into();
    }
    Ok(Reply::Json(list))
}

fn create(drives: &mut Drives, asked: Asked<'_>, id: &str) -> Result<Reply, Refusal> {
    let body = asked.call.json();
    let quoted = &body["quotedFileContent"];
    let comment = Comment {
        remark: remark(drives, asked, content(body)?),
        anchor: body["anchor"].as_str().map(ToOwned::to_owned),
        quoted: (!quoted.is_null()).then(|| quoted.clone()),
        resolved: false,
        replies: Vec::new(),
    };
    let shown = drives.comment_json(&comment, asked.user, false);
    with_file(drives, asked, id, |file| file.comments.push(comment));
    Ok(Reply::Json(shown))
}

fn create_reply(
    drives: &mut Drives,
    asked: Asked<'_>,
    id: &str,
    is_writer: bool,
) -> Result<Reply, Refusal> {
    let body = asked.call.json();
    let author = &comment(drives, asked, id)?.remark.author;
    let action = body["action"].as_str().filter(|it| !it.is_empty());
    if action.is_some_and(|it| !matches!(it, "resolve" | "reopen")) {
        return Err(invalid("Invalid value for action.").at("other", "reply.action"));
    }
    // Who may edit the file closes any thread, others their own.
    if action.is_some() && !is_writer && author != asked.user {
        return Err(insufficient(id));
    }
    let text = match (content(body), action) {
        (Ok(text), _) => text,
        (Err(_), Some(_)) => "",
        (Err(refused), None) => return Err(refused),
    };
    let reply = Answer {
        remark: remark(drives, asked, text),
        action: action.map(ToOwned::to_owned),
    };
    let shown = drives.reply_json(&reply, asked.user);
    let resolves = action.map(|action| action == "resolve");
    with_comment(drives, asked, id, |comment| {
        comment.resolved = resolves.unwrap_or(comment.resolved);
        comment.remark.modified_ms = asked.now_ms;
        comment.replies.push(reply);
    });
    Ok(Reply::Json(shown))
}

/// Changes or removes a comment: its author, and whoever may edit the file removes any.
fn change(
    drives: &mut Drives,
    asked: Asked<'_>,
    id: &str,
    is_writer: bool,
) -> Result<Reply, Refusal> {
    let deletes = verb(asked) == "delete";
    let author = &comment(drives, asked, id)?.remark.author;
    check_author(author, asked, id, is_writer && deletes)?;
    let text = if deletes {
        String::new()
    } else {
        content(asked.call.json())?.to_owned()
    };
    with_comment(drives, asked, id, |comment| {
        rewrite(&mut comment.remark, asked, text, deletes);
    });
    if deletes {
        return Ok(Reply::Empty);
    }
    let comment = comment(drives, asked, id)?;
    Ok(Reply::Json(drives.comment_json(comment, asked.user, false)))
}

fn change_reply(
    drives: &mut Drives,
    asked: Asked<'_>,
    id: &str,
    is_writer: bool,
) -> Result<Reply, Refusal> {
    let deletes = verb(asked) == "delete";
    let author = &reply(drives, asked, id)?.remark.author;
    check_author(author, asked, id, is_writer && deletes)?;
    let text = if deletes {
        String::new()
    } else {
        content(asked.call.json())?.to_owned()
    };
    let wanted = asked.call.path_one("replyId");
    with_comment(drives, asked, id, |comment| {
        let mut replies = comment.replies.iter_mut();
        if let Some(reply) = replies.find(|it| it.remark.id == wanted) {
            rewrite(&mut reply.remark, asked, text, deletes);
        }
    });
    if deletes {
        return Ok(Reply::Empty);
    }
    let reply = reply(drives, asked, id)?;
    Ok(Reply::Json(drives.reply_json(reply, asked.user)))
}

fn check_author(author: &str, asked: Asked<'_>, id: &str, or_else: bool) -> Result<(), Refusal> {
    if author == asked.user || or_else {
        Ok(())
    } else {
        Err(insufficient(id))
    }
}

fn rewrite(remark: &mut Remark, asked: Asked<'_>, text: String, deletes: bool) {
    remark.content = text;
    remark.modified_ms = asked.now_ms;
    remark.is_deleted = deletes;
}

fn content(body: &Value) -> Result<&str, Refusal> {
    let text = body["content"].as_str().filter(|text| !text.is_empty());
    text.ok_or_else(|| invalid("Content is required.").at("other", "content"))
}

fn remark(drives: &mut Drives, asked: Asked<'_>, text: &str) -> Remark {
    Remark {
        id: drives.fresh_id("AAAA", 11),
        author: asked.user.to_owned(),
        content: text.to_owned(),
        created_ms: asked.now_ms,
        modified_ms: asked.now_ms,
        is_deleted: false,
    }
}

fn comment<'a>(drives: &'a Drives, asked: Asked<'_>, id: &str) -> Result<&'a Comment, Refusal> {
    let wanted = asked.call.path_one("commentId");
    let shows_deleted = asked.flag("includeDeleted");
    let mut all = drives
        .files
        .get(id)
        .into_iter()
        .flat_map(|file| &file.comments);
    let found = all.find(|it| it.remark.id == wanted);
    found
        .filter(|it| shows_deleted || !it.remark.is_deleted)
        .ok_or_else(|| not_found("Comment", wanted, "commentId"))
}

fn reply<'a>(drives: &'a Drives, asked: Asked<'_>, id: &str) -> Result<&'a Answer, Refusal> {
    let wanted = asked.call.path_one("replyId");
    let shows_deleted = asked.flag("includeDeleted");
    let mut all = comment(drives, asked, id)?.replies.iter();
    let found = all.find(|it| it.remark.id == wanted);
    found
        .filter(|it| shows_deleted || !it.remark.is_deleted)
        .ok_or_else(|| not_found("Reply", wanted, "replyId"))
}

fn with_comment(drives: &mut Drives, asked: Asked<'_>, id: &str, work: impl FnOnce(&mut Comment)) {
    let wanted = asked.call.path_one("commentId");
    with_file(drives, asked, id, |file| {
        if let Some(comment) = file.comments.iter_mut().find(|it| it.remark.id == wanted) {
            work(comment);
        }
    });
}

fn with_file(drives: &mut Drives, asked: Asked<'_>, id: &str, work: impl FnOnce(&mut File)) {
    if let Some(file) = drives.files.get_mut(id) {
        work(file);
    }
    drives.touch(id, asked.now_ms);
}
