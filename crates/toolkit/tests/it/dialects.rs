//! What each provider of models gets of a tool's schema.

use serde_json::{Value, json};
use toolgate_toolkit::schema::{self, Dialect};

use crate::sample;

const ALL: [Dialect; 5] = [
    Dialect::Canonical,
    Dialect::OpenAiStrict,
    Dialect::Anthropic,
    Dialect::Gemini,
    Dialect::Ollama,
];

/// Every word of the canonical form at once.
fn everything() -> Value {
    json!({
        "type": "object", "additionalProperties": false, "required": ["when"],
        "properties": {
            "when": {"type": "string", "format": "date-time", "description": "A moment."},
            "day": {"type": "string", "format": "date", "pattern": "^2", "description": "A day."},
            "count": {
                "type": "integer", "minimum": 1, "maximum": 9, "multipleOf": 2, "default": 4,
                "description": "How many."
            },
            "rate": {"type": "integer", "enum": [1, 2], "description": "How fast."},
            "kind": {"type": "string", "enum": ["a", "b"], "description": "Which."},
            "labels": {
                "type": "array", "minItems": 1, "maxItems": 3, "description": "Labels.",
                "items": {"type": "string", "minLength": 2, "maxLength": 5}
            },
            "either": {
                "anyOf": [{"type": "string", "format": "email"}, {"type": "integer"}],
                "description": "One of two."
            },
            "inner": {
                "type": "object", "additionalProperties": false, "description": "More.",
                "properties": {"x": {"type": "number", "description": "It."}}
            },
            "map": {
                "type": "object", "additionalProperties": {"type": "string"},
                "description": "By name."
            }
        }
    })
}

#[test]
fn each_dialect_of_a_typed_tool_passes_its_own_lint() {
    for name in ["search", "who"] {
        let canonical = sample::tool(name).spec().input_schema.clone();
        for dialect in ALL {
            let lowered = dialect.lower(&canonical);
            assert_eq!(dialect.lint(&lowered), [""; 0], "{dialect:?} {lowered}");
        }
    }
}

#[test]
fn every_word_of_the_canonical_form_has_a_place_in_every_dialect_but_a_map_in_the_strict_one() {
    for dialect in ALL {
        let findings = dialect.lint(&dialect.lower(&everything()));
        let expected = match dialect {
            Dialect::OpenAiStrict => vec!["(root).map: is an open object".to_owned()],
            _ => Vec::new(),
        };
        assert_eq!(findings, expected, "{dialect:?}");
    }
}

#[test]
fn gemini_gets_its_words_and_the_rest_in_the_description() {
    let expected = json!({
        "type": "object", "required": ["when"],
        "properties": {
            "when": {"type": "string", "format": "date-time", "description": "A moment."},
            "day": {"type": "string", "description": "A day. Format: date. Pattern: ^2."},
            "count": {
                "type": "integer", "minimum": 1, "maximum": 9,
                "description": "How many. Default: 4. Multiple of: 2."
            },
            "rate": {"type": "integer", "description": "How fast. One of: 1, 2."},
            "kind": {"type": "string", "enum": ["a", "b"], "description": "Which."},
            "labels": {
                "type": "array", "minItems": 1, "maxItems": 3, "description": "Labels.",
                "items": {"type": "string", "description": "Shortest: 2. Longest: 5."}
            },
            "either": {
                "anyOf": [
                    {"type": "string", "description": "Format: email."}, {"type": "integer"}
                ],
                "description": "One of two."
            },
            "inner": {
                "type": "object", "description": "More.",
                "properties": {"x": {"type": "number", "description": "It."}}
            },
            "map": {
                "type": "object",
                "description": "By name. Any names; each holds {\"type\":\"string\"}."
            }
        }
    });
    assert_eq!(schema::gemini(&everything()), expected);
}

#[test]
fn ollama_gets_types_and_names_and_the_rest_in_the_description() {
    let lowered = schema::ollama(&everything());
    let properties = &lowered["properties"];
    assert_eq!(
        properties["count"],
        json!({
            "type": "integer",
            "description": "How many. Default: 4. Least: 1. Greatest: 9. Multiple of: 2."
        })
    );
    assert_eq!(
        properties["when"],
        json!({"type": "string", "description": "A moment. Format: date-time."})
    );
    assert_eq!(
        properties["kind"],
        json!({"type": "string", "enum": ["a", "b"], "description": "Which."})
    );
    assert_eq!(
        properties["labels"]["description"],
        "Labels. Fewest items: 1. Most items: 3."
    );
}

#[test]
fn anthropic_gets_the_canonical_form() {
    assert_eq!(Dialect::Anthropic.lower(&everything()), everything());
}

#[test]
fn the_lints_find_what_a_provider_does_not_understand() {
    let member = |of: &Value| json!({"type": "object", "properties": {"x": of}});
    let cases = [
        (
            Dialect::Gemini,
            json!({"type": "string"}),
            "is not an object",
        ),
        (Dialect::Ollama, json!({"anyOf": []}), "is not an object"),
        (
            Dialect::Gemini,
            json!({"type": "object", "additionalProperties": false}),
            "uses additionalProperties",
        ),
        (
            Dialect::Gemini,
            member(&json!({"type": "string", "format": "email"})),
            "uses format",
        ),
        (
            Dialect::Gemini,
            member(&json!({"type": ["string", "null"]})),
            "several types",
        ),
        (
            Dialect::Gemini,
            member(&json!({"$ref": "#/x"})),
            "uses $ref",
        ),
        (
            Dialect::Gemini,
            member(&json!({"type": "array"})),
            "does not say what",
        ),
        (
            Dialect::Ollama,
            member(&json!({"type": "integer", "minimum": 1})),
            "uses minimum",
        ),
        (
            Dialect::Ollama,
            member(&json!({"type": "integer", "enum": [1]})),
            "uses enum",
        ),
        (
            Dialect::Anthropic,
            json!({"type": "object", "$defs": {}}),
            "uses $defs",
        ),
    ];
    for (dialect, bad, expected) in cases {
        let findings = dialect.lint(&bad);
        assert!(
            findings.iter().any(|it| it.contains(expected)),
            "{dialect:?} {bad} {findings:?}"
        );
    }
}
