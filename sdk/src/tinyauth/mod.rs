//! Tinyauth: forward authentication for reverse proxies.
//!
//! Written from the document [Tinyauth API](https://tinyauth.app/docs/reference/api) and from what Tinyauth 3.6 answers,
//! where the two part. A deployment is a [`Tinyauth`]. Logging in there gives a [`Session`]; [`Tinyauth::basic`] sends
//! name and password with each call instead; and [`Tinyauth::authorize`] asks, as a proxy does, whether the request of a
//! visitor may pass.

mod access;
mod app;
mod auth;
mod confirmation;
mod cookie;
#[cfg(feature = "client")]
mod deployment;
mod healthcheck;
#[cfg(feature = "tower")]
mod layer;
mod login;
mod logout;
mod oauth_callback;
mod oauth_url;
mod provider;
mod refusal;
mod releases;
#[cfg(feature = "client")]
mod session;
mod totp;
mod user;

pub use crate::Credentials;
pub use access::{Access, BasicAuth, VisitorCredentials};
pub use app::{App, GetApp};
pub use auth::{Authorize, Decision, ForwardedRequest, Identity, Proxy, Ruling};
pub use cookie::{PendingCookie, SessionChange, SessionCookie};
#[cfg(feature = "client")]
pub use deployment::{BasicUser, Tinyauth};
pub use healthcheck::Healthcheck;
#[cfg(feature = "tower")]
pub use layer::{TinyauthLayer, TinyauthService};
pub use login::{LoggedIn, PasswordLogin};
pub use logout::Logout;
pub use oauth_callback::{AuthorizationResponse, NotAuthorized, OAuthCallback};
pub use oauth_url::{OAuthLogin, OAuthUrl};
pub use provider::Provider;
pub use refusal::Refusal;
#[cfg(feature = "client")]
pub use session::{Login, Pending, Session};
pub use totp::VerifyTotp;
pub use user::{GetUser, User};

/// Why a call to Tinyauth did not give what it was made for.
pub type Error = crate::Error<Refusal>;
