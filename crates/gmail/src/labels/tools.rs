//! The tools that list labels, make them, rename them and delete them.

use google_gmail1::api::Label;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::Error;
use toolgate_toolkit::{ToolContext, ToolError};

use super::{Labels, Named, is_custom, named, refused_name};
use crate::{
    pieces::{Bounds, Piece},
    search::Failed,
    settle::settled,
    view::is_false,
    wire::{CREATE_LABEL, DELETE_LABEL, Gmail, LABEL, LABELS, PATCH_LABEL},
};

pub(crate) const LIST_METHODS: &[&str] = &[LABELS.id(), LABEL.id()];
pub(crate) const CUSTOM_METHODS: &[&str] = &[LABELS.id()];
pub(crate) const CREATE_METHODS: &[&str] = &[LABELS.id(), CREATE_LABEL.id()];
pub(crate) const RENAME_METHODS: &[&str] = &[LABELS.id(), PATCH_LABEL.id()];
pub(crate) const DELETE_METHODS: &[&str] = &[LABELS.id(), LABEL.id(), DELETE_LABEL.id()];

/// Labels with counts in one result: two batches.
const COUNTED: usize = 50;
/// What a result takes beside its labels.
const ENVELOPE: usize = 120;
/// What a label with counts takes at most, but for its name.
const COUNTS: usize = 160;

/// Lists all labels with their counts: Gmail's own, then the person's by name.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListLabels {
    /// `next_skip` of the list before.
    skip: Option<usize>,
}

/// Lists the labels that the person made, without counts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListCustomLabels {
    /// `next_skip` of the list before.
    skip: Option<usize>,
}

/// Makes a label.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CreateLabel {
    /// With `/` below another.
    #[schemars(length(min = 1, max = 225), example = "Travel/2026")]
    name: String,
}

/// Renames a label; mails keep it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameLabel {
    /// Name or id.
    #[schemars(length(min = 1))]
    label: String,
    /// The name from now on.
    #[schemars(length(min = 1, max = 225), example = "Travel/2026")]
    new_name: String,
}

/// Deletes a label that the person made, and takes it off all mails; the mails stay.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteCustomLabel {
    /// Name or id.
    #[schemars(length(min = 1))]
    label: String,
    /// Unless true, only tells how many mails wear it. This is no consent of the person's: ask them.
    confirm: Option<bool>,
}

/// Labels with counts.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Counted {
    labels: Vec<CountedLabel>,
    /// Labels in the whole mailbox.
    total: usize,
    /// Labels whose counts could not be read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    failed: Vec<Failed>,
    /// The `skip` to read on with: more labels follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
}

/// A label with counts.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CountedLabel {
    #[serde(flatten)]
    label: Named,
    /// Whether it is Gmail's own.
    #[serde(skip_serializing_if = "is_false")]
    system: bool,
    messages: i32,
    unread_messages: i32,
    threads: i32,
    unread_threads: i32,
}

/// Labels of the person's.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Custom {
    labels: Vec<Named>,
    /// Labels that the person made.
    total: usize,
    /// The `skip` to read on with: more labels follow.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_skip: Option<usize>,
}

/// What became of a label.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Made {
    label: Named,
    /// Whether it was not there before.
    created: bool,
}

/// A label under its new name.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Renamed {
    label: Named,
    old_name: String,
}

/// What became of a label, or what would be lost.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Gone {
    label: Named,
    deleted: bool,
    /// Mails that wear it, or wore it.
    messages: i32,
}

/// All labels, a piece at a time.
pub(crate) async fn list_labels(
    cx: ToolContext,
    args: ListLabels,
    budget: usize,
) -> Result<Counted, ToolError> {
    let gmail = Gmail::new(&cx, LIST_METHODS);
    let mut all = gmail.labels_list().await?;
    all.sort_by_cached_key(|label| (is_custom(label), lower_name(label)));
    let bounds = Bounds {
        most: COUNTED,
        room: budget.saturating_sub(ENVELOPE),
        more: COUNTS,
    };
    let piece = Piece::of(all.iter().filter_map(named).collect(), args.skip, bounds)?;
    let ids: Vec<String> = piece.items.iter().map(|label| label.id.clone()).collect();
    let answers = gmail.labels_get_batch(&ids).await?;
    let (labels, failed) = counted(&ids, answers)?;
    Ok(Counted {
        labels,
        total: piece.total,
        failed,
        next_skip: piece.next_skip,
    })
}

