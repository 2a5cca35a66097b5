//! Uptinio's API, as its document has it: <https://app.uptinio.com/docs/api/authentication.html>. One file per section.

mod accounts;
mod address;
mod analysis;
mod authorization;
mod code;
mod cors;
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
mod reads;
mod register;
mod registration;
mod request;
mod resend;
mod seed;
mod server_metrics;
mod servers;
mod sign_in;
mod sign_out;
mod smtp;
mod throttle;
mod token;
mod usage;
mod user;
mod validate;
mod verification;
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
use crate::answer::answer;
use crate::serve::Bound;
use crate::{Clock, RunningServer};
use authorization::{Door, behind};
use axum::Router;
use axum::body::HttpBody as _;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use error::Refusal;
use instance::Instance;
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::io;
use std::sync::Arc;

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
    let routes = [
        (Door::Public, operation::REGISTER, register::route()),
        (Door::Public, operation::REGISTER_WITH_ENDPOINT, quick_register::route()),
        (Door::Public, operation::SIGN_IN, sign_in::route()),
        (Door::Public, operation::SIGN_IN_WITH_GOOGLE, google::route()),
        (Door::Validation, operation::VALIDATE, validate::route(&instance)),
        (Door::User, operation::SIGN_OUT, sign_out::route()),
        (Door::User, operation::USER, user::route(&instance)),
        (Door::User, operation::PROJECT_API_TOKENS, project_tokens::all_route(&instance)),
        (Door::User, operation::CURRENT_PROJECT_API_TOKEN, project_tokens::current_route(&instance)),
        (Door::User, operation::VERIFY_EMAIL, verify_email::route()),
        (Door::User, operation::RESEND_CODE, resend::route()),
        (Door::Project, operation::NETWORK_MONITORS, network_monitors::route()),
        (Door::Project, operation::INCIDENTS, incidents::route(&instance)),
        (Door::Agent, operation::SUBMIT_SERVER_METRICS, server_metrics::route()),
        (Door::Either, operation::SERVERS, servers::route(&instance)),
        (Door::Project, operation::ANALYSIS, analysis::route()),
        (Door::Project, operation::INTEGRATIONS, integrations::route()),
        (Door::Project, operation::USAGE, usage::route(&instance)),
        (Door::Project, operation::GENERAL_STATUS, general_status::route(&instance)),
    ];
    let router = routes.into_iter().fold(Router::new(), |router, (door, operation, routes)| {
        router.route(operation.path, behind(door, &instance, operation, routes))
    });
    let router = router
        .fallback(unknown)
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .layer(cors::layer(&instance))
        .with_state(Arc::clone(&instance));
    // Allow is set by the routes themselves: only what stands around a whole router sees it.
    Router::new()
        .fallback_service(router)
        .layer(from_fn_with_state(Arc::clone(&instance), departing))
        .layer(from_fn_with_state(instance, cors::departing))
}

async fn unknown(State(instance): State<Arc<Instance>>, uri: Uri) -> Response {
    match uri.path().starts_with("/api/v1") && instance.deviates(Deviation::UnknownPathIs200) {
        true => answer(&json!({})),
        false => Refusal::not_found().into_response(),
    }
}

/// The deviations that are of every answer.
async fn departing(State(instance): State<Arc<Instance>>, request: Request, next: Next) -> Response {
    let names_json =
        request.headers().get(header::CONTENT_TYPE).is_some_and(|label| label.as_bytes().ends_with(b"json"));
    let is_empty_get = request.method() == Method::GET && request.body().is_end_stream();
    if is_empty_get && names_json && instance.deviates(Deviation::ContentTypeWantsBody) {
        return Refusal::error(StatusCode::BAD_REQUEST, "The body has to be a JSON object").into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let is_json = headers.get(header::CONTENT_TYPE).is_some_and(|label| label == "application/json");
    match response.status() {
        StatusCode::UNAUTHORIZED => {
            if instance.deviates(Deviation::NoChallenge) {
                response.headers_mut().remove(header::WWW_AUTHENTICATE);
            }
            if is_json && instance.deviates(Deviation::RefusalsLabelledAsHtml) {
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
            }
        }
        StatusCode::METHOD_NOT_ALLOWED if instance.deviates(Deviation::OtherMethodsUnknown) => {
            return Refusal::not_found().into_response();
        }
        StatusCode::METHOD_NOT_ALLOWED if instance.deviates(Deviation::NoAllowHeader) => {
            response.headers_mut().remove(header::ALLOW);
        }
        _ => {}
    }
    response
}
