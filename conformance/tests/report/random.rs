//! Reports of runs that never were, with texts that a target might put into them to be misread.

use probity_conformance::report::{
    CaseReport, Decoding, ExchangeReport, Finding, Inconclusive, KnownReport, KnownState, Observation, Report,
    RequestReport, RequirementReport, RequirementSummary, ResponseReport, RunReport, SCHEMA, Summary, TargetReport,
};
use probity_conformance::verdict::Verdict;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

/// A report of up to so many cases.
pub(crate) fn report(cases: usize) -> impl Strategy<Value = Report> {
    let run = (0..5_u8, any::<u64>(), 0..100_000_u64, proptest::option::of(text()));
    let lists = (vec(text(), 0..3), vec(text(), 0..3), vec(text(), 0..3), vec(text(), 0..3));
    (vec(case(), 0..cases), run, lists, vec(known(), 0..4)).prop_map(|(cases, run, lists, known)| {
        let (exit, seed, millis, hint) = run;
        let (leftovers, left_on_purpose, errors, values) = lists;
        let cases: Vec<_> = cases.into_iter().enumerate().map(|(place, case)| numbered(case, place)).collect();
        let of = |verdict| cases.iter().filter(|case| case.verdict == verdict).count();
        let summary = Summary {
            pass: of(Verdict::Pass),
            warn: of(Verdict::Warn),
            known: of(Verdict::Known),
            inconclusive: of(Verdict::Inconclusive),
            fail: of(Verdict::Fail),
            skip: of(Verdict::Skip),
            requirements: RequirementSummary { total: 3, exercised: 2, untestable: 1 },
        };
        let requirement = |id: &'static str| RequirementReport {
            id,
            level: "must",
            section: "POST /api/auth/login",
            cited: "lines 14-15".to_owned(),
            says: "`token` is a text",
            verdict: Verdict::Pass,
            cases: cases.iter().filter(|case| case.requirements.contains(&id)).map(|case| case.id.clone()).collect(),
            mutants: vec!["umami.login.2XX:/token:gone".to_owned()],
            releases: vec!["umami-3.1.0"],
            untestable: None,
        };
        let observation = |value| Observation { requirement: REQUIREMENTS[0], question: "Which status?", value };
        Report {
            schema: SCHEMA,
            run: RunReport {
                version: "0.1.0",
                id: "k3f9x2".to_owned(),
                seed,
                started: "2026-01-01T00:00:00.000Z".to_owned(),
                millis,
                exit,
                command: "probity".to_owned(),
                interrupted: exit == 3,
                ledger: (exit == 4).then(|| "ledger.jsonl".to_owned()),
                hint,
            },
            targets: vec![TargetReport { api: "umami", url: None, release: Some("umami-3.1.0") }],
            requirements: REQUIREMENTS.map(requirement).into(),
            observations: values.into_iter().map(observation).collect(),
            known,
            sdk: vec![Decoding { operation: "umami.login", ok: true, error: None }],
            leftovers,
            left_on_purpose,
            errors,
            summary,
            cases,
        }
    })
}

/// A report of so many cases that fail.
pub(crate) fn of_failures(count: usize) -> Report {
    let failing = report(200).prop_filter("a failure", |report| report.summary.fail > 0);
    let mut report = failing.new_tree(&mut TestRunner::deterministic()).expect("a report").current();
    let failure = report.cases_that(Verdict::Fail).next().cloned().expect("a failure");
    report.cases = (0..count).map(|place| numbered(failure.clone(), place)).collect();
    report.summary = Summary { fail: count, ..Summary::default() };
    report
}

const REQUIREMENTS: [&str; 3] = ["umami.login.returns-token", "umami.token.required", "umami.send.status"];

/// Ids are unique, as the suites' are.
fn numbered(mut case: CaseReport, place: usize) -> CaseReport {
    case.id = format!("{}-{place}", case.id);
    case
}

