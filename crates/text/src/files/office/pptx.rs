//! `PowerPoint` presentations: each slide with its text, tables and notes.

mod shapes;
mod slide;

use crate::files::{
    FileError, Report,
    budget::Budget,
    office::{
        Context,
        package::{Relations, of_kind},
        xml::{Node, Walk},
    },
    sink::Sink,
    table,
};
use shapes::{Block, Size};
use slide::Slide;

/// Reads the slides that an audience sees; hidden ones are named.
pub(super) fn read(context: &Context<'_>, sink: &mut Sink) -> Result<Report, FileError> {
    let main = context
        .package
        .main_part("ppt/presentation.xml", context.budget)?;
    let relations = context.package.relations(&main, context.budget)?;
    let text = context.package.need(&main, context.budget)?;
    let (slides, size) = presentation(&text, context)?;
    let mut report = Report {
        pages_total: slides.len(),
        ..Report::default()
    };
    for (index, id) in slides.iter().enumerate() {
        if report.pages_read >= context.limits.max_pages || sink.is_full() {
            report.truncated = true;
            break;
        }
        match relations.get(id).filter(|relation| !relation.external) {
            Some(relation) => one(
                context,
                &relation.target,
                index + 1,
                size,
                sink,
                &mut report,
            )?,
            None => report.notes.push(format!("slide {} is missing", index + 1)),
        }
    }
    Ok(report)
}

/// The ids of the slides in their order, and how large a slide is.
fn presentation(
    text: &str,
    context: &Context<'_>,
) -> Result<(Vec<String>, Option<Size>), FileError> {
    let (mut slides, mut size) = (Vec::new(), None);
    let mut walk = Walk::new(text, context.budget);
    while let Some(node) = walk.next()? {
        let Node::Open(element) = node else { continue };
        match element.name() {
            // Its own number is an id as well, and the other one has a prefix.
            "sldId" => {
                context.budget.keep(1)?;
                slides.extend(element.prefixed("id"));
            }
            "sldSz" => {
                if let (Some(width), Some(height)) = (element.number("cx"), element.number("cy")) {
                    size = Some(Size { width, height });
                }
            }
            _ => {}
        }
    }
    Ok((slides, size))
}

fn one(
    context: &Context<'_>,
    part: &str,
    number: usize,
    size: Option<Size>,
    sink: &mut Sink,
    report: &mut Report,
) -> Result<(), FileError> {
    let budget = context.budget;
    let Some(text) = context.package.part(part, budget)? else {
        report.notes.push(format!("slide {number} is missing"));
        return Ok(());
    };
    let relations = context.package.relations(part, budget)?;
    let slide = Slide::read(&text, &relations, size, budget)?;
    if slide.is_hidden {
        let note = format!("slide {number} is hidden and not read");
        report.notes.push(note);
        return Ok(());
    }
    if slide.unseen > 0 {
        report.notes.push(format!(
            "{} shapes of slide {number} are hidden or off the slide, and not read",
            slide.unseen
        ));
    }
    report.pages_read += 1;
    sink.paragraph();
    sink.push(&format!("## Slide {number}"));
    if let Some(title) = &slide.title {
        sink.push(&format!(": {title}"));
    }
    write(&slide.blocks, sink, budget)?;
    write_notes(context, &relations, sink)
}

/// What the speaker is to say.
fn write_notes(
    context: &Context<'_>,
    relations: &Relations,
    sink: &mut Sink,
) -> Result<(), FileError> {
    let Some(part) = of_kind(relations, "notesSlide") else {
        return Ok(());
    };
    let Some(text) = context.package.part(part, context.budget)? else {
        return Ok(());
    };
    let notes = Slide::read_notes(&text, context.budget)?;
    if !notes.is_empty() {
        sink.paragraph();
        sink.push("Notes:");
        write(&notes, sink, context.budget)?;
    }
    Ok(())
}

fn write(blocks: &[Block], sink: &mut Sink, budget: &Budget) -> Result<(), FileError> {
    for block in blocks {
        sink.paragraph();
        match block {
            Block::Text(text) => sink.push(text),
            Block::Table(rows) => table::write(rows, sink, budget)?,
        }
    }
    Ok(())
}
