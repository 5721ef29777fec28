//! Searches that need no operators: the latest mails, unread ones, those of a person or of a time.

mod days;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError, sized::json_size};

use self::days::{Days, Range};
use crate::{
    mime::parse_addresses,
    search::{Page, Wanted, find},
    thread::{Conversation, GetThread, get_thread},
};

/// What the member `range` takes without its value.
const RANGE_MEMBER: usize = 9;

/// The newest mails of the inbox.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Latest {
    /// Archived and sent mails too.
    everywhere: Option<bool>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Mails that a person sent, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FromUser {
    /// Address, domain or name.
    #[schemars(length(min = 1), example = "ada@example.org")]
    user: String,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Unread mails, archived ones too, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Unread {
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Starred mails, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Starred {
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Mails about something, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByContext {
    /// Words that all occur in the mail, or search operators.
    #[schemars(length(min = 1), example = "offsite Lisbon")]
    context: String,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// Mails of whole days, newest first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByDate {
    /// The first day, such as 2026-01-31.
    #[schemars(length(min = 1), example = "2026-01-31")]
    start_date: String,
    /// Up to today if left out.
    #[schemars(range(min = 1, max = 36_500))]
    range_in_days: Option<u32>,
    /// Where days begin: a zone, or +02:00; UTC if left out.
    #[schemars(example = "Europe/Lisbon")]
    time_zone: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
}

/// A page of mails of these days.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PageOfDays {
    /// The days that were searched.
    range: Range,
    #[serde(flatten)]
    page: Page,
}

/// The mails of a thread, as `get_thread` shows them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ByThread {
    /// From a search, or of a mail.
    #[schemars(length(min = 1), example = "18c0a11ce0000001")]
    thread_id: String,
    /// `next_skip` of an earlier reading.
    skip: Option<usize>,
}

/// The newest mails.
pub(crate) async fn latest(
    cx: ToolContext,
    args: Latest,
    budget: usize,
) -> Result<Page, ToolError> {
    let query = if args.everywhere == Some(true) {
        ""
    } else {
        "in:inbox"
    };
    let wanted = Wanted {
        query: query.to_owned(),
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
}

/// Mails of one sender.
pub(crate) async fn from_user(
    cx: ToolContext,
    args: FromUser,
    budget: usize,
) -> Result<Page, ToolError> {
    let wanted = Wanted {
        query: from_query(&args.user)?,
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
}

/// Mails that nobody has read yet.
pub(crate) async fn unread(
    cx: ToolContext,
    args: Unread,
    budget: usize,
) -> Result<Page, ToolError> {
    let wanted = Wanted {
        query: "is:unread".to_owned(),
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
}

/// Mails with a star.
pub(crate) async fn starred(
    cx: ToolContext,
    args: Starred,
    budget: usize,
) -> Result<Page, ToolError> {
    let wanted = Wanted {
        query: "is:starred".to_owned(),
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
}

/// Mails that match words.
pub(crate) async fn by_context(
    cx: ToolContext,
    args: ByContext,
    budget: usize,
) -> Result<Page, ToolError> {
    let wanted = Wanted {
        query: args.context,
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
}

/// Mails of a span of days.
pub(crate) async fn by_date(
    cx: ToolContext,
    args: ByDate,
    budget: usize,
) -> Result<PageOfDays, ToolError> {
    let first = &args.start_date;
    let range = Days::from(first, args.range_in_days, args.time_zone.as_deref())?;
    let wanted = Wanted {
        query: range.query(),
        count: args.count,
        page_token: args.page_token,
    };
    let range = range.shown();
    let room = budget.saturating_sub(json_size(&range) + RANGE_MEMBER);
    Ok(PageOfDays {
        range,
        page: find(cx, wanted, room).await?,
    })
}

/// Mails of a conversation.
pub(crate) async fn by_thread(
    cx: ToolContext,
    args: ByThread,
    budget: usize,
) -> Result<Conversation, ToolError> {
    let args = GetThread {
        thread_id: args.thread_id,
        skip: args.skip,
    };
    get_thread(cx, args, budget).await
}

/// A person as one value of `from:`, whatever stands in it: quoted, so that no word of it is an operator.
fn from_query(user: &str) -> Result<String, ToolError> {
    let written = user.trim().trim_start_matches("from:");
    let mailbox = parse_addresses(written).into_iter().next();
    let person = match mailbox {
        Some(mailbox) if written.contains('<') => mailbox.email,
        _ => written.to_owned(),
    };
    let person: String = person
        .chars()
        .map(|c| if c == '"' || c.is_control() { ' ' } else { c })
        .collect();
    let words: Vec<&str> = person.split_whitespace().collect();
    if words.is_empty() {
        return Err(ToolError::invalid_argument(
            "user",
            "it names nobody",
            "an address, a domain or a name, such as \"ada@example.org\"",
        ));
    }
    Ok(format!("from:\"{}\"", words.join(" ")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_one_value_whatever_stands_in_it() {
        for (user, query) in [
            ("ada@example.org", "from:\"ada@example.org\""),
            ("Ada Lovelace <ada@example.org>", "from:\"ada@example.org\""),
            ("Ada Lovelace", "from:\"Ada Lovelace\""),
            ("from:ada", "from:\"ada\""),
            ("a OR in:anywhere", "from:\"a OR in:anywhere\""),
            ("a\" OR in:anywhere \"", "from:\"a OR in:anywhere\""),
            ("a\r\nb", "from:\"a b\""),
        ] {
            assert_eq!(from_query(user).unwrap(), query, "{user:?}");
        }
        for nobody in [" ", "\"\"", "from:"] {
            let error = from_query(nobody).unwrap_err();
            assert_eq!(error.argument(), Some("user"), "{nobody:?}");
        }
    }
}
