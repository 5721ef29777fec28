//! `transfer`: 200 MB to Drive and back, against curl, and the memory that it takes.
//!
//! Ours are `upload_file` and `download_file` as an agent calls them: through the pipeline, from and
//! into an allowed folder, what arrives checked against Google's digest and brought to the disk before
//! it is said to be there. curl does the same requests without all that: it begins a session and sends
//! the file in one PUT, and writes `alt=media` into a file; what counts is the time that it says itself,
//! without that of its start. Google is the emulator, ours and curl are processes of their own, and all
//! files stand on one disk. Each file that arrived is compared with the one that was sent.
//!
//! Memory is what `VmHWM` says of our process, which makes all transfers of a lane one after the other
//! and never forgets its height, less what was resident after one small transfer each way.
//!
//! Over TLS both speak HTTP/2, as to Google. That is told without a bar for the time: the emulator's own
//! encryption is most of it.

mod curl;
mod google;
mod ours;

use std::fs::{self, File};
use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::Path;
use std::str::FromStr;

use anyhow::{Context as _, bail, ensure};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::turns::{Lane, Unit};
use curl::Curl;
use google::Google;
use ours::Ours;

const SIZE: u64 = 200_000_000;
/// Of our time and curl's: eight tenths of its throughput.
const BAR: f64 = 1.25;
/// Bytes that may be resident beside what is resident anyway.
const MEMORY: f64 = 32_000_000.0;
const ROUNDS: usize = 10;

/// What a second process of this program does for `transfer`.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Part {
    /// It is Google, over TLS or not.
    Google { tls: bool },
    /// It is a program with our tools.
    Ours,
}

/// Where Google is, and who asks.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Place {
    base: String,
    token: String,
    /// Whom to trust, in PEM.
    authority: Option<String>,
}

impl FromStr for Part {
    type Err = anyhow::Error;

    fn from_str(name: &str) -> anyhow::Result<Self> {
        match name {
            "google" => Ok(Self::Google { tls: false }),
            "google-tls" => Ok(Self::Google { tls: true }),
            "ours" => Ok(Self::Ours),
            _ => bail!("there is no part of this name"),
        }
    }
}

impl Part {
    pub(crate) async fn play(self) -> anyhow::Result<()> {
        match self {
            Self::Google { tls } => google::serve(tls).await,
            Self::Ours => ours::serve().await,
        }
    }
}

pub(crate) async fn run() -> anyhow::Result<Vec<Lane>> {
    let mut lanes = over(false).await?;
    lanes.extend(over(true).await?);
    Ok(lanes)
}

async fn over(tls: bool) -> anyhow::Result<Vec<Lane>> {
    // Beside the program: the folder for temporary files may be one in memory.
    let beside = std::env::current_exe()?;
    let folder = TempDir::new_in(beside.parent().context("this program is in no folder")?)?;
    let folder = folder.path();
    fill(&folder.join("big.bin"), SIZE)?;
    fill(&folder.join("small.bin"), 1_000_000)?;
    let google = Google::start(tls).await?;
    let curl = Curl::new(&google.place, folder)?;
    let mut lanes = Vec::from(up(&google, &curl, folder).await?);
    lanes.extend(down(&google, &curl, folder).await?);
    google.end().await?;
    if tls {
        for lane in lanes.iter_mut().filter(|lane| !lane.is_of_memory()) {
            lane.bar = None;
        }
    }
    Ok(lanes)
}

async fn up(google: &Google, curl: &Curl<'_>, folder: &Path) -> anyhow::Result<[Lane; 2]> {
    let mut ours = Ours::start(&google.place, folder).await?;
    let mut heights = Vec::new();
    let (case, memory) = match google.place.authority {
        None => ("200 MB up", "memory of 200 MB up"),
        Some(_) => ("200 MB up, HTTP/2", "memory of 200 MB up, HTTP/2"),
    };
    let lane = Lane::new("transfer", case, "curl").with_bar(BAR);
    let time = lane
        .measure(
            ROUNDS,
            async || {
                let (id, spent) = ours.upload("big.bin").await?;
                heights.push(ours.height());
                check_sent(google, curl, &id, folder).await?;
                Ok(spent)
            },
            async || {
                let (id, spent) = curl.upload("big.bin", SIZE).await?;
                check_sent(google, curl, &id, folder).await?;
                Ok(spent)
            },
        )
        .await?;
    ours.end().await?;
    Ok([time, height(memory, heights)])
}

/// What is at Google is what was sent; then it is no longer needed.
async fn check_sent(
    google: &Google,
    curl: &Curl<'_>,
    id: &str,
    folder: &Path,
) -> anyhow::Result<()> {
    curl.download(id, "check.bin").await?;
    check(folder, "check.bin")?;
    google.delete(id).await
}

async fn down(google: &Google, curl: &Curl<'_>, folder: &Path) -> anyhow::Result<[Lane; 2]> {
    let (id, _) = curl.upload("big.bin", SIZE).await?;
    let mut ours = Ours::start(&google.place, folder).await?;
    let mut heights = Vec::new();
    let (case, memory) = match google.place.authority {
        None => ("200 MB down", "memory of 200 MB down"),
        Some(_) => ("200 MB down, HTTP/2", "memory of 200 MB down, HTTP/2"),
    };
    let lane = Lane::new("transfer", case, "curl").with_bar(BAR);
    let time = lane
        .measure(
            ROUNDS,
            async || {
                let (name, spent) = ours.download(&id, "ours.bin").await?;
                heights.push(ours.height());
                check(folder, &name)?;
                Ok(spent)
            },
            async || {
                let spent = curl.download(&id, "curl.bin").await?;
                check(folder, "curl.bin")?;
                Ok(spent)
            },
        )
        .await?;
    ours.end().await?;
    Ok([time, height(memory, heights)])
}

fn height(case: &'static str, heights: Vec<f64>) -> Lane {
    let bound = vec![MEMORY; heights.len()];
    Lane::new("transfer", case, "32 MB").counted(Unit::Bytes, heights, bound)
}

/// Bytes of which no two pieces are alike, and that no compression makes fewer.
fn fill(path: &Path, size: u64) -> anyhow::Result<()> {
    let mut file = BufWriter::new(File::create(path)?);
    // SplitMix64.
    let mut state = 0_u64;
    for _ in 0..size / 8 {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        file.write_all(&(mixed ^ (mixed >> 31)).to_le_bytes())?;
    }
    // What the disk still has to do for it would fall on the first rounds.
    file.into_inner()?.sync_all()?;
    Ok(())
}

/// The file is the one that was sent; it goes, so that the next one finds the same place.
fn check(folder: &Path, name: &str) -> anyhow::Result<()> {
    let path = folder.join(name);
    let (mut sent, mut came) = (
        piece_by_piece(&folder.join("big.bin"))?,
        piece_by_piece(&path)?,
    );
    let (mut one, mut other) = (vec![0; 1 << 16], vec![0; 1 << 16]);
    for _ in 0..=SIZE >> 16 {
        let count = sent.read(&mut one)?;
        came.read_exact(&mut other[..count])?;
        ensure!(one[..count] == other[..count], "{name} is another file");
    }
    ensure!(came.read(&mut other)? == 0, "{name} is longer");
    drop(came);
    fs::remove_file(path)?;
    Ok(())
}

fn piece_by_piece(path: &Path) -> anyhow::Result<BufReader<File>> {
    let file = File::open(path).with_context(|| path.display().to_string())?;
    Ok(BufReader::with_capacity(1 << 16, file))
}
