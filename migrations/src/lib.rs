//! The schema of Toolgate's tables, as sea-orm migrations
