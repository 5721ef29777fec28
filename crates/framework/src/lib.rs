//! Agents that run Toolgate's tools for many users: binding, run loop, consent pauses
