//! How close the parts are to what is possible: ratios taken in one run, and instructions and allocations, which are the same
//! on a busy machine. Called by `cargo xtask bench`.

mod cold;
mod measure;
mod report;
mod row;

use measure::{Peer, Trouble, allocations, instructions, instructions_of_server, median, rate, seconds};
use program::{failed, remark, say};
use row::{Bound, Row, table};
use std::process::{Command, ExitCode};

/// How much is measured.
struct Size {
    rounds: usize,
    /// Between which numbers of calls the slope of instructions is taken.
    calls: (u64, u64),
    one_by_one: u64,
    at_once: u64,
    tracked: u64,
    /// Of ten for each visitor.
    kept: u64,
    is_quick: bool,
}

const FULL: Size = Size {
    rounds: 5,
    calls: (500, 2500),
    one_by_one: 5000,
    at_once: 32_000,
    tracked: 100_000,
    kept: 1_000_000,
    is_quick: false,
};
const QUICK: Size = Size {
    rounds: 3,
    calls: (100, 500),
    one_by_one: 1000,
    at_once: 6400,
    tracked: 20_000,
    kept: 200_000,
    is_quick: true,
};

/// How many events each visitor sends whose events are kept.
const VISITS: u64 = 10;

const NO_VALGRIND: &str = "there is no valgrind here";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(unknown) = arguments.iter().find(|argument| !["--quick", "--json"].contains(&argument.as_str())) {
        return failed(format!("bench: {unknown} is not known: there are --quick and --json"));
    }
    let size = if has("--quick") { QUICK } else { FULL };
    let rows = rows(&size);
    say(if has("--json") { row::json(&rows) } else { table(&rows) }.trim_end());
    if !size.is_quick
        && let Err(error) = std::fs::write("BENCHMARKS.md", page(&rows))
    {
        return failed(format!("BENCHMARKS.md: {error}"));
    }
    match rows.iter().all(Row::holds) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

/// Measures one thing after another. What cannot be measured is a row that fails, and takes no other with it.
fn rows(size: &Size) -> Vec<Row> {
    type Measure = fn(&Size) -> Result<Vec<Row>, Trouble>;
    let short: [(&str, Measure); 8] = [
        ("`umami.send`", of_a_call),
        ("the tracker", of_the_tracker),
        ("`track`", of_tracking),
        ("the reference server", of_the_server),
        ("the reference server's memory", of_its_memory),
        ("the program's start", of_its_start),
        ("the suite", of_the_suite),
        ("reports", |size| report::rows(size.rounds, size.is_quick)),
    ];
    let long: [(&str, Measure); 2] = [("`prove`", of_proving), ("the cold build", |_| cold::rows())];
    let measures = short.into_iter().chain(long.into_iter().filter(|_| !size.is_quick));
    measures
        .flat_map(|(what, measure)| {
            remark(format_args!("measuring {what}"));
            measure(size).unwrap_or_else(|trouble| vec![Row::failed(what, trouble)])
        })
        .collect()
}

/// One `umami.send`, beside the same call written by hand.
fn of_a_call(size: &Size) -> Result<Vec<Row>, Trouble> {
    let what = "`umami.send`, instructions";
    if !measure::has_valgrind() {
        return Ok(vec![
            Row::skipped(what, "reqwest, by hand", NO_VALGRIND),
            Row::skipped(what, "reqwest with all ready, its answer unread", NO_VALGRIND),
            Row::skipped(what, "hyper, by hand", NO_VALGRIND),
            Row::skipped("`umami.send`, allocations", "", NO_VALGRIND),
        ]);
    }
    let server = Peer::start("bare")?;
    let of = |way: &str| instructions(way, &server.url, size.calls);
    let (sdk, reqwest, alone, hyper) = (of("sdk")?, of("reqwest")?, of("reqwest-alone")?, of("hyper")?);
    let allocated = allocations("sdk", &server.url, size.calls)?;
    Ok(vec![
        Row::ratio(what, "reqwest, by hand", sdk, reqwest, Bound::AtMost(1.05)).noted(
            "what an application would write costs as much, and checks no event, makes no call again and tells no log of it. \
             Below 0.90 is nothing to be had: reqwest alone and the JSON of both ways take about that.",
        ),
        Row::ratio(what, "reqwest with all ready, its answer unread", sdk, alone, Bound::AtMost(1.35))
            .noted("the floor of whatever goes by reqwest: two parses of the URL and three copies of the headers are its own."),
        Row::ratio(what, "hyper, by hand", sdk, hyper, Bound::AtMost(2.0))
            .noted("reqwest alone takes 1.5 ×. Proxies, TLS and timeouts come with it, and `ClientBuilder` to set them by."),
        Row::new("`umami.send`, allocations", "", allocated, "", Bound::AtMost(54.0)),
    ])
}

/// The reference server, beside a handler that reads the same JSON and answers a constant.
fn of_the_server(size: &Size) -> Result<Vec<Row>, Trouble> {
    let (what, bare) = ("reference server `/api/send`, instructions", "a bare axum handler");
    let instructions = match measure::has_valgrind() {
        true => {
            // Between few calls the growth of what is kept weighs too much.
            let of = |way: &str| instructions_of_server(way, FULL.calls);
            Row::ratio(what, bare, of("reference")?, of("bare")?, Bound::AtMost(1.6))
        }
        false => Row::skipped(what, bare, NO_VALGRIND),
    };
    let (reference, constant) = (Peer::start("reference")?, Peer::start("bare")?);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..size.rounds {
        ours.push(rate("loaded", &reference.url, size.at_once)?);
        theirs.push(rate("loaded", &constant.url, size.at_once)?);
    }
    let what = "reference server `/api/send`, requests a second on 64 connections";
    let rate = Row::ratio(what, bare, median(ours), median(theirs), Bound::AtLeast(0.7));
    Ok(vec![instructions, rate.by_the_clock(size.is_quick)])
}