fn counted(
    ids: &[String],
    answers: Vec<Result<Label, Error>>,
) -> Result<(Vec<CountedLabel>, Vec<Failed>), ToolError> {
    let (mut labels, mut failed) = (Vec::new(), Vec::new());
    let mut cause = None;
    for (id, answer) in ids.iter().zip(answers) {
        match answer {
            Ok(label) => labels.extend(with_counts(&label)),
            Err(error) => {
                failed.push(Failed::new(id, &error));
                cause = Some(error);
            }
        }
    }
    match cause {
        Some(cause) if labels.is_empty() => Err(ToolError::from(cause)),
        _ => Ok((labels, failed)),
    }
}

fn with_counts(label: &Label) -> Option<CountedLabel> {
    Some(CountedLabel {
        label: named(label)?,
        system: !is_custom(label),
        messages: label.messages_total.unwrap_or_default(),
        unread_messages: label.messages_unread.unwrap_or_default(),
        threads: label.threads_total.unwrap_or_default(),
        unread_threads: label.threads_unread.unwrap_or_default(),
    })
}

/// The person's own labels, a piece at a time.
pub(crate) async fn list_custom_labels(
    cx: ToolContext,
    args: ListCustomLabels,
    budget: usize,
) -> Result<Custom, ToolError> {
    let mut all = Gmail::new(&cx, CUSTOM_METHODS).labels_list().await?;
    all.retain(is_custom);
    all.sort_by_cached_key(lower_name);
    let bounds = Bounds {
        most: usize::MAX,
        room: budget.saturating_sub(ENVELOPE),
        more: 0,
    };
    let piece = Piece::of(all.iter().filter_map(named).collect(), args.skip, bounds)?;
    Ok(Custom {
        labels: piece.items,
        total: piece.total,
        next_skip: piece.next_skip,
    })
}

fn lower_name(label: &Label) -> String {
    label.name.as_deref().unwrap_or_default().to_lowercase()
}

/// Makes a label, or finds that it is there.
pub(crate) async fn create_label(cx: ToolContext, args: CreateLabel) -> Result<Made, ToolError> {
    let gmail = Gmail::new(&cx, CREATE_METHODS);
    let (label, created) = super::found_or_made(&cx, &gmail, "name", &args.name).await?;
    Ok(Made { label, created })
}

/// Gives a label another name.
pub(crate) async fn rename_label(cx: ToolContext, args: RenameLabel) -> Result<Renamed, ToolError> {
    let gmail = Gmail::new(&cx, RENAME_METHODS);
    let labels = Labels::of(&gmail).await?;
    let old = labels.custom("label", &args.label)?;
    let new_name = args.new_name.trim();
    let renamed = gmail.labels_rename(&old.id, new_name).await;
    let renamed = renamed.map_err(|error| {
        let status = error.status().map(|status| status.as_u16());
        match status {
            Some(409) => ToolError::invalid_argument(
                "new_name",
                "another label has that name",
                "a name that no label has",
            ),
            Some(400) => refused_name("new_name", new_name),
            _ => ToolError::from(error),
        }
    })?;
    Ok(Renamed {
        label: named(&renamed).unwrap_or(Named {
            id: old.id,
            name: new_name.to_owned(),
        }),
        old_name: old.name,
    })
}

/// Deletes a label, or says what that would do.
pub(crate) async fn delete_custom_label(
    cx: ToolContext,
    args: DeleteCustomLabel,
) -> Result<Gone, ToolError> {
    let gmail = Gmail::new(&cx, DELETE_METHODS);
    let label = Labels::of(&gmail).await?.custom("label", &args.label)?;
    let messages = gmail.labels_get(&label.id).await?.messages_total;
    let deleted = args.confirm == Some(true);
    if deleted {
        let done = gmail.labels_delete(&label.id);
        settled(
            &cx,
            done,
            "list_custom_labels tells whether the label is gone",
        )
        .await?;
    }
    Ok(Gone {
        label,
        deleted,
        messages: messages.unwrap_or_default(),
    })
}

impl Labels {
    /// A label that the person made.
    fn custom(&self, argument: &str, name: &str) -> Result<Named, ToolError> {
        let label = self.known(argument, name)?;
        let own = self.0.iter().find(|it| it.id.as_ref() == Some(&label.id));
        if own.is_some_and(is_custom) {
            return Ok(label);
        }
        Err(ToolError::invalid_argument(
            argument,
            &format!("`{}` is a label of Gmail's own", label.name),
            "one that list_custom_labels shows",
        ))
    }
}
