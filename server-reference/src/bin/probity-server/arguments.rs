//! The command line.

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Parser, ValueEnum};
use probity_fixtures::{APIS, Deviation, Release};
use std::net::SocketAddr;
use std::path::PathBuf;

/// A reference server: it answers as an API's document says, in memory, with no set-up.
///
/// Try a client on it, or compare with it what another server does. With --release or --deviation it departs from the
/// document in named ways, as real releases do.
#[derive(Debug, Parser)]
#[command(version, after_long_help = AFTER_HELP)]
pub(crate) struct Arguments {
    /// The API to answer; without it, all that there are
    #[arg(long, value_enum)]
    api: Option<Api>,

    /// The address to listen on; port 0 takes a free one [default: 127.0.0.1:3000 for umami]
    #[arg(long, value_name = "ADDRESS", requires = "api")]
    pub(crate) listen: Option<SocketAddr>,

    /// The users and websites, in a TOML file; without it, those of the document's samples
    #[arg(long, value_name = "FILE")]
    pub(crate) seed: Option<PathBuf>,

    /// Behave as this release of the real product does
    #[arg(long, value_name = "NAME", value_parser = PossibleValuesParser::new(releases().map(|release| release.name)))]
    release: Option<String>,

    /// Log each exchange to stderr
    #[arg(short, long)]
    pub(crate) verbose: bool,

    /// Depart from the document in this way; may be given several times
    #[arg(long = "deviation", value_name = "ID", value_parser = PossibleValuesParser::new(deviations().map(value)))]
    deviations: Vec<String>,
}

const AFTER_HELP: &str = r#"Examples:
  probity-server
  probity-server --api umami --listen 127.0.0.1:8080 --seed seed.toml
  probity-server --release umami-3.1.0
  probity-server --deviation umami.created-at-iso --deviation umami.any-scheme

A seed file:
  [[umami.users]]
  username = "alice"
  password = "correct horse battery staple"
  role = "admin"                        # or "user", which is the default, or "view-only"
  # id = "…"                            made up when left out
  # created_at = "2026-11-22 10:00:00"  in UTC; the document's sample date when left out

  [[umami.websites]]
  name = "Alice's shop"
  domain = "shop.example"
  owner = "alice"

Ctrl-C and SIGTERM end the server once running exchanges are done, which takes 5 seconds at most; a second one ends it
at once. The exit code is 0. Bad input is exit code 2."#;

/// An API that can be answered.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Api {
    Umami,
}

impl Arguments {
    /// The APIs to answer.
    pub(crate) fn apis(&self) -> Vec<Api> {
        self.api.map_or_else(|| Api::value_variants().to_vec(), |api| vec![api])
    }

    /// The ids of the deviations asked for, of all APIs.
    pub(crate) fn deviations(&self) -> impl Iterator<Item = &str> {
        let release = releases().filter(|release| self.release.as_deref() == Some(release.name));
        let of_release = release.flat_map(|release| release.departures).map(|departure| departure.deviation.id);
        of_release.chain(self.deviations.iter().map(String::as_str))
    }
}

fn releases() -> impl Iterator<Item = &'static Release> {
    APIS.iter().flat_map(|api| api.releases)
}

fn value(deviation: &'static Deviation) -> PossibleValue {
    PossibleValue::new(deviation.id).help(deviation.says)
}

fn deviations() -> impl Iterator<Item = &'static Deviation> {
    APIS.iter().flat_map(|api| api.deviations)
}
