//! `probity diff`: two reports held against each other.

use super::{Unusable, write_stdout};
use crate::diff::{self, Diff, Form};
use clap::Args;
use std::path::PathBuf;

#[derive(Args)]
pub(super) struct DiffArgs {
    /// The earlier run's report, as `--report json=FILE` wrote it
    before: PathBuf,
    /// The later run's report
    after: PathBuf,
    /// In which form it is told
    #[arg(long, value_enum, default_value_t = Form::Text)]
    format: Form,
}

pub(super) fn diff(arguments: &DiffArgs) -> Result<u8, Unusable> {
    let before = diff::read(&arguments.before).map_err(|error| error.to_string())?;
    let after = diff::read(&arguments.after).map_err(|error| error.to_string())?;
    let diff = Diff::between(&before, &after).map_err(|error| error.to_string())?;
    write_stdout(&diff.render(arguments.format).map_err(|error| error.to_string())?)?;
    Ok(u8::from(diff.is_worse()))
}
