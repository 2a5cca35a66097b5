//! How a case comes by what it needs of Uptinio: users, their tokens, and those of their projects.

use super::forms::errors;
use super::mailbox;
use super::serving::serves;
use crate::exchange::Response;
use crate::expect;
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use http::StatusCode;
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::{operation, requirement};
use serde_json::{Value, json};

/// An address and its password.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) email: String,
    pub(super) password: String,
}

impl Account {
    /// The user whose address is verified.
    pub(super) fn own(run: &Run) -> Result<Self, Stop> {
        Self::given(run, "email", "password")
    }

    /// The user whose address is not.
    pub(super) fn unverified(run: &Run) -> Result<Self, Stop> {
        Self::given(run, "unverified_email", "unverified_password")
    }

    /// The user of these keys.
    pub(super) fn given(run: &Run, email: &str, password: &str) -> Result<Self, Stop> {
        Ok(Self { email: run.value(email)?.to_owned(), password: run.value(password)?.to_owned() })
    }

    /// Somebody who has not registered yet. What no call removes again is noted as left behind where they do.
    pub(super) fn nobody(run: &Run) -> Self {
        let password = format!("{}-Pw1", run.random_text(20));
        run.mask("NEW_PASSWORD", &password);
        Self { email: format!("{}@example.com", run.own_name()), password }
    }

    /// The registration of this account, by name, address and password. The name is nobody else's either.
    pub(super) fn registration(&self) -> Request {
        let user = json!({
            "email": self.email,
            "name": self.name(),
            "password": self.password,
            "password_confirmation": self.password,
        });
        Request::new(operation::REGISTER).json(json!({ "user": user }))
    }

    /// The name that it registers by.
    pub(super) fn name(&self) -> &str {
        self.email.split('@').next().unwrap_or_default()
    }

    /// Its sign-in.
    pub(super) fn sign_in(&self) -> Request {
        let user = json!({ "email": self.email, "password": self.password });
        Request::new(operation::SIGN_IN).json(json!({ "user": user }))
    }
}

/// What a sign-in gave.
#[derive(Clone)]
pub(super) struct Session {
    pub(super) account: Account,
    pub(super) token: String,
    pub(super) id: Value,
    /// The user's name, as it was told.
    pub(super) name: Value,
}

/// A sign-in that was seen to give a token, for the same with a fault.
pub(super) async fn proper_sign_in<'r>(run: &'r Run, account: &Account) -> Result<Control<'r>, Stop> {
    not_refused(run, account)?;
    let sign_in = match configured(run, account) {
        Some(_) => account.sign_in(),
        None => account.sign_in().to_succeed_by(requirement::REGISTER_CREATES_THE_USER),
    };
    let evidence = expect::text("/user/authentication_token");
    let control = run.control(requirement::SIGN_IN_USER_TOKEN, sign_in, evidence).await;
    if control.is_err() {
        remember_refusal(run, account);
    }
    control
}

/// Signs in, to come by a token that serves its user.
pub(super) async fn session(run: &Run, account: &Account) -> Result<Session, Stop> {
    let session = fresh_session(run, account).await?;
    serves(run, &session.token).await?;
    Ok(session)
}

/// Signs in, to come by a token of which nothing is known yet: for a case that is about what it is good for.
pub(super) async fn fresh_session(run: &Run, account: &Account) -> Result<Session, Stop> {
    not_refused(run, account)?;
    let sign_in = account.sign_in();
    let answer = run.arrange(async || run.send("sign in", &sign_in).await).await?.response();
    if let Some(session) = session_of(&answer, account) {
        return Ok(session);
    }
    if answer.status.is_client_error() && answer.status != StatusCode::TOO_MANY_REQUESTS {
        remember_refusal(run, account);
    }
    let rests_on = match answer.status.is_success() {
        true => requirement::SIGN_IN_USER_TOKEN,
        false if configured(run, account).is_none() => requirement::REGISTER_CREATES_THE_USER,
        false => requirement::SIGN_IN_ANSWERS,
    };
    let reason = format!("signing in gave no token: {}", answer.summary());
    Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) })
}

