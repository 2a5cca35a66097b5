//! When to stop: at Ctrl-C and, where there is such a thing, at SIGTERM.

use std::io;

/// The signals that have come since this was made.
pub(crate) struct Signals {
    #[cfg(unix)]
    interrupted: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminated: tokio::signal::unix::Signal,
    #[cfg(windows)]
    interrupted: tokio::signal::windows::CtrlC,
}

#[cfg(unix)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupted: signal(SignalKind::interrupt())?, terminated: signal(SignalKind::terminate())? })
    }

    /// Ends with the next signal.
    pub(crate) async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupted.recv() => {}
            _ = self.terminated.recv() => {}
        }
    }
}

#[cfg(windows)]
impl Signals {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self { interrupted: tokio::signal::windows::ctrl_c()? })
    }

    /// Ends with the next signal.
    pub(crate) async fn next(&mut self) {
        self.interrupted.recv().await;
    }
}
