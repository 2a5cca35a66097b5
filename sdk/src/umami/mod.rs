//! Umami: web analytics.
//!
//! Written from the document [Umami API Authentication](https://umami.is/docs/api/authentication) and from what Umami
//! 2.19 to 3.1 answers, where the document is silent. A self-hosted server is an [`Umami`]: it takes an [`Event`] from
//! anybody, and [`Umami::login`] gives the [`Session`] that the other calls need. Umami Cloud is an [`UmamiCloud`], with
//! an API key and no login.

mod access;
#[cfg(feature = "client")]
mod cloud;
#[cfg(all(feature = "tower", feature = "tracker"))]
mod layer;
mod login;
mod page;
mod refusal;
#[cfg(feature = "client")]
mod self_hosted;
mod send;
#[cfg(feature = "tracker")]
mod tracker;
mod user_agent;
mod verify;
mod websites;

pub use crate::Credentials;
pub use access::{Access, ApiKey, Token};
#[cfg(feature = "client")]
pub use cloud::UmamiCloud;
#[cfg(all(feature = "tower", feature = "tracker"))]
pub use layer::{UmamiLayer, UmamiService};
pub use login::{LoggedIn, Login, User, UserId};
pub use page::Page;
pub use refusal::{Code, Fault, Refusal};
#[cfg(feature = "client")]
pub use self_hosted::{Session, Umami};
pub use send::{
    BatchOutcome, BatchReceipt, Event, Receipt, Refused, SendBatch, SendEvent, SessionId, VisitCache, VisitId,
};
#[cfg(feature = "tracker")]
pub use tracker::{Counts, Tracker, TrackerBuilder};
pub use user_agent::would_be_ignored;
pub use verify::{Role, VerifiedUser, Verify};
#[cfg(feature = "client")]
pub use websites::WebsiteHandle;
pub use websites::{
    Active, ActiveVisitors, CreateWebsite, DeleteWebsite, EventId, EventKind, Events, Range, RecordedEvent, Stats,
    TeamId, Website, WebsiteId, WebsiteStats, Websites,
};

/// Why a call to Umami did not give what it was made for.
pub type Error = crate::Error<Refusal>;
