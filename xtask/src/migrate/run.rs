//! The task itself.

use crate::flags::MigrateFlags;

pub(crate) fn run(flags: &MigrateFlags) -> anyhow::Result<()> {
    let _ = flags;
    Ok(())
}
