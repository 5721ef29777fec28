//! Texts by themselves.
