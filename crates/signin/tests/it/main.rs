//! The sign-in pages as browsers, previews and attackers meet them, with the emulator as Google.

mod abuse;
mod accounts;
mod attacks;
mod branding;
mod browser;
mod callback;
mod chromium;
mod connections;
mod failing;
mod identity;
mod mounting;
mod names;
mod own;
mod pages;
mod races;
mod reconsent;
mod sessions;
mod setups;
mod several;
mod site;
mod storage;
mod twins;
mod unreadable;
mod walk;
