//! Every published crate can be packed, and what is in the packages builds.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::Context as _;

use crate::shell;
use crate::workspace::Workspace;

/// Packs all of them, unpacks them into a workspace of their own, and checks that.
///
/// `cargo package` would build each with all of its dependencies from nothing, which takes half an
/// hour; here one build serves all, in the folder in which most of it stands already.
pub(crate) fn run() -> anyhow::Result<()> {
    let workspace = Workspace::load()?;
    pack(&workspace)?;
    let packed = workspace.target_directory.join("package");
    let folder = fresh(&packed.join("unpacked"))?;
    let mut names = Vec::new();
    for package in workspace.packages.iter().filter(|it| it.is_published()) {
        let archive = packed.join(format!("{}-{}.crate", package.name, package.version));
        unpack(&archive, &folder)?;
        fs::rename(
            folder.join(format!("{}-{}", package.name, package.version)),
            folder.join(&package.name),
        )?;
        names.push(package.name.as_str());
    }
    fs::write(folder.join("Cargo.toml"), manifest(&names))?;
    fs::copy(shell::root().join("Cargo.lock"), folder.join("Cargo.lock"))?;
    let check = ["check", "--workspace", "--all-features"];
    let mut command = shell::cargo_here(check);
    command.current_dir(&folder);
    command.env("CARGO_TARGET_DIR", &workspace.target_directory);
    shell::run(&mut command)
}

fn pack(workspace: &Workspace) -> anyhow::Result<()> {
    let arguments = ["package", "--quiet", "--workspace", "--no-verify"];
    let mut command = shell::cargo(arguments);
    command.arg("--allow-dirty");
    for package in workspace.packages.iter().filter(|it| !it.is_published()) {
        command.args(["--exclude", &package.name]);
    }
    shell::run(&mut command)
}

fn unpack(archive: &Path, folder: &Path) -> anyhow::Result<()> {
    let mut command = Command::new("tar");
    // Packages bear one time for all files and for ever, by which cargo would take what it built of
    // an earlier one for built of this.
    command.arg("-xzmf").arg(archive).arg("-C").arg(folder);
    shell::run_quietly(&mut command)
}

fn fresh(folder: &Path) -> anyhow::Result<PathBuf> {
    if folder.exists() {
        fs::remove_dir_all(folder)
            .with_context(|| format!("{} could not be removed", folder.display()))?;
    }
    fs::create_dir_all(folder)?;
    Ok(folder.to_path_buf())
}

/// A workspace of these, which find each other here and not in a registry.
fn manifest(names: &[&str]) -> String {
    let lines = |line: fn(&&str) -> String| names.iter().map(line).collect::<String>();
    let members = lines(|name| format!("    \"{name}\",\n"));
    let patches = lines(|name| format!("{name} = {{ path = \"{name}\" }}\n"));
    format!(
        "[workspace]\nresolver = \"3\"\nmembers = [\n{members}]\n\n[patch.crates-io]\n{patches}\n\
         [profile.dev]\ndebug = \"line-tables-only\"\n\n[profile.dev.package.\"*\"]\ndebug = false\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_packages_are_members_and_take_the_place_of_the_registrys() {
        let text = manifest(&["a", "b"]);
        assert!(text.contains("members = [\n    \"a\",\n    \"b\",\n]"));
        assert!(text.contains("[patch.crates-io]\na = { path = \"a\" }\nb = { path = \"b\" }\n"));
    }
}
