//! How a run and a conversation are written down: a versioned JSON document of our own.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use toolgate_auth::store::Incarnation;
use toolgate_auth::{
    AccountLabel, AwaitedConsent, ConsentMark, ConsentNeeded, ConsentReason, SessionId,
};

use crate::error::{Error, ErrorKind};
use crate::model::{Carried, Message, ToolCall, Usage};
use crate::outcome::{Need, Progress};

/// What this version writes, and the latest that it reads.
const FORMAT: u32 = 1;
/// How long a document may be with which a model is asked once more, 8 MiB: it is read and written whole,
/// and no model takes as much.
pub(crate) const LONGEST: usize = 8 * 1024 * 1024;

/// A run or a conversation, to be written down or as it was. Whose it is stands in the key of its
/// row and nowhere in here.
#[derive(Debug, PartialEq)]
pub(crate) struct Document {
    pub(crate) run_id: String,
    /// The agent that wrote it, where that has a name.
    pub(crate) agent: Option<String>,
    pub(crate) time_left: Option<Duration>,
    /// The services of the link that was handed out.
    pub(crate) services: Vec<String>,
    pub(crate) progress: Progress,
}

#[derive(Deserialize)]
struct Header {
    format: u32,
}

#[derive(Serialize, Deserialize)]
struct WireDocument {
    format: u32,
    run: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    agent: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    time_left_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    services: Vec<String>,
    progress: WireProgress,
}

#[derive(Serialize, Deserialize)]
struct WireProgress {
    messages: Vec<WireMessage>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    waiting: Vec<WireCall>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    under_way: BTreeSet<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    needs: Vec<WireNeed>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    answered: BTreeSet<String>,
    turns: usize,
    usage: WireUsage,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    members: BTreeMap<String, WireProgress>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireMessage {
    User(String),
    Assistant {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        text: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        calls: Vec<WireCall>,
        /// A null that a provider gave is one, and not nothing.
        #[serde(
            default,
            skip_serializing_if = "Option::is_none",
            deserialize_with = "given"
        )]
        carried: Option<Value>,
    },
    ToolResult {
        call: String,
        name: String,
        content: Value,
        is_error: bool,
    },
}

fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

#[derive(Serialize, Deserialize)]
struct WireCall {
    id: String,
    name: String,
    arguments: Value,
}

#[derive(Serialize, Deserialize)]
struct WireUsage {
    input: u64,
    output: u64,
    cached: u64,
}

#[derive(Serialize, Deserialize)]
struct WireNeed {
    call: String,
    tool: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    services: Vec<String>,
    scopes: Vec<String>,
    reason: String,
    /// Incarnation and epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<(String, i64)>,
    /// The link that was handed out, by the hash of its id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sign_in: Option<String>,
}

impl Document {
    pub(crate) fn to_bytes(&self, session: &SessionId) -> Result<Vec<u8>, Error> {
        let wire = WireDocument {
            format: FORMAT,
            run: self.run_id.clone(),
            agent: self.agent.clone(),
            time_left_ms: self
                .time_left
                .map(|left| u64::try_from(left.as_millis()).unwrap_or(u64::MAX)),
            services: self.services.clone(),
            progress: (&self.progress).into(),
        };
        serde_json::to_vec(&wire).map_err(|error| unreadable(session, &error))
    }

    /// # Errors
    /// When a later version wrote it, or it is something else.
    pub(crate) fn read(session: &SessionId, bytes: &[u8]) -> Result<Self, Error> {
        let header: Header =
            serde_json::from_slice(bytes).map_err(|error| unreadable(session, &error))?;
        if header.format > FORMAT {
            return Err(ErrorKind::LaterDocument(session.clone()).into());
        }
        let wire: WireDocument =
            serde_json::from_slice(bytes).map_err(|error| unreadable(session, &error))?;
        let progress = wire.progress.try_into();
        Ok(Self {
            run_id: wire.run,
            agent: wire.agent,
            time_left: wire.time_left_ms.map(Duration::from_millis),
            services: wire.services,
            progress: progress.map_err(|error| unreadable(session, &error))?,
        })
    }
}

/// serde's own words quote what was said.
fn unreadable(session: &SessionId, error: &serde_json::Error) -> Error {
    let (session, column) = (session.clone(), error.column());
    ErrorKind::Document { session, column }.into()
}

impl From<&Progress> for WireProgress {
    fn from(progress: &Progress) -> Self {
        let members = progress.members.iter();
        Self {
            messages: progress.messages.iter().map(Into::into).collect(),
            waiting: progress.waiting.iter().map(Into::into).collect(),
            under_way: progress.under_way.clone(),
            needs: progress.needs.iter().map(Into::into).collect(),
            answered: progress.answered.clone(),
            turns: progress.turns,
            usage: progress.usage.into(),
            members: members.map(|(id, it)| (id.clone(), it.into())).collect(),
        }
    }
}

