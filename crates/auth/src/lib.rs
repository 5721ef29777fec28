//! Identities, sealed OAuth grants and the guard that hands out Google access tokens per user
