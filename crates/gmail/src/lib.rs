//! Gmail tools for LLM agents, per user, on Toolgate

#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the tools that call it come next")
)]
mod compose;
#[cfg_attr(
    not(test),
    expect(dead_code, unused_imports, reason = "the tools that call it come next")
)]
mod mime;
