//! Filters: what Gmail does by itself with mail that arrives.

use google_gmail1::api::{Filter, FilterAction, FilterCriteria};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Error;
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    error::Named,
    labels::{Change, Labels},
    mime::visible_line,
    pieces::{Bounds, Piece},
    settle::settled,
    view::is_false,
    wire::{CREATE_FILTER, DELETE_FILTER, FILTER, FILTERS, Gmail, LABELS},
};

pub(crate) const LIST_METHODS: &[&str] = &[FILTERS.id(), LABELS.id()];
pub(crate) const CREATE_METHODS: &[&str] = &[CREATE_FILTER.id(), LABELS.id()];
pub(crate) const DELETE_METHODS: &[&str] = &[FILTER.id(), DELETE_FILTER.id(), LABELS.id()];

/// Bytes from which on a mail is larger than most.
const LARGE: i32 = 1_000_000;

/// What a result takes beside its filters.
const ENVELOPE: usize = 120;

/// Lists the filters by which Gmail sorts arriving mail.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListFilters {
    /// `next_skip` of the list before.
    skip: Option<usize>,
}

/// Makes a filter for mail that arrives from now on. All conditions that are given must hold. Archive: remove INBOX. It
/// forwards nothing.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateFilter {
    /// Name or address.
    from: Option<String>,
    /// Name or address.
    to: Option<String>,
    /// Words of it.
    subject: Option<String>,
    /// In Gmail's search operators.
    #[schemars(example = "list:weekly.example")]
    query: Option<String>,
    /// A search that must not match.
    negated_query: Option<String>,
    /// Files are attached.
    has_attachment: Option<bool>,
    /// In bytes.
    #[schemars(range(min = 1, max = 100_000_000))]
    larger_than: Option<i32>,
    /// In bytes; not beside `larger_than`.
    #[schemars(range(min = 1, max = 100_000_000))]
    smaller_than: Option<i32>,
    /// Names or ids.
    #[schemars(example = &["Newsletters"])]
    add_labels: Option<Vec<String>>,
    /// Names or ids.
    #[schemars(example = &["INBOX", "UNREAD"])]
    remove_labels: Option<Vec<String>>,
}

/// Deletes a filter. What it did to mails stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteFilter {
    /// From `list_filters`.
    #[schemars(length(min = 1), example = &"ANe1BmjXk2")]
    filter_id: String,
}

/// Filters.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct FilterList {
    filters: Vec<Shown>,
    /// Filters in all.
    total: usize,
    /// The `skip` to read on with: more filters follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
}

/// A filter.
#[derive(Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Shown {
    filter_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    query: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    negated_query: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    has_attachment: bool,
    #[serde(skip_serializing_if = "is_false")]
    exclude_chats: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    larger_than: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    smaller_than: Option<i32>,
    /// Names of labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    add_labels: Vec<String>,
    /// Names of labels.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    remove_labels: Vec<String>,
    /// Mail is forwarded to this address.
    #[serde(skip_serializing_if = "Option::is_none")]
    forward_to: Option<String>,
}

/// A filter that was made.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Made {
    created: Shown,
}

/// A filter that is gone, as it was.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Deleted {
    deleted: Shown,
}

/// The filters, a piece at a time.
pub(crate) async fn list_filters(
    cx: ToolContext,
    args: ListFilters,
    budget: usize,
) -> Result<FilterList, ToolError> {
    let gmail = Gmail::new(&cx, LIST_METHODS);
    let filters = async { gmail.filters_list().await.map_err(ToolError::from) };
    let (all, labels) = futures_util::try_join!(filters, Labels::of(&gmail))?;
    let all = all.into_iter().map(|filter| shown(filter, &labels));
    let bounds = Bounds {
        most: usize::MAX,
        room: budget.saturating_sub(ENVELOPE),
        more: 0,
    };
    let piece = Piece::of(all.collect(), args.skip, bounds)?;
    Ok(FilterList {
        filters: piece.items,
        total: piece.total,
        next_skip: piece.next_skip,
    })
}

fn shown(filter: Filter, labels: &Labels) -> Shown {
    let criteria = filter.criteria.unwrap_or_default();
    let action = filter.action.unwrap_or_default();
    let names = |ids: Option<Vec<String>>| {
        let ids = ids.unwrap_or_default().into_iter();
        ids.map(|id| labels.name(&id)).collect()
    };
    let size = criteria.size.filter(|size| *size > 0);
    let compared = |how| size.filter(|_| criteria.size_comparison.as_deref() == Some(how));
    let given = |text: Option<String>| {
        let text = text.as_deref().map(visible_line);
        text.filter(|text| !text.is_empty())
    };
    Shown {
        filter_id: filter.id.unwrap_or_default(),
        larger_than: compared("larger"),
        smaller_than: compared("smaller"),
        from: given(criteria.from),
        to: given(criteria.to),
        subject: given(criteria.subject),
        query: given(criteria.query),
        negated_query: given(criteria.negated_query),
        has_attachment: criteria.has_attachment.unwrap_or(false),
        exclude_chats: criteria.exclude_chats.unwrap_or(false),
        add_labels: names(action.add_label_ids),
        remove_labels: names(action.remove_label_ids),
        forward_to: given(action.forward),
    }
}

