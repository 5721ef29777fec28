//! Searches that need no operators: the latest mails, unread ones, those of a person or of a time.

use chrono::{Days, FixedOffset, NaiveDate, NaiveTime, TimeZone as _};
use schemars::JsonSchema;
use serde::Deserialize;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    mime::parse_addresses,
    search::{Page, Wanted, find},
    thread::{Conversation, GetThread, get_thread},
};

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
    /// Where days begin, such as +02:00; UTC if left out.
    #[schemars(example = "+02:00")]
    utc_offset: Option<String>,
    /// 10 if left out.
    #[schemars(range(min = 1, max = 50))]
    count: Option<usize>,
    /// `next_page_token` of the page before.
    #[schemars(length(min = 1))]
    page_token: Option<String>,
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
) -> Result<Page, ToolError> {
    let wanted = Wanted {
        query: date_query(&args)?,
        count: args.count,
        page_token: args.page_token,
    };
    find(cx, wanted, budget).await
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

/// The days as moments: Gmail reads a bare date in a time zone of its own.
fn date_query(args: &ByDate) -> Result<String, ToolError> {
    let date = args.start_date.trim().replace('/', "-");
    let first = NaiveDate::parse_from_str(&date, "%Y-%m-%d").map_err(|_| {
        ToolError::invalid_argument(
            "start_date",
            &format!("{:?} is no date", args.start_date),
            "year, month and day, such as \"2026-01-31\"",
        )
    })?;
    let offset = match args.utc_offset.as_deref().map(str::trim) {
        None | Some("Z" | "UTC") => FixedOffset::east_opt(0),
        Some(offset) => offset.parse().ok(),
    };
    let offset = offset.ok_or_else(|| {
        let problem = "it is no difference to UTC";
        ToolError::invalid_argument(
            "utc_offset",
            problem,
            "hours and minutes, such as \"+02:00\"",
        )
    })?;
    let begins = |day: NaiveDate| {
        let midnight = offset.from_local_datetime(&day.and_time(NaiveTime::MIN));
        midnight.single().map(|moment| moment.timestamp().max(0))
    };
    let after = begins(first).map(|moment| format!("after:{moment}"));
    let last = args.range_in_days.map(u64::from);
    let end = last.and_then(|days| first.checked_add_days(Days::new(days)));
    let before = end
        .and_then(begins)
        .map(|moment| format!(" before:{moment}"));
    Ok(after.unwrap_or_default() + &before.unwrap_or_default())
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

    #[test]
    fn days_are_moments_and_begin_where_the_person_is() {
        let query = |date: &str, days, offset: Option<&str>| {
            date_query(&ByDate {
                start_date: date.to_owned(),
                range_in_days: days,
                utc_offset: offset.map(str::to_owned),
                count: None,
                page_token: None,
            })
        };
        for (date, days, offset, expected) in [
            ("2026-03-01", None, None, "after:1772323200"),
            (
                "2026/03/01",
                Some(1),
                None,
                "after:1772323200 before:1772409600",
            ),
            (
                "2026/3/1",
                Some(7),
                Some("Z"),
                "after:1772323200 before:1772928000",
            ),
            (
                "2026-03-01",
                Some(1),
                Some("+02:00"),
                "after:1772316000 before:1772402400",
            ),
            (
                " 2026-03-01 ",
                Some(1),
                Some("-0330"),
                "after:1772335800 before:1772422200",
            ),
        ] {
            assert_eq!(
                query(date, days, offset).unwrap(),
                expected,
                "{date} {offset:?}"
            );
        }
        for (date, offset, argument) in [
            ("yesterday", None, "start_date"),
            ("2026-02-30", None, "start_date"),
            ("01.03.2026", None, "start_date"),
            ("2026-03-01", Some("Lisbon"), "utc_offset"),
            ("2026-03-01", Some("+25:00"), "utc_offset"),
        ] {
            let error = query(date, None, offset).unwrap_err();
            assert_eq!(error.argument(), Some(argument), "{date} {offset:?}");
        }
    }
}
