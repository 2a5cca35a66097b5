//! POST /api/auth/login

use super::Deviation;
use super::error::Refusal;
use super::faults::{Faults, wrong_type};
use super::instance::{Account, Instance};
use super::token;
use crate::answer::{answer, labelled};
use crate::body;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::umami::operation;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering;

pub(super) fn route(instance: &Instance) -> MethodRouter<Arc<Instance>> {
    let route = on(method(operation::LOGIN), login);
    if !instance.deviates(Deviation::LoginByAnyMethod) {
        return route;
    }
    route.put(login).patch(login).get(async || ())
}

async fn login(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = body::read(body, &instance.limits).await?;
    let credentials = Credentials::read(&instance, &body)?;
    let account = sign_in(&instance, credentials).await?;
    let token = issue(&instance, account)?;
    let username = match instance.deviates(Deviation::LoginNamesAnotherUser) {
        true => format!("not-{}", account.username),
        false => account.username.clone(),
    };
    let is_first = instance.logins.fetch_add(1, Ordering::Relaxed) == 0;
    let id = Some(account.id.as_str()).filter(|_| is_first || !instance.deviates(Deviation::LaterLoginsWithoutId));
    let created_at = instance.shown_time(account.created_at);
    let login = Login { token: token.expose_secret(), user: LoginUser { id, username, created_at } };
    let mut answer = labelled(answer(&login), instance.deviates(Deviation::LoginLabelledAsText), "text/plain");
    if instance.deviates(Deviation::LoginMayBeCached) {
        answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
    Ok(answer)
}

#[derive(Serialize)]
struct Login<'a> {
    token: &'a str,
    user: LoginUser<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct LoginUser<'a> {
    /// None by a deviation alone.
    id: Option<&'a str>,
    username: String,
    created_at: String,
}

/// The account that the credentials are of.
async fn sign_in(instance: &Instance, credentials: Credentials) -> Result<&Account, Refusal> {
    let account = match &credentials.username {
        Given::Text(username) => instance.account_named(username).or_else(|| as_in_sql(instance, username)),
        Given::Anything => Some(instance.first_account()),
    };
    if account.is_none() && instance.deviates(Deviation::AnyUsername) {
        return Ok(instance.first_account());
    }
    // An unknown user costs a hash as well, so that the time of a refusal does not tell which names exist.
    let right = match credentials.password {
        Given::Text(password) => {
            let matches = instance.is_password_of(account.unwrap_or(instance.first_account()), &password).await;
            let matches = matches.map_err(|error| Refusal::failed("a password could not be hashed", error))?;
            matches || instance.deviates(Deviation::AnyPassword)
        }
        Given::Anything => true,
    };
    match account {
        Some(account) if right => Ok(account),
        None if instance.deviates(Deviation::UnknownUserTold) => Err(Refusal::unknown_user()),
        _ if instance.deviates(Deviation::RefusalHoldsToken) => {
            let token = issue(instance, instance.first_account())?;
            Err(Refusal::incorrect_login().with("token", token.expose_secret()))
        }
        _ => Err(Refusal::incorrect_login()),
    }
}

/// Whom a database would find by a name that is put to it as a pattern, or as part of its question.
fn as_in_sql<'a>(instance: &'a Instance, username: &str) -> Option<&'a Account> {
    let is_pattern = username == "%" && instance.deviates(Deviation::UsernameIsPattern);
    let is_sql = username.contains("' OR '1'='1") && instance.deviates(Deviation::UsernameIsSql);
    (is_pattern || is_sql).then(|| instance.first_account())
}

fn issue(instance: &Instance, account: &Account) -> Result<SecretString, Refusal> {
    token::issue(instance, account).map_err(|error| Refusal::failed("a token could not be signed", error))
}

/// What a login's body holds. Without `Debug`, for the password's sake.
struct Credentials {
    username: Given,
    password: Given,
}

enum Given {
    Text(String),
    /// A deviation takes it for whatever it should have been.
    Anything,
}

impl Credentials {
    fn read(instance: &Instance, body: &[u8]) -> Result<Self, Refusal> {
        let body = body::json(body);
        let Some(Value::Object(body)) = body else {
            return Err(match instance.deviates(Deviation::MalformedBodyCrashes) {
                true => Refusal::server_error(),
                false => Refusal::bad_request(&Faults::of(wrong_type("object", body.as_ref()))),
            });
        };
        let mut faults = Faults::default();
        let username = faults.check("username", USERNAME.read(instance, body.get("username")));
        let password = faults.check("password", PASSWORD.read(instance, body.get("password")));
        match (username, password) {
            (Some(username), Some(password)) => Ok(Self { username, password }),
            _ => Err(Refusal::bad_request(&faults)),
        }
    }
}

/// A member that has to be a text, and the deviations by which something else passes for the right one.
struct Member {
    missing: Deviation,
    empty: Deviation,
    of_another_type: Deviation,
}

const USERNAME: Member = Member {
    missing: Deviation::MissingUsernameAccepted,
    empty: Deviation::MissingUsernameAccepted,
    of_another_type: Deviation::UsernameOfAnyType,
};

const PASSWORD: Member = Member {
    missing: Deviation::MissingPasswordAccepted,
    empty: Deviation::EmptyPasswordAccepted,
    of_another_type: Deviation::PasswordOfAnyType,
};

impl Member {
    fn read(&self, instance: &Instance, value: Option<&Value>) -> Result<Given, String> {
        let passes_by = match value {
            Some(Value::String(text)) if !text.is_empty() => return Ok(Given::Text(text.clone())),
            Some(Value::String(_)) => self.empty,
            None | Some(Value::Null) => self.missing,
            Some(_) => self.of_another_type,
        };
        match value {
            _ if instance.deviates(passes_by) => Ok(Given::Anything),
            Some(Value::String(empty)) => Ok(Given::Text(empty.clone())),
            _ => Err(wrong_type("string", value)),
        }
    }
}
