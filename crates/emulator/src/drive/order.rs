//! `orderBy`: how a list of files is sorted.

use std::cmp::Ordering;

use super::node::{Body, File};

/// One key of an order, falling or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    by: &'static str,
    falls: bool,
}

const KEYS: [&str; 11] = [
    "createdTime",
    "folder",
    "modifiedByMeTime",
    "modifiedTime",
    "name",
    "name_natural",
    "quotaBytesUsed",
    "recency",
    "sharedWithMeTime",
    "starred",
    "viewedByMeTime",
];

/// Reads an order such as `folder,modifiedTime desc,name`; `None` for what is none.
pub(crate) fn read(text: &str) -> Option<Vec<Key>> {
    let keys = text.split(',').map(|part| {
        let mut words = part.split_whitespace();
        let name = words.next()?;
        let by = KEYS.into_iter().find(|known| *known == name)?;
        let falls = match words.next() {
            None => false,
            Some("desc") => true,
            Some(_) => return None,
        };
        words.next().is_none().then_some(Key { by, falls })
    });
    keys.collect()
}

/// How two files stand to each other, as somebody sees them.
pub(crate) fn compare(keys: &[Key], left: &File, right: &File, me: &str) -> Ordering {
    let orders = keys.iter().map(|key| {
        let order = by_key(key.by, left, right, me);
        if key.falls { order.reverse() } else { order }
    });
    let by_keys = orders.fold(Ordering::Equal, Ordering::then);
    by_keys.then_with(|| left.id.cmp(&right.id))
}

fn by_key(key: &str, left: &File, right: &File, me: &str) -> Ordering {
    let time = |file: &File| match key {
        "createdTime" => Some(file.created_ms),
        "modifiedTime" => Some(file.modified_ms),
        "modifiedByMeTime" => file.modified.get(me).copied(),
        "sharedWithMeTime" => file.shared_with.get(me).map(|(ms, _)| *ms),
        "viewedByMeTime" => file.viewed.get(me).copied(),
        _ => {
            let times = [file.viewed.get(me), Some(&file.modified_ms)];
            times.into_iter().flatten().max().copied()
        }
    };
    match key {
        // What is a folder, or has a star, comes first.
        "folder" => right.is_folder().cmp(&left.is_folder()),
        "starred" => right
            .starred_by
            .contains(me)
            .cmp(&left.starred_by.contains(me)),
        "name" => left.name.to_lowercase().cmp(&right.name.to_lowercase()),
        "name_natural" => natural(&left.name).cmp(&natural(&right.name)),
        "quotaBytesUsed" => size(left).cmp(&size(right)),
        _ => time(left).cmp(&time(right)),
    }
}

fn size(file: &File) -> u64 {
    let bodies = file.revisions.iter().map(|it| &it.body);
    bodies.map(Body::size).sum()
}

/// The parts of a name: text in lower case, and numbers by their value.
fn natural(name: &str) -> Vec<(u128, String)> {
    let mut parts: Vec<(u128, String)> = Vec::new();
    let mut in_number = false;
    for letter in name.to_lowercase().chars() {
        let digit = letter.to_digit(10);
        match (digit, parts.last_mut()) {
            (Some(digit), Some((number, _))) if in_number => {
                *number = number.saturating_mul(10).saturating_add(digit.into());
            }
            (Some(digit), _) => parts.push((digit.into(), String::new())),
            (None, Some((_, text))) if !in_number => text.push(letter),
            (None, _) => parts.push((u128::MAX, letter.to_string())),
        }
        in_number = digit.is_some();
    }
    parts
}
