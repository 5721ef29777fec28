//! `list_presentations`: those of the person's Drive, the latest first.

use chrono::{DateTime, SecondsFormat, Utc};
use google_drive3::api::{File, User};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::list_refused,
    pages::is_false,
    setup::Setup,
    text::visible,
    wire::{LIST, Slides},
};

pub(crate) const METHODS: &[&str] = &[LIST.id()];
pub(crate) const PRESENTATION: &str = "application/vnd.google-apps.presentation";

const PAGE: usize = 20;
const LONGEST_PAGE: usize = 100;
/// Characters of a name, and of a person.
const NAME: usize = 120;
const PERSON: usize = 60;
/// The most that an entry takes, and what is around all of them.
const ENTRY: usize = 420;
const AROUND: usize = 700;

/// Lists presentations that are not in the trash, the last changed first.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListPresentations {
    /// Words that names begin with.
    name: Option<String>,
    /// At most so many; 20 if left out.
    #[schemars(range(min = 1, max = 100))]
    page_size: Option<usize>,
    /// Reads on: `next_page_token`.
    page_token: Option<String>,
}

/// Some presentations.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Listed {
    presentations: Vec<Entry>,
    /// There are more: where the list goes on.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_page_token: Option<String>,
    /// Google could not look through all shared drives.
    #[serde(skip_serializing_if = "is_false")]
    incomplete: bool,
    /// What of this was written by others.
    untrusted: String,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Entry {
    id: String,
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    modified: Option<String>,
    /// Whose it is, unless it is the person's own.
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
}

impl Entry {
    fn of(file: File) -> Self {
        let owner = file.owners.as_deref().unwrap_or_default().first();
        let owner = owner.filter(|it| it.me != Some(true)).and_then(person);
        Self {
            owner,
            name: visible(file.name.as_deref().unwrap_or_default(), NAME),
            created: file.created_time.map(moment),
            modified: file.modified_time.map(moment),
            id: file.id.unwrap_or_default(),
        }
    }
}

/// Lists presentations.
pub(crate) async fn list_presentations(
    cx: ToolContext,
    args: ListPresentations,
    setup: Setup,
) -> Result<Listed, ToolError> {
    let fits = setup.budget.saturating_sub(AROUND) / ENTRY;
    let count = args
        .page_size
        .unwrap_or(PAGE)
        .min(LONGEST_PAGE)
        .min(fits)
        .max(1);
    let page_token = args.page_token.as_deref().filter(|it| !it.is_empty());
    let q = query(args.name.as_deref());
    let slides = Slides::new(&cx, METHODS);
    let page = slides
        .files(&q, count, page_token, Some("modifiedTime desc"))
        .await;
    let page = page.map_err(|error| list_refused(error, page_token))?;
    Ok(Listed {
        presentations: page
            .files
            .unwrap_or_default()
            .into_iter()
            .map(Entry::of)
            .collect(),
        next_page_token: page.next_page_token,
        incomplete: page.incomplete_search == Some(true),
        untrusted: cx.fence("slide").notice(),
    })
}

/// No text gets out of its quotes.
fn query(name: Option<&str>) -> String {
    let kind = quoted(PRESENTATION);
    let named = name.map(str::trim).filter(|it| !it.is_empty());
    let named = named.map_or_else(String::new, |it| {
        format!(" and name contains {}", quoted(it))
    });
    format!("mimeType = {kind} and trashed = false{named}")
}

/// A text as a literal of Drive's queries.
pub(crate) fn quoted(text: &str) -> String {
    let text = text.replace('\\', "\\\\").replace('\'', "\\'");
    format!("'{text}'")
}

fn person(user: &User) -> Option<String> {
    let name = user.display_name.as_deref().filter(|it| !it.is_empty());
    let address = user.email_address.as_deref().filter(|it| !it.is_empty());
    let text = match (name, address) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => return None,
    };
    Some(visible(&text, PERSON))
}

fn moment(time: DateTime<Utc>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_gets_out_of_its_quotes() {
        let q = query(Some("it's') or (name contains 'a\\"));
        assert!(
            q.ends_with(r"name contains 'it\'s\') or (name contains \'a\\'"),
            "{q}"
        );
        assert!(!query(Some(" ")).contains("name"));
    }
}
