//! `cargo xtask generate`: a toolkit's wire types, written from Google's discovery document.
//!
//! For the APIs whose types the generated crates do not carry faithfully. What is written is checked
//! in, and `tidy` fails where it is not what would be written.

mod document;
mod types;

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail, ensure};

use self::document::Document;
use crate::shell;

/// What is generated for one toolkit.
struct Target {
    /// The name on the command line.
    name: &'static str,
    /// Google's document, from the workspace's root.
    document: &'static str,
    /// The file that is written.
    file: &'static str,
    /// The schemas from which all that is needed follows.
    roots: &'static [&'static str],
    /// Schemas of which only some properties are used; what else a reply says of them is kept as it is.
    only: Only,
}

/// Schemas by name, each with the properties that are used of it.
type Only = &'static [(&'static str, &'static [&'static str])];

const TARGETS: [Target; 2] = [
    Target {
        name: "calendar",
        document: "crates/emulator/discovery/calendar.v3.json",
        file: "crates/calendar/src/wire/types.rs",
        roots: &[
            "Calendar",
            "CalendarList",
            "Event",
            "Events",
            "FreeBusyRequest",
            "FreeBusyResponse",
        ],
        only: &[],
    },
    Target {
        name: "slides",
        document: "crates/emulator/discovery/slides.v1.json",
        file: "crates/slides/src/wire/types.rs",
        roots: &[
            "BatchUpdatePresentationRequest",
            "BatchUpdatePresentationResponse",
            "Presentation",
            "Thumbnail",
        ],
        only: SLIDES,
    },
];

/// Colours, borders, shadows, comments and charts are left to people.
const SLIDES: Only = &[
    (
        "Request",
        &[
            "createImage",
            "createParagraphBullets",
            "createShape",
            "createSlide",
            "createTable",
            "createVideo",
            "deleteObject",
            "deleteParagraphBullets",
            "deleteText",
            "duplicateObject",
            "insertText",
            "replaceAllText",
            "updatePageElementAltText",
            "updatePageElementTransform",
            "updatePageProperties",
            "updateSlidesPosition",
            "updateTextStyle",
        ],
    ),
    ("Response", &["duplicateObject", "replaceAllText"]),
    (
        "Presentation",
        &[
            "layouts",
            "pageSize",
            "presentationId",
            "revisionId",
            "slides",
            "title",
        ],
    ),
    (
        "Page",
        &[
            "layoutProperties",
            "notesProperties",
            "objectId",
            "pageElements",
            "pageProperties",
            "pageType",
            "revisionId",
            "slideProperties",
        ],
    ),
    ("PageProperties", &["pageBackgroundFill"]),
    ("PageBackgroundFill", &["stretchedPictureFill"]),
    ("StretchedPictureFill", &["contentUrl"]),
    (
        "SlideProperties",
        &["isSkipped", "layoutObjectId", "masterObjectId", "notesPage"],
    ),
    ("Shape", &["placeholder", "shapeType", "text"]),
    ("Image", &["placeholder", "sourceUrl"]),
    ("Line", &["lineCategory"]),
    ("SheetsChart", &["chartId", "spreadsheetId"]),
    ("Video", &["id", "source", "url"]),
    ("SpeakerSpotlight", &[]),
    ("Table", &["columns", "rows", "tableRows"]),
    ("TableRow", &["tableCells"]),
    ("TableCell", &["columnSpan", "location", "rowSpan", "text"]),
    ("TextContent", &["textElements"]),
    ("ParagraphMarker", &["bullet"]),
    ("Bullet", &["glyph", "nestingLevel"]),
    (
        "TextStyle",
        &[
            "bold",
            "fontFamily",
            "fontSize",
            "foregroundColor",
            "italic",
            "link",
        ],
    ),
    ("OptionalColor", &["opaqueColor"]),
    ("OpaqueColor", &[]),
    ("Link", &["url"]),
];

/// What `generate` was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// For which toolkit.
    pub(crate) name: String,
    /// Whether it is only held against what stands.
    pub(crate) check: bool,
}

/// Writes the types of one toolkit, or holds them against what stands.
pub(crate) fn run(wanted: &Wanted) -> anyhow::Result<()> {
    let target = TARGETS.iter().find(|target| target.name == wanted.name);
    let Some(target) = target else {
        bail!("generate knows {}", TARGETS.map(|it| it.name).join(", "));
    };
    if wanted.check {
        return check(target);
    }
    let path = target.path();
    fs::write(&path, target.text()?)
        .with_context(|| format!("{} could not be written", path.display()))?;
    println!("{} is written", path.display());
    Ok(())
}

/// The toolkits whose checked-in types are stale, with what is wrong.
pub(crate) fn stale() -> Vec<(&'static str, String)> {
    let wrong = |target: &Target| {
        let error = check(target).err()?;
        Some((target.file, format!("{error:#}")))
    };
    TARGETS.iter().filter_map(wrong).collect()
}

fn check(target: &Target) -> anyhow::Result<()> {
    let stands = fs::read_to_string(target.path()).unwrap_or_default();
    ensure!(
        stands == target.text()?,
        "it is not what Google's document says: cargo xtask generate {}",
        target.name
    );
    Ok(())
}

impl Target {
    fn path(&self) -> PathBuf {
        shell::root().join(self.file)
    }

    fn text(&self) -> anyhow::Result<String> {
        let path = shell::root().join(self.document);
        let json = fs::read_to_string(&path)
            .with_context(|| format!("{} could not be read", path.display()))?;
        let document = Document::parse(&json)?;
        types::write(&document, self.name, (self.roots, self.only))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_checked_in_is_what_googles_documents_say() {
        assert_eq!(stale(), []);
    }

    #[test]
    fn a_toolkit_that_is_not_generated_is_refused_by_name() {
        let wanted = Wanted {
            name: "mail".to_owned(),
            check: false,
        };
        let error = run(&wanted).unwrap_err().to_string();
        assert!(error.contains("calendar"), "{error}");
    }
}
