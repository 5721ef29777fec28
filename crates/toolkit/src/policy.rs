//! What may stop a call and what takes it down. Both do nothing until somebody fills them in.

use std::fmt::Debug;

use async_trait::async_trait;
use serde_json::Value;
use toolgate_auth::{AccountLabel, Principal};

use crate::context::RunScope;
use crate::error::ToolError;
use crate::spec::ToolSpec;

/// A call that is about to happen, or just did.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct CallInfo<'a> {
    /// The toolkit's name.
    pub toolkit: &'static str,
    /// The tool.
    pub tool: &'a ToolSpec,
    /// Whose run it is, where that is known.
    pub principal: Option<&'a Principal>,
    /// With which of their Google accounts; none is the default one.
    pub account: Option<&'a AccountLabel>,
    /// The run.
    pub run: &'a RunScope,
    /// The arguments, checked. They are the person's own matter: an audit keeps none of them.
    pub arguments: &'a Value,
}

/// A hub that is about to be handed to program code: a client of Google's generated crates, with a
/// person's tokens, which passes tools, budgets and the audit of calls by.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct HubInfo<'a> {
    /// The toolkit's name.
    pub toolkit: &'static str,
    /// Whose run it is, where that is known.
    pub principal: Option<&'a Principal>,
    /// With which of their Google accounts; none is the default one.
    pub account: Option<&'a AccountLabel>,
    /// The run.
    pub run: &'a RunScope,
}

/// Decides whether a call may happen.
#[async_trait]
pub trait Policy: Send + Sync + Debug {
    /// Lets the call happen, or says why not. Without a word until the call's time is over, the
    /// call does not happen.
    ///
    /// # Errors
    /// Such as `permission_denied` or `confirmation_required`; the call does not happen.
    async fn decide(&self, call: &CallInfo<'_>) -> Result<(), ToolError>;

    /// Lets program code have a hub, or says why not. A policy that says nothing of hubs refuses
    /// them: no call that a hub makes is ever decided.
    ///
    /// # Errors
    /// Such as `permission_denied`; the hub is not handed out.
    async fn decide_hub(&self, hub: &HubInfo<'_>) -> Result<(), ToolError> {
        Err(ToolError::permission_denied(format!(
            "a policy decides what {} may do, and a hub would pass it by; use the tools",
            hub.toolkit
        )))
    }
}

/// Lets every call happen.
#[derive(Debug, Clone, Copy, Default)]
pub struct AllowAll;

#[async_trait]
impl Policy for AllowAll {
    async fn decide(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn decide_hub(&self, _hub: &HubInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }
}

/// Takes calls down.
#[async_trait]
pub trait Audit: Send + Sync + Debug {
    /// The call is about to happen. It does not where this takes until the call's time is over.
    ///
    /// # Errors
    /// When it cannot be taken down; the call does not happen then.
    async fn begin(&self, call: &CallInfo<'_>) -> Result<(), ToolError>;

    /// The call is over. Of a call that was cancelled or used up its time this is told as well, and
    /// has a few seconds all the same; what takes longer is given up.
    async fn end(&self, call: &CallInfo<'_>, outcome: Result<(), &ToolError>);

    /// A hub is about to be handed to program code. What it does is seen by nobody, so an audit that
    /// says nothing of hubs refuses them.
    ///
    /// # Errors
    /// When it cannot be taken down; the hub is not handed out then.
    async fn hub(&self, hub: &HubInfo<'_>) -> Result<(), ToolError> {
        Err(ToolError::permission_denied(format!(
            "what {} does is taken down, and what a hub does would not be; use the tools",
            hub.toolkit
        )))
    }
}

/// Takes nothing down.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoAudit;

#[async_trait]
impl Audit for NoAudit {
    async fn begin(&self, _call: &CallInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }

    async fn end(&self, _call: &CallInfo<'_>, _outcome: Result<(), &ToolError>) {}

    async fn hub(&self, _hub: &HubInfo<'_>) -> Result<(), ToolError> {
        Ok(())
    }
}
