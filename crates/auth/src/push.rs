//! What Google pushes to an application, which ends with the connection that it was asked by.

use std::fmt;

use async_trait::async_trait;

use crate::identity::{AccountLabel, Principal};

/// The notification channels of Calendar and Drive that the application has open, so that a disconnect
/// can end them while the grant still works. Google lists them nowhere: whoever opened one (with the
/// client that a toolkit hands out) knows its names, from the answer to `watch`.
///
/// ```
/// use async_trait::async_trait;
/// use toolgate_auth::{AccountLabel, Principal, PushChannel, PushChannels};
///
/// /// As the application's own table says.
/// #[derive(Debug)]
/// struct OurChannels;
///
/// #[async_trait]
/// impl PushChannels for OurChannels {
///     async fn open(
///         &self,
///         principal: &Principal,
///         _account: Option<&AccountLabel>,
///     ) -> Result<Vec<PushChannel>, Box<dyn std::error::Error + Send + Sync>> {
///         let _whose = principal.user();
///         Ok(vec![PushChannel::calendar("4ba78bf0-6a47-11e2", "ret08u3rv24htgh289g")])
///     }
/// }
/// ```
#[async_trait]
pub trait PushChannels: Send + Sync + fmt::Debug {
    /// Those that a person's connection may have open; ones that are over do no harm.
    ///
    /// # Errors
    /// When it cannot be told for now. Then the channels go on until their time is over, and the
    /// disconnect's event says so.
    async fn open(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
    ) -> Result<Vec<PushChannel>, Box<dyn std::error::Error + Send + Sync>>;
}

/// A notification channel, by the two names that end it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushChannel(pub(crate) Push);

impl PushChannel {
    /// One of Calendar: the channel's `id` and its `resourceId`, as `watch` answered.
    pub fn calendar(id: impl Into<String>, resource_id: impl Into<String>) -> Self {
        Self(Push::Calendar(Names::new(id, resource_id)))
    }

    /// One of Drive, likewise.
    pub fn drive(id: impl Into<String>, resource_id: impl Into<String>) -> Self {
        Self(Push::Drive(Names::new(id, resource_id)))
    }
}

/// Something that Google pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Push {
    /// Changes of the account's mailbox, by `users.watch`. One a mailbox, without a name.
    Mailbox,
    Calendar(Names),
    Drive(Names),
}

/// The names of a channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) id: String,
    pub(crate) resource_id: String,
}

impl Names {
    fn new(id: impl Into<String>, resource_id: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            resource_id: resource_id.into(),
        }
    }
}

impl Push {
    /// Google's method that ends it.
    pub(crate) fn stopped_by(&self) -> &'static str {
        match self {
            Self::Mailbox => "gmail.users.stop",
            Self::Calendar(_) => "calendar.channels.stop",
            Self::Drive(_) => "drive.channels.stop",
        }
    }
}
