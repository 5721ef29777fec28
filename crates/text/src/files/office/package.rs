//! The ZIP archive, its parts by name, and how they refer to each other.

use std::collections::HashMap;
use std::io::Read;

use flate2::read::DeflateDecoder;
use rawzip::{CompressionMethod, ZipArchive, ZipArchiveEntryWayfinder, ZipSliceArchive};

use crate::files::{
    FileError, FileKind,
    budget::Budget,
    charset,
    error::Kind,
    office::{
        damaged,
        xml::{Node, Walk},
    },
};

/// More parts than any document has.
const MAX_PARTS: usize = 10_000;

/// How much is unpacked between two looks at the budget.
const CHUNK: usize = 64 * 1024;

/// The parts that tell the kinds apart, and those of kinds that are not read.
const MAIN_PARTS: [(&str, FileKind); 3] = [
    ("word/document", FileKind::Docx),
    ("xl/workbook.xml", FileKind::Xlsx),
    ("ppt/presentation.xml", FileKind::Pptx),
];

/// An archive and the table of its parts.
pub(super) struct Package<'a> {
    archive: ZipSliceArchive<&'a [u8]>,
    parts: HashMap<String, Part>,
}

struct Part {
    at: ZipArchiveEntryWayfinder,
    method: CompressionMethod,
    encrypted: bool,
}

/// How one part names another, or an address outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Relation {
    /// The last word of its type: `hyperlink`, `slide`.
    pub(super) kind: String,
    /// The name of a part, or an address.
    pub(super) target: String,
    pub(super) external: bool,
}

/// The relations of one part by their ids.
pub(super) type Relations = HashMap<String, Relation>;

impl<'a> Package<'a> {
    /// Reads the table of parts; unpacks nothing.
    pub(super) fn open(bytes: &'a [u8], budget: &Budget) -> Result<Self, FileError> {
        let no_zip = |_| Kind::Unsupported("a ZIP archive that is damaged or cut off");
        let archive = ZipArchive::from_slice(bytes).map_err(no_zip)?;
        let mut parts = HashMap::new();
        let mut entries = archive.entries();
        while let Some(entry) = entries.next_entry().map_err(no_zip)? {
            budget.tick()?;
            if parts.len() >= MAX_PARTS {
                return Err(Kind::TooLarge("it is an archive of too many files").into());
            }
            let name = String::from_utf8_lossy(entry.file_path().as_bytes()).into_owned();
            let part = Part {
                at: entry.wayfinder(),
                method: entry.compression_method(),
                encrypted: entry.flags().is_encrypted(),
            };
            // Office takes the first of two parts of one name as well.
            parts.entry(normal(&name)).or_insert(part);
        }
        Ok(Self { archive, parts })
    }

    /// Which office document it is, if one.
    pub(super) fn kind(&self) -> Result<FileKind, FileError> {
        let of_main = |(main, kind): (&str, FileKind)| {
            let found = self
                .parts
                .keys()
                .any(|name| name.starts_with(main) && has_extension(name, "xml"));
            found.then_some(kind)
        };
        if let Some(kind) = MAIN_PARTS.into_iter().find_map(of_main) {
            return Ok(kind);
        }
        let has = |name: &str| self.parts.contains_key(name);
        let what = match () {
            () if has("xl/workbook.bin") => "an Excel workbook of the binary kind (.xlsb)",
            () if has("content.xml") && has("meta-inf/manifest.xml") => "an OpenDocument file",
            () if has("meta-inf/container.xml") => "an EPUB book",
            () => "a ZIP archive",
        };
        Err(Kind::Unsupported(what).into())
    }

