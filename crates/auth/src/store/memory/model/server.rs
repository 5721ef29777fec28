//! The authorization server, as far as refresh tokens go.

/// A refresh token: which consent it stems from, and how often it was rotated since.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct RefreshToken {
    pub(super) family: u8,
    pub(super) generation: u8,
}

/// What a server does with refresh tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    /// A refresh token stays as it is. Google is so.
    Keeping,
    /// Each use gives a new one, and the old one is dead.
    Rotating,
    /// So too, and the use of a dead one ends the grant.
    FamilyRevoking,
}

/// The tokens that came of one consent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Family {
    life: Life,
    current: u8,
    /// The last rotation went to somebody who died with it.
    orphaned: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Life {
    Live,
    Revoked,
    /// Ended because a used token came back.
    Reused,
}

/// The server and every grant it has given.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Server {
    kind: Kind,
    families: Vec<Family>,
}

impl Server {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            families: Vec::new(),
        }
    }

    /// A person consents. Earlier grants live on.
    pub(super) fn consent(&mut self) -> RefreshToken {
        self.families.push(Family {
            life: Life::Live,
            current: 0,
            orphaned: false,
        });
        let family = u8::try_from(self.families.len() - 1).expect("few consents");
        RefreshToken {
            family,
            generation: 0,
        }
    }

    /// A token request; `None` is `invalid_grant`.
    pub(super) fn refresh(&mut self, token: RefreshToken) -> Option<RefreshToken> {
        let kind = self.kind;
        let accepted = self.accepts(token);
        let family = &mut self.families[usize::from(token.family)];
        if !accepted {
            if kind == Kind::FamilyRevoking && family.life == Life::Live {
                family.life = Life::Reused;
            }
            return None;
        }
        if kind != Kind::Keeping {
            family.current += 1;
        }
        Some(RefreshToken {
            generation: family.current,
            ..token
        })
    }

    /// Whether a refresh with this token would work.
    pub(super) fn accepts(&self, token: RefreshToken) -> bool {
        let family = self.family(token);
        family.life == Life::Live && family.current == token.generation
    }

    /// Google revokes for the whole project and account.
    pub(super) fn revoke_all(&mut self) {
        for family in &mut self.families {
            family.life = Life::Revoked;
        }
    }

    /// Nobody will ever save this token.
    pub(super) fn orphan(&mut self, token: RefreshToken) {
        if self.kind != Kind::Keeping {
            self.families[usize::from(token.family)].orphaned = true;
        }
    }

    /// Whether it is nobody's fault that a stored token is dead.
    pub(super) fn excuses(&self, token: RefreshToken) -> bool {
        let family = self.family(token);
        family.life == Life::Revoked || family.orphaned
    }

    fn family(&self, token: RefreshToken) -> &Family {
        &self.families[usize::from(token.family)]
    }
}
