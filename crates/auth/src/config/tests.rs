//! What is read from the environment, and what is refused.

use super::*;

const CLIENT: &str = "123-abc.apps.googleusercontent.com";

fn read(pairs: &[(&str, &str)]) -> Result<EnvConfig, Error> {
    EnvConfig::read(&Environment::from_pairs(pairs.iter().copied()))
}

#[test]
fn nothing_set_means_google_and_no_client() {
    let config = read(&[("GOOGLE_CLIENT_ID", ""), ("GOOGLE_CLIENT_SECRET", "")]).unwrap();
    assert!(config.client.is_none() && config.redirect_uri.is_none());
    assert!(config.hosted_domain.is_none() && !config.noninteractive);
    assert_eq!(config.endpoints, Endpoints::google());
    assert!(matches!(config.keys, KeySource::Database));
}

#[test]
fn everything_set_is_read() {
    let config = read(&[
        ("GOOGLE_CLIENT_ID", CLIENT),
        ("GOOGLE_CLIENT_SECRET", "GOCSPX-canary"),
        ("GOOGLE_PROJECT_ID", "my-project"),
        ("GOOGLE_BASE_URL", "http://127.0.0.1:4100"),
        (
            "GOOGLE_REDIRECT_URI",
            "https://app.example.com/google/callback",
        ),
        ("GOOGLE_HOSTED_DOMAIN", "Example.com"),
        ("GOOGLE_OAUTH_NONINTERACTIVE", "True"),
        ("GOOGLE_SERVICE_ACCOUNT_FILE", "/etc/robot.json"),
        ("GOOGLE_DELEGATED_USER", "alice@example.com"),
        ("GOOGLE_APPLICATION_CREDENTIALS", "/etc/default.json"),
        ("GOOGLE_API_TIMEOUT", "0.5"),
        ("GOOGLE_CLOUD_QUOTA_PROJECT_ID", "example.com:counted-1"),
        ("TOOLGATE_KEY_FILE", "/etc/keys"),
    ])
    .unwrap();
    let client = config.client.as_ref().unwrap();
    assert_eq!(
        (client.id(), client.project()),
        (CLIENT, Some("my-project"))
    );
    assert_eq!(client.secret().unwrap().expose(), "GOCSPX-canary");
    assert_eq!(
        config.endpoints.token().as_str(),
        "http://127.0.0.1:4100/token"
    );
    assert_eq!(
        config.redirect_uri.as_ref().unwrap().path(),
        "/google/callback"
    );
    assert_eq!(config.hosted_domain.as_deref(), Some("example.com"));
    assert!(config.noninteractive);
    assert!(matches!(&config.keys, KeySource::File(path) if path.ends_with("keys")));
    let path = |path: &Option<PathBuf>| path.as_ref().unwrap().display().to_string();
    assert_eq!(path(&config.service_account_file), "/etc/robot.json");
    assert_eq!(path(&config.application_credentials), "/etc/default.json");
    assert_eq!(config.delegated_user.as_deref(), Some("alice@example.com"));
    assert_eq!(config.api_timeout, Some(Duration::from_millis(500)));
    assert_eq!(
        config.quota_project.as_deref(),
        Some("example.com:counted-1")
    );
    assert!(!format!("{config:?}").contains("canary"), "{config:?}");
}

#[test]
fn a_damaged_value_is_named_and_not_shown() {
    let check = |name: &str, value: &str, expected: &str| {
        let error = read(&[("GOOGLE_CLIENT_ID", CLIENT), (name, value)]).unwrap_err();
        let message = format!("{error} {error:?}");
        assert!(
            error.is_configuration() || error.is_key_unavailable(),
            "{message}"
        );
        assert!(
            message.contains(name) || message.contains("client"),
            "{message}"
        );
        assert!(message.contains(expected), "{message}");
        assert!(!message.contains("canary"), "{message}");
    };
    check("GOOGLE_CLIENT_ID", "canary\n", "line break");
    check("GOOGLE_CLIENT_ID", "can ary", "white space");
    check("GOOGLE_CLIENT_SECRET", "canary\n", "line break");
    check("GOOGLE_CLIENT_SECRET", "canary\r\n", "line break");
    check("GOOGLE_CLIENT_SECRET", " canary", "white space");
    check("GOOGLE_CLIENT_SECRET", "can\0ary", "control character");
    check("GOOGLE_CLIENT_SECRET", "can ary", "white space");
    check("GOOGLE_BASE_URL", "canary", "GOOGLE_BASE_URL");
    check("GOOGLE_BASE_URL", "http://example.com", "https");
    check("GOOGLE_REDIRECT_URI", "/canary", "whole address");
    check(
        "GOOGLE_REDIRECT_URI",
        "https://a.example/#canary",
        "whole address",
    );
    check("GOOGLE_REDIRECT_URI", "javascript:canary", "whole address");
    check("GOOGLE_HOSTED_DOMAIN", "alice@canary.com", "a domain");
    check("GOOGLE_HOSTED_DOMAIN", "canary", "a domain");
    check("GOOGLE_OAUTH_NONINTERACTIVE", "canary", "true or false");
    check("TOOLGATE_KEY", "canary", "32 bytes");
    check("GOOGLE_DELEGATED_USER", "canary", "e-mail address");
    check("GOOGLE_DELEGATED_USER", "a@canary@b.c", "e-mail address");
    check("GOOGLE_SERVICE_ACCOUNT_FILE", "canary\n", "line break");
    for timeout in ["canary", "0", "-1", "NaN", "inf", "3601"] {
        check("GOOGLE_API_TIMEOUT", timeout, "number of seconds");
    }
    check("GOOGLE_CLOUD_QUOTA_PROJECT_ID", "can/ary", "project");
}

