//! Tinyauth's API.

mod app;
mod app_url;
mod attempts;
mod auth;
mod authorization;
mod caller;
mod claims;
mod cookies;
mod deviations;
mod error;
mod healthcheck;
mod instance;
mod login;
mod logout;
mod mode;
mod oauth_callback;
mod oauth_url;
mod page;
mod provider;
mod request;
mod seal;
mod seed;
mod session;
mod ticket;
mod totp;
mod totp_secret;
mod user;

pub use deviations::Deviation;
pub use provider::Provider;
pub use seed::{Password, Seed, SeedError, User, UserError};
pub use totp_secret::{TotpSecret, TotpSecretError};

use crate::RunningServer;
use crate::routing::method;
use crate::serve::Bound;
use app_url::AppUrl;
use axum::Router;
use axum::handler::Handler;
use axum::http::{HeaderValue, StatusCode, header};
use axum::middleware::map_response;
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, any, get, on};
use error::Refusal;
use instance::Instance;
use probity_fixtures::Operation;
use probity_fixtures::tinyauth::operation;
use serde_json::Value;
use std::future::ready;
use std::io;
use std::sync::Arc;

/// A server of Tinyauth's API that has not been started yet.
pub type Builder = crate::Builder<Setup>;

/// What a server of Tinyauth's API is set up with.
pub type Setup = crate::Setup<Seed, Deviation>;

/// The words in the names of the cookies: for a session, for what binds a login by a provider to its browser, and for
/// where that browser wants to be at last.
const SESSION: &str = "session";
const CSRF: &str = "csrf";
const REDIRECT: &str = "redirect";

impl Builder {
    /// Starts the server, on the runtime that this is called on.
    ///
    /// # Errors
    ///
    /// The address cannot be listened on, or, as [`io::ErrorKind::InvalidInput`]: the seed does not pass
    /// [`Seed::check`], or the hash cost is not one of bcrypt's.
    pub async fn start(self) -> io::Result<RunningServer> {
        let Self { setup, listen, clock, hash_cost, limits } = self;
        setup.seed.check().map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
        let bound = Bound::to(listen).await?;
        let app_url = match &setup.seed.app_url {
            Some(url) => AppUrl::new(url),
            None => bound.url().parse().ok().as_ref().and_then(AppUrl::new),
        };
        let app_url =
            app_url.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "browsers find no such server"))?;
        let instance = Instance::new(setup.seed, app_url, setup.deviations, clock.clone(), hash_cost, limits)?;
        Ok(bound.serve(router(Arc::new(instance)), limits, clock))
    }
}

fn router(instance: Arc<Instance>) -> Router {
    let router = Router::new()
        .route(operation::HEALTHCHECK.path, healthcheck::route(&instance))
        .route(operation::AUTH.path, auth::route(&instance))
        .route(operation::LOGIN.path, login::route(&instance))
        .route(operation::TOTP.path, totp::route(&instance))
        .route(operation::LOGOUT.path, logout::route(&instance))
        .route(operation::APP.path, app::route(&instance))
        .route(operation::USER.path, user::route(&instance))
        .route(operation::OAUTH_URL.path, oauth_url::route(&instance))
        .route(operation::OAUTH_CALLBACK.path, oauth_callback::route(&instance))
        .route("/login", get(page::page))
        .route("/error", get(page::page))
        .fallback(async || Refusal::not_found())
        .method_not_allowed_fallback(async || Refusal::method_not_allowed())
        .with_state(Arc::clone(&instance));
    // Allow is set by the routes themselves: only what stands around a whole router sees it.
    Router::new().fallback_service(router).layer(map_response(move |answer| ready(departing(&instance, answer))))
}

/// The deviations that are of every answer.
fn departing(instance: &Instance, mut answer: Response) -> Response {
    match answer.status() {
        StatusCode::UNAUTHORIZED if instance.deviates(Deviation::NoChallenge) => {
            answer.headers_mut().remove(header::WWW_AUTHENTICATE);
        }
        StatusCode::BAD_REQUEST if instance.deviates(Deviation::MalformedLabelledAsText) => {
            let text = HeaderValue::from_static("text/plain; charset=utf-8");
            answer.headers_mut().insert(header::CONTENT_TYPE, text);
        }
        StatusCode::METHOD_NOT_ALLOWED if instance.deviates(Deviation::OtherMethodsUnknown) => {
            return (StatusCode::NOT_FOUND, "404 page not found").into_response();
        }
        _ => {}
    }
    answer
}

/// A route of an operation that only reads.
fn reads<H, T>(instance: &Instance, operation: &Operation, handler: H) -> MethodRouter<Arc<Instance>>
where
    H: Handler<T, Arc<Instance>>,
    T: 'static,
{
    match instance.deviates(Deviation::ReadsByAnyMethod) {
        true => any(handler),
        false => on(method(operation), handler),
    }
}

/// Whether a code is wanted, as answers tell it: the document has a text.
fn told(instance: &Instance, is_pending: bool) -> Value {
    match instance.deviates(Deviation::TotpPendingIsABoolean) {
        true => is_pending.into(),
        false => is_pending.to_string().into(),
    }
}
