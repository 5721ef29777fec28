//! Reads an RFC 5322 message into the tree of parts that Gmail shows.

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use mail_parser::decoders::charsets::map::charset_decoder;
use mail_parser::decoders::html::html_to_text;
use serde_json::{Value, json};

use super::rfc822::{self, Field, multipart, transfer_decoded};

/// Containers below this depth are kept as attachments, so that a reply stays within the nesting
/// that ordinary JSON readers accept.
const MAX_DEPTH: usize = 48;

/// Gmail cuts a snippet at about this many characters.
const SNIPPET_CHARS: usize = 200;

/// Header fields that hold addresses.
const ADDRESS_FIELDS: &[&str] = &["from", "to", "cc", "bcc", "reply-to", "sender"];

/// A message, read.
#[derive(Debug, Clone, Default)]
pub(crate) struct Parsed {
    /// The message as a part.
    pub(crate) root: Part,
    /// The text of the plain parts, decoded.
    pub(crate) plain: String,
    /// The text of the HTML parts, without the markup.
    pub(crate) html: String,
    /// The text of all these parts with the markup, in lower case.
    pub(crate) source: String,
}

/// One MIME part as Gmail shows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Part {
    pub(crate) id: String,
    pub(crate) mime_type: String,
    pub(crate) filename: String,
    /// All fields in their order, unfolded, with encoded words decoded.
    pub(crate) headers: Vec<(String, String)>,
    /// The bytes after transfer-decoding, in the part's own charset.
    pub(crate) content: Vec<u8>,
    /// Whether the content is had from `attachments.get` only.
    pub(crate) is_attachment: bool,
    pub(crate) parts: Vec<Part>,
}

impl Parsed {
    /// Reads any bytes: what is not a message is a text without header.
    pub(crate) fn new(raw: &[u8]) -> Self {
        let mut parsed = Self::default();
        parsed.root = parsed.read(
            raw,
            Place {
                id: String::new(),
                depth: 0,
                own_text: true,
            },
        );
        parsed
    }

