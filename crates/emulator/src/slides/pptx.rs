//! A presentation as an Office file: the text of its slides where it stands, and the notes.

use std::fmt::Write as _;

use super::deck::{Deck, Element, Kind, Transform};
use crate::drive::ooxml::{MAIN_TYPE, OFFICE, XML, escape, relations, types, zip};

const DRAWING: &str = "http://schemas.openxmlformats.org/drawingml/2006/main";
const PRESENTATION: &str = "http://schemas.openxmlformats.org/presentationml/2006/main";

/// What every tree of shapes begins with.
const TREE: &str = "<p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
                    <p:grpSpPr/>";

/// A part of the file: its path, its type behind the common beginning, its text.
struct Part {
    path: String,
    kind: &'static str,
    text: String,
}

impl Deck {
    /// The presentation as Drive exports it for Office; without pictures, lines and videos.
    pub(crate) fn pptx(&self) -> Vec<u8> {
        let mut parts = frame();
        let mut links = vec![
            ("slideMaster", "slideMasters/slideMaster1.xml".to_owned()),
            ("theme", "theme/theme1.xml".to_owned()),
        ];
        let mut related = Vec::new();
        let mut list = String::new();
        for (at, slide) in self.slides.iter().enumerate() {
            let number = at + 1;
            parts.push(Part {
                path: format!("ppt/slides/slide{number}.xml"),
                kind: "slide",
                text: page("sld", &shapes(&slide.elements)),
            });
            links.push(("slide", format!("slides/slide{number}.xml")));
            let _ = write!(
                list,
                "<p:sldId id=\"{}\" r:id=\"rId{}\"/>",
                256 + at,
                3 + at
            );
            let notes = Self::notes_of(slide);
            let mut targets = vec![("slideLayout", "../slideLayouts/slideLayout1.xml".to_owned())];
            if !notes.is_empty() {
                parts.push(notes_part(number, &notes));
                targets.push((
                    "notesSlide",
                    format!("../notesSlides/notesSlide{number}.xml"),
                ));
                let back = vec![("slide", format!("../slides/slide{number}.xml"))];
                related.push((
                    format!("ppt/notesSlides/_rels/notesSlide{number}.xml.rels"),
                    back,
                ));
            }
            related.push((format!("ppt/slides/_rels/slide{number}.xml.rels"), targets));
        }
        parts.push(Part {
            path: "ppt/presentation.xml".to_owned(),
            kind: "presentation.main",
            text: self.presentation(&list),
        });
        related.push(("ppt/_rels/presentation.xml.rels".to_owned(), links));
        related.push(rels(
            "ppt/slideMasters/_rels/slideMaster1.xml.rels",
            &[
                ("slideLayout", "../slideLayouts/slideLayout1.xml"),
                ("theme", "../theme/theme1.xml"),
            ],
        ));
        related.push(rels(
            "ppt/slideLayouts/_rels/slideLayout1.xml.rels",
            &[("slideMaster", "../slideMasters/slideMaster1.xml")],
        ));
        related.push(rels(
            "_rels/.rels",
            &[("officeDocument", "ppt/presentation.xml")],
        ));
        packed(&parts, &related)
    }

    fn presentation(&self, slides: &str) -> String {
        format!(
            "{XML}<p:presentation xmlns:p=\"{PRESENTATION}\" xmlns:r=\"{OFFICE}\"><p:sldMasterIdLst>\
             <p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst><p:sldIdLst>{slides}\
             </p:sldIdLst><p:sldSz cx=\"{}\" cy=\"{}\"/><p:notesSz cx=\"6858000\" cy=\"9144000\"/>\
             </p:presentation>",
            self.width.round(),
            self.height.round()
        )
    }
}

