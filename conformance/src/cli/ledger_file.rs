//! Where a run's ledger is.

use super::{Unusable, write_stderr};
use crate::case::Effect;
use crate::ledger::Ledger;
use crate::plan::{Aim, Job, Plan};
use std::path::{Path, PathBuf};

/// Where the ledger is: where the flag says, or else among what programs keep of their state.
pub(super) fn path(wanted: Option<&Path>, run: &str) -> Result<PathBuf, Unusable> {
    match wanted {
        Some(path) if path.exists() => Err(format!(
            "--ledger {0}: it is there already; `probity clean {0}` removes what another run left, and then the file",
            path.display()
        )),
        Some(path) => Ok(path.to_owned()),
        None => {
            let folder = |name, below: &str| Some(Path::new(&std::env::var_os(name)?).join(below));
            let state = folder("XDG_STATE_HOME", "").or_else(|| folder("HOME", ".local/state"));
            let state = state.filter(|state| state.is_absolute()).unwrap_or_else(std::env::temp_dir);
            Ok(state.join("probity").join(format!("ledger-{run}.jsonl")))
        }
    }
}

/// Whoever kills the program has to know where it is written what is left.
pub(super) fn announce(plan: &Plan, ledger: &Ledger) -> Result<(), Unusable> {
    let creates = |job: &Job| {
        let is_played = job.skip.is_none() && matches!(*job.aim, Aim::External(_));
        is_played && job.effects().iter().any(|effect| matches!(effect, Effect::Write | Effect::Permanent))
    };
    if !plan.jobs.iter().any(creates) {
        return Ok(());
    }
    let path = ledger.path().display();
    let text =
        format!("what this run creates is noted in {path}; were it cut short, `probity clean {path}` removes it\n");
    write_stderr(&text).map_err(|error| error.to_string())
}
