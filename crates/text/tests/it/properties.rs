//! What holds for any input.

use proptest::{collection::vec, prelude::*};
use toolgate_text::{Limits, html_to_markdown, is_invisible, split_quoted};

const NAMES: &str = "a b body blockquote br caption code div em font form h2 head hr html i img li noscript ol p plaintext pre script span style svg table tbody td template textarea th thead title tr ul xmp x-y";

const ATTRIBUTES: [&str; 13] = [
    "",
    " href=https://e.com/",
    " style='display:none'",
    " style='font-size:0'",
    " hidden",
    " colspan=9",
    " rowspan=9",
    " alt='a | b'",
    " title='t'",
    " width=1",
    " style='white-space:pre'",
    " role=presentation",
    " /",
];

/// A piece of HTML: tags of every kind, in any order, with attributes that matter.
fn piece() -> impl Strategy<Value = String> {
    let names = prop::sample::select(NAMES.split(' ').collect::<Vec<_>>());
    let attributes = prop::sample::select(&ATTRIBUTES[..]);
    prop_oneof![
        (names.clone(), attributes).prop_map(|(name, attributes)| format!("<{name}{attributes}>")),
        names.prop_map(|name| format!("</{name}>")),
        "\\PC{0,12}",
        prop::sample::select(vec![
            "&#8203;", "&amp;", "\u{202e}", "\n", "  ", "```", "> ", "<!--", "-->", "|", "](",
            "\u{0}"
        ])
        .prop_map(str::to_owned),
    ]
}

/// A visible piece with a link in it, closed or not, and the target.
fn link_in_context() -> impl Strategy<Value = (String, Option<String>)> {
    let path = "[a-zA-Z0-9_.~-]{1,12}(/[a-zA-Z0-9_.()-]{0,8})?(\\?[a-z]=[a-z0-9%_*]{0,6})?";
    let context = prop::sample::select(vec![
        ("", ""),
        ("<p>", ""),
        ("<div>", "</div>"),
        ("<table><tr><td>", "</table>"),
        ("<table><tr><th>h<th>i<tr><td>", "<td>x</table>"),
        ("<table>", "</table>"),
        ("<ul><li>", "</ul>"),
        ("<blockquote>", "</blockquote>"),
        ("<pre>", "</pre>"),
        ("<b>", "</b>"),
        ("<h1>", "</h1>"),
        ("<code>", "</code>"),
        ("<table><tr><td><table><tr><td>", "</table></table>"),
        ("<td>", "</tr>"),
    ]);
    let text = prop::sample::select(vec![
        "t",
        "",
        "<b>t</b>",
        "<img src=x>",
        "<p>t</p>",
        "a|b",
        "https://other.example/",
    ]);
    let link =
        (path, context, text, any::<bool>()).prop_map(|(path, (open, close), text, closed)| {
            let href = format!("https://e.com/{path}");
            let end = if closed { "</a>" } else { "" };
            (
                format!("{open}x <a href=\"{href}\">{text}{end}{close}"),
                Some(href),
            )
        });
    prop_oneof![link, "[a-z &]{0,8}".prop_map(|text| (text, None))]
}

fn limits() -> impl Strategy<Value = Limits> {
    (0..400_usize, 0..40_usize, 0..200_usize).prop_map(
        |(max_input_bytes, max_depth, max_output_chars)| Limits {
            max_input_bytes,
            max_depth,
            max_output_chars,
        },
    )
}

proptest! {
    #[test]
    fn any_html_gives_a_bounded_answer_without_invisible_characters(pieces in vec(piece(), 0..60), limits in limits()) {
        let html = pieces.concat();
        for limits in [limits, Limits::default()] {
            let markdown = html_to_markdown(&html, &limits);
            prop_assert!(markdown.text.chars().count() <= limits.max_output_chars);
            prop_assert!(!markdown.text.chars().any(is_invisible), "{:?}", markdown.text);
            prop_assert_eq!(markdown.text.trim(), &markdown.text);
        }
    }

    #[test]
    fn any_text_gives_an_answer_and_splits_without_loss(text in any::<String>()) {
        let markdown = html_to_markdown(&text, &Limits::default());
        prop_assert!(!markdown.text.chars().any(is_invisible));
        let (fresh, quoted) = split_quoted(&text);
        prop_assert_eq!(format!("{fresh}{quoted}"), text);
    }

    #[test]
    fn every_visible_link_is_in_the_output(pieces in vec(link_in_context(), 0..12)) {
        let html: String = pieces.iter().map(|(html, _)| html.as_str()).collect();
        let markdown = html_to_markdown(&html, &Limits::default());
        prop_assert!(!markdown.truncated);
        for href in pieces.iter().filter_map(|(_, href)| href.as_ref()) {
            let encoded = href.replace('(', "%28").replace(')', "%29");
            prop_assert!(markdown.text.contains(href) || markdown.text.contains(&encoded), "{href} of {html} in {}", markdown.text);
        }
    }
}
