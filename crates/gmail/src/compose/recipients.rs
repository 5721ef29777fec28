//! Addresses that somebody typed: taken apart, and checked one by one.

use super::{error::ComposeError, header_value};
use crate::mime::{Mailbox, entries};

/// Addresses of all lists together; Gmail sends to 500 at the most.
const MAX_RECIPIENTS: usize = 500;
/// Bytes of an address on one line, well below the 998 of a header's.
const MAX_ADDRESS: usize = 900;

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
            check_count(argument, recipients.len())?;
        }
    }
    Ok(recipients)
}

/// # Errors
///
/// Refuses more than 500 recipients.
pub(crate) fn check_count(argument: &'static str, count: usize) -> Result<(), ComposeError> {
    if count > MAX_RECIPIENTS {
        return Err(ComposeError::too_many(argument, MAX_RECIPIENTS));
    }
    Ok(())
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
    let checked = mailboxes.into_iter().map(|mailbox| {
        check(argument, &mailbox)?;
        if is_misread(&mailbox, value) {
            return Err(refused(value));
        }
        let email = mailbox.email.clone();
        let usable = usable(mailbox).filter(|mailbox| is_address(&mailbox.email));
        usable.ok_or_else(|| refused(&email))
    });
    checked.collect()
}

/// Whether the parser made something else of a value than it says: it joins `a@exam ple.org`, and takes the first half of
/// `a@example.org b@example.org`, which lacks its comma, for a name.
fn is_misread(mailbox: &Mailbox, value: &str) -> bool {
    let mut words = mailbox.name.iter().flat_map(|name| name.split_whitespace());
    !value.contains(&mailbox.email)
        || words.any(|word| looks_like_one(word) && !word.eq_ignore_ascii_case(&mailbox.email))
}

fn looks_like_one(word: &str) -> bool {
    let word = Mailbox {
        name: None,
        email: word.to_owned(),
    };
    usable(word).is_some_and(|word| is_address(&word.email))
}

/// Refuses a mailbox that must not stand in a header. Whether mail can be sent to it is another question: somebody else may
/// have sent from it.
pub(super) fn check(argument: &'static str, mailbox: &Mailbox) -> Result<(), ComposeError> {
    header_value(argument, &mailbox.email)?;
    if let Some(name) = &mailbox.name {
        header_value(argument, name)?;
    }
    if fits_a_header(&mailbox.email) {
        Ok(())
    } else {
        Err(ComposeError::not_an_address(argument, &mailbox.email))
    }
}

/// The mailbox as mail is sent to it, with its domain in ASCII; none where it does not fit into a header.
pub(super) fn usable(mailbox: Mailbox) -> Option<Mailbox> {
    let (local, domain) = mailbox.email.rsplit_once('@')?;
    let local = unquoted(local);
    let domain = if domain.is_ascii() {
        domain.to_owned()
    } else {
        idna::domain_to_ascii(domain).ok()?
    };
    let email = format!("{local}@{domain}");
    fits_a_header(&email).then_some(Mailbox { email, ..mailbox })
}

fn unquoted(local: &str) -> &str {
    let inner = local.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    inner.unwrap_or(local)
}

/// As it stands in a header: a local part with dots in odd places is quoted, which every mail server has to take.
pub(super) fn written(email: &str) -> String {
    match email.rsplit_once('@') {
        Some((local, domain)) if local.split('.').any(str::is_empty) => {
            format!("\"{local}\"@{domain}")
        }
        _ => email.to_owned(),
    }
}

/// Whether an address stays one address in a header: whatever else it is, it has two halves, and nothing in it ends it.
fn fits_a_header(email: &str) -> bool {
    let breaks =
        |c: char| c.is_whitespace() || c.is_control() || "<>()[],;:\\\"".contains(c) || c == '@';
    email.len() <= MAX_ADDRESS
        && email.rsplit_once('@').is_some_and(|(local, domain)| {
            let mut halves = [local, domain].into_iter();
            halves.all(|half| !half.is_empty() && !half.contains(breaks))
        })
}

/// Whether this is an address that mail can be sent to: a local part, an at sign, a domain of at least two labels. Dots may
/// stand anywhere in the local part, and it may have any length: there are such addresses, whatever the standard says.
fn is_address(email: &str) -> bool {
    email
        .rsplit_once('@')
        .is_some_and(|(local, domain)| is_local_part(local) && is_domain(domain))
}

fn is_local_part(local: &str) -> bool {
    let is_usual = |c: char| c.is_alphanumeric() || "!#$%&'*+-/=?^_`{|}~.".contains(c);
    !local.is_empty() && local.chars().all(is_usual)
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
