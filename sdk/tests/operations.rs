//! The table of operations in the guide is what `fixtures` say.

use std::fmt::Write as _;

use probity_fixtures::{APIS, Api, Level, Operation};

/// Written anew by `WRITE_OPERATIONS=1 cargo test -p probity --test operations`.
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/operations.md");

#[test]
fn the_table_in_the_guide_says_how_much_is_documented_of_each_operation() {
    let table = table();
    if std::env::var_os("WRITE_OPERATIONS").is_some() {
        std::fs::write(FILE, &table).expect("it is written");
    }
    let written = std::fs::read_to_string(FILE).expect("the table");
    assert_eq!(written, table, "write it anew by WRITE_OPERATIONS=1");
    assert!(APIS.iter().all(|api| api.operations.iter().all(|operation| table.contains(operation.id))));
}

fn table() -> String {
    let mut table =
        String::from("\n| operation | request | | must | should | sound | open |\n|---|---|---|---|---|---|---|\n");
    for api in APIS {
        for operation in api.operations {
            let source = if operation.observed { "observed" } else { "documented" };
            let _ = write!(table, "| `{}` | `{} {}` | {source} |", operation.id, operation.method, operation.path);
            for level in [Level::Must, Level::Should, Level::Sound, Level::Open] {
                let _ = match statements(api, operation, level) {
                    0 => write!(table, " |"),
                    count => write!(table, " {count} |"),
                };
            }
            table.push('\n');
        }
    }
    table
}

/// How many statements of that level the document's section on the operation has.
fn statements(api: &Api, operation: &Operation, level: Level) -> usize {
    let section = format!("{} {}", operation.method, operation.path.replace('{', ":").replace('}', ""));
    api.requirements.iter().filter(|statement| statement.section == section && statement.level == level).count()
}
