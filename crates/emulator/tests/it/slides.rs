//! Slides as its clients see it.

mod harness;

mod basics;
mod scratch;
