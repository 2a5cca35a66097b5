//! A reference server for the APIs of Umami, Tinyauth and Uptinio: it does what their documents say, in memory.
//!
//! Where a document is silent it does what a sound server would; each API's module lists those choices with the reason.
//! It is started as a program (`probity-server --help`) or, as here, inside a test, on a free port:
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use probity_server::{Clock, ReferenceServer, umami};
//! use std::time::Duration;
//!
//! let server = ReferenceServer::umami()
//!     .deviations([umami::Deviation::CreatedAtIso])
//!     .clock(Clock::standing())
//!     .start()
//!     .await?;
//! assert!(server.url().starts_with("http://127.0.0.1:"));
//! server.clock().advance(Duration::from_secs(24 * 60 * 60)); // every token has expired now
//! server.shutdown().await;
//! # Ok(())
//! # }
//! ```

mod answer;
mod authorization;
mod body;
mod builder;
mod clock;
mod deviation;
mod expiring;
mod fetch;
pub mod identity;
mod limits;
mod password;
mod pkce;
mod query;
mod random;
mod routing;
mod secret;
mod serve;
pub mod tinyauth;
pub mod umami;
pub mod uptinio;
mod web_address;

pub use builder::{Builder, Setup};
pub use clock::Clock;
pub use deviation::Asked;
pub use limits::Limits;
pub use serve::RunningServer;

/// Where every server begins: one function for each API.
#[derive(Debug)]
pub struct ReferenceServer;

impl ReferenceServer {
    /// A server of Umami's API: <https://umami.is/docs/api/authentication>.
    ///
    /// Unless told otherwise it has the users of [`umami::Seed::document`] and departs from the document in nothing.
    pub fn umami() -> umami::Builder {
        Builder::new(Setup::new(umami::Seed::document()))
    }

    /// A server of Tinyauth's API: <https://tinyauth.app/docs/reference/api>.
    ///
    /// Unless told otherwise it has the users of [`tinyauth::Seed::document`] and departs from the document in nothing.
    pub fn tinyauth() -> tinyauth::Builder {
        Builder::new(Setup::new(tinyauth::Seed::document()))
    }

    /// A server of Uptinio's API: <https://app.uptinio.com/docs/api/authentication.html>.
    ///
    /// Unless told otherwise it has the users of [`uptinio::Seed::document`] and departs from the document in nothing.
    pub fn uptinio() -> uptinio::Builder {
        Builder::new(Setup::new(uptinio::Seed::document()))
    }

    /// An identity provider, for logins by one.
    ///
    /// Unless told otherwise it has the people and the client of [`identity::Seed::default`].
    pub fn identity_provider() -> identity::Builder {
        Builder::new(identity::Setup::default())
    }
}