/// What the answer to a sign-in gives.
pub(super) fn session_of(answer: &Response, account: &Account) -> Option<Session> {
    let token = answer.text_at("/user/authentication_token").filter(|token| !token.is_empty())?;
    let told = |pointer| answer.json().and_then(|json| json.pointer(pointer)).cloned().unwrap_or_default();
    Some(Session { account: account.clone(), token: token.to_owned(), id: told("/user/id"), name: told("/user/name") })
}

/// Stops where the credentials that the configuration gives were refused before: were each case to try them again, the
/// address would be held off, for whoever signs in by it besides.
fn not_refused(run: &Run, account: &Account) -> Result<(), Stop> {
    let Some(key) = configured(run, account) else { return Ok(()) };
    match run.way(key) {
        Some(_) => {
            let reason = format!("the credentials of `{key}` were refused before, and are not tried again");
            Err(Stop::Inconclusive { reason, rests_on: Some(requirement::SIGN_IN_ANSWERS) })
        }
        None => Ok(()),
    }
}

fn remember_refusal(run: &Run, account: &Account) {
    if let Some(key) = configured(run, account) {
        run.found_way(key, "refused");
    }
}

/// The key that gives the account's address, if it is one of the configuration's.
fn configured(run: &Run, account: &Account) -> Option<&'static str> {
    ["email", "unverified_email"].into_iter().find(|key| run.value(key).is_ok_and(|email| email == account.email))
}

/// Registers somebody new, to come by a user of the case's own.
pub(super) async fn newcomer(run: &Run) -> Result<Account, Stop> {
    let account = Account::nobody(run);
    register(run, &account).await?;
    Ok(account)
}

/// Registers this account.
pub(super) async fn register(run: &Run, account: &Account) -> Result<(), Stop> {
    register_as(run, account, requirement::REGISTER_ANSWERS).await
}

/// Registers this account, which `rests_on` says is possible.
pub(super) async fn register_as(run: &Run, account: &Account, rests_on: &'static Requirement) -> Result<(), Stop> {
    run.leave_behind(format!("the user {}", account.email))?;
    let registration = account.registration();
    let answer = run.arrange(async || run.send("register", &registration).await).await?.response();
    if answer.status.is_success() {
        return Ok(());
    }
    let reason = format!("registering came to nothing: {}", answer.summary());
    Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) })
}

/// Registers somebody new and signs them in: a session whose address is not verified.
pub(super) async fn unverified_newcomer(run: &Run) -> Result<Session, Stop> {
    let account = newcomer(run).await?;
    session(run, &account).await
}

/// The same, with the code that the registration had sent.
pub(super) async fn newcomer_with_code(run: &Run) -> Result<(Session, String), Stop> {
    let account = newcomer(run).await?;
    let code = mailbox::arrived(run, &account.email, None).await?;
    Ok((session(run, &account).await?, code))
}

/// The same, verified by that code.
pub(super) async fn verified_newcomer(run: &Run) -> Result<Session, Stop> {
    let (session, code) = newcomer_with_code(run).await?;
    let verify = verify(&session.token, &code);
    let answer = run.arrange(async || run.send("verify the address", &verify).await).await?.response();
    if !answer.status.is_success() {
        let reason = format!("verifying the address came to nothing: {}", answer.summary());
        return Err(Stop::Inconclusive { reason, rests_on: Some(requirement::VERIFY_EMAIL_ANSWERS) });
    }
    took_effect(run, &session).await?;
    Ok(session)
}

/// Sees to it that an address is verified by the code that was taken for it.
pub(super) async fn took_effect(run: &Run, session: &Session) -> Result<(), Stop> {
    if is_verified(run, session).await? == Some(false) {
        let reason = "the address is still called unverified once its code was taken".to_owned();
        return Err(Stop::Inconclusive { reason, rests_on: Some(requirement::VERIFY_EMAIL_VERIFIES) });
    }
    Ok(())
}

