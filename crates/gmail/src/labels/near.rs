//! What somebody may have meant who named something that is not there.

/// How many near names are told.
const SHOWN: usize = 5;
/// Characters of a name that is told.
const LONGEST: usize = 60;

/// The names nearest to `wanted`, as what a good value looks like. Where none is near, the first ones
/// are told.
pub(crate) fn near<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let wanted = plain(wanted);
    let rank = |name: &'a str| {
        let distance = distance(&wanted, name);
        let is_near = distance <= 1 + wanted.len() / 3;
        (if is_near { distance } else { usize::MAX }, name)
    };
    let mut ranked: Vec<(usize, &str)> = names.map(rank).collect();
    ranked.sort_by_key(|(distance, _)| *distance);
    let names: Vec<String> = ranked
        .into_iter()
        .take(SHOWN)
        .map(|(_, name)| format!("`{}`", name.chars().take(LONGEST).collect::<String>()))
        .collect();
    if names.is_empty() {
        return "one that a list shows; there are none yet".to_owned();
    }
    format!("one that exists, such as {}", names.join(", "))
}

fn plain(name: &str) -> Vec<char> {
    let letters = name.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).take(LONGEST).collect()
}

/// How many letters differ; a name within the other is as good as one slip.
fn distance(wanted: &[char], name: &str) -> usize {
    let name = plain(name);
    let (short, long) = if wanted.len() < name.len() {
        (wanted, &name[..])
    } else {
        (&name[..], wanted)
    };
    if short.len() >= 3 && long.windows(short.len()).any(|part| part == short) {
        return 1;
    }
    let mut row: Vec<usize> = (0..=long.len()).collect();
    for (index, letter) in short.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = index + 1;
        for (column, other) in long.iter().enumerate() {
            let substituted = diagonal + usize::from(letter != other);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[long.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_are_told_first_and_only_a_few() {
        let names = [
            "Travel/2026",
            "Projects",
            "Receipts",
            "Prospects",
            "Inbox zero",
            "Zoo",
        ];
        for (wanted, first) in [
            ("project", "Projects"),
            ("recipts", "Receipts"),
            ("travel", "Travel/2026"),
            ("TRAVEL-2026", "Travel/2026"),
            ("zo", "Zoo"),
            ("Label_99", "Travel/2026"),
        ] {
            let told = near(wanted, names.into_iter());
            assert!(
                told.contains(&format!("such as `{first}`")),
                "{wanted}: {told}"
            );
            assert_eq!(told.matches('`').count(), 2 * SHOWN, "{told}");
        }
        assert!(near("x", std::iter::empty()).contains("none yet"));
    }

    #[test]
    fn names_of_any_length_and_script_are_compared() {
        let long = "ü".repeat(10_000);
        let told = near(&long, [long.as_str(), ""].into_iter());
        assert!(told.chars().count() < 200, "{told}");
    }
}
