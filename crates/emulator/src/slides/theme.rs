//! A new presentation: the master and the layouts of Google's theme "Simple Light".

use serde_json::{Value, json};

use super::deck::{Deck, Element, Kind, Page, PageKind, Placeholder, Shape, Transform, points};
use super::text::{Bullet, PLACEHOLDER_LIST, Paragraph, SLIDE_NUMBER, Text};

/// The size of a new presentation, 16 to 9, in EMU.
pub(super) const WIDTH: f64 = 9_144_000.0;
pub(super) const HEIGHT: f64 = 5_143_500.0;

/// Google writes the sizes of placeholders so, and scales them.
const UNIT: f64 = 3_000_000.0;

const MASTER: &str = "simple-light-2";

/// How wide and high, and where, in EMU.
type Place = [f64; 4];

/// A placeholder on a layout: type, index, place, size of letters, alignment, anchor, items or not.
type Part = (
    &'static str,
    u64,
    Place,
    f64,
    &'static str,
    &'static str,
    bool,
);

/// A layout: name, shown name, placeholders.
type Layout = (&'static str, &'static str, &'static [Part]);

const TITLE_AT: Place = [311_700.0, 445_025.0, 8_520_600.0, 572_700.0];
const BODY_AT: Place = [311_700.0, 1_152_475.0, 8_520_600.0, 3_416_400.0];
const TITLE_PART: Part = ("TITLE", 0, TITLE_AT, 28.0, "START", "TOP", false);

const LAYOUTS: [Layout; 11] = [
    (
        "TITLE",
        "Title slide",
        &[
            (
                "CENTERED_TITLE",
                0,
                [311_708.0, 744_575.0, 8_520_600.0, 2_052_600.0],
                52.0,
                "CENTER",
                "BOTTOM",
                false,
            ),
            (
                "SUBTITLE",
                1,
                [311_700.0, 2_834_125.0, 8_520_600.0, 792_600.0],
                28.0,
                "CENTER",
                "TOP",
                false,
            ),
        ],
    ),
    (
        "SECTION_HEADER",
        "Section header",
        &[(
            "TITLE",
            0,
            [311_700.0, 2_150_850.0, 8_520_600.0, 841_800.0],
            36.0,
            "CENTER",
            "MIDDLE",
            false,
        )],
    ),
    (
        "TITLE_AND_BODY",
        "Title and body",
        &[TITLE_PART, ("BODY", 1, BODY_AT, 18.0, "START", "TOP", true)],
    ),
    (
        "TITLE_AND_TWO_COLUMNS",
        "Title and two columns",
        &[
            TITLE_PART,
            (
                "BODY",
                1,
                [311_700.0, 1_152_475.0, 3_999_900.0, 3_416_400.0],
                14.0,
                "START",
                "TOP",
                true,
            ),
            (
                "BODY",
                2,
                [4_832_400.0, 1_152_475.0, 3_999_900.0, 3_416_400.0],
                14.0,
                "START",
                "TOP",
                true,
            ),
        ],
    ),
    ("TITLE_ONLY", "Title only", &[TITLE_PART]),
    (
        "ONE_COLUMN_TEXT",
        "One column text",
        &[
            (
                "TITLE",
                0,
                [311_700.0, 555_600.0, 2_808_000.0, 755_700.0],
                24.0,
                "START",
                "BOTTOM",
                false,
            ),
            (
                "BODY",
                1,
                [311_700.0, 1_389_600.0, 2_808_000.0, 3_179_400.0],
                12.0,
                "START",
                "TOP",
                true,
            ),
        ],
    ),
    (
        "MAIN_POINT",
        "Main point",
        &[(
            "TITLE",
            0,
            [490_250.0, 450_150.0, 6_367_800.0, 4_090_800.0],
            48.0,
            "START",
            "MIDDLE",
            false,
        )],
    ),
    (
        "SECTION_TITLE_AND_DESCRIPTION",
        "Section title and description",
        &[
            (
                "TITLE",
                0,
                [265_500.0, 1_233_175.0, 4_045_200.0, 1_482_300.0],
                42.0,
                "CENTER",
                "BOTTOM",
                false,
            ),
            (
                "SUBTITLE",
                1,
                [265_500.0, 2_803_075.0, 4_045_200.0, 1_235_100.0],
                21.0,
                "CENTER",
                "TOP",
                false,
            ),
            (
                "BODY",
                2,
                [4_939_500.0, 724_075.0, 3_837_000.0, 3_695_100.0],
                18.0,
                "START",
                "MIDDLE",
                true,
            ),
        ],
    ),
    (
        "CAPTION_ONLY",
        "Caption",
        &[(
            "BODY",
            1,
            [311_700.0, 4_230_575.0, 5_998_800.0, 605_100.0],
            18.0,
            "START",
            "MIDDLE",
            false,
        )],
    ),
    (
        "BIG_NUMBER",
        "Big number",
        &[
            (
                "TITLE",
                0,
                [311_700.0, 1_106_125.0, 8_520_600.0, 1_963_500.0],
                120.0,
                "CENTER",
                "BOTTOM",
                false,
            ),
            (
                "BODY",
                1,
                [311_700.0, 3_152_225.0, 8_520_600.0, 1_300_800.0],
                18.0,
                "CENTER",
                "TOP",
                true,
            ),
        ],
    ),
    ("BLANK", "Blank", &[]),
];

impl Deck {
    /// A presentation as Google makes it: with one slide, for a title.
    pub(crate) fn new() -> Self {
        let mut deck = Self::without_slides();
        let layout = deck.layouts[0].clone();
        let mut slide = Page::new("p", slide_kind(&layout, "p:notes"));
        for (at, element) in layout.elements.iter().enumerate() {
            slide
                .elements
                .extend(inheriting(element, &format!("i{at}")));
        }
        deck.slides.push(slide);
        deck
    }

    /// The theme alone.
    pub(super) fn without_slides() -> Self {
        let layouts = LAYOUTS.iter().enumerate();
        let mut notes_master = Page::new("n", PageKind::NotesMaster);
        notes_master.elements = notes_elements("n:image", "n:text", None);
        Self {
            width: WIDTH,
            height: HEIGHT,
            slides: Vec::new(),
            layouts: layouts
                .map(|(at, layout)| layout_page(at, layout))
                .collect(),
            masters: vec![master()],
            notes_master,
            revision: 1,
            counter: 0,
        }
    }
}

/// What makes a slide of a layout.
pub(super) fn slide_kind(layout: &Page, notes_id: &str) -> PageKind {
    let master = match &layout.kind {
        PageKind::Layout { master, .. } => master.clone(),
        _ => MASTER.to_owned(),
    };
    PageKind::Slide {
        layout: layout.id.clone(),
        master,
        notes: Box::new(notes_page(notes_id)),
        skipped: false,
    }
}

/// The page of notes of a new slide. The shape for them comes with their first text, as Google
/// documents that it may.
fn notes_page(id: &str) -> Page {
    let text = format!("{id}_text");
    let mut page = Page::new(id, PageKind::Notes(text.clone()));
    page.elements = notes_elements(&format!("{id}_image"), &text, Some("n"));
    page.elements.truncate(1);
    page
}

/// The shape for the notes of a slide.
pub(super) fn notes_shape(id: &str) -> Option<Element> {
    notes_elements("", id, Some("n")).pop()
}

fn notes_elements(image: &str, text: &str, parent: Option<&str>) -> Vec<Element> {
    let parent = |name: &str| parent.map(|page| format!("{page}:{name}"));
    let picture = [381_300.0, 685_800.0, 6_096_300.0, 3_429_000.0];
    let words = [685_800.0, 4_343_400.0, 5_486_400.0, 4_114_800.0];
    let made = |id: &str, kind: &str, index, parent, place| {
        let mut shape = Shape::new(if kind == "BODY" {
            "TEXT_BOX"
        } else {
            "RECTANGLE"
        });
        shape.placeholder = Some(Placeholder {
            kind: kind.to_owned(),
            index,
            parent,
        });
        element(id, place, shape)
    };
    vec![
        made(image, "SLIDE_IMAGE", 2, parent("image"), picture),
        made(text, "BODY", 1, parent("text"), words),
    ]
}

/// The element of a slide that stands for a placeholder of its layout; slide numbers have none.
pub(super) fn inheriting(element: &Element, id: &str) -> Option<Element> {
    let shape = element.shape()?;
    let placeholder = shape.placeholder.as_ref()?;
    if placeholder.kind == "SLIDE_NUMBER" {
        return None;
    }
    let mut copy = element.clone();
    id.clone_into(&mut copy.id);
    let mut own = Shape::new(&shape.kind);
    own.properties = inherited();
    own.placeholder = Some(Placeholder {
        parent: Some(element.id.clone()),
        ..placeholder.clone()
    });
    copy.kind = Kind::Shape(own);
    Some(copy)
}

/// The properties of a shape that has none of its own.
fn inherited() -> Value {
    json!({
        "shapeBackgroundFill": { "propertyState": "INHERIT" },
        "outline": { "propertyState": "INHERIT" },
        "shadow": { "propertyState": "INHERIT" },
        "autofit": { "fontScale": 1, "lineSpacingReduction": 0 },
    })
}

fn element(id: &str, [x, y, width, height]: Place, shape: Shape) -> Element {
    let transform = Transform {
        scale_x: round(width / UNIT),
        scale_y: round(height / UNIT),
        ..Transform::at(x, y)
    };
    Element {
        id: id.to_owned(),
        size: Some((UNIT, UNIT)),
        transform,
        title: String::new(),
        description: String::new(),
        kind: Kind::Shape(shape),
    }
}

fn round(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

fn layout_page(at: usize, (name, shown, parts): &Layout) -> Page {
    let id = format!("p{}", at + 2);
    let kind = PageKind::Layout {
        master: MASTER.to_owned(),
        name,
        shown,
    };
    let mut page = Page::new(&id, kind);
    if *name == "SECTION_TITLE_AND_DESCRIPTION" {
        page.elements.push(half(&format!("{id}_half")));
    }
    for (number, part) in parts.iter().enumerate() {
        let parent = if part.0 == "BODY" {
            "m_body"
        } else {
            "m_title"
        };
        page.elements
            .push(part_element(&format!("{id}_i{number}"), part, Some(parent)));
    }
    page.elements
        .push(number_element(&format!("{id}_number"), Some("m_number")));
    page
}

/// The grey half of a layout.
fn half(id: &str) -> Element {
    let mut shape = Shape::new("RECTANGLE");
    shape.properties = json!({
        "shapeBackgroundFill": { "propertyState": "RENDERED", "solidFill": solid("LIGHT2") },
        "outline": { "propertyState": "NOT_RENDERED" },
    });
    element(id, [WIDTH / 2.0, 0.0, WIDTH / 2.0, HEIGHT], shape)
}

fn solid(theme: &str) -> Value {
    json!({ "color": { "themeColor": theme }, "alpha": 1 })
}

fn part_element(id: &str, part: &Part, parent: Option<&str>) -> Element {
    let (kind, index, place, size, alignment, anchor, items) = *part;
    let is_body = kind == "BODY" || kind == "SUBTITLE";
    let color = if is_body { "DARK2" } else { "DARK1" };
    let style = json!({
        "fontFamily": "Arial",
        "fontSize": points(size),
        "foregroundColor": { "opaqueColor": { "themeColor": color } },
    });
    let spacing = if kind == "BODY" { 115 } else { 100 };
    let mut paragraph = Paragraph {
        style: json!({ "alignment": alignment, "lineSpacing": spacing, "direction": "LEFT_TO_RIGHT" }),
        bullet: None,
    };
    if items {
        paragraph.style["indentStart"] = points(36.0);
        paragraph.style["indentFirstLine"] = points(18.0);
        paragraph.bullet = Some(Bullet {
            list: PLACEHOLDER_LIST.to_owned(),
            level: 0,
        });
    }
    let mut shape = Shape::new("TEXT_BOX");
    shape.properties = json!({ "contentAlignment": anchor });
    shape.placeholder = Some(Placeholder {
        kind: kind.to_owned(),
        index,
        parent: parent.map(str::to_owned),
    });
    shape.text = Text::of("", style, &paragraph);
    element(id, place, shape)
}

fn number_element(id: &str, parent: Option<&str>) -> Element {
    let place = [8_472_458.0, 4_663_217.0, 548_700.0, 393_600.0];
    let mut made = part_element(
        id,
        &("SLIDE_NUMBER", 12, place, 10.0, "END", "MIDDLE", false),
        parent,
    );
    if let Kind::Shape(shape) = &mut made.kind {
        let style = json!({ "fontFamily": "Arial", "fontSize": points(10.0) });
        let paragraph = Paragraph {
            style: json!({ "alignment": "END", "direction": "LEFT_TO_RIGHT" }),
            bullet: None,
        };
        let number = String::from_utf16_lossy(&[SLIDE_NUMBER]);
        shape.text = Text::of(&number, style, &paragraph);
    }
    made
}

fn master() -> Page {
    let mut page = Page::new(MASTER, PageKind::Master);
    let hex = [
        ("DARK1", 0x00_0000),
        ("LIGHT1", 0xff_ffff),
        ("DARK2", 0x59_5959),
        ("LIGHT2", 0xee_eeee),
        ("ACCENT1", 0x42_85f4),
        ("ACCENT2", 0x21_2121),
        ("ACCENT3", 0x78_909c),
        ("ACCENT4", 0xff_ab40),
        ("ACCENT5", 0x00_97a7),
        ("ACCENT6", 0xee_ff41),
        ("HYPERLINK", 0x00_97a7),
        ("FOLLOWED_HYPERLINK", 0x00_97a7),
    ];
    let colors = hex.map(|(kind, rgb)| json!({ "type": kind, "color": rgb_color(rgb) }));
    page.properties = json!({
        "pageBackgroundFill": { "propertyState": "RENDERED", "solidFill": solid("LIGHT1") },
        "colorScheme": { "colors": colors },
    });
    page.elements = vec![
        part_element("m_title", &TITLE_PART, None),
        part_element(
            "m_body",
            &("BODY", 1, BODY_AT, 18.0, "START", "TOP", true),
            None,
        ),
        number_element("m_number", None),
    ];
    page
}

fn rgb_color(rgb: u32) -> Value {
    let part = |shift: u32| f64::from((rgb >> shift) & 0xff) / 255.0;
    json!({ "red": part(16), "green": part(8), "blue": part(0) })
}
