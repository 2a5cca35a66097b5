//! `probity` without a subcommand: a run.

use super::{RunArgs, Unusable, suites, write_stderr, write_stdout};
use crate::SUITES;
use crate::engine::{self, Event, Options, Outcome};
use crate::known::Known;
use crate::plan::{Aim, Plan};
use crate::report::terminal::{self, Detail};
use crate::report::{self, Report};
use crate::suite::Suite;
use crate::target::{ConfigError, DEFAULT_TIMEOUT, Settings, read_environment, read_file};
use indicatif::{ProgressBar, ProgressStyle};
use probity_fixtures::{Api, Release};
use std::collections::BTreeMap;
use std::io::IsTerminal as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

pub(super) fn run(arguments: &RunArgs) -> Result<u8, Unusable> {
    let started = SystemTime::now();
    let clock = Instant::now();
    let files = report_files(&arguments.report)?;
    let suites = suites(&arguments.api)?;
    let (targets, said) = external_targets(arguments, &suites).map_err(|error| error.to_string())?;
    let releases = releases(arguments, &suites, targets.is_empty())?;
    let aims = aims(&suites, targets, &releases).map_err(|error| error.to_string())?;
    let known = known(arguments, &aims).map_err(|error| error.to_string())?;
    let plan = Plan::new(aims, &arguments.filter).map_err(|error| error.to_string())?;
    let timeout = arguments.timeout.as_deref().map(seconds).transpose()?;
    let options = Options {
        jobs: arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        timeout: timeout.unwrap_or(DEFAULT_TIMEOUT),
        seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..1_000_000_000)),
        alteration: None,
    };
    if let Some(said) = said {
        write_stdout(&said)?;
    }
    let outcomes = play(&plan, &options).map_err(|error| error.to_string())?;
    let about = report::Run {
        seed: options.seed,
        started,
        took: clock.elapsed(),
        command: command(),
        release: (!releases.is_empty())
            .then(|| releases.iter().map(|release| release.name).collect::<Vec<_>>().join(", ")),
        strict: arguments.strict,
        undeviated: plan
            .aims
            .iter()
            .all(|aim| matches!(&**aim, Aim::Embedded { deviations, .. } if deviations.is_empty())),
    };
    let aims: Vec<&Aim> = plan.aims.iter().map(|aim| &**aim).collect();
    let report = report::assemble(about, &aims, &outcomes, &known);
    for file in &files {
        write_json(file, &report)?;
    }
    warn_of_short_secrets(&outcomes)?;
    let detail = match arguments.verbose {
        0 => Detail::Cases,
        1 => Detail::Exchanges,
        _ => Detail::Wire,
    };
    write_stdout(&terminal::render(&report, detail))?;
    Ok(report.run.exit)
}

// ── what is aimed at ──────────────────────────────────────────────────────────────────────────────────────────────

