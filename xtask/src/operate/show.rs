//! What the tasks print.

use anyhow::bail;
use toolgate_auth::{DeletedUser, FinishedDisconnects, KeysInUse, Principal};
use toolgate_ops::{Finding, Level, Rotated, RowOutcome, RowReport};

/// Every row with what became of it, and how many were written; an error where none could be taken,
/// or one was taken and the database has no record of it.
pub(super) fn rows(reports: &[RowReport], dry_run: bool) -> anyhow::Result<()> {
    for report in reports {
        println!("{report}");
    }
    let count = |is: fn(&RowOutcome) -> bool| reports.iter().filter(|it| is(&it.outcome)).count();
    let (written, skipped) = (count(RowOutcome::is_written), count(RowOutcome::is_skipped));
    let what = if dry_run {
        "would be written (nothing was)"
    } else {
        "written"
    };
    let all = reports.len();
    let kept = all - written - skipped;
    println!("{written} of {all} {what}, {kept} kept as they were, {skipped} skipped");
    let unrecorded = count(|it| *it == RowOutcome::Unrecorded);
    if unrecorded > 0 {
        bail!(
            "of {unrecorded} written, the database did not take the event; the table of audit events has to be writable"
        );
    }
    if skipped > 0 && skipped == all {
        bail!("none could be taken; the lines above say why");
    }
    Ok(())
}

pub(super) fn keys(used: &KeysInUse) {
    for key in &used.keys {
        let mark = match (key.is_active, key.is_known) {
            (true, _) => "seals",
            (false, true) if key.rows + key.names + key.sessions == 0 => {
                "opens only; nothing needs it"
            }
            (false, true) => "opens only; `cargo xtask keys rotate` frees them of it",
            (false, false) if key.rows + key.sessions == 0 => {
                "NOT CONFIGURED; `cargo xtask keys rotate` frees them of it"
            }
            (false, false) => "NOT CONFIGURED: nobody can open these",
        };
        // Of the key that seals, sessions are not counted.
        let sessions = if key.is_active {
            String::new()
        } else {
            format!(", {} conversations and paused runs", key.sessions)
        };
        let names = match key.names {
            0 => String::new(),
            names => format!(", the names of {names} more"),
        };
        println!("{}: {} rows{names}{sessions} ({mark})", key.id, key.rows);
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

/// What went; an error where Google does not know of all.
pub(super) fn deleted(person: &Principal, gone: &DeletedUser) -> anyhow::Result<()> {
    println!(
        "of {person} were deleted: {} connections, ended at Google where that was for us to do; {} \
         sign-ins; {} conversations and paused runs",
        gone.grants, gone.sign_ins, gone.sessions
    );
    told_of_all(gone.unreadable)
}

/// What became of half-done disconnects; an error where one is left, or Google does not know of all.
pub(super) fn finished(done: FinishedDisconnects) -> anyhow::Result<()> {
    println!("{} finished, {} pending", done.finished, done.pending);
    told_of_all(done.unreadable)?;
    if done.pending > 0 {
        bail!(
            "google could not be told of these, or their key is not in TOOLGATE_KEY (`keys status` says); \
             nobody gets a token of theirs meanwhile: run it again later or with the key, or with \
             --wipe-unreadable where the key is lost"
        );
    }
    Ok(())
}

fn told_of_all(unreadable: u64) -> anyhow::Result<()> {
    if unreadable > 0 {
        bail!(
            "{unreadable} of these could not be read and were wiped here alone: google was not told, and \
             the person has to remove the application at https://myaccount.google.com/connections"
        );
    }
    Ok(())
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
