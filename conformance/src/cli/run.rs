//! `probity` without a subcommand: a run.

use super::aim::{aims, as_flagged, external_targets, known, releases};
use super::report_file::Wanted;
use super::{
    RunArgs, Unusable, aim, interruption, ledger_file, plan, suites, update_known, write_stderr, write_stdout,
};
use crate::engine::{self, Event, Options, Outcome};
use crate::ledger::Ledger;
use crate::plan::{Aim, Plan};
use crate::report::terminal::{self, Detail};
use crate::report::{self, Report};
use crate::scan::Scan;
use crate::target::{DEFAULT_TIMEOUT, parse_effect, parse_seconds};
use crate::verdict::Exit;
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeSet;
use std::fmt;
use std::io::IsTerminal as _;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub(super) fn run(arguments: &RunArgs) -> Result<u8, Unusable> {
    let (started, clock) = (SystemTime::now(), Instant::now());
    let suites = suites(&arguments.api)?;
    for word in &arguments.allow {
        parse_effect(word).map_err(|what| format!("--allow: {what}"))?;
    }
    let (mut targets, said) = external_targets(&arguments.target, &suites).map_err(|error| error.to_string())?;
    as_flagged(arguments, &mut targets, &suites);
    let releases = releases(arguments, &suites, targets.is_empty())?;
    let aims = aims(&suites, targets, &releases).map_err(|error| error.to_string())?;
    let mut known = known(arguments, &aims).map_err(|error| error.to_string())?;
    let plan = Plan::new(aims, &arguments.filter).map_err(|error| error.to_string())?;
    if arguments.plan {
        let page = if arguments.json { plan::as_json(&plan) } else { plan::as_text(&plan) };
        write_stdout(&page)?;
        return Ok(0);
    }
    let run = run_id();
    let ledger = Arc::new(Ledger::new(ledger_file::path(arguments.ledger.as_deref(), &run)?, run.as_str()));
    let options = options(arguments, run, ledger.clone())?;
    let mut wanted = Wanted::all(&arguments.report)?;

    tell(&wanted, &said.unwrap_or_default())?;
    warn_of_ordinary_secrets(&plan)?;
    ledger_file::announce(&plan, &ledger)?;
    interruption::listen(options.interrupt.clone(), ledger.clone());
    let mut outcomes = play(&plan, &options).map_err(|error| error.to_string())?;
    ledger.close().map_err(|error| format!("the ledger {}: {error}", ledger.path().display()))?;
    let about = report::Run {
        id: options.run.clone(),
        seed: options.seed,
        interrupted: options.interrupt.is_set(),
        ledger: ledger.path().exists().then(|| ledger.path().display().to_string()),
        started,
        took: clock.elapsed(),
        command: command(&plan),
        releases: releases.iter().map(|release| release.name).collect(),
        strict: arguments.strict,
        with_exchanges: arguments.verbose > 0,
        undeviated: plan.aims.iter().all(|aim| aim.is_undeviated()),
    };
    let aims: Vec<&Aim> = plan.aims.iter().map(|aim| &**aim).collect();
    let mut report = report::assemble(about.clone(), &aims, &outcomes, &known);
    if let Some(file) = &arguments.update_known {
        update_known::update(file, &known, &report)?;
        // What the run came to is judged by the list as it is now.
        known = aim::known(arguments, &plan.aims).map_err(|error| error.to_string())?;
        report = report::assemble(about.clone(), &aims, &outcomes, &known);
    }
    let detail = match arguments.verbose {
        0 => Detail::Cases,
        1 => Detail::Exchanges,
        _ => Detail::Wire,
    };
    let scan = secrets_of(&plan, &outcomes);
    let mut leaks = found(&scan, &report, &wanted, detail, &ledger);
    if !leaks.is_empty() {
        // What one case learned another one may show, which did not know of it.
        for outcome in &mut outcomes {
            leaks.iter().flat_map(|leak| &leak.secrets).for_each(|(name, secret)| outcome.secrets.add(name, secret));
        }
        report = report::assemble(about, &aims, &outcomes, &known);
        leaks = found(&scan, &report, &wanted, detail, &ledger);
    }
    if !leaks.is_empty() {
        report.run.exit = Exit::Unsafe.code();
        report.errors.extend(leaks.iter().map(Leak::to_string));
        wanted.retain(|wanted| !leaks.iter().any(|leak| leak.place == wanted.argument()));
    }
    let written = Wanted::write_all(&wanted, &report);
    match leaks.iter().any(|leak| leak.place == TERMINAL) {
        false => tell(&wanted, &terminal::render(&report, detail))?,
        true => report.errors.iter().try_for_each(|error| tell(&wanted, &format!("error: {error}\n")))?,
    }
    written?;
    Ok(report.run.exit)
}

/// Standard output belongs to the report that asks for it; what people read goes to standard error then.
fn tell(wanted: &[Wanted], text: &str) -> Result<(), Unusable> {
    match wanted.iter().any(Wanted::is_standard_output) {
        true => write_stderr(text).map_err(|error| format!("standard error: {error}")),
        false => write_stdout(text),
    }
}

