//! The typed transport to Google's APIs that Toolgate's toolkits share (internal plumbing)
