//! The report as JUnit XML: a test suite per section, a test case per case, and what went wrong besides as a suite of its
//! own, so that the file is red exactly when the exit code is not 0.

use super::section::sections;
use super::{CaseReport, Report, terminal};
use crate::verdict::Verdict;
use quick_junit::{NonSuccessKind, SerializeError, TestCase, TestCaseStatus, TestSuite, XmlString};
use std::time::Duration;

/// The suite of what is no case's.
const OF_THE_RUN: &str = "the run";

pub(super) fn render(report: &Report) -> Result<String, SerializeError> {
    let mut document = quick_junit::Report::new("probity");
    document.set_time(Duration::from_millis(report.run.millis));
    for section in sections(report) {
        let mut suite = TestSuite::new(format!("{} · {}", section.api, section.title));
        suite.set_time(Duration::from_millis(section.cases.iter().map(|case| case.millis).sum()));
        suite.add_test_cases(section.cases.iter().map(test_case));
        document.add_test_suite(suite);
    }
    let red = document.failures + document.errors > 0;
    let mut of_the_run = TestSuite::new(OF_THE_RUN);
    of_the_run.add_test_cases(trouble(report));
    if report.run.exit != 0 && !red && of_the_run.test_cases.is_empty() {
        of_the_run.add_test_case(conclusion(report));
    }
    if !of_the_run.test_cases.is_empty() {
        document.add_test_suite(of_the_run);
    }
    document.to_string()
}

fn test_case(case: &CaseReport) -> TestCase {
    let mut test = TestCase::new(case.id.as_str(), status(case));
    test.set_classname(format!("{}.{}", case.api, case.section)).set_time(Duration::from_millis(case.millis));
    if case.verdict == Verdict::Warn {
        test.set_system_out(xml(&told(case)));
    }
    test
}

fn status(case: &CaseReport) -> TestCaseStatus {
    let mut status = match case.verdict {
        Verdict::Pass | Verdict::Warn => return TestCaseStatus::success(),
        Verdict::Fail => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Inconclusive => TestCaseStatus::non_success(NonSuccessKind::Error),
        Verdict::Skip | Verdict::Known => TestCaseStatus::skipped(),
    };
    status.set_type(case.verdict.as_str()).set_message(xml(&message(case)));
    if matches!(case.verdict, Verdict::Fail | Verdict::Inconclusive) {
        status.set_description(xml(&told(case)));
    }
    status
}

/// Why a case is what it is, in a line.
fn message(case: &CaseReport) -> String {
    let inconclusive = || case.inconclusive.as_ref().map(|inconclusive| inconclusive.reason.clone());
    let reason = match case.verdict {
        Verdict::Skip => case.skip.clone(),
        Verdict::Known => case.findings.iter().find_map(|finding| finding.known.clone()).or_else(inconclusive),
        Verdict::Inconclusive => inconclusive(),
        _ => case
            .unlisted()
            .next()
            .map(|finding| format!("{}: expected {}, got {}", finding.requirement, finding.expected, finding.actual)),
    };
    reason.unwrap_or_else(|| case.says.clone())
}

fn told(case: &CaseReport) -> String {
    format!("{}\n{}", case.says, terminal::story(case))
}

/// What departs from what a run promises, besides its cases.
fn trouble(report: &Report) -> Vec<TestCase> {
    let of_suite = report.errors.iter().map(|error| (NonSuccessKind::Error, "error of the suite", error.clone()));
    let left = report.leftovers.iter().map(|what| (NonSuccessKind::Error, "left behind", what.clone()));
    let stale = report.known.iter().filter(|entry| entry.state.is_wrong()).map(|entry| {
        let message = format!("{}: {} · {}", entry.entry, entry.state.says(), entry.place);
        (NonSuccessKind::Failure, "known entry that has to go or change", message)
    });
    let all = of_suite.chain(left).chain(stale);
    all.map(|(kind, name, message)| of_the_run(kind, name, &message)).collect()
}

/// For a run that is not 0 by nothing that any test case shows: where warnings count, or nothing was proved.
fn conclusion(report: &Report) -> TestCase {
    let kind = if report.run.exit == 1 { NonSuccessKind::Failure } else { NonSuccessKind::Error };
    let hint = report.run.hint.as_deref().unwrap_or("warnings count, or no case passed");
    of_the_run(kind, report.conclusion(), &format!("exit {}: {hint}", report.run.exit))
}

fn of_the_run(kind: NonSuccessKind, name: &str, message: &str) -> TestCase {
    let mut status = TestCaseStatus::non_success(kind);
    status.set_message(xml(message));
    let mut test = TestCase::new(name, status);
    test.set_classname(OF_THE_RUN);
    test
}

/// XML has no way to write most control characters. quick-junit drops them; here they stay visible, as `�`.
fn xml(text: &str) -> XmlString {
    let letter = |letter: char| match letter {
        '\n' | '\t' => letter,
        '\u{fffe}' | '\u{ffff}' => '�',
        _ if letter.is_control() => '�',
        _ => letter,
    };
    XmlString::new(text.chars().map(letter).collect::<String>())
}
