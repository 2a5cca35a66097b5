//! POST /api/v1/email_verifications/verify

use super::Deviation;
use super::accounts::Accounts;
use super::authorization::UserCaller;
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::request::Object;
use super::verification::{already_verified, refuse, verified};
use crate::routing::method;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use serde_json::Value;
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::VERIFY_EMAIL), verify)
}

const DONE: &str = "Email verified successfully";

async fn verify(
    State(instance): State<Arc<Instance>>,
    caller: Option<Extension<UserCaller>>,
    body: Body,
) -> Result<Response, Refusal> {
    let body = Object::read_any(&instance, body, Form::Unsuccessful).await?;
    let mut accounts = instance.accounts();
    let id = match caller {
        Some(Extension(caller)) => caller.id,
        // Where a server departs nobody needs a token who has a code.
        None => {
            let guess = body.member("code").and_then(Value::as_str).unwrap_or_default();
            let owner =
                accounts.users_mut().find_map(|user| user.verification.redeem(&instance, guess).then_some(user));
            let owner = owner.ok_or_else(|| Refusal::no_user("Missing authentication token"))?;
            owner.is_verified = true;
            return Ok(verified(DONE, &owner.email));
        }
    };
    let user = accounts.user(id).ok_or_else(|| Refusal::no_user("Invalid or expired token"))?;
    let given = Given::of(&instance, body.member("code"));
    if user.is_verified {
        let is_again = matches!(&given, Given::Guess(guess) if user.verification.was_redeemed_by(guess));
        return match is_again && instance.deviates(Deviation::VerifyAgainRefused) {
            true => Err(wrong_code(&instance)),
            false => Ok(already_verified(&instance, &user.email, DONE)),
        };
    }
    let is_right = match &given {
        Given::Guess(guess) => redeem(&instance, &mut accounts, id, guess),
        Given::Nothing => instance.deviates(Deviation::MissingCodeVerifies),
        Given::Empty => instance.deviates(Deviation::EmptyCodeVerifies),
        Given::Another => false,
    };
    if !is_right {
        return Err(match given {
            Given::Nothing | Given::Empty => code_required(&instance),
            Given::Guess(_) | Given::Another => wrong_code(&instance),
        });
    }
    let email = accounts.user(id).map(|user| user.email.clone()).unwrap_or_default();
    if !instance.deviates(Deviation::VerifyStoresNothing) {
        let everybody = instance.deviates(Deviation::VerifyVerifiesEverybody);
        for user in accounts.users_mut().filter(|user| user.id == id || everybody) {
            user.is_verified = true;
            user.updated_at = instance.clock.now();
        }
    }
    drop(accounts);
    Ok(verified(DONE, &instance.address_told(&email)))
}

fn redeem(instance: &Instance, accounts: &mut Accounts, id: u64, guess: &str) -> bool {
    let is_own = accounts.user_mut(id).is_some_and(|user| user.verification.redeem(instance, guess));
    let mut others = accounts.users_mut();
    is_own
        || instance.deviates(Deviation::CodeOfAnybody) && others.any(|user| user.verification.redeem(instance, guess))
}

/// What stands where the code should.
enum Given {
    Nothing,
    /// Null, or nothing but blanks.
    Empty,
    Guess(String),
    Another,
}

impl Given {
    fn of(instance: &Instance, code: Option<&Value>) -> Self {
        match code {
            None => Given::Nothing,
            Some(Value::Null) => Given::Empty,
            Some(Value::String(code)) if code.trim().is_empty() => Given::Empty,
            Some(Value::String(code)) => Given::Guess(code.clone()),
            Some(Value::Number(code)) if instance.deviates(Deviation::NumericCodeAccepted) => {
                Given::Guess(format!("{:0>6}", code.to_string()))
            }
            Some(_) => Given::Another,
        }
    }
}

fn code_required(instance: &Instance) -> Refusal {
    if instance.deviates(Deviation::MissingCodeIsWrong) {
        return wrong_code(instance);
    }
    let in_a_list = instance.deviates(Deviation::MissingCodeInAList);
    refuse(instance, StatusCode::BAD_REQUEST, "code_required", "Verification code is required", in_a_list)
}

fn wrong_code(instance: &Instance) -> Refusal {
    let message = "Invalid or expired verification code. Please request a new code.";
    let status = match instance.deviates(Deviation::WrongCodeIs400) {
        true => StatusCode::BAD_REQUEST,
        false => StatusCode::UNPROCESSABLE_ENTITY,
    };
    let in_a_list = instance.deviates(Deviation::WrongCodeInAList);
    refuse(instance, status, "invalid_or_expired_code", message, in_a_list)
}
