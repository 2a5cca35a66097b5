//! How a run is told to end before it is done: no new request is begun, and what was created is removed.

use tokio::sync::watch;

/// Why a case is not played, or not to its end.
pub(crate) const INTERRUPTED: &str = "the run was interrupted";

/// Whether a run is to end. All clones are told at once.
#[derive(Debug, Clone)]
pub struct Interrupt(watch::Sender<bool>);

impl Default for Interrupt {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Interrupt {
    /// Tells the run to end.
    pub fn set(&self) {
        self.0.send_replace(true);
    }

    /// Whether it was told so.
    pub fn is_set(&self) -> bool {
        *self.0.borrow()
    }

    /// Ends when the run is told to.
    pub async fn wait(&self) {
        // The sender is this very value, and lives as long as it is waited for.
        let _ = self.0.subscribe().wait_for(|told| *told).await;
    }
}
