//! The words of our own: what the documents, the cases and the reports say, whatever a target answers.
//!
//! A secret that is one of them can neither be masked wherever it stands nor be looked for in what was written.

use crate::SUITES;
use std::sync::LazyLock;

static WORDS: LazyLock<String> = LazyLock::new(|| {
    let mut words = include_str!("../report.schema.json").to_owned();
    for suite in SUITES {
        let keys = suite.keys.iter().flat_map(|key| [key.name, key.says]);
        let requirements = suite.api.requirements.iter().flat_map(|requirement| {
            let reasons = [requirement.question, requirement.because, requirement.untestable];
            [requirement.id, requirement.section, requirement.says].into_iter().chain(reasons.into_iter().flatten())
        });
        let deviations = suite.api.deviations.iter().flat_map(|deviation| [deviation.id, deviation.says]);
        words.extend([suite.api.openapi].into_iter().chain(keys).chain(requirements).chain(deviations));
        words.extend((suite.cases)().iter().flat_map(|case| [case.id.to_string(), case.says.to_string()]));
    }
    words
});

/// Whether we say this ourselves.
pub(crate) fn is_ours(text: &str) -> bool {
    WORDS.contains(text)
}
