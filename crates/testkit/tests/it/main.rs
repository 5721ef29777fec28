//! Tests of the test helpers: they have to notice what they are for.

#[cfg(feature = "browser")]
mod browser;
mod clock;
#[cfg(feature = "postgres")]
mod postgres;
mod suite;
