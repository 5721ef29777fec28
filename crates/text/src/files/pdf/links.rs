//! The links of a page, which stand beside its content.

use crate::files::{
    FileError,
    pdf::{file::File, object::Object, pages::Page},
};
use crate::html::link::target;

/// More are no help to a reader.
const MAX_LINKS: usize = 200;

/// The addresses of a page's links, each once.
pub(super) fn links(file: &File<'_>, page: &Page) -> Result<Vec<String>, FileError> {
    let mut links = Vec::new();
    let annotations = file.value(&page.dict, "Annots")?;
    for annotation in annotations
        .array()
        .unwrap_or_default()
        .iter()
        .take(MAX_LINKS * 10)
    {
        let annotation = file.resolve(annotation)?;
        let Some(dict) = annotation.dict() else {
            continue;
        };
        let action = file.value(dict, "A")?;
        let Some(action) = action.dict() else {
            continue;
        };
        let Object::String(address) = file.value(action, "URI")? else {
            continue;
        };
        let address = target(&String::from_utf8_lossy(&address));
        links.extend(address.filter(|address| links.len() < MAX_LINKS && !links.contains(address)));
    }
    Ok(links)
}