/// The deployments to run against, and a first line that says where they were taken from if no flag names them.
#[allow(clippy::type_complexity, reason = "one use")]
fn external_targets(
    arguments: &RunArgs,
    suites: &[&'static Suite],
) -> Result<(BTreeMap<&'static str, Settings>, Option<String>), ConfigError> {
    let mut targets = match &arguments.config {
        Some(file) => read_file(file, SUITES)?,
        None => BTreeMap::new(),
    };
    for target in &arguments.target {
        let flag = format!("--target {target}");
        let expected = || ConfigError::new(&flag, "API=URL was expected, such as umami=https://analytics.example.com");
        let (api, url) = target.split_once('=').ok_or_else(expected)?;
        let suite = SUITES.iter().find(|suite| suite.api.name == api);
        let suite = suite.ok_or_else(|| ConfigError::new(&flag, format!("there is no API named {api}")))?;
        targets.entry(suite.api.name).or_default().set("url", url, &format!("--target {api}"));
    }
    let named = arguments.config.is_some() || !arguments.target.is_empty();
    let mut said = None;
    for suite in suites {
        let from_environment = read_environment(suite);
        match targets.get_mut(suite.api.name) {
            Some(settings) => settings.fill_from(from_environment),
            None if !named && from_environment.names_a_target() => {
                let variable = format!("PROBITY_{}_URL", suite.api.name.to_uppercase());
                said = Some(format!("running against the deployments that the environment names, by {variable}\n"));
                targets.insert(suite.api.name, from_environment);
            }
            None => {}
        }
    }
    targets.retain(|api, _| suites.iter().any(|suite| suite.api.name == *api));
    if named && targets.is_empty() {
        let place = arguments.config.as_ref().map_or("--target".to_owned(), |file| file.display().to_string());
        return Err(ConfigError::new(place, "it names no deployment of the APIs of this run"));
    }
    for settings in targets.values_mut() {
        if !arguments.allow.is_empty() {
            settings.set("allow", arguments.allow.join(","), "--allow");
        }
        if let Some(timeout) = &arguments.timeout {
            settings.set("timeout", timeout.as_str(), "--timeout");
        }
    }
    Ok((targets, said))
}

fn releases(arguments: &RunArgs, suites: &[&'static Suite], embedded: bool) -> Result<Vec<&'static Release>, Unusable> {
    if !embedded && !arguments.release.is_empty() {
        return Err("--release makes the embedded reference server depart; a deployment departs by itself".to_owned());
    }
    let release = |name: &String| {
        let all = || suites.iter().flat_map(|suite| suite.api.releases);
        all().find(|release| release.name == name).ok_or_else(|| {
            let known = all().map(|release| release.name).collect::<Vec<_>>().join(", ");
            format!("--release {name}: no such release of this run's APIs was recorded; there are: {known}")
        })
    };
    arguments.release.iter().map(release).collect()
}

fn aims(
    suites: &[&'static Suite],
    targets: BTreeMap<&'static str, Settings>,
    releases: &[&'static Release],
) -> Result<Vec<Arc<Aim>>, ConfigError> {
    if targets.is_empty() {
        let embedded = suites.iter().map(|suite| {
            let of_api = releases.iter().filter(|release| suite.api.release(release.name).is_some());
            let deviations = of_api.flat_map(|release| release.departures).map(|departure| departure.deviation.id);
            Arc::new(Aim::Embedded { suite, deviations: deviations.collect() })
        });
        return Ok(embedded.collect());
    }
    let external = suites.iter().filter_map(|suite| targets.get(suite.api.name).map(|settings| settings.target(suite)));
    external.map(|target| Ok(Arc::new(Aim::External(Arc::new(target?))))).collect()
}

/// The lists that the flags name, or else those that the targets' configuration names.
fn known(arguments: &RunArgs, aims: &[Arc<Aim>]) -> Result<Known, ConfigError> {
    let apis: Vec<&'static Api> = aims.iter().map(|aim| aim.suite().api).collect();
    let cases: Vec<String> =
        aims.iter().flat_map(|aim| (aim.suite().cases)()).map(|case| case.id.to_string()).collect();
    let configured = aims.iter().flat_map(|aim| match &**aim {
        Aim::External(target) => target.known.clone(),
        Aim::Embedded { .. } => Vec::new(),
    });
    let lists: Vec<String> = if arguments.known.is_empty() { configured.collect() } else { arguments.known.clone() };
    let mut known = Known::default();
    for list in &lists {
        known.add(list, &apis, &cases)?;
    }
    Ok(known)
}

fn seconds(text: &str) -> Result<Duration, Unusable> {
    let seconds = text.parse().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 3600.0);
    seconds
        .map(Duration::from_secs_f64)
        .ok_or_else(|| format!("--timeout {text}: a number of seconds above 0 and up to 3600 was expected"))
}

// ── playing and telling ───────────────────────────────────────────────────────────────────────────────────────────

/// Plays the plan behind a progress bar, where there is a terminal to show one.
fn play(plan: &Plan, options: &Options) -> Result<Vec<Outcome>, crate::shape::ShapeError> {
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(plan.jobs.len() as u64),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style.progress_chars("━━╌"));
    }
    let outcomes = engine::play(plan, options, &mut |event| match event {
        Event::Began(jobs) => bar.set_length(jobs as u64),
        Event::Playing(case) => bar.set_message(case.to_owned()),
        Event::Played(_) => bar.inc(1),
    });
    bar.finish_and_clear();
    outcomes
}

/// The files that `--report` names; JSON is the only form so far.
fn report_files(reports: &[String]) -> Result<Vec<PathBuf>, Unusable> {
    let file = |report: &String| match report.split_once('=') {
        Some(("json", file)) if !file.is_empty() => Ok(PathBuf::from(file)),
        Some((form, _)) if form != "json" => {
            Err(format!("--report {report}: there is no form {form}; there are: json"))
        }
        _ => Err(format!("--report {report}: FORM=FILE was expected, such as json=report.json")),
    };
    reports.iter().map(file).collect()
}

fn write_json(file: &PathBuf, report: &Report) -> Result<(), Unusable> {
    let trouble = |error: &dyn std::fmt::Display| format!("--report {}: {error}", file.display());
    let json = serde_json::to_string_pretty(report).map_err(|error| trouble(&error))?;
    std::fs::write(file, json + "\n").map_err(|error| trouble(&error))
}

fn warn_of_short_secrets(outcomes: &[Outcome]) -> Result<(), Unusable> {
    let mut short: Vec<&str> = outcomes.iter().flat_map(|outcome| outcome.secrets.too_short()).collect();
    short.sort_unstable();
    short.dedup();
    for variable in short {
        let text = format!(
            "warning: ${variable} has fewer than 8 characters, and is masked only in the JSON members that hold it\n"
        );
        write_stderr(&text).map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// The command line as it was given; it holds no secret, since none can be given there.
fn command() -> String {
    std::env::args().skip(1).fold("probity".to_owned(), |line, argument| line + " " + &argument)
}
