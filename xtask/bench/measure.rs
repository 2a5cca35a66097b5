//! How things are measured: by valgrind's counts, by the clock, by the processor's time.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Output, Stdio};
use std::time::Instant;

pub(crate) type Trouble = String;

/// A program that was built beside this one.
pub(crate) fn program(name: &str) -> Command {
    let own = std::env::current_exe().unwrap_or_default();
    Command::new(own.with_file_name(name))
}

/// The same, its instructions or allocations counted.
fn counted(tool: &str, name: &str) -> Command {
    let mut valgrind = Command::new("valgrind");
    valgrind.arg(format!("--tool={tool}"));
    match tool {
        "callgrind" => valgrind.arg("--callgrind-out-file=/dev/null"),
        _ => valgrind.arg("--leak-check=no"),
    };
    valgrind.arg(program(name).get_program());
    valgrind
}

pub(crate) fn has_valgrind() -> bool {
    Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success())
}

pub(crate) fn output_of(command: &mut Command) -> Result<Output, Trouble> {
    let shown = format!("{command:?}");
    let output = command.output().map_err(|error| format!("{shown}: {error}"))?;
    match output.status.success() {
        true => Ok(output),
        false => {
            Err(format!("{shown} ended with {}: {}", output.status, String::from_utf8_lossy(&output.stderr).trim()))
        }
    }
}

/// The number behind `name` in what valgrind says.
pub(crate) fn figure_behind(name: &str, told: &str) -> Result<f64, Trouble> {
    let behind = told.split_once(name).map(|(_, behind)| behind.trim_start_matches([':', ' ']));
    let digits: String =
        behind.unwrap_or_default().chars().take_while(|letter| letter.is_ascii_digit() || *letter == ',').collect();
    digits.replace(',', "").parse().map_err(|_| format!("valgrind says nothing of {name:?}: {told}"))
}

/// How much more each call costs, by the figures for few and for many.
pub(crate) fn slope((few, many): (u64, u64), figure: impl Fn(u64) -> Result<f64, Trouble>) -> Result<f64, Trouble> {
    Ok((figure(many)? - figure(few)?) / (many - few) as f64)
}

/// The instructions of one call of the client's.
pub(crate) fn instructions(way: &str, url: &str, calls: (u64, u64)) -> Result<f64, Trouble> {
    slope(calls, |number| {
        let output = output_of(counted("callgrind", "bench-client").args([way, url, &number.to_string()]))?;
        figure_behind("Collected", &String::from_utf8_lossy(&output.stderr))
    })
}

/// How often one call of the client's allocates.
pub(crate) fn allocations(way: &str, url: &str, calls: (u64, u64)) -> Result<f64, Trouble> {
    slope(calls, |number| {
        let output = output_of(counted("memcheck", "bench-client").args([way, url, &number.to_string()]))?;
        figure_behind("total heap usage", &String::from_utf8_lossy(&output.stderr))
    })
}

/// The instructions that a server needs for one event.
pub(crate) fn instructions_of_server(way: &str, calls: (u64, u64)) -> Result<f64, Trouble> {
    slope(calls, |number| {
        let mut server = Peer::run(counted("callgrind", "bench-server").arg(way))?;
        output_of(program("bench-client").args(["hyper", &server.url, &number.to_string()]))?;
        figure_behind("Collected", &server.end()?)
    })
}

