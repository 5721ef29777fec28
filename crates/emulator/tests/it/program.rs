//! The program: its flags, what it prints, how it fails.
#![expect(clippy::unwrap_used, reason = "test helpers fail the test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Command, Output, Stdio};

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_toolgate-emulator"))
}

fn run(arguments: &[&str]) -> Output {
    program().args(arguments).output().unwrap()
}

#[test]
fn it_explains_itself() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--port",
        "--seed",
        "--tls",
        "--page-limit",
        "--client-id",
        "/_emulator/faults",
    ] {
        assert!(text.contains(flag), "{flag}");
    }
    assert!(
        String::from_utf8(run(&["--version"]).stdout)
            .unwrap()
            .contains("toolgate-emulator")
    );
}

#[test]
fn mistakes_are_told_with_the_flag() {
    let check = |arguments: &[&str], code: i32, expected: &str| {
        let output = run(arguments);
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{text:?} lacks {expected:?}");
        assert!(output.stdout.is_empty());
    };
    check(&["--colour"], 2, "--colour");
    check(&["--port", "many"], 2, "many");
    check(&["--port"], 2, "--port");
    check(&["--client-id", "x"], 2, "go together");
    check(&["--redirect-uri", "x"], 2, "needs --client-id");
    check(&["--ca-out", "x"], 2, "needs --tls");
    check(&["--sample", "home"], 2, "no sample \"home\"");
    check(
        &["--sample", "office", "--seed", "x"],
        2,
        "exclude each other",
    );
    check(
        &["--seed", "/nowhere/seed.yaml"],
        1,
        "/nowhere/seed.yaml cannot be read",
    );
    check(
        &[
            "--client-id",
            "c",
            "--client-secret",
            "s",
            "--redirect-uri",
            "x",
        ],
        1,
        "neither https nor http on loopback",
    );
}

#[test]
fn it_serves_the_accounts_of_a_seed_file() {
    let folder = tempfile::tempdir().unwrap();
    let seed = folder.path().join("seed.json");
    std::fs::write(
        &seed,
        "{\"accounts\": [{\"email\": \"carol@example.com\"}]}",
    )
    .unwrap();
    let mut child = program()
        .args(["--seed", seed.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let address = first
        .split("http://")
        .nth(1)
        .unwrap()
        .trim_end_matches('/')
        .to_owned();
    let accounts = lines.find(|line| line.as_ref().unwrap().starts_with("Accounts:"));
    assert!(accounts.unwrap().unwrap().contains("carol@example.com"));
    let mut stream = TcpStream::connect(address).unwrap();
    stream
        .write_all(b"GET /_emulator/health HTTP/1.0\r\n\r\n")
        .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(reply.starts_with("HTTP/1.0 200"), "{reply}");
}

#[test]
fn it_serves_tls_and_leaves_its_authority_in_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let pem = folder.path().join("ca.pem");
    let mut child = program()
        .args(["--tls", "--ca-out", pem.to_str().unwrap()])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let first = lines.next().unwrap().unwrap();
    let written = std::fs::read_to_string(&pem).unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(first.contains("https://127.0.0.1:"), "{first}");
    assert!(written.starts_with("-----BEGIN CERTIFICATE-----"));
}
