//! Excel workbooks: each sheet as a heading and a table.

mod cell;
mod formats;
mod sheet;
mod strings;

use crate::files::{
    FileError, Report,
    office::{
        Context,
        package::{Relations, of_kind},
        xml::{Element, Node, Walk},
    },
    sink::Sink,
};
use cell::Values;
use formats::Formats;
use strings::Strings;

/// A sheet as the workbook lists it.
#[derive(Debug)]
struct Listed {
    name: String,
    relation: String,
    hidden: bool,
}

/// Reads the sheets that a person sees; hidden ones are named.
pub(super) fn read(context: &Context<'_>, sink: &mut Sink) -> Result<Report, FileError> {
    let main = context
        .package
        .main_part("xl/workbook.xml", context.budget)?;
    let relations = context.package.relations(&main, context.budget)?;
    let text = context.package.need(&main, context.budget)?;
    let (sheets, since_1904) = workbook(&text, context)?;
    let values = Values {
        strings: match named(context, &relations, "sharedStrings")? {
            Some(text) => Strings::read(&text, context.budget)?,
            None => Strings::default(),
        },
        formats: match named(context, &relations, "styles")? {
            Some(text) => Formats::read(&text, context.budget)?,
            None => Formats::default(),
        },
        since_1904,
    };
    let mut report = Report {
        pages_total: sheets.len(),
        ..Report::default()
    };
    for listed in &sheets {
        if listed.hidden {
            report.notes.push(format!(
                "the sheet \"{}\" is hidden and not read",
                visible(&listed.name)
            ));
        } else if report.pages_read >= context.limits.max_pages || sink.is_full() {
            report.truncated = true;
        } else {
            one(context, &relations, listed, &values, sink, &mut report)?;
        }
    }
    Ok(report)
}

/// The sheets, and whether days are counted as on old Macintoshes.
fn workbook(text: &str, context: &Context<'_>) -> Result<(Vec<Listed>, bool), FileError> {
    let (mut sheets, mut since_1904) = (Vec::new(), false);
    let mut walk = Walk::new(text, context.budget);
    while let Some(node) = walk.next()? {
        let Node::Open(element) = node else { continue };
        match element.name() {
            "workbookPr" => since_1904 = element.is_true("date1904"),
            "sheet" => {
                context.budget.keep(1)?;
                sheets.push(listed(&element));
            }
            _ => {}
        }
    }
    Ok((sheets, since_1904))
}

fn listed(element: &Element<'_>) -> Listed {
    let state = element.attr("state");
    Listed {
        name: element.attr("name").unwrap_or_default(),
        relation: element.prefixed("id").unwrap_or_default(),
        hidden: matches!(state.as_deref(), Some("hidden" | "veryHidden")),
    }
}

fn one(
    context: &Context<'_>,
    relations: &Relations,
    listed: &Listed,
    values: &Values,
    sink: &mut Sink,
    report: &mut Report,
) -> Result<(), FileError> {
    let name = visible(&listed.name);
    let relation = relations.get(&listed.relation);
    let part = relation.filter(|relation| relation.kind == "worksheet");
    let text = match part {
        Some(relation) => context.package.part(&relation.target, context.budget)?,
        None => None,
    };
    let Some(text) = text else {
        report.notes.push(format!(
            "the sheet \"{name}\" holds no cells, but a chart or what is missing"
        ));
        return Ok(());
    };
    sink.paragraph();
    sink.push(&format!("## {name}"));
    sink.paragraph();
    let sheet = sheet::Sheet::read(&text, values, sink.room(), context.budget)?;
    sheet.write(sink, context.budget)?;
    report.pages_read += 1;
    report.truncated |= sheet.is_cut;
    if sheet.hidden_rows > 0 {
        let rows = sheet.hidden_rows;
        report.notes.push(format!("{rows} rows of the sheet \"{name}\" are hidden, by a filter for one, and read all the same"));
    }
    Ok(())
}

/// A name on one line.
fn visible(name: &str) -> String {
    crate::chars::one_line(name)
}

fn named(
    context: &Context<'_>,
    relations: &Relations,
    kind: &str,
) -> Result<Option<String>, FileError> {
    match of_kind(relations, kind) {
        Some(part) => context.package.part(part, context.budget),
        None => Ok(None),
    }
}
