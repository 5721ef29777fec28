//! The toolkit against the emulated Google, through the pipeline that every door uses.

mod bulk;
mod catalogue;
mod changes;
mod corpus;
mod defects;
mod draft;
mod drafts;
mod failures;
mod labels;
mod marks;
mod message;
mod presets;
mod search;
mod settings;
mod task;
mod thread;
mod threads;
mod unsubscribe;
mod world;
