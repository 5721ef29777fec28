//! The sign-in pages and OAuth callback of Toolgate, as an axum router
