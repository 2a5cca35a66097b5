//! The program `probity-server`: see `probity-server --help`.
#![expect(clippy::print_stderr, reason = "a program tells its user on stderr what is wrong")]

mod arguments;
mod greeting;
mod identity_provider;
mod running;
mod seed_file;
mod shell;
mod stop;
mod tinyauth;
mod umami;
mod uptinio;

use arguments::{Arguments, NotStarted};
use clap::Parser as _;
use running::Running;
use seed_file::{SeedFileError, Seeds};
use std::io::{self, IsTerminal as _};
use std::net::SocketAddr;
use std::process::ExitCode;
use stop::Signals;
use tracing::Level;

/// bcrypt's usual cost where passwords matter: some 50 ms a login.
const HASH_COST: u32 = 10;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let level = if arguments.verbose { Level::INFO } else { Level::WARN };
    let colours = io::stderr().is_terminal();
    tracing_subscriber::fmt().with_max_level(level).with_writer(io::stderr).with_ansi(colours).init();
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(trouble) => {
            eprintln!("error: {trouble}");
            ExitCode::from(2)
        }
    }
}

fn start(arguments: &Arguments) -> Result<(), Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Trouble::Runtime)?;
    let outcome = runtime.block_on(run(arguments));
    runtime.shutdown_background(); // nobody waits for the hashes that are still being made
    outcome
}

async fn run(arguments: &Arguments) -> Result<(), Trouble> {
    arguments.check()?;
    let seeds = arguments.seed.as_deref().map(|file| Seeds::read(file, &arguments.apis())).transpose()?;
    // Before an address is printed, for from then on somebody may send a signal.
    let mut signals = Signals::new().map_err(Trouble::Signal)?;
    let running = Running::start(arguments, seeds.unwrap_or_default()).await?;
    signals.next().await;
    tokio::select! {
        () = running.shutdown() => {}
        () = signals.next() => {}
    }
    Ok(())
}

/// Why the program could not do what it was asked to.
#[derive(Debug, thiserror::Error)]
enum Trouble {
    #[error(transparent)]
    NotStarted(#[from] NotStarted),
    #[error(transparent)]
    SeedFile(#[from] SeedFileError),
    #[error("cannot listen on {address}: {reason}; --listen takes another address")]
    Listen { address: SocketAddr, reason: io::Error },
    #[error("cannot write to stdout: {0}")]
    Write(io::Error),
    #[error("cannot start: {0}")]
    Runtime(io::Error),
    #[error("cannot wait for a signal: {0}")]
    Signal(io::Error),
}
