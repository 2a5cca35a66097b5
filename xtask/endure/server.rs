//! The real program, and what it takes.

use program::resident;
use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// The reference server, as a process of its own. It is killed when this is dropped.
pub(crate) struct Server {
    process: Child,
    pub(crate) url: String,
}

impl Server {
    /// Starts the program that was built beside this one.
    pub(crate) fn start(address: &str) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| format!("where this program is: {error}"))?;
        let program = own.with_file_name("probity-server");
        let mut process = Command::new(&program)
            .args(["--api", "umami", "--listen", address])
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", program.display()))?;
        let mut line = String::new();
        let out = process.stdout.take().ok_or("the server prints nowhere")?;
        let mut out = BufReader::new(out);
        out.read_line(&mut line).map_err(|error| format!("what the server prints: {error}"))?;
        let url = line.trim().split_once(" at ").map(|(_, url)| url.to_owned());
        // What else it prints is read, lest it wait for somebody who does.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let url = url.ok_or_else(|| format!("the server does not say where it answers: {line:?}"))?;
        Ok(Self { process, url })
    }

    pub(crate) fn address(&self) -> Result<SocketAddr, String> {
        let address = self.url.trim_start_matches("http://");
        address.parse().map_err(|error| format!("{address}: {error}"))
    }

    /// The memory that it has, in MiB; none where the system does not tell it.
    pub(crate) fn resident(&self) -> Option<u64> {
        resident(self.process.id())
    }

    /// The most memory that it has until it is over.
    pub(crate) fn peak(&self, is_over: Arc<AtomicBool>) -> impl Future<Output = Option<u64>> + Send + 'static {
        let process = self.process.id();
        async move {
            let mut most = resident(process);
            while !is_over.load(Ordering::Relaxed) {
                most = most.max(resident(process));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            most
        }
    }

    /// Tells it to end, and waits until it has: whether it ended well.
    pub(crate) fn stop(mut self) -> Result<bool, String> {
        const LONGEST: Duration = Duration::from_secs(10);
        let told = Command::new("kill").args(["-TERM", &self.process.id().to_string()]).status();
        told.map_err(|error| format!("kill: {error}"))?;
        let began = Instant::now();
        while began.elapsed() < LONGEST {
            match self.process.try_wait() {
                Ok(Some(status)) => return Ok(status.success()),
                Ok(None) => std::thread::sleep(Duration::from_millis(10)),
                Err(error) => return Err(format!("the server: {error}")),
            }
        }
        Ok(false)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
