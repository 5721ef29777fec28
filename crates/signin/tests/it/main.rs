//! The sign-in pages as browsers, previews and attackers meet them, with the emulator as Google.

mod abuse;
mod accounts;
mod browser;
mod callback;
mod chromium;
mod failing;
mod identity;
mod mounting;
mod pages;
mod races;
mod reconsent;
mod setups;
mod site;
mod storage;
mod walk;
