//! Which methods Sheets answers, and what answers each.

use serde_json::{Value, json};

use super::append;
use super::batch;
use super::book::Book;
use super::errors::{self, Wrong};
use super::eval::Sums;
use super::grid::GridRange;
use super::input::{self, Input};
use super::make;
use super::values::{self, Data, Render, Written};
use super::view::View;
use crate::call::{Call, Reply};
use crate::drive::{Drives, Opened};
use crate::refusal::Refusal;

/// The methods that are answered here.
pub(crate) const METHODS: &[&str] = &[
    "sheets.spreadsheets.batchUpdate",
    "sheets.spreadsheets.create",
    "sheets.spreadsheets.get",
    "sheets.spreadsheets.getByDataFilter",
    "sheets.spreadsheets.sheets.copyTo",
    "sheets.spreadsheets.values.append",
    "sheets.spreadsheets.values.batchClear",
    "sheets.spreadsheets.values.batchClearByDataFilter",
    "sheets.spreadsheets.values.batchGet",
    "sheets.spreadsheets.values.batchGetByDataFilter",
    "sheets.spreadsheets.values.batchUpdate",
    "sheets.spreadsheets.values.batchUpdateByDataFilter",
    "sheets.spreadsheets.values.clear",
    "sheets.spreadsheets.values.get",
    "sheets.spreadsheets.values.update",
];

/// Answers one of [`METHODS`].
///
/// # Errors
/// As Google refuses the call.
pub(crate) fn handle(drives: &mut Drives, call: &Call, now_ms: i64) -> Result<Reply, Refusal> {
    let method = call.method.strip_prefix("sheets.spreadsheets.");
    let method = method.unwrap_or_default();
    if method == "create" {
        return make::create(drives, call, now_ms);
    }
    let opened = drives.open_book(call, call.path_one("spreadsheetId"), now_ms)?;
    let desk = Desk {
        call,
        opened,
        now_ms,
    };
    let reply = match method {
        "get" | "getByDataFilter" => return Ok(Reply::Json(desk.get()?)),
        "values.get" => return Ok(Reply::Json(desk.values_get()?)),
        "values.batchGet" => return Ok(Reply::Json(desk.values_batch_get()?)),
        "values.batchGetByDataFilter" => return Ok(Reply::Json(desk.values_get_matching()?)),
        "sheets.copyTo" => return make::copy_to(drives, call, &desk.opened, now_ms),
        _ if !desk.opened.may_edit => return Err(errors::forbidden()),
        "batchUpdate" => desk.batch_update(),
        "values.update" => desk.values_update(),
        "values.append" => desk.values_append(),
        "values.clear" => desk.values_clear(),
        "values.batchUpdate" | "values.batchUpdateByDataFilter" => desk.values_batch_update(),
        "values.batchClear" | "values.batchClearByDataFilter" => desk.values_batch_clear(),
        _ => return Err(Refusal::not_implemented(&call.method)),
    };
    let changed = reply?;
    drives.save_book(&desk.opened, changed.book, changed.title, now_ms);
    Ok(Reply::Json(changed.reply))
}

/// A spreadsheet after a change, and what is answered.
#[derive(Debug)]
pub(crate) struct Changed {
    pub(crate) book: Book,
    /// The new title, where it changed.
    pub(crate) title: Option<String>,
    pub(crate) reply: Value,
}

impl Changed {
    fn of(book: Book, reply: Value) -> Self {
        Self {
            book,
            title: None,
            reply,
        }
    }
}

/// A call with the spreadsheet that it is about.
struct Desk<'a> {
    call: &'a Call,
    opened: Opened,
    now_ms: i64,
}

