//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod clocks;
mod cut;
mod defects;
mod doubt;
mod every_tool;
mod free;
mod golden;
mod hours;
mod hub;
mod outside;
mod pages;
mod parity;
mod race;
mod reading;
mod rights;
mod series;
mod settle;
mod split;
mod task;
mod told;
mod world;
