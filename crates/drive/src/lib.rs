//! Google Drive tools for LLM agents, per user, on Toolgate.
