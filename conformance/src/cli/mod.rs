//! The command line: `probity …`, and `cargo xtask conformance …`, which is the same.

mod aim;
mod clean;
mod diff;
mod explain;
mod interruption;
mod ledger_file;
mod list;
mod plan;
mod prove;
mod report_file;
mod run;
mod update_known;

use crate::SUITES;
use crate::suite::Suite;
use clap::{Args, Parser, Subcommand};
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;

/// Shows, requirement by requirement, where a deployment and its document part.
///
/// Without a target, every API's cases run against the reference server that is built in, and need no set-up.
#[derive(Parser)]
#[command(name = "probity", version, arg_required_else_help = false, after_help = EXAMPLES)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: RunArgs,
}

const EXAMPLES: &str = "\
Examples:
  probity                                                    all APIs, against the embedded reference server
  probity --target umami=https://analytics.example.com       a deployment, read only; credentials from the environment:
                                                             PROBITY_UMAMI_USERNAME, PROBITY_UMAMI_PASSWORD
  probity --target umami=… --allow all --plan                what that would send, how much and how long; sends nothing
  probity --config probity.toml --report json=report.json    the deployments that a file names
  probity --release umami-3.1.0 --known umami-3.1.0          the reference server as that release, its departures known
  probity explain umami.login.wrong-password                 what a case sends and expects
  probity diff before.json after.json                        what an upgrade changed

Exit codes: 0 conforms, 1 does not, 2 usage or configuration or an error of the suite, 3 incomplete,
4 a secret would have been written, or something that was created could not be removed.";

#[derive(Subcommand)]
enum Command {
    /// Lists the cases and requirements, and what covers what
    List(list::ListArgs),
    /// Explains a case or a requirement: what is sent and expected, where the document says so, which releases depart
    Explain(explain::ExplainArgs),
    /// Holds two JSON reports against each other: what got worse or better, and what is done otherwise; for upgrades
    Diff(diff::DiffArgs),
    /// Removes what a run left behind that was cut short, by the ledger that it wrote
    Clean(clean::CleanArgs),
    /// Shows that the suite can fail: each wrong server is noticed, and a case notices each wrong
    Prove(prove::ProveArgs),
}

/// What names deployments.
#[derive(Args)]
struct TargetArgs {
    /// The deployments that this file names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// This deployment; may be given once per API
    #[arg(long, value_name = "API=URL")]
    target: Vec<String>,
    /// How long one exchange may take, in seconds
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<String>,
}

#[derive(Args)]
struct RunArgs {
    #[command(flatten)]
    target: TargetArgs,
    /// Only this API; may be given several times
    #[arg(long, value_name = "NAME")]
    api: Vec<String>,
    /// Only cases whose id fits (`*` stands for any text), or that cover this requirement
    #[arg(long, value_name = "PATTERN")]
    filter: Vec<String>,
    /// What may be done to a deployment, besides reading: write, permanent, slow, lockout, exhaust, all
    #[arg(long, value_name = "EFFECTS", value_delimiter = ',')]
    allow: Vec<String>,
    /// Departures that are known: a release's name, or a file
    #[arg(long, value_name = "NAME|FILE")]
    known: Vec<String>,
    /// Make a known list of what the run finds, or bring one up to date; comments and reasons stay
    #[arg(long, value_name = "FILE")]
    update_known: Option<PathBuf>,
    /// Let the embedded reference server depart as this release does
    #[arg(long, value_name = "NAME")]
    release: Vec<String>,
    /// Exit 1 for a warning too
    #[arg(long)]
    strict: bool,
    /// Tell what would be sent, how many requests and how long, and what would be skipped; send nothing
    #[arg(long)]
    plan: bool,
    /// With --plan: as JSON
    #[arg(long, requires = "plan")]
    json: bool,
    /// Write the report to a file, as json, junit, html or markdown; to standard output when FILE is `-`; may be given several times
    #[arg(long, value_name = "FORM=FILE")]
    report: Vec<String>,
    /// Where to write down what the run creates, until it is removed
    #[arg(long, value_name = "FILE")]
    ledger: Option<PathBuf>,
    /// What random texts are made from; a report tells its run's
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
    /// How many cases run side by side against the embedded server
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,
    /// Show every exchange in a line; twice: whole
    #[arg(short, action = clap::ArgAction::Count)]
    verbose: u8,
}

/// Why a command could not be carried out: a sentence for the reader.
type Unusable = String;

/// Runs the command line and returns the process's exit code.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // `--help` and `--version` are no errors, and clap prints them to where they belong.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let done = match cli.command {
        None => run::run(&cli.run),
        Some(Command::List(arguments)) => list::list(&arguments),
        Some(Command::Explain(arguments)) => explain::explain(&arguments),
        Some(Command::Diff(arguments)) => diff::diff(&arguments),
        Some(Command::Clean(arguments)) => clean::clean(&arguments),
        Some(Command::Prove(arguments)) => prove::prove(&arguments),
    };
    match done {
        Ok(code) => ExitCode::from(code),
        Err(trouble) => {
            let style = anstyle::AnsiColor::Red.on_default();
            let _ = write_stderr(&format!("{style}error{style:#}: {trouble}\n"));
            ExitCode::from(2)
        }
    }
}

/// The suites of these names, or all.
fn suites(names: &[String]) -> Result<Vec<&'static Suite>, Unusable> {
    for name in names {
        if !SUITES.iter().any(|suite| suite.api.name == name) {
            let known = SUITES.iter().map(|suite| suite.api.name);
            let list = known.clone().collect::<Vec<_>>().join(", ");
            let meant = crate::target::meant(name, known);
            return Err(format!("--api {name}: there is no API of that name{meant}; there are: {list}"));
        }
    }
    let chosen = |suite: &&Suite| names.is_empty() || names.iter().any(|name| name == suite.api.name);
    Ok(SUITES.iter().filter(chosen).collect())
}

/// Prints to standard output; a reader that went away, like `head`, is no error.
fn write_stdout(text: &str) -> Result<(), Unusable> {
    use std::io::Write as _;
    let mut out = anstream::stdout();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(format!("standard output: {error}")),
        _ => Ok(()),
    }
}

fn write_stderr(text: &str) -> std::io::Result<()> {
    use std::io::Write as _;
    anstream::stderr().write_all(text.as_bytes())
}