/// Every secret that the run knew.
fn secrets_of(plan: &Plan, outcomes: &[Outcome]) -> Scan {
    let configured = plan.aims.iter().filter_map(|aim| match &**aim {
        Aim::External(target) => Some(target.secrets()),
        Aim::Embedded { .. } => None,
    });
    let configured: Vec<_> = configured.collect();
    Scan::of(configured.iter().chain(outcomes.iter().map(|outcome| &outcome.secrets)))
}

/// What people read.
const TERMINAL: &str = "the terminal";

/// A secret that would have been shown.
struct Leak {
    place: String,
    /// The name and the text of each.
    secrets: BTreeSet<(String, String)>,
}

impl fmt::Display for Leak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: BTreeSet<_> = self.secrets.iter().map(|(name, _)| format!("${name}")).collect();
        let secrets = names.into_iter().collect::<Vec<_>>().join(", ");
        write!(f, "{} would show {secrets}: it is withheld, or to be deleted if it is there already", self.place)
    }
}

/// The secrets that stand in what is about to be written, and in what was written down on the way.
fn found(scan: &Scan, report: &Report, wanted: &[Wanted], detail: Detail, ledger: &Ledger) -> Vec<Leak> {
    let terminal = (TERMINAL.to_owned(), terminal::render(report, detail));
    // What cannot be rendered is told of when it is to be written.
    let files = wanted.iter().filter_map(|file| Some((file.argument().to_owned(), file.render(report).ok()?)));
    let noted = std::fs::read_to_string(ledger.path()).ok().map(|text| (ledger.path().display().to_string(), text));
    let leak = |(place, text): (String, String)| {
        let secrets = scan.found_in(&text).into_iter();
        let secrets: BTreeSet<_> = secrets.map(|(name, secret)| (name.to_owned(), secret.to_owned())).collect();
        (!secrets.is_empty()).then_some(Leak { place, secrets })
    };
    [terminal].into_iter().chain(files).chain(noted).filter_map(leak).collect()
}

/// What the names of all hold that a run creates, so that it is told from every other.
fn run_id() -> String {
    const LETTERS: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";
    (0..6).map(|_| char::from(LETTERS[fastrand::usize(..LETTERS.len())])).collect()
}

fn options(arguments: &RunArgs, run: String, ledger: Arc<Ledger>) -> Result<Options, Unusable> {
    let timeout = arguments.target.timeout.as_deref().map(seconds).transpose()?;
    Ok(Options {
        jobs: arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..1_000_000_000)),
        run,
        ledger: Some(ledger),
        ..Options::default()
    })
}

fn seconds(text: &str) -> Result<Duration, Unusable> {
    parse_seconds(text).map_err(|what| format!("--timeout {text}: {what}"))
}

/// Plays the plan behind a progress bar, where there is a terminal to show one.
fn play(plan: &Plan, options: &Options) -> Result<Vec<Outcome>, crate::shape::ShapeError> {
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(plan.jobs.len() as u64),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style.progress_chars("━━╌"));
    }
    // A case that panics is reported, masked; the default hook would print what it holds as it is.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let outcomes = engine::play(plan, options, &mut |event| match event {
        Event::Began(jobs) => bar.set_length(jobs as u64),
        Event::Playing(case) => bar.set_message(case.to_owned()),
        Event::Played(_) => bar.inc(1),
    });
    std::panic::set_hook(hook);
    bar.finish_and_clear();
    outcomes
}

fn warn_of_ordinary_secrets(plan: &Plan) -> Result<(), Unusable> {
    for aim in &plan.aims {
        let Aim::External(target) = &**aim else { continue };
        for key in target.ordinary_secrets() {
            let api = target.suite.api.name;
            let text = format!(
                "warning: [{api}] {key} is short, or a word of ours: it is masked only where it is all of a value, and cannot be looked for in what is written\n"
            );
            write_stderr(&text).map_err(|error| error.to_string())?;
        }
    }
    Ok(())
}

/// The command line as it was given.
fn command(plan: &Plan) -> String {
    let line = std::env::args().skip(1).fold("probity".to_owned(), |line, argument| line + " " + &argument);
    plan.aims.iter().fold(line, |line, aim| match &**aim {
        Aim::External(target) => target.secrets().mask(&line),
        Aim::Embedded { .. } => line,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use crate::secrets::MASKS_NOTHING;
    use clap::Parser as _;

    #[test]
    fn a_run_whose_masking_fails_is_4_names_the_file_and_writes_nothing_of_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let reports: Vec<String> = report::Form::ALL
            .iter()
            .map(|form| format!("{form}={}", folder.path().join(form.as_str()).display()))
            .collect();
        let flags = ["probity", "--api", "umami", "--release", "umami-3.1.0", "--filter", "umami.login.*", "-vv"];
        let reports = reports.iter().flat_map(|report| ["--report", report.as_str()]);
        let cli = Cli::try_parse_from(flags.into_iter().chain(reports)).expect("these are flags");
        assert_eq!(run(&cli.run), Ok(0), "it conforms, but for what is only advised against");
        let written = || std::fs::read_dir(folder.path()).expect("a folder").count();
        assert_eq!(written(), report::Form::ALL.len());
        std::fs::remove_dir_all(folder.path()).and_then(|()| std::fs::create_dir(folder.path())).expect("emptied");

        MASKS_NOTHING.set(true);
        let ended = run(&cli.run);
        MASKS_NOTHING.set(false);
        assert_eq!(ended, Ok(4));
        assert_eq!(written(), 0, "what would have shown a secret is not written");
    }
}
