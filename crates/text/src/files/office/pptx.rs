//! `PowerPoint` presentations: each slide with its text, tables and notes.

mod shapes;
mod slide;

use crate::files::{
    FileError, Report,
    office::{
        Context,
        package::of_kind,
        xml::{Node, Walk},
    },
    sink::Sink,
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
            "sldId" => slides.extend(element.prefixed("id")),
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
    let Some(text) = context.package.part(part, context.budget)? else {
        report.notes.push(format!("slide {number} is missing"));
        return Ok(());
    };
    let relations = context.package.relations(part, context.budget)?;
    let slide = Slide::read(&text, &relations, size, context.budget)?;
    if slide.is_hidden {
        report
            .notes
            .push(format!("slide {number} is hidden and not read"));
        return Ok(());
    }
    if slide.unseen > 0 {
        let unseen = slide.unseen;
        report.notes.push(format!(
            "{unseen} shapes of slide {number} are hidden or off the slide, and not read"
        ));
    }
    report.pages_read += 1;
    sink.paragraph();
    match slide.title.as_deref() {
        Some(title) => sink.push(&format!("## Slide {number}: {title}")),
        None => sink.push(&format!("## Slide {number}")),
    }
    write(&slide.blocks, sink, context)?;
    let notes = match of_kind(&relations, "notesSlide") {
        Some(notes) => context.package.part(notes, context.budget)?,
        None => None,
    };
    if let Some(text) = notes {
        let notes = Slide::read_notes(&text, context.budget)?;
        if !notes.is_empty() {
            sink.paragraph();
            sink.push("Notes:");
            write(&notes, sink, context)?;
        }
    }
    Ok(())
}

fn write(blocks: &[Block], sink: &mut Sink, context: &Context<'_>) -> Result<(), FileError> {
    for block in blocks {
        sink.paragraph();
        match block {
            Block::Text(text) => sink.push(text),
            Block::Table(rows) => crate::files::table::write(rows, sink, context.budget)?,
        }
    }
    Ok(())
}
