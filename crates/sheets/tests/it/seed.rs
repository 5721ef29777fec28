//! The spreadsheets that the tests work on.

use std::collections::BTreeMap;

use toolgate_emulator::{Seed, SeedAccount, SeedFile, SeedGrant, SeedProtected, SeedTab};

use crate::world::ALICE;

pub(crate) const BOB: &str = "bob@example.com";
/// A spreadsheet of Alice's.
pub(crate) const TRACKER: &str = "x-tracker";
/// Another one.
pub(crate) const OTHER: &str = "x-other";
/// One of Bob's, of which Alice may change some.
pub(crate) const BOBS: &str = "x-bobs";

pub(crate) fn tab(name: &str, rows: &[&[&str]]) -> SeedTab {
    let row = |row: &&[&str]| row.iter().map(|it| (*it).to_owned()).collect();
    SeedTab {
        name: name.to_owned(),
        rows: rows.iter().map(row).collect(),
        ..SeedTab::default()
    }
}

pub(crate) fn book(id: &str, name: &str, tabs: Vec<SeedTab>) -> SeedFile {
    SeedFile {
        id: Some(id.to_owned()),
        name: name.to_owned(),
        tabs,
        ..SeedFile::default()
    }
}

pub(crate) fn to(email: &str, role: &str) -> SeedGrant {
    SeedGrant {
        role: role.to_owned(),
        email: Some(email.to_owned()),
        ..SeedGrant::default()
    }
}

fn tracker() -> SeedFile {
    let items = tab(
        "Tracker",
        &[
            &["Item", "Owner", "Status", "Due", "Amount", "Double"],
            &["Venue", "Ann", "open", "2027-03-01", "1200.5", "=E2*2"],
            &["Catering", "Bob", "done", "2027-02-10", "300", "=E3*2"],
            &["Bus, big", "Ann", "open", "", "", "=1/0"],
        ],
    );
    let items = SeedTab {
        frozen_rows: Some(1),
        ..items
    };
    let notes = tab("Q1! '#2'", &[&["Say \"hi\"", "'007", "TRUE"]]);
    SeedFile {
        locale: Some("en_US".to_owned()),
        time_zone: Some("Europe/Berlin".to_owned()),
        named_ranges: BTreeMap::from([("Amounts".to_owned(), "Tracker!E2:E4".to_owned())]),
        shared_with: vec![to(BOB, "reader")],
        ..book(
            TRACKER,
            "Offsite tracker",
            vec![items, notes, tab("Empty", &[])],
        )
    }
}

fn bobs() -> SeedFile {
    let plan = SeedTab {
        protected: vec![
            SeedProtected {
                range: "Plan!A1:B2".to_owned(),
                description: "Bob's head".to_owned(),
                ..SeedProtected::default()
            },
            SeedProtected {
                range: "Plan!C1:C9".to_owned(),
                warning_only: true,
                ..SeedProtected::default()
            },
        ],
        ..tab("Plan", &[&["Name", "N"], &["Ann", "3"], &["Eve", "4"]])
    };
    SeedFile {
        shared_with: vec![to(ALICE, "writer")],
        ..book(BOBS, "Plan of Bob", vec![plan, tab("Free", &[&["x"]])])
    }
}

pub(crate) fn people(alices: Vec<SeedFile>, bobs: Vec<SeedFile>) -> Seed {
    let mut alice = SeedAccount::new(ALICE, "Alice Example");
    alice.drive.files = alices;
    let mut bob = SeedAccount::new(BOB, "Bob Example");
    bob.drive.files = bobs;
    Seed {
        accounts: vec![alice, bob],
    }
}

pub(crate) fn office() -> Seed {
    let other = book(
        OTHER,
        "Other",
        vec![tab("Sheet1", &[&["Name", "N"], &["Ann", "3"]])],
    );
    let document = SeedFile {
        id: Some("d-plan".to_owned()),
        name: "Plan".to_owned(),
        markdown: Some("# Plan".to_owned()),
        ..SeedFile::default()
    };
    people(vec![tracker(), other, document], vec![bobs()])
}
