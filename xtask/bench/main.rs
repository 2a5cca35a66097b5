//! How close the parts are to what is possible: ratios taken in one run, and instructions and allocations, which are the same
//! on a busy machine. Called by `cargo xtask bench`.

mod measure;
mod row;

use measure::{Peer, Trouble, allocations, instructions, instructions_of_server, median, rate, seconds};
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
}

const FULL: Size = Size { rounds: 5, calls: (500, 2500), one_by_one: 5000, at_once: 32_000, tracked: 100_000 };
const QUICK: Size = Size { rounds: 3, calls: (100, 500), one_by_one: 1000, at_once: 6400, tracked: 20_000 };

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    if let Some(unknown) = arguments.iter().find(|argument| !["--quick", "--json"].contains(&argument.as_str())) {
        return failed(&format!("bench: {unknown} is not known: there are --quick and --json"));
    }
    let (size, is_quick) = if has("--quick") { (QUICK, true) } else { (FULL, false) };
    let rows = match rows(&size, is_quick) {
        Ok(rows) => rows,
        Err(error) => return failed(&format!("bench: {error}")),
    };
    say(&if has("--json") { row::json(&rows) } else { table(&rows) });
    if !is_quick && let Err(error) = std::fs::write("BENCHMARKS.md", page(&rows)) {
        return failed(&format!("BENCHMARKS.md: {error}"));
    }
    match rows.iter().all(Row::holds) {
        true => ExitCode::SUCCESS,
        false => ExitCode::FAILURE,
    }
}

fn rows(size: &Size, is_quick: bool) -> Result<Vec<Row>, Trouble> {
    let mut rows = Vec::new();
    rows.extend(of_a_call(size)?);
    rows.extend(of_the_server(size)?);
    rows.extend(of_the_tracker(size, is_quick)?);
    let suite = (0..size.rounds).map(|_| seconds(&mut measure::program("probity"))).collect::<Result<_, _>>()?;
    rows.push(
        Row::new("the whole suite, embedded, all APIs", "", median(suite), "s", Bound::AtMost(1.5))
            .by_the_clock(is_quick),
    );
    if !is_quick {
        let used = measure::cores_used(measure::program("probity").arg("prove"))?;
        rows.push(Row::new("`prove`: processor time by wall time, of 2 cores", "", used, "", Bound::AtLeast(0.8)));
    }
    Ok(rows)
}

/// One `umami.send`, beside the same call written by hand.
fn of_a_call(size: &Size) -> Result<Vec<Row>, Trouble> {
    let what = "`umami.send`, instructions";
    if !measure::has_valgrind() {
        let no_valgrind = "there is no valgrind here";
        return Ok(vec![
            Row::skipped(what, "reqwest, by hand", no_valgrind),
            Row::skipped(what, "hyper, by hand", no_valgrind),
            Row::skipped("`umami.send`, allocations", "", no_valgrind),
        ]);
    }
    let server = Peer::start("bare")?;
    let of = |way: &str| instructions(way, &server.url, size.calls);
    let (sdk, reqwest, hyper) = (of("sdk")?, of("reqwest")?, of("hyper")?);
    let allocated = allocations("sdk", &server.url, size.calls)?;
    Ok(vec![
        Row::ratio(what, "reqwest, by hand", sdk, reqwest, Bound::AtMost(0.90)),
        Row::ratio(what, "hyper, by hand", sdk, hyper, Bound::AtMost(1.55)),
        Row::new("`umami.send`, allocations", "", allocated, "", Bound::AtMost(54.0)),
    ])
}

/// The reference server, beside a handler that reads the same JSON and answers a constant.
fn of_the_server(size: &Size) -> Result<Vec<Row>, Trouble> {
    let (what, bare) = ("reference server `/api/send`, instructions", "a bare axum handler");
    let instructions = match measure::has_valgrind() {
        true => {
            let of = |way: &str| instructions_of_server(way, size.calls);
            Row::ratio(what, bare, of("reference")?, of("bare")?, Bound::AtMost(1.6))
        }
        false => Row::skipped(what, bare, "there is no valgrind here"),
    };
    Ok(vec![instructions])
}

/// Events in the background, beside events that are waited for.
fn of_the_tracker(size: &Size, is_quick: bool) -> Result<Vec<Row>, Trouble> {
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
            Row::ratio(&what, against, tracked, other, Bound::AtLeast(bound)).by_the_clock(is_quick)
        }));
    }
    let more = rate("track", &reference.url, 5000)?;
    let track = Row::new("`track` at the caller", "cloning the event", more, "ns more", Bound::AtMost(150.0));
    rows.push(track.by_the_clock(is_quick));
    Ok(rows)
}

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
         machine's.\n",
        FULL.rounds,
        FULL.calls.0,
        FULL.calls.1,
        of("/proc/cpuinfo", "model name"),
        std::env::consts::OS,
        row::markdown(rows),
    )
}

#[expect(clippy::print_stdout, reason = "this is a program")]
fn say(page: &str) {
    print!("{page}");
}

#[expect(clippy::print_stderr, reason = "this is a program")]
fn failed(what: &str) -> ExitCode {
    eprintln!("{what}");
    ExitCode::from(2)
}
