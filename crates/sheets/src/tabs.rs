//! Tabs are added, renamed, deleted and copied.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Error, Seen, Words, repeated};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    book::{Book, TabFacts},
    cell::visible,
    error::Named,
    settlement::settled,
    setup::Setup,
    spreadsheet::titled,
    wire::{
        AddTab, BOOK, CHANGE, COPY_TAB, Change, CopiedTab, GoneTab, Sheets, TabChange,
        TabProperties,
    },
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), CHANGE.id()];
pub(crate) const COPY_METHODS: &[&str] = &[BOOK.id(), CHANGE.id(), COPY_TAB.id()];

/// Adds an empty tab.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddTabArgs {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Its name.
    #[schemars(length(max = 100))]
    title: String,
    /// Its place, 0 is the first; the last if left out.
    #[schemars(range(min = 0))]
    index: Option<i32>,
}

/// Renames a tab.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RenameTab {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Its name now.
    tab: String,
    /// Its new name.
    #[schemars(length(max = 100))]
    title: String,
}

/// Deletes a tab with all that is in it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeleteTab {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Its name.
    tab: String,
}

/// Copies a tab, within its spreadsheet or into another one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CopyTab {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// Its name.
    tab: String,
    /// The name of the copy.
    #[schemars(length(max = 100))]
    title: Option<String>,
    /// Where to; id or link.
    to_spreadsheet_id: Option<String>,
}

/// A tab as it is now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Tabbed {
    /// What was done, and whether only a look-up knows.
    status: String,
    spreadsheet_id: String,
    tab_id: i32,
    title: String,
    /// What of this was written by others.
    untrusted: String,
}

const ADDING: Words = Words {
    done: "added",
    look: "look with get_spreadsheet",
};
const RENAMING: Words = Words {
    done: "renamed",
    look: "look with get_spreadsheet",
};
const DELETING: Words = Words {
    done: "deleted",
    look: "look with get_spreadsheet",
};
const COPYING: Words = Words {
    done: "copied",
    look: "look with get_spreadsheet",
};

/// An id for a new tab. It makes a repeat harmless, and the tab known to a look-up.
fn new_id(cx: &ToolContext) -> i32 {
    let mut bytes = [0; 4];
    cx.access().random().fill(&mut bytes);
    (i32::from_be_bytes(bytes) & i32::MAX).max(1)
}

/// What a change is done with.
struct At<'a> {
    cx: &'a ToolContext,
    setup: &'a Setup,
    sheets: &'a Sheets,
    named: Named<'a>,
}

impl At<'_> {
    /// Changes tabs, and looks for what became of it where that is not clear.
    async fn change(
        &self,
        words: Words,
        change: Change,
        is_done: impl Fn(&Book) -> bool + Send + Sync,
    ) -> Result<String, ToolError> {
        let id = self.named.id;
        let changes = [change];
        let write = || async { self.sheets.change(id, &changes).await.map(drop) };
        let look = || async {
            let now = Book::look(self.sheets, self.named).await?;
            Ok::<_, Error>(if is_done(&now) {
                Seen::Done(())
            } else {
                Seen::NotDone
            })
        };
        let at = (self.cx, self.setup.settlement);
        let done = settled(at, (self.named, words), repeated(write), look).await?;
        Ok(done.status)
    }

    fn told(&self, status: String, book: &Book, (tab_id, title): (i32, &str)) -> Tabbed {
        Tabbed {
            status,
            spreadsheet_id: book.id.clone(),
            tab_id,
            title: visible(title),
            untrusted: self.cx.fence("cells").notice(),
        }
    }
}

/// A name that no other tab has.
fn fresh<'a>(book: &Book, title: &'a str, but: Option<i32>) -> Result<&'a str, ToolError> {
    let title = titled("title", title)?;
    let same = |it: &&TabFacts| it.title.to_lowercase() == title.to_lowercase();
    let mut others = book.tabs.iter().filter(|it| Some(it.id) != but);
    if others.any(|it| same(&it)) {
        let good = "a name that no tab has";
        return Err(ToolError::invalid_argument(
            "title",
            "another tab has it",
            good,
        ));
    }
    Ok(title)
}

/// Adds a tab.
pub(crate) async fn add_tab(
    cx: ToolContext,
    args: AddTabArgs,
    setup: Setup,
) -> Result<Tabbed, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let title = fresh(&book, &args.title, None)?;
    let id = new_id(&cx);
    let change = Change::AddSheet(AddTab {
        properties: TabProperties {
            sheet_id: id,
            title: Some(title.to_owned()),
            index: args.index,
            grid_properties: None,
        },
    });
    let at = At {
        cx: &cx,
        setup: &setup,
        sheets: &sheets,
        named,
    };
    let is_there = |book: &Book| book.tabs.iter().any(|it| it.id == id);
    let status = at.change(ADDING, change, is_there).await?;
    Ok(at.told(status, &book, (id, title)))
}