/// Lets the client do something, and takes what it prints.
pub(crate) fn run(way: &str, url: &str, number: u64) -> Result<String, Trouble> {
    let output = output_of(program("bench-client").args([way, url, &number.to_string()]))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What a client that is measured by the clock prints.
pub(crate) fn rate(way: &str, url: &str, number: u64) -> Result<f64, Trouble> {
    let printed = run(way, url, number)?;
    printed.parse().map_err(|_| format!("bench-client {way} printed {printed:?}"))
}

/// How long the server takes from its start until it has answered somebody.
pub(crate) fn seconds_to_answer() -> Result<f64, Trouble> {
    let began = Instant::now();
    let server = Peer::run(program("probity-server").args(["--api", "umami", "--listen", "127.0.0.1:0"]))?;
    let answered = TcpStream::connect(server.url.trim_start_matches("http://")).and_then(|mut stream| {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")?;
        stream.read_exact(&mut [0; 12])
    });
    answered.map_err(|error| format!("the server at {}: {error}", server.url))?;
    Ok(began.elapsed().as_secs_f64())
}

/// How long a program takes that ends well.
pub(crate) fn seconds(command: &mut Command) -> Result<f64, Trouble> {
    let began = Instant::now();
    output_of(command)?;
    Ok(began.elapsed().as_secs_f64())
}

/// The processor's time by the wall's, of two cores.
pub(crate) fn cores_used(command: &mut Command) -> Result<f64, Trouble> {
    let arguments = command.get_args().map(|argument| argument.to_os_string()).collect::<Vec<_>>();
    let mut timed = Command::new("bash");
    timed
        .env("LC_ALL", "C")
        .args(["-c", "TIMEFORMAT='%R %U %S'; time \"$@\" >/dev/null 2>&1", "bash"])
        .arg(command.get_program());
    let output = output_of(timed.args(arguments))?;
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    let figures: Vec<f64> = told.split_whitespace().filter_map(|figure| figure.parse().ok()).collect();
    match figures[..] {
        [wall, user, system] => Ok((user + system) / (2.0 * wall)),
        _ => Err(format!("bash told no time: {told}")),
    }
}

pub(crate) fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

/// A server to be measured against, or itself. It ends with what it reads, at the latest when this is dropped.
pub(crate) struct Peer {
    process: Child,
    pub(crate) url: String,
}

impl Peer {
    pub(crate) fn start(way: &str) -> Result<Self, Trouble> {
        Self::run(program("bench-server").arg(way))
    }

    fn run(command: &mut Command) -> Result<Self, Trouble> {
        let shown = format!("{command:?}");
        let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut process = piped.spawn().map_err(|error| format!("{shown}: {error}"))?;
        let mut url = String::new();
        if let Some(out) = process.stdout.take() {
            BufReader::new(out).read_line(&mut url).map_err(|error| format!("{shown}: {error}"))?;
        }
        // The address is the last word, whatever else is said of it.
        let url = url.split_whitespace().last().unwrap_or_default();
        let mut peer = Self { process, url: url.to_owned() };
        match peer.url.is_empty() {
            true => Err(format!("{shown} does not say where it answers: {}", peer.end()?)),
            false => Ok(peer),
        }
    }

    /// The memory that it holds, in MiB; none where the system does not tell it.
    pub(crate) fn resident(&self) -> Option<u64> {
        program::resident(self.process.id())
    }

    /// Ends it: what it had to say.
    fn end(&mut self) -> Result<String, Trouble> {
        drop(self.process.stdin.take());
        let mut told = String::new();
        if let Some(mut err) = self.process.stderr.take() {
            err.read_to_string(&mut told).map_err(|error| format!("the server: {error}"))?;
        }
        self.process.wait().map_err(|error| format!("the server: {error}"))?;
        Ok(told)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_as_valgrind_writes_them() {
        let told =
            "==7== Events    : Ir\n==7== Collected : 61234567\n==8==   total heap usage: 1,234,567 allocs, 3 frees\n";
        assert_eq!(figure_behind("Collected", told), Ok(61_234_567.0));
        assert_eq!(figure_behind("total heap usage", told), Ok(1_234_567.0));
        assert!(figure_behind("Collected", "killed").is_err());
    }

    #[test]
    fn what_is_the_same_for_few_and_for_many_is_no_calls() {
        assert_eq!(slope((100, 500), |number| Ok(9_000.0 + 70.0 * number as f64)), Ok(70.0));
    }

    #[test]
    fn half_of_the_figures_are_no_more_than_the_median() {
        assert_eq!(median(vec![3.0, 900.0, 1.0]), 3.0);
    }
}
