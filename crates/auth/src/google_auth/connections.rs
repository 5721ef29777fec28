//! What an application does with connections: show them, end them, and forget people.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::BoundGoogleAuth;
use crate::accounts::{is_connected, rows_of};
use crate::clock::Timestamp;
use crate::disconnect::{DeletedUser, Disconnected, FinishedDisconnects};
use crate::error::Error;
use crate::identity::{AccountLabel, Principal, TokenKey};
use crate::scope::{Requirement, ScopeSet};
use crate::store::{DisconnectReach, RowStatus, TokenRow};

/// One Google account that a person has connected, for a page or a list. It holds no token.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Connection {
    /// What the person calls the account; none is the default one.
    pub account: Option<AccountLabel>,
    /// The account's e-mail address, for display only.
    pub email: Option<String>,
    /// The toolkits of which at least one call may be made with what was granted.
    pub services: Vec<String>,
    /// What was granted.
    pub scopes: ScopeSet,
    /// What the toolkits need besides, for all that they do: it was left out at Google, or a toolkit
    /// came later.
    pub left_out: ScopeSet,
    /// Whether it works, as far as is known.
    pub status: RowStatus,
    /// When the account was connected for the first time.
    pub since: Timestamp,
    /// When a token of it was used last, where that is known.
    pub last_used: Option<Timestamp>,
}

impl Connection {
    /// What it is called: its label, or the word for the default account.
    pub fn name(&self) -> &str {
        let label = self.account.as_ref();
        label.map_or(AccountLabel::DEFAULT, AccountLabel::as_str)
    }

    /// Whether somebody who says this word means it: its name or its e-mail address, in any case.
    pub fn is_called(&self, word: &str) -> bool {
        let email = self.email.as_ref();
        self.name().eq_ignore_ascii_case(word)
            || email.is_some_and(|email| email.eq_ignore_ascii_case(word))
    }
}

/// The name and the e-mail address.
impl fmt::Display for Connection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())?;
        match &self.email {
            Some(email) => write!(f, " ({email})"),
            None => Ok(()),
        }
    }
}

impl BoundGoogleAuth {
    /// What one person has connected under this consent: the default account first, then the others
    /// by their labels. What was disconnected is left out; what needs a new consent is not.
    ///
    /// # Errors
    /// When the database cannot be asked, or a row cannot be read.
    pub async fn connections(&self, principal: &Principal) -> Result<Vec<Connection>, Error> {
        let reading = self.0.guard.reads_accounts();
        let rows = rows_of(&*self.0.tokens, principal, self.service()).await?;
        // Whoever chooses an account by what is told here gets that account's token, and not one that
        // this process remembers of the account that stood there before.
        for row in &rows {
            self.0.guard.has_seen(row).await;
        }
        let found = self.shown_all(rows.into_iter().filter(is_connected));
        if self.has_several_accounts() {
            self.0
                .guard
                .knows_accounts(principal, &found, reading)
                .await;
        }
        Ok(found)
    }

    /// The same, and what is being disconnected as well ([`RowStatus::Disconnecting`]): for a page
    /// that shows people all that is kept of theirs. No call uses such an account.
    ///
    /// # Errors
    /// As [`connections`](Self::connections).
    pub async fn connections_with_ending(
        &self,
        principal: &Principal,
    ) -> Result<Vec<Connection>, Error> {
        let rows = rows_of(&*self.0.tokens, principal, self.service()).await?;
        let kept = |row: &TokenRow| row.status != RowStatus::Revoked;
        Ok(self.shown_all(rows.into_iter().filter(kept)))
    }

    /// What [`connections`](Self::connections) says, as far as this process knows, and as of a minute ago at most: what was connected or
    /// disconnected by this process is known at once, what another one did within the minute.
    ///
    /// # Errors
    /// As [`connections`](Self::connections).
    pub async fn known_connections(
        &self,
        principal: &Principal,
    ) -> Result<Arc<[Connection]>, Error> {
        if let Some(known) = self.0.guard.known_accounts(principal).await {
            return Ok(known);
        }
        Ok(self.connections(principal).await?.into())
    }

    fn shown_all(&self, rows: impl Iterator<Item = TokenRow>) -> Vec<Connection> {
        let mut shown: Vec<Connection> = rows.map(|row| self.shown(row)).collect();
        shown.sort_by(|a, b| a.account.cmp(&b.account));
        shown
    }

    fn shown(&self, row: TokenRow) -> Connection {
        let scopes: ScopeSet = row.consented_scopes.iter().collect();
        let toolkits = self.0.toolkits.iter();
        let services = toolkits
            .filter(|(_, needs)| needs.missing(&scopes).len() < needs.methods().count())
            .map(|(name, _)| name.clone())
            .collect();
        let toolkits = self.0.toolkits.values();
        let all = toolkits.fold(Requirement::none(), |sum, each| sum.union(each));
        Connection {
            account: row.key.account_label().cloned(),
            email: row.account_email,
            services,
            left_out: all.least_additional(&scopes),
            scopes,
            status: row.status,
            since: row.created_at,
            last_used: row.last_used_at,
        }
    }

