//! Runnable examples of Toolgate
