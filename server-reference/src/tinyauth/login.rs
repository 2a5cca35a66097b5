//! POST /api/login

use super::caller::by_password;
use super::error::Refusal;
use super::instance::{Account, Instance};
use super::request::{Given, object};
use super::session::{self, Holder};
use super::{Deviation, told};
use crate::answer::answer;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::tinyauth::operation;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    let route = on(method(operation::LOGIN), login);
    if !instance.deviates(Deviation::LoginByAnyMethod) {
        return route;
    }
    route.put(login).patch(login).get(async || ()).delete(async || ())
}

async fn login(State(instance): State<Arc<Instance>>, headers: HeaderMap, body: Body) -> Result<Response, Refusal> {
    let body = object(&instance, body, Deviation::MalformedLoginCrashes).await?;
    let account = sign_in(&instance, &headers, &body).await?;
    let is_pending = account.totp.is_some() && !instance.deviates(Deviation::TotpSkipped);
    let (message, holder) = match is_pending {
        true => ("Waiting for totp", Holder::Pending(account.name.clone())),
        false => (logged_in(&instance), Holder::User(by_password(&instance, account))),
    };
    let mut said = json!({"status": 200, "message": message});
    if is_pending || !instance.deviates(Deviation::TotpPendingLeftOut) {
        said["totpPending"] = told(&instance, is_pending);
    }
    let mut answer = answer(&said);
    if !instance.deviates(Deviation::LoginSetsNoSession) {
        answer.headers_mut().append(header::SET_COOKIE, session::begin(&instance, &headers, holder)?);
    }
    Ok(answer)
}

/// The message of a login, by password or by code.
pub(super) fn logged_in(instance: &Instance) -> &'static str {
    match instance.deviates(Deviation::LoginSaysLoginSuccessful) {
        true => "Login successful",
        false => "Logged in",
    }
}

/// The account that the credentials in a body are of.
async fn sign_in<'a>(
    instance: &'a Instance,
    headers: &HeaderMap,
    body: &Map<String, Value>,
) -> Result<&'a Account, Refusal> {
    let is_username_only = instance.deviates(Deviation::LoginByUsernameOnly);
    let name = body.get("email").filter(|name| !name.is_null() && !is_username_only).or(body.get("username"));
    let name = NAME.read(instance, name)?;
    let password = PASSWORD.read(instance, body.get("password"))?;
    let account = match name {
        Taken::Text(name) => instance.account_called(name),
        Taken::Anything => Some(instance.first_account()),
    };
    let name = &instance.counted_as(match name {
        Taken::Text(name) => name,
        Taken::Anything => &instance.first_account().name,
    });
    let held_off = |wait| Refusal::held_off("login", wait);
    instance.logins.may_try(name, instance.clock.now(), instance.laxity()).map_err(held_off)?;
    if account.is_none() && !name.is_empty() && instance.deviates(Deviation::AnyUsername) {
        return Ok(instance.first_account());
    }
    let is_right = match password {
        Taken::Text(password) => {
            let is_right = instance.is_password_of(account, password.to_owned()).await?;
            is_right || account.is_some() && !password.is_empty() && instance.deviates(Deviation::AnyPassword)
        }
        Taken::Anything => account.is_some(),
    };
    instance.logins.ended(name, is_right, instance.clock.now(), instance.laxity()).map_err(held_off)?;
    match account {
        Some(account) if is_right => Ok(account),
        account => Err(refuse(instance, headers, account)?),
    }
}

/// The refusal of a wrong password, or of a name that nobody has.
fn refuse(instance: &Instance, headers: &HeaderMap, account: Option<&Account>) -> Result<Refusal, Refusal> {
    let refusal = if account.is_none() && instance.deviates(Deviation::UnknownUserTold) {
        Refusal::new(StatusCode::NOT_FOUND, "There is no user of that name")
    } else if instance.deviates(Deviation::RefusedLoginIs400) {
        Refusal::bad_request()
    } else {
        Refusal::unauthorized()
    };
    match account.filter(|_| instance.deviates(Deviation::RefusedLoginSetsSession)) {
        Some(account) => {
            let holder = Holder::User(by_password(instance, account));
            Ok(refusal.with(header::SET_COOKIE, session::begin(instance, headers, holder)?))
        }
        None => Ok(refusal),
    }
}

#[derive(Clone, Copy)]
enum Taken<'a> {
    Text(&'a str),
    /// A deviation takes it for whatever it should have been.
    Anything,
}

/// A member that has to be a text, and the deviations by which something else passes for the right one. What is missing
/// counts as empty, as it does with Tinyauth.
struct Member {
    missing: Deviation,
    empty: Deviation,
    of_another_type: Deviation,
}

const NAME: Member = Member {
    missing: Deviation::MissingNameAccepted,
    empty: Deviation::MissingNameAccepted,
    of_another_type: Deviation::NameOfAnyType,
};

const PASSWORD: Member = Member {
    missing: Deviation::MissingPasswordAccepted,
    empty: Deviation::EmptyPasswordAccepted,
    of_another_type: Deviation::PasswordOfAnyType,
};

impl Member {
    fn read<'a>(&self, instance: &Instance, value: Option<&'a Value>) -> Result<Taken<'a>, Refusal> {
        let given = Given::of(value);
        let passes_by = match given {
            Given::Text(text) if !text.is_empty() => return Ok(Taken::Text(text)),
            Given::Text(_) => self.empty,
            Given::Missing => self.missing,
            Given::Another(_) => self.of_another_type,
        };
        match given {
            _ if instance.deviates(passes_by) => Ok(Taken::Anything),
            Given::Another(_) => Err(Refusal::bad_request()),
            Given::Text(_) | Given::Missing => Ok(Taken::Text("")),
        }
    }
}
