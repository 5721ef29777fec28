//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod every_tool;
mod failures;
mod golden;
mod hub;
mod making;
mod outside;
mod pages;
mod parity;
mod reading;
mod reviewed;
mod searching;
mod seed;
mod settle;
mod sharing;
mod task;
mod transfers;
mod world;
