//! The pages together are the whole, and each fits.

use proptest::prelude::*;
use toolgate_auth::{Access, AccessToken};
use toolgate_http::{Endpoints, HttpClient};
use toolgate_toolkit::{RunScope, ToolContext};

use super::*;

fn fence() -> Fence {
    let token = AccessToken::parse("ya29.a0Af").unwrap();
    let access = Access::from_token(token, HttpClient::new().unwrap(), Endpoints::google());
    ToolContext::new(access, RunScope::new("run")).fence("slide")
}

fn any_part() -> impl Strategy<Value = (bool, String)> {
    (any::<bool>(), "[a-zäß😀\"\\n ]{0,400}")
}

fn deck(slides: Vec<(Vec<(bool, String)>, String)>) -> Vec<Whole> {
    let whole = |(place, (parts, notes)): (usize, (Vec<(bool, String)>, String))| {
        let element = |(at, (is_image, text)): (usize, (bool, String))| Part {
            what: What::Element(Box::new(ElementView {
                id: format!("e{place}_{at}"),
                kind: "text_box".to_owned(),
                ..ElementView::default()
            })),
            text: if is_image { String::new() } else { text },
        };
        let mut parts: Vec<Part> = parts.into_iter().enumerate().map(element).collect();
        if !notes.is_empty() {
            parts.push(Part {
                what: What::Notes,
                text: notes,
            });
        }
        Whole {
            view: SlideView {
                slide_id: format!("s/{place}"),
                number: Some(place + 1),
                ..SlideView::default()
            },
            parts,
        }
    };
    slides.into_iter().enumerate().map(whole).collect()
}

/// The text without its fence.
fn bare(text: &str) -> &str {
    let (_, rest) = text.split_once(">\n").unwrap();
    rest.rsplit_once("\n</").unwrap().0
}

/// What all pages say of each element and of the notes, joined.
fn joined(pages: &[Page]) -> Vec<(String, String)> {
    let mut all: Vec<(String, String)> = Vec::new();
    let mut add = |id: String, text: Option<&str>| {
        let text = text.map(bare).unwrap_or_default();
        match all.iter_mut().find(|(it, _)| *it == id) {
            Some((_, said)) => said.push_str(text),
            None => all.push((id, text.to_owned())),
        }
    };
    for view in pages.iter().flat_map(|it| &it.slides) {
        add(view.slide_id.clone(), None);
        for element in &view.elements {
            add(element.id.clone(), element.text.as_deref());
        }
        if let Some(notes) = &view.notes {
            add(format!("{} notes", view.slide_id), Some(notes));
        }
    }
    all
}

fn whole(slides: &[Whole]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for slide in slides {
        let id = &slide.view.slide_id;
        all.push((id.clone(), String::new()));
        for part in &slide.parts {
            let name = match &part.what {
                What::Element(element) => element.id.clone(),
                What::Text | What::Notes => format!("{id} notes"),
            };
            all.push((name, part.text.clone()));
        }
    }
    all
}

proptest! {
    #[test]
    fn the_pages_together_are_the_whole_and_each_fits(
        slides in prop::collection::vec((prop::collection::vec(any_part(), 0..5), "[a-z ]{0,900}"), 0..8),
        room in 700..3000_usize,
    ) {
        let slides = deck(slides);
        let fence = fence();
        let mut pages = Vec::new();
        let mut handle = None;
        loop {
            let page = page(&slides, handle.as_deref(), room, &fence).unwrap();
            prop_assert!(json_size(&page.slides) <= room + 2, "{}", json_size(&page.slides));
            prop_assert!(page.next.is_none() || !page.slides.is_empty());
            handle.clone_from(&page.next);
            pages.push(page);
            prop_assert!(pages.len() < 200);
            if handle.is_none() {
                break;
            }
        }
        prop_assert_eq!(joined(&pages), whole(&slides));
    }
}

#[test]
fn a_handle_that_names_no_place_is_refused_and_a_good_one_shown() {
    let slides = deck(vec![(Vec::new(), "note".to_owned())]);
    for wrong in ["x/0/0", "s/0", "s/0/a/0", "s/0/0/-1"] {
        let error = page(&slides, Some(wrong), 1000, &fence()).unwrap_err();
        assert_eq!(error.argument(), Some("page_token"), "{wrong}");
    }
    assert!(page(&slides, Some("s/0/0/2"), 1000, &fence()).is_ok());
}
