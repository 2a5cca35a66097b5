//! How many requests a case costs.
//!
//! They are counted, not declared: `costs.toml` holds what each case sent to the embedded server, what it removes again
//! included, and a test holds the file to that. A deployment that stores events in its own time is asked a few times more.

use std::collections::BTreeMap;
use std::sync::LazyLock;

static COUNTED: LazyLock<BTreeMap<String, usize>> =
    LazyLock::new(|| toml::from_str(include_str!("../costs.toml")).unwrap_or_default());

/// How many requests the case of this id sends; none for a case that was never counted.
pub fn requests(case: &str) -> Option<usize> {
    COUNTED.get(case).copied()
}
