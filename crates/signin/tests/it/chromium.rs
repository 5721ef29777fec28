//! The pages in Chromium, as people meet them: a link in a chat, Google, and back.

mod attacks;
mod connections;
mod errors;
mod quiet;
mod scene;
mod tls;
mod walk;
