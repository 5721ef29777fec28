//! What operators of Toolgate do, as a library: migrations, status
