//! The size of a result: bounded, and never silently.

use serde_json::{Map, Value, json};

/// The least budget: what it takes to say that something was left out.
pub const LEAST: usize = 200;

/// Cuts a result down to `budget` characters of compact JSON and says so: `truncated` at the top,
/// a marker in each text that was cut, `items_left_out` where lists had to be shortened too.
/// Identifiers are not cut.
pub(crate) fn fit(result: Value, budget: usize) -> Value {
    if size(&result) <= budget {
        return result;
    }
    let marked = mark(result);
    by_texts(&marked, budget)
        .or_else(|| by_items(&marked, budget))
        .unwrap_or_else(nothing_fits)
}

fn size(value: &Value) -> usize {
    value.to_string().chars().count()
}

fn mark(result: Value) -> Value {
    let mut object = match result {
        Value::Object(object) => object,
        other => Map::from_iter([("result".to_owned(), other)]),
    };
    object.insert("truncated".to_owned(), json!(true));
    Value::Object(object)
}

fn nothing_fits() -> Value {
    json!({
        "truncated": true,
        "message": "the result is too large to show; ask for less of it",
    })
}

/// The longest length of texts at which the whole fits.
fn by_texts(value: &Value, budget: usize) -> Option<Value> {
    let longest = longest_text(value, "");
    largest(longest, |length| {
        let cut = cut_texts(value, "", length);
        (size(&cut) <= budget).then_some(cut)
    })
}

/// The longest length of lists at which the whole fits, with texts cut as short as they get.
fn by_items(value: &Value, budget: usize) -> Option<Value> {
    let short = cut_texts(value, "", 0);
    largest(longest_list(&short), |length| {
        let mut left_out = 0;
        let mut cut = cut_lists(&short, length, &mut left_out);
        if let Value::Object(object) = &mut cut {
            object.insert("items_left_out".to_owned(), json!(left_out));
        }
        (size(&cut) <= budget).then_some(cut)
    })
}

/// What the largest length up to `most` makes, of those that make something; by bisection.
fn largest(most: usize, make: impl Fn(usize) -> Option<Value>) -> Option<Value> {
    let (mut low, mut high) = (0, most);
    let mut best = make(0)?;
    while low < high {
        let middle = low + (high - low).div_ceil(2);
        match make(middle) {
            Some(fits) => {
                best = fits;
                low = middle;
            }
            None => high = middle - 1,
        }
    }
    Some(best)
}

/// Names and handles are whole or useless.
fn is_identifier(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    [
        "id", "ids", "next", "cursor", "token", "etag", "link", "url",
    ]
    .iter()
    .any(|end| key.ends_with(end))
}

fn longest_text(value: &Value, key: &str) -> usize {
    match value {
        Value::String(_) if is_identifier(key) => 0,
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items
            .iter()
            .map(|it| longest_text(it, key))
            .max()
            .unwrap_or(0),
        Value::Object(members) => members
            .iter()
            .map(|(name, it)| longest_text(it, name))
            .max()
            .unwrap_or(0),
        _ => 0,
    }
}

fn cut_texts(value: &Value, key: &str, length: usize) -> Value {
    match value {
        Value::String(text) if !is_identifier(key) => Value::String(cut_text(text, length)),
        Value::Array(items) => items.iter().map(|it| cut_texts(it, key, length)).collect(),
        Value::Object(members) => members
            .iter()
            .map(|(name, it)| (name.clone(), cut_texts(it, name, length)))
            .collect(),
        other => other.clone(),
    }
}

/// Cuts where that makes the text shorter.
fn cut_text(text: &str, length: usize) -> String {
    let count = text.chars().count();
    let marker = format!(
        "… [truncated: {} more characters]",
        count.saturating_sub(length)
    );
    if count <= length + marker.chars().count() {
        return text.to_owned();
    }
    text.chars().take(length).chain(marker.chars()).collect()
}

