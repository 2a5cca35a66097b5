//! POST /api/v1/email_verifications/verify

use super::authorization::UserCaller;
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::request::Object;
use crate::answer::answer;
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::VERIFY_EMAIL), verify)
}

async fn verify(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    let body = Object::read_any(&instance, body, Form::Unsuccessful).await?;
    let (mut accounts, now) = (instance.accounts(), instance.clock.now());
    let user = accounts.user_mut(caller.id).ok_or_else(|| Refusal::no_user("Invalid or expired token"))?;
    if user.is_verified {
        return Ok(verified("Email is already verified", &user.email));
    }
    let guess = match body.member("code") {
        None | Some(Value::Null) => return Err(code_required()),
        Some(Value::String(guess)) if guess.trim().is_empty() => return Err(code_required()),
        Some(Value::String(guess)) => guess,
        Some(_) => return Err(wrong_code()),
    };
    if !user.verification.redeem(guess, now) {
        return Err(wrong_code());
    }
    user.is_verified = true;
    user.updated_at = now;
    Ok(verified("Email verified successfully", &user.email))
}

fn code_required() -> Refusal {
    Refusal::unsuccessful(StatusCode::BAD_REQUEST, "code_required", "Verification code is required")
}

fn wrong_code() -> Refusal {
    let message = "Invalid or expired verification code. Please request a new code.";
    Refusal::unsuccessful(StatusCode::UNPROCESSABLE_ENTITY, "invalid_or_expired_code", message)
}

/// The answer to whoever's address is verified.
pub(super) fn verified(message: &str, email: &str) -> Response {
    answer(&json!({"success": true, "message": message, "user": {"email": email, "email_verified": true}}))
}
