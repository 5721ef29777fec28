//! The canonical schema, and what `OpenAI`'s strict mode gets.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use toolgate_toolkit::schema;

use crate::sample;

#[test]
fn a_typed_tool_has_the_canonical_schema_of_its_arguments() {
    let tool = sample::tool("search");
    let spec = tool.spec();
    assert_eq!(
        spec.description,
        "Searches mail.\nGive a query as in Gmail's search box."
    );
    assert_eq!(spec.title, "Search");
    let expected = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["query"],
        "properties": {
            "query": {"type": "string", "description": "What to look for."},
            "limit": {
                "type": "integer", "description": "How many at most.",
                "default": 10, "minimum": 1, "maximum": 100
            },
            "depth": {
                "type": "string", "enum": ["shallow", "deep"],
                "description": "How far to look. shallow: Subjects only; deep: Bodies too."
            },
            "span": {
                "type": "object", "additionalProperties": false, "required": ["from"],
                "description": "When it was sent.",
                "properties": {
                    "from": {
                        "type": "string", "format": "date-time",
                        "description": "The first moment."
                    },
                    "until": {
                        "type": "string",
                        "description": "The last moment; open when left out."
                    }
                }
            },
            "labels": {
                "type": "array", "items": {"type": "string"}, "default": [],
                "description": "Labels that all must be there."
            }
        }
    });
    assert_eq!(spec.input_schema, expected);
    assert_eq!(schema::lint(&spec.input_schema), Vec::<String>::new());
}

#[test]
fn a_result_requires_only_what_is_always_there() {
    let tool = sample::tool("search");
    let expected = json!({
        "type": "object",
        "description": "What a search found.",
        "required": ["echo"],
        "properties": {
            "echo": {"type": "string", "description": "The arguments as they came."},
            "next": {"type": "string", "description": "Where to go on; none at the end."}
        }
    });
    assert_eq!(tool.spec().output_schema, expected);
}

#[test]
fn no_argument_at_all_is_a_closed_empty_object() {
    let tool = sample::tool("who");
    let expected = json!({"type": "object", "properties": {}, "additionalProperties": false});
    assert_eq!(tool.spec().input_schema, expected);
    assert_eq!(schema::lint(&expected), Vec::<String>::new());
}

#[test]
fn canonical_takes_each_noise_away() {
    let cases = [
        (
            json!({"type": ["string", "null"]}),
            json!({"type": "string"}),
        ),
        (
            json!({"anyOf": [{"type": "string"}, {"type": "null"}], "description": "d"}),
            json!({"type": "string", "description": "d"}),
        ),
        (
            json!({"const": "a"}),
            json!({"type": "string", "enum": ["a"]}),
        ),
        (
            json!({"oneOf": [{"const": "a", "type": "string"}, {"enum": ["b", "c"], "type": "string"}]}),
            json!({"type": "string", "enum": ["a", "b", "c"]}),
        ),
        (
            json!({"allOf": [{"type": "integer", "format": "int64"}], "default": null}),
            json!({"type": "integer"}),
        ),
        (
            json!({"type": "string", "enum": ["a", null], "title": "T"}),
            json!({"type": "string", "enum": ["a"]}),
        ),
        (
            json!({"type": "string", "format": "email", "examples": ["x"]}),
            json!({"type": "string", "format": "email"}),
        ),
        (
            json!({"oneOf": [{"type": "string"}, {"type": "number", "format": "double"}]}),
            json!({"anyOf": [{"type": "string"}, {"type": "number"}]}),
        ),
        (
            json!({"type": "object", "additionalProperties": {"type": ["string", "null"]}}),
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
        ),
    ];
    for (raw, expected) in cases {
        assert_eq!(schema::canonical(raw.clone()), expected, "{raw}");
    }
}

