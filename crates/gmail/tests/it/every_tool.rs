//! The whole catalogue, tool by tool: what succeeds, what is refused, and what Google is asked.

toolgate_testkit::tools_suite!(crate::golden::Office);
