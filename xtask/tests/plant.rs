//! Prints secrets on purpose, so that the leak check can be seen to find them.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The canary that every secret of the tests carries, with something around it as in a token.
const SECRET: &str = concat!("ya29.CANARY", "secret-planted");

fn every_form() -> String {
    let canary = &SECRET["ya29.".len()..];
    let each = |between: &str, form: fn(u8) -> String| {
        canary.bytes().map(form).collect::<Vec<_>>().join(between)
    };
    [
        SECRET.to_owned(),
        STANDARD.encode(canary),
        STANDARD.encode(format!("1{canary}")),
        STANDARD.encode(format!("12{canary}")),
        each("", |byte| format!("{byte:02x}")),
        each("", |byte| format!("%{byte:02X}")),
        format!("{:?}", canary.as_bytes()),
    ]
    .join("\n")
}

/// Half of the forms come from a child process, since those are captured as well.
#[expect(
    clippy::disallowed_methods,
    reason = "the leak check asks for the planted leak by an environment variable"
)]
#[test]
fn secrets_are_printed_only_where_the_leak_check_asks_for_them() {
    let forms = every_form();
    assert_eq!(forms.lines().count(), 7);
    if std::env::var_os("TOOLGATE_PLANT_LEAK").is_none() {
        return;
    }
    let (ours, childs): (Vec<_>, Vec<_>) = forms
        .lines()
        .enumerate()
        .partition(|(index, _)| index % 2 == 0);
    for (_, line) in ours {
        println!("planted: {line}");
    }
    for (_, line) in childs {
        let child = Command::new("sh")
            .args(["-c", "printf 'planted: %s\\n' \"$1\" >&2", "sh", line])
            .status()
            .unwrap();
        assert!(child.success());
    }
    let logs = PathBuf::from(std::env::var_os("TOOLGATE_LOG_DIR").unwrap());
    fs::write(logs.join("planted.log"), forms).unwrap();
}
