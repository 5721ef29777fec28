//! What became of one row, for a report.

use std::fmt;

use toolgate_auth::{Error as AuthError, Imported, KeptBecause};

use crate::Error;

/// What became of one row that was to be imported or exported. It holds no secret.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RowReport {
    /// The row's id where it came from.
    pub id: String,
    /// Whose it is; none is the anonymous user.
    pub user: Option<String>,
    /// What it is for.
    pub service: String,
    /// What became of it.
    pub outcome: RowOutcome,
    /// What whoever reads it should know of it.
    pub notes: Vec<&'static str>,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowOutcome {
    /// Taken, or left as it was.
    Imported(Imported),
    /// Taken, and the database did not take the event that says so.
    Unrecorded,
    /// Written where it was to go.
    Exported,
    /// It would be written over the one that stands where it is to go.
    ExportedOver,
    /// Another stands where it was to go, and overwriting was not asked for.
    Stands,
    /// Not taken, and why.
    Skipped(String),
}

impl RowOutcome {
    pub(crate) fn skipped(why: impl Into<String>) -> Self {
        Self::Skipped(why.into())
    }

    /// What became of an import. A grant that stands unrecorded ends none of the others'.
    pub(crate) fn of(imported: Result<Imported, AuthError>) -> Result<Self, Error> {
        match imported {
            Err(error) if error.is_unrecorded() => Ok(Self::Unrecorded),
            imported => Ok(Self::Imported(imported?)),
        }
    }

    /// Whether something was written, or would be but for a dry run.
    pub fn is_written(&self) -> bool {
        let new = matches!(self, Self::Imported(it) if !matches!(it, Imported::Kept(_)));
        new || matches!(self, Self::Exported | Self::ExportedOver | Self::Unrecorded)
    }

    /// Whether it could not be taken. What was kept, as another stands there, could have been.
    pub fn is_skipped(&self) -> bool {
        matches!(self, Self::Skipped(_))
    }
}

impl fmt::Display for RowOutcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Imported(Imported::New) => "new",
            Self::Imported(Imported::Replaced) => "replaced the one that stood",
            Self::Imported(Imported::ReplacedAnother) => {
                "replaced the one that stood, of ANOTHER Google account"
            }
            Self::Imported(Imported::Kept(why)) => kept(*why),
            Self::Imported(_) => "done",
            Self::Unrecorded => {
                "written, BUT the database did not take the event that says so: note it by hand"
            }
            Self::Exported => "written",
            Self::ExportedOver => "written over the one that stands there",
            Self::Stands => "kept: one stands there; say --overwrite to replace it",
            Self::Skipped(why) => return write!(f, "skipped: {why}"),
        })
    }
}

fn kept(why: KeptBecause) -> &'static str {
    match why {
        KeptBecause::Stands => "kept: a connection stands; say --overwrite to replace it",
        KeptBecause::SameGrant => "kept: the same grant stands there already",
        KeptBecause::Disconnected => "kept: the person disconnected; say --overwrite all the same",
        KeptBecause::Barred => "kept: it is being disconnected, or its account is suspended",
        _ => "kept",
    }
}

/// Names come from another program's database: what a terminal would obey is written out.
impl fmt::Display for RowReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.user.as_deref().unwrap_or("the anonymous user");
        let [id, user, service] = [&self.id, user, &self.service].map(str::escape_debug);
        write!(f, "{id}  {user}  {service}  {}", self.outcome)?;
        for note in &self.notes {
            write!(f, "; {note}")?;
        }
        Ok(())
    }
}
