//! Google Calendar tools for LLM agents, per user, on Toolgate.
