//! Settings as the API keeps and refuses them, and what they do to mail.

mod filters;
mod send_as;
mod vacation;