/// Makes a filter.
pub(crate) async fn create_filter(cx: ToolContext, args: CreateFilter) -> Result<Made, ToolError> {
    let criteria = criteria(&args)?;
    let gmail = Gmail::new(&cx, CREATE_METHODS);
    let (add, remove) = (args.add_labels.as_deref(), args.remove_labels.as_deref());
    let (change, labels) = Change::asked(&gmail, add, remove).await?;
    let some = |ids: Vec<String>| Some(ids).filter(|ids| !ids.is_empty());
    let filter = Filter {
        id: None,
        criteria: Some(criteria),
        action: Some(FilterAction {
            add_label_ids: some(change.add),
            remove_label_ids: some(change.remove),
            forward: None,
        }),
    };
    let made = gmail.filters_create(&filter);
    let made = settled(
        &cx,
        made,
        "list_filters tells whether there is such a filter",
    )
    .await?;
    Ok(Made {
        created: shown(made, &labels),
    })
}

fn criteria(args: &CreateFilter) -> Result<FilterCriteria, ToolError> {
    let given = |text: &Option<String>| {
        let text = text.as_deref().map(str::trim);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    if args.larger_than.is_some() && args.smaller_than.is_some() {
        return Err(ToolError::invalid_argument(
            "smaller_than",
            "a filter takes one bound of size",
            "none beside `larger_than`",
        ));
    }
    let (size, comparison) = match (args.larger_than, args.smaller_than) {
        (Some(size), _) => (Some(size), Some("larger")),
        (None, Some(size)) => (Some(size), Some("smaller")),
        (None, None) => (None, None),
    };
    let criteria = FilterCriteria {
        from: given(&args.from),
        to: given(&args.to),
        subject: given(&args.subject),
        query: given(&args.query),
        negated_query: given(&args.negated_query),
        has_attachment: args.has_attachment.filter(|wanted| *wanted),
        exclude_chats: None,
        size,
        size_comparison: comparison.map(str::to_owned),
    };
    if !is_narrow(&criteria) {
        return Err(ToolError::invalid_arguments(
            "the filter has no condition that narrows it and would take nearly all mail; give one, such as `from`",
        ));
    }
    Ok(criteria)
}

/// Whether it leaves most mail alone, as far as one can tell: what must not match, and a size that nearly every mail has,
/// narrow nothing.
fn is_narrow(criteria: &FilterCriteria) -> bool {
    let says = |text: &Option<String>| text.as_deref().is_some_and(says_something);
    let is_large = criteria.size_comparison.as_deref() == Some("larger")
        && criteria.size.is_some_and(|size| size >= LARGE);
    says(&criteria.from)
        || says(&criteria.to)
        || says(&criteria.subject)
        || criteria.query.as_deref().is_some_and(asks_something)
        || criteria.has_attachment == Some(true)
        || is_large
}

/// Whether there is more than wildcards and signs.
fn says_something(text: &str) -> bool {
    let is_sign = |c: char| c.is_whitespace() || c.is_ascii_punctuation();
    !text.chars().all(is_sign)
}

/// Whether anything stands in a search that is not negated, be it a word, a group in brackets or a text in quotes.
fn asks_something(query: &str) -> bool {
    let (mut open, mut quoted, mut before) = (0_usize, false, ' ');
    // How many brackets were open where the negation began.
    let mut negated = None;
    for c in query.chars() {
        if !quoted && (before.is_whitespace() || "({".contains(before)) {
            negated = negated.filter(|at| open > *at);
            negated = negated.or((c == '-').then_some(open));
        }
        match c {
            '"' => quoted = !quoted,
            '(' | '{' if !quoted => open += 1,
            ')' | '}' if !quoted => open = open.saturating_sub(1),
            _ if negated.is_none() && says_something(c.encode_utf8(&mut [0; 4])) => return true,
            _ => {}
        }
        before = c;
    }
    false
}

/// Deletes a filter, and says what it was, so that it can be made again.
pub(crate) async fn delete_filter(
    cx: ToolContext,
    args: DeleteFilter,
) -> Result<Deleted, ToolError> {
    let gmail = Gmail::new(&cx, DELETE_METHODS);
    let named = Named::filter(&args.filter_id);
    let filter = async {
        let filter = gmail.filters_get(named.id).await;
        filter.map_err(|error: Error| named.explain(error))
    };
    let (filter, labels) = futures_util::try_join!(filter, Labels::of(&gmail))?;
    let gone = gmail.filters_delete(named.id);
    settled(&cx, gone, "list_filters tells whether the filter is gone").await?;
    Ok(Deleted {
        deleted: shown(filter, &labels),
    })
}
