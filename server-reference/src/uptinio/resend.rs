//! POST /api/v1/email_verifications/resend

use super::Deviation;
use super::authorization::UserCaller;
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::request::Object;
use super::verification::{already_verified, refuse, with_body};
use crate::answer::answer;
use crate::body;
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::RESEND_CODE), resend)
}

const DONE: &str = "Verification code sent successfully";

async fn resend(
    State(instance): State<Arc<Instance>>,
    Extension(caller): Extension<UserCaller>,
    body: Body,
) -> Result<Response, Refusal> {
    if instance.deviates(Deviation::ResendWantsBody) {
        Object::read(&instance, body, Form::Unsuccessful).await?;
    } else {
        // There is nothing in it to read.
        body::read(body, &instance.limits).await.map_err(|fault| Refusal::of_body(Form::Unsuccessful, fault))?;
    }
    let (email, wait) = {
        let accounts = instance.accounts();
        let user = accounts.user(caller.id).ok_or_else(|| Refusal::no_user("Invalid or expired token"))?;
        if user.is_verified {
            return match instance.deviates(Deviation::ResendRefusesVerified) {
                true => {
                    let (status, message) = (StatusCode::UNPROCESSABLE_ENTITY, "Email is already verified");
                    Err(refuse(&instance, status, "already_verified", message, false))
                }
                false => Ok(already_verified(&instance, &user.email, DONE)),
            };
        }
        let wait = match instance.deviates(Deviation::MinuteShared) {
            true => accounts.users().filter_map(|user| user.verification.wait(&instance)).max(),
            false => user.verification.wait(&instance),
        };
        (user.email.clone(), wait)
    };
    if let Some(seconds) = wait {
        if instance.deviates(Deviation::TooSoonSends) {
            let _may_fail = instance.mail_code_besides(caller.id).await;
        }
        return Err(too_soon(&instance, seconds));
    }
    if !instance.deviates(Deviation::ResendSendsNothing) {
        let sent = instance.mail_code(caller.id).await;
        if let Err(error) = sent {
            tracing::warn!(%error, "a code could not be sent");
            if !instance.deviates(Deviation::FailedIs200) {
                return Err(failed(&instance));
            }
        }
    }
    let mut told = json!({
        "success": true,
        "message": DONE,
        "user": {"email": instance.address_told(&email), "email_verified": false},
    });
    if instance.deviates(Deviation::ResendTellsCode) {
        let code = instance.mailer.outbox().code_for(&email);
        told["code"] = code.map_or(Value::Null, |code| code.expose_secret().into());
    }
    Ok(answer(&told))
}

/// 429: the next code may be asked for in so many seconds.
fn too_soon(instance: &Instance, seconds: u64) -> Refusal {
    let says_45 = instance.deviates(Deviation::TooSoonSays45);
    let told = if says_45 { 45 } else { seconds };
    let in_message = if instance.deviates(Deviation::TooSoonMessageSays45) { 45 } else { told };
    let message = match instance.deviates(Deviation::VerificationTextsDiffer) {
        true => format!("That did not work: {in_message} seconds too soon"),
        false => format!("Please wait {in_message} seconds before requesting a new code"),
    };
    let status = match instance.deviates(Deviation::TooSoonIs400) {
        true => StatusCode::BAD_REQUEST,
        false => StatusCode::TOO_MANY_REQUESTS,
    };
    let mut body = json!({
        "success": false,
        "error": "resend_too_soon",
        "message": message,
        "seconds_until_can_resend": told,
    });
    if instance.deviates(Deviation::TooSoonWithoutSeconds) {
        body.as_object_mut().map(|body| body.shift_remove("seconds_until_can_resend"));
    }
    if instance.deviates(Deviation::TooSoonAsRateLimit) {
        return Refusal::rate_limited(seconds);
    }
    with_body(instance, status, body).with(header::RETRY_AFTER, seconds.into())
}

/// 500: the mail could not be sent.
fn failed(instance: &Instance) -> Refusal {
    let message = "Failed to send verification code. Please try again later.";
    let in_a_list = instance.deviates(Deviation::FailedInAList);
    refuse(instance, StatusCode::INTERNAL_SERVER_ERROR, "send_failed", message, in_a_list)
}
