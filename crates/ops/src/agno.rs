//! Brings grants over from agno's database, and back into one.

mod export;
mod fernet;
mod import;
mod rows;

pub use self::export::AgnoExport;
pub use self::fernet::FernetKeys;
pub use self::import::AgnoImport;
pub(crate) use self::import::notes;
pub use self::rows::AgnoTable;
