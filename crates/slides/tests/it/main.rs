//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod every_tool;
mod golden;
mod seed;
mod world;
