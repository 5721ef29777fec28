//! The tab that a name stands for, as people read names.

use toolgate_toolkit::{ToolError, sized::shortened};

use super::{Book, NAME, TabFacts};
use crate::{
    a1::{Area, Range, Tab},
    cell::visible,
};

/// Tabs that an error names.
const SHOWN: usize = 10;

impl Book {
    /// The tab of a name; Google tells `Plan` from `plan`, people do not, nor do they see all that is in a name.
    pub(crate) fn tab(&self, argument: &str, name: &str) -> Result<&TabFacts, ToolError> {
        let found = self.any_tab(argument, name)?;
        if found.is_grid {
            return Ok(found);
        }
        let good = self.names();
        Err(ToolError::invalid_argument(
            argument,
            "that tab has no cells",
            &good,
        ))
    }

    /// The same, with cells or without.
    pub(crate) fn any_tab(&self, argument: &str, name: &str) -> Result<&TabFacts, ToolError> {
        if let Some(exact) = self.tabs.iter().find(|it| it.title == name) {
            return Ok(exact);
        }
        let alike = |name: &str| {
            let mut alike = self.tabs.iter();
            let name = folded(name);
            let first = alike.find(|it| folded(&it.title) == name);
            (first, alike.find(|it| folded(&it.title) == name))
        };
        // Within a range a name may stand in quotes, and so it may where it stands alone.
        let bare = match Range::parse(name) {
            Ok(Range {
                tab: Some(Tab::Named(bare)),
                area: Area::WHOLE,
            }) => bare,
            _ => name.to_owned(),
        };
        match alike(name) {
            (Some(found), None) => Ok(found),
            (Some(_), Some(_)) => Err(two_tabs(argument, name)),
            _ => match alike(&bare) {
                (Some(found), None) => Ok(found),
                (Some(_), Some(_)) => Err(two_tabs(argument, name)),
                _ => Err(self.no_tab(argument, name)),
            },
        }
    }

    fn no_tab(&self, argument: &str, name: &str) -> ToolError {
        let name = shortened(&visible(name), NAME);
        let problem = format!("the spreadsheet has no tab or named range `{name}`");
        ToolError::invalid_argument(argument, &problem, &self.names())
    }

    /// The tabs there are, for an error.
    pub(super) fn names(&self) -> String {
        let grids = self.tabs.iter().filter(|it| it.is_grid);
        let names = grids.take(SHOWN).map(|it| {
            let range = Range::on(&it.title, Area::WHOLE).to_string();
            format!("`{}`", shortened(&visible(&range), NAME))
        });
        format!(
            "a range of one of the tabs: {}",
            names.collect::<Vec<_>>().join(", ")
        )
    }
}

fn two_tabs(argument: &str, name: &str) -> ToolError {
    let name = shortened(&visible(name), NAME);
    let problem = format!("two tabs show as `{name}`, and this is the exact name of neither");
    ToolError::invalid_argument(argument, &problem, "a link that ends in #gid=")
}

fn folded(name: &str) -> String {
    visible(name).trim().to_lowercase()
}
