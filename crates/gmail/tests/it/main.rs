//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod attached;
mod catalogue;
mod defects;
mod draft;
mod failures;
mod files;
mod forward;
mod hub;
mod message;
mod outbox;
mod search;
mod send;
mod sender;
mod settle;
mod task;
mod thread;
mod update;
mod world;
mod writers;
