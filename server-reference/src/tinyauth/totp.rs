//! POST /api/totp

use super::caller::by_password;
use super::error::Refusal;
use super::instance::{Account, Instance};
use super::login::logged_in;
use super::request::{Given, object};
use super::session::{self, Holder, Presented, presented};
use super::totp_secret::STEP;
use super::{Deviation, authorization};
use crate::answer::answer;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::tinyauth::operation;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    let route = on(method(operation::TOTP), verify);
    if !instance.deviates(Deviation::CodeByAnyMethod) {
        return route;
    }
    route.put(verify).patch(verify).get(async || ()).delete(async || ())
}

async fn verify(State(instance): State<Arc<Instance>>, headers: HeaderMap, body: Body) -> Result<Response, Refusal> {
    let body = object(&instance, body, Deviation::MalformedCodeCrashes).await?;
    let code = Code::read(&instance, Given::of(body.get("code")))?;
    let account = waiting(&instance, &headers, &code).await?;
    check(&instance, &headers, account, &code)?;
    let mut answer = answer(&json!({"status": 200, "message": logged_in(&instance)}));
    if !instance.deviates(Deviation::TotpSetsNoSession) {
        let holder = Holder::User(by_password(&instance, account));
        answer.headers_mut().append(header::SET_COOKIE, session::begin(&instance, &headers, holder)?);
    }
    Ok(answer)
}

/// Without `Debug`: it is a secret while it counts.
enum Code {
    Text(String),
    /// A deviation takes it for the right one.
    Right,
}

impl Code {
    fn read(instance: &Instance, given: Given<'_>) -> Result<Self, Refusal> {
        match given {
            Given::Text("") | Given::Missing if instance.deviates(Deviation::EmptyCodeAccepted) => Ok(Self::Right),
            Given::Text(code) => Ok(Self::Text(code.to_owned())),
            Given::Missing => Ok(Self::Text(String::new())),
            Given::Another(code) if code.is_number() && instance.deviates(Deviation::NumericCodeAccepted) => {
                Ok(Self::Text(format!("{:0>6}", code.to_string())))
            }
            Given::Another(_) => Err(Refusal::bad_request()),
        }
    }
}

/// The account whose login waits for a code.
async fn waiting<'a>(instance: &'a Instance, headers: &HeaderMap, code: &Code) -> Result<&'a Account, Refusal> {
    if let Presented::Held(Holder::Pending(name)) = presented(instance, headers)?
        && let Some(account) = instance.account_named(&name)
    {
        return Ok(account);
    }
    if instance.deviates(Deviation::CodeWithBasic)
        && let Some(account) = authorization::basic(instance, headers).await?
    {
        return Ok(account);
    }
    if instance.deviates(Deviation::CodeAloneLogsIn)
        && let Some(account) = instance.accounts.iter().find(|account| step(instance, account, code).is_some())
    {
        return Ok(account);
    }
    Err(match instance.deviates(Deviation::CodeWithoutLoginCrashes) {
        true => Refusal::server_error(),
        false => Refusal::unauthorized(),
    })
}

/// Whether a code is the account's, is of the moment, and was not used before.
fn check(instance: &Instance, headers: &HeaderMap, account: &Account, code: &Code) -> Result<(), Refusal> {
    let is_limited = !instance.deviates(Deviation::CodesUnlimited);
    let (now, held_off) = (instance.clock.now(), |wait| Refusal::held_off("TOTP", wait));
    if is_limited {
        instance.codes.may_try(&account.name, now, Default::default()).map_err(held_off)?;
    }
    let is_right = passes(instance, account, code);
    if is_limited {
        instance.codes.ended(&account.name, is_right, now, Default::default()).map_err(held_off)?;
    }
    if is_right {
        return Ok(());
    }
    let refusal = match instance.deviates(Deviation::RefusedCodeIs400) {
        true => Refusal::bad_request(),
        false => Refusal::unauthorized(),
    };
    if !instance.deviates(Deviation::RefusedCodeSetsSession) {
        return Err(refusal);
    }
    let holder = Holder::User(by_password(instance, account));
    Err(refusal.with(header::SET_COOKIE, session::begin(instance, headers, holder)?))
}

fn passes(instance: &Instance, account: &Account, code: &Code) -> bool {
    let step = match code {
        Code::Right => return true,
        Code::Text(code) if instance.deviates(Deviation::AnyCode) => return is_six_digits(code),
        Code::Text(_) => step(instance, account, code),
    };
    let Some(step) = step else { return false };
    // Longer than any code counts, in a server that departs in that too.
    let lifetime = Duration::from_secs(2 * 60 * 60 + 2 * STEP);
    let was_used = instance.used_codes.alive(instance.clock.now()).insert((account.name.clone(), step), (), lifetime);
    was_used.is_none() || instance.deviates(Deviation::CodeCountsTwice)
}

/// The step that a code is of, if the account's code counts: of the moment, or of one step to each side
/// (RFC 6238 §5.2).
fn step(instance: &Instance, account: &Account, code: &Code) -> Option<u64> {
    let (Code::Text(code), Some(secret)) = (code, &account.totp) else { return None };
    let skew = if instance.deviates(Deviation::CodeWindowOfAnHour) { 60 * 60 / STEP } else { 1 };
    secret.codes(u16::try_from(skew).ok()?).check(code, instance.clock.seconds())
}

fn is_six_digits(code: &str) -> bool {
    code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit())
}
