//! Who may edit which cells of a spreadsheet.

use serde_json::{Value, json};

use super::book::{Book, Protected};
use super::errors::{self, Wrong};
use super::grid::{Area, GridRange};

/// Somebody who edits a spreadsheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Editor {
    /// In lower case.
    pub(crate) email: String,
    /// The owner may edit all of it, protected or not.
    pub(crate) is_owner: bool,
    pub(crate) owner: Option<String>,
    /// Whether the editor and the owner are of one Workspace domain.
    pub(crate) is_of_domain: bool,
}

impl Editor {
    /// Refuses a change of cells that this editor may not edit.
    ///
    /// # Errors
    /// Google's word about protection.
    pub(crate) fn check(&self, book: &Book, range: &GridRange) -> Result<(), Wrong> {
        let tab = book.tab(range.tab);
        let closed = tab.into_iter().flat_map(|tab| &tab.protected);
        for protected in closed.filter(|it| !self.may(it)) {
            let area = protected.area(book);
            let is_free = protected.unprotected.iter().any(|free| free.covers(range));
            if area.touches(range) && !is_free {
                return Err(errors::is_protected());
            }
        }
        Ok(())
    }

    /// The same for cells that are there.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(crate) fn check_area(&self, book: &Book, tab: i64, area: &Area) -> Result<(), Wrong> {
        if area.rows.is_empty() || area.columns.is_empty() {
            return Ok(());
        }
        self.check(book, &area.on(tab))
    }

    /// Refuses a change of a tab itself where all of it is protected.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(crate) fn check_tab(&self, book: &Book, tab: i64) -> Result<(), Wrong> {
        let Some(tab) = book.tab(tab) else {
            return Ok(());
        };
        let is_closed = |it: &&Protected| it.range == tab.whole() && !self.may(it);
        match tab.protected.iter().find(is_closed) {
            Some(_) => Err(errors::is_protected()),
            None => Ok(()),
        }
    }

    /// Refuses a new row within what is protected, even where its cells are free; what is only moved by it
    /// is not changed.
    ///
    /// # Errors
    /// As [`Self::check`].
    pub(crate) fn check_insert(&self, book: &Book, tab: i64, row: usize) -> Result<(), Wrong> {
        let closed = book.tab(tab).into_iter().flat_map(|tab| &tab.protected);
        for protected in closed.filter(|it| !self.may(it)) {
            let rows = protected.area(book).rows;
            if rows.start < row && rows.end.is_none_or(|end| row < end) {
                return Err(errors::is_protected());
            }
        }
        Ok(())
    }

    pub(crate) fn may(&self, protected: &Protected) -> bool {
        self.is_owner
            || protected.warning_only
            || protected.users.contains(&self.email)
            || (protected.domain_can_edit && self.is_of_domain)
    }
}

impl Protected {
    /// The range that it protects now.
    pub(crate) fn area(&self, book: &Book) -> GridRange {
        let found = self.named.as_deref().and_then(|id| book.named(id));
        found.map_or(self.range, |it| it.range)
    }

    /// Reads a request's protected range; one without editors is for whoever makes it.
    ///
    /// # Errors
    /// When its range is none.
    pub(crate) fn read(
        value: &Value,
        id: i64,
        book: &Book,
        editor: &Editor,
    ) -> Result<Self, Wrong> {
        let mut protected = Self {
            id,
            range: GridRange::read(&value["range"])?,
            named: None,
            description: String::new(),
            warning_only: false,
            unprotected: Vec::new(),
            users: Vec::new(),
            domain_can_edit: false,
        };
        protected.users.push(editor.email.clone());
        protected.update(value, book, |field| !value[field].is_null())?;
        if value["namedRangeId"].is_null() && value["range"].is_null() {
            return Err(Wrong::new(
                "Must specify a range, a named range or a table.",
            ));
        }
        // The owner is an editor of every protected range.
        let owner = editor
            .owner
            .iter()
            .filter(|it| !protected.users.contains(it));
        let owner: Vec<String> = owner.cloned().collect();
        protected.users.extend(owner);
        Ok(protected)
    }

    /// Changes the fields that `wants` names.
    ///
    /// # Errors
    /// When a range is none.
    pub(crate) fn update(
        &mut self,
        value: &Value,
        book: &Book,
        wants: impl Fn(&str) -> bool,
    ) -> Result<(), Wrong> {
        if wants("range") {
            self.range = GridRange::read(&value["range"])?;
            self.named = None;
        }
        if wants("namedRangeId") {
            let id = value["namedRangeId"].as_str().unwrap_or_default();
            let missing = || Wrong::new(format!("No named range with id: {id}"));
            let named = book.named(id).ok_or_else(missing)?;
            self.range = named.range;
            self.named = Some(id.to_owned());
        }
        if wants("description") {
            let text = value["description"].as_str().unwrap_or_default();
            text.clone_into(&mut self.description);
        }
        if wants("warningOnly") {
            self.warning_only = value["warningOnly"] == true;
        }
        if wants("unprotectedRanges") {
            let ranges = value["unprotectedRanges"].as_array();
            let ranges = ranges.into_iter().flatten().map(GridRange::read);
            self.unprotected = ranges.collect::<Result<_, _>>()?;
        }
        if wants("editors") {
            let editors = &value["editors"];
            let users = editors["users"].as_array().into_iter().flatten();
            let users = users.filter_map(Value::as_str).map(str::to_lowercase);
            self.users = users.collect();
            self.domain_can_edit = editors["domainUsersCanEdit"] == true;
        }
        Ok(())
    }

    /// As an editor sees it: who may edit it is shown to those who may.
    pub(crate) fn json(&self, book: &Book, editor: &Editor) -> Value {
        let may_edit = editor.may(self);
        let mut value = json!({
            "protectedRangeId": self.id,
            "range": self.area(book).json(),
        });
        if let Some(named) = &self.named {
            value["namedRangeId"] = named.as_str().into();
        }
        if !self.description.is_empty() {
            value["description"] = self.description.as_str().into();
        }
        if self.warning_only {
            value["warningOnly"] = true.into();
        }
        if may_edit {
            value["requestingUserCanEdit"] = true.into();
        }
        if !self.unprotected.is_empty() {
            value["unprotectedRanges"] = self.unprotected.iter().map(GridRange::json).collect();
        }
        if may_edit && !self.warning_only {
            let mut editors = json!({ "users": self.users });
            if self.domain_can_edit {
                editors["domainUsersCanEdit"] = true.into();
            }
            value["editors"] = editors;
        }
        value
    }
}
