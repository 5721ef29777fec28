//! PgBouncer in transaction mode: what a session holds is lost, or met by another client, after each
//! transaction.

use std::fs;
use std::net::TcpStream;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::bail;

use super::site::{Site, TRIES, free_port};
use super::watchdog;
use crate::shell;

const PATIENCE: Duration = Duration::from_secs(10);

/// Starts it in front of the server on a port of this machine; its own port.
pub(super) fn start(
    site: &Site,
    program: &Path,
    server: u16,
    password: &str,
) -> anyhow::Result<u16> {
    site.write("pooler.users", &format!("\"toolgate\" \"{password}\"\n"))?;
    for _ in 0..TRIES {
        let port = free_port()?;
        let settings = site.write("pooler.ini", &settings(site.folder(), server, port))?;
        let mut pooler = site.command(program);
        shell::run_quietly(pooler.args(["--quiet", "--daemon"]).arg(settings))?;
        if answers(&site.folder().join("pooler.pid"), port) {
            return Ok(port);
        }
    }
    let log = fs::read_to_string(site.folder().join("pooler.log")).unwrap_or_default();
    bail!("PgBouncer did not start:\n{log}");
}

// Few sessions taken in turn, so that clients meet in them.
fn settings(folder: &Path, server: u16, port: u16) -> String {
    let folder = folder.display();
    format!(
        "[databases]\n* = host=127.0.0.1 port={server}\n\n[pgbouncer]\n\
         listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {folder}/pooler.users\n\
         pool_mode = transaction\ndefault_pool_size = 4\nserver_round_robin = 1\n\
         max_client_conn = 1000\n\
         logfile = {folder}/pooler.log\npidfile = {folder}/pooler.pid\n"
    )
}

/// Whether a pooler that left this file listens there, soon.
fn answers(pid_file: &Path, port: u16) -> bool {
    let began = Instant::now();
    while began.elapsed() < PATIENCE {
        let process = fs::read_to_string(pid_file).unwrap_or_default();
        let lives = !process.trim().is_empty() && watchdog::is_alive(process.trim());
        if lives && TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}
