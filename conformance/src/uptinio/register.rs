//! `POST /api/v1/users`

mod fields;
mod refusals;

pub(super) use fields::no_addresses;
pub(super) use refusals::{form_of_errors, has_errors, noticed};

use super::MAILBOX;
use super::account::{Account, is_there, newcomer, project_token, proper_sign_in, session, verify};
use super::mailbox;
use super::passwords::tells_no_password;
use crate::case::{Case, Effect, case, shape_case};
use crate::expect::{Expect, succeeds, text, that, value};
use crate::request::Request;
use crate::run::{Control, Refused, Run, Stop};
use http::StatusCode;
use http::header::CONTENT_TYPE;
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use serde_json::{Value, json};
use url::form_urlencoded;

pub(super) fn cases() -> Vec<Case> {
    let answers = [
        shape_case(operation::REGISTER, async |run| Ok(noted(run)?.registration())),
        names_its_user(),
        password_not_told(),
        creates_the_user(),
        unverified(),
        sends_a_code().needs(MAILBOX),
        no_mass_assignment(),
        unknown_members(),
        flat(),
        content_types(),
        first_website_monitored().needs(MAILBOX),
    ];
    let cases = answers.into_iter().chain(fields::cases()).chain(refusals::cases());
    cases.map(|case| case.effect(Effect::Permanent)).collect()
}

// ── how registrations are sent ────────────────────────────────────────────────────────────────────────────────────

/// Somebody who has not registered yet, and is noted as left behind.
pub(super) fn noted(run: &Run) -> Result<Account, Stop> {
    let account = Account::nobody(run);
    run.leave_behind(format!("the user {}", account.email))?;
    Ok(account)
}

/// A registration that was seen to succeed, for others' with a fault; and whose it is.
async fn proper_registration(run: &Run) -> Result<(Account, Control<'_>), Stop> {
    let account = noted(run)?;
    let control = run.control(REGISTER_USER_EMAIL, account.registration(), text("/user/email")).await?;
    Ok((account, control))
}

/// Sends a registration with a fault, which is another person's lest it be refused for an address that is taken. Whom it
/// registers all the same is noted as left behind.
pub(super) async fn faulty<'r>(
    run: &Run,
    proper: &Control<'r>,
    label: &str,
    registration: Request,
) -> Result<Refused<'r>, Stop> {
    let refusal = proper.fault(label, |_| registration).await?;
    let response = refusal.response();
    if response.status.is_success() {
        run.leave_behind(format!("the user {}", response.text_at("/user/email").unwrap_or("without an address")))?;
    }
    Ok(refusal)
}

/// Observes what becomes of another person's registration in another form.
pub(super) async fn observe_variant(
    run: &Run,
    open: &'static Requirement,
    label: &str,
    registration: Request,
) -> Result<(), Stop> {
    is_there(run).await?;
    let answer = run.send(label, &registration).await?.response();
    let came_to = match answer.status.is_success() {
        true => answer.status.to_string(),
        false => answer.summary(),
    };
    run.observe(open, format!("{label}: {came_to}"));
    Ok(())
}

// ── what a registration answers and does ──────────────────────────────────────────────────────────────────────────

fn names_its_user() -> Case {
    let says = "The answer to a registration is about the user who registered";
    let covers = &[REGISTER_NAMES_ITS_USER, REGISTER_SUCCESS_STATUS, REGISTER_FURTHER_MEMBERS];
    case("uptinio.register.own-user", says, covers, async |run| {
        let (account, proper) = proper_registration(run).await?;
        let name = account.registration().json_at("/user/name").cloned().unwrap_or_default();
        proper
            .answer()
            .holds(REGISTER_NAMES_ITS_USER, value("/user/email", account.email))
            .holds(REGISTER_NAMES_ITS_USER, value("/user/name", name));
        let response = proper.answer().response();
        run.observe(REGISTER_SUCCESS_STATUS, response.status.to_string());
        let beside = response.members_beside("", &["message", "user"]);
        let in_user = response.members_beside("/user", &["email", "name", "created_at", "updated_at"]);
        run.observe(REGISTER_FURTHER_MEMBERS, format!("{beside}; in `user`: {in_user}"));
        Ok(())
    })
}

