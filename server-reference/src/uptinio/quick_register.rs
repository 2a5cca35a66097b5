//! POST /api/v1/registrations

use super::accounts::{NewUser, NotCreated};
use super::error::{Form, Refusal};
use super::faults::Faults;
use super::instance::Instance;
use super::mail::Mail;
use super::register::send_first_code;
use super::request::Object;
use crate::answer::answer;
use crate::random;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::SecretString;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::REGISTER_WITH_ENDPOINT), register)
}

async fn register(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let mut faults = Faults::default();
    let endpoint = faults.website("Endpoint", body.member("endpoint"));
    let email = faults.email(body.member("email"));
    let (email, endpoint) = match (email, endpoint) {
        (Some(email), Some(endpoint)) => (email, endpoint),
        _ => return Err(faults.into_result().err().map_or_else(Refusal::user_exists, Refusal::invalid)),
    };
    if instance.accounts().is_taken(email) {
        return Err(Refusal::user_exists());
    }
    let failed = |error| Refusal::failed(Form::Errors, "a password could not be made", error);
    let password = SecretString::from(random::text().map_err(failed)?);
    let hash = instance.hasher.hash_in_turn(password.clone()).await.map_err(failed)?;
    let registered = instance.register(NewUser::new(email, "User", Some(hash)), Some(endpoint));
    let (user, monitor) = registered.map_err(|reason| match reason {
        NotCreated::Taken => Refusal::user_exists(),
        NotCreated::Full => Refusal::invalid(vec!["There are too many users".to_owned()]),
    })?;
    // As with the code: whoever has registered is registered, whatever becomes of the mail.
    if let Err(error) = instance.mail(user, Mail::with_password(email, password)).await {
        tracing::warn!(%error, "a provisional password could not be sent");
    }
    send_first_code(&instance, user).await;
    let mut answer = answer(&json!({
        "message": "User registered successfully",
        "user": {"email": email, "name": "User"},
        "network_monitor": {"uuid": monitor, "url": endpoint},
    }));
    *answer.status_mut() = StatusCode::CREATED;
    Ok(answer)
}
