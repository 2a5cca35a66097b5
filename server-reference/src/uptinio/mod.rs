//! Uptinio's API, as its document has it: <https://app.uptinio.com/docs/api/authentication.html>. One file per section.

mod accounts;
mod address;
mod analysis;
mod authorization;
mod code;
mod deviations;
mod error;
mod faults;
mod general_status;
mod google;
mod id_token;
mod incidents;
mod instance;
mod integrations;
mod mail;
mod network_monitors;
mod page;
mod project;
mod project_tokens;
mod quick_register;
mod rate_limit;
mod register;
mod request;
mod resend;
mod seed;
mod server_metrics;
mod servers;
mod sign_in;
mod sign_out;
mod smtp;
mod token;
mod usage;
mod user;
mod validate;
mod verified;
mod verify_email;

pub use deviations::Deviation;
pub use google::Google;
pub use mail::{Deliveries, Mail, Outbox};
pub use rate_limit::Plan;
pub use seed::{Monitor, MonitorStatus, Project, Seed, SeedError, User};
pub use smtp::{Smtp, SmtpError};

#[cfg(doc)]
use crate::Limits;
use crate::serve::Bound;
use crate::{Clock, RunningServer};
use authorization::{Door, behind};
use axum::Router;
use axum::http::{Method, header};
use error::Refusal;
use instance::Instance;
use probity_fixtures::uptinio::operation;
use std::io;
use std::sync::Arc;
use std::time::Duration;
use tower_http::cors::{Any, CorsLayer};

/// A server of Uptinio's API that has not been started yet.
pub type Builder = crate::Builder<Setup>;

/// What a server of Uptinio's API is set up with.
pub type Setup = crate::Setup<Seed, Deviation>;

impl Builder {
    /// Starts the server, on the runtime that this is called on.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or, as [`io::ErrorKind::InvalidInput`]: the seed does not pass
    /// [`Seed::check`], or the hash cost is not one of bcrypt's.
    pub async fn start(self) -> io::Result<Server> {
        let Self { setup, listen, clock, hash_cost, limits } = self;
        setup.seed.check().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let instance = Arc::new(Instance::new(setup.seed, setup.deviations, clock.clone(), hash_cost, limits)?);
        let outbox = instance.mailer.outbox().clone();
        let server = Bound::to(listen).await?.serve(router(instance), limits, clock);
        Ok(Server { server, outbox })
    }
}

/// A server of Uptinio's API that answers. Dropping it stops it at once.
#[derive(Debug)]
#[must_use = "a server stops when it is dropped"]
pub struct Server {
    server: RunningServer,
    outbox: Outbox,
}

impl Server {
    /// Where it answers, without a slash at the end.
    pub fn url(&self) -> &str {
        self.server.url()
    }

    /// The clock that it reads the time from.
    pub fn clock(&self) -> &Clock {
        self.server.clock()
    }

    /// The mails that it has sent: none if they go to a relay.
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// Stops it, as [`RunningServer::shutdown`] does.
    pub async fn shutdown(self) {
        self.server.shutdown().await;
    }
}

fn router(instance: Arc<Instance>) -> Router {
    let user = |routes| behind(Door::User, &instance, routes);
    let project = |routes| behind(Door::Project, &instance, routes);
    Router::new()
        .route(operation::REGISTER.path, register::route())
        .route(operation::REGISTER_WITH_ENDPOINT.path, quick_register::route())
        .route(operation::SIGN_IN.path, sign_in::route())
        .route(operation::SIGN_IN_WITH_GOOGLE.path, google::route())
        .route(operation::VALIDATE.path, behind(Door::Validation, &instance, validate::route()))
        .route(operation::SIGN_OUT.path, user(sign_out::route()))
        .route(operation::USER.path, user(user::route()))
        .route(operation::PROJECT_API_TOKENS.path, user(project_tokens::all_route()))
        .route(operation::CURRENT_PROJECT_API_TOKEN.path, user(project_tokens::current_route()))
        .route(operation::VERIFY_EMAIL.path, user(verify_email::route()))
        .route(operation::RESEND_CODE.path, user(resend::route()))
        .route(operation::NETWORK_MONITORS.path, project(network_monitors::route()))
        .route(operation::INCIDENTS.path, project(incidents::route()))
        .route(operation::SUBMIT_SERVER_METRICS.path, behind(Door::Agent, &instance, server_metrics::route()))
        .route(operation::SERVERS.path, behind(Door::Either, &instance, servers::route()))
        .route(operation::ANALYSIS.path, project(analysis::route()))
        .route(operation::INTEGRATIONS.path, project(integrations::route()))
        .route(operation::USAGE.path, project(usage::route()))
        .route(operation::GENERAL_STATUS.path, project(general_status::route()))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(cors())
        .with_state(instance)
}

fn cors() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(Any)
        .allow_methods([Method::GET, Method::POST, Method::DELETE])
        .allow_headers([header::AUTHORIZATION, header::CONTENT_TYPE, header::ACCEPT])
        .expose_headers([rate_limit::LIMIT, rate_limit::REMAINING, rate_limit::RESET, header::RETRY_AFTER])
        .max_age(Duration::from_secs(24 * 60 * 60))
}