fn password_not_told() -> Case {
    let says = "The answer to a registration tells neither the password nor a hash of it";
    case("uptinio.register.password-not-told", says, &[REGISTER_PASSWORD_NOT_TOLD], async |run| {
        let (account, proper) = proper_registration(run).await?;
        proper.answer().holds(REGISTER_PASSWORD_NOT_TOLD, tells_no_password(Some(&account.password)));
        Ok(())
    })
}

fn creates_the_user() -> Case {
    let says = "Who has registered signs in with that address and password, and so does another of the same name";
    let covers = &[REGISTER_CREATES_THE_USER, REGISTER_CAN_BE_REPEATED_FOR_OTHERS];
    case("uptinio.register.creates-the-user", says, covers, async |run| {
        let (account, _) = proper_registration(run).await?;
        let sign_in = run.send("sign in as the new user", &account.sign_in()).await?;
        sign_in.holds(REGISTER_CREATES_THE_USER, text("/user/authentication_token"));
        let name = account.registration().json_at("/user/name").cloned().unwrap_or_default();
        let another = Account { password: account.password, ..noted(run)? };
        let registration = another.registration().set("/user/name", name);
        let answer = run.send("another address with the same name and password", &registration).await?;
        answer.holds(REGISTER_CAN_BE_REPEATED_FOR_OTHERS, succeeds());
        Ok(())
    })
}

fn unverified() -> Case {
    let says = "Who has just registered is not verified";
    case("uptinio.register.unverified", says, &[REGISTER_UNVERIFIED], async |run| {
        let sign_in = proper_sign_in(run, &newcomer(run).await?).await?;
        sign_in.answer().holds(REGISTER_UNVERIFIED, is_unverified());
        Ok(())
    })
}

fn is_unverified() -> Expect {
    value("/user/email_verified", false)
}

fn sends_a_code() -> Case {
    let says = "A registration by itself has a code sent to the address";
    case("uptinio.register.sends-a-code", says, &[REGISTER_SENDS_A_CODE], async |run| {
        let (account, proper) = proper_registration(run).await?;
        let code = mailbox::arrived(run, &account.email, None).await;
        proper.answer().holds(REGISTER_SENDS_A_CODE, comes(code)?);
        Ok(())
    })
}

/// A code that was waited for.
fn comes(waited_for: Result<String, Stop>) -> Result<Expect, Stop> {
    let outcome = match waited_for {
        Ok(_) => Ok(()),
        Err(Stop::Inconclusive { reason, rests_on: Some(_) }) => Err(reason),
        Err(stop) => return Err(stop),
    };
    Ok(that("a code at the address that registered", move |_| outcome.clone()))
}

fn no_mass_assignment() -> Case {
    let says = "Fields that are not the applicant's to set change nothing: the new user is as unverified as any";
    case("uptinio.register.no-mass-assignment", says, &[REGISTER_NO_MASS_ASSIGNMENT], async |run| {
        let plain = proper_sign_in(run, &newcomer(run).await?).await?;
        if let Err(told) = (is_unverified().test)(&plain.answer().response()) {
            let reason = format!("a new user of no such fields is not called unverified: {told}");
            return Err(Stop::Inconclusive { reason, rests_on: Some(REGISTER_UNVERIFIED) });
        }
        let account = noted(run)?;
        let not_theirs = [
            ("id", json!(1)),
            ("admin", json!(true)),
            ("role", json!("admin")),
            ("email_verified", json!(true)),
            ("verified", json!(true)),
            ("confirmed_at", json!("2024-01-01T00:00:00Z")),
        ];
        let registration = not_theirs.into_iter().fold(account.registration(), |registration, (name, value)| {
            registration.set(&format!("/user/{name}"), value)
        });
        let answer = run.send("with fields that are not the applicant's to set", &registration).await?;
        if answer.response().status.is_client_error() {
            answer.holds(REGISTER_NO_MASS_ASSIGNMENT, that("a refusal, or a user as others are", |_| Ok(())));
            return Ok(());
        }
        let sign_in = proper_sign_in(run, &account).await?;
        sign_in.answer().holds(REGISTER_NO_MASS_ASSIGNMENT, is_unverified());
        Ok(())
    })
}

