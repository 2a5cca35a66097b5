//! Every form tells the same counts and the same failing cases.

use crate::{html, junit, markdown, random};
use probity_conformance::report::terminal::{self, Detail};
use probity_conformance::report::{Form, Report};
use probity_conformance::verdict::Verdict;
use proptest::prelude::*;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What a form of a report tells, read back from its text.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Told {
    /// How many cases have each verdict; those that none has are left out.
    pub(crate) counts: BTreeMap<String, usize>,
    pub(crate) failing: BTreeSet<String>,
}

impl Told {
    fn by(report: &Report) -> Self {
        Self {
            counts: report.counts().map(|(verdict, count)| (verdict.to_string(), count)).collect(),
            failing: report.cases_that(Verdict::Fail).map(|case| case.id.clone()).collect(),
        }
    }

    /// Counts a case.
    pub(crate) fn case(&mut self, verdict: &str, id: &str) {
        *self.counts.entry(verdict.to_owned()).or_default() += 1;
        if verdict == "fail" {
            self.failing.insert(id.to_owned());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_form_tells_the_same_counts_and_the_same_failing_cases(report in random::report(30)) {
        let told = Told::by(&report);
        let rendered = |form: Form| form.render(&report).expect("it can be written");
        prop_assert_eq!(&in_json(&rendered(Form::Json)), &told);
        prop_assert_eq!(&junit::read(&rendered(Form::Junit)), &told);
        prop_assert_eq!(&html::read(&rendered(Form::Html)), &told);
        prop_assert_eq!(&markdown::read(&rendered(Form::Markdown)), &told);
        prop_assert_eq!(&in_terminal(&terminal::render(&report, Detail::Wire)), &told);
    }
}

#[test]
fn ten_times_the_cases_are_ten_times_the_text() {
    let (few, many) = (random::of_failures(200), random::of_failures(2_000));
    let terminal = |report: &Report| terminal::render(report, Detail::Cases).len();
    assert!(terminal(&many) < 12 * terminal(&few));
    for form in Form::ALL {
        let length = |report: &Report| form.render(report).expect("it can be written").len();
        assert!(length(&many) < 12 * length(&few), "{form}");
    }
}

fn in_json(text: &str) -> Told {
    let report: Value = serde_json::from_str(text).expect("it is JSON");
    let mut told = Told::default();
    for case in report["cases"].as_array().expect("cases") {
        told.case(case["verdict"].as_str().expect("a verdict"), case["id"].as_str().expect("an id"));
    }
    for (verdict, count) in report["summary"].as_object().expect("a summary").iter().filter(|(_, count)| count.is_u64())
    {
        let counted = told.counts.get(verdict).copied().unwrap_or_default();
        assert_eq!(count.as_u64(), Some(counted as u64), "{verdict}");
    }
    told
}

fn in_terminal(text: &str) -> Told {
    let text = anstream::adapter::strip_str(text).to_string();
    assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n' && letter != '\t'), "{text:?}");
    let cases = text.split("\nKnown departures\n").next().unwrap_or_default();
    let failing = cases.lines().filter_map(|line| line.strip_prefix("  ✗ ")?.split(' ').next());
    let counts = text.lines().rev().find_map(|line| {
        let (total, counts) = line.split_once(": ")?;
        total.strip_suffix(" cases").or(total.strip_suffix(" case"))?.parse::<usize>().ok()?;
        Some(counts)
    });
    let count = |part: &str| {
        let (count, verdict) = part.split_once(' ')?;
        Some((verdict.to_owned(), count.parse().ok()?))
    };
    Told {
        failing: failing.map(str::to_owned).collect(),
        counts: counts.unwrap_or_default().split(", ").filter_map(count).collect(),
    }
}
