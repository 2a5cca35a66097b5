//! POST /api/v1/auth/sign_in

use super::Deviation;
use super::error::{Form, Refusal};
use super::instance::Instance;
use super::request::Object;
use super::token::Digest;
use crate::answer::answer;
use crate::routing::method;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{MethodRouter, on};
use probity_fixtures::uptinio::operation;
use secrecy::ExposeSecret as _;
use serde_json::{Map, Value, json};
use std::sync::Arc;

pub(super) fn route() -> MethodRouter<Arc<Instance>> {
    on(method(operation::SIGN_IN), sign_in)
}

async fn sign_in(State(instance): State<Arc<Instance>>, body: Body) -> Result<Response, Refusal> {
    let body = Object::read(&instance, body, Form::Errors).await?;
    let sent = body.within("user", Form::Errors)?;
    let (email, password) = (EMAIL.read(&instance, sent)?, PASSWORD.read(&instance, sent)?);
    let address = Digest::of(&email.text().to_ascii_lowercase());
    // Counted before it is known to fail: many guesses at once are no more than many one after the other.
    instance.sign_ins.begin(&instance, address).map_err(Refusal::rate_limited)?;
    let user = user_of(&instance, email, password).await?;
    instance.sign_ins.succeeded(&instance, address);
    let echoed = sent.get("password").filter(|_| instance.deviates(Deviation::PasswordsEchoed));
    signed_in(&instance, user, echoed)
}

/// The user whose address and password these are. An address that nobody has takes as long to find out.
async fn user_of(instance: &Instance, email: Given<'_>, password: Given<'_>) -> Result<u64, Refusal> {
    let first = instance.accounts().first_user().map(|user| user.id);
    let Given::Text(email) = email else { return first.ok_or_else(refusal) };
    let known =
        instance.accounts().user_with_email(email).map(|user| (user.id, user.password.clone(), user.may_sign_in()));
    let (user, hash) = match known {
        Some((id, hash, true)) => (Some(id), hash),
        _ => (None, None),
    };
    if user.is_none() && !email.is_empty() {
        if instance.deviates(Deviation::AnyEmail) {
            return first.ok_or_else(refusal);
        }
        if instance.deviates(Deviation::UnknownAddressTold) {
            return Err(Refusal::errors(StatusCode::NOT_FOUND, &["There is no user of that address"]));
        }
    }
    let has_password = hash.is_some();
    let hash = hash.unwrap_or_else(|| Arc::clone(&instance.nobodys));
    let is_right = match password {
        Given::Text(password) => instance.is_password(&hash, password).await?,
        Given::Anything => true,
    };
    match user.filter(|_| has_password && is_right) {
        Some(user) if is_shut_out(instance, user) => Err(refusal()),
        Some(user) => Ok(user),
        None => Err(refuse(instance, user)?),
    }
}

fn is_shut_out(instance: &Instance, user: u64) -> bool {
    let is_verified = instance.accounts().user(user).is_some_and(|user| user.is_verified);
    !is_verified && instance.deviates(Deviation::SignInWantsVerifiedAddress)
}

fn refusal() -> Refusal {
    Refusal::no_user("Invalid email or password")
}

fn refuse(instance: &Instance, user: Option<u64>) -> Result<Refusal, Refusal> {
    let user = user.or_else(|| instance.accounts().first_user().map(|user| user.id));
    let Some(user) = user.filter(|_| instance.deviates(Deviation::RefusedSignInHoldsToken)) else {
        return Ok(refusal());
    };
    let token = issue(instance, user)?;
    let body = json!({"errors": ["Invalid email or password"], "authentication_token": token});
    Ok(Refusal::new(StatusCode::UNAUTHORIZED, body))
}

/// The answer to a user who has just signed in, with a new token.
pub(super) fn signed_in(instance: &Instance, id: u64, echoed: Option<&Value>) -> Result<Response, Refusal> {
    let token = issue(instance, id)?;
    let told_id = match instance.deviates(Deviation::SignInIdCountsUp) {
        true => 1_000_000 + instance.accounts().number(),
        false => id,
    };
    let email = instance.accounts().user(id).map(|user| user.email.clone()).unwrap_or_default();
    let email = instance.address_told(&email);
    let accounts = instance.accounts();
    let user = accounts.user(id).ok_or_else(refusal)?;
    let name = if instance.deviates(Deviation::SignInCallsEverybodyUser) { "User" } else { &user.name };
    let mut told = json!({
        "id": told_id,
        "email": email,
        "name": name,
        "email_verified": instance.verified_told(user),
        "authentication_token": token,
    });
    if let Some(password) = echoed {
        told["password"] = password.clone();
    }
    instance.tell_hash(&mut told, Some(user));
    Ok(answer(&json!({"message": "Signed in successfully", "user": told})))
}

fn issue(instance: &Instance, user: u64) -> Result<String, Refusal> {
    let token = instance.user_tokens.issue(instance, user);
    let token = token.map_err(|error| Refusal::failed(Form::Errors, "a token could not be made", error))?;
    Ok(token.expose_secret().to_owned())
}

#[derive(Clone, Copy)]
enum Given<'a> {
    Text(&'a str),
    /// A deviation takes it for whatever it should have been.
    Anything,
}

impl<'a> Given<'a> {
    fn text(self) -> &'a str {
        match self {
            Given::Text(text) => text,
            Given::Anything => "",
        }
    }
}

/// A member that has to be a text, and the deviations by which something else passes for the right one. What is missing
/// counts as empty.
struct Member {
    name: &'static str,
    missing: Deviation,
    empty: Deviation,
    any_text: Option<Deviation>,
}

const EMAIL: Member = Member {
    name: "email",
    missing: Deviation::MissingEmailAccepted,
    empty: Deviation::MissingEmailAccepted,
    any_text: None,
};

const PASSWORD: Member = Member {
    name: "password",
    missing: Deviation::MissingPasswordAccepted,
    empty: Deviation::EmptyPasswordAccepted,
    any_text: Some(Deviation::AnyPassword),
};

impl Member {
    fn read<'a>(&self, instance: &Instance, sent: &'a Map<String, Value>) -> Result<Given<'a>, Refusal> {
        let (text, passes_by) = match sent.get(self.name) {
            Some(Value::String(text)) if text.is_empty() => (Some(text.as_str()), Some(self.empty)),
            Some(Value::String(text)) => (Some(text.as_str()), self.any_text),
            None | Some(Value::Null) => (Some(""), Some(self.missing)),
            Some(_) => (None, Some(Deviation::SignInTypesUnchecked)),
        };
        if passes_by.is_some_and(|deviation| instance.deviates(deviation)) {
            return Ok(Given::Anything);
        }
        let error = || Refusal::errors(StatusCode::BAD_REQUEST, &[&format!("{} has to be a text", self.name)]);
        text.map(Given::Text).ok_or_else(error)
    }
}
