//! Rules about the packages' manifests.

use super::Remark;
use crate::workspace::{Package, Workspace};

/// What the rules say about the workspace's packages.
pub(super) fn check(workspace: &Workspace) -> Vec<Remark> {
    workspace.packages.iter().flat_map(package).collect()
}

fn package(package: &Package) -> Vec<Remark> {
    let place = || format!("package {}", package.name);
    let is_empty = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    let mut remarks = Vec::new();
    for (field, missing) in [
        ("description", is_empty(&package.description)),
        ("license", is_empty(&package.license)),
        ("keywords", package.keywords.is_empty()),
    ] {
        if missing {
            remarks.push(Remark::error(place(), format!("it has no {field}")));
        }
    }
    if package.is_published() {
        let on_docs_rs = package.metadata.pointer("/docs/rs/all-features");
        for (missing, text) in [
            (package.readme.is_none(), "it has no readme"),
            (
                package.has_library() && on_docs_rs != Some(&true.into()),
                "docs.rs does not build it with all features",
            ),
        ] {
            if missing {
                remarks.push(Remark::error(place(), text));
            }
        }
    }
    if package
        .features
        .get("default")
        .is_some_and(|on| !on.is_empty())
    {
        let text = "its default features are not empty: features add, for those who ask";
        remarks.push(Remark::error(place(), text));
    }
    for dependency in &package.dependencies {
        let internal = dependency.path.is_some();
        let for_tests = dependency.kind.as_deref() == Some("dev");
        if package.is_published() && internal && for_tests && dependency.req != "*" {
            let text = format!(
                "the dev-dependency {} has a version: give its path only, or neither of the two \
                 can be published before the other",
                dependency.name
            );
            remarks.push(Remark::error(place(), text));
        }
    }
    remarks
}

#[cfg(test)]
mod tests {
    use super::*;

    fn remarks(package: &str) -> Vec<String> {
        let package: Package = serde_json::from_str(package).unwrap();
        super::package(&package)
            .into_iter()
            .map(|remark| remark.text)
            .collect()
    }

    fn with_dependency(dependency: &str) -> Vec<String> {
        remarks(&format!(
            r#"{{"name":"a","description":"A.","license":"MIT","readme":"R.md","keywords":["a"],"dependencies":[{dependency}]}}"#
        ))
    }

    #[test]
    fn a_package_says_what_it_is_and_under_which_licence() {
        assert_eq!(
            remarks(
                r#"{"name":"a","description":" ","license":null,"readme":"R.md","keywords":[]}"#
            ),
            [
                "it has no description",
                "it has no license",
                "it has no keywords"
            ]
        );
    }

    #[test]
    fn what_is_published_has_a_readme_and_shows_all_features_on_docs_rs() {
        let library = |rest: &str| {
            remarks(&format!(
                r#"{{"name":"a","description":"A.","license":"MIT","keywords":["a"],
                "targets":[{{"name":"a","kind":["lib"]}}]{rest}}}"#
            ))
        };
        assert_eq!(
            library(""),
            [
                "it has no readme",
                "docs.rs does not build it with all features"
            ]
        );
        assert_eq!(library(r#","publish":[]"#), [""; 0]);
        let whole = r#","readme":"R.md","metadata":{"docs":{"rs":{"all-features":true}}}"#;
        assert_eq!(library(whole), [""; 0]);
    }

    #[test]
    fn nothing_is_on_by_default() {
        let with_default = |on: &str| {
            remarks(&format!(
                r#"{{"name":"a","description":"A.","license":"MIT","readme":"R.md","keywords":["a"],"features":{{"b":[],"default":[{on}]}}}}"#
            ))
            .len()
        };
        assert_eq!((with_default(""), with_default("\"b\"")), (0, 1));
    }

    #[test]
    fn only_internal_dev_dependencies_must_go_without_version() {
        let internal = |kind: &str, req: &str| {
            with_dependency(&format!(
                r#"{{"name":"b","req":"{req}","kind":{kind},"path":"/b"}}"#
            ))
            .len()
        };
        assert_eq!(internal("\"dev\"", "^0.1.0"), 1);
        assert_eq!(internal("\"dev\"", "*"), 0);
        assert_eq!(internal("null", "^0.1.0"), 0);
        let unpublished = remarks(
            r#"{"name":"a","description":"A.","license":"MIT","keywords":["a"],"publish":[],
            "dependencies":[{"name":"b","req":"^0.1.0","kind":"dev","path":"/b"}]}"#,
        );
        assert_eq!(unpublished, [""; 0]);
        let foreign = r#"{"name":"b","req":"^1","kind":"dev","path":null}"#;
        assert_eq!(with_dependency(foreign), [""; 0]);
    }
}
