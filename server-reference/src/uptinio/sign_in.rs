//! POST /api/v1/auth/sign_in

use super::error::{Form, Refusal};
use super::instance::Instance;
use super::request::Object;
use super::token::Digest;
use crate::answer::answer;
use crate::clock::whole_seconds;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Map, Value, json};
use std::sync::Arc;
use std::time::Duration;

/// So many sign-ins to one address may fail within an hour.
const FAILURES: u32 = 100;
const HOUR: Duration = Duration::from_secs(60 * 60);

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::SIGN_IN), sign_in)
}

async fn sign_in(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let user = body.within("user", Form::Errors)?;
    let (email, password) = (text(user, "email")?, SecretString::from(text(user, "password")?));
    let address = Digest::of(&email.to_ascii_lowercase());
    let now = instance.clock.now();
    // Counted before it is known to fail: many guesses at once are no more than many one after the other.
    let (failures, left) = instance.failed_sign_ins.count(address, HOUR, now);
    if failures > FAILURES {
        return Err(Refusal::rate_limited(whole_seconds(left)));
    }
    let user = user_of(&instance, email, password).await?;
    instance.failed_sign_ins.alive(now).take(&address);
    signed_in(&instance, user)
}

/// The user whose address and password these are. An address that nobody has takes as long to find out.
async fn user_of(instance: &Instance, email: &str, password: SecretString) -> Result<u64, Refusal> {
    let (user, hash) = match instance.accounts().user_with_email(email) {
        Some(user) if !user.is_banned => (Some(user.id), user.password.clone()),
        _ => (None, None),
    };
    let has_password = hash.is_some();
    let hash = hash.unwrap_or_else(|| Arc::clone(&instance.nobodys));
    let is_right = instance.hasher.matches(&hash, password).await;
    let is_right = is_right.map_err(|error| Refusal::failed(Form::Errors, "a password could not be hashed", error))?;
    user.filter(|_| has_password && is_right).ok_or_else(|| Refusal::no_user("Invalid email or password"))
}

/// A member that should be a text. What is missing counts as empty.
fn text<'a>(user: &'a Map<String, Value>, name: &str) -> Result<&'a str, Refusal> {
    match user.get(name) {
        None | Some(Value::Null) => Ok(""),
        Some(Value::String(text)) => Ok(text),
        Some(_) => Err(Refusal::errors(StatusCode::BAD_REQUEST, &[&format!("{name} has to be a text")])),
    }
}

/// The answer to a user who has just signed in, with a new token.
pub(super) fn signed_in(instance: &Instance, user: u64) -> Result<Response, Refusal> {
    let failed = |what| Refusal::failed(Form::Errors, what, "nothing more is known");
    let token = instance.user_tokens.issue(user, instance.clock.now());
    let token = token.map_err(|error| Refusal::failed(Form::Errors, "a token could not be made", error))?;
    let accounts = instance.accounts();
    let user = accounts.user(user).ok_or_else(|| failed("a user is gone"))?;
    Ok(answer(&json!({
        "message": "Signed in successfully",
        "user": {
            "id": user.id,
            "email": user.email,
            "name": user.name,
            "email_verified": user.is_verified,
            "authentication_token": token.expose_secret(),
        },
    })))
}
