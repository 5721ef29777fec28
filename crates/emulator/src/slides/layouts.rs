//! The layouts of Google's theme "Simple Light" and their placeholders.

/// How wide and high, and where, in EMU.
pub(super) type Place = [f64; 4];

/// A placeholder on a layout: type, index, place, size of letters, alignment, anchor, items or not.
pub(super) type Part = (
    &'static str,
    u64,
    Place,
    f64,
    &'static str,
    &'static str,
    bool,
);

/// A layout: name, shown name, placeholders.
pub(super) type Layout = (&'static str, &'static str, &'static [Part]);

const TITLE_AT: Place = [311_700.0, 445_025.0, 8_520_600.0, 572_700.0];
pub(super) const BODY_AT: Place = [311_700.0, 1_152_475.0, 8_520_600.0, 3_416_400.0];
pub(super) const TITLE_PART: Part = ("TITLE", 0, TITLE_AT, 28.0, "START", "TOP", false);

pub(super) const LAYOUTS: [Layout; 11] = [
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
