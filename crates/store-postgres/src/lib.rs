//! Toolgate's token store on PostgreSQL
