//! `probity` without a subcommand: a run.

use super::aim::{aims, as_flagged, external_targets, known, releases};
use super::report_file::Wanted;
use super::{RunArgs, Unusable, interruption, ledger_file, plan, suites, write_stderr, write_stdout};
use crate::engine::{self, Event, Options, Outcome};
use crate::ledger::Ledger;
use crate::plan::{Aim, Plan};
use crate::report;
use crate::report::terminal::{self, Detail};
use crate::target::{DEFAULT_TIMEOUT, parse_effect, parse_seconds};
use indicatif::{ProgressBar, ProgressStyle};
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
    let known = known(arguments, &aims).map_err(|error| error.to_string())?;
    let plan = Plan::new(aims, &arguments.filter).map_err(|error| error.to_string())?;
    if arguments.plan {
        let page = if arguments.json { plan::as_json(&plan) } else { plan::as_text(&plan) };
        write_stdout(&page)?;
        return Ok(0);
    }
    let run = run_id();
    let ledger = Arc::new(Ledger::new(ledger_file::path(arguments.ledger.as_deref(), &run)?, run.as_str()));
    let options = options(arguments, run, ledger.clone())?;
    let wanted = Wanted::all(&arguments.report)?;
    // Standard output belongs to the report that asks for it; what people read goes to standard error then.
    let tell = |text: &str| match wanted.iter().any(Wanted::is_standard_output) {
        true => write_stderr(text).map_err(|error| format!("standard error: {error}")),
        false => write_stdout(text),
    };

    tell(&said.unwrap_or_default())?;
    warn_of_ordinary_secrets(&plan)?;
    ledger_file::announce(&plan, &ledger)?;
    interruption::listen(options.interrupt.clone(), ledger.clone());
    let outcomes = play(&plan, &options).map_err(|error| error.to_string())?;
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
    let report = report::assemble(about, &aims, &outcomes, &known);
    let detail = match arguments.verbose {
        0 => Detail::Cases,
        1 => Detail::Exchanges,
        _ => Detail::Wire,
    };
    let written = Wanted::write_all(&wanted, &report);
    tell(&terminal::render(&report, detail))?;
    written?;
    Ok(report.run.exit)
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
                "warning: [{api}] {key} is short, or a word of the API: it is masked only where it is all of a JSON text\n"
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
