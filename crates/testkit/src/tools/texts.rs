//! The texts of a result, as a model reads them.

use serde_json::Value;

/// All texts of a result, each with its place: `.files.name`.
pub fn texts_of(value: &Value) -> Vec<(String, &str)> {
    let mut out = Vec::new();
    texts("", value, &mut out);
    out
}

fn texts<'a>(place: &str, value: &'a Value, out: &mut Vec<(String, &'a str)>) {
    match value {
        Value::String(text) => out.push((place.to_owned(), text)),
        Value::Array(items) => items.iter().for_each(|item| texts(place, item, out)),
        Value::Object(members) => {
            for (name, member) in members {
                texts(&format!("{place}.{name}"), member, out);
            }
        }
        _ => {}
    }
}

/// The name of the fence around a text, where it stands in one from its first character to its last.
pub fn fence_of<'a>(text: &'a str, kinds: &[&str]) -> Option<&'a str> {
    let (open, _) = text.split_once('\n')?;
    let name = open.strip_prefix('<')?.strip_suffix('>')?;
    let (kind, nonce) = name.split_once('-')?;
    let is_nonce = nonce.len() == 8 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_whole = text.ends_with(&format!("\n</{name}>")) && text.matches(name).count() == 2;
    (kinds.contains(&kind) && is_nonce && is_whole).then_some(name)
}

/// Whether nobody sees a character where others' words are shown.
pub fn is_unseen(c: char) -> bool {
    (c.is_control() && !"\n\t".contains(c))
        || matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}
