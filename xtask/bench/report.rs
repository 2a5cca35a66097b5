//! Reports of many cases: whether they grow with these and no faster.

use crate::Trouble;
use crate::measure::median;
use crate::row::{Bound, Row};
use probity_conformance::SUITES;
use probity_conformance::engine::{self, Options};
use probity_conformance::known::Known;
use probity_conformance::plan::{Aim, Plan};
use probity_conformance::report::terminal::{self, Detail};
use probity_conformance::report::{self, Form, Report};
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

const FEW: usize = 1000;
const MANY: usize = 10_000;

/// What ten times as many cases may take. What there is one of in a report, such as the requirements, makes it less.
const BOUND: Bound = Bound::AtMost(12.0);

/// Each form of a report of [`MANY`] cases, against one of [`FEW`].
pub(crate) fn rows(rounds: usize, is_quick: bool) -> Result<Vec<Row>, Trouble> {
    let played = played()?;
    let (few, many) = (lengthened(&played, FEW), lengthened(&played, MANY));
    let against = format!("one of {FEW}");
    let mut rows = Vec::new();
    let mut form = |name: &str, render: &dyn Fn(&Report) -> Result<String, Trouble>| {
        let (mut of_few, mut of_many, mut sizes) = (Vec::new(), Vec::new(), (0, 0));
        for _ in 0..rounds {
            let began = Instant::now();
            sizes.0 = render(&few)?.len();
            of_few.push(began.elapsed().as_secs_f64() * 1e3);
            let began = Instant::now();
            sizes.1 = render(&many)?.len();
            of_many.push(began.elapsed().as_secs_f64() * 1e3);
        }
        let what = |of: &str| format!("a report of {MANY} cases, {name}, {of}");
        let time = Row::ratio(&what("ms"), &against, median(of_many), median(of_few), BOUND);
        rows.push(time.by_the_clock(is_quick));
        rows.push(Row::ratio(&what("KiB"), &against, sizes.1 as f64 / 1024.0, sizes.0 as f64 / 1024.0, BOUND));
        Ok::<_, Trouble>(())
    };
    for one in Form::ALL {
        form(one.as_str(), &|report| one.render(report).map_err(|error| error.to_string()))?;
    }
    form("terminal", &|report| Ok(terminal::render(report, Detail::Cases)))?;
    Ok(rows)
}

/// The report of a run that has something to tell: against the embedded servers as the releases are.
fn played() -> Result<Report, Trouble> {
    let aims = SUITES.iter().map(|suite| {
        let deviations = suite.api.releases.iter().flat_map(|release| release.departures);
        Arc::new(Aim::deviating(suite, deviations.map(|departure| departure.deviation.id).collect()))
    });
    let plan = Plan::new(aims.collect(), &[]).map_err(|error| error.to_string())?;
    let options = Options { jobs: NonZeroUsize::new(2).unwrap_or(NonZeroUsize::MIN), ..Options::default() };
    let outcomes = engine::play(&plan, &options, &mut |_| {}).map_err(|error| error.to_string())?;
    let about = report::Run {
        id: options.run,
        interrupted: false,
        ledger: None,
        seed: options.seed,
        started: SystemTime::now(),
        took: Duration::ZERO,
        command: "probity".to_owned(),
        releases: Vec::new(),
        strict: false,
        with_exchanges: true,
        undeviated: false,
    };
    let aims: Vec<&Aim> = plan.aims.iter().map(|aim| &**aim).collect();
    Ok(report::assemble(about, &aims, &outcomes, &Known::default()))
}

/// The same with so many cases, each of which is there again and again.
fn lengthened(report: &Report, cases: usize) -> Report {
    let numbered = |id: &str, copy: usize| format!("{id}-{copy}");
    let copies = 0..cases.div_ceil(report.cases.len().max(1));
    let mut longer = report.clone();
    longer.cases = copies
        .clone()
        .flat_map(|copy| report.cases.iter().map(move |case| (copy, case.clone())))
        .map(|(copy, mut case)| {
            case.id = numbered(&case.id, copy);
            case
        })
        .take(cases)
        .collect();
    for requirement in &mut longer.requirements {
        let ids = std::mem::take(&mut requirement.cases);
        requirement.cases = copies.clone().flat_map(|copy| ids.iter().map(move |id| numbered(id, copy))).collect();
    }
    longer
}
