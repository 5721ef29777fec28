//! The Drives through their methods.
