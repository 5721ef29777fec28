//! The pages of the application itself. Whatever people and models say is escaped.

use crate::chat::{Chat, Line};

/// What the application is called.
pub(crate) const APP: &str = "Mail chat";

const STYLE: &str = "body{font:1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:2rem auto;padding:0 1rem}\
    :root{color-scheme:light dark}p.me{text-align:right}input{font:inherit;padding:.5rem;width:70%}\
    button{font:inherit;padding:.5rem 1rem}";

pub(crate) fn login() -> String {
    let form = "<h1>Who are you?</h1><form method=\"post\" action=\"/login\">\
        <input name=\"name\" required maxlength=\"40\" aria-label=\"Your name\" placeholder=\"alice\"> \
        <button>Log in</button></form>";
    page("", form)
}

pub(crate) fn chat(person: &str, chat: &Chat) -> String {
    let lines: String = chat.lines.iter().map(line).collect();
    // Without a script: the page asks again while something is under way.
    let (again, end) = if chat.is_busy {
        let again = "<meta http-equiv=\"refresh\" content=\"1\">";
        (again, "<p>One moment, or as long as you need.</p>")
    } else {
        let form = "<form method=\"post\" action=\"/say\">\
            <input name=\"text\" required aria-label=\"Your message\" value=\"What is unread?\"> \
            <button>Send</button></form>";
        ("", form)
    };
    let person = escaped(person);
    let connections = "<p><a href=\"/google/connections\">Your Google accounts</a></p>";
    let body = format!("<h1>Chat of {person}</h1>{lines}{end}{connections}");
    page(again, &body)
}

fn line(line: &Line) -> String {
    match line {
        Line::Said(text) => format!("<p class=\"me\">{}</p>", escaped(text)),
        Line::Answered(text) => format!("<p class=\"agent\">{}</p>", escaped(text)),
        Line::Link(url) => format!(
            "<p class=\"agent\">I need to see your mail for that. \
             <a href=\"{}\" target=\"_blank\">Connect Google</a></p>",
            escaped(url)
        ),
    }
}

fn page(head: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">{head}<title>{APP}</title>\
         <style>{STYLE}</style>{body}"
    )
}

fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for sign in text.chars() {
        match sign {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
