//! The queries that Toolgate's SQL stores share (internal plumbing)
