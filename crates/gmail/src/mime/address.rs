//! Lists of addresses.

use std::fmt;

use mail_parser::{Addr, Address, HeaderValue, parsers::MessageStream};

use super::headers::{unfolded, visible_line};

/// A person's name and address.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Mailbox {
    pub(crate) name: Option<String>,
    pub(crate) email: String,
}

impl Mailbox {
    /// Whether both are the same address, whatever their names and case.
    pub(crate) fn is_same_address(&self, other: &Self) -> bool {
        self.email.eq_ignore_ascii_case(&other.email)
    }
}

/// As it can be read back: a name that would come apart in a list is quoted.
impl fmt::Display for Mailbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) if name.contains(['"', '\\', ',', ';', ':', '<', '>', '(', ')', '@']) => {
                let name = name.replace('\\', "\\\\").replace('"', "\\\"");
                write!(f, "\"{name}\" <{}>", self.email)
            }
            Some(name) => write!(f, "{name} <{}>", self.email),
            None => f.write_str(&self.email),
        }
    }
}

/// The addresses of a header such as `To`; groups are taken apart, and what has no address is left out.
pub(crate) fn parse_addresses(list: &str) -> Vec<Mailbox> {
    entries(list).into_iter().filter_map(Result::ok).collect()
}

/// The entries of a list of addresses: mailboxes, and the texts that are none.
pub(crate) fn entries(list: &str) -> Vec<Result<Mailbox, String>> {
    match MessageStream::new(unfolded(list).as_bytes()).parse_address() {
        HeaderValue::Address(Address::List(list)) => list.into_iter().map(mailbox).collect(),
        HeaderValue::Address(Address::Group(groups)) => groups
            .into_iter()
            .flat_map(|group| group.addresses)
            .map(mailbox)
            .collect(),
        _ => Vec::new(),
    }
}

fn mailbox(address: Addr<'_>) -> Result<Mailbox, String> {
    let name = address
        .name
        .map(|name| visible_line(&name))
        .filter(|name| !name.is_empty());
    match address
        .address
        .map(|email| visible_line(&email))
        .filter(|email| !email.is_empty())
    {
        Some(email) => Ok(Mailbox { name, email }),
        None => Err(name.unwrap_or_default()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_that_is_shown_reads_back_as_it_was() {
        let names = [
            "Lee, Ann",
            "a \"b\" \\c",
            "x <y@z.example>",
            "Plain Name",
            "Ö (ü): é",
        ];
        for name in names.map(str::to_owned) {
            let email = "ann@example.org".to_owned();
            let mailbox = Mailbox {
                name: Some(name),
                email,
            };
            let list = format!("{mailbox}, bob@example.org");
            assert_eq!(parse_addresses(&list)[0], mailbox, "{list}");
            assert_eq!(parse_addresses(&list).len(), 2, "{list}");
        }
    }
}
