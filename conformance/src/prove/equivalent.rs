//! Mutants that no case can notice, each with the reason.

use serde::Deserialize;

/// A mutant that cannot be told from the server that is right.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Equivalent {
    /// The mutant's id.
    pub mutant: String,
    /// Why nobody can tell.
    pub reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    equivalent: Vec<Equivalent>,
}

/// Reads the list of an API.
///
/// # Errors
/// In words, for what is no such list.
pub(super) fn read(text: &str) -> Result<Vec<Equivalent>, String> {
    let File { equivalent } = toml::from_str(text).map_err(|error| error.message().to_owned())?;
    Ok(equivalent)
}
