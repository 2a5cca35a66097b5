//! Calls from code that is not async.
//!
//! [`Wait`] gives every call, and every other future of this crate, a method that waits for it. The rest is the same: the
//! same clients, the same calls with the same options, the same errors.
//!
//! ```
//! use probity::blocking::Wait as _;
//! use probity::umami::{Credentials, Umami};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let server = async { probity_server::ReferenceServer::umami().start().await }.wait()?;
//! # let url = server.url();
//! let umami = Umami::new(url)?; // such as "https://analytics.example.com"
//! let session = umami.login(&Credentials::new("your-username", "your-password")).wait()?;
//! let mut pages = session.websites().page_size(100).pages();
//! while let Some(page) = pages.next().wait()? {
//!     for website in page.data {
//!         println!("{} {}", website.id, website.name);
//!     }
//! }
//! # Ok(())
//! # }
//! ```
//!
//! What works in the background, such as [`umami::Tracker`](crate::umami::Tracker), is started within a future that is waited
//! for: `async { umami.tracker().start() }.wait()?`.

use std::io;
use std::sync::LazyLock;

use tokio::runtime::{Builder, Runtime};

/// Waits for calls. It is there for every future; only those of this crate need its runtime.
pub trait Wait: IntoFuture + Sized {
    /// Makes the call, and gives what came of it, on this thread. One thread more, for all that is waited for in the process,
    /// moves its bytes.
    ///
    /// # Panics
    /// In async code: there a call is awaited. When the system has no thread to give.
    fn wait(self) -> Self::Output {
        static RUNTIME: LazyLock<io::Result<Runtime>> =
            LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).thread_name("probity").enable_all().build());
        match &*RUNTIME {
            Ok(runtime) => runtime.block_on(self.into_future()),
            Err(error) => panic!("no thread to make calls by: {error}"),
        }
    }
}

impl<F: IntoFuture> Wait for F {}
