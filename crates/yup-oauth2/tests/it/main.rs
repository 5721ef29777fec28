//! A real yup-oauth2 authenticator over Toolgate's store, against the emulator.

mod authenticator;
mod databases;
mod service;
mod storage;
mod world;
