//! What a run creates on deployments, written down on disk before it asks for it: whatever then becomes of the program,
//! `probity clean` can look for it and remove it.
//!
//! A line of JSON each for what is about to be created, for what was seen to be gone again, and for what is left on
//! purpose. There is no secret in it: whoever cleans gives the credentials anew.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use thiserror::Error;

/// The form of the file, which only ever gains members.
pub const SCHEMA: &str = "probity.ledger/1";

/// The ledger of one run. Its file is there from the first entry on, until nothing is left to be removed.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    run: String,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    file: Option<File>,
    next: usize,
    /// What may be there, by the number of its entry.
    open: BTreeMap<usize, Created>,
    left_on_purpose: Vec<Left>,
}

/// What was about to be created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Created {
    /// The API that was asked.
    pub api: String,
    /// Where the deployment is.
    pub target: String,
    /// The case that asked.
    pub case: String,
    /// What it is, in words.
    pub what: String,
    /// The name that nothing else has, by which it is found again.
    pub name: String,
}

/// What was created that no call can remove.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Left {
    /// Where the deployment is.
    pub target: String,
    /// The case that created it.
    pub case: String,
    /// What it is, in words.
    pub what: String,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
enum Line {
    Ledger {
        schema: String,
        run: String,
    },
    Creates {
        number: usize,
        #[serde(flatten)]
        created: Created,
    },
    Gone {
        number: usize,
    },
    Leaves(Left),
}

/// Why a file is no ledger that can be used.
#[derive(Debug, Error)]
#[error("{place}: {what}")]
pub struct LedgerError {
    place: String,
    what: String,
}

impl Ledger {
    /// The ledger of a run that begins.
    pub fn new(path: PathBuf, run: impl Into<String>) -> Self {
        Self { path, run: run.into(), state: Mutex::default() }
    }

