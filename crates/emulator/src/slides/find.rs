//! Finding pages and elements by their ids, and what is written on them.

use super::deck::{Deck, Element, Kind, Page, PageKind};

impl Deck {
    /// Every page, notes too.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &Page> {
        let notes = self.slides.iter().filter_map(Page::notes);
        let outer = [&self.slides, &self.layouts, &self.masters];
        let outer = outer.into_iter().flatten();
        outer
            .chain(notes)
            .chain(std::iter::once(&self.notes_master))
    }

    pub(crate) fn pages_mut(&mut self) -> Vec<&mut Page> {
        let mut pages: Vec<&mut Page> = Vec::new();
        for slide in &mut self.slides {
            pages.push(slide);
        }
        pages.extend(&mut self.layouts);
        pages.extend(&mut self.masters);
        pages.push(&mut self.notes_master);
        pages
    }

    pub(crate) fn page(&self, id: &str) -> Option<&Page> {
        self.pages().find(|page| page.id == id)
    }

    pub(crate) fn page_mut(&mut self, id: &str) -> Option<&mut Page> {
        for page in self.pages_mut() {
            if page.id == id {
                return Some(page);
            }
            if let PageKind::Slide { notes, .. } = &mut page.kind
                && notes.id == id
            {
                return Some(notes);
            }
        }
        None
    }

    pub(crate) fn element(&self, id: &str) -> Option<&Element> {
        let mut found = None;
        for page in self.pages() {
            for element in &page.elements {
                element.walk(&mut |it| {
                    if it.id == id {
                        found = Some(it);
                    }
                });
            }
        }
        found
    }

    pub(crate) fn element_mut(&mut self, id: &str) -> Option<&mut Element> {
        fn within<'a>(elements: &'a mut [Element], id: &str) -> Option<&'a mut Element> {
            for element in elements {
                if element.id == id {
                    return Some(element);
                }
                if let Kind::Group(children) = &mut element.kind
                    && let Some(found) = within(children, id)
                {
                    return Some(found);
                }
            }
            None
        }
        let page = self.page_of(id)?.id.clone();
        within(&mut self.page_mut(&page)?.elements, id)
    }

    /// The page that an element is on.
    pub(crate) fn page_of(&self, id: &str) -> Option<&Page> {
        self.pages().find(|page| {
            let mut is_here = false;
            for element in &page.elements {
                element.walk(&mut |it| is_here |= it.id == id);
            }
            is_here
        })
    }

    /// Whether a page or an element has this id.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.page(id).is_some() || self.element(id).is_some()
    }

    /// An id that nothing has.
    pub(crate) fn fresh_id(&mut self) -> String {
        loop {
            self.counter += 1;
            // As Google's look.
            let id = format!("SLIDES_API{}_0", 1_000_000_000 + self.counter * 7_919);
            if !self.has(&id) {
                return id;
            }
        }
    }

    /// What stands on a slide.
    pub(crate) fn text_of(page: &Page) -> String {
        let parts = page.elements.iter().map(Element::plain);
        let parts = parts.filter(|it| !it.is_empty());
        parts.collect::<Vec<_>>().join("\n")
    }

    /// The speaker's notes of a slide.
    pub(crate) fn notes_of(page: &Page) -> String {
        let Some(notes) = page.notes() else {
            return String::new();
        };
        let PageKind::Notes(id) = &notes.kind else {
            return String::new();
        };
        let shape = notes.elements.iter().find(|it| it.id == *id);
        shape.map(Element::plain).unwrap_or_default()
    }

    /// All text, slide by slide.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.slides.iter().map(Self::text_of).collect()
    }
}
