//! What the environment says, without the values.

use toolgate_auth::{EnvConfig, Environment, Error};

use super::Finding;

/// Which variables are set, and what is wrong with each that cannot be used.
pub(super) fn variables(
    environment: &Environment,
    problems: &[(&'static str, Error)],
) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut set = Vec::new();
    for variable in EnvConfig::VARIABLES {
        match environment.is_set(variable.name) {
            Ok(true) => set.push(variable.name),
            Ok(false) => {}
            Err(error) => found.push(Finding::problem("variables", error.to_string())),
        }
    }
    let names = if set.is_empty() {
        "none is set".to_owned()
    } else {
        format!("set are {}", set.join(", "))
    };
    found.push(Finding::ok("variables", names));
    for (_, error) in problems {
        let says = error.to_string();
        // What is damaged was told above.
        if found.iter().all(|it| it.says != says) {
            found.push(Finding::problem("environment", says));
        }
    }
    if problems.is_empty() {
        found.push(Finding::ok("environment", "every variable can be used"));
    }
    found
}

/// The OAuth client.
pub(super) fn client(config: &EnvConfig) -> Finding {
    const CHECK: &str = "client";
    let Some(client) = &config.client else {
        if config.service_account_file.is_some() {
            return Finding::ok(CHECK, "a service account stands in the place of consent");
        }
        return Finding::problem(
            CHECK,
            "GOOGLE_CLIENT_ID is not set; set it and GOOGLE_CLIENT_SECRET to those of an OAuth client, \
             see https://console.cloud.google.com/apis/credentials",
        );
    };
    let (id, is_google) = (client.id(), config.endpoints.base().is_none());
    if is_google && !id.ends_with(".apps.googleusercontent.com") {
        return Finding::problem(
            CHECK,
            "GOOGLE_CLIENT_ID is not the id of a client: it ends with .apps.googleusercontent.com; \
             copy it again from the Google Cloud console",
        );
    }
    if client.secret().is_none() {
        return Finding::warning(
            CHECK,
            "GOOGLE_CLIENT_SECRET is not set; Google wants one for web and desktop clients",
        );
    }
    Finding::ok(CHECK, format!("{id}, with a secret"))
}

/// Where Google sends browsers back to.
pub(super) fn redirect(config: &EnvConfig) -> Finding {
    const CHECK: &str = "redirect";
    let Some(uri) = &config.redirect_uri else {
        return Finding::ok(
            CHECK,
            "GOOGLE_REDIRECT_URI is not set: it is /google/callback below the public URL of the \
             program, or a loopback address",
        );
    };
    let host = uri.host_str().unwrap_or_default();
    let is_loopback = matches!(host, "127.0.0.1" | "[::1]" | "localhost");
    if uri.scheme() != "https" && !is_loopback {
        return Finding::problem(
            CHECK,
            "GOOGLE_REDIRECT_URI is neither https nor on this machine: Google refuses it; use https",
        );
    }
    if !uri.username().is_empty() || uri.password().is_some() {
        return Finding::problem(
            CHECK,
            "GOOGLE_REDIRECT_URI names a user or a password; Google refuses that, leave it out",
        );
    }
    if uri.query().is_some() {
        return Finding::warning(
            CHECK,
            "GOOGLE_REDIRECT_URI has a query; it has to be word for word as in the Google Cloud console",
        );
    }
    Finding::ok(
        CHECK,
        format!("{uri} (it has to stand in the Google Cloud console word for word)"),
    )
}
