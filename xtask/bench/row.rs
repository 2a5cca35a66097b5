//! What was measured, and the bound that it is held to.

use serde_json::{Value, json};
use std::fmt::Write as _;

/// What a figure may be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Bound {
    AtMost(f64),
    AtLeast(f64),
    /// It is stated, and held to nothing.
    None,
}

impl Bound {
    fn holds(self, figure: f64) -> bool {
        match self {
            Bound::AtMost(most) => figure <= most,
            Bound::AtLeast(least) => figure >= least,
            Bound::None => true,
        }
    }

    fn words(self) -> String {
        match self {
            Bound::AtMost(most) => format!("≤ {most}"),
            Bound::AtLeast(least) => format!("≥ {least}"),
            Bound::None => String::new(),
        }
    }
}

/// One thing that was measured.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Row {
    what: String,
    against: String,
    seen: Seen,
    /// What there is to say of its bound.
    note: Option<&'static str>,
}

#[derive(Debug, Clone, PartialEq)]
enum Seen {
    Figure {
        figure: f64,
        unit: &'static str,
        bound: Bound,
        /// The two figures whose ratio it is.
        of: Option<(f64, f64)>,
        /// It is told and not held to: a busy machine tells another one.
        is_told: bool,
    },
    Skipped(&'static str),
    /// It could not be measured.
    Failed(String),
}

impl Row {
    pub(crate) fn new(what: &str, against: &str, figure: f64, unit: &'static str, bound: Bound) -> Self {
        Self::of(what, against, Seen::Figure { figure, unit, bound, of: None, is_told: false })
    }

    pub(crate) fn ratio(what: &str, against: &str, ours: f64, theirs: f64, bound: Bound) -> Self {
        let seen = Seen::Figure { figure: ours / theirs, unit: "×", bound, of: Some((ours, theirs)), is_told: false };
        Self::of(what, against, seen)
    }

    pub(crate) fn skipped(what: &str, against: &str, why: &'static str) -> Self {
        Self::of(what, against, Seen::Skipped(why))
    }

    pub(crate) fn failed(what: &str, why: impl Into<String>) -> Self {
        Self::of(what, "", Seen::Failed(why.into()))
    }

    fn of(what: &str, against: &str, seen: Seen) -> Self {
        Self { what: what.to_owned(), against: against.to_owned(), seen, note: None }
    }

    /// The same, with something to say of its bound.
    pub(crate) fn noted(self, note: &'static str) -> Self {
        Self { note: Some(note), ..self }
    }

    /// A figure of the clock's, which a quick run tells and is not held to.
    pub(crate) fn by_the_clock(mut self, is_quick: bool) -> Self {
        if let Seen::Figure { is_told, .. } = &mut self.seen {
            *is_told = is_quick;
        }
        self
    }

    /// Whether it is within its bound, as far as it is held to it.
    pub(crate) fn holds(&self) -> bool {
        match &self.seen {
            Seen::Figure { figure, bound, is_told, .. } => *is_told || bound.holds(*figure),
            Seen::Skipped(_) => true,
            Seen::Failed(_) => false,
        }
    }

    fn figure(&self) -> String {
        match &self.seen {
            Seen::Figure { figure, unit, of: None, .. } => format!("{figure:.2} {unit}").trim_end().to_owned(),
            Seen::Figure { figure, unit, of: Some((ours, theirs)), .. } => {
                format!("{figure:.2} {unit} ({ours:.0} : {theirs:.0})")
            }
            Seen::Skipped(_) | Seen::Failed(_) => String::new(),
        }
    }

    fn bound(&self) -> String {
        match &self.seen {
            Seen::Figure { bound, .. } => bound.words(),
            Seen::Skipped(_) | Seen::Failed(_) => String::new(),
        }
    }

    fn verdict(&self) -> String {
        match &self.seen {
            Seen::Skipped(why) => format!("skipped: {why}"),
            Seen::Failed(why) => format!("fail: {}", why.replace('\n', " ").replace('|', "¦")),
            Seen::Figure { is_told: true, .. } | Seen::Figure { bound: Bound::None, .. } => "told".to_owned(),
            _ if self.holds() => "pass".to_owned(),
            _ => "fail".to_owned(),
        }
    }

