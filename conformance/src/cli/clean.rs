//! `probity clean LEDGER`: removes what a run created that was cut short, or could not remove itself.

use super::aim::{aims, external_targets};
use super::{TargetArgs, Unusable, interruption, write_stdout};
use crate::SUITES;
use crate::case::Case;
use crate::engine::{self, Options, Outcome};
use crate::interrupt::Interrupt;
use crate::ledger::{Created, Ledger};
use crate::plan::{Aim, Job, Plan};
use crate::run::{Run, Stop};
use crate::scan::Scan;
use crate::suite::Suite;
use crate::verdict::Exit;
use clap::Args;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

#[derive(Args)]
pub(super) struct CleanArgs {
    /// The ledger that the run wrote
    ledger: PathBuf,
    #[command(flatten)]
    target: TargetArgs,
}

pub(super) fn clean(arguments: &CleanArgs) -> Result<u8, Unusable> {
    let ledger = Arc::new(Ledger::read(&arguments.ledger).map_err(|error| error.to_string())?);
    let mut page = format!("the ledger of the run {}\n", ledger.run());
    for left in ledger.left_on_purpose() {
        let _ = writeln!(page, "· left on purpose, and not to be removed by any call: {} ({})", left.what, left.target);
    }
    let outcomes = match ledger.open().as_slice() {
        [] => Vec::new(),
        open => {
            let interrupt = Interrupt::default();
            interruption::listen(interrupt.clone(), ledger.clone());
            let plan = Plan { jobs: jobs(open, &aims_of(arguments, open)?)?, aims: Vec::new() };
            play(&plan, &ledger, interrupt)?
        }
    };
    for outcome in &outcomes {
        let what = &outcome.case.says;
        let _ = match trouble(outcome) {
            None => writeln!(page, "✓ gone: {what}"),
            Some(trouble) => writeln!(page, "✗ left behind: {what}: {trouble}"),
        };
    }
    let left = outcomes.iter().filter(|outcome| trouble(outcome).is_some()).count();
    let _ = match left {
        0 => writeln!(page, "nothing is left that can be removed"),
        left => writeln!(page, "{left} left behind; the ledger stays at {}", ledger.path().display()),
    };
    let shown = Scan::of(outcomes.iter().map(|outcome| &outcome.secrets)).found_in(&page).len();
    if shown > 0 {
        write_stdout("what was found would show a secret, and is withheld\n")?;
        return Ok(Exit::Unsafe.code());
    }
    write_stdout(&page)?;
    ledger.close().map_err(|error| format!("{}: {error}", ledger.path().display()))?;
    Ok(if left == 0 { Exit::Conforms } else { Exit::Unsafe }.code())
}

/// The deployments that the entries are about, as they are configured now.
fn aims_of(arguments: &CleanArgs, open: &[(usize, Created)]) -> Result<Vec<Arc<Aim>>, Unusable> {
    let is_of = |suite: &&Suite| open.iter().any(|(_, created)| created.api == suite.api.name);
    let suites: Vec<&'static Suite> = SUITES.iter().filter(is_of).collect();
    let (targets, _) = external_targets(&arguments.target, &suites).map_err(|error| error.to_string())?;
    match targets.is_empty() {
        true => Ok(Vec::new()),
        false => aims(&suites, targets, &[]).map_err(|error| error.to_string()),
    }
}

/// A job for each entry, the last first.
fn jobs(open: &[(usize, Created)], aims: &[Arc<Aim>]) -> Result<Vec<Job>, Unusable> {
    let job = |(number, created): &(usize, Created)| {
        let Created { api, target: place, what, .. } = created;
        let is_of = |aim: &&Arc<Aim>| matches!(&***aim, Aim::External(target) if target.is_at(place));
        let aim = aims.iter().filter(|aim| aim.suite().api.name == api).find(is_of);
        let aim = aim.ok_or_else(|| {
            format!(
                "{what} is on {place}, which is not configured: name it as the run did, as by --target {api}={place}"
            )
        })?;
        Ok(Job { case: Arc::new(case(*number, created.clone())), aim: aim.clone(), skip: None })
    };
    open.iter().rev().map(job).collect()
}

/// A case that does nothing but what is done at the end of the one that created.
fn case(number: usize, created: Created) -> Case {
    let Created { case, what, name, .. } = created;
    let scenario = async move |run: &Run| {
        let removal = run.removal_of(&name).await?;
        run.remove_at_end_again(number, removal);
        Ok(())
    };
    Case {
        id: case.into(),
        says: what.into(),
        requirements: Vec::new(),
        effects: Vec::new(),
        instead: None,
        needs: Vec::new(),
        shape_of: None,
        scenario: Box::new(scenario),
    }
}

fn play(plan: &Plan, ledger: &Arc<Ledger>, interrupt: Interrupt) -> Result<Vec<Outcome>, Unusable> {
    let run = ledger.run().to_owned();
    let options = Options { run, ledger: Some(ledger.clone()), interrupt, ..Options::default() };
    engine::play(plan, &options, &mut |_| {}).map_err(|error| error.to_string())
}

/// Why what an entry is about may still be there.
fn trouble(outcome: &Outcome) -> Option<String> {
    let told = match (&outcome.suite_error, &outcome.stop) {
        (Some(error), _) => error.clone(),
        (None, Some(Stop::Inconclusive { reason, .. } | Stop::Skip(reason))) => reason.clone(),
        (None, None) if outcome.leftovers.is_empty() => return None,
        (None, None) => match outcome.exchanges.last().map(|exchange| &exchange.response) {
            Some(Err(error)) => error.to_string(),
            Some(Ok(response)) => format!("looked for, it is still there, or cannot be seen: {}", response.summary()),
            None => "it was not looked for".to_owned(),
        },
    };
    Some(outcome.secrets.mask_briefly(&told))
}
