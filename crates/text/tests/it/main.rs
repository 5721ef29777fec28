//! Tests of the public interface.

mod corpus;
mod hostile;
#[cfg(feature = "files")]
mod office;
mod properties;
mod quotes;
mod shapes;
#[cfg(feature = "files")]
mod support;
