//! The program `probity-server`: see `probity-server --help`.
#![expect(clippy::print_stderr, reason = "a program tells its user on stderr what is wrong")]

mod arguments;
mod seed_file;
mod stop;
mod umami;

use arguments::{Api, Arguments};
use clap::Parser as _;
use seed_file::{SeedFile, SeedFileError};
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use tracing::Level;

/// bcrypt's usual cost where passwords matter: some 50 ms a login.
const HASH_COST: u32 = 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let level = match arguments.verbose {
        0 => Level::WARN,
        1 => Level::INFO,
        _ => Level::DEBUG,
    };
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(colours).init();
    match run(&arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            ExitCode::from(2)
        }
    }
}

async fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let seeds = arguments.seed.as_deref().map(SeedFile::read).transpose()?.unwrap_or_default();
    // Before an address is printed, for from then on somebody may send a signal.
    let stop = stop::signalled().map_err(Trouble::Signal)?;
    let mut servers = Vec::new();
    for api in arguments.apis() {
        servers.push(match api {
            Api::Umami => umami::start(arguments, seeds.umami.clone()).await?,
        });
    }
    stop.await;
    for server in servers {
        server.shutdown().await;
    }
    Ok(())
}

/// Why the program could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    SeedFile(#[from] SeedFileError),
    #[error("cannot listen on {address}: {reason}; --api with --listen takes another address")]
    Listen { address: SocketAddr, reason: io::Error },
    #[error("cannot write to stdout: {0}")]
    Write(io::Error),
    #[error("cannot wait for a signal: {0}")]
    Signal(io::Error),
}
