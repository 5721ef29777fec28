//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod failures;
mod hub;
mod making;
mod parity;
mod reading;
mod searching;
mod seed;
mod sharing;
mod task;
mod transfers;
mod world;
