//! One address that an account may send as.

use serde_json::{Value, json};

use crate::call::ApiError;
use crate::gmail::compose::is_address;
use crate::gmail::{Owner, sanitize};
use crate::seed::SeedSendAs;

/// An address that an account may send as.
#[derive(Debug, Clone, Default)]
pub(crate) struct SendAs {
    pub(crate) email: String,
    pub(crate) name: String,
    reply_to: String,
    signature: String,
    pub(super) is_default: bool,
    /// What there is to know of an address that is not the primary one.
    alias: Option<Alias>,
}

#[derive(Debug, Clone, Default)]
struct Alias {
    is_verified: bool,
    stands_for_primary: bool,
    /// The outgoing server, without its user and password.
    smtp: Option<Value>,
}

/// The primary address and the aliases of a seed.
pub(crate) fn seeded(seeds: &[SeedSendAs], owner: Owner<'_>) -> Vec<SendAs> {
    let mut known = vec![SendAs {
        email: owner.address.to_owned(),
        name: owner.name.to_owned(),
        is_default: true,
        ..SendAs::default()
    }];
    for seed in seeds {
        let is_primary = seed.email.eq_ignore_ascii_case(owner.address);
        let entry = SendAs {
            email: seed.email.clone(),
            name: if is_primary && seed.name.is_empty() {
                owner.name.to_owned()
            } else {
                seed.name.clone()
            },
            reply_to: seed.reply_to.clone(),
            signature: sanitize::html(&seed.signature),
            is_default: is_primary,
            alias: (!is_primary).then_some(Alias {
                is_verified: !seed.pending,
                stands_for_primary: true,
                smtp: None,
            }),
        };
        if is_primary {
            known[0] = entry;
        } else {
            known.push(entry);
        }
    }
    let default = seeds.iter().find(|seed| seed.default && !seed.pending);
    if let Some(at) = default.and_then(|seed| position(&known, &seed.email)) {
        make_default(&mut known, at);
    }
    known
}

impl SendAs {
    /// An alias that nothing else is known of.
    pub(super) fn alias(email: &str, is_verified: bool) -> Self {
        Self {
            email: email.to_owned(),
            alias: Some(Alias {
                is_verified,
                stands_for_primary: true,
                smtp: None,
            }),
            ..Self::default()
        }
    }

    pub(super) fn is_primary(&self) -> bool {
        self.alias.is_none()
    }

    /// Whether mail may be from this address, when it is this one.
    pub(crate) fn is_usable_as(&self, address: &str) -> bool {
        self.email.eq_ignore_ascii_case(address) && self.is_verified()
    }

    pub(super) fn is_verified(&self) -> bool {
        self.alias.as_ref().is_none_or(|alias| alias.is_verified)
    }

    pub(super) fn to_json(&self) -> Value {
        let mut shown = json!({
            "sendAsEmail": self.email,
            "displayName": self.name,
            "replyToAddress": self.reply_to,
            "signature": self.signature,
        });
        if self.is_default {
            shown["isDefault"] = true.into();
        }
        let Some(alias) = &self.alias else {
            shown["isPrimary"] = true.into();
            return shown;
        };
        shown["treatAsAlias"] = alias.stands_for_primary.into();
        let status = if alias.is_verified {
            "accepted"
        } else {
            "pending"
        };
        shown["verificationStatus"] = status.into();
        if let Some(smtp) = &alias.smtp {
            shown["smtpMsa"] = smtp.clone();
        }
        shown
    }

    /// Takes over what a request sets; what it does not name stays, or is emptied.
    ///
    /// # Errors
    /// When an address or a server is none.
    pub(super) fn set(&mut self, body: &Value, keep: bool) -> Result<(), ApiError> {
        let texts = [
            ("displayName", &mut self.name),
            ("replyToAddress", &mut self.reply_to),
            ("signature", &mut self.signature),
        ];
        for (name, text) in texts {
            match body[name].as_str() {
                Some(new) => new.clone_into(text),
                None if keep => {}
                None => text.clear(),
            }
        }
        if !self.reply_to.is_empty() && !is_address(&self.reply_to) {
            return Err(ApiError::invalid("Invalid replyTo address"));
        }
        self.signature = sanitize::html(&self.signature);
        if let Some(alias) = &mut self.alias {
            alias.set(body, keep)?;
        }
        Ok(())
    }
}

impl Alias {
    fn set(&mut self, body: &Value, keep: bool) -> Result<(), ApiError> {
        match body["treatAsAlias"].as_bool() {
            None if keep => {}
            asked => self.stands_for_primary = asked.unwrap_or(true),
        }
        match &body["smtpMsa"] {
            Value::Null if keep => {}
            Value::Null => self.smtp = None,
            asked => {
                let [host, port, mode] = ["host", "port", "securityMode"].map(|name| &asked[name]);
                if host.as_str().is_none_or(str::is_empty) || port.as_i64().is_none_or(|it| it < 1)
                {
                    return Err(ApiError::invalid("Invalid SMTP MSA"));
                }
                self.smtp = Some(json!({ "host": host, "port": port }));
                if let (Some(smtp), Some(mode)) = (&mut self.smtp, mode.as_str()) {
                    smtp["securityMode"] = mode.into();
                }
            }
        }
        Ok(())
    }
}

/// Makes one address the default and every other not.
pub(super) fn make_default(known: &mut [SendAs], at: usize) {
    for (index, entry) in known.iter_mut().enumerate() {
        entry.is_default = index == at;
    }
}

/// Where an address stands among those known.
pub(super) fn position(known: &[SendAs], email: &str) -> Option<usize> {
    known
        .iter()
        .position(|entry| entry.email.eq_ignore_ascii_case(email))
}
