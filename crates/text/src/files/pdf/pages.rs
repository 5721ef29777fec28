//! The tree of pages, walked without recursion.

use std::collections::HashSet;
use std::rc::Rc;

use crate::files::{
    FileError,
    pdf::{
        file::File,
        object::{Dict, Object},
    },
};

/// A page, and what it inherits.
#[derive(Debug, Clone)]
pub(super) struct Page {
    pub(super) dict: Rc<Dict>,
    pub(super) resources: Rc<Dict>,
}

/// The first pages of a file, and how many it has.
pub(super) fn pages(file: &File<'_>, max: usize) -> Result<(Vec<Page>, usize), FileError> {
    let mut walk = Walk::default();
    if let Some(root) = file.root().dict() {
        let pages = root.get("Pages").cloned().unwrap_or_default();
        walk.waiting.push((pages, Rc::default()));
    }
    walk.run(file, max)?;
    if walk.total == 0 {
        let loose = file.loose_pages().iter().rev();
        walk.waiting
            .extend(loose.map(|number| (Object::Reference(*number), Rc::default())));
        walk.run(file, max)?;
    }
    Ok((walk.found, walk.total))
}

#[derive(Default)]
struct Walk {
    /// What is still to be looked at, the next at the end, each with the resources it inherits.
    waiting: Vec<(Object, Rc<Dict>)>,
    /// Nodes of the tree that were looked at: one that comes again leads in a circle, or multiplies pages.
    seen: HashSet<u32>,
    found: Vec<Page>,
    total: usize,
}

impl Walk {
    fn run(&mut self, file: &File<'_>, max: usize) -> Result<(), FileError> {
        while let Some((object, inherited)) = self.waiting.pop() {
            file.budget().tick()?;
            // Pages beyond those that are read only count, unless they are nodes.
            let node = file.resolve(&object)?;
            let Some(dict) = node.dict() else { continue };
            let own = file.value(dict, "Resources")?;
            let resources = own.dict().map_or(inherited, |own| Rc::new(own.clone()));
            if let Object::Array(kids) = file.value(dict, "Kids")? {
                let is_new = match object {
                    Object::Reference(number) => self.seen.insert(number),
                    _ => true,
                };
                if is_new {
                    file.budget().keep(kids.len())?;
                    self.waiting.extend(
                        kids.into_iter()
                            .rev()
                            .map(|kid| (kid, Rc::clone(&resources))),
                    );
                }
                continue;
            }
            self.total += 1;
            if self.found.len() < max {
                let dict = Rc::new(dict.clone());
                self.found.push(Page { dict, resources });
            }
        }
        Ok(())
    }
}
