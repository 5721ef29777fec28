//! Word documents: paragraphs, headings, lists, tables, links and notes.

mod blocks;
mod body;
mod lists;
mod paragraph;
mod styles;

use crate::files::{
    FileError, Report,
    office::{
        Context,
        package::{Relations, of_kind},
    },
    sink::Sink,
};
use blocks::Blocks;
use body::Body;
use lists::Lists;
use styles::Styles;

/// Reads a document. Headers and footers, comments and what was deleted under revision are left out.
pub(super) fn read(context: &Context<'_>, sink: &mut Sink) -> Result<Report, FileError> {
    let main = context
        .package
        .main_part("word/document.xml", context.budget)?;
    let relations = context.package.relations(&main, context.budget)?;
    let styles = match named(context, &relations, "styles")? {
        Some(text) => Styles::read(&text, context.budget)?,
        None => Styles::default(),
    };
    let lists = match named(context, &relations, "numbering")? {
        Some(text) => Lists::read(&text, context.budget)?,
        None => Lists::default(),
    };
    let text = context.package.need(&main, context.budget)?;
    let blocks = Blocks::new(sink, context.budget, lists);
    let mut body = Body::new(context.budget, &styles, relations.clone(), blocks);
    body.walk(&text)?;
    drop(text);
    read_notes(context, &relations, &mut body)?;
    let mut report = Report::whole();
    if body.hidden() > 0 {
        let hidden = body.hidden();
        report.notes.push(format!(
            "{hidden} hidden characters of the document are left out"
        ));
    }
    Ok(report)
}

/// Footnotes and endnotes to which the text refers.
fn read_notes(
    context: &Context<'_>,
    relations: &Relations,
    body: &mut Body<'_>,
) -> Result<(), FileError> {
    for kind in ["footnotes", "endnotes"] {
        if body.is_full() || !body.cites_any(kind) {
            continue;
        }
        let Some(part) = of_kind(relations, kind) else {
            continue;
        };
        body.relations = context.package.relations(part, context.budget)?;
        if let Some(text) = context.package.part(part, context.budget)? {
            body.walk(&text)?;
        }
    }
    Ok(())
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
