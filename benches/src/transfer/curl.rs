//! The same transfers by curl.

use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde_json::Value;
use tokio::process::Command;

use super::Place;

pub(super) struct Curl<'a> {
    place: &'a Place,
    folder: &'a Path,
}

/// How long curl says that it took, and what it printed before.
struct Said {
    nanos: f64,
    text: String,
}

/// What our tool asks for too, so that Google has the same to do.
const FIELDS: &str = "id,name,mimeType,size,md5Checksum,sha256Checksum";

impl<'a> Curl<'a> {
    pub(super) fn new(place: &'a Place, folder: &'a Path) -> anyhow::Result<Self> {
        if let Some(authority) = &place.authority {
            std::fs::write(folder.join("authority.pem"), authority)?;
        }
        Ok(Self { place, folder })
    }

    /// Begins a session and sends the file in one request: its id, and how long both took.
    pub(super) async fn upload(&self, file: &str, size: u64) -> anyhow::Result<(String, f64)> {
        let url = format!(
            "{}upload/drive/v3/files?uploadType=resumable&fields={FIELDS}",
            self.place.base
        );
        let length = format!("X-Upload-Content-Length: {size}");
        let begun = self
            .run(&[
                "--header",
                "Content-Type: application/json",
                "--header",
                "X-Upload-Content-Type: application/octet-stream",
                "--header",
                &length,
                "--data",
                r#"{"name":"big.bin"}"#,
                "--dump-header",
                "-",
                &url,
            ])
            .await?;
        let place = begun.text.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("location").then(|| value.trim())
        });
        let session = place.context("curl saw no session")?;
        // It would wait for a word before the file.
        let sent = self
            .run(&["--header", "Expect:", "--upload-file", file, session])
            .await?;
        let made: Value = serde_json::from_str(&sent.text).with_context(|| sent.text.clone())?;
        let id = made["id"].as_str().context("curl made no file")?;
        Ok((id.to_owned(), begun.nanos + sent.nanos))
    }

    /// Writes a file of Google's into the folder, and says how long it took.
    pub(super) async fn download(&self, id: &str, to: &str) -> anyhow::Result<f64> {
        let url = format!("{}drive/v3/files/{id}?alt=media", self.place.base);
        Ok(self.run(&["--output", to, &url]).await?.nanos)
    }

    async fn run(&self, arguments: &[&str]) -> anyhow::Result<Said> {
        let mut command = Command::new("curl");
        command.args(["--silent", "--show-error", "--fail", "--noproxy", "*"]);
        command.args(["--write-out", "\n%{time_total} %{http_version}"]);
        match self.place.authority {
            None => command.arg("--http1.1"),
            Some(_) => command.args(["--http2", "--cacert", "authority.pem"]),
        };
        let bearer = format!("Authorization: Bearer {}", self.place.token);
        let command = command.args(["--header", &bearer]).args(arguments);
        let ended = command
            .current_dir(self.folder)
            .stdin(Stdio::null())
            .output()
            .await
            .context("curl could not be started")?;
        let problem = String::from_utf8_lossy(&ended.stderr);
        ensure!(ended.status.success(), "curl: {problem}");
        let text = String::from_utf8(ended.stdout)?;
        let (text, told) = text.rsplit_once('\n').context("curl told no time")?;
        let (seconds, version) = told.split_once(' ').context("curl told no version")?;
        let meant = self.place.authority.as_ref().map_or("1.1", |_| "2");
        ensure!(version == meant, "curl spoke HTTP/{version}, not {meant}");
        Ok(Said {
            nanos: seconds.parse::<f64>()? * 1e9,
            text: text.to_owned(),
        })
    }
}
