//! An exhaustive check of the refresh protocol: every order of every step, breadth first.
//!
//! The database of the model is the functions of [`transition`](super::transition) on real rows,
//! those that the in-memory store runs and with which the SQL stores are compared. Around them
//! stand processes that refresh, an authorization server, and what may happen to a grant meanwhile.
//! The search visits every state that some order of steps leads to, and holds the invariants in
//! each; of a violation it tells the shortest way there.
//!
//! # What is modelled
//!
//! - One row, which may be gone, and come back as another incarnation.
//! - Two and three processes, each like the guard: read, take the lease, ask the server, which
//!   works on the request at a moment of its own, then commit what came of it. Where the lease or
//!   the commit is lost, read again. Where the database refuses a commit, save later with the same
//!   comparison. What happens in a process between two statements nobody else can see, so a step
//!   is one statement or one request ([`caller`]).
//! - Servers that keep the refresh token (Google), rotate it, or rotate it and end the grant when a
//!   used one comes back ([`server`]).
//! - At every point, within a [`Budget`](world::Budget): a process dies; a lease runs out under its
//!   living holder; the access token expires; the request is lost, or its answer, or the client is
//!   refused; the database refuses a commit; a person consents (mint, read, write) or revokes at
//!   Google; a disconnect (read, begin, revoke, finish), whose process may die and which another
//!   takes up; the row is deleted; its secrets are wiped by a security event; an API answers 401 and
//!   the token is invalidated; a key rotation seals again ([`events`]). A dead holder's lease and a
//!   back-off run out at any time and free of charge.
//!
//! Time is what the row says of it: the clock stands, and what time does (a lease, a token or a
//! back-off runs out) is done to the row's own time stamps. So a state is finite and every order of
//! these is searched, also orders that no clock would give.
//!
//! # What is not
//!
//! - More than one row, so not the reach of a disconnect; the 60 s between two invalidations; a
//!   database clock that is set back. The store suite has them.
//! - The memory of a process, soft expiry, the bound on waiting, the holder's own deadline: a holder
//!   may ask and commit however late. The guard's tests have them.
//! - The check of a fresh consent after a revocation (`F3`): the model lets a consent store a token
//!   that was revoked meanwhile. A consent always brings a refresh token of its own.
//! - The lease's owner, which no statement compares: all processes have the same name, and states
//!   that differ only in which process is which are one state.
//! - The security event's wipe is what the protocol says of it (epoch and `lease_seq` grow, secrets
//!   go, consent is needed); no store operation does it yet. It is here because the comparison of
//!   the epoch rests on it: after consents the version, after disconnects the status would do.
//!
//! # The invariants
//!
//! | | what holds | looked at |
//! |---|---|---|
//! | INV1 | no stranded grant: the stored refresh token is the server's live one, unless a process died (or an answer was lost) between the server's answer and its commit, or the grant was revoked | when no process is at work |
//! | INV2 | no false consent: `needs_consent` means that the stored refresh token is dead | in every state |
//! | INV3 | no resurrection: after a disconnect or a wipe only a consent brings secrets back, one that has seen the row so | at every step |
//! | INV4 | POSTs per version ≤ 1 + crashes + overrun leases + requests without a usable or saved answer | in every state |
//! | INV5 | epoch order: secrets of an earlier consent never overwrite those of a later one | in every state |
//! | INV6 | at most one POST of a grant is in flight among holders that have not overrun their lease; in runs without a stall that is: at most one | in every state |
//! | INV7 | progress: where the stored refresh token works, a caller who comes once the lease and the back-off are over gets a token by one lease and one POST, whatever the others stopped in the middle of; and a half-done disconnect can be ended | from every state |
//! | INV8 | no connection is held during the POST: not for a model; a hook on the pool shows it | |
//! | INV9 | version, epoch and `lease_seq` never decrease within an incarnation | at every step |
//!
//! `tests` holds the protocol to them; `broken` breaks it in each known way and demands that the
//! search notices. Patches under `mutants/` break `transition.rs` itself.

mod broken;
mod caller;
mod database;
mod events;
mod invariants;
mod search;
mod server;
mod tests;
mod variant;
mod world;
