//! What a style sheet hides, and how much of one is read.

use toolgate_text::{Limits, Markdown, html_to_markdown};

fn convert(html: &str) -> Markdown {
    html_to_markdown(html, &Limits::default())
}

#[test]
fn simple_rules_of_a_style_sheet_hide_and_others_do_not() {
    for (css, shown) in [
        (".c{display:none}", false),
        ("#i{display:none}", false),
        ("p{display:none}", false),
        ("p.c{display:none}", false),
        ("p#i{display:none}", false),
        ("*{display:none}", false),
        ("b, .c , i{display:none}", false),
        (".C{DISPLAY:NONE}", false),
        (".\\63{display:none}", false),
        (".c/**/{dis/**/play:none}", false),
        (".a\\:b{display:none}", false),
        ("<!-- .c{display:none} -->", false),
        ("@import url(x;y);.c{display:none}", false),
        ("a{b:'}'}.c{display:none}", false),
        (".c{color:#fff}", false),
        (".c{background:#000}", false),
        ("body{color:white}", false),
        (":root{color:white}", false),
        ("@media screen{.c{display:none}}", false),
        ("@media all, print{.c{display:none}}", false),
        (".c{display:none}.c{display:block}", true),
        (".c{display:none!important}.c{display:block}", false),
        ("#i{display:none}.c{display:block}", false),
        (
            ".c{display:none}@media (max-width:1px){.c{display:block}}",
            false,
        ),
        (".c{display:none}x .c{display:block}", false),
        (
            ".c{display:none}@media (min-width:600px){.c{display:block!important}}",
            true,
        ),
        ("@media (max-width:600px){.c{display:none}}", true),
        ("@media print{.c{display:none}}", true),
        ("@supports (x:y){.c{display:none}}", true),
        ("x .c{display:none}", true),
        (".c:hover{display:none}", true),
        (".c::before{display:none}", true),
        (".d{display:none}", true),
        ("b.c{display:none}", true),
        (".c.d{display:none}", true),
        ("body{background:#000;color:#fff}", true),
        ("", true),
    ] {
        for html in [
            format!("<style>{css}</style><p class='a c a:b' id=i>text"),
            format!("<p class='a c a:b' id=i>text</p><STYLE type=text/css>{css}</STYLE>"),
        ] {
            let text = convert(&html).text;
            assert_eq!(text, if shown { "text" } else { "" }, "{css}");
        }
    }
}

#[test]
fn what_an_element_says_itself_is_stronger_than_a_rule_unless_that_is_important() {
    for (css, style, shown) in [
        (".c{display:none}", "display:block", true),
        (".c{display:none!important}", "display:block", false),
        (".c{display:block!important}", "display:none", true),
        (
            ".c{display:block!important}",
            "display:none!important",
            false,
        ),
        (".c{color:#000}", "color:#fff", false),
        (".c{background:navy}", "color:#fff", true),
    ] {
        let html = format!("<style>{css}</style><p class=c style='{style}'>text");
        let text = convert(&html).text;
        assert_eq!(text, if shown { "text" } else { "" }, "{css} {style}");
    }
}

#[test]
fn a_sheet_that_is_none_hides_nothing() {
    for html in [
        "<!-- <style>.c{display:none}</style> --><p class=c>text",
        "<style media=print>.c{display:none}</style><p class=c>text",
        "<script><style>.c{display:none}</style></script><p class=c>text",
        "<textarea><style>.c{display:none}</style></textarea><p class=c>text",
    ] {
        assert!(convert(html).text.ends_with("text"), "{html}");
    }
}

/// A page with a rule for each of many classes.
fn rules(count: u32) -> String {
    (0..count).fold(String::new(), |css, n| css + &format!(".r{n}{{top:0}}"))
}

#[test]
fn a_sheet_of_many_rules_is_read_and_its_last_rule_holds() {
    let html = format!(
        "<style>{}.c{{display:none}}</style><p class=c>hidden<p>seen",
        rules(60_000)
    );
    let markdown = convert(&html);
    assert_eq!(
        (markdown.text.as_str(), markdown.truncated),
        ("seen", false)
    );
}

#[test]
fn beyond_the_bound_of_rules_nothing_is_shown_and_that_is_said() {
    let selectors = ".a,".repeat(20_000);
    let said = "top:0;left:0;right:0;bottom:0;opacity:1;display:block;width:9px;height:9px;\
        max-width:9px;max-height:9px;overflow:auto;position:static;scale:1";
    let html =
        format!("<style>{selectors}.b{{{said}}}.c{{display:none}}</style><p class=c>hidden<p>seen");
    let markdown = convert(&html);
    assert_eq!((markdown.text.as_str(), markdown.truncated), ("", true));
}