/// Verifies an address by a code.
pub(super) fn verify(token: &str, code: &str) -> Request {
    Request::new(operation::VERIFY_EMAIL).bearer(token).json(json!({ "code": code }))
}

/// Asks for another code.
pub(super) fn resend(token: &str) -> Request {
    Request::new(operation::RESEND_CODE).bearer(token)
}

/// Sees to it that what answers is Uptinio, for a case whose own answers have no form that would show it: asked about no
/// token, it says so in the document's form.
pub(super) async fn is_there(run: &Run) -> Result<(), Stop> {
    const WHAT: &str = "seeing that it is Uptinio that answers";
    if run.way(WHAT).is_some() {
        return Ok(());
    }
    let nothing = Request::new(operation::VALIDATE);
    let answer = run.arrange(async || run.send("about no token", &nothing).await).await?.response();
    if errors(&answer).is_none() {
        let reason = format!("asked about no token, it does not answer as Uptinio: {}", answer.summary());
        return Err(Stop::Inconclusive { reason, rests_on: Some(requirement::VALIDATE_MISSING_ERRORS) });
    }
    run.found_way(WHAT, operation::VALIDATE.path);
    Ok(())
}

/// Asks whether a token is good.
pub(super) fn validate(token: &str) -> Request {
    Request::new(operation::VALIDATE).bearer(token)
}

/// Whether an address is verified, as validating its user's token tells it.
pub(super) async fn is_verified(run: &Run, session: &Session) -> Result<Option<bool>, Stop> {
    let validate = validate(&session.token);
    let answer = run.arrange(async || run.send("whether the address is verified", &validate).await).await?.response();
    match answer.text_at("/user/email") {
        Some(email) if !email.eq_ignore_ascii_case(&session.account.email) => {
            let reason = "the token is called another user's than the one who signed in for it".to_owned();
            Err(Stop::Inconclusive { reason, rests_on: Some(requirement::TOKEN_NAMES_ITS_OWN_USER) })
        }
        _ => Ok(answer.json().and_then(|json| json.pointer("/user/email_verified")).and_then(Value::as_bool)),
    }
}

/// The token of the project that a user works in: of the two calls that tell one, the first that does.
pub(super) async fn project_token(run: &Run, user_token: &str) -> Result<String, Stop> {
    for operation in [operation::CURRENT_PROJECT_API_TOKEN, operation::PROJECT_API_TOKENS] {
        let ask = Request::new(operation).bearer(user_token);
        let answer = run.arrange(async || run.send("the project's token", &ask).await).await?.response();
        if let Some(token) = answer.json().and_then(|json| tokens_in(json).into_iter().next()) {
            run.mask("PROJECTS_OWN_TOKEN", &token);
            return Ok(token);
        }
    }
    Err(Stop::Skip("no project's token is in what the two calls for it answer".to_owned()))
}

/// The first text, at any depth, under one of the names that users' tokens have.
pub(super) fn user_token_in(json: &Value) -> Option<&str> {
    match json {
        Value::Object(members) => ["authentication_token", "token", "access_token"]
            .iter()
            .find_map(|name| members.get(*name)?.as_str())
            .or_else(|| members.values().find_map(user_token_in)),
        Value::Array(items) => items.iter().find_map(user_token_in),
        _ => None,
    }
}

/// The texts under `api_token` or `token`, at any depth.
pub(super) fn tokens_in(json: &Value) -> Vec<String> {
    match json {
        Value::Object(members) => {
            let own = ["api_token", "token"].into_iter().filter_map(|name| members.get(name)?.as_str());
            let own: Vec<_> = own.map(str::to_owned).collect();
            own.into_iter().chain(members.values().flat_map(tokens_in)).collect()
        }
        Value::Array(items) => items.iter().flat_map(tokens_in).collect(),
        _ => Vec::new(),
    }
}
