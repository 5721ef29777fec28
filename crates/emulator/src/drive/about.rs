//! About the caller: who they are, what room there is, what can be converted.

use std::collections::BTreeMap;

use serde_json::json;

use super::export::EXPORTS;
use super::methods::Asked;
use super::native::IMPORTS;
use super::world::Drives;
use crate::call::Reply;

/// What everybody has for nothing, in bytes.
const LIMIT: u64 = 15 * 1024 * 1024 * 1024;

/// `about.get`
pub(super) fn get(drives: &Drives, asked: Asked<'_>) -> Reply {
    let (usage, in_trash) = drives.usage(asked.user);
    let account = drives.account(asked.user);
    let exports: BTreeMap<&str, &[&str]> = EXPORTS.into_iter().collect();
    let mut imports: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (from, to) in IMPORTS {
        imports.entry(from).or_default().push(to);
    }
    Reply::Json(json!({
        "kind": "drive#about",
        "user": drives.user(asked.user, asked.user),
        "storageQuota": {
            "limit": LIMIT.to_string(),
            "usage": usage.to_string(),
            "usageInDrive": usage.to_string(),
            "usageInDriveTrash": in_trash.to_string(),
        },
        "exportFormats": exports,
        "importFormats": imports,
        "maxImportSizes": {
            "application/vnd.google-apps.document": "10485760",
            "application/vnd.google-apps.spreadsheet": "104857600",
            "application/vnd.google-apps.presentation": "104857600",
        },
        "maxUploadSize": "5242880000000",
        "appInstalled": false,
        "folderColorPalette": ["#ac725e", "#d06b64", "#f83a22", "#fa573c", "#4986e7", "#16a765"],
        "canCreateDrives": account.is_some_and(|it| it.hosted_domain.is_some()),
    }))
}
