//! What Alice has in her Drive: a presentation of each kind of slide, a template, and what is none.

use toolgate_emulator::{Seed, SeedAccount, SeedDrive, SeedFile, SeedGrant};

use crate::world::ALICE;

pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const DECK: &str = "1DeckOfTheOffsite";
pub(crate) const TEMPLATE: &str = "1TemplateOfOffers";
pub(crate) const PUBLIC: &str = "1PictureForAnyone";
pub(crate) const PRIVATE: &str = "1PictureForNobody";
pub(crate) const VIDEO: &str = "1VideoOfTheTeam";

/// A picture of one pixel.
pub(crate) const PNG: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";

pub(crate) fn file(id: &str, name: &str) -> SeedFile {
    SeedFile {
        id: Some(id.to_owned()),
        name: name.to_owned(),
        ..SeedFile::default()
    }
}

pub(crate) fn deck(id: &str, name: &str, slides: &[&str]) -> SeedFile {
    SeedFile {
        slides: slides.iter().copied().map(str::to_owned).collect(),
        ..file(id, name)
    }
}

fn bytes(id: &str, name: &str, kind: &str) -> SeedFile {
    SeedFile {
        base64: Some(PNG.to_owned()),
        mime_type: Some(kind.to_owned()),
        ..file(id, name)
    }
}

/// Slides of all kinds: `slide_1` is the title, `slide_2` has a text and notes, `slide_3` a table and
/// `slide_4` a picture.
pub(crate) fn offsite() -> SeedFile {
    let picture = format!("The map\n![Map of Lisbon](data:image/png;base64,{PNG})");
    deck(
        DECK,
        "Spring plans",
        &[
            "Lisbon offsite\nThree days in May",
            "Why\nWe meet 😀 at last\nWe meet again\nNotes:\nSay thanks to all",
            "Costs\n| Item | Price |\n| Train | 450 |",
            &picture,
        ],
    )
}

/// Alice's presentations and files, and one that Bob shares with her.
pub(crate) fn office() -> Seed {
    let mut alice = SeedAccount::new(ALICE, "Alice Example");
    let anyone = SeedGrant {
        role: "reader".to_owned(),
        ..SeedGrant::default()
    };
    let template = deck(
        TEMPLATE,
        "Offer",
        &[
            "Offer for {{name}}\nOn {{date}}",
            "Dear {{name}}\nIt costs {{price}}",
        ],
    );
    alice.drive = SeedDrive {
        files: vec![
            offsite(),
            template,
            SeedFile {
                shared_with: vec![anyone],
                ..bytes(PUBLIC, "logo.png", "image/png")
            },
            bytes(PRIVATE, "secret.png", "image/png"),
            bytes(VIDEO, "team.mp4", "video/mp4"),
        ],
        shared_drives: Vec::new(),
    };
    let mut bob = SeedAccount::new(BOB, "Bob Example");
    bob.drive.files = vec![SeedFile {
        shared_with: vec![SeedGrant {
            role: "reader".to_owned(),
            email: Some(ALICE.to_owned()),
            ..SeedGrant::default()
        }],
        ..deck("1DeckOfBob", "Bob's deck", &["Bob's title"])
    }];
    Seed {
        accounts: vec![alice, bob],
    }
}
