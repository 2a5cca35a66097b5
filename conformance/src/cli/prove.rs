//! `probity prove`: shows that the suite can fail.

use super::{Unusable, suites, write_stdout};
use crate::engine::Event;
use crate::prove::{self, Options, Proof, matrix, tell};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Instant;

#[derive(Args)]
pub(super) struct ProveArgs {
    /// Only this API; may be given several times
    #[arg(long, value_name = "NAME")]
    api: Vec<String>,
    /// Only the mutants, cases or requirements of this id (`*` stands for any text); may be given several times
    #[arg(long, value_name = "ID")]
    only: Vec<String>,
    /// Write the matrix anew, in a checkout of the project: conformance/matrix/API.txt
    #[arg(long)]
    update: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// What random texts are made from
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    seed: u64,
    /// How many cases run side by side
    #[arg(long, value_name = "NUMBER")]
    jobs: Option<NonZeroUsize>,
}

pub(super) fn prove(arguments: &ProveArgs) -> Result<u8, Unusable> {
    let began = Instant::now();
    let suites = suites(&arguments.api)?;
    let folder = if arguments.update { Some(matrix_folder()?) } else { None };
    let options = Options {
        jobs: arguments.jobs.unwrap_or_else(|| std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN)),
        seed: arguments.seed,
        only: arguments.only.clone(),
        deaf_to: None,
    };
    let mut proof = behind_a_bar(|on_event| prove::prove(&suites, &options, on_event))?;
    if let Some(folder) = folder {
        for api in &mut proof.apis {
            let file = folder.join(format!("{}.txt", api.suite.api.name));
            let written = std::fs::write(&file, matrix::written(&api.kills));
            written.map_err(|error| format!("{}: {error}", file.display()))?;
            api.flaws.retain(|flaw| !flaw.is_of_matrix());
        }
    }
    let took = began.elapsed();
    match arguments.json {
        true => write_stdout(&format!("{:#}\n", tell::as_json(&proof, took)))?,
        false => write_stdout(&tell::as_text(&proof, took))?,
    }
    Ok(if proof.is_sound() { 0 } else { 1 })
}

/// The folder of the committed matrices, seen from where the program was started.
fn matrix_folder() -> Result<PathBuf, Unusable> {
    let here = std::env::current_dir().map_err(|error| format!("--update: {error}"))?;
    let folder = here.ancestors().map(|folder| folder.join("conformance/matrix")).find(|folder| folder.is_dir());
    folder.ok_or_else(|| "--update writes conformance/matrix/*.txt: start it in a checkout of the project".to_owned())
}

/// Proves behind a progress bar, where there is a terminal to show one.
fn behind_a_bar(prove: impl FnOnce(&mut dyn FnMut(Event<'_>)) -> Result<Proof, String>) -> Result<Proof, Unusable> {
    let bar = match std::io::stderr().is_terminal() {
        true => ProgressBar::new(0),
        false => ProgressBar::hidden(),
    };
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}") {
        bar.set_style(style.progress_chars("━━╌"));
    }
    // A case that panics is reported; the default hook would print what it holds as it is.
    let hook = std::panic::take_hook();
    std::panic::set_hook(Box::new(|_| ()));
    let proof = prove(&mut |event| match event {
        Event::Began(jobs) => bar.inc_length(jobs as u64),
        Event::Playing(case) => bar.set_message(case.to_owned()),
        Event::Played(_) => bar.inc(1),
    });
    std::panic::set_hook(hook);
    bar.finish_and_clear();
    proof
}
