//! Markdown: what a CI job's summary shows.

use crate::parity::Told;
use crate::random;
use probity_conformance::report::Form;
use proptest::prelude::*;

/// Reads a report back: the table of counts, and the table of what departs. What stands in a block of code is no table.
pub(crate) fn read(text: &str) -> Told {
    let mut told = Told::default();
    for line in outside_code(text) {
        let Some(row) = line.strip_prefix("| ") else { continue };
        let cells: Vec<&str> = row.split(" | ").collect();
        match cells.as_slice() {
            [verdict, count] if !verdict.starts_with('`') => {
                if let (Some((_, verdict)), Ok(count)) = (verdict.split_once(' '), count.trim_end_matches(" |").parse())
                {
                    told.counts.insert(verdict.to_owned(), count);
                }
            }
            ["✗ fail", id, ..] => {
                told.failing.insert(id.trim_matches('`').to_owned());
            }
            _ => {}
        }
    }
    told
}

/// The lines that are no code, by the rule of fences: a block ends by a fence that is as long as the one that began it.
fn outside_code(text: &str) -> impl Iterator<Item = &str> {
    let mut fence: Option<usize> = None;
    text.lines().filter(move |line| {
        let ticks = line.len() - line.trim_start_matches('`').len();
        match fence {
            Some(length) => {
                if ticks >= length && line.len() == ticks {
                    fence = None;
                }
                false
            }
            None if ticks >= 3 => {
                fence = Some(ticks);
                false
            }
            None => true,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_of_a_target_stands_outside_of_code(report in random::report(10)) {
        let text = Form::Markdown.render(&report).expect("it can be written");
        for line in outside_code(&text) {
            let words = without_code_spans(line);
            for hostile in ["<script", "<img", "onfocus", "@everyone", "evil.example", "made.up"] {
                prop_assert!(!words.contains(hostile), "{}", line);
            }
        }
    }
}

/// A line without its spans of code, by the rule of CommonMark: a span ends by a run of as many backticks as began it.
fn without_code_spans(line: &str) -> String {
    let mut words = String::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        words += &rest[..start];
        let length = rest[start..].len() - rest[start..].trim_start_matches('`').len();
        let mut at = start + length;
        let end = loop {
            let Some(next) = rest[at..].find('`').map(|next| at + next) else { break None };
            let run = rest[next..].len() - rest[next..].trim_start_matches('`').len();
            if run == length {
                break Some(next + run);
            }
            at = next + run;
        };
        rest = &rest[end.unwrap_or(start + length)..];
    }
    words + rest
}

#[test]
fn a_summary_fits_into_githubs_bound_and_says_what_it_leaves_out() {
    let text = Form::Markdown.render(&random::of_failures(20_000)).expect("it can be written");
    assert!(text.len() < 1 << 20, "{} bytes", text.len());
    assert!(text.contains("stories more"), "{}", &text[text.len() - 300..]);
    assert!(text.starts_with("## "), "the verdict comes first");
}