    fn cells(&self) -> [String; 5] {
        [self.what.clone(), self.against.clone(), self.figure(), self.bound(), self.verdict()]
    }
}

const HEADS: [&str; 5] = ["what", "against", "figure", "bound", ""];

/// The rows for a terminal.
pub(crate) fn table(rows: &[Row]) -> String {
    let cells: Vec<_> = std::iter::once(HEADS.map(str::to_owned)).chain(rows.iter().map(Row::cells)).collect();
    let width = |column: usize| cells.iter().map(|cells| cells[column].chars().count()).max().unwrap_or_default();
    let widths = [0, 1, 2, 3, 4].map(width);
    let mut table = String::new();
    for cells in &cells {
        let line = cells.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect::<Vec<_>>();
        let _ = writeln!(table, "{}", line.join("  ").trim_end());
    }
    table
}

/// The rows for a page, and what there is to say of their bounds.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let mut page = format!("| {} |\n|---|---|---|---|---|\n", HEADS.join(" | "));
    for row in rows {
        let _ = writeln!(page, "| {} |", row.cells().join(" | "));
    }
    let mut noted = rows.iter().filter(|row| row.note.is_some()).peekable();
    if noted.peek().is_some() {
        page += "\nOn the bounds:\n\n";
    }
    for row in noted {
        let against = if row.against.is_empty() { String::new() } else { format!(", against {}", row.against) };
        let _ = writeln!(page, "- {}{against}: {}", row.what, row.note.unwrap_or_default());
    }
    page
}

/// The rows for a program.
pub(crate) fn json(rows: &[Row]) -> String {
    let one = |row: &Row| {
        let (figure, of) = match &row.seen {
            Seen::Figure { figure, of, .. } => (Some(*figure), of.map(|(ours, theirs)| [ours, theirs])),
            Seen::Skipped(_) | Seen::Failed(_) => (None, None),
        };
        json!({
            "what": row.what, "against": row.against, "figure": figure, "of": of, "bound": row.bound(),
            "verdict": row.verdict(), "holds": row.holds(),
        })
    };
    let rows: Vec<Value> = rows.iter().map(one).collect();
    format!("{:#}\n", json!({ "rows": rows }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_held_to_its_bound_a_told_one_and_a_skipped_one_are_not() {
        let row = |figure| Row::new("a call", "", figure, "s", Bound::AtMost(1.5));
        assert!(row(1.5).holds() && !row(1.51).holds());
        assert!(row(9.0).by_the_clock(true).holds() && !row(9.0).by_the_clock(false).holds());
        assert!(Row::skipped("a call", "", "there is no valgrind here").holds());
        assert!(!Row::ratio("a call", "by hand", 10.0, 10.0, Bound::AtLeast(2.5)).holds());
        assert!(Row::new("a start", "", 9.0, "ms", Bound::None).holds());
        assert!(!Row::failed("a call", "the server is gone").holds());
    }

    #[test]
    fn each_form_shows_what_was_measured_and_what_came_of_it() {
        let rows = [
            Row::ratio("a call", "by hand", 90.0, 100.0, Bound::AtMost(0.95)),
            Row::skipped("another", "", "there is no valgrind here"),
            Row::failed("a third", "the server is gone"),
        ];
        for form in [table(&rows), markdown(&rows)] {
            for part in [
                "a call",
                "by hand",
                "0.90 × (90 : 100)",
                "≤ 0.95",
                "pass",
                "skipped: there is no valgrind",
                "fail: the server is gone",
            ] {
                assert!(form.contains(part), "{part} is not in {form}");
            }
        }
        let json: Value = serde_json::from_str(&json(&rows)).expect("JSON");
        assert_eq!(json["rows"][0]["of"], json!([90.0, 100.0]));
        assert_eq!(json["rows"][1]["figure"], Value::Null);
        assert_eq!(json["rows"][2]["holds"], json!(false));
    }

    #[test]
    fn a_page_says_what_there_is_to_say_of_a_bound() {
        let row = Row::ratio("a call", "by hand", 90.0, 100.0, Bound::AtMost(0.95)).noted("it is enough.");
        assert!(markdown(&[row]).ends_with("- a call, against by hand: it is enough.\n"));
    }
}