#[test]
fn flags_are_read_in_their_usual_spellings() {
    let check = |value: &str, expected: bool| {
        let config = read(&[("GOOGLE_OAUTH_NONINTERACTIVE", value)]).unwrap();
        assert_eq!(config.noninteractive, expected, "{value}");
    };
    for (yes, no) in [("1", "0"), ("true", "false"), ("YES", "no"), ("on", "Off")] {
        check(yes, true);
        check(no, false);
    }
    check("", false);
}

#[test]
fn half_a_client_is_refused() {
    let error = read(&[("GOOGLE_CLIENT_SECRET", "canary")]).unwrap_err();
    assert!(error.is_configuration() && error.to_string().contains("GOOGLE_CLIENT_ID"));
    let nothing = Environment::from_pairs::<&str, &str>([]);
    let error = GoogleAuth::builder_from_env(&nothing).unwrap_err();
    assert!(error.is_configuration() && error.to_string().contains("GOOGLE_CLIENT_ID is not set"));
}

#[test]
fn a_clients_file_stands_in_for_id_and_secret_and_for_nothing_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("credentials.json");
    let text = r#"{"installed": {"client_id": "12-a", "client_secret": "s", "project_id": "p"}}"#;
    std::fs::write(&path, text).unwrap();
    let file = ("GOOGLE_CLIENT_SECRETS_FILE", path.to_str().unwrap());
    let client = read(&[file]).unwrap().client.unwrap();
    assert_eq!((client.id(), client.project()), ("12-a", Some("p")));
    let named = read(&[file, ("GOOGLE_PROJECT_ID", "q")]).unwrap();
    assert_eq!(named.client.unwrap().project(), Some("q"));
    for other in [
        ("GOOGLE_CLIENT_ID", "b"),
        ("GOOGLE_CLIENT_SECRET", "canary"),
    ] {
        let error = read(&[file, other]).unwrap_err();
        assert!(error.to_string().contains("set the file or the others"));
    }
}

#[test]
fn values_are_never_printed() {
    let environment = Environment::from_pairs([("GOOGLE_CLIENT_SECRET", "canary")]);
    let printed = format!("{environment:?}");
    assert!(
        printed.contains("GOOGLE_CLIENT_SECRET") && !printed.contains("canary"),
        "{printed}"
    );
}

#[cfg(unix)]
#[test]
fn the_process_has_an_environment() {
    let path = Environment::process().get("PATH").unwrap();
    assert!(path.is_some_and(|path| path.contains('/')));
    assert!(
        Environment::process()
            .get("TOOLGATE_NO_SUCH_VARIABLE")
            .unwrap()
            .is_none()
    );
}

#[test]
fn the_key_and_the_address_of_another_api_are_read_and_never_shown() {
    let environment = Environment::from_pairs([
        ("A_API_KEY", "sk-canary"),
        ("B_API_KEY", "sk-canary\n"),
        ("C_API_KEY", "sk canary"),
        ("D_API_KEY", ""),
        ("A_BASE_URL", "http://127.0.0.1:4100/v1"),
        ("B_BASE_URL", "canary"),
        ("C_BASE_URL", "file:///canary"),
    ]);
    let key = environment.api_key("A_API_KEY").unwrap().unwrap();
    assert_eq!(key.expose(), "sk-canary");
    assert!(environment.api_key("D_API_KEY").unwrap().is_none());
    let url = environment.url("A_BASE_URL").unwrap().unwrap();
    assert_eq!(url.as_str(), "http://127.0.0.1:4100/v1");
    assert!(environment.url("D_BASE_URL").unwrap().is_none());
    let refused = [
        environment.api_key("B_API_KEY").err(),
        environment.api_key("C_API_KEY").err(),
        environment.url("B_BASE_URL").err(),
        environment.url("C_BASE_URL").err(),
    ];
    for (error, name) in
        refused
            .into_iter()
            .zip(["B_API_KEY", "C_API_KEY", "B_BASE_URL", "C_BASE_URL"])
    {
        let error = error.unwrap();
        let message = format!("{error} {error:?}");
        assert!(error.is_configuration(), "{message}");
        assert!(
            message.contains(name) && !message.contains("canary"),
            "{message}"
        );
    }
}

