//! Separated values: whatever separates them, as CSV or TSV of one form.

use crate::files::{FileError, FileKind, Report, budget::Budget, charset, sink::Sink};

/// How many lines decide what separates the values.
const SAMPLE_LINES: usize = 20;

/// Reads separated values, and writes them with a comma, or a tab where there is one in the file.
pub(super) fn read(
    bytes: &[u8],
    kind: FileKind,
    sink: &mut Sink,
    budget: &Budget,
) -> Result<Report, FileError> {
    let text = charset::decode(bytes);
    // Excel writes the separator it used on a line of its own.
    let (text, given) = match text
        .strip_prefix("sep=")
        .map(|rest| rest.split_at_checked(1))
    {
        Some(Some((separator, rest))) => (rest.trim_start(), separator.bytes().next()),
        _ => (&*text, None),
    };
    let separator = given.unwrap_or_else(|| sniff(text, kind));
    let mut reader = ::csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(separator)
        .from_reader(text.as_bytes());
    let mut record = ::csv::StringRecord::new();
    let out = if separator == b'\t' { '\t' } else { ',' };
    while !sink.is_full() && reader.read_record(&mut record).unwrap_or(false) {
        budget.tick()?;
        write(&record, out, sink);
    }
    Ok(Report::whole())
}

/// The separator that occurs most often outside of quotes, of those that occur in the same number on most lines.
fn sniff(text: &str, kind: FileKind) -> u8 {
    let usual = if kind == FileKind::Tsv { b'\t' } else { b',' };
    let score = |separator: u8| {
        let counts: Vec<_> = text
            .lines()
            .filter(|line| !line.is_empty())
            .take(SAMPLE_LINES)
            .map(|line| unquoted(line, separator))
            .collect();
        let first = counts.first().copied().unwrap_or(0);
        let same = counts.iter().filter(|count| **count == first).count();
        if first == 0 { (0, 0) } else { (same, first) }
    };
    [usual, b';', b'\t', b',', b'|']
        .into_iter()
        .rev()
        .max_by_key(|separator| score(*separator))
        .unwrap_or(usual)
}

fn unquoted(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    let outside = line.bytes().filter(|byte| {
        quoted ^= *byte == b'"';
        *byte == separator && !quoted
    });
    outside.count()
}

fn write(record: &::csv::StringRecord, separator: char, sink: &mut Sink) {
    let mut line = String::new();
    for (index, field) in record.iter().enumerate() {
        if index > 0 {
            line.push(separator);
        }
        if field.contains([separator, '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&field.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(field);
        }
    }
    line.push('\n');
    sink.push(&line);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::budget::tests::plenty;

    fn text(input: &str, kind: FileKind) -> String {
        let mut sink = Sink::new(1000);
        read(input.as_bytes(), kind, &mut sink, &plenty()).unwrap();
        sink.finish().0
    }

    #[test]
    fn the_separator_is_found_and_the_form_is_one() {
        for (input, output) in [
            ("a;b\r\n1,5;2,5\r\n", "a,b\n\"1,5\",\"2,5\""),
            ("a|b\n1|2\n", "a,b\n1,2"),
            ("a\tb\n1\t2\n", "a\tb\n1\t2"),
            ("sep=;\na;b,c\n", "a,\"b,c\""),
            (
                "\"x;y\",\"say \"\"hi\"\"\"\n1,2\n",
                "x;y,\"say \"\"hi\"\"\"\n1,2",
            ),
            ("a,b\n\"two\nlines\",2\n", "a,b\n\"two\nlines\",2"),
            ("one column\nand more\n", "one column\nand more"),
            ("a,b\n1,2,3\n", "a,b\n1,2,3"),
            ("\"never closed,1\n2,3", "\"never closed,1\n2,3\""),
            ("", ""),
        ] {
            assert_eq!(text(input, FileKind::Csv), output);
        }
        assert_eq!(text("a,b\tc\nd,e\tf", FileKind::Tsv), "a,b\tc\nd,e\tf");
    }
}
