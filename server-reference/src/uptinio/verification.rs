//! What both calls for the verification of addresses have in common.

use super::Deviation;
use super::error::Refusal;
use super::instance::Instance;
use crate::answer::answer;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;
use serde_json::{Value, json};

/// The answer to whoever's address is verified.
pub(super) fn verified(message: &str, email: &str) -> Response {
    answer(&json!({"success": true, "message": message, "user": {"email": email, "email_verified": true}}))
}

/// The answer to whoever's address was verified before; `otherwise` is the message for the others.
pub(super) fn already_verified(instance: &Instance, email: &str, otherwise: &str) -> Response {
    let message = "Email is already verified";
    if instance.deviates(Deviation::AlreadyInAList) {
        return answer(&json!({"errors": [message]}));
    }
    let message = if instance.deviates(Deviation::AlreadyUntold) { otherwise } else { message };
    verified(message, email)
}

/// A refusal, in the form of both calls or, where a server departs, in that of registrations.
pub(super) fn refuse(instance: &Instance, status: StatusCode, error: &str, message: &str, in_a_list: bool) -> Refusal {
    let message = match instance.deviates(Deviation::VerificationTextsDiffer) {
        true => "That did not work",
        false => message,
    };
    match in_a_list {
        true => Refusal::errors(status, &[message]),
        false => with_body(instance, status, json!({"success": false, "error": error, "message": message})),
    }
}

/// The refusal with this body, as far as it does not depart.
pub(super) fn with_body(instance: &Instance, status: StatusCode, mut body: Value) -> Refusal {
    if instance.deviates(Deviation::RefusalsSaySuccess) {
        body["success"] = true.into();
    }
    let refusal = Refusal::new(status, body);
    match instance.deviates(Deviation::VerificationLabelledAsText) {
        true => refusal.with(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8")),
        false => refusal,
    }
}
