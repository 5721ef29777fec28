//! What the environment says of the machine: where gcloud keeps its files, and whether a browser shows.

use std::path::PathBuf;

use super::Environment;
use crate::error::Error;

impl Environment {
    /// The folder of gcloud's files; none where nothing says where that would be.
    pub(crate) fn gcloud_folder(&self) -> Result<Option<PathBuf>, Error> {
        if let Some(folder) = self.text("CLOUDSDK_CONFIG")? {
            return Ok(Some(PathBuf::from(folder)));
        }
        let folder = if cfg!(windows) {
            self.text("APPDATA")?.map(PathBuf::from)
        } else {
            let home = self.text("HOME")?;
            home.map(|home| PathBuf::from(home).join(".config"))
        };
        Ok(folder.map(|folder| folder.join("gcloud")))
    }

    /// Whether what opens links can show anything. Where there is no display, `xdg-open` takes a browser
    /// for terminals, which has none here, and may say that all is well.
    pub(crate) fn shows_browsers(&self) -> bool {
        if cfg!(any(windows, target_os = "macos")) {
            return true;
        }
        let is_set = |name| self.is_set(name).unwrap_or(true);
        ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"]
            .into_iter()
            .any(is_set)
    }
}
