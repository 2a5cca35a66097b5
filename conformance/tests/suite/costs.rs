//! What `--plan` says that a case costs is what it sends.

use crate::run::Run;
use std::fmt::Write as _;
use std::path::Path;

const HEAD: &str = "\
# How many requests each case sends to the embedded server. Counted: `UPDATE_COSTS=1 cargo test --test suite costs` writes
# this file anew, and without the variable the same test holds it to what is sent.
";

#[test]
fn the_costs_are_what_each_case_sends() {
    let mut counted = HEAD.to_owned();
    for (case, requests) in Run::default().played().requests() {
        writeln!(counted, "\"{case}\" = {requests}").expect("a text takes all that is written to it");
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("costs.toml");
    if std::env::var_os("UPDATE_COSTS").is_some() {
        std::fs::write(&file, &counted).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&file).expect("the file is there");
    let differs: Vec<_> = counted.lines().filter(|line| !committed.lines().any(|old| old == *line)).collect();
    assert!(committed == counted, "costs.toml is not what is sent; UPDATE_COSTS=1 writes it anew: {differs:#?}");
}
