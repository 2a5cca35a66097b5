//! When to stop: at Ctrl-C and, where there is such a thing, at SIGTERM.

use std::io;

/// Ends when a signal has come since the call.
#[cfg(unix)]
pub(crate) fn signalled() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupted.recv() => {}
            _ = terminated.recv() => {}
        }
    })
}

/// Ends when a signal has come since the call.
#[cfg(windows)]
pub(crate) fn signalled() -> io::Result<impl Future<Output = ()>> {
    let mut interrupted = tokio::signal::windows::ctrl_c()?;
    Ok(async move {
        interrupted.recv().await;
    })
}
