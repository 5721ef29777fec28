//! Labels by name or id: one look-up a call, and a refusal that names near ones.

mod near;
mod tools;

use google_gmail1::api::Label;
use schemars::JsonSchema;
use serde::Serialize;
use toolgate_google_http::Outcome;
use toolgate_toolkit::{ToolContext, ToolError};

use self::near::near;
pub(crate) use self::tools::{
    CREATE_METHODS, CUSTOM_METHODS, DELETE_METHODS, LIST_METHODS, RENAME_METHODS, create_label,
    delete_custom_label, list_custom_labels, list_labels, rename_label,
};
use crate::{mime::visible_line, wire::Gmail};

/// Labels that one request may put on, and as many that it may take off.
const MOST: usize = 100;

/// Labels that every mailbox has, under these ids.
const SYSTEM: [&str; 14] = [
    "INBOX",
    "UNREAD",
    "STARRED",
    "IMPORTANT",
    "SENT",
    "DRAFT",
    "CHAT",
    "TRASH",
    "SPAM",
    "CATEGORY_PERSONAL",
    "CATEGORY_SOCIAL",
    "CATEGORY_PROMOTIONS",
    "CATEGORY_UPDATES",
    "CATEGORY_FORUMS",
];
/// Labels that Gmail alone puts on and takes off.
const AUTOMATIC: [&str; 3] = ["SENT", "DRAFT", "CHAT"];

/// A label as results name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub(crate) struct Named {
    pub(crate) id: String,
    pub(crate) name: String,
}

/// Labels to put on and to take off, by their ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Change {
    pub(crate) add: Vec<String>,
    pub(crate) remove: Vec<String>,
}

impl Change {
    /// Puts on one label.
    pub(crate) fn adding(id: &str) -> Self {
        Self {
            add: vec![id.to_owned()],
            remove: Vec::new(),
        }
    }

    /// Takes off one label.
    pub(crate) fn removing(id: &str) -> Self {
        Self {
            add: Vec::new(),
            remove: vec![id.to_owned()],
        }
    }

    /// The change that `add_labels` and `remove_labels` ask for, and what was looked up for it.
    pub(crate) async fn asked(
        gmail: &Gmail,
        add: Option<&[String]>,
        remove: Option<&[String]>,
    ) -> Result<(Self, Labels), ToolError> {
        let (add, remove) = (add.unwrap_or_default(), remove.unwrap_or_default());
        if add.is_empty() && remove.is_empty() {
            return Err(ToolError::invalid_arguments(
                "no label is named; give `add_labels`, `remove_labels` or both, such as [\"STARRED\"]",
            ));
        }
        let labels = Labels::for_names(gmail, add.iter().chain(remove)).await?;
        Ok((labels.change(add, remove)?, labels))
    }
}

const ADD: &str = "add_labels";
const REMOVE: &str = "remove_labels";

/// Some labels are Gmail's own, and mails get into the bin and into spam by tools made for it.
pub(crate) fn may_be_added(argument: &str, id: &str) -> Result<(), ToolError> {
    if ["TRASH", "SPAM"].contains(&id) {
        return Err(ToolError::invalid_argument(
            argument,
            &format!("`{id}` would have Gmail delete the mail after thirty days"),
            "another label; trash_message and trash_thread put mail into the bin",
        ));
    }
    may_be_changed(argument, id)
}

/// Some labels are Gmail's own.
pub(crate) fn may_be_changed(argument: &str, id: &str) -> Result<(), ToolError> {
    if AUTOMATIC.contains(&id) {
        return Err(ToolError::invalid_argument(
            argument,
            &format!("Gmail alone puts on and takes off `{id}`"),
            "INBOX, UNREAD, STARRED, IMPORTANT, or a label that list_custom_labels shows",
        ));
    }
    Ok(())
}

/// The labels of a mailbox.
#[derive(Debug, Default)]
pub(crate) struct Labels(Vec<Label>);

impl Labels {
    /// Looks them up.
    pub(crate) async fn of(gmail: &Gmail) -> Result<Self, ToolError> {
        Ok(Self(gmail.labels_list().await?))
    }

    /// Looks them up unless all these names are of labels that every mailbox has.
    async fn for_names(
        gmail: &Gmail,
        mut names: impl Iterator<Item = &String>,
    ) -> Result<Self, ToolError> {
        if names.all(|name| system(name).is_some()) {
            return Ok(Self(Vec::new()));
        }
        Self::of(gmail).await
    }

    /// The label with this name or id, if there is one.
    pub(crate) fn find(&self, name: &str) -> Option<Named> {
        let name = name.trim();
        if let Some(id) = system(name) {
            return Some(Named {
                id: id.to_owned(),
                name: id.to_owned(),
            });
        }
        let has =
            |text: &Option<String>, same: &dyn Fn(&str) -> bool| text.as_deref().is_some_and(same);
        let lower = visible_line(name).to_lowercase();
        let by_id = self.0.iter().find(|it| has(&it.id, &|id| id == name));
        let by_name = || {
            let mut labels = self.0.iter();
            // As it was shown: without what nobody sees.
            labels.find(|it| has(&it.name, &|own| visible_line(own).to_lowercase() == lower))
        };
        by_id.or_else(by_name).and_then(named)
    }

