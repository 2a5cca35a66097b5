//! A small identity provider: OpenID Connect Core 1.0 on OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), so that logins by a
//! provider are real in tests, and a real Tinyauth can be pointed at it too. It asks nobody for a password: whoever comes
//! is the first person of its [`Seed`], or the one that `login_hint` names.
//!
//! ```
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> std::io::Result<()> {
//! use probity_server::{ReferenceServer, tinyauth};
//!
//! let provider = ReferenceServer::identity_provider().start().await?;
//! let seed = tinyauth::Seed { providers: vec![tinyauth::Provider::generic(&provider)], ..tinyauth::Seed::document() };
//! let server = ReferenceServer::tinyauth().seed(seed).start().await?;
//! # server.shutdown().await;
//! # provider.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! | path | is |
//! |---|---|
//! | `/.well-known/openid-configuration` | what it can, and where (OpenID Connect Discovery) |
//! | `/authorize` | approves at once: 302 to the `redirect_uri` with a code |
//! | `/token` | exchanges a code, once and within a minute, for an access token and an ID token |
//! | `/userinfo` | all claims of the person whose access token it is |
//! | `/jwks` | the key that ID tokens are signed with (RS256) |
//!
//! A client's `redirect_uri` is one that it registered, or http on a loopback address (RFC 8252 §7.3). PKCE is taken, by
//! S256 or `plain`, and not demanded. The key is in this crate's repository, for everybody to read: no token proves
//! anything to anybody outside a test.

mod authorize;
mod clients;
pub(crate) mod discovery;
mod id_token;
mod instance;
mod key;
mod seed;
mod token;
mod userinfo;

pub use id_token::{IdToken, IdTokens};
pub use seed::{Client, Person, Seed, SeedError};

use crate::serve::Bound;
use crate::{Clock, RunningServer};
use axum::Router;
use axum::routing::{get, post};
use instance::Instance;
use std::io;
use std::sync::Arc;

/// An identity provider that has not been started yet.
pub type Builder = crate::Builder<Setup>;

/// What an identity provider is set up with.
#[derive(Debug, Default)]
pub struct Setup {
    seed: Seed,
}

impl Builder {
    /// The people and clients that there are. By default [`Seed::default`].
    pub fn seed(mut self, seed: Seed) -> Self {
        self.setup.seed = seed;
        self
    }

    /// Starts the provider, on the runtime that this is called on.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or, as [`io::ErrorKind::InvalidInput`]: the seed does not pass
    /// [`Seed::check`].
    pub async fn start(self) -> io::Result<IdentityProvider> {
        let Self { setup: Setup { seed }, listen, clock, limits, .. } = self;
        seed.check().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let bound = Bound::to(listen).await?;
        let id_tokens = IdTokens::new(bound.url().to_owned(), clock.clone());
        let instance = Instance::new(seed.clone(), id_tokens.clone(), clock.clone(), limits);
        let server = bound.serve(router(instance), limits, clock);
        Ok(IdentityProvider { server, seed, id_tokens })
    }
}

fn router(instance: Instance) -> Router {
    Router::new()
        .route(discovery::PATH, get(discovery::discover))
        .route(discovery::AUTHORIZE, get(authorize::authorize))
        .route(discovery::TOKEN, post(token::token))
        .route(discovery::USERINFO, get(userinfo::userinfo).post(userinfo::userinfo))
        .route(discovery::JWKS, get(discovery::jwks))
        .with_state(Arc::new(instance))
}

/// An identity provider that answers. Dropping it stops it at once.
#[derive(Debug)]
#[must_use = "a provider stops when it is dropped"]
pub struct IdentityProvider {
    server: RunningServer,
    seed: Seed,
    id_tokens: IdTokens,
}

impl IdentityProvider {
    /// Where it answers, without a slash at the end. It is the issuer of its ID tokens as well.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The clock that it reads the time from.
    pub fn clock(&self) -> &Clock {
        self.server.clock()
    }

    /// Who can log in, and which clients may ask.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// What makes ID tokens of its own without a login.
    pub fn id_tokens(&self) -> &IdTokens {
        &self.id_tokens
    }

    /// Has it change its key: from now on `/jwks` has another one alone, and ID tokens are signed by it. A second time
    /// changes it back.
    pub fn rotate_key(&self) {
        self.id_tokens.rotate_key();
    }

    /// Stops it, as [`RunningServer::shutdown`] does.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}