// ── what a registration may be like ───────────────────────────────────────────────────────────────────────────────

fn unknown_members() -> Case {
    let says = "Whether a registration may hold a field that the document does not name";
    case("uptinio.register.unknown-members", says, &[REGISTER_UNKNOWN_MEMBERS], async |run| {
        let registration = noted(run)?.registration().set("/user/nickname", "Probity");
        observe_variant(run, REGISTER_UNKNOWN_MEMBERS, "with a further field", registration).await
    })
}

fn flat() -> Case {
    let says = "What becomes of a registration whose fields stand outside of `user`";
    case("uptinio.register.flat", says, &[REGISTER_FLAT], async |run| {
        let registration = noted(run)?.registration();
        let fields = registration.json_at("/user").cloned().unwrap_or_default();
        observe_variant(run, REGISTER_FLAT, "at the top level", registration.json(fields)).await
    })
}

fn content_types() -> Case {
    let says = "Which labels a registration may have";
    case("uptinio.register.content-types", says, &[REGISTER_REQUEST_CONTENT_TYPE], async |run| {
        let as_text = noted(run)?.registration().header(CONTENT_TYPE, "text/plain");
        let bare = noted(run)?.registration().without_header(&CONTENT_TYPE);
        let form = as_form(&noted(run)?.registration());
        for (label, registration) in [("as text/plain", as_text), ("without a Content-Type", bare), ("as a form", form)]
        {
            observe_variant(run, REGISTER_REQUEST_CONTENT_TYPE, label, registration).await?;
        }
        Ok(())
    })
}

/// The same registration as a browser's form.
fn as_form(registration: &Request) -> Request {
    let fields = registration.json_at("/user").and_then(Value::as_object).into_iter().flatten();
    let fields = fields.map(|(name, value)| (format!("user[{name}]"), value.as_str().unwrap_or_default()));
    let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    registration.clone().header(CONTENT_TYPE, "application/x-www-form-urlencoded").body(form)
}

fn first_website_monitored() -> Case {
    let says = "Whether `first_website` is monitored, before and after the address is verified";
    case("uptinio.register.first-website-monitored", says, &[REGISTER_FIRST_WEBSITE_MONITORED], async |run| {
        let account = noted(run)?;
        let website = format!("https://{}.example.com", run.own_name());
        let registration = account.registration().set("/user/first_website", website.as_str());
        let answer = run.arrange(async || run.send("register with a website", &registration).await).await?.response();
        if !answer.status.is_success() {
            let reason = format!("registering with a website came to nothing: {}", answer.summary());
            let rests_on = match answer.status {
                StatusCode::UNPROCESSABLE_ENTITY => REGISTER_FIRST_WEBSITE_ACCEPTED,
                _ => REGISTER_ANSWERS,
            };
            return Err(Stop::Inconclusive { reason, rests_on: Some(rests_on) });
        }
        let code = mailbox::arrived(run, &account.email, None).await?;
        let session = session(run, &account).await?;
        let before = monitors(run, &session.token, &website).await?;
        let verify = verify(&session.token, &code);
        run.arrange(async || run.send("verify the address", &verify).await).await?;
        let after = monitors(run, &session.token, &website).await?;
        run.observe(REGISTER_FIRST_WEBSITE_MONITORED, format!("before: {before}; after: {after}"));
        Ok(())
    })
}

/// Whether the user's project has a monitor of the website, as far as that can be read.
async fn monitors(run: &Run, user_token: &str, website: &str) -> Result<String, Stop> {
    let token = match project_token(run, user_token).await {
        Err(Stop::Skip(reason)) => return Ok(reason),
        token => token?,
    };
    let list = Request::new(operation::NETWORK_MONITORS).bearer(&token);
    let answer = run.arrange(async || run.send("the project's monitors", &list).await).await?.response();
    Ok(match answer.status.is_success() {
        true if String::from_utf8_lossy(&answer.body).contains(website) => "there is one".to_owned(),
        true => "there is none".to_owned(),
        false => answer.summary(),
    })
}
