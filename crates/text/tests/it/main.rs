//! Tests of the public interface.

mod corpus;
mod hostile;
mod properties;
mod quotes;
mod shapes;
