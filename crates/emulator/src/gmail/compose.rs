//! Writes RFC 5322 messages: from a seed's fields, and completed for sending.

use super::mime::{Parsed, addresses};
use super::rfc822::{Field, fields, with_crlf, without_field};
use super::settings::address::SendAs;
use crate::call::ApiError;
use crate::seed::SeedMessage;
use mail_builder::MessageBuilder;
use mail_builder::headers::address::Address;
use mail_builder::headers::content_type::ContentType;
use mail_builder::headers::date::Date;
use mail_builder::headers::raw::Raw;
use mail_builder::headers::text::Text;
use mail_builder::headers::{Header as _, HeaderType};
use mail_builder::mime::{BodyPart, MimePart};

/// The account that a message is written for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Author<'a> {
    pub(crate) address: &'a str,
    pub(crate) name: &'a str,
    /// The addresses that the account may send as.
    pub(crate) send_as: &'a [SendAs],
}

impl Author<'_> {
    /// Whether a message may be from these addresses.
    fn may_be(self, from: &[String]) -> bool {
        let [only] = from else { return false };
        only.eq_ignore_ascii_case(self.address)
            || self.send_as.iter().any(|known| known.is_usable_as(only))
    }
}

/// The seed's message as it would have arrived at `sent_ms`; `key` makes its ids unlike others'.
pub(crate) fn from_seed(seed: &SeedMessage, owner: Author<'_>, sent_ms: i64, key: &str) -> Vec<u8> {
    if let Some(raw) = &seed.raw {
        return with_crlf(raw.as_bytes());
    }
    let own = format!("{} <{}>", owner.name, owner.address);
    let to = if seed.to.is_empty() {
        own
    } else {
        seed.to.join(", ")
    };
    let mut builder = MessageBuilder::new();
    let given = |name: &str| {
        seed.headers
            .keys()
            .any(|have| have.eq_ignore_ascii_case(name))
    };
    if !given("Message-ID") {
        builder = builder.message_id(format!("{key}@mail.example.com"));
    }
    if !given("Date") {
        builder = builder.date(Date::new(sent_ms.div_euclid(1000)));
    }
    builder = builder
        .header("From", mailboxes(&seed.from))
        .header("To", mailboxes(&to));
    if !seed.cc.is_empty() {
        builder = builder.header("Cc", mailboxes(&seed.cc.join(", ")));
    }
    builder = builder.subject(seed.subject.as_str());
    for (name, value) in &seed.headers {
        builder = builder.header(canonical(name), extra_field(value));
    }
    let mut raw = Vec::new();
    builder.body(body(seed, key)).serialize(&mut raw);
    raw
}

/// `mail-builder` looks for these names in one spelling before it makes its own.
fn canonical(name: &str) -> &str {
    ["Message-ID", "Date", "MIME-Version"]
        .into_iter()
        .find(|known| known.eq_ignore_ascii_case(name))
        .unwrap_or(name)
}

fn extra_field(value: &str) -> HeaderType<'_> {
    if value.is_ascii() {
        Raw::new(value).into()
    } else {
        Text::new(value).into()
    }
}

fn mailboxes(field: &str) -> HeaderType<'static> {
    let (people, grouped) = Field::new("To", field).people();
    if people.is_empty() || grouped {
        return Raw::new(field.to_owned()).into();
    }
    let list = people
        .into_iter()
        .map(|person| Address::new_address(person.name, person.address));
    Address::new_list(list.collect()).into()
}