    /// The label that `argument` names.
    pub(crate) fn known(&self, argument: &str, name: &str) -> Result<Named, ToolError> {
        self.find(name).ok_or_else(|| {
            let shown = shown(name);
            let (own, others): (Vec<&Label>, Vec<&Label>) =
                self.0.iter().partition(|label| is_custom(label));
            let all = own.into_iter().chain(others);
            let names = all.filter_map(|label| label.name.as_deref());
            let names: Vec<String> = names.map(visible_line).collect();
            ToolError::invalid_argument(
                argument,
                &format!("there is no label {shown:?}"),
                &near(name, names.iter().map(String::as_str)),
            )
        })
    }

    fn change(&self, add: &[String], remove: &[String]) -> Result<Change, ToolError> {
        let change = Change {
            add: self.ids(ADD, add)?,
            remove: self.ids(REMOVE, remove)?,
        };
        if let Some(both) = change.add.iter().find(|id| change.remove.contains(id)) {
            let problem = format!("`{}` is also put on", self.name(both));
            return Err(ToolError::invalid_argument(
                REMOVE,
                &problem,
                "other labels",
            ));
        }
        for id in &change.add {
            may_be_added(ADD, id)?;
        }
        for id in &change.remove {
            may_be_changed(REMOVE, id)?;
        }
        Ok(change)
    }

    fn ids(&self, argument: &str, names: &[String]) -> Result<Vec<String>, ToolError> {
        if names.len() > MOST {
            let problem = format!("it has {} labels", names.len());
            let good = format!("at most {MOST}");
            return Err(ToolError::invalid_argument(argument, &problem, &good));
        }
        let mut ids: Vec<String> = Vec::new();
        for name in names {
            let id = self.known(argument, name)?.id;
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        Ok(ids)
    }

    /// A label's name; its id where it has none.
    pub(crate) fn name(&self, id: &str) -> String {
        let own = self.0.iter().find(|it| it.id.as_deref() == Some(id));
        let name = own.and_then(|label| label.name.as_deref());
        name.map_or_else(|| id.to_owned(), visible_line)
    }
}

fn named(label: &Label) -> Option<Named> {
    let id = label.id.clone()?;
    let name = label.name.as_deref().map(visible_line);
    let name = name.unwrap_or_else(|| id.clone());
    Some(Named { id, name })
}

/// The id of a label that every mailbox has.
fn system(name: &str) -> Option<&'static str> {
    let name = name.trim();
    SYSTEM.into_iter().find(|id| id.eq_ignore_ascii_case(name))
}

/// Whether the person made it. Gmail leaves the type out of some of its own.
fn is_custom(label: &Label) -> bool {
    label.type_.as_deref() == Some("user")
}

/// The label with this name, and whether it had to be made.
pub(crate) async fn found_or_made(
    cx: &ToolContext,
    gmail: &Gmail,
    argument: &'static str,
    name: &str,
) -> Result<(Named, bool), ToolError> {
    match Labels::of(gmail).await?.find(name) {
        Some(label) => Ok((label, false)),
        None => Ok((made(cx, gmail, argument, name).await?, true)),
    }
}

/// Makes a label. Where it is not clear whether Gmail did, or somebody else did at the same time, a
/// look tells.
async fn made(
    cx: &ToolContext,
    gmail: &Gmail,
    argument: &'static str,
    name: &str,
) -> Result<Named, ToolError> {
    let name = name.trim();
    cx.mark_sent();
    let error = match gmail.labels_create(name).await {
        Ok(label) => {
            cx.mark_settled();
            let nameless = || ToolError::internal("google made a label and did not say its id");
            return named(&label).ok_or_else(nameless);
        }
        Err(error) => error,
    };
    let unclear = error.outcome() == Outcome::Unclear;
    if unclear || error.is_conflict() {
        match Labels::of(gmail).await {
            Ok(labels) => {
                if let Some(label) = labels.find(name) {
                    cx.mark_settled();
                    return Ok(label);
                }
            }
            Err(_) if unclear => {
                let note = "the label may have been made all the same: list_custom_labels tells";
                return Err(ToolError::from(error)
                    .with_note(note)
                    .with_may_have_happened());
            }
            Err(_) => {}
        }
    }
    cx.mark_settled();
    if error.status().is_some_and(|status| status == 400) {
        return Err(refused_name(argument, name));
    }
    Err(ToolError::from(error))
}

/// As much of what a model wrote as an error repeats.
pub(crate) fn shown(text: &str) -> String {
    let visible = text.chars().filter(|c| !toolgate_text::is_invisible(*c));
    visible.take(100).collect()
}

fn refused_name(argument: &str, name: &str) -> ToolError {
    let shown = shown(name);
    ToolError::invalid_argument(
        argument,
        &format!("Gmail does not take {shown:?} as the name of a label"),
        "up to 225 characters, with / between a label and one below it, such as \"Travel/2026\"",
    )
}
