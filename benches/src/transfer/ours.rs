//! A program with our tools, in a process of its own, so that its memory is theirs.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use toolgate_auth::{Access, AccessToken, Principal};
use toolgate_drive::DriveToolkit;
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{BoundToolkit, Folders, Pipeline, Registry, RunScope, RunTools, Selection};

use super::{Place, SIZE};
use crate::child::Child;

pub(super) struct Ours {
    child: Child,
    /// What is resident when nothing is to be done, in bytes.
    idle: u64,
    /// The most that was.
    height: u64,
}

/// What that process is told first.
#[derive(Serialize, Deserialize)]
struct Begin {
    place: Place,
    folder: PathBuf,
}

/// What it says of a call.
#[derive(Serialize, Deserialize)]
struct Done {
    /// In nanoseconds.
    spent: f64,
    result: Value,
    resident: u64,
    height: u64,
}

impl Ours {
    pub(super) async fn start(place: &Place, folder: &Path) -> anyhow::Result<Self> {
        let mut child = Child::of_this_program(&["--transfer", "ours"])?;
        let begin = Begin {
            place: place.clone(),
            folder: folder.to_owned(),
        };
        child.ask(&serde_json::to_string(&begin)?).await?;
        let mut ours = Self {
            child,
            idle: 0,
            height: 0,
        };
        let (id, _) = ours.upload("small.bin").await?;
        let (name, _) = ours.download(&id, "back.bin").await?;
        fs::remove_file(folder.join(name))?;
        ours.idle = ours
            .call("get_file", json!({"file_id": id}))
            .await?
            .resident;
        Ok(ours)
    }

    /// The new file's id, and how long it took.
    pub(super) async fn upload(&mut self, file: &str) -> anyhow::Result<(String, f64)> {
        let done = self.call("upload_file", json!({"file_path": file})).await?;
        let id = done.result["id"].as_str().context("no id")?;
        Ok((id.to_owned(), done.spent))
    }

    /// The name that it got, and how long it took.
    pub(super) async fn download(&mut self, id: &str, name: &str) -> anyhow::Result<(String, f64)> {
        let arguments = json!({"file_id": id, "filename": name});
        let done = self.call("download_file", arguments).await?;
        let name = done.result["name"].as_str().context("no name")?;
        Ok((name.to_owned(), done.spent))
    }

    async fn call(&mut self, tool: &str, arguments: Value) -> anyhow::Result<Done> {
        let line = self
            .child
            .ask(&json!([tool, arguments]).to_string())
            .await?;
        let done: Done = serde_json::from_str(&line).with_context(|| line.clone())?;
        self.height = done.height;
        Ok(done)
    }

    /// The most that was resident so far, beside what is resident anyway.
    #[expect(clippy::cast_precision_loss, reason = "less than any memory")]
    pub(super) fn height(&self) -> f64 {
        self.height.saturating_sub(self.idle) as f64
    }

    pub(super) async fn end(self) -> anyhow::Result<()> {
        self.child.end().await
    }
}

/// Is that other process, until its standard input ends.
#[expect(clippy::print_stdout, reason = "the other process reads it")]
pub(super) async fn serve() -> anyhow::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    let begin = lines.next_line().await?.context("no beginning")?;
    let tools = tools(serde_json::from_str(&begin)?)?;
    println!("ready");
    while let Some(line) = lines.next_line().await? {
        let (tool, arguments): (String, Value) = serde_json::from_str(&line)?;
        let start = Instant::now();
        let result = tools.call(&tool, arguments).await;
        let spent = start.elapsed().as_secs_f64() * 1e9;
        let result = result.map_err(|error| anyhow::anyhow!("{tool}: {error}"))?;
        let done = Done {
            spent,
            result,
            resident: status("VmRSS:")?,
            height: status("VmHWM:")?,
        };
        println!("{}", serde_json::to_string(&done)?);
    }
    Ok(())
}

fn tools(Begin { place, folder }: Begin) -> anyhow::Result<RunTools> {
    let mut http = HttpClient::builder();
    if let Some(authority) = &place.authority {
        http = http.with_root_certificate_pem(authority.as_bytes());
    }
    let token = AccessToken::parse(&place.token)?;
    let access = Access::from_token(token, http.build()?, Endpoints::at_base(&place.base)?);
    let folders = Folders::new().with_read(&folder)?.with_write(&folder)?;
    let chosen = Selection::only(["upload_file", "download_file", "get_file"]);
    let drive = DriveToolkit::new()
        .with_tools(chosen)?
        .with_folders(folders.with_max_file(SIZE));
    let drive = BoundToolkit::with_access(Arc::new(drive), access);
    let registry = Registry::new(vec![drive], Pipeline::new())?;
    let alice = Principal::for_user("alice")?;
    Ok(registry.for_run(alice, RunScope::new("benchmark")))
}

/// What Linux says of this process, in bytes.
fn status(name: &str) -> anyhow::Result<u64> {
    let status = fs::read_to_string("/proc/self/status").context("memory is measured on Linux")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let kibibytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
    let kibibytes: u64 = kibibytes
        .context("/proc/self/status is not understood")?
        .parse()?;
    ensure!(kibibytes > 0, "{name} is nothing");
    Ok(kibibytes * 1024)
}
