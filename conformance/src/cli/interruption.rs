//! Ctrl-C, or what else asks the program to end: once, and it removes what was created and reports; twice, and it ends.

use super::write_stderr;
use crate::interrupt::Interrupt;
use crate::ledger::Ledger;
use crate::verdict::Exit;
use std::sync::{Arc, mpsc};

/// Listens for signals until the program ends. When it returns, they are listened for.
pub(super) fn listen(interrupt: Interrupt, ledger: Arc<Ledger>) {
    let (ready, listening) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async {
            let Ok(mut signals) = Signals::new() else { return };
            drop(ready);
            signals.next().await;
            interrupt.set();
            say("interrupted: what was created is removed, then the report follows; once more ends at once");
            signals.next().await;
            let left = !ledger.open().is_empty();
            let hint = format!("; `probity clean {}` removes what is left", ledger.path().display());
            say(&format!("ended at once{}", if left { hint } else { String::new() }));
            let exit = if left { Exit::Unsafe } else { Exit::Incomplete };
            std::process::exit(exit.code().into());
        });
    });
    // Ends with the sender: once it listens, or at once where it cannot.
    let _ = listening.recv();
}

fn say(text: &str) {
    // Whoever closed standard error does not want to know.
    let _ = write_stderr(&format!("{text}\n"));
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        let (interrupt, terminate) = (std::pin::pin!(self.interrupt.recv()), std::pin::pin!(self.terminate.recv()));
        futures_util::future::select(interrupt, terminate).await;
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}
