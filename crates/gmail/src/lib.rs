//! Gmail tools for LLM agents, per user, on Toolgate
