//! `add_comment` and `reply_to_comment`: said once, and looked for where Google's answer is not clear.

use chrono::{DateTime, TimeDelta, Utc};
use google_drive3::api::{Comment, Reply, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    look,
    settlement::settlement,
    setup::Setup,
    view::moment,
    wire::{COMMENT, COMMENT_GET, COMMENTS, CommentsAsked, Drive, GET, REPLY},
};

pub(crate) const ADD_METHODS: &[&str] = &[GET.id(), COMMENT.id(), COMMENTS.id()];
pub(crate) const REPLY_METHODS: &[&str] = &[GET.id(), REPLY.id(), COMMENT_GET.id()];

/// How far this machine's clock may be from Google's.
const SKEW: TimeDelta = TimeDelta::minutes(1);
/// What is older than this is not taken for what was just said, whatever the clocks show.
const RECENT: TimeDelta = TimeDelta::days(1);

const ADDING: Words = Words {
    done: "added",
    look: "look with list_comments",
};
const REPLYING: Words = Words {
    done: "added",
    look: "look with get_comment",
};

/// Comments on a file.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddComment {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// What is said.
    #[schemars(length(min = 1, max = 4096))]
    text: String,
}

/// Answers a comment, resolves it, or both.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReplyToComment {
    /// A file or folder.
    #[schemars(length(min = 1))]
    file_id: String,
    /// As `list_comments` gives it.
    #[schemars(length(min = 1))]
    comment_id: String,
    /// What is said.
    #[schemars(length(min = 1, max = 4096))]
    text: Option<String>,
    /// True resolves it, false opens it again.
    resolve: Option<bool>,
}

/// What was said.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Said {
    /// `added`, or `added (confirmed by look-up)`.
    status: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reply_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    time: Option<String>,
}

/// Comments.
pub(crate) async fn add_comment(
    cx: ToolContext,
    args: AddComment,
    setup: Setup,
) -> Result<Said, ToolError> {
    let text = args.text.trim();
    if text.is_empty() {
        return Err(nothing_said("a text"));
    }
    let drive = Drive::new(&cx, ADD_METHODS);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let file = Named::file(&id);
    let begun = now(&cx)?;
    let saying = drive.comments_create(file.id, text);
    let look = || comment_of(&drive, file.id, text, begun);
    let said = settlement(&cx, setup.settlement, ADDING)
        .settle(saying, look)
        .await;
    let said = said.map_err(|refusal| refusal.explained(|error| file.explain(error)))?;
    Ok(Said {
        status: said.status,
        comment_id: said.made.id,
        reply_id: None,
        time: said.made.created_time.map(moment),
    })
}

/// Answers.
pub(crate) async fn reply_to_comment(
    cx: ToolContext,
    args: ReplyToComment,
    setup: Setup,
) -> Result<Said, ToolError> {
    let text = args
        .text
        .as_deref()
        .map(str::trim)
        .filter(|it| !it.is_empty());
    let action = args.resolve.map(|it| if it { "resolve" } else { "reopen" });
    if text.is_none() && action.is_none() {
        return Err(nothing_said("a text, or `resolve`"));
    }
    let drive = Drive::new(&cx, REPLY_METHODS);
    let comment = Named::comment(&args.comment_id);
    let id = look::target(&drive, Named::file(&args.file_id)).await?;
    let begun = now(&cx)?;
    let saying = drive.replies_create(&id, comment.id, (text, action));
    let look = || reply_of(&drive, (&id, comment.id), (text, action), begun);
    let said = settlement(&cx, setup.settlement, REPLYING)
        .settle(saying, look)
        .await;
    let said = said.map_err(|refusal| refusal.explained(|error| comment.explain(error)))?;
    Ok(Said {
        status: said.status,
        comment_id: Some(comment.id.to_owned()),
        reply_id: said.made.id,
        time: said.made.created_time.map(moment),
    })
}

fn nothing_said(good: &str) -> ToolError {
    ToolError::invalid_argument("text", "there is nothing to say", good)
}

fn now(cx: &ToolContext) -> Result<DateTime<Utc>, ToolError> {
    let now = cx.access().clock().now().as_millis();
    let none = || ToolError::internal("the clock shows no time");
    DateTime::from_timestamp_millis(now).ok_or_else(none)
}

/// The comment that may have been made.
async fn comment_of(
    drive: &Drive,
    file: &str,
    text: &str,
    begun: DateTime<Utc>,
) -> Result<Seen<Comment>, Error> {
    let since = moment(begun - RECENT);
    let mut alike = Vec::new();
    let mut next: Option<String> = None;
    loop {
        let asked = CommentsAsked {
            count: 100,
            page_token: next.as_deref(),
            since: Some(&since),
        };
        let page = drive.comments_list(file, asked).await?;
        let page_of = page.comments.unwrap_or_default().into_iter();
        alike.extend(
            page_of.filter(|it| is_mine(it.author.as_ref()) && it.content.as_deref() == Some(text)),
        );
        let token = page.next_page_token.filter(|token| !token.is_empty());
        if token.is_none() || token == next {
            return Ok(only(alike, |it| it.created_time, begun));
        }
        next = token;
    }
}

/// The reply that may have been made.
async fn reply_of(
    drive: &Drive,
    (file, comment): (&str, &str),
    (text, action): (Option<&str>, Option<&str>),
    begun: DateTime<Utc>,
) -> Result<Seen<Reply>, Error> {
    let comment = drive.comments_get(file, comment).await?;
    let replies = comment.replies.unwrap_or_default().into_iter();
    let alike = replies.filter(|it| {
        is_mine(it.author.as_ref())
            && it.content.as_deref().unwrap_or_default() == text.unwrap_or_default()
            && it.action.as_deref() == action
    });
    Ok(only(alike.collect(), |it| it.created_time, begun))
}

fn is_mine(author: Option<&User>) -> bool {
    author.and_then(|it| it.me) == Some(true)
}

/// The one that was just said. Who said the same before cannot be told from it by more than the time.
fn only<T>(
    alike: Vec<T>,
    created: impl Fn(&T) -> Option<DateTime<Utc>>,
    begun: DateTime<Utc>,
) -> Seen<T> {
    let is_recent = |it: &T, age: TimeDelta| created(it).is_none_or(|time| time >= begun - age);
    let mut recent = alike.into_iter().filter(|it| is_recent(it, RECENT));
    match (recent.next(), recent.next()) {
        (None, _) => Seen::NotDone,
        (Some(one), None) if is_recent(&one, SKEW) => Seen::Done(one),
        _ => Seen::Doubtful("the person said the same before".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_said_before_is_not_taken_for_what_is_said_now() {
        let begun = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        let seen = |ages: &[i64]| {
            let alike = ages.iter().map(|age| begun - TimeDelta::seconds(*age));
            match only(alike.collect(), |it| Some(*it), begun) {
                Seen::Done(_) => "done",
                Seen::NotDone => "not done",
                _ => "doubtful",
            }
        };
        for (ages, expected) in [
            (&[][..], "not done"),
            (&[100_000], "not done"),
            (&[-2], "done"),
            (&[30], "done"),
            (&[100_000, 2], "done"),
            (&[600], "doubtful"),
            (&[600, -2], "doubtful"),
            (&[1, 2], "doubtful"),
        ] {
            assert_eq!(seen(ages), expected, "{ages:?}");
        }
    }
}