fn body<'a>(seed: &'a SeedMessage, key: &str) -> MimePart<'a> {
    let mut texts = Vec::new();
    if let Some(text) = &seed.text {
        texts.push(MimePart::new("text/plain", text.as_str()));
    }
    if let Some(html) = &seed.html {
        texts.push(MimePart::new("text/html", html.as_str()));
    }
    let text = match texts.pop() {
        Some(only) if texts.is_empty() => only,
        Some(last) => {
            texts.push(last);
            multipart("multipart/alternative", &format!("=_alt_{key}"), texts)
        }
        None => MimePart::new("text/plain", ""),
    };
    if seed.attachments.is_empty() {
        return text;
    }
    let mut parts = vec![text];
    parts.extend(seed.attachments.iter().map(|attachment| {
        let bytes = attachment.bytes().unwrap_or_default();
        let kind = ContentType::new(attachment.mime_type.as_str())
            .attribute("name", attachment.filename.as_str());
        MimePart::new(kind, BodyPart::from(bytes)).attachment(attachment.filename.as_str())
    }));
    multipart("multipart/mixed", &format!("=_mix_{key}"), parts)
}

fn multipart<'a>(kind: &'a str, boundary: &str, parts: Vec<MimePart<'a>>) -> MimePart<'a> {
    MimePart::new(
        ContentType::new(kind).attribute("boundary", boundary.to_owned()),
        parts,
    )
}

/// The message with what Gmail adds when it is absent: `From`, `Date` and `Message-ID`. A `From`
/// that is neither the author's nor a verified alias is replaced, since nobody may send as another.
pub(crate) fn complete(raw: &[u8], author: Author<'_>, now_ms: i64, key: &str) -> Vec<u8> {
    let mut raw = with_crlf(raw);
    let mut added = Vec::new();
    let parsed = Parsed::new(&raw);
    let from = parsed.root.header("From").map(addresses);
    if !from.is_some_and(|from| author.may_be(&from)) {
        raw = without_field(&raw, "From");
        added.extend_from_slice(b"From: ");
        let name = (!author.name.is_empty()).then_some(author.name);
        Address::new_address(name, author.address).write_header(&mut added, "From: ".len());
    }
    if parsed.root.header("Date").is_none() {
        let date = Date::new(now_ms.div_euclid(1000)).to_rfc822();
        added.extend_from_slice(format!("Date: {date}\r\n").as_bytes());
    }
    if parsed.root.header("Message-ID").is_none() {
        added.extend_from_slice(format!("Message-ID: <CA{key}@mail.gmail.com>\r\n").as_bytes());
    }
    if fields(&raw).0.is_empty() && !raw.starts_with(b"\r\n") {
        added.extend_from_slice(b"\r\n");
    }
    added.extend_from_slice(&raw);
    added
}

/// The recipients of a message, in lower case and without repeats.
///
/// # Errors
/// When a recipient field holds something that is no address.
pub(crate) fn recipients(parsed: &Parsed) -> Result<Vec<String>, ApiError> {
    let mut found = Vec::new();
    for field in ["To", "Cc", "Bcc"] {
        for value in parsed
            .root
            .all_headers(field)
            .filter(|value| !value.trim().is_empty())
        {
            let listed = addresses(value);
            if !is_empty_group(value, &listed)
                && (listed.is_empty() || !listed.iter().all(|address| is_address(address)))
            {
                return Err(ApiError::invalid(format!("Invalid {field} header")));
            }
            for address in listed {
                if !found.contains(&address) {
                    found.push(address);
                }
            }
        }
    }
    Ok(found)
}

/// `undisclosed-recipients:;` is a group of nobody.
fn is_empty_group(value: &str, listed: &[String]) -> bool {
    value.trim_end().ends_with(';') && value.contains(':') && listed.is_empty()
}

/// Whether the text is one bare address.
pub(crate) fn is_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .chars()
                .all(|letter| letter.is_alphanumeric() || letter == '-')
    };
    // RFC 5322, 3.4.1: a local part is a dot-atom or a quoted string.
    let quoted = local.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    let is_quoted = quoted.is_some_and(|text| {
        !text.is_empty()
            && !text.contains(|letter: char| letter.is_control() || "\"\\".contains(letter))
    });
    let is_atom = !local.is_empty()
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains(|letter: char| {
            letter.is_whitespace() || letter.is_control() || "()<>[]:;@\\,\"".contains(letter)
        });
    (is_atom || is_quoted) && domain.contains('.') && domain.split('.').all(is_label)
}

#[cfg(test)]
mod tests;
