//! POST /api/v1/email_verifications/resend

use super::authorization::UserCaller;
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::verify_email::verified;
use crate::answer::answer;
use crate::body;
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::json;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::RESEND_CODE), resend)
}

async fn resend(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    // There is nothing in it to read.
    body::read(body, &instance.limits).await.map_err(|fault| Refusal::of_body(Form::Unsuccessful, fault))?;
    let email = {
        let accounts = instance.accounts();
        let user = accounts.user(caller.id).ok_or_else(|| Refusal::no_user("Invalid or expired token"))?;
        if user.is_verified {
            return Ok(verified("Email is already verified", &user.email));
        }
        if let Some(seconds) = user.verification.wait(instance.clock.now()) {
            return Err(Refusal::resend_too_soon(seconds));
        }
        user.email.clone()
    };
    if let Err(error) = instance.mail_code(caller.id).await {
        tracing::warn!(%error, "a code could not be sent");
        let message = "Failed to send verification code. Please try again later.";
        return Err(Refusal::unsuccessful(StatusCode::INTERNAL_SERVER_ERROR, "send_failed", message));
    }
    let user = json!({"email": email, "email_verified": false});
    Ok(answer(&json!({"success": true, "message": "Verification code sent successfully", "user": user})))
}