impl TryFrom<WireProgress> for Progress {
    type Error = serde_json::Error;

    fn try_from(wire: WireProgress) -> Result<Self, Self::Error> {
        let needs: Result<_, _> = wire.needs.into_iter().map(TryInto::try_into).collect();
        let members = wire.members.into_iter();
        let members: Result<_, Self::Error> = members
            .map(|(id, member)| Ok((id, member.try_into()?)))
            .collect();
        Ok(Self {
            messages: wire.messages.into_iter().map(Into::into).collect(),
            waiting: wire.waiting.into_iter().map(Into::into).collect(),
            under_way: wire.under_way,
            needs: needs?,
            answered: wire.answered,
            turns: wire.turns,
            usage: wire.usage.into(),
            members: members?,
        })
    }
}

impl From<&Message> for WireMessage {
    fn from(message: &Message) -> Self {
        match message.clone() {
            Message::User(text) => Self::User(text),
            Message::Assistant {
                text,
                calls,
                carried,
            } => Self::Assistant {
                text,
                calls: calls.iter().map(Into::into).collect(),
                carried: carried.map(|it| it.value().clone()),
            },
            Message::ToolResult {
                call_id,
                name,
                content,
                is_error,
            } => Self::ToolResult {
                call: call_id,
                name,
                content,
                is_error,
            },
        }
    }
}

impl From<WireMessage> for Message {
    fn from(wire: WireMessage) -> Self {
        match wire {
            WireMessage::User(text) => Self::User(text),
            WireMessage::Assistant {
                text,
                calls,
                carried,
            } => Self::Assistant {
                text,
                calls: calls.into_iter().map(Into::into).collect(),
                carried: carried.map(Carried::new),
            },
            WireMessage::ToolResult {
                call,
                name,
                content,
                is_error,
            } => Self::ToolResult {
                call_id: call,
                name,
                content,
                is_error,
            },
        }
    }
}

impl From<&ToolCall> for WireCall {
    fn from(call: &ToolCall) -> Self {
        let ToolCall {
            id,
            name,
            arguments,
        } = call.clone();
        Self {
            id,
            name,
            arguments,
        }
    }
}

impl From<WireCall> for ToolCall {
    fn from(wire: WireCall) -> Self {
        Self {
            id: wire.id,
            name: wire.name,
            arguments: wire.arguments,
        }
    }
}

impl From<Usage> for WireUsage {
    fn from(usage: Usage) -> Self {
        Self {
            input: usage.input_tokens,
            output: usage.output_tokens,
            cached: usage.cached_tokens,
        }
    }
}

impl From<WireUsage> for Usage {
    fn from(wire: WireUsage) -> Self {
        Self {
            input_tokens: wire.input,
            output_tokens: wire.output,
            cached_tokens: wire.cached,
        }
    }
}

const REASONS: [(&str, ConsentReason); 6] = [
    ("missing", ConsentReason::Missing),
    ("ended", ConsentReason::Ended),
    ("refused", ConsentReason::Refused),
    ("disconnected", ConsentReason::Disconnected),
    ("client_changed", ConsentReason::ClientChanged),
    ("scope_missing", ConsentReason::ScopeMissing),
];

impl From<&Need> for WireNeed {
    fn from(need: &Need) -> Self {
        let AwaitedConsent {
            needed,
            before,
            sign_in,
        } = need.consent.clone();
        let reason = REASONS.iter().find(|(_, it)| *it == needed.reason);
        Self {
            call: need.call_id.clone(),
            tool: need.tool.clone(),
            account: needed.account.map(|it| it.as_str().to_owned()),
            services: needed.services,
            scopes: needed.scopes,
            reason: reason.map_or("missing", |(name, _)| name).to_owned(),
            before: before.map(|it| (it.incarnation.as_str().to_owned(), it.epoch)),
            sign_in,
        }
    }
}

impl TryFrom<WireNeed> for Need {
    type Error = serde_json::Error;

    fn try_from(wire: WireNeed) -> Result<Self, Self::Error> {
        let account = wire.account.map(AccountLabel::parse).transpose();
        let reason = REASONS.iter().find(|(name, _)| *name == wire.reason);
        let needed = ConsentNeeded {
            services: wire.services,
            scopes: wire.scopes,
            reason: reason.map_or(ConsentReason::Missing, |(_, it)| *it),
            account: account.map_err(serde::de::Error::custom)?,
        };
        Ok(Self {
            call_id: wire.call,
            tool: wire.tool,
            consent: AwaitedConsent {
                needed,
                before: wire.before.map(|(incarnation, epoch)| ConsentMark {
                    incarnation: Incarnation::new(incarnation),
                    epoch,
                }),
                sign_in: wire.sign_in,
            },
        })
    }
}
