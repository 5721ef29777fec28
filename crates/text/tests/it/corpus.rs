//! Whole mails as they occur: what a model would read, link by link.

use toolgate_text::{Limits, html_to_markdown};

const CORPUS: [(&str, &str); 7] = [
    ("newsletter", include_str!("../corpus/newsletter.html")),
    ("invitation", include_str!("../corpus/invitation.html")),
    ("invoice", include_str!("../corpus/invoice.html")),
    ("thread", include_str!("../corpus/thread.html")),
    ("outlook", include_str!("../corpus/outlook.html")),
    ("colours", include_str!("../corpus/colours.html")),
    ("hidden", include_str!("../corpus/hidden.html")),
];

fn markdown(html: &str) -> String {
    let markdown = html_to_markdown(html, &Limits::default());
    assert!(!markdown.truncated, "the corpus fits the default limits");
    markdown.text
}

#[test]
fn each_mail_of_the_corpus_reads_as_recorded() {
    for (name, html) in CORPUS {
        insta::assert_snapshot!(name, markdown(html));
    }
}

#[test]
fn hidden_text_is_gone_and_visible_text_is_all_there() {
    let text = markdown(include_str!("../corpus/hidden.html"));
    assert!(
        !text.contains("HIDDEN") && !text.contains("hidden.example"),
        "{text}"
    );
    for word in [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ] {
        assert!(
            text.contains(&format!("Visible {word}.")),
            "{word} in {text}"
        );
    }
}

#[test]
fn text_in_the_colour_of_the_page_is_kept_where_something_else_is_behind_it() {
    let text = markdown(include_str!("../corpus/colours.html"));
    for word in [
        "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve", "thirteen", "fourteen", "fifteen",
    ] {
        assert!(text.contains(&format!("Seen {word}.")), "{word} in {text}");
    }
}

#[test]
fn every_link_that_a_reader_of_the_corpus_can_follow_is_in_the_markdown() {
    let mut links = 0;
    for (name, html) in CORPUS {
        let text = markdown(html);
        for href in visible_hrefs(html) {
            assert!(text.contains(&href), "{href} of {name} in {text}");
            links += 1;
        }
    }
    assert_eq!(links, 30, "the corpus has that many visible links");
}

/// The targets in the corpus, read without a parser: each `href` is in double quotes, and hidden links name their host so.
fn visible_hrefs(html: &str) -> Vec<String> {
    html.split("<a href=\"")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .filter(|href| {
            ["http", "mailto:", "tel:"]
                .iter()
                .any(|scheme| href.starts_with(scheme))
        })
        .filter(|href| !href.contains("hidden.example"))
        .map(|href| {
            href.replace("&amp;", "&")
                .replace('|', "%7C")
                .replace(' ', "%20")
        })
        .map(|href| href.trim_start_matches("mailto:").to_owned())
        .collect()
}