/// What it holds of many events of many visitors.
fn of_its_memory(size: &Size) -> Result<Vec<Row>, Trouble> {
    let what = format!("reference server, memory after {} events of {} visitors, MiB", size.kept, size.kept / VISITS);
    let server = Peer::start("reference")?;
    let Some(idle) = server.resident() else {
        return Ok(vec![Row::skipped(&what, "idle", "there is no /proc here")]);
    };
    measure::run("visitors", &server.url, size.kept)?;
    let more = server.resident().ok_or("the server is gone")?.saturating_sub(idle);
    Ok(vec![Row::new(&what, &format!("idle ({idle} MiB)"), more as f64, "more", Bound::AtMost(64.0))])
}

/// From the start of the program to its first answer.
fn of_its_start(size: &Size) -> Result<Vec<Row>, Trouble> {
    let starts = (0..size.rounds).map(|_| measure::seconds_to_answer()).collect::<Result<_, _>>()?;
    let what = "`probity-server --api umami`, start to first answer";
    Ok(vec![Row::new(what, "", median(starts) * 1e3, "ms", Bound::None)])
}

/// Events in the background, beside events that are waited for.
fn of_the_tracker(size: &Size) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    let reference = Peer::start("reference")?;
    let far = Peer::start("far")?;
    // A round trip of 5 ms: fewer of them are as telling.
    for (to, server, fewer, one_by_one) in
        [("the reference server", &reference, 1, 15.0), ("a server 5 ms away", &far, 10, 70.0)]
    {
        let what = format!("tracker, events a second to {to}");
        let (mut sequential, mut concurrent, mut tracked) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..size.rounds {
            sequential.push(rate("sequential", &server.url, size.one_by_one / fewer)?);
            concurrent.push(rate("concurrent", &server.url, size.at_once / fewer)?);
            tracked.push(rate("tracker", &server.url, size.tracked)?);
        }
        let (sequential, concurrent, tracked) = (median(sequential), median(concurrent), median(tracked));
        let by = [("one send after another", sequential, one_by_one), ("32 sends at once", concurrent, 2.5)];
        rows.extend(by.map(|(against, other, bound)| {
            Row::ratio(&what, against, tracked, other, Bound::AtLeast(bound)).by_the_clock(size.is_quick)
        }));
    }
    Ok(rows)
}

/// What an application waits for that tracks an event.
fn of_tracking(size: &Size) -> Result<Vec<Row>, Trouble> {
    let reference = Peer::start("reference")?;
    let more = rate("track", &reference.url, 5000)?;
    let track = Row::new("`track` at the caller", "cloning the event", more, "ns more", Bound::AtMost(150.0));
    Ok(vec![track.by_the_clock(size.is_quick)])
}

fn of_the_suite(size: &Size) -> Result<Vec<Row>, Trouble> {
    let suite = (0..size.rounds).map(|_| seconds(&mut measure::program("probity"))).collect::<Result<_, _>>()?;
    let row = Row::new("the whole suite, embedded, all APIs", "", median(suite), "s", Bound::AtMost(1.5));
    Ok(vec![row.by_the_clock(size.is_quick)])
}

fn of_proving(_: &Size) -> Result<Vec<Row>, Trouble> {
    let used = measure::cores_used(measure::program("probity").arg("prove"))?;
    Ok(vec![Row::new("`prove`: processor time by wall time, of 2 cores", "", used, "", Bound::AtLeast(0.8))])
}

/// How to repeat a figure without this program.
const BY_HAND: &str = r"## By hand

`cargo xtask bench` builds these programs in `target/fast`. Instructions are the slope between two numbers of calls; `sdk`,
`reqwest`, `reqwest-alone` and `hyper` are the ways to make one.

```sh
tail -f /dev/null | target/fast/bench-server bare &   # says where it answers; `reference` is the reference server
valgrind --tool=callgrind target/fast/bench-client sdk http://127.0.0.1:PORT 500     # Collected : instructions
valgrind --tool=callgrind target/fast/bench-client sdk http://127.0.0.1:PORT 2500
valgrind --leak-check=no target/fast/bench-client sdk http://127.0.0.1:PORT 500      # total heap usage: allocations
target/fast/bench-client loaded http://127.0.0.1:PORT 32000                          # requests a second, on 64 connections
```
";

/// The page that shows what was measured.
fn page(rows: &[Row]) -> String {
    let of = |file: &str, name: &str| {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
        line.trim_start_matches([':', ' ', '\t']).to_owned()
    };
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = Command::new("rustc").arg("--version").output();
    let rustc = rustc.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).unwrap_or_default();
    format!(
        "# Benchmarks\n\nWritten by `cargo xtask bench`. Ratios are taken in one run, in turn, and the median of {} rounds; \
         instructions and allocations are slopes between {} and {} calls under valgrind, in the profile `fast`.\n\n\
         Machine: {cores} cores, {}, {}, {rustc}.\n\n{}\nWhat the figures do not show: seconds by themselves, which are the \
         machine's.\n\n{BY_HAND}",
        FULL.rounds,
        FULL.calls.0,
        FULL.calls.1,
        of("/proc/cpuinfo", "model name"),
        std::env::consts::OS,
        row::markdown(rows),
    )
}
