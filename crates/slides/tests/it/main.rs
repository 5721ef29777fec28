//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod every_tool;
mod golden;
mod making;
mod seed;
mod world;
