//! Addresses that somebody typed: taken apart, and checked one by one.

use super::{error::ComposeError, header_value};
use crate::mime::{Mailbox, entries};

/// Addresses of one argument; Gmail sends to 500 at the most.
const MAX_RECIPIENTS: usize = 500;

/// The addresses in an argument, each of whose values is one address or a list of them, each address once.
///
/// # Errors
///
/// Refuses control characters, anything that is not an address, and more than 500.
pub(crate) fn recipients<S: AsRef<str>>(
    argument: &'static str,
    values: &[S],
) -> Result<Vec<Mailbox>, ComposeError> {
    let mut recipients: Vec<Mailbox> = Vec::new();
    for value in values.iter().map(AsRef::as_ref) {
        for mailbox in one_value(argument, value)? {
            if !recipients
                .iter()
                .any(|known| known.is_same_address(&mailbox))
            {
                recipients.push(mailbox);
            }
            if recipients.len() > MAX_RECIPIENTS {
                return Err(ComposeError::too_many(argument, MAX_RECIPIENTS));
            }
        }
    }
    Ok(recipients)
}

fn one_value(argument: &'static str, value: &str) -> Result<Vec<Mailbox>, ComposeError> {
    header_value(argument, value)?;
    let refused = |text: &str| ComposeError::not_an_address(argument, text);
    let mailboxes = entries(value)
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|text| refused(&text))?;
    // `undisclosed-recipients:;` is an address list without addresses; other text without one is a mistake.
    let says_nothing = value.trim().is_empty() || value.trim().ends_with(":;");
    if mailboxes.is_empty() && !says_nothing {
        return Err(refused(value));
    }
    for mailbox in &mailboxes {
        check(argument, mailbox)?;
        if is_misread(mailbox, value) {
            return Err(refused(value));
        }
    }
    Ok(mailboxes)
}

/// Whether the parser made something else of a value than it says: it joins `a@exam ple.org`, and takes the first half of
/// `a@example.org b@example.org`, which lacks its comma, for a name.
fn is_misread(mailbox: &Mailbox, value: &str) -> bool {
    let mut words = mailbox.name.iter().flat_map(|name| name.split_whitespace());
    !value.contains(&mailbox.email)
        || words.any(|word| is_address(word) && !word.eq_ignore_ascii_case(&mailbox.email))
}

/// Refuses a mailbox that must not stand in a header.
pub(super) fn check(argument: &'static str, mailbox: &Mailbox) -> Result<(), ComposeError> {
    header_value(argument, &mailbox.email)?;
    if let Some(name) = &mailbox.name {
        header_value(argument, name)?;
    }
    if is_address(&mailbox.email) {
        Ok(())
    } else {
        Err(ComposeError::not_an_address(argument, &mailbox.email))
    }
}

/// Whether this is an address that mail can be sent to: a dot-atom, an at sign, a domain of at least two labels.
fn is_address(email: &str) -> bool {
    email
        .rsplit_once('@')
        .is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain))
}

fn is_local_part(local: &str) -> bool {
    local.len() <= 64
        && local.split('.').all(|atom| {
            !atom.is_empty()
                && atom
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
        })
}

/// Whether this is a domain of at least two labels, in ASCII.
pub(super) fn is_domain(domain: &str) -> bool {
    domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}
