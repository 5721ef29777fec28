//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod every_tool;
mod failures;
mod golden;
mod hub;
mod outside;
mod pages;
mod parity;
mod protection;
mod reading;
mod records;
mod seed;
mod settle;
mod tabs;
mod task;
mod typed;
mod world;
mod writing;
