//! Toolgate's token store on SQLite
