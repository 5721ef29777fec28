//! What the command line takes, and what it refuses.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStringExt as _;

use super::*;

fn parsed(line: &str) -> anyhow::Result<Task> {
    parse(
        ["xtask"]
            .into_iter()
            .chain(line.split_whitespace())
            .map(OsString::from),
    )
}

#[test]
fn each_task_has_its_word() {
    for (line, expected) in [
        ("", Task::Help),
        ("--help", Task::Help),
        ("help", Task::Help),
        ("ci", Task::Ci),
        ("tidy", Task::Tidy),
        ("examples", Task::Examples),
        ("tools", Task::Tools(Listing::Table)),
        ("tools --json", Task::Tools(Listing::Json)),
        ("tools --write", Task::Tools(Listing::Write)),
        ("tidy --help", Task::Help),
        ("migrate -h", Task::Help),
        ("migrate up --help", Task::Help),
    ] {
        assert_eq!(parsed(line).unwrap(), expected, "{line}");
    }
}

#[test]
fn arguments_of_test_are_handed_on_as_they_are() {
    let arguments = ["-p", "toolgate-auth", "--", "--exact", "-x"].map(OsString::from);
    assert_eq!(
        parsed("test -p toolgate-auth -- --exact -x").unwrap(),
        Task::Test {
            arguments: arguments.to_vec()
        }
    );
}

#[test]
fn migrate_takes_its_flags_in_any_order() {
    let expected = Task::Migrate(MigrateFlags {
        action: Action::Fresh,
        database_url: Some("sqlite://a.db".to_owned()),
        token_table: Some("crm_tokens".to_owned()),
        yes: true,
    });
    for line in [
        "migrate --yes fresh --database-url sqlite://a.db --token-table crm_tokens",
        "migrate --token-table=crm_tokens --database-url=sqlite://a.db fresh --yes",
    ] {
        assert_eq!(parsed(line).unwrap(), expected);
    }
}

#[test]
fn bench_measures_what_is_named_or_all() {
    let flags = |names: &[&'static str], json: Option<&str>| {
        let (names, json) = (names.to_vec(), json.map(PathBuf::from));
        Task::Bench(BenchFlags { names, json })
    };
    assert_eq!(parsed("bench").unwrap(), flags(&bench::NAMES, None));
    assert_eq!(
        parsed("bench save --json a.json rows").unwrap(),
        flags(&["save", "rows"], Some("a.json"))
    );
}

#[test]
fn generate_takes_a_toolkit_and_may_only_check() {
    for (line, check) in [
        ("generate calendar", false),
        ("generate --check calendar", true),
    ] {
        let name = "calendar".to_owned();
        let expected = Task::Generate(Wanted { name, check });
        assert_eq!(parsed(line).unwrap(), expected);
    }
}

#[test]
fn what_is_not_known_is_refused() {
    for line in [
        "generate",
        "generate calendar drive",
        "deploy",
        "ci now",
        "migrate",
        "migrate sideways",
        "migrate up --force",
        "migrate up down",
        "bench everything",
        "bench --json",
        "tools --xml",
        "tools --json --sizes",
    ] {
        assert!(parsed(line).is_err(), "{line}");
    }
}

#[test]
fn an_address_in_the_wrong_place_is_refused_without_its_password() {
    for line in [
        "migrate postgres://u:hunter2@h/d",
        "migrate up postgres://u:hunter2@h/d",
    ] {
        let error = parsed(line).unwrap_err().to_string();
        assert!(error.contains("--database-url"), "{error}");
        assert!(!error.contains("hunter2"), "{error}");
    }
    let arguments = [
        b"xtask".as_slice(),
        b"migrate",
        b"--database-url",
        b"hunter2\xff",
    ];
    let arguments = arguments.map(|argument| OsString::from_vec(argument.to_vec()));
    let error = parse(arguments).unwrap_err().to_string();
    assert!(!error.contains("hunter2"), "{error}");
}

/// What this file takes stands in its own text: a list beside it would be forgotten as the help is.
#[test]
fn the_help_names_every_task_and_flag_that_is_taken_and_no_other() {
    let code = include_str!("../flags.rs");
    let between = |start: &'static str, end: &'static str| {
        let found = code.split(start).skip(1);
        found.filter_map(move |rest| rest.split_once(end).map(|(name, _)| name))
    };
    let taken = between("Long(\"", "\"").filter(|name| *name != "help");
    let words = HELP.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    let helped = words.filter_map(|word| word.strip_prefix("--"));
    assert_eq!(helped.collect::<BTreeSet<_>>(), taken.collect());

    let arms = between("\n        \"", "\" =>").filter(|name| *name != "help");
    let taken: BTreeSet<_> = arms.flat_map(|names| names.split("\" | \"")).collect();
    let helped = [HELP, operate::HELP].into_iter().flat_map(str::lines);
    let helped = helped.filter_map(|line| line.strip_prefix("  "));
    let helped = helped.filter(|line| line.starts_with(char::is_lowercase));
    let helped = helped.filter_map(|line| line.split_whitespace().next());
    assert_eq!(helped.collect::<BTreeSet<_>>(), taken);
}
