//! How a request is refused that carries no token which counts, at each kind of endpoint.

use super::Deviation;
use super::authorization::{Door, Gate};
use super::bearer::Kind;
use super::error::{Form, Refusal};
use super::instance::Instance;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde_json::json;

pub(super) const INVALID: &str = "Invalid or expired token";
const MISSING: &str = "Missing authentication token";

/// The answer to a request that is nobody's.
pub(super) fn refusal(gate: &Gate, presented: Kind, is_banned: bool) -> Response {
    match gate.door {
        Door::Validation => validation_refusal(gate, presented, is_banned),
        Door::Public | Door::User => user_refusal(gate, presented, is_banned).into_response(),
        Door::Project | Door::Either | Door::Agent => project_refusal(&gate.instance, presented),
    }
}

/// The message, as far as it does not depart.
fn message(instance: &Instance, presented: Kind, is_banned: bool) -> &'static str {
    match presented {
        _ if is_banned && instance.deviates(Deviation::BannedTold) => "This user is banned",
        Kind::Nothing if instance.deviates(Deviation::RefusalTextsDiffer) => "Please sign in",
        Kind::Something if instance.deviates(Deviation::RefusalTextsDiffer) => "Please sign in again",
        Kind::Nothing => MISSING,
        Kind::Something => INVALID,
    }
}

fn user_refusal(gate: &Gate, presented: Kind, is_banned: bool) -> Refusal {
    let instance = &gate.instance;
    let (another_status, in_a_word) = match presented {
        Kind::Nothing => (
            (Deviation::MissingUserTokenIs400, StatusCode::BAD_REQUEST),
            instance.deviates(Deviation::MissingUserTokenInAWord),
        ),
        Kind::Something if is_banned => {
            ((Deviation::InvalidUserTokenIs403, StatusCode::FORBIDDEN), instance.deviates(Deviation::BannedInAWord))
        }
        Kind::Something => (
            (Deviation::InvalidUserTokenIs403, StatusCode::FORBIDDEN),
            instance.deviates(Deviation::InvalidUserTokenInAWord),
        ),
    };
    let status = match another_status {
        (deviation, status) if instance.deviates(deviation) => status,
        _ => StatusCode::UNAUTHORIZED,
    };
    let form = if in_a_word { Form::Error } else { Form::Errors };
    Refusal::of(form, status, "", message(instance, presented, is_banned))
}

fn validation_refusal(gate: &Gate, presented: Kind, is_banned: bool) -> Response {
    let instance = &gate.instance;
    let first = || {
        let accounts = instance.accounts();
        accounts.first_user().map(
            |user| json!({"id": user.id, "email": user.email, "name": user.name, "email_verified": user.is_verified}),
        )
    };
    let mut status = StatusCode::UNAUTHORIZED;
    let mut body = json!({"valid": false, "errors": [message(instance, presented, is_banned)]});
    match presented {
        Kind::Nothing if instance.deviates(Deviation::ValidateMissingIs400) => status = StatusCode::BAD_REQUEST,
        Kind::Nothing if instance.deviates(Deviation::ValidateMissingIsValid) => {
            (status, body) = (StatusCode::OK, json!({"valid": true, "user": first()}));
        }
        Kind::Nothing if instance.deviates(Deviation::ValidateMissingWithoutErrors) => body = json!({"valid": false}),
        Kind::Something if instance.deviates(Deviation::ValidateInvalidIs403) => status = StatusCode::FORBIDDEN,
        Kind::Something if instance.deviates(Deviation::ValidateInvalidIsValid) => {
            (status, body) = (StatusCode::OK, json!({"valid": true}));
        }
        Kind::Something if instance.deviates(Deviation::ValidateInvalidInAWord) => {
            body = json!({"valid": false, "error": message(instance, presented, is_banned)});
        }
        Kind::Something if instance.deviates(Deviation::ValidateInvalidNamesUser) => body["user"] = json!(first()),
        _ => {}
    }
    Refusal::new(status, body).into_response()
}

fn project_refusal(instance: &Instance, presented: Kind) -> Response {
    let another_status = match presented {
        Kind::Nothing if instance.deviates(Deviation::MissingProjectTokenInAPage) => {
            let challenge = [(header::WWW_AUTHENTICATE, "Bearer")];
            return (StatusCode::UNAUTHORIZED, challenge, Html("<!doctype html><title>Sign in</title>"))
                .into_response();
        }
        Kind::Nothing => (Deviation::MissingProjectTokenIs400, StatusCode::BAD_REQUEST),
        Kind::Something => (Deviation::InvalidProjectTokenIs403, StatusCode::FORBIDDEN),
    };
    let status = match another_status {
        (deviation, status) if instance.deviates(deviation) => status,
        _ => StatusCode::UNAUTHORIZED,
    };
    let in_a_list = presented == Kind::Something && instance.deviates(Deviation::InvalidProjectTokenInAList);
    let form = if in_a_list { Form::Errors } else { Form::Error };
    let message = if instance.deviates(Deviation::RefusalTextsDiffer) { "Not let in" } else { "Unauthorized" };
    Refusal::of(form, status, "", message).into_response()
}
