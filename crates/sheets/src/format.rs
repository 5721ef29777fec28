//! `format_range`: how cells look, and what stays in sight.

use google_sheets4::api::{Border, CellFormat, Color, ColorStyle, NumberFormat, TextFormat};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use toolgate_google_http::{Seen, Words};
use toolgate_toolkit::{ToolContext, ToolError};

use crate::{
    book::{Book, Cells, TabFacts},
    cell::visible,
    error::Named,
    settlement::settled,
    setup::Setup,
    wire::{
        BOOK, BordersChange, CHANGE, CellStyle, Change, Columns, Dimension, GridSize, Sheets,
        Styled, TabChange, TabProperties, Width,
    },
};

pub(crate) const METHODS: &[&str] = &[BOOK.id(), CHANGE.id()];

/// Where texts stand in their cells.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Align {
    Left,
    Center,
    Right,
}

/// Formats cells; what is left out stays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FormatRange {
    /// Id or link.
    spreadsheet_id: Option<String>,
    /// A1 range or tab.
    range: String,
    /// Pattern such as `#,##0.00`, `$#,##0`, `0%`, `yyyy-mm-dd`; `@` is text.
    #[schemars(length(min = 1))]
    number_format: Option<String>,
    /// Bold.
    bold: Option<bool>,
    /// Italic.
    italic: Option<bool>,
    /// `#rrggbb`.
    #[schemars(example = "#cc0000")]
    text_color: Option<String>,
    /// `#rrggbb`.
    #[schemars(example = "#fff2cc")]
    background: Option<String>,
    /// Horizontally.
    align: Option<Align>,
    /// Thin lines around all cells, or none.
    borders: Option<bool>,
    /// Pixels.
    #[schemars(range(min = 2, max = 2000))]
    column_width: Option<u32>,
    /// Of the tab, from the top; 0 frees them.
    #[schemars(range(max = 100))]
    freeze_rows: Option<u32>,
    /// Of the tab, from the left.
    #[schemars(range(max = 100))]
    freeze_columns: Option<u32>,
}

/// What was formatted.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct Formatted {
    /// `formatted`.
    status: &'static str,
    spreadsheet_id: String,
    range: String,
    /// What of this was written by others.
    untrusted: String,
}

const FORMATTING: Words = Words {
    done: "formatted",
    look: "look at it",
};

/// Formats cells. All of it is done, or nothing.
pub(crate) async fn format_range(
    cx: ToolContext,
    args: FormatRange,
    setup: Setup,
) -> Result<Formatted, ToolError> {
    let sheets = Sheets::new(&cx, METHODS);
    let named = Named::meant(args.spreadsheet_id.as_deref(), &setup)?;
    let style = args.style()?;
    let book = Book::open(&sheets, named).await?;
    let place = book.place("range", Some(&args.range))?;
    let cells = place.cells("range")?;
    let changes = args.changes(style, (place.tab, cells));
    if changes.is_empty() {
        let good = "one of them, such as `bold`: true";
        return Err(ToolError::invalid_arguments(format!(
            "no format is given; give {good}"
        )));
    }
    place.tab.check_free(cells)?;
    let write = || async { sheets.change(&book.id, &changes).await.map(drop) };
    // The same format again changes nothing, and its answer is worth more than what a look could tell.
    let look = || async { write().await.map(Seen::Done) };
    let at = (&cx, setup.settlement);
    settled(at, (named, FORMATTING), write(), look).await?;
    Ok(Formatted {
        status: FORMATTING.done,
        spreadsheet_id: book.id.clone(),
        range: visible(&place.tab.range(cells)),
        untrusted: cx.fence("cells").notice(),
    })
}

