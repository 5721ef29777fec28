//! Google's product APIs, and where each of them is.

use url::Url;

use super::join;
use crate::error::Error;

/// One of Google's product APIs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Api {
    /// Gmail v1.
    Gmail,
    /// Calendar v3.
    Calendar,
    /// Drive v3.
    Drive,
    /// Sheets v4.
    Sheets,
    /// Slides v1.
    Slides,
}

impl Api {
    /// Each of them.
    pub const ALL: [Self; 5] = [
        Self::Gmail,
        Self::Calendar,
        Self::Drive,
        Self::Sheets,
        Self::Slides,
    ];

    pub(super) fn host(self) -> &'static str {
        match self {
            Self::Gmail => "https://gmail.googleapis.com/",
            Self::Calendar | Self::Drive => "https://www.googleapis.com/",
            Self::Sheets => "https://sheets.googleapis.com/",
            Self::Slides => "https://slides.googleapis.com/",
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Gmail => "gmail/v1/",
            Self::Calendar => "calendar/v3/",
            Self::Drive => "drive/v3/",
            Self::Sheets => "v4/",
            Self::Slides => "v1/",
        }
    }

    fn batch_path(self) -> &'static str {
        match self {
            Self::Gmail => "batch/gmail/v1",
            Self::Calendar => "batch/calendar/v3",
            Self::Drive => "batch/drive/v3",
            Self::Sheets | Self::Slides => "batch",
        }
    }

    pub(super) fn index(self) -> usize {
        match self {
            Self::Gmail => 0,
            Self::Calendar => 1,
            Self::Drive => 2,
            Self::Sheets => 3,
            Self::Slides => 4,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ApiUrls {
    pub(super) base: Url,
    pub(super) batch: Url,
    pub(super) upload: Url,
}

impl ApiUrls {
    pub(super) fn under(root: &Url, api: Api) -> Result<Self, Error> {
        Ok(Self {
            base: join(root, api.path())?,
            batch: join(root, api.batch_path())?,
            upload: join(root, &format!("upload/{}", api.path()))?,
        })
    }
}
