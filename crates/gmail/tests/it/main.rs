//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod catalogue;
mod defects;
mod draft;
mod failures;
mod message;
mod search;
mod task;
mod thread;
mod world;