    /// The ledger that an earlier run left.
    ///
    /// # Errors
    /// [`LedgerError`] naming the file, and the line that is none.
    pub fn read(path: &Path) -> Result<Self, LedgerError> {
        let name = path.display().to_string();
        let trouble = |what: String| LedgerError { place: name.clone(), what };
        let text =
            std::fs::read_to_string(path).map_err(|error| trouble(format!("the ledger cannot be read: {error}")))?;
        let (run, mut state) = state_of(&name, &text)?;
        let file = OpenOptions::new().append(true).open(path);
        state.file = Some(file.map_err(|error| trouble(format!("the ledger cannot be written: {error}")))?);
        Ok(Self { path: path.to_owned(), run, state: Mutex::new(state) })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The id of the run that it is of.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Writes down what is about to be created, and returns the number of the entry. Only then may it be asked for.
    ///
    /// # Errors
    /// What the system says when it cannot be written.
    pub fn creates(&self, created: Created) -> io::Result<usize> {
        let mut state = self.state();
        let number = state.next;
        state.next = number.saturating_add(1);
        self.write(&mut state, &Line::Creates { number, created: created.clone() })?;
        state.open.insert(number, created);
        Ok(number)
    }

    /// Writes down that what an entry is about is not there: it was removed, or never came about.
    ///
    /// # Errors
    /// What the system says when it cannot be written: then it is looked for once more than needed, later.
    pub fn gone(&self, number: usize) -> io::Result<()> {
        let mut state = self.state();
        state.open.remove(&number);
        self.write(&mut state, &Line::Gone { number })
    }

    /// Writes down what is about to be created that no call can remove.
    ///
    /// # Errors
    /// What the system says when it cannot be written.
    pub fn leaves(&self, left: Left) -> io::Result<()> {
        let mut state = self.state();
        self.write(&mut state, &Line::Leaves(left.clone()))?;
        state.left_on_purpose.push(left);
        Ok(())
    }

    /// What may still be there, in the order of creation.
    pub fn open(&self) -> Vec<(usize, Created)> {
        self.state().open.iter().map(|(number, created)| (*number, created.clone())).collect()
    }

    /// What was created that no call can remove.
    pub fn left_on_purpose(&self) -> Vec<Left> {
        self.state().left_on_purpose.clone()
    }

    /// Deletes the file when nothing is left to be removed.
    ///
    /// # Errors
    /// What the system says when it cannot be deleted.
    pub fn close(&self) -> io::Result<()> {
        let mut state = self.state();
        if state.open.is_empty() && state.file.take().is_some() {
            std::fs::remove_file(&self.path)?;
        }
        Ok(())
    }

    fn write(&self, state: &mut State, line: &Line) -> io::Result<()> {
        if state.file.is_none() {
            if let Some(folder) = self.path.parent() {
                std::fs::create_dir_all(folder)?;
            }
            let file = OpenOptions::new().append(true).create_new(true).open(&self.path)?;
            state.file = Some(file);
            self.write(state, &Line::Ledger { schema: SCHEMA.to_owned(), run: self.run.clone() })?;
        }
        let Some(file) = &mut state.file else { return Ok(()) };
        file.write_all(format!("{}\n", serde_json::to_string(line)?).as_bytes())?;
        file.sync_data()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Whoever panicked wrote a line or did not; either way the entries are as they were.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The run of a ledger, and what it has come to.
fn state_of(name: &str, text: &str) -> Result<(String, State), LedgerError> {
    let trouble = |place: String, what: String| LedgerError { place, what };
    let mut state = State::default();
    let mut run = None;
    // What has no line's end was cut off while it was written, and what it was about was never asked for.
    for (number, line) in text.split_inclusive('\n').enumerate().filter(|(_, line)| line.ends_with('\n')) {
        let place = || format!("{name}: line {}", number + 1);
        let line: Line = serde_json::from_str(line)
            .map_err(|error| trouble(place(), format!("this is no line of a ledger: {error}")))?;
        match line {
            Line::Ledger { schema, .. } if schema != SCHEMA => {
                return Err(trouble(place(), format!("a ledger of the form {SCHEMA} was expected, not {schema}")));
            }
            Line::Ledger { run: id, .. } => run = Some(id),
            Line::Creates { number, created } => {
                let next = number.checked_add(1);
                let next = next.ok_or_else(|| trouble(place(), format!("no number comes after {number}")))?;
                state.next = state.next.max(next);
                state.open.insert(number, created);
            }
            Line::Gone { number } => drop(state.open.remove(&number)),
            Line::Leaves(left) => state.left_on_purpose.push(left),
        }
    }
    let run = run.ok_or_else(|| trouble(name.to_owned(), "this is no ledger of a run".to_owned()))?;
    Ok((run, state))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn whatever_a_file_holds_it_is_a_ledger_or_said_not_to_be_one(
            lines in prop::collection::vec(
                prop_oneof![
                    Just(format!(r#"{{"entry":"ledger","schema":"{SCHEMA}","run":"a"}}"#)),
                    any::<u64>().prop_map(|number| format!(r#"{{"entry":"gone","number":{number}}}"#)),
                    prop_oneof![any::<u64>(), Just(u64::MAX)].prop_map(|number| {
                        let created = serde_json::to_value(Line::Creates { number: 0, created: website("one") });
                        let mut created = created.expect("JSON");
                        created["number"] = number.into();
                        created.to_string()
                    }),
                    "\\PC{0,20}",
                ],
                0..6,
            ),
        ) {
            match state_of("ledger.jsonl", &format!("{}\n", lines.join("\n"))) {
                Ok((run, state)) => {
                    prop_assert_eq!(run, "a");
                    prop_assert!(state.open.keys().all(|number| *number < state.next));
                }
                Err(error) => prop_assert!(error.to_string().starts_with("ledger.jsonl: "), "{}", error),
            }
        }
    }

    fn website(name: &str) -> Created {
        Created {
            api: "umami".to_owned(),
            target: "https://analytics.example.com/".to_owned(),
            case: "umami.send.sample".to_owned(),
            what: format!("the website {name}"),
            name: name.to_owned(),
        }
    }

    fn ledger() -> (tempfile::TempDir, Ledger) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let ledger = Ledger::new(folder.path().join("state").join("ledger.jsonl"), "abc123");
        (folder, ledger)
    }

    #[test]
    fn what_an_earlier_run_left_is_read_back_and_goes_on_to_be_numbered() {
        let (_folder, ledger) = ledger();
        let first = ledger.creates(website("one")).expect("written");
        ledger.creates(website("two")).expect("written");
        ledger.gone(first).expect("written");
        let again = Ledger::read(ledger.path()).expect("a ledger");
        assert_eq!(again.open(), [(1, website("two"))]);
        assert_eq!(again.creates(website("three")).expect("written"), 2);
        assert_eq!(again.run(), "abc123");
    }

    #[test]
    fn the_file_is_there_only_while_something_is_left() {
        let (_folder, ledger) = ledger();
        assert!(!ledger.path().exists(), "a run that creates nothing leaves no file");
        let entry = ledger.creates(website("one")).expect("written");
        ledger.close().expect("nothing to do");
        assert!(ledger.path().exists());
        ledger.gone(entry).expect("written");
        ledger.close().expect("deleted");
        assert!(!ledger.path().exists());
    }

    #[test]
    fn a_line_that_was_cut_off_is_no_entry_and_one_that_is_none_is_named() {
        let (_folder, ledger) = ledger();
        ledger.creates(website("one")).expect("written");
        let text = std::fs::read_to_string(ledger.path()).expect("it is there");
        std::fs::write(ledger.path(), format!("{text}{{\"entry\":\"cre")).expect("written");
        assert_eq!(Ledger::read(ledger.path()).expect("a ledger").open().len(), 1);
        std::fs::write(ledger.path(), format!("{text}nonsense\n")).expect("written");
        let error = Ledger::read(ledger.path()).expect_err("no ledger").to_string();
        assert!(error.contains("line 3"), "{error}");
    }

    #[test]
    fn the_ledger_of_another_run_is_not_written_into() {
        let (_folder, ledger) = ledger();
        ledger.creates(website("one")).expect("written");
        assert!(Ledger::new(ledger.path().to_owned(), "other").creates(website("two")).is_err());
    }
}