    /// Ends a person's connection. From the moment this returns no call of theirs gets a token in this
    /// process, nor in any other after a minute: for so long a process serves what it remembers without
    /// a look at the row. No refresh that was under way brings the connection back. Where Google was
    /// told, what a process remembers has ended there as well.
    ///
    /// Google revokes per project and account. So while another connection of the same Google
    /// account works (another person's of this application, say), Google is not told and this row
    /// alone is wiped; [`DisconnectReach::Everywhere`] ends all of them together. A grant that was
    /// imported may not say whose it is: then its own access token is asked, while that lives. Where
    /// nobody can tell, Google is told, and others' connections of the same account, if there are any,
    /// end along. That everywhere was asked for is kept with the row, for whoever finishes it.
    ///
    /// Before Google is told, the account's Gmail watch (`users.watch`) is ended, which would go on
    /// for up to a week otherwise, and so are the notification channels of Calendar and Drive that the
    /// application says it has open ([`PushChannels`](crate::PushChannels)). That is tried for five
    /// seconds, and never stops a disconnect; the event `disconnected` says under `gmail_watch` and
    /// `channels` whether it went well.
    ///
    /// Where the stored token does not open, Google cannot be told:
    /// [`HereUnreadable`](Disconnected::HereUnreadable). A key that this process alone may lack is waited
    /// for before that, three hours from when this process first found it missing
    /// ([`Pending`](Disconnected::Pending)), so that every other process has come by once; since it looks
    /// every hour or two, that is about five hours in all, and a process that is started anew counts anew.
    ///
    /// # Errors
    /// When the database cannot be asked. The row may be marked by then, so that nobody gets a token;
    /// call again to finish.
    pub async fn disconnect(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
        reach: DisconnectReach,
    ) -> Result<Disconnected, Error> {
        let key = TokenKey::new(principal.clone(), self.service().clone())
            .with_account_label(account.cloned());
        self.0.disconnects.disconnect(&key, reach).await
    }

    /// How many other connections of the same Google account and the same project work, whosever they
    /// are: for their sake a disconnect of this one ends here alone. [`DisconnectReach::Everywhere`] ends
    /// them along, and with them those that are kept and give no token, which are not counted.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn other_connections(
        &self,
        principal: &Principal,
        account: Option<&AccountLabel>,
    ) -> Result<u64, Error> {
        let key = TokenKey::new(principal.clone(), self.service().clone())
            .with_account_label(account.cloned());
        let row = self.0.tokens.get(&key).await?.row;
        let row = row.filter(|it| it.status != RowStatus::Revoked);
        let Some(account_id) = row.as_ref().and_then(|it| it.account_id.as_deref()) else {
            return Ok(0);
        };
        let project = row.as_ref().and_then(|it| it.project.as_deref());
        let count = self.0.tokens.count_account(project, account_id).await?;
        let itself = row.is_some_and(|it| it.status == RowStatus::Active);
        Ok(count.live.saturating_sub(u64::from(itself)))
    }

    /// Disconnects and deletes all that is stored of one person: grants of every account and
    /// service, open sign-in links, conversations and paused runs. Audit events stay. Says how much
    /// went.
    ///
    /// All grants are barred before Google is told of the first, so that none is served any more, by
    /// this process at once and by any other after a minute ([`disconnect`](Self::disconnect)). One whose
    /// secrets do not open is deleted without waiting for its key, and Google goes on listing the
    /// application: [`DeletedUser::unreadable`] counts it, and the event `disconnected` says
    /// `here_unreadable`.
    ///
    /// End the person's runs first, and keep them from signing in. What is deleted is what is stored up to
    /// the last look: a run that is under way and has stored nothing yet may pause, and store that it
    /// waits, behind it; then call this once more. It may be called again at any time.
    ///
    /// # Errors
    /// As [`disconnect`](Self::disconnect), and a transient one when Google cannot be told of a grant:
    /// then nobody gets a token any more, and what is stored stays until this is called again. The others
    /// are deleted all the same, and the first failure is told.
    pub async fn delete_user(&self, principal: &Principal) -> Result<DeletedUser, Error> {
        self.0.disconnects.delete_user(principal).await
    }

    /// Finishes disconnects that were begun and not finished, by whatever process; says how many
    /// are done, and how many Google could not be told of. Binding does this by itself, as
    /// do upkeep and a sign-in that meets one; an operator may call it.
    ///
    /// # Errors
    /// When the database cannot be asked.
    pub async fn finish_disconnects(&self) -> Result<FinishedDisconnects, Error> {
        self.0.disconnects.finish_all(Duration::ZERO).await
    }

    /// Waits until the audit events of what happened so far are stored, or for five seconds. Those
    /// of refreshes are written behind whoever wanted the token, so that a program that ends right
    /// after calls this first.
    pub async fn flush_events(&self) {
        self.0.audit.tell_of_nobody();
        self.0.audit.settled().await;
    }
}