#[test]
fn the_lint_finds_what_is_not_canonical() {
    let cases = [
        (json!({"type": "string"}), "is not an object"),
        (
            member(&json!({"description": "d", "$ref": "#/x"})),
            "uses $ref",
        ),
        (
            member(&json!({"description": "d", "type": "string", "const": "x"})),
            "uses const",
        ),
        (
            member(&json!({"description": "d", "type": "string", "title": "x"})),
            "uses title",
        ),
        (
            member(&json!({"description": "d", "type": ["string", "null"]})),
            "several types",
        ),
        (
            member(&json!({"description": "d", "type": "null"})),
            "takes null",
        ),
        (member(&json!({"description": "d"})), "no type"),
        (
            member(&json!({"description": "d", "type": "array"})),
            "does not say what",
        ),
        (
            member(&json!({"description": "d", "type": "object"})),
            "open object",
        ),
        (member(&json!({"type": "string"})), "says nothing of x"),
        (
            member(&json!({"description": "d", "type": "string", "enum": ["a", null]})),
            "null in its enum",
        ),
        (
            json!({"type": "object", "additionalProperties": false, "properties": {}, "required": ["y"]}),
            "requires y",
        ),
    ];
    for (bad, expected) in cases {
        let findings = schema::lint(&bad);
        assert!(
            findings.iter().any(|it| it.contains(expected)),
            "{bad} {findings:?}"
        );
    }
}

fn member(of: &Value) -> Value {
    json!({"type": "object", "additionalProperties": false, "properties": {"x": of}})
}

#[test]
fn strict_mode_requires_all_and_lets_the_optional_be_null() {
    let tool = sample::tool("search");
    let strict = schema::openai_strict(&tool.spec().input_schema);
    assert_eq!(schema::lint_openai_strict(&strict), Vec::<String>::new());
    let properties = &strict["properties"];
    // In which order an object's members stand is a feature of serde_json that any crate may set.
    let required = strict["required"].as_array().unwrap();
    let mut required: Vec<_> = required.iter().filter_map(Value::as_str).collect();
    required.sort_unstable();
    assert_eq!(required, ["depth", "labels", "limit", "query", "span"]);
    assert_eq!(properties["query"]["type"], "string");
    assert_eq!(properties["limit"]["type"], json!(["integer", "null"]));
    assert_eq!(
        properties["limit"]["description"],
        "How many at most. Default: 10."
    );
    assert_eq!(properties["limit"].get("default"), None);
    assert_eq!(
        properties["depth"]["enum"],
        json!(["shallow", "deep", null])
    );
    let span = &properties["span"];
    assert_eq!(span["type"], json!(["object", "null"]));
    assert_eq!(span["required"], json!(["from", "until"]));
    assert_eq!(span["properties"]["from"]["format"], "date-time");
    assert_eq!(
        span["properties"]["until"]["type"],
        json!(["string", "null"])
    );
}

#[test]
fn strict_mode_takes_alternatives_and_says_lengths_in_words() {
    let canonical = member(&json!({
        "anyOf": [{"type": "string", "minLength": 2, "format": "uri"}, {"type": "integer"}]
    }));
    let strict = schema::openai_strict(&canonical);
    let expected = json!([
        {"type": "string", "description": "Shortest: 2."},
        {"type": "integer"},
        {"type": "null"}
    ]);
    assert_eq!(strict["properties"]["x"]["anyOf"], expected);
    assert_eq!(schema::lint_openai_strict(&strict), Vec::<String>::new());
}

#[test]
fn the_strict_lint_finds_what_the_mode_refuses() {
    let cases = [
        (member(&json!({"type": "string"})), "does not require x"),
        (json!({"type": "object"}), "open object"),
        (
            json!({"type": "object", "additionalProperties": {"type": "string"}}),
            "open object",
        ),
        (
            member(&json!({"type": "string", "default": "a"})),
            "uses default",
        ),
        (
            member(&json!({"type": ["array", "null"]})),
            "does not say what",
        ),
    ];
    for (bad, expected) in cases {
        let findings = schema::lint_openai_strict(&bad);
        assert!(
            findings.iter().any(|it| it.contains(expected)),
            "{bad} {findings:?}"
        );
    }
}

/// A tree, which no inline schema can be.
#[derive(Deserialize, Serialize, JsonSchema)]
struct Tree {
    /// What grows on it.
    branches: Vec<Tree>,
}

#[test]
fn a_recursive_type_is_found_by_the_lint() {
    let raw = schemars::schema_for!(Tree).to_value();
    let findings = schema::lint(&schema::canonical(raw));
    assert!(
        findings.iter().any(|it| it.contains("uses $ref")),
        "{findings:?}"
    );
}
