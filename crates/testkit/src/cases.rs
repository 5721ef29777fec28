//! The contract of the stores, one public function for each sentence of it.

pub mod audit;
pub mod damaged;
pub mod meta;
pub mod sessions;
pub mod sign_ins;
pub mod tokens;