/// Renames a tab.
pub(crate) async fn rename_tab(
    cx: ToolContext,
    args: RenameTab,
    setup: Setup,
) -> Result<Tabbed, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let tab = book.any_tab("tab", &args.tab)?;
    let title = fresh(&book, &args.title, Some(tab.id))?;
    let change = Change::UpdateSheetProperties(TabChange {
        properties: TabProperties {
            sheet_id: tab.id,
            title: Some(title.to_owned()),
            ..TabProperties::default()
        },
        fields: "title".to_owned(),
    });
    let at = At {
        cx: &cx,
        setup: &setup,
        sheets: &sheets,
        named,
    };
    let is_called = |book: &Book| {
        let mut tabs = book.tabs.iter();
        tabs.any(|it| it.id == tab.id && it.title == title)
    };
    let status = at.change(RENAMING, change, is_called).await?;
    Ok(at.told(status, &book, (tab.id, title)))
}

/// Deletes a tab.
pub(crate) async fn delete_tab(
    cx: ToolContext,
    args: DeleteTab,
    setup: Setup,
) -> Result<Tabbed, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let book = Book::open(&sheets, named).await?;
    let tab = book.any_tab("tab", &args.tab)?;
    let mut others = book.tabs.iter().filter(|it| it.id != tab.id);
    if !others.any(|it| !it.hidden) {
        let good = "a tab beside which another one is shown; add_tab adds one";
        return Err(ToolError::invalid_argument(
            "tab",
            "it is the only one that is shown",
            good,
        ));
    }
    tab.check_whole()?;
    let change = Change::DeleteSheet(GoneTab { sheet_id: tab.id });
    let at = At {
        cx: &cx,
        setup: &setup,
        sheets: &sheets,
        named,
    };
    let is_gone = |book: &Book| book.tabs.iter().all(|it| it.id != tab.id);
    let status = at.change(DELETING, change, is_gone).await?;
    Ok(at.told(status, &book, (tab.id, &tab.title)))
}

/// Copies a tab.
pub(crate) async fn copy_tab(
    cx: ToolContext,
    args: CopyTab,
    setup: Setup,
) -> Result<Tabbed, ToolError> {
    let sheets = Sheets::new(&cx, COPY_METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let at = At {
        cx: &cx,
        setup: &setup,
        sheets: &sheets,
        named,
    };
    let book = Book::open(&sheets, named).await?;
    let tab = book.tab("tab", &args.tab)?;
    if let Some(to) = args.to_spreadsheet_id.as_deref() {
        let to = Named::of("to_spreadsheet_id", to);
        return Box::pin(copied_into(&at, (tab, to), args.title.as_deref())).await;
    }
    let own = (1..).map(|it| format!("{} ({it})", tab.title));
    let mut own = own.filter(|name| book.tabs.iter().all(|it| it.title != *name));
    let title = match &args.title {
        Some(title) => fresh(&book, title, None)?.to_owned(),
        None => own.next().unwrap_or_default(),
    };
    let id = new_id(&cx);
    let change = Change::DuplicateSheet(CopiedTab {
        source_sheet_id: tab.id,
        new_sheet_id: id,
        new_sheet_name: title.clone(),
        insert_sheet_index: book.tabs.len(),
    });
    let is_there = |book: &Book| book.tabs.iter().any(|it| it.id == id);
    let status = at.change(COPYING, change, is_there).await?;
    Ok(at.told(status, &book, (id, &title)))
}

/// Copies a tab into another spreadsheet, and gives the copy its name.
async fn copied_into(
    at: &At<'_>,
    (tab, to): (&TabFacts, Named<'_>),
    title: Option<&str>,
) -> Result<Tabbed, ToolError> {
    let target = Book::open(at.sheets, to).await?;
    let title = title.map(|it| fresh(&target, it, None)).transpose()?;
    let copying = async {
        let made = at.sheets.copy_tab(at.named.id, tab.id, to.id).await?;
        Ok((made.sheet_id.unwrap_or(0), made.title.unwrap_or_default()))
    };
    let look = || async {
        let now = Book::look(at.sheets, to).await?;
        let is_new = |it: &&TabFacts| target.tabs.iter().all(|old| old.id != it.id);
        let mut new = now.tabs.iter().filter(is_new);
        Ok::<_, Error>(match (new.next(), new.next()) {
            (None, _) => Seen::NotDone,
            (Some(one), None) if one.title.contains(&tab.title) => {
                Seen::Done((one.id, one.title.clone()))
            }
            _ => Seen::Doubtful("others changed its tabs meanwhile".to_owned()),
        })
    };
    let wait = (at.cx, at.setup.settlement);
    let copied = settled(wait, (to, COPYING), copying, look).await?;
    let ((id, own), status) = (copied.made, copied.status);
    let Some(title) = title else {
        return Ok(at.told(status, &target, (id, &own)));
    };
    let there = At { named: to, ..*at };
    let change = Change::UpdateSheetProperties(TabChange {
        properties: TabProperties {
            sheet_id: id,
            title: Some(title.to_owned()),
            ..TabProperties::default()
        },
        fields: "title".to_owned(),
    });
    let is_called = |book: &Book| book.tabs.iter().any(|it| it.id == id && it.title == title);
    let named = there.change(RENAMING, change, is_called).await;
    named.map_err(|error| error.with_note(&format!("the copy is there as `{}`", visible(&own))))?;
    Ok(at.told(status, &target, (id, title)))
}
