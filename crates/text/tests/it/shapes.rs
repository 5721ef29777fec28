//! HTML on the left, Markdown on the right.

use toolgate_text::{Limits, html_to_markdown};

fn check(cases: &[(&str, &str)]) {
    for (html, expected) in cases {
        let markdown = html_to_markdown(html, &Limits::default());
        assert_eq!(markdown.text, *expected, "{html}");
        assert!(!markdown.truncated, "{html}");
    }
}

#[test]
fn blocks_become_paragraphs_headings_lists_quotes_and_code() {
    check(&[
        ("", ""),
        ("plain &amp; simple &euro; &#x41;", "plain & simple € A"),
        ("<p>a<p>b", "a\n\nb"),
        ("<div>a</div><div>b</div>", "a\n\nb"),
        ("a<br>b<br/>c", "a\nb\nc"),
        ("<h2>A <b>b</b><br>c</h2>d", "## A **b** c\n\nd"),
        (
            "<ul><li>a<li>b<ol><li>c<li>d</ol></ul>",
            "- a\n- b\n  1. c\n  2. d",
        ),
        ("<ul><li><p>a</p></li><li><p>b</p></li></ul>", "- a\n\n- b"),
        (
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            "> a\n>\n> > b",
        ),
        (
            "<pre>\n  a\n\n\n  <b>b</b> &lt;</pre>",
            "```\n  a\n\n\n  b <\n```",
        ),
        ("<pre><code>a```b</code></pre>", "````\na```b\n````"),
        ("use <code>a_b</code> now", "use `a_b` now"),
        ("a<hr>b", "a\n\n---\n\nb"),
        ("<dl><dt>a<dd>b<dt>c<dd>d</dl>", "a\n\nb\n\nc\n\nd"),
        ("<noscript>a</noscript>", "a"),
        ("<head><title>t</title></head>a", "a"),
    ]);
}

#[test]
fn inline_marks_are_kept_and_merged() {
    check(&[
        (
            "<b>a</b><strong>b</strong> <i>c</i><s>d</s>",
            "**ab** *c*~~d~~",
        ),
        ("<b>a<b>b</b></b>c", "**ab**c"),
        ("a<b> b </b>c", "a **b** c"),
        ("<b></b>a<i> </i>b", "a b"),
        ("<b><p>a</p><p>b</p></b>", "a\n\nb"),
        ("<b style='font-weight:normal'>a</b>", "a"),
        ("<p><b>a</p>b", "**a**\n\nb"),
    ]);
}

#[test]
fn text_is_not_escaped_as_markdown() {
    let text = r"5 * 3 snake_case [x] C:\dir # no 1. one - two <script> a < b";
    let html = text.replace('<', "&lt;");
    check(&[(&html, text)]);
}

#[test]
fn links_keep_their_targets() {
    check(&[
        (
            "<a href='https://e.com/x?a=1&amp;b=2'>t</a>",
            "[t](https://e.com/x?a=1&b=2)",
        ),
        (
            "a <a href='https://e.com'> t </a> b",
            "a [t](https://e.com) b",
        ),
        (
            "<a href='https://e.com'>https://e.com</a>",
            "<https://e.com>",
        ),
        ("<a href='https://e.com'></a>", "<https://e.com>"),
        ("<a href='https://e.com'><img src=x></a>", "<https://e.com>"),
        (
            "<a href='https://e.com'><img src=x alt='a b'></a>",
            "[a b](https://e.com)",
        ),
        (
            "<a href='https://e.com' title='go'><img src=x></a>",
            "[go](https://e.com)",
        ),
        ("<a href='mailto:a@e.com'>a@e.com</a>", "a@e.com"),
        ("<a href='mailto:a@e.com'>Ada</a>", "[Ada](mailto:a@e.com)"),
        (
            "<a href='https://evil.example/'>https://bank.example/</a>",
            "[https://bank.example/](https://evil.example/)",
        ),
        ("<a href='//e.com/x'>t</a>", "[t](https://e.com/x)"),
        (
            "<a href='https://e.com/'><h3>#1 a</h3><p>b</p></a>",
            "[#1 a b](https://e.com/)",
        ),
        (
            "<a href='https://e.com/'>#rust</a>",
            "[#rust](https://e.com/)",
        ),
        (
            "<a href='https://e.com/'>a]b</a>",
            "[a\\]b](https://e.com/)",
        ),
        (
            "<a href='https://e.com/1'>a<a href='https://e.com/2'>b</a>",
            "[a](https://e.com/1)[b](https://e.com/2)",
        ),
        (
            "<p><a href='https://e.com/'>a</p><p>b</p>",
            "[a](https://e.com/)\n\nb",
        ),
        (
            "<map><area href='https://e.com/m' alt='m'></map>",
            "[m](https://e.com/m)",
        ),
        (
            "<a href='javascript:x()'>a</a><a href='data:x'>b</a><a href='/c'>c</a><a>d</a>",
            "abcd",
        ),
    ]);
}

