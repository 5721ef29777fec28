//! Which of a toolkit's tools an agent gets.

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::fault::{Error, ErrorKind};
use crate::tool::Tool;

/// Which of a toolkit's tools an agent gets. Consent asks for what these need and no more.
///
/// The default is [`core`](Self::core): what most tasks need.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection(Choice);

#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Choice {
    #[default]
    Core,
    ReadOnly,
    All,
    Only(BTreeSet<String>),
    Except(BTreeSet<String>),
}

impl Selection {
    /// The few that most tasks need.
    pub fn core() -> Self {
        Self(Choice::Core)
    }

    /// All that change nothing.
    pub fn read_only() -> Self {
        Self(Choice::ReadOnly)
    }

    /// All.
    pub fn all() -> Self {
        Self(Choice::All)
    }

    /// These and no others.
    pub fn only<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(Choice::Only(names.into_iter().map(Into::into).collect()))
    }

    /// All but these.
    pub fn except<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        Self(Choice::Except(names.into_iter().map(Into::into).collect()))
    }

    /// The chosen ones of a toolkit's tools.
    ///
    /// # Errors
    /// When a name is none of the toolkit's, or nothing is left.
    pub fn choose(
        &self,
        toolkit: &'static str,
        tools: Vec<Arc<dyn Tool>>,
    ) -> Result<Vec<Arc<dyn Tool>>, Error> {
        if let Choice::Only(names) | Choice::Except(names) = &self.0 {
            check_known(toolkit, names, &tools)?;
        }
        let chosen: Vec<_> = tools
            .into_iter()
            .filter(|tool| self.takes(&**tool))
            .collect();
        if chosen.is_empty() {
            return Err(Error::from(ErrorKind::NothingSelected { toolkit }));
        }
        Ok(chosen)
    }

    fn takes(&self, tool: &dyn Tool) -> bool {
        let spec = tool.spec();
        match &self.0 {
            Choice::Core => spec.core,
            Choice::ReadOnly => spec.risk.is_read_only(),
            Choice::All => true,
            Choice::Only(names) => names.contains(spec.name),
            Choice::Except(names) => !names.contains(spec.name),
        }
    }
}

fn check_known(
    toolkit: &'static str,
    names: &BTreeSet<String>,
    tools: &[Arc<dyn Tool>],
) -> Result<(), Error> {
    let known: BTreeSet<&str> = tools.iter().map(|tool| tool.spec().name).collect();
    match names.iter().find(|name| !known.contains(name.as_str())) {
        None => Ok(()),
        Some(unknown) => Err(Error::from(ErrorKind::UnknownTool {
            toolkit,
            name: unknown.clone(),
            known: known.into_iter().collect::<Vec<_>>().join(", "),
        })),
    }
}