fn longest_list(value: &Value) -> usize {
    match value {
        Value::Array(items) => items
            .iter()
            .map(longest_list)
            .max()
            .unwrap_or(0)
            .max(items.len()),
        Value::Object(members) => members.values().map(longest_list).max().unwrap_or(0),
        _ => 0,
    }
}

fn cut_lists(value: &Value, length: usize, left_out: &mut usize) -> Value {
    match value {
        Value::Array(items) => {
            *left_out += items.len().saturating_sub(length);
            items
                .iter()
                .take(length)
                .map(|it| cut_lists(it, length, left_out))
                .collect()
        }
        Value::Object(members) => members
            .iter()
            .map(|(name, it)| (name.clone(), cut_lists(it, length, left_out)))
            .collect(),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Results as tools make them: items with an id, texts of all lengths and scripts, lists.
    fn results() -> impl Strategy<Value = Value> {
        let text = prop_oneof![".{0,40}", "[a-zäß\"\\\\\n😀]{0,400}", "x{300,1500}"];
        let item = (
            "[a-z0-9]{1,24}",
            text.clone(),
            prop::collection::vec(text, 0..3),
            any::<i64>(),
        );
        let item = item.prop_map(|(id, body, lines, number)| {
            json!({"id": id, "body": body, "lines": lines, "number": number})
        });
        prop::collection::vec(item, 0..20).prop_map(|items| json!({"items": items, "next": "n1"}))
    }

    fn ids(value: &Value) -> Vec<&str> {
        let items = value["items"]
            .as_array()
            .map(Vec::as_slice)
            .unwrap_or_default();
        items.iter().filter_map(|it| it["id"].as_str()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn a_result_is_never_over_budget_and_says_what_is_missing(
            result in results(),
            budget in LEAST..20_000_usize,
        ) {
            let whole = size(&result);
            let fitted = fit(result.clone(), budget);
            prop_assert!(size(&fitted) <= budget);
            if whole <= budget {
                prop_assert_eq!(fitted, result);
                return Ok(());
            }
            prop_assert_eq!(&fitted["truncated"], &json!(true));
            let (before, after) = (ids(&result), ids(&fitted));
            match fitted.get("items_left_out") {
                None if fitted.get("message").is_none() => {
                    prop_assert_eq!(before, after);
                    prop_assert_eq!(&fitted["next"], "n1");
                }
                None => prop_assert!(after.is_empty()),
                Some(count) => {
                    prop_assert!(count.as_u64() > Some(0));
                    prop_assert!(before.starts_with(&after));
                }
            }
        }
    }

    #[test]
    fn the_budget_is_used_and_not_wasted() {
        let result = json!({"id": "m1", "body": "a".repeat(50_000)});
        let fitted = fit(result, 20_000);
        assert!(size(&fitted) > 19_900, "{}", size(&fitted));
        let body = fitted["body"].as_str().unwrap();
        assert!(body.ends_with("more characters]"), "{body}");
    }

    #[test]
    fn short_texts_stay_whole_beside_a_long_one() {
        let result = json!({"subject": "Lunch on Friday?", "body": "b".repeat(5_000)});
        let fitted = fit(result, 1_000);
        assert_eq!(fitted["subject"], "Lunch on Friday?");
    }

    #[test]
    fn a_list_of_identifiers_is_shortened_with_a_count() {
        let ids: Vec<String> = (0..1_000).map(|n| format!("id-{n:05}")).collect();
        let fitted = fit(json!(ids), 500);
        let kept = fitted["result"].as_array().unwrap().len();
        assert_eq!(fitted["items_left_out"], json!(1_000 - kept));
        assert!(kept > 20);
    }

    #[test]
    fn what_cannot_be_cut_is_replaced_by_words() {
        let members: Map<String, Value> =
            (0..500).map(|n| (format!("name{n}"), json!(n))).collect();
        let fitted = fit(Value::Object(members), LEAST);
        assert_eq!(fitted, nothing_fits());
        assert!(size(&fitted) <= LEAST);
    }
}