fn case() -> impl Strategy<Value = CaseReport> {
    let section = select(&["POST /api/auth/login", "Authorization header", "Reports & <more>"][..]);
    let requirement = select(&REQUIREMENTS[..]);
    (
        verdict(),
        "[a-z]{1,6}\\.[a-z]{1,6}(\\.[a-z-]{1,6}[a-z])?",
        section,
        requirement,
        text(),
        vec(finding(), 1..3),
        exchange(),
    )
        .prop_map(|(verdict, id, section, requirement, reason, findings, exchange)| CaseReport {
            id,
            api: "umami",
            section,
            says: "What is `refused` is <refused> & not done".to_owned(),
            verdict,
            requirements: vec![requirement],
            findings: match verdict {
                Verdict::Fail => findings,
                Verdict::Warn => findings.into_iter().map(|finding| Finding { level: "should", ..finding }).collect(),
                Verdict::Known => {
                    let known = |finding| Finding { known: Some("listed (known.toml: line 3)".to_owned()), ..finding };
                    findings.into_iter().map(known).collect()
                }
                Verdict::Skip | Verdict::Pass | Verdict::Inconclusive => Vec::new(),
            },
            skip: (verdict == Verdict::Skip).then(|| reason.clone()),
            inconclusive: (verdict == Verdict::Inconclusive).then_some(Inconclusive {
                reason,
                rests_on: Some(requirement),
                exchange: Some(exchange),
            }),
            millis: 3,
            exchanges: Vec::new(),
        })
}

fn verdict() -> impl Strategy<Value = Verdict> {
    select(&Verdict::ALL[..])
}

fn finding() -> impl Strategy<Value = Finding> {
    (select(&REQUIREMENTS[..]), text(), text(), exchange()).prop_map(|(requirement, expected, actual, exchange)| {
        Finding {
            requirement,
            level: "must",
            says: "`token` is <a> text",
            cited: "line 14".to_owned(),
            known: None,
            expected,
            actual,
            releases: vec!["umami-3.1.0"],
            exchange,
        }
    })
}

fn exchange() -> impl Strategy<Value = ExchangeReport> {
    (text(), text(), text(), proptest::option::of(text())).prop_map(|(path, header, body, error)| ExchangeReport {
        label: "with the fault".to_owned(),
        request: RequestReport {
            method: "POST".to_owned(),
            url: format!("http://127.0.0.1:3000/{path}"),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: body.clone(),
        },
        response: error.is_none().then(|| ResponseReport {
            status: 200,
            headers: vec![("x-header".to_owned(), header)],
            body: body.clone(),
        }),
        error,
        millis: 2,
        curl: format!("curl -i --data-raw '{body}'"),
    })
}

fn known() -> impl Strategy<Value = KnownReport> {
    let state = select(&KnownState::ALL[..]);
    (select(&REQUIREMENTS[..]), state, text()).prop_map(|(entry, state, reason)| KnownReport {
        entry,
        state,
        place: "known.toml: line 3".to_owned(),
        reason,
        link: Some("https://issues.example.com/17".to_owned()),
    })
}

/// What a target might answer to be misread, by whoever reads.
fn text() -> impl Strategy<Value = String> {
    const HOSTILE: &[&str] = &[
        "</script><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\" onfocus=\"alert(1)",
        "]]></failure><testcase name=\"x\"/>",
        "</pre></details>",
        "| ✗ fail | `umami.made.up` |",
        "```\n| ✗ fail | 77 |\n````",
        "  ✗ umami.made.up  it fails\n77 cases: 77 fail",
        "\u{1b}[2J\u{1b}]0;title\u{7}\u{0}\r\n\u{9b}31m",
        "\u{fffe}\u{ffff}\u{202e}",
        "@everyone #1 https://evil.example $x^2$ &amp; `\\|` *a*",
        "",
    ];
    prop_oneof![select(HOSTILE).prop_map(str::to_owned), "\\PC{0,30}", any::<String>()]
}
