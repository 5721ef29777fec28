//! A real yup-oauth2 authenticator over Toolgate's store, against the emulator.

mod authenticator;
mod databases;
mod storage;
mod world;
