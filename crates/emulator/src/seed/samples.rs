//! The seeds that are built in.

use super::Seed;

impl Seed {
    /// The built-in sample: `alice@example.com` and `bob@example.com` with realistic mail
    /// and a few meetings.
    ///
    /// # Panics
    /// Never: the sample is part of the crate, and its tests read it.
    pub fn sample() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the sample is part of the crate and a test reads it"
        )]
        Self::from_yaml(include_str!("sample.yaml")).expect("the built-in sample is well-formed")
    }

    /// A second built-in sample: what an office gets. Alice has send-as addresses, a forwarding
    /// address, a newsletter that can be left by one click, files (PDF, DOCX, XLSX, CSV), an
    /// invitation, a delivery report, a draft, and a long conversation with quotes; Bob, of the same
    /// Workspace domain, has little. Alice's Drive has a folder of mixed files (Doc, Sheet, Slides, DOCX,
    /// XLSX, PDF, CSV, PNG), among them a presentation of twenty slides with notes, tables and a picture,
    /// and one with `{{placeholders}}` to be filled in; a shortcut, a file with a hostile name, one in the trash, a shared drive,
    /// and one that Bob shares with her.
    ///
    /// Alice lives in Warsaw and Bob in New York, both with working hours; there are a weekly series
    /// with answers, a moved and a cancelled instance, an event of a whole day, a declined
    /// invitation, a transparent and a private event, and a calendar of the team. Nobody can see
    /// the calendar of Dana, the third of the domain.
    ///
    /// # Panics
    /// Never: the sample is part of the crate, and its tests read it.
    pub fn office() -> Self {
        #[expect(
            clippy::expect_used,
            reason = "the sample is part of the crate and a test reads it"
        )]
        Self::from_yaml(include_str!("office.yaml")).expect("the built-in sample is well-formed")
    }

    /// The built-in sample of that name: `sample` or `office`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "sample" => Some(Self::sample()),
            "office" => Some(Self::office()),
            _ => None,
        }
    }
}
