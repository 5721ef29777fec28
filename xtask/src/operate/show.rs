//! What the tasks print.

use anyhow::bail;
use toolgate_auth::KeysInUse;
use toolgate_ops::{Finding, Level, Rotated, RowReport};

/// Every row with what became of it, and how many were written.
pub(super) fn rows(reports: &[RowReport], dry_run: bool) {
    for report in reports {
        println!("{report}");
    }
    let written = reports.iter().filter(|it| it.outcome.is_written()).count();
    let what = if dry_run {
        "would be written (nothing was)"
    } else {
        "written"
    };
    println!("{written} of {} {what}", reports.len());
}

pub(super) fn keys(used: &KeysInUse) {
    for key in &used.keys {
        let mark = match (key.is_active, key.is_known) {
            (true, _) => "seals",
            (false, true) if key.rows + key.sessions == 0 => "opens only; nothing needs it",
            (false, true) => "opens only; `cargo xtask keys rotate` frees them of it",
            (false, false) => "NOT CONFIGURED: nobody can open these",
        };
        // Of the key that seals, sessions are not counted.
        let sessions = if key.is_active {
            String::new()
        } else {
            format!(", {} conversations and paused runs", key.sessions)
        };
        println!("{}: {} rows{sessions} ({mark})", key.id, key.rows);
    }
    println!("without secrets: {} rows", used.without_secrets);
}

pub(super) fn rotated(done: Rotated, active: &str) {
    println!(
        "{} rows and {} conversations and paused runs sealed anew under {active}; {} rows were already \
         or hold nothing, {} busy, {} not opened",
        done.resealed, done.sessions, done.already, done.busy, done.unreadable
    );
}

/// All findings; an error where something cannot work.
pub(super) fn findings(found: &[Finding], json: bool) -> anyhow::Result<()> {
    if json {
        println!("{}", serde_json::to_string_pretty(found)?);
    } else {
        for finding in found {
            println!("{finding}");
        }
    }
    let problems = found.iter().filter(|it| it.level == Level::Problem).count();
    if problems > 0 {
        bail!("{problems} to mend");
    }
    Ok(())
}