impl Desk<'_> {
    fn book(&self) -> &Book {
        &self.opened.book
    }

    fn input(&self, option: Option<&str>) -> Result<Input, Wrong> {
        let today = input::today(&self.book().time_zone, self.now_ms);
        Input::read(option, self.book(), today)
    }

    fn query(&self, name: &str) -> Option<&str> {
        self.call.query_one(name)
    }

    fn get(&self) -> Result<Value, Refusal> {
        let body = self.call.json();
        let named = self.call.query.get("ranges").into_iter().flatten();
        let named = named.map(|text| Ok(self.book().range(text)?.0));
        let mut ranges = named.collect::<Result<Vec<GridRange>, Wrong>>()?;
        for filter in body["dataFilters"].as_array().into_iter().flatten() {
            ranges.push(self.book().filtered(filter)?.0);
        }
        for range in &ranges {
            self.book().area(range)?;
        }
        let is_asked =
            self.query("includeGridData") == Some("true") || body["includeGridData"] == true;
        let view = View {
            id: &self.opened.id,
            title: &self.opened.title,
            book: self.book(),
            viewer: &self.opened.editor,
            ranges,
            has_cells: self.query("fields").map_or(is_asked, names_cells),
        };
        Ok(view.json())
    }

    /// How a call's parameters want values shown.
    fn render(&self) -> Render {
        Render::read(
            self.query("majorDimension"),
            self.query("valueRenderOption"),
            self.query("dateTimeRenderOption"),
        )
    }

    fn values_get(&self) -> Result<Value, Wrong> {
        let (range, _) = self.book().range(self.call.path_one("range"))?;
        let (tab, area) = self.book().area(&range)?;
        Ok(self.render().area(&Sums::of(self.book()), tab, &area))
    }

    fn values_batch_get(&self) -> Result<Value, Wrong> {
        let sums = Sums::of(self.book());
        let ranges = self.call.query.get("ranges").into_iter().flatten();
        let ranges = ranges.map(|text| {
            let (range, _) = self.book().range(text)?;
            let (tab, area) = self.book().area(&range)?;
            Ok(self.render().area(&sums, tab, &area))
        });
        let ranges = ranges.collect::<Result<Vec<Value>, Wrong>>()?;
        Ok(json!({ "spreadsheetId": self.opened.id, "valueRanges": ranges }))
    }

    fn values_get_matching(&self) -> Result<Value, Wrong> {
        let (sums, body) = (Sums::of(self.book()), self.call.json());
        let render = Render::read(
            body["majorDimension"].as_str(),
            body["valueRenderOption"].as_str(),
            body["dateTimeRenderOption"].as_str(),
        );
        let filters = body["dataFilters"].as_array().into_iter().flatten();
        let found = filters.map(|filter| {
            let (range, _) = self.book().filtered(filter)?;
            let (tab, area) = self.book().area(&range)?;
            let shown = render.area(&sums, tab, &area);
            Ok(json!({ "valueRange": shown, "dataFilters": [filter] }))
        });
        let found = found.collect::<Result<Vec<Value>, Wrong>>()?;
        Ok(json!({ "spreadsheetId": self.opened.id, "valueRanges": found }))
    }

    /// How the response to a write shows values, where it is to.
    fn response(&self, body: Option<&Value>, axis: Option<&str>) -> Option<Render> {
        let text = |name: &str| match body {
            Some(body) => body[name].as_str(),
            None => self.query(name),
        };
        let is_asked = match body {
            Some(body) => body["includeValuesInResponse"] == true,
            None => self.query("includeValuesInResponse") == Some("true"),
        };
        let render = Render::read(
            axis,
            text("responseValueRenderOption"),
            text("responseDateTimeRenderOption"),
        );
        is_asked.then_some(render)
    }

    fn values_update(&self) -> Result<Changed, Wrong> {
        let body = self.call.json();
        let mut book = self.book().clone();
        let range = book.range(self.call.path_one("range"))?;
        let input = self.input(self.query("valueInputOption"))?;
        let written = Data::of(body, range).write(&mut book, &self.opened.editor, input)?;
        let shown = self.response(None, body["majorDimension"].as_str());
        let reply = written.json(&self.opened.id, &book, shown);
        Ok(Changed::of(book, reply))
    }

    fn values_append(&self) -> Result<Changed, Wrong> {
        let body = self.call.json();
        let mut book = self.book().clone();
        let range = book.range(self.call.path_one("range"))?;
        let input = self.input(self.query("valueInputOption"))?;
        let inserts = self.query("insertDataOption") == Some("INSERT_ROWS");
        let data = Data::of(body, range);
        let editor = &self.opened.editor;
        let (table, written) = append::append(&mut book, editor, data, (input, inserts))?;
        let shown = self.response(None, body["majorDimension"].as_str());
        let mut reply = json!({
            "spreadsheetId": self.opened.id,
            "updates": written.json(&self.opened.id, &book, shown),
        });
        if let (Some(table), Some(tab)) = (table, book.tab(written.tab)) {
            reply["tableRange"] = super::a1::print(&tab.title, &table).into();
        }
        Ok(Changed::of(book, reply))
    }

    fn values_clear(&self) -> Result<Changed, Wrong> {
        let mut book = self.book().clone();
        let (range, _) = book.range(self.call.path_one("range"))?;
        let cleared = values::clear(&mut book, &self.opened.editor, &range)?;
        let reply = json!({ "spreadsheetId": self.opened.id, "clearedRange": cleared });
        Ok(Changed::of(book, reply))
    }

    fn values_batch_clear(&self) -> Result<Changed, Wrong> {
        let mut book = self.book().clone();
        let body = self.call.json();
        let ranges = body["ranges"].as_array().or(body["dataFilters"].as_array());
        let mut cleared = Vec::new();
        for (index, asked) in ranges.into_iter().flatten().enumerate() {
            let found = match asked.as_str() {
                Some(text) => book.range(text),
                None => book.filtered(asked),
            };
            let done =
                found.and_then(|(range, _)| values::clear(&mut book, &self.opened.editor, &range));
            let done = done
                .map_err(|wrong| Wrong::new(format!("Invalid range[{index}]: {}", wrong.message)));
            cleared.push(done?);
        }
        let reply = json!({ "spreadsheetId": self.opened.id, "clearedRanges": cleared });
        Ok(Changed::of(book, reply))
    }

    fn values_batch_update(&self) -> Result<Changed, Wrong> {
        let mut book = self.book().clone();
        let body = self.call.json();
        let input = self.input(body["valueInputOption"].as_str())?;
        let mut all: Vec<(Written, &Value)> = Vec::new();
        for (index, data) in body["data"].as_array().into_iter().flatten().enumerate() {
            let found = match &data["dataFilter"] {
                Value::Null => book.range(data["range"].as_str().unwrap_or_default()),
                filter => book.filtered(filter),
            };
            let written = found.and_then(|range| {
                Data::of(data, range).write(&mut book, &self.opened.editor, input)
            });
            let written = written.map_err(|wrong| wrong.of_data(index))?;
            all.push((written, data));
        }
        let responses = all.iter().map(|(written, data)| {
            let shown = self.response(Some(body), data["majorDimension"].as_str());
            let mut response = written.json(&self.opened.id, &book, shown);
            if let (Some(fields), Some(filter)) = (response.as_object_mut(), data.get("dataFilter"))
            {
                fields.remove("spreadsheetId");
                fields.insert("dataFilter".to_owned(), filter.clone());
            }
            response
        });
        let responses: Vec<Value> = responses.collect();
        let mut reply = json!({ "spreadsheetId": self.opened.id, "responses": responses });
        let mut touched: Vec<i64> = all.iter().map(|(it, _)| it.tab).collect();
        touched.sort_unstable();
        touched.dedup();
        let total = |count: fn(&Written) -> usize| all.iter().map(|(it, _)| count(it)).sum();
        for (name, count) in [
            ("totalUpdatedRows", total(|it| it.rows)),
            ("totalUpdatedColumns", total(|it| it.columns)),
            ("totalUpdatedCells", total(|it| it.cells)),
            ("totalUpdatedSheets", touched.len()),
        ] {
            reply[name] = count.into();
        }
        Ok(Changed::of(book, reply))
    }

    fn batch_update(&self) -> Result<Changed, Wrong> {
        let body = self.call.json();
        let today = input::today(&self.book().time_zone, self.now_ms);
        let mut done = batch::run(&self.opened, body, today)?;
        if body["includeSpreadsheetInResponse"] == true {
            let ranges = body["responseRanges"].as_array().into_iter().flatten();
            let ranges = ranges.filter_map(Value::as_str);
            let ranges = ranges.map(|text| Ok(done.book.range(text)?.0));
            let view = View {
                id: &self.opened.id,
                title: done.title.as_ref().unwrap_or(&self.opened.title),
                book: &done.book,
                viewer: &self.opened.editor,
                ranges: ranges.collect::<Result<_, Wrong>>()?,
                has_cells: body["responseIncludeGridData"] == true,
            };
            done.reply["updatedSpreadsheet"] = view.json();
        }
        Ok(done)
    }
}

/// Whether a mask asks for the cells of a spreadsheet.
fn names_cells(fields: &str) -> bool {
    let has_all_of_sheets = fields.match_indices("sheets").any(|(at, name)| {
        let next = fields[at + name.len()..].chars().next();
        next.is_none_or(|next| next == ',') || fields[at..].starts_with("sheets/*")
    });
    fields.trim() == "*" || has_all_of_sheets || fields.contains("data")
}

impl Book {
    /// The range that a data filter selects.
    ///
    /// # Errors
    /// When it is none, or one by developer metadata, which is not here.
    pub(crate) fn filtered(&self, filter: &Value) -> Result<(GridRange, bool), Wrong> {
        if let Some(text) = filter["a1Range"].as_str() {
            return self.range(text);
        }
        match &filter["gridRange"] {
            Value::Null => Err(Wrong::missing("data filters by developer metadata")),
            range => Ok((GridRange::read(range)?, false)),
        }
    }
}
