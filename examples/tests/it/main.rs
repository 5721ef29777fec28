//! The whole of it, as a program uses it: agent, toolkit, stores, sign-in pages and the emulator.

mod accounts;
mod answers;
mod bad_input;
mod call;
mod catalogue;
mod deck;
mod isolation;
mod partial;
mod quickstart;
mod replicas;
mod shared;
mod signin_server;
mod sizes;
mod stored;
mod unticked;
mod world;
