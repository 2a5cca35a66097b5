//! The matrix: which mutant each case departs by, and from which requirement. One file per API, committed, and exact.

use std::collections::BTreeSet;

/// By this requirement this case departs when a server is this mutant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kill {
    /// The mutant's id.
    pub mutant: String,
    /// The case's id.
    pub case: String,
    /// The requirement's id.
    pub requirement: String,
}

/// Reads the matrix of an API.
///
/// # Errors
/// In words, for a line that is not one of ours.
pub fn read(text: &str) -> Result<BTreeSet<Kill>, String> {
    let lines = text.lines().enumerate().filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    let kill = |(number, line): (usize, &str)| match line.split_whitespace().collect::<Vec<_>>()[..] {
        [mutant, case, requirement] => {
            let [mutant, case, requirement] = [mutant, case, requirement].map(str::to_owned);
            Ok(Kill { mutant, case, requirement })
        }
        _ => Err(format!("line {}: a mutant, a case and a requirement were expected", number + 1)),
    };
    lines.map(kill).collect()
}

/// The matrix of an API as its file has it: sorted, a line each.
pub fn written(kills: &BTreeSet<Kill>) -> String {
    const HEAD: &str = "\
# Which case notices which mutant, and by which requirement: `mutant case requirement`, sorted.
# Written by `cargo xtask conformance prove --update`, and held to by `prove`, both ways. Do not edit.

";
    let line = |Kill { mutant, case, requirement }: &Kill| format!("{mutant} {case} {requirement}\n");
    HEAD.to_owned() + &kills.iter().map(line).collect::<String>()
}