#[test]
fn every_variable_that_is_read_is_listed_once_and_in_the_table() {
    let listed: Vec<&str> = EnvConfig::VARIABLES.iter().map(|it| it.name).collect();
    let once: std::collections::BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(once.len(), listed.len());
    let table = include_str!("../config.rs");
    for name in &listed {
        assert!(table.contains(&format!("`{name}`")), "{name}");
    }
    let (mut files, mut names) = (0, 0);
    for (path, source) in libraries() {
        let is_reader = path.ends_with("auth/src/config/environment.rs");
        assert!(
            is_reader || !source.contains("env::var"),
            "{} reads the environment",
            path.display()
        );
        if !source.contains("nvironment") {
            continue;
        }
        files += 1;
        for name in source.split('"').filter(|it| is_name(it)) {
            names += 1;
            let path = path.display();
            assert!(
                once.contains(name),
                "{name} of {path} is not in EnvConfig::VARIABLES"
            );
        }
    }
    assert!(files > 20 && names > 25, "{files} files, {names} names");
}

fn is_name(quoted: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    quoted.len() > 3 && quoted.bytes().all(allowed) && !quoted.as_bytes()[0].is_ascii_digit()
}

/// The sources of the libraries, and of the commands that read variables as these do, without their
/// comments and their tests.
fn libraries() -> Vec<(PathBuf, String)> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut folders = vec![root.join("migrations/src"), root.join("xtask/src/operate")];
    for each in std::fs::read_dir(root.join("crates")).unwrap() {
        let each = each.unwrap().path();
        // What only tests and their emulator need is no library of an application's.
        if !each.ends_with("testkit") && !each.ends_with("emulator") {
            folders.push(each.join("src"));
        }
    }
    let mut sources = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let is_of_tests = |name| path.ends_with(name);
            if ["tests", "tests.rs", "generate.rs"]
                .into_iter()
                .any(is_of_tests)
            {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let (text, _) = text
                    .split_once("#[cfg(test)]\nmod tests {")
                    .unwrap_or((&text, ""));
                let lines = text
                    .lines()
                    .filter(|line| !line.trim_start().starts_with("//"));
                let code = lines.collect::<Vec<_>>().join("\n");
                sources.push((path, code));
            }
        }
    }
    sources
}

#[test]
fn gclouds_folder_is_where_it_says_or_under_the_persons_home() {
    let check = |pairs: &[(&str, &str)], expected: Option<&str>| {
        let environment = Environment::from_pairs(pairs.iter().copied());
        let folder = environment.gcloud_folder().unwrap();
        assert_eq!(folder.as_deref(), expected.map(std::path::Path::new));
    };
    check(&[], None);
    check(
        &[("CLOUDSDK_CONFIG", "/etc/cloud"), ("HOME", "/home/ann")],
        Some("/etc/cloud"),
    );
    if !cfg!(windows) {
        check(&[("HOME", "/home/ann")], Some("/home/ann/.config/gcloud"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_browser_shows_where_there_is_a_display_or_one_is_named() {
    let shows =
        |pairs: &[(&str, &str)]| Environment::from_pairs(pairs.iter().copied()).shows_browsers();
    assert!(!shows(&[]) && !shows(&[("DISPLAY", "")]) && !shows(&[("HOME", "/home/ann")]));
    for name in ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"] {
        assert!(shows(&[(name, ":0")]), "{name}");
    }
}

#[test]
fn how_calls_are_made_reaches_whoever_makes_them() {
    let set = |pairs: &[(&'static str, &'static str)]| {
        let client = ("GOOGLE_CLIENT_ID", CLIENT);
        let pairs = pairs.iter().copied().chain([client]);
        let builder = GoogleAuth::builder_from_env(&Environment::from_pairs(pairs)).unwrap();
        let google = builder.build().unwrap();
        let calls = &google.definition().calls;
        (
            calls.timeout,
            calls.quota_project.as_deref().map(str::to_owned),
        )
    };
    assert_eq!(set(&[]), (None, None));
    let said = set(&[
        ("GOOGLE_API_TIMEOUT", "7"),
        ("GOOGLE_CLOUD_QUOTA_PROJECT_ID", "counted"),
    ]);
    let counted = Some("counted".to_owned());
    assert_eq!(said, (Some(Duration::from_secs(7)), counted));
}
