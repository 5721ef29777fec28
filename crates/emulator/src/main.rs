//! The emulator as a program: `toolgate-emulator --port 4100 --seed FILE`.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a program talks to its user"
)]

use std::net::IpAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use lexopt::prelude::*;
use toolgate_emulator::{ClientKind, ClientSeed, Emulator, Seed};

const HELP: &str = "\
A loopback Google: OAuth with a consent page, and Gmail.

Usage: toolgate-emulator [options]

  --port PORT             the port to listen on (default: a free one)
  --bind ADDRESS          the address to listen on (default: 127.0.0.1). Whoever reaches it can
                          read every token and answer every consent.
  --seed FILE             accounts and mail, as YAML or JSON (default: a built-in sample)
  --sample NAME           one of the built-in samples: sample (the default), or office with files,
                          aliases, an invitation and more, in place of --seed
  --tls                   serve HTTPS with a certificate authority made at each start
  --ca-out FILE           where to write that authority's certificate, in PEM
  --client-id ID          an OAuth client of your own, with --client-secret
  --client-secret SECRET  its secret
  --redirect-uri URI      a redirect of that client (any number); without one, the client is an
                          installed application and may use any loopback redirect
  --token-lifetime SECS   how long access tokens live (default: 3600)
  --page-limit N          pages of lists have N entries at most, whatever is asked for
  --rotate                give a new refresh token at each refresh
  --help, --version

Without --client-id there are two clients:
  web        toolgate-web.apps.googleusercontent.com        GOCSPX-CANARYsecret-web
             (no redirects; name your own client to use one)
  installed  toolgate-installed.apps.googleusercontent.com  GOCSPX-CANARYsecret-installed

While it runs: GET or DELETE /_emulator/requests; GET, POST or DELETE /_emulator/faults;
POST /_emulator/release, /_emulator/pages, /_emulator/expire and /_emulator/revoke;
GET /_emulator/health.
";

/// What the command line asks for.
enum Command {
    Help,
    Version,
    Run(Box<Options>),
}

#[derive(Default)]
struct Options {
    port: u16,
    bind: Option<IpAddr>,
    seed: Option<PathBuf>,
    sample: Option<Seed>,
    tls: bool,
    ca_out: Option<PathBuf>,
    client_id: Option<String>,
    client_secret: Option<String>,
    redirect_uris: Vec<String>,
    token_lifetime: Option<u64>,
    page_limit: usize,
    rotate: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    match parse(lexopt::Parser::from_env()) {
        Err(error) => {
            eprintln!("error: {error}\n\nTry --help.");
            ExitCode::from(2)
        }
        Ok(Command::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Command::Version) => {
            println!("toolgate-emulator {}", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(Command::Run(options)) => match run(*options).await {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                report(&*error);
                ExitCode::FAILURE
            }
        },
    }
}

fn parse(mut parser: lexopt::Parser) -> Result<Command, lexopt::Error> {
    let mut options = Options::default();
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("port") | Short('p') => options.port = parser.value()?.parse()?,
            Long("bind") => options.bind = Some(parser.value()?.parse()?),
            Long("seed") => options.seed = Some(parser.value()?.into()),
            Long("sample") => {
                let name = parser.value()?.string()?;
                let sample = Seed::named(&name);
                options.sample = Some(sample.ok_or_else(|| format!("no sample {name:?}"))?);
            }
            Long("tls") => options.tls = true,
            Long("ca-out") => options.ca_out = Some(parser.value()?.into()),
            Long("client-id") => options.client_id = Some(parser.value()?.string()?),
            Long("client-secret") => options.client_secret = Some(parser.value()?.string()?),
            Long("redirect-uri") => options.redirect_uris.push(parser.value()?.string()?),
            Long("token-lifetime") => options.token_lifetime = Some(parser.value()?.parse()?),
            Long("page-limit") => options.page_limit = parser.value()?.parse()?,
            Long("rotate") => options.rotate = true,
            other => return Err(other.unexpected()),
        }
    }
    if options.sample.is_some() && options.seed.is_some() {
        return Err("--sample and --seed exclude each other".into());
    }
    if options.client_id.is_some() != options.client_secret.is_some() {
        return Err("--client-id and --client-secret go together".into());
    }
    if options.client_id.is_none() && !options.redirect_uris.is_empty() {
        return Err("--redirect-uri needs --client-id and --client-secret".into());
    }
    if options.ca_out.is_some() && !options.tls {
        return Err("--ca-out needs --tls".into());
    }
    Ok(Command::Run(Box::new(options)))
}

async fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let own_client = options.client_id.clone();
    let ca_out = options.ca_out.clone();
    let emulator = start(options).await?;
    if let (Some(path), Some(pem)) = (&ca_out, emulator.ca_certificate_pem()) {
        std::fs::write(path, pem).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    println!("Emulated Google at {}", emulator.base_url());
    if let Some(id) = own_client {
        println!("Client: {id}");
    } else {
        println!("Web client: {}", emulator.client_id());
        println!("Installed client: {}", emulator.installed_client_id());
        println!("Their secrets: see --help");
    }
    println!("Accounts: {}", emulator.accounts().join(", "));
    println!("Requests: {}_emulator/requests", emulator.base_url());
    println!("Ctrl-C stops it.");
    tokio::signal::ctrl_c().await?;
    emulator.shutdown().await;
    Ok(())
}

async fn start(options: Options) -> Result<Emulator, toolgate_emulator::Error> {
    let mut builder = Emulator::builder()
        .with_port(options.port)
        .with_tls(options.tls)
        .with_page_limit(options.page_limit)
        .with_rotating_refresh_tokens(options.rotate);
    if let Some(address) = options.bind {
        builder = builder.with_bind_address(address);
    }
    if let Some(sample) = options.sample {
        builder = builder.with_seed(sample);
    }
    if let Some(path) = &options.seed {
        builder = builder.with_seed(Seed::from_file(path)?);
    }
    if let (Some(client_id), Some(client_secret)) = (options.client_id, options.client_secret) {
        let kind = if options.redirect_uris.is_empty() {
            ClientKind::Installed
        } else {
            ClientKind::Web
        };
        let redirect_uris = options.redirect_uris;
        builder = builder.with_client(ClientSeed {
            client_id,
            client_secret,
            redirect_uris,
            kind,
        });
    }
    if let Some(seconds) = options.token_lifetime {
        builder = builder.with_access_token_lifetime(Duration::from_secs(seconds));
    }
    builder.start().await
}

fn report(error: &dyn std::error::Error) {
    eprint!("error: {error}");
    let mut source = error.source();
    while let Some(cause) = source {
        eprint!(": {cause}");
        source = cause.source();
    }
    eprintln!();
}
