//! HTML that an account may store: without scripts and whatever else acts by itself.

use scraper::{ElementRef, Html, Node};

/// Elements that go with all that they hold.
const DROPPED: &[&str] = &[
    "applet", "base", "embed", "form", "frame", "frameset", "head", "iframe", "link", "meta",
    "object", "script", "style", "title",
];

/// Elements without an end.
const VOID: &[&str] = &["area", "br", "col", "hr", "img", "wbr"];

/// Attributes that hold an address.
const ADDRESSES: &[&str] = &["action", "background", "cite", "formaction", "href", "src"];

/// The HTML as it is stored.
pub(crate) fn html(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    write_children(Html::parse_fragment(text).root_element(), &mut out);
    out
}

fn write_children(parent: ElementRef<'_>, out: &mut String) {
    for child in parent.children() {
        match child.value() {
            Node::Text(text) => escape(text, out),
            Node::Element(_) => {
                if let Some(element) = ElementRef::wrap(child) {
                    write_element(element, out);
                }
            }
            _ => {}
        }
    }
}

fn write_element(element: ElementRef<'_>, out: &mut String) {
    let name = element.value().name();
    if DROPPED.contains(&name) {
        return;
    }
    if !is_name(name) {
        return write_children(element, out);
    }
    out.push('<');
    out.push_str(name);
    for (attribute, value) in element.value().attrs() {
        if is_harmless(attribute, value) {
            out.push(' ');
            out.push_str(attribute);
            out.push_str("=\"");
            escape(value, out);
            out.push('"');
        }
    }
    out.push('>');
    if !VOID.contains(&name) {
        write_children(element, out);
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
}

fn is_harmless(name: &str, value: &str) -> bool {
    let compact: String = value
        .chars()
        .filter(|letter| !letter.is_whitespace() && !letter.is_control())
        .collect();
    let scheme = compact.split_once(':').map(|(scheme, _)| scheme);
    let is_script = scheme.is_some_and(|scheme| {
        ["javascript", "vbscript", "data"]
            .iter()
            .any(|bad| scheme.eq_ignore_ascii_case(bad))
    });
    is_name(name)
        && !name.starts_with("on")
        && name != "srcdoc"
        && !(ADDRESSES.contains(&name) && is_script)
}

/// The parser takes almost anything for a name, such as `scr<script`.
fn is_name(name: &str) -> bool {
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::html;

    #[test]
    fn what_acts_by_itself_goes_and_the_rest_stays() {
        let table = [
            ("", ""),
            ("Alice", "Alice"),
            ("<b>A</b> &amp; B<br>", "<b>A</b> &amp; B<br>"),
            (
                r#"<div style="color: red">A</div>"#,
                r#"<div style="color: red">A</div>"#,
            ),
            ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
            ("<SCRIPT src=x></SCRIPT>a<!-- c -->", "a"),
            (
                r#"<img src="https://x/y.png" onerror="z()">"#,
                r#"<img src="https://x/y.png">"#,
            ),
            (
                r#"<a href=" java
script:z()">a</a>"#,
                "<a>a</a>",
            ),
            (
                r#"<a href="https://x/?a=1&amp;b=2">a</a>"#,
                r#"<a href="https://x/?a=1&amp;b=2">a</a>"#,
            ),
            ("<iframe srcdoc='<b>'></iframe><form>x</form>y", "y"),
            ("<scr<script>ipt>a</script>", "ipt&gt;a"),
        ];
        for (given, expected) in table {
            let kept = html(given);
            assert_eq!(kept, expected, "{given}");
            assert_eq!(html(&kept), kept, "storing it again changes nothing");
        }
    }
}
