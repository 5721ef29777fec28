//! Whether whoever asks wants JSON rather than a page.

use axum::http::HeaderMap;
use http::header::ACCEPT;

/// How much a media type is wanted: its weight, and whether it was named itself.
type Wanted = (u16, bool);

/// Whether `Accept` prefers `application/json` to HTML. Of two with the same weight, one that is
/// named goes before one that a wildcard stands for.
pub(crate) fn prefers_json(headers: &HeaderMap) -> bool {
    let values = headers.get_all(ACCEPT).iter();
    let ranges: Vec<(&str, u16)> = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(range)
        .collect();
    wanted(&ranges, "application", "json") > wanted(&ranges, "text", "html")
}

fn wanted(ranges: &[(&str, u16)], kind: &str, subtype: &str) -> Wanted {
    let of = |wanted: &str| {
        let mut all = ranges.iter();
        all.find(|(range, _)| range.eq_ignore_ascii_case(wanted))
            .map(|(_, weight)| *weight)
    };
    if let Some(weight) = of(&format!("{kind}/{subtype}")) {
        return (weight, weight > 0);
    }
    let wildcard = of(&format!("{kind}/*")).or_else(|| of("*/*"));
    (wildcard.unwrap_or(0), false)
}

/// One media range and its weight in thousandths. A weight that cannot be read counts as none
/// given, and so as whole.
fn range(text: &str) -> (&str, u16) {
    let mut parts = text.split(';').map(str::trim);
    let range = parts.next().unwrap_or_default();
    let weight = parts.find_map(|part| part.strip_prefix("q=").or_else(|| part.strip_prefix("Q=")));
    (range, weight.and_then(thousandths).unwrap_or(1000))
}

fn thousandths(weight: &str) -> Option<u16> {
    let (whole, decimals) = weight.split_once('.').unwrap_or((weight, ""));
    let whole: u16 = whole.parse().ok()?;
    if decimals.len() > 3 || !decimals.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let decimals: u16 = format!("{decimals:0<3}").parse().ok()?;
    (whole <= 1).then(|| (whole * 1000 + decimals).min(1000))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_given_to_whoever_prefers_it_and_pages_to_everybody_else() {
        let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
        let cases = [
            ("", false),
            ("*/*", false),
            (browser, false),
            ("application/json", true),
            ("Application/JSON", true),
            ("application/json, text/plain, */*", true),
            ("application/json;q=0.9, text/html", false),
            ("application/json, text/html;q=0.9", true),
            ("text/html, application/json", false),
            ("application/json, text/html", false),
            ("application/*", true),
            ("application/json;q=0", false),
            ("application/json;q=0, */*", false),
            ("application/json;q=0.001", true),
            (
                "application/json; charset=utf-8; q=0.5, text/*;q=0.6",
                false,
            ),
            ("image/png", false),
            ("application/json;q=x", true),
        ];
        for (accept, expected) in cases {
            let headers = HeaderMap::from_iter([(ACCEPT, accept.parse().unwrap())]);
            assert_eq!(prefers_json(&headers), expected, "{accept}");
        }
        assert!(!prefers_json(&HeaderMap::new()));
        let two = ["text/html;q=0.1", "application/json"].map(|it| (ACCEPT, it.parse().unwrap()));
        let mut headers = HeaderMap::new();
        for (name, value) in two {
            headers.append(name, value);
        }
        assert!(prefers_json(&headers), "a second line counts as well");
    }
}
