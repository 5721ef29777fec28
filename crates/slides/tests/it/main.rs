//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod edges;
mod every_tool;
mod failures;
mod golden;
mod making;
mod outlines;
mod outside;
mod parity;
mod places;
mod seed;
mod settle;
mod whole;
mod world;