    /// The first characters of the text, with Gmail's HTML escapes.
    pub(crate) fn snippet(&self) -> String {
        let source = if self.plain.trim().is_empty() {
            &self.html
        } else {
            &self.plain
        };
        let mut words = String::new();
        for word in source.split_whitespace() {
            let room = SNIPPET_CHARS.saturating_sub(words.chars().count() + 1);
            if word.chars().count() > room {
                if words.is_empty() {
                    words.extend(word.chars().take(SNIPPET_CHARS));
                }
                break;
            }
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        escape_html(&words)
    }
}

impl Part {
    /// The value of the first field with this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self
            .headers
            .iter()
            .find(|(have, _)| have.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// The values of all fields with this name.
    pub(crate) fn all_headers(&self, name: &str) -> impl Iterator<Item = &str> {
        self.headers
            .iter()
            .filter(move |(have, _)| have.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    /// This part and all below it, in document order.
    pub(crate) fn walk(&self) -> Vec<&Part> {
        let mut found = vec![self];
        for child in &self.parts {
            found.extend(child.walk());
        }
        found
    }

    /// The part as `MessagePart` of the API.
    pub(crate) fn to_json(&self, message_id: &str) -> Value {
        let mut part = json!({
            "partId": self.id,
            "mimeType": self.mime_type,
            "filename": self.filename,
            "headers": headers_json(&self.headers, &[]),
            "body": self.body_json(message_id),
        });
        if !self.parts.is_empty() {
            part["parts"] = self
                .parts
                .iter()
                .map(|child| child.to_json(message_id))
                .collect();
        }
        part
    }

    fn body_json(&self, message_id: &str) -> Value {
        let mut body = json!({ "size": self.content.len() });
        if self.is_attachment {
            body["attachmentId"] = self.attachment_id(message_id).into();
        } else if !self.content.is_empty() {
            body["data"] = URL_SAFE.encode(&self.content).into();
        }
        body
    }

    /// The token with which `attachments.get` finds this part's content in that message.
    pub(crate) fn attachment_id(&self, message_id: &str) -> String {
        format!(
            "ANGjdJ{}",
            URL_SAFE_NO_PAD.encode(format!("{message_id}/{}", self.id))
        )
    }

    /// The content as `MessagePartBody` of the API, for `attachments.get`.
    pub(crate) fn content_json(&self) -> Value {
        json!({ "size": self.content.len(), "data": URL_SAFE.encode(&self.content) })
    }
}

/// Header fields as the API lists them: all, or those named.
pub(crate) fn headers_json(headers: &[(String, String)], only: &[String]) -> Value {
    headers
        .iter()
        .filter(|(name, _)| {
            only.is_empty() || only.iter().any(|wanted| wanted.eq_ignore_ascii_case(name))
        })
        .map(|(name, value)| json!({ "name": name, "value": value }))
        .collect()
}

/// The bare addresses of an address field, in lower case.
pub(crate) fn addresses(field: &str) -> Vec<String> {
    let (people, _) = Field::new("To", field).people();
    people
        .into_iter()
        .map(|person| person.address.to_lowercase())
        .collect()
}

/// The message ids of a field such as `References`, without angle brackets.
pub(crate) fn message_ids(field: &str) -> Vec<String> {
    Field::new("References", field).message_ids()
}

/// Where a part stands.
struct Place {
    id: String,
    depth: usize,
    /// Whether its text is the message's, and not that of a message attached to it.
    own_text: bool,
}

impl Place {
    fn child(&self, index: usize, own_text: bool) -> Self {
        let id = if self.id.is_empty() {
            index.to_string()
        } else {
            format!("{}.{index}", self.id)
        };
        Self {
            id,
            depth: self.depth + 1,
            own_text: self.own_text && own_text,
        }
    }
}

impl Parsed {
    /// Reads a part, and gathers the text of those that are the message's own.
    fn read(&mut self, raw: &[u8], place: Place) -> Part {
        let (fields, body_start) = rfc822::fields(raw);
        let body = raw.get(body_start..).unwrap_or_default();
        let named = |name: &str| {
            fields
                .iter()
                .find(|field| field.name.eq_ignore_ascii_case(name))
        };
        let kind = named("Content-Type").and_then(Field::content_type);
        let disposition = named("Content-Disposition").and_then(Field::content_type);
        let parameter = |name: &str| kind.as_ref()?.attribute(name).map(ToOwned::to_owned);
        let mut part = Part {
            mime_type: kind.as_ref().map_or_else(
                || "text/plain".to_owned(),
                |kind| {
                    format!("{}/{}", kind.ctype(), kind.subtype().unwrap_or("plain")).to_lowercase()
                },
            ),
            filename: disposition
                .and_then(|disposition| disposition.attribute("filename").map(ToOwned::to_owned))
                .or_else(|| parameter("name"))
                .unwrap_or_default(),
            headers: fields.iter().map(shown_field).collect(),
            ..Part::default()
        };
        let is_deep = place.depth >= MAX_DEPTH;
        let inner = parameter("boundary")
            .filter(|_| part.mime_type.starts_with("multipart/") && !is_deep)
            .and_then(|boundary| multipart(body, &boundary));
        if let Some(inner) = inner {
            let children = inner.into_iter().enumerate();
            part.parts = children
                .map(|(index, raw)| self.read(raw, place.child(index, true)))
                .collect();
        } else {
            let encoding = named("Content-Transfer-Encoding")
                .map(Field::text)
                .unwrap_or_default();
            part.content = transfer_decoded(body, &encoding);
            part.is_attachment = !part.filename.is_empty() || !part.mime_type.starts_with("text/");
            if part.mime_type == "message/rfc822" && !is_deep {
                part.parts = vec![self.read(&part.content, place.child(0, false))];
            } else if place.own_text && !part.is_attachment {
                self.add_text(&part, parameter("charset").as_deref());
            }
        }
        part.id = place.id;
        part
    }

    fn add_text(&mut self, part: &Part, charset: Option<&str>) {
        let text = match charset.and_then(|charset| charset_decoder(charset.as_bytes())) {
            Some(decode) => decode(&part.content),
            None => String::from_utf8_lossy(&part.content).into_owned(),
        };
        self.source.push_str(&text.to_lowercase());
        self.source.push('\n');
        if part.mime_type == "text/html" {
            self.html.push_str(&html_to_text(&with_gaps(&text)));
            self.html.push('\n');
        } else {
            self.plain.push_str(&text);
            self.plain.push('\n');
        }
    }
}

/// HTML in which what stands in different blocks stays apart when the markup goes.
fn with_gaps(html: &str) -> String {
    const INLINE: &[&str] = &[
        "a", "b", "i", "u", "s", "em", "strong", "span", "font", "small", "sub", "sup", "code",
    ];
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    for (at, piece) in html.split('<').enumerate() {
        if at > 0 {
            let tag = piece.trim_start_matches('/');
            let end = tag.find(|letter: char| !letter.is_ascii_alphanumeric());
            let name = tag[..end.unwrap_or(tag.len())].to_ascii_lowercase();
            if !INLINE.contains(&name.as_str()) {
                out.push(' ');
            }
            out.push('<');
        }
        out.push_str(piece);
    }
    out
}

fn shown_field(field: &Field) -> (String, String) {
    let is_address = ADDRESS_FIELDS
        .iter()
        .any(|name| name.eq_ignore_ascii_case(&field.name));
    let people = if is_address && field.is_encoded() {
        shown_people(field)
    } else {
        None
    };
    (field.name.clone(), people.unwrap_or_else(|| field.text()))
}

/// Addresses with decoded names; a name that would read as several addresses is quoted.
fn shown_people(field: &Field) -> Option<String> {
    let (people, grouped) = field.people();
    if grouped || people.is_empty() {
        return None;
    }
    let shown = people.into_iter().map(|person| match person.name {
        Some(name) if name.contains(SPECIALS) => {
            let name = name.replace('\\', "\\\\").replace('"', "\\\"");
            format!("\"{name}\" <{}>", person.address)
        }
        Some(name) => format!("{name} <{}>", person.address),
        None => person.address,
    });
    Some(shown.collect::<Vec<_>>().join(", "))
}

const SPECIALS: &[char] = &[
    '(', ')', '<', '>', '[', ']', ':', ';', '@', '\\', ',', '.', '"',
];

fn escape_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests;
