//! Slides as its clients see it.

mod harness;

mod basics;
mod elements;
mod pages;
mod pictures;
mod texts;
