//! Input made to hurt: deep, wide, unclosed, repeated.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use toolgate_text::{Limits, Markdown, html_to_markdown};

fn convert(html: &str) -> Markdown {
    html_to_markdown(html, &Limits::default())
}

/// Runs on a stack smaller than any thread's default, so that recursion over the input would show.
fn on_a_small_stack(html: String) -> Markdown {
    let thread = std::thread::Builder::new()
        .stack_size(1024 * 1024)
        .spawn(move || convert(&html));
    thread.unwrap().join().unwrap()
}

#[test]
fn nested_tags_of_any_kind_end_in_an_answer_and_so_do_a_hundred_thousand_of_one() {
    for tag in [
        "div",
        "blockquote",
        "table><tr><td",
        "b",
        "a href='https://e.com/'",
        "p",
        "svg",
        "pre",
    ] {
        let markdown = on_a_small_stack(format!(
            "start <{tag}>{}end",
            format!("<{tag}>").repeat(20_000)
        ));
        assert!(markdown.text.starts_with("start"), "{tag}");
    }
    let closed = format!(
        "{}deep{}after",
        "<div>".repeat(100_000),
        "</div>".repeat(100_000)
    );
    let limits = Limits {
        max_input_bytes: usize::MAX,
        ..Limits::default()
    };
    let markdown = html_to_markdown(&closed, &limits);
    assert_eq!(
        (markdown.text.as_str(), markdown.truncated),
        ("after", true)
    );
}

#[test]
fn text_within_the_depth_limit_is_kept_however_deep_its_nodes_would_be() {
    for (open, close) in [
        ("<div>", "</div>"),
        ("<blockquote>", "</blockquote>"),
        ("<table><tr><td>", "</td></tr></table>"),
    ] {
        let markdown = on_a_small_stack(format!(
            "{}deep{}after",
            open.repeat(150),
            close.repeat(150)
        ));
        assert!(
            markdown.text.contains("deep") && markdown.text.ends_with("after"),
            "{}",
            markdown.text
        );
        assert!(!markdown.truncated);
    }
}

/// Paragraphs, each with an unclosed mark of another style.
fn new_styles(count: u32) -> String {
    (0..count).fold(String::new(), |html, n| {
        html + "<p><b style='color:#" + &format!("{n:06x}'>a</p>")
    })
}

#[test]
fn repetition_does_not_multiply_the_output() {
    let long = "x".repeat(10_000);
    for html in [
        // An unclosed link, bold of ever new styles, a wide cell, a column span in every row.
        format!("<a href='https://e.com/{long}'>{}", "<p>a".repeat(6_000)),
        new_styles(6_000),
        format!(
            "<table><tr><th>{long}<th>b{}",
            "<tr><td>a<td>b".repeat(6_000)
        ),
        "<table>".to_owned() + &"<tr><td colspan=1000 rowspan=1000>a<td>b".repeat(6_000),
        "<b>a</b><b>b</b>".repeat(10_000),
        "<code>a</code><code>b</code>".repeat(8_000),
        "<i></i>".repeat(30_000),
        "<table>a<b></b>".repeat(15_000),
        "<li>".repeat(50_000),
        "</p></div></b>".repeat(15_000),
        "`".repeat(30_000),
        "&nbsp;&zwnj;".repeat(15_000),
        format!("{}{}", "<blockquote>".repeat(400), "a<br>".repeat(30_000)),
    ] {
        let markdown = on_a_small_stack(html.clone());
        assert!(
            markdown.text.len() <= html.len() * 12,
            "{}…: {}",
            &html[..40],
            markdown.text.len()
        );
        assert!(markdown.text.chars().count() <= Limits::default().max_output_chars);
    }
}

#[test]
fn broken_markup_keeps_its_text() {
    for (html, text) in [
        ("<p>a</b></td></table>b", "ab"),
        ("<style>x</style", ""),
        ("a<!-- b", "a"),
        ("a<![CDATA[b]]>c", "ac"),
        ("<div <p>a", "a"),
        ("a < b > c", "a < b > c"),
        ("<textarea>a</textarea>b", "b"),
        ("<xmp><b>a</b></xmp>", "```\n<b>a</b>\n```"),
        ("\u{0}a\u{1}", "a"),
        ("<select><option>a</select>b", "b"),
    ] {
        assert_eq!(convert(html).text, text, "{html}");
    }
}
