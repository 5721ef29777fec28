//! Where PostgreSQL's programs and its pooler are.

use std::path::{Path, PathBuf};

use crate::shell;

/// What a folder must hold to be of use.
const NEEDED: [&str; 3] = ["initdb", "pg_ctl", "postgres"];

/// Folders in which packages put the programs; `*` stands for a version, and the newest wins.
const PLACES: [&str; 6] = [
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
    "home/linuxbrew/.linuxbrew/opt/postgresql@*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
];

/// The folder of the programs, on `PATH` or where packages put them.
pub(super) fn programs() -> Option<PathBuf> {
    let path = shell::env("PATH").unwrap_or_default();
    find(std::env::split_paths(&path), Path::new("/"))
}

/// PgBouncer, on `PATH` or in the folder of the administrator's programs, which is on root's only.
pub(super) fn pooler() -> Option<PathBuf> {
    let path = shell::env("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(["/usr/sbin".into(), "/usr/local/sbin".into()])
        .map(|folder| folder.join("pgbouncer"))
        .find(|program| program.is_file())
}

fn find(path: impl Iterator<Item = PathBuf>, root: &Path) -> Option<PathBuf> {
    path.chain(PLACES.iter().flat_map(|place| places(root, place)))
        .find(|folder| NEEDED.iter().all(|name| folder.join(name).is_file()))
}

/// The folders that a place names, newest version first.
fn places(root: &Path, place: &str) -> Vec<PathBuf> {
    let Some((before, after)) = place.split_once('*') else {
        return vec![root.join(place)];
    };
    let (parent, prefix) = before.rsplit_once('/').unwrap_or(("", before));
    let Ok(entries) = root.join(parent).read_dir() else {
        return Vec::new();
    };
    let mut versions: Vec<(Vec<u32>, PathBuf)> = entries
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let version = version(name.strip_prefix(prefix)?)?;
            Some((version, entry.path().join(after.trim_start_matches('/'))))
        })
        .collect();
    versions.sort();
    versions.into_iter().rev().map(|(_, path)| path).collect()
}

fn version(text: &str) -> Option<Vec<u32>> {
    text.split('.').map(|part| part.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn check(folders: &[&str], path: &[&str], expected: Option<&str>) {
        let root = tempfile::tempdir().unwrap();
        for folder in folders {
            let folder = root.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            for name in NEEDED {
                fs::write(folder.join(name), "").unwrap();
            }
        }
        let path = path.iter().map(|folder| root.path().join(folder));
        let found = find(path, root.path());
        assert_eq!(found, expected.map(|folder| root.path().join(folder)));
    }

    #[test]
    fn the_programs_are_found_on_path_first_and_then_newest_version_first() {
        let debian = ["usr/lib/postgresql/9.6/bin", "usr/lib/postgresql/15/bin"];
        let brew = ["opt/homebrew/opt/postgresql@16/bin"];
        check(&[], &["usr/bin"], None);
        check(&debian, &["usr/bin"], Some("usr/lib/postgresql/15/bin"));
        check(&brew, &[], Some("opt/homebrew/opt/postgresql@16/bin"));
        check(&["usr/pgsql-17/bin"], &[], Some("usr/pgsql-17/bin"));
        check(
            &["opt/own/bin", "usr/lib/postgresql/15/bin"],
            &["usr/bin", "opt/own/bin"],
            Some("opt/own/bin"),
        );
        check(
            &[
                "usr/lib/postgresql/9/bin",
                "usr/lib/postgresql/10/bin",
                "usr/lib/postgresql/10.1/bin",
            ],
            &[],
            Some("usr/lib/postgresql/10.1/bin"),
        );
    }

    #[test]
    fn a_folder_with_the_client_programs_only_does_not_count() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("usr/lib/postgresql/15/bin");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("psql"), "").unwrap();
        fs::write(folder.join("postgres"), "").unwrap();
        assert_eq!(find(std::iter::empty(), root.path()), None);
    }
}
