//! Tests of the public interface.

mod corpus;
#[cfg(feature = "files")]
mod files;
mod hidden;
mod hostile;
#[cfg(feature = "files")]
mod hostile_files;
#[cfg(feature = "files")]
mod mutated_files;
#[cfg(feature = "files")]
mod office;
#[cfg(feature = "files")]
mod pdf;
mod properties;
mod quotes;
mod shapes;
#[cfg(feature = "files")]
mod support;
#[cfg(feature = "files")]
mod written_files;