    /// A part's text, unpacked within the budget.
    pub(super) fn part(&self, name: &str, budget: &Budget) -> Result<Option<String>, FileError> {
        let Some(part) = self.parts.get(&normal(name)) else {
            return Ok(None);
        };
        if part.encrypted {
            return Err(Kind::Encrypted("office document").into());
        }
        let entry = self.archive.get_entry(part.at);
        let packed = entry
            .map_err(|_| damaged("a part is not where the archive says"))?
            .data();
        let bytes = match part.method {
            CompressionMethod::STORE => stored(packed, budget)?,
            CompressionMethod::DEFLATE => inflated(packed, budget)?,
            _ => return Err(damaged("a part is packed in an unusual way")),
        };
        Ok(Some(match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => charset::decode(error.as_bytes()).into_owned(),
        }))
    }

    /// A part that has to be there.
    pub(super) fn need(&self, name: &str, budget: &Budget) -> Result<String, FileError> {
        let part = self.part(name, budget)?;
        part.ok_or_else(|| damaged("a part is missing"))
    }

    /// What a part's relation ids mean; `""` asks for those of the whole package.
    pub(super) fn relations(&self, name: &str, budget: &Budget) -> Result<Relations, FileError> {
        let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
        let Some(text) = self.part(&format!("{folder}/_rels/{file}.rels"), budget)? else {
            return Ok(Relations::new());
        };
        let mut relations = Relations::new();
        let mut walk = Walk::new(&text, budget);
        while let Some(node) = walk.next()? {
            let Node::Open(element) = node else { continue };
            let (Some(id), Some(target)) = (element.attr("Id"), element.attr("Target")) else {
                continue;
            };
            budget.keep(1)?;
            let external = element
                .attr("TargetMode")
                .is_some_and(|mode| mode == "External");
            let kind = element.attr("Type").unwrap_or_default();
            let relation = Relation {
                kind: kind.rsplit('/').next().unwrap_or_default().to_owned(),
                target: if external {
                    target
                } else {
                    resolved(folder, &target)
                },
                external,
            };
            relations.insert(id, relation);
        }
        Ok(relations)
    }

    /// The main part: what the package's own relations say, or the usual name.
    pub(super) fn main_part(&self, usual: &str, budget: &Budget) -> Result<String, FileError> {
        let relations = self.relations("", budget)?;
        let named = relations
            .into_values()
            .find(|relation| relation.kind == "officeDocument" && !relation.external)
            .map(|relation| relation.target)
            .filter(|name| self.parts.contains_key(&normal(name)));
        Ok(named.unwrap_or_else(|| usual.to_owned()))
    }
}

/// The first relation of a kind that names a part.
pub(super) fn of_kind<'r>(relations: &'r Relations, kind: &str) -> Option<&'r str> {
    let found = relations
        .values()
        .find(|one| one.kind == kind && !one.external);
    found.map(|one| one.target.as_str())
}

/// Names of parts differ in case between programs.
fn normal(name: &str) -> String {
    name.trim_start_matches('/')
        .replace('\\', "/")
        .to_ascii_lowercase()
}

fn has_extension(name: &str, extension: &str) -> bool {
    name.rsplit_once('.')
        .is_some_and(|(_, own)| own == extension)
}

/// A target as seen from a folder.
fn resolved(folder: &str, target: &str) -> String {
    let base = if target.starts_with('/') { "" } else { folder };
    let mut path: Vec<_> = base.split('/').filter(|step| !step.is_empty()).collect();
    for step in target.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                path.pop();
            }
            _ => path.push(step),
        }
    }
    path.join("/")
}

fn stored(packed: &[u8], budget: &Budget) -> Result<Vec<u8>, FileError> {
    budget.unpack(packed.len())?;
    Ok(packed.to_vec())
}

/// Unpacks chunk by chunk, so that a bomb ends where the budget does.
fn inflated(packed: &[u8], budget: &Budget) -> Result<Vec<u8>, FileError> {
    let mut decoder = DeflateDecoder::new(packed);
    let (mut bytes, mut chunk) = (Vec::new(), vec![0; CHUNK]);
    loop {
        let count = decoder.read(&mut chunk);
        let count = count.map_err(|_| damaged("a part cannot be unpacked"))?;
        if count == 0 {
            return Ok(bytes);
        }
        budget.unpack(count)?;
        bytes.extend(chunk.iter().take(count));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_seen_from_their_folder_and_never_leave_the_package() {
        for (folder, target, path) in [
            ("xl", "worksheets/sheet1.xml", "xl/worksheets/sheet1.xml"),
            ("xl", "/xl/styles.xml", "xl/styles.xml"),
            (
                "ppt/slides",
                "../notesSlides/n.xml",
                "ppt/notesSlides/n.xml",
            ),
            ("a", "../../../etc/passwd", "etc/passwd"),
            ("", "./word/document.xml", "word/document.xml"),
        ] {
            assert_eq!(resolved(folder, target), path);
        }
    }
}