/// A format, and the mask of what of it is set.
type Style = (CellFormat, Vec<&'static str>);

impl FormatRange {
    fn style(&self) -> Result<Style, ToolError> {
        let mut format = CellFormat::default();
        let mut text = TextFormat::default();
        let mut fields = Vec::new();
        if let Some(pattern) = &self.number_format {
            format.number_format = Some(number_format(pattern));
            fields.push("numberFormat");
        }
        if self.bold.is_some() {
            text.bold = self.bold;
            fields.push("textFormat.bold");
        }
        if self.italic.is_some() {
            text.italic = self.italic;
            fields.push("textFormat.italic");
        }
        if let Some(name) = &self.text_color {
            text.foreground_color_style = Some(color("text_color", name)?);
            fields.push("textFormat.foregroundColorStyle");
        }
        if let Some(name) = &self.background {
            format.background_color_style = Some(color("background", name)?);
            fields.push("backgroundColorStyle");
        }
        if let Some(align) = self.align {
            let word = match align {
                Align::Left => "LEFT",
                Align::Center => "CENTER",
                Align::Right => "RIGHT",
            };
            format.horizontal_alignment = Some(word.to_owned());
            fields.push("horizontalAlignment");
        }
        format.text_format = Some(text);
        Ok((format, fields))
    }

    fn changes(&self, (format, fields): Style, (tab, cells): (&TabFacts, Cells)) -> Vec<Change> {
        let mut changes = Vec::new();
        let range = cells.grid(tab.id);
        if !fields.is_empty() {
            changes.push(Change::RepeatCell(Box::new(CellStyle {
                range: range.clone(),
                cell: Styled {
                    user_entered_format: format,
                },
                fields: format!("userEnteredFormat({})", fields.join(",")),
            })));
        }
        if let Some(has) = self.borders {
            let style = if has { "SOLID" } else { "NONE" };
            let line = Border {
                style: Some(style.to_owned()),
                ..Border::default()
            };
            changes.push(Change::UpdateBorders(Box::new(BordersChange {
                range,
                top: line.clone(),
                bottom: line.clone(),
                left: line.clone(),
                right: line.clone(),
                inner_horizontal: line.clone(),
                inner_vertical: line,
            })));
        }
        if let Some(pixel_size) = self.column_width {
            changes.push(Change::UpdateDimensionProperties(Columns {
                range: Dimension {
                    sheet_id: tab.id,
                    along: "COLUMNS",
                    start_index: cells.left - 1,
                    end_index: cells.right,
                },
                properties: Width { pixel_size },
                fields: "pixelSize",
            }));
        }
        changes.extend(self.frozen(tab.id));
        changes
    }

    fn frozen(&self, sheet_id: i32) -> Option<Change> {
        let rows = self.freeze_rows.map(|_| "gridProperties.frozenRowCount");
        let columns = self
            .freeze_columns
            .map(|_| "gridProperties.frozenColumnCount");
        let fields: Vec<&str> = rows.into_iter().chain(columns).collect();
        (!fields.is_empty()).then(|| {
            Change::UpdateSheetProperties(TabChange {
                properties: TabProperties {
                    sheet_id,
                    grid_properties: Some(GridSize {
                        frozen_row_count: self.freeze_rows,
                        frozen_column_count: self.freeze_columns,
                    }),
                    ..TabProperties::default()
                },
                fields: fields.join(","),
            })
        })
    }
}

/// Google wants to be told what kind of values a pattern is for.
fn number_format(pattern: &str) -> NumberFormat {
    let lower = bare(&pattern.to_lowercase());
    let has = |letters: &[char]| lower.contains(letters);
    let kind = if pattern.trim() == "@" {
        "TEXT"
    } else if has(&['y', 'd']) && has(&['h', 's']) {
        "DATE_TIME"
    } else if has(&['y', 'd']) {
        "DATE"
    } else if has(&['h', 's']) && has(&['m', 'h']) {
        "TIME"
    } else if has(&['%']) {
        "PERCENT"
    } else if has(&['$', '€', '£', '¥']) {
        "CURRENCY"
    } else if has(&['e']) && has(&['+']) {
        "SCIENTIFIC"
    } else {
        "NUMBER"
    };
    NumberFormat {
        type_: Some(kind.to_owned()),
        pattern: Some(pattern.trim().to_owned()),
    }
}

/// A pattern without what it shows as it stands and without colours, currencies and conditions: their
/// letters are no days or hours. Time that counts on stands in brackets as well, and stays as an hour.
fn bare(pattern: &str) -> String {
    let mut bare = String::new();
    let mut rest = pattern.chars();
    while let Some(sign) = rest.next() {
        match sign {
            '"' => rest.by_ref().take_while(|it| *it != '"').for_each(drop),
            '\\' => drop(rest.next()),
            '[' => {
                let inner: String = rest.by_ref().take_while(|it| *it != ']').collect();
                match inner.as_str() {
                    "h" | "hh" | "m" | "mm" | "s" | "ss" => bare.push('h'),
                    // A currency; with a dash behind the sign it is a language alone.
                    _ if inner.starts_with('$') && !inner.starts_with("$-") => bare.push('$'),
                    _ => {}
                }
            }
            _ => bare.push(sign),
        }
    }
    bare
}

/// A colour that is written as six hexadecimal digits.
fn color(argument: &'static str, text: &str) -> Result<ColorStyle, ToolError> {
    let digits = text.trim().trim_start_matches('#');
    let is_hex = digits.len() == 6 && digits.bytes().all(|it| it.is_ascii_hexdigit());
    let part = |from: usize| {
        let digits = digits.get(from..from + 2).filter(|_| is_hex)?;
        Some(f32::from(u8::from_str_radix(digits, 16).ok()?) / 255.0)
    };
    let (Some(red), Some(green), Some(blue)) = (part(0), part(2), part(4)) else {
        return Err(ToolError::invalid_argument(
            argument,
            "it is no colour",
            "`#cc0000`",
        ));
    };
    Ok(ColorStyle {
        rgb_color: Some(Color {
            alpha: None,
            red: Some(red),
            green: Some(green),
            blue: Some(blue),
        }),
        theme_color: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_for_the_kind_of_values_that_it_shows_as_a_table() {
        for (pattern, kind) in [
            ("@", "TEXT"),
            ("yyyy-mm-dd", "DATE"),
            ("dd.mm.yyyy hh:mm", "DATE_TIME"),
            ("hh:mm", "TIME"),
            ("[h]:mm:ss", "TIME"),
            ("0.0%", "PERCENT"),
            ("$#,##0", "CURRENCY"),
            ("#,##0.00 €", "CURRENCY"),
            ("0.00E+00", "SCIENTIFIC"),
            ("#,##0.00", "NUMBER"),
            ("#,##0;[Red]-#,##0", "NUMBER"),
            ("[>=100][Yellow]0;0", "NUMBER"),
            ("#,##0 \"USD\"", "NUMBER"),
            ("[$USD] #,##0", "CURRENCY"),
            ("0.0 \"hours\"", "NUMBER"),
            ("0\\d\\h", "NUMBER"),
            ("0 \"\u{20ac} per day\"", "NUMBER"),
            ("[$-409]d mmm yyyy", "DATE"),
            ("[$-409]0.0", "NUMBER"),
            ("[mm]:ss", "TIME"),
            ("[ss]", "TIME"),
            ("d \"of\" mmmm", "DATE"),
        ] {
            assert_eq!(
                number_format(pattern).type_.as_deref(),
                Some(kind),
                "{pattern}"
            );
        }
    }

    #[test]
    fn a_colour_is_six_digits_and_nothing_else() {
        let red = color("background", "#ff0080").unwrap().rgb_color.unwrap();
        assert_eq!((red.red, red.green), (Some(1.0), Some(0.0)));
        for text in ["", "red", "#fff", "#gg0000", "#ff00800", "ü00000"] {
            assert!(color("background", text).is_err(), "{text}");
        }
    }
}
