//! Uptinio: uptime monitoring.
//!
//! Written from the guide [Authentication](https://app.uptinio.com/docs/api/authentication.html). Where that only names an
//! operation, its shape is from Uptinio's other public pages, as far as they could be read, and from the agent that its
//! makers publish. Where neither tells, a call answers [`Json`], and says so.
//!
//! An [`Uptinio`] is what anybody may ask: to register, and to sign in. Signing in gives a [`Session`], for what a
//! [`UserToken`] is good for. Monitors and all else belong to a project: a [`ProjectToken`], made in the dashboard,
//! gives a [`Project`].

mod analysis;
mod create_integration;
#[cfg(feature = "client")]
mod deployment;
mod email_verification;
mod general_status;
mod google;
mod incidents;
mod integrations;
mod json;
mod network_monitors;
mod outcome;
mod page;
#[cfg(feature = "client")]
mod project;
mod project_tokens;
mod refusal;
mod register;
mod register_with_endpoint;
mod request;
mod server_metrics;
mod servers;
#[cfg(feature = "client")]
mod session;
mod sign_in;
mod sign_out;
mod timestamp;
mod token;
mod usage;
mod user;
mod validate;

pub use crate::Credentials;
pub use analysis::Analyze;
pub use create_integration::{CreateIntegration, NewIntegration};
#[cfg(feature = "client")]
pub use deployment::Uptinio;
pub use email_verification::{EmailStatus, ResendCode, VerifyEmail};
pub use general_status::GeneralStatus;
pub use google::{SignInWithGoogle, SignedInWithGoogle};
pub use incidents::{Incident, IncidentStatus, IncidentUuid, Incidents, MonitorableType};
pub use integrations::{Integration, IntegrationType, IntegrationUuid, Integrations};
pub use json::Json;
pub use network_monitors::{
    CheckType, CreateNetworkMonitor, MonitorSort, MonitorStatus, NetworkMonitor, NetworkMonitorId, NetworkMonitorUuid,
    NetworkMonitors,
};
pub use page::{Meta, Page};
#[cfg(feature = "client")]
pub use project::Project;
pub use project_tokens::{CurrentProjectApiToken, ProjectApiTokens, ProjectTokens};
pub use refusal::{Reason, Refusal};
pub use register::{NewUser, Register, Registered, RegisteredUser};
pub use register_with_endpoint::{FirstMonitor, RegisterWithEndpoint, RegisteredWithEndpoint};
pub use server_metrics::{MetricName, MetricsReceipt, ServerReport, SubmitServerMetrics};
pub use servers::{Server, ServerUuid, Servers};
#[cfg(feature = "client")]
pub use session::Session;
pub use sign_in::{SignIn, SignedIn, User, UserId};
pub use sign_out::SignOut;
pub use timestamp::Timestamp;
pub use token::{ProjectToken, UserToken};
pub use usage::Usage;
pub use user::GetUser;
pub use validate::{Validate, Validity};

/// Why a call to Uptinio did not give what it was made for.
pub type Error = crate::Error<Refusal>;
