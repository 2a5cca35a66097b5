//! Umami: web analytics.
//!
//! Written from the document [Umami API Authentication](https://umami.is/docs/api/authentication) and from what Umami
//! 2.19 to 3.1 answers, where the document is silent. A self-hosted server is an [`Umami`], and [`Umami::login`] gives
//! the [`Session`] that its calls need; Umami Cloud is an [`UmamiCloud`], with an API key and no login.

mod access;
#[cfg(feature = "client")]
mod cloud;
mod login;
mod page;
#[cfg(feature = "client")]
mod pages;
mod refusal;
#[cfg(feature = "client")]
mod self_hosted;
mod verify;
mod websites;

pub use access::{Access, ApiKey, Token};
#[cfg(feature = "client")]
pub use cloud::UmamiCloud;
pub use login::{Credentials, LoggedIn, Login, User, UserId};
pub use page::Page;
#[cfg(feature = "client")]
pub use pages::Pages;
pub use refusal::{Code, Fault, Refusal};
#[cfg(feature = "client")]
pub use self_hosted::{Session, Umami};
pub use verify::{Role, VerifiedUser, Verify};
pub use websites::{TeamId, Website, WebsiteId, Websites};

/// Why a call to Umami did not give what it was made for.
pub type Error = crate::Error<Refusal>;
