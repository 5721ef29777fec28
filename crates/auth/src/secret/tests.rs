//! What secrets must not be able to do, and that what they hold is wiped.

use std::any::{Any, TypeId};
use std::fmt::Display;
use std::marker::PhantomData;
use std::ops::Deref;

use serde::Serialize;

use super::*;
use crate::grant::TokenAnswer;
use crate::seal::{Opened, Secrets, SignInSecrets};
use crate::{Access, BoundGoogleAuth, GoogleAuth, KeyRing, KeySource, OAuthClient, Token};

/// Each of these has a `HOLDS` of its own, which comes before [`Otherwise`]'s, where the type
/// implements the trait. So code that breaks the rule compiles, and a test says which type does.
macro_rules! probes {
    ($($name:ident: $($bound:ident)::+ $(<$argument:ty>)?;)*) => {$(
        struct $name<T>(PhantomData<T>);

        impl<T: $($bound)::+ $(<$argument>)?> $name<T> {
            const HOLDS: bool = true;
        }
    )*};
}

trait Otherwise {
    const HOLDS: bool = false;
}

impl<T> Otherwise for T {}

probes! {
    Serializes: Serialize;
    Displays: Display;
    Compares: PartialEq;
    Derefs: Deref;
    Lends: AsRef<str>;
    Turns: Into<String>;
}

/// The ways by which a type would give its secret away.
macro_rules! leaks {
    ($type:ty) => {
        [
            ("Serialize", <Serializes<$type>>::HOLDS),
            ("Display", <Displays<$type>>::HOLDS),
            ("PartialEq", <Compares<$type>>::HOLDS),
            ("Deref", <Derefs<$type>>::HOLDS),
            ("AsRef", <Lends<$type>>::HOLDS),
            ("Into", <Turns<$type>>::HOLDS),
        ]
    };
}

macro_rules! each_text {
    ($with:ident) => {
        $with!(
            AccessToken,
            RefreshToken,
            ClientSecret,
            IdToken,
            AuthorizationCode,
            PkceVerifier,
            Nonce,
            BrowserSecret,
            ApiKey
        )
    };
}

/// Implements nothing.
struct Nothing;

#[test]
fn the_probes_find_what_they_look_for() {
    assert!(leaks!(String).iter().all(|(_, leaks)| *leaks));
    assert!(leaks!(Nothing).iter().all(|(_, leaks)| !*leaks));
}

#[test]
fn no_secret_can_be_serialized_displayed_or_compared() {
    macro_rules! check {
        ($($type:ty),*) => {$(
            for (name, leaks) in leaks!($type) {
                assert!(!leaks, "{} implements {name}", stringify!($type));
            }
        )*};
    }
    each_text!(check);
    check!(SealingKey, Secrets, SignInSecrets, Opened, TokenAnswer);
}

#[test]
fn nothing_that_holds_a_secret_can_be_serialized() {
    macro_rules! check {
        ($($type:ty),*) => {$(
            assert!(!<Serializes<$type>>::HOLDS, stringify!($type));
        )*};
    }
    check!(
        Access,
        BoundGoogleAuth,
        GoogleAuth,
        KeyRing,
        KeySource,
        OAuthClient,
        Token
    );
}

#[test]
fn what_a_secret_holds_is_wiped_when_it_is_dropped() {
    fn is<Wiped: 'static>(held: &dyn Any) -> bool {
        held.type_id() == TypeId::of::<Wiped>()
    }
    let mut texts = 0;
    macro_rules! check {
        ($($type:ident),*) => {$(
            let secret = $type::parse("CANARYsecret").unwrap();
            assert!(is::<Zeroizing<String>>(&secret.0), stringify!($type));
            texts += 1;
        )*};
    }
    each_text!(check);
    let declared = include_str!("../secret.rs").matches("\nsecret!(").count();
    assert_eq!(texts, declared, "a secret type is not looked at");
    assert!(is::<Zeroizing<[u8; 32]>>(
        &SealingKey::from_bytes([7; 32]).0
    ));
    let secrets = Secrets {
        access: AccessToken::parse("CANARYsecret").unwrap(),
        refresh: None,
    };
    assert!(is::<Zeroizing<Vec<u8>>>(&secrets.to_bytes().unwrap()));
}