#[test]
fn images_are_their_alternative_text_and_pixels_nothing() {
    check(&[
        ("<img alt='a  photo' src=x>", "a photo"),
        ("<img src=x>", ""),
        ("<img alt=p width=1 height=1 src=x>", ""),
        ("<img alt=p style='height:1px' src=x>", ""),
        ("<img alt=p width='100%' src=x>", "p"),
        (
            "<a href='https://e.com'><img width=1 height=1 src=x></a>",
            "",
        ),
    ]);
}

#[test]
fn tables_of_data_become_tables() {
    let expected = "| a | b |\n| --- | --- |\n| 1 | 2 |";
    check(&[
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", expected),
        (
            "<table><thead><tr><td>a</td><td>b</td></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
            expected,
        ),
        (
            "<table><form><tr><td>a</td><td>b</td></tr><tr><td>1</td><td>2</td></tr></form></table>",
            expected,
        ),
        (
            "<table><tr><div hidden>x</div><td>a<td>b<tr><td>1<td>2</table>",
            expected,
        ),
        ("<table><td>a<td>b<tr><td>1<td>2</table>", expected),
        (
            "<table><tr><td>a</td><td>b</td></tr></tr><tr></tr><tr><td>1</td><td>2</td></tr></table>",
            expected,
        ),
        (
            "<table><tr><th>a<th>b<tr><td><p>1</p><p>x|y</p><td></table>",
            "| a | b |\n| --- | --- |\n| 1<br>x\\|y | |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td colspan=2>1</table>",
            "| a | b |\n| --- | --- |\n| 1 | |",
        ),
        (
            "<table><tr><th>a<th>b<tr><td rowspan=2>1<td>2<tr><td>3</table>",
            "| a | b |\n| --- | --- |\n| 1 | 2 |\n| | 3 |",
        ),
        (
            "<table><caption>c</caption><tr><td>a<td>b<tr><td>1<td>2</table>",
            "c\n\n| a | b |\n| --- | --- |\n| 1 | 2 |",
        ),
    ]);
}

#[test]
fn tables_of_layout_become_running_text() {
    check(&[
        ("<table><tr><td>a</table>", "a"),
        (
            "<table><tr><td><table><tr><td>a<td>b</table><td>c</table>",
            "a | b | c",
        ),
        (
            "<table role=presentation><tr><td>a<td>b<tr><td>c<td>d</table>",
            "a | b\nc | d",
        ),
        (
            "<table><tr><td><p>a</p><p>b</p><td>c</table>",
            "a\n\nb\n\nc",
        ),
        ("<table>loose<tr><td>a</table>", "loose\n\na"),
        ("<table><table><tr><td>a</table>", "a"),
        ("<table><tr><td>a<b>b</table>c", "a**b**\n\nc"),
        ("<tr><td>a</td></tr>b", "a\n\nb"),
    ]);
}

#[test]
fn white_space_collapses_except_where_it_is_text() {
    check(&[
        (" a \n b\t&nbsp; c ", "a b c"),
        ("<b>a</b> <i>b</i>", "**a** *b*"),
        ("<p> a </p>\n\n<p>&nbsp;</p>\n<p> b </p>", "a\n\nb"),
        (
            "<div style='white-space:pre-wrap'>a\nb\n\nc</div>",
            "a\nb\n\nc",
        ),
    ]);
}

#[test]
fn output_ends_at_a_word_within_the_limit_and_says_so() {
    let html = "<p>one two three four</p><p>five</p>";
    for (max, text, truncated) in [
        (0, "", true),
        (9, "one two", true),
        (18, "one two three four", true),
        (24, "one two three four\n\nfive", false),
    ] {
        let limits = Limits {
            max_output_chars: max,
            ..Limits::default()
        };
        let markdown = html_to_markdown(html, &limits);
        assert_eq!(
            (markdown.text.as_str(), markdown.truncated),
            (text, truncated),
            "{max}"
        );
    }
    let limits = Limits {
        max_input_bytes: 6,
        ..Limits::default()
    };
    let markdown = html_to_markdown("<p>ééé</p>", &limits);
    assert_eq!((markdown.text.as_str(), markdown.truncated), ("é", true));
}