type Links = Vec<(&'static str, String)>;

fn rels(path: &str, targets: &[(&'static str, &str)]) -> (String, Links) {
    let targets = targets
        .iter()
        .map(|(kind, target)| (*kind, (*target).to_owned()));
    (path.to_owned(), targets.collect())
}

fn packed(parts: &[Part], related: &[(String, Links)]) -> Vec<u8> {
    let kinds: Vec<(String, String)> = parts
        .iter()
        .map(|part| {
            let kind = match part.kind {
                "theme" => format!("{MAIN_TYPE}.theme+xml"),
                kind => format!("{MAIN_TYPE}.presentationml.{kind}+xml"),
            };
            (format!("/{}", part.path), kind)
        })
        .collect();
    let kinds: Vec<(&str, &str)> = kinds
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    let mut files = vec![("[Content_Types].xml", types(&kinds))];
    for (path, links) in related {
        let links: Vec<(&str, &str)> = links.iter().map(|(a, b)| (*a, b.as_str())).collect();
        files.push((path, relations(&links)));
    }
    files.extend(
        parts
            .iter()
            .map(|part| (part.path.as_str(), part.text.clone())),
    );
    zip(&files)
}

/// A page of shapes.
fn page(root: &str, shapes: &str) -> String {
    format!(
        "{XML}<p:{root} xmlns:a=\"{DRAWING}\" xmlns:r=\"{OFFICE}\" xmlns:p=\"{PRESENTATION}\"><p:cSld>\
         <p:spTree>{TREE}{shapes}</p:spTree></p:cSld></p:{root}>"
    )
}

fn notes_part(number: usize, notes: &str) -> Part {
    let body = format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"3\" name=\"Notes\"/><p:cNvSpPr/><p:nvPr><p:ph type=\"body\" \
         idx=\"1\"/></p:nvPr></p:nvSpPr><p:spPr/>{}</p:sp>",
        words("p", notes)
    );
    Part {
        path: format!("ppt/notesSlides/notesSlide{number}.xml"),
        kind: "notesSlide",
        text: page("notes", &body),
    }
}

fn shapes(elements: &[Element]) -> String {
    let mut text = String::new();
    for element in elements {
        element.walk(&mut |it| {
            let id = text.len() + 2;
            match &it.kind {
                Kind::Shape(shape) if !shape.text.is_empty() => {
                    let kind = shape.placeholder.as_ref().map(|it| it.kind.as_str());
                    let place = match kind {
                        Some("TITLE" | "CENTERED_TITLE") => "<p:ph type=\"title\"/>",
                        Some("SUBTITLE") => "<p:ph type=\"subTitle\" idx=\"1\"/>",
                        Some("BODY") => "<p:ph type=\"body\" idx=\"1\"/>",
                        _ => "",
                    };
                    let _ = write!(
                        text,
                        "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{}\" descr=\"{}\"/><p:cNvSpPr/>\
                         <p:nvPr>{place}</p:nvPr></p:nvSpPr><p:spPr>{}</p:spPr>{}</p:sp>",
                        escape(&it.id),
                        escape(&it.description),
                        frame_of(it, "a"),
                        words("p", &shape.text.plain())
                    );
                }
                Kind::Table(_) => text.push_str(&table(it, id)),
                _ => {}
            }
        });
    }
    text
}

fn table(element: &Element, id: usize) -> String {
    let Kind::Table(table) = &element.kind else {
        return String::new();
    };
    let columns = table.columns.iter();
    let columns: Vec<String> = columns
        .map(|it| format!("<a:gridCol w=\"{}\"/>", it.round()))
        .collect();
    let columns = columns.concat();
    let mut rows = String::new();
    for row in &table.rows {
        let cells = row.cells.iter();
        let cells: Vec<String> = cells
            .map(|cell| format!("<a:tc>{}<a:tcPr/></a:tc>", words("a", &cell.text.plain())))
            .collect();
        let cells = cells.concat();
        let _ = write!(rows, "<a:tr h=\"{}\">{cells}</a:tr>", row.height.round());
    }
    format!(
        "<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id=\"{id}\" name=\"{}\"/>\
         <p:cNvGraphicFramePr/><p:nvPr/></p:nvGraphicFramePr>{}<a:graphic><a:graphicData \
         uri=\"http://schemas.openxmlformats.org/drawingml/2006/table\"><a:tbl><a:tblPr/><a:tblGrid>\
         {columns}</a:tblGrid>{rows}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>",
        escape(&element.id),
        frame_of(element, "p")
    )
}

/// Where an element stands, turned or not.
fn frame_of(element: &Element, prefix: &str) -> String {
    let (width, height) = element.size.unwrap_or((0.0, 0.0));
    let Transform {
        scale_x,
        scale_y,
        x,
        y,
        ..
    } = element.transform;
    let (width, height) = (
        (width * scale_x.abs()).round(),
        (height * scale_y.abs()).round(),
    );
    format!(
        "<{prefix}:xfrm><a:off x=\"{}\" y=\"{}\"/><a:ext cx=\"{width}\" cy=\"{height}\"/></{prefix}:xfrm>",
        x.round(),
        y.round()
    )
}

fn words(prefix: &str, text: &str) -> String {
    let mut paragraphs = String::new();
    for line in text.split('\n') {
        let runs = line
            .split('\u{b}')
            .map(|run| format!("<a:r><a:t>{}</a:t></a:r>", escape(run)));
        let runs: Vec<String> = runs.collect();
        let _ = write!(paragraphs, "<a:p>{}</a:p>", runs.join("<a:br/>"));
    }
    format!("<{prefix}:txBody><a:bodyPr/><a:lstStyle/>{paragraphs}</{prefix}:txBody>")
}

/// The parts that a presentation cannot be without: a master, a layout and a theme.
fn frame() -> Vec<Part> {
    let map = "<p:clrMap bg1=\"lt1\" tx1=\"dk1\" bg2=\"lt2\" tx2=\"dk2\" accent1=\"accent1\" \
               accent2=\"accent2\" accent3=\"accent3\" accent4=\"accent4\" accent5=\"accent5\" \
               accent6=\"accent6\" hlink=\"hlink\" folHlink=\"folHlink\"/>";
    let layouts = "<p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/>\
                   </p:sldLayoutIdLst>";
    let master =
        page("sldMaster", "").replace("</p:sldMaster>", &format!("{map}{layouts}</p:sldMaster>"));
    let part = |path: &str, kind, text| Part {
        path: path.to_owned(),
        kind,
        text,
    };
    vec![
        part("ppt/slideMasters/slideMaster1.xml", "slideMaster", master),
        part(
            "ppt/slideLayouts/slideLayout1.xml",
            "slideLayout",
            page("sldLayout", ""),
        ),
        part("ppt/theme/theme1.xml", "theme", theme()),
    ]
}

fn theme() -> String {
    let colors = [
        ("dk1", "000000"),
        ("lt1", "FFFFFF"),
        ("dk2", "595959"),
        ("lt2", "EEEEEE"),
        ("accent1", "4285F4"),
        ("accent2", "212121"),
        ("accent3", "78909C"),
        ("accent4", "FFAB40"),
        ("accent5", "0097A7"),
        ("accent6", "EEFF41"),
        ("hlink", "0097A7"),
        ("folHlink", "0097A7"),
    ];
    let colors =
        colors.map(|(name, rgb)| format!("<a:{name}><a:srgbClr val=\"{rgb}\"/></a:{name}>"));
    let font = "<a:latin typeface=\"Arial\"/><a:ea typeface=\"\"/><a:cs typeface=\"\"/>";
    let fill = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>".repeat(3);
    let line =
        "<a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill></a:ln>".repeat(3);
    let effect = "<a:effectStyle><a:effectLst/></a:effectStyle>".repeat(3);
    format!(
        "{XML}<a:theme xmlns:a=\"{DRAWING}\" name=\"Simple Light\"><a:themeElements><a:clrScheme \
         name=\"Simple Light\">{}</a:clrScheme><a:fontScheme name=\"Simple Light\"><a:majorFont>{font}\
         </a:majorFont><a:minorFont>{font}</a:minorFont></a:fontScheme><a:fmtScheme \
         name=\"Simple Light\"><a:fillStyleLst>{fill}</a:fillStyleLst><a:lnStyleLst>{line}\
         </a:lnStyleLst><a:effectStyleLst>{effect}</a:effectStyleLst><a:bgFillStyleLst>{fill}\
         </a:bgFillStyleLst></a:fmtScheme></a:themeElements></a:theme>",
        colors.concat()
    )
}
