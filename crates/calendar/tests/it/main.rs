//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod every_tool;
mod golden;
mod hub;
mod pages;
mod series;
mod settle;
mod split;
mod task;
mod world;
