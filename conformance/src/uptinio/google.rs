//! `POST /api/v1/auth/google`

use super::account::{Account, is_there, is_verified, project_token, unverified_newcomer, user_token_in, validate};
use super::forms::not_stored;
use super::project::{ask, create};
use super::serving::serves_projects;
use super::{GOOGLE, USER};
use crate::case::{Case, Effect, Need, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Expect, refused, shows, succeeds, that, value};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::SIGN_IN_WITH_GOOGLE, async |run| {
            is_there(run).await?;
            let id_token = run.value("google_id_token")?;
            match exchange(run, id_token).await {
                Err(Stop::Inconclusive { rests_on: Some(requirement), .. }) if requirement == GOOGLE_ANSWERS => {
                    Ok(in_member(MEMBERS[0], id_token))
                }
                exchange => exchange,
            }
        }),
        gives_a_token(),
        verified(),
        may_create(),
        same_user(),
        another_person().needs(Need::Clock),
        no_token(),
        signature(),
        forged().needs(Need::Clock),
        existing().needs(Need::Clock),
    ];
    cases.into_iter().map(|case| case.effect(Effect::Permanent).needs(GOOGLE)).collect()
}

/// The members that Google's token may be in: none is documented.
const MEMBERS: [&str; 4] = ["id_token", "credential", "token", "google_token"];

/// The exchange of Google's token, in the form that the target takes.
async fn exchange(run: &Run, id_token: &str) -> Result<Request, Stop> {
    Ok(in_member(&member(run).await?, id_token))
}

fn in_member(member: &str, id_token: &str) -> Request {
    Request::new(operation::SIGN_IN_WITH_GOOGLE).json(json!({ member: id_token }))
}

/// The member that the target takes Google's token in.
async fn member(run: &Run) -> Result<String, Stop> {
    const WHAT: &str = "the member that holds Google's token";
    if let Some(member) = run.way(WHAT) {
        return Ok(member);
    }
    run.leave_behind("the user of the Google account")?;
    let mut told = String::new();
    for member in MEMBERS {
        let exchange = in_member(member, run.value("google_id_token")?);
        let answer = run.arrange(async || run.send(&format!("as `{member}`"), &exchange).await).await?.response();
        if answer.status.is_success() {
            run.found_way(WHAT, member);
            return Ok(member.to_owned());
        }
        told = answer.summary();
    }
    let reason = format!("Google's token was taken under no name: {told}");
    Err(Stop::Inconclusive { reason, rests_on: Some(GOOGLE_ANSWERS) })
}

/// The user token that an exchange gave.
fn token(response: &Response) -> Option<String> {
    response.json().and_then(user_token_in).map(str::to_owned)
}

fn gives_one() -> Expect {
    that("a user's token", |response| token(response).map(drop).ok_or_else(|| response.summary()))
}

/// An exchange that was seen to give a token, for the same with a fault.
async fn proper(run: &Run) -> Result<(Control<'_>, String), Stop> {
    let exchange = exchange(run, run.value("google_id_token")?).await?;
    let control = run.control(GOOGLE_ANSWERS, exchange, gives_one()).await?;
    let token = token(&control.answer().response()).unwrap_or_default();
    Ok((control, token))
}

/// Sees to it that users' tokens serve, and that validating tells whose they are, by somebody who signed in by a password.
async fn tokens_are_told_of(run: &Run) -> Result<(), Stop> {
    const WHAT: &str = "seeing that validating tells whose a token is";
    if run.way(WHAT).is_none() {
        let newcomer = unverified_newcomer(run).await?;
        if is_verified(run, &newcomer).await?.is_none() {
            let reason = "validating a good token does not tell of its user".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(VALIDATE_EMAIL_VERIFIED_TOLD) });
        }
        run.found_way(WHAT, operation::VALIDATE.path);
    }
    Ok(())
}

/// What validating tells of the user whom an exchange gave a token.
struct Told {
    id: Value,
    email: String,
    verified: Option<bool>,
}

async fn told(run: &Run, token: &str) -> Result<Told, Stop> {
    let validate = validate(token);
    let answer = run.arrange(async || run.send("whose token that is", &validate).await).await?.response();
    let at = |pointer| answer.json().and_then(|json| json.pointer(pointer));
    match at("/user/id").filter(|_| at("/valid") == Some(&Value::Bool(true))) {
        Some(id) => Ok(Told {
            id: id.clone(),
            email: answer.text_at("/user/email").unwrap_or_default().to_owned(),
            verified: at("/user/email_verified").and_then(Value::as_bool),
        }),
        None => {
            let reason = format!("the token that was given is not a user's: {}", answer.summary());
            Err(Stop::Inconclusive { reason, rests_on: Some(GOOGLE_TOKEN_IS_GOOD) })
        }
    }
}

fn gives_a_token() -> Case {
    let says = "A Google ID token gets a token that is good, and no cache keeps the answer";
    let covers = &[GOOGLE_TOKEN_IS_GOOD, GOOGLE_NOT_STORED, GOOGLE_REQUEST, GOOGLE_ANSWER, GOOGLE_AUTHENTICATION];
    case("uptinio.google.gives-a-token", says, covers, async |run| {
        tokens_are_told_of(run).await?;
        let (control, token) = proper(run).await?;
        control.answer().holds(GOOGLE_NOT_STORED, not_stored());
        let good = run.send("the token that it gave", &validate(&token)).await?;
        good.holds(GOOGLE_TOKEN_IS_GOOD, value("/valid", true));
        let response = control.answer().response();
        run.observe(GOOGLE_REQUEST, member(run).await?);
        run.observe(GOOGLE_ANSWER, format!("{}; {}", response.status, super::forms::members(&response)));
        run.observe(GOOGLE_AUTHENTICATION, "it succeeds without an Authorization header");
        Ok(())
    })
}

fn verified() -> Case {
    let says = "Who signs in with Google is verified without a code";
    case("uptinio.google.verified", says, &[GOOGLE_VERIFIED], async |run| {
        tokens_are_told_of(run).await?;
        let (control, token) = proper(run).await?;
        let verified = told(run, &token).await?.verified;
        let is_true = that("`email_verified` of the token's user to be true", move |_| match verified {
            Some(true) => Ok(()),
            told => Err(format!("it is {told:?}")),
        });
        control.answer().holds(GOOGLE_VERIFIED, is_true);
        Ok(())
    })
}

fn may_create() -> Case {
    let says = "Who signs in with Google may create monitors at once";
    case("uptinio.google.may-create", says, &[GOOGLE_MAY_CREATE], async |run| {
        tokens_are_told_of(run).await?;
        let (_, token) = proper(run).await?;
        told(run, &token).await?;
        let project = project_token(run, &token).await?;
        serves_projects(run, ask(operation::NETWORK_MONITORS, &project).to_succeed_by(PROJECT_TOKEN_IS_GOOD)).await?;
        create(run, &project).await?.holds(GOOGLE_MAY_CREATE, succeeds());
        Ok(())
    })
}

fn same_user() -> Case {
    let says = "Who signs in with Google again is the same user";
    case("uptinio.google.same-user", says, &[GOOGLE_SAME_USER], async |run| {
        tokens_are_told_of(run).await?;
        let (control, first) = proper(run).await?;
        let one = told(run, &first).await?.id;
        let again = control.variant("again", |request| request).await?;
        let other = told(run, &token(&again.response()).unwrap_or_default()).await?.id;
        let same = that("the same user's `id`", move |_| match one == other {
            true => Ok(()),
            false => Err(format!("{one} and then {other}")),
        });
        again.holds(GOOGLE_SAME_USER, same);
        Ok(())
    })
}

fn another_person() -> Case {
    let says = "Two people of Google's are two users";
    case("uptinio.google.another-person", says, &[GOOGLE_TAKES_THE_PERSONS_ACCOUNT], async |run| {
        tokens_are_told_of(run).await?;
        let (control, first) = proper(run).await?;
        let one = told(run, &first).await?.id;
        let others = exchange(run, run.value("google_id_token_of_another")?).await?;
        let others = control.variant("somebody else", |_| others).await?;
        let other = told(run, &token(&others.response()).unwrap_or_default()).await?.id;
        let another = that("another user's `id`", move |_| match one != other {
            true => Ok(()),
            false => Err(format!("{one} and then {other}")),
        });
        others.holds(GOOGLE_TAKES_THE_PERSONS_ACCOUNT, another);
        Ok(())
    })
}

fn gives_none() -> crate::expect::Refusal {
    shows("no token", |response| match token(response) {
        None => Ok(()),
        Some(_) => Err(response.summary()),
    })
}

fn no_token() -> Case {
    let says = "What is no Google ID token gets no token";
    case("uptinio.google.no-token", says, &[GOOGLE_REFUSES_WHAT_IS_NO_TOKEN, GOOGLE_REFUSAL], async |run| {
        let (control, own) = proper(run).await?;
        let none = [
            ("no JWT", "not-a-token".to_owned()),
            ("empty", String::new()),
            ("three parts of nothing", "e30.e30.e30".to_owned()),
            ("a token of Uptinio", own),
        ];
        for (label, none) in none {
            let request = exchange(run, &none).await?;
            let refusal = control.fault(label, |_| request).await?;
            refusal
                .holds(GOOGLE_REFUSES_WHAT_IS_NO_TOKEN, refused())
                .holds(GOOGLE_REFUSES_WHAT_IS_NO_TOKEN, gives_none());
            run.observe(GOOGLE_REFUSAL, format!("{label}: {}", refusal.response().summary()));
        }
        Ok(())
    })
}

fn signature() -> Case {
    let says = "An ID token whose signature is not its own gets no token, one without a signature included";
    case("uptinio.google.signature", says, &[GOOGLE_CHECKS_SIGNATURE], async |run| {
        let (control, _) = proper(run).await?;
        let good = run.value("google_id_token")?;
        let mut parts = good.splitn(3, '.');
        let (head, claims) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        let signature = parts.next().unwrap_or_default();
        let turned: String = signature.chars().rev().collect();
        let none = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#);
        let altered = [
            ("another signature", format!("{head}.{claims}.{turned}")),
            ("no signature", format!("{head}.{claims}.")),
            ("`alg: none`", format!("{none}.{claims}.")),
        ];
        for (label, altered) in altered {
            run.mask("ALTERED_ID_TOKEN", &altered);
            let request = exchange(run, &altered).await?;
            let refusal = control.fault(label, |_| request).await?;
            refusal.holds(GOOGLE_CHECKS_SIGNATURE, refused()).holds(GOOGLE_CHECKS_SIGNATURE, gives_none());
        }
        Ok(())
    })
}

fn forged() -> Case {
    let says = "An ID token of another key, issuer or application, or one that is over, gets no token";
    let covers = &[GOOGLE_CHECKS_SIGNATURE, GOOGLE_CHECKS_ISSUER, GOOGLE_CHECKS_AUDIENCE, GOOGLE_CHECKS_EXPIRY];
    case("uptinio.google.checks", says, covers, async |run| {
        let (control, _) = proper(run).await?;
        let forged = [
            ("signed by another key", "google_forged", GOOGLE_CHECKS_SIGNATURE),
            ("of another issuer", "google_other_issuer", GOOGLE_CHECKS_ISSUER),
            ("for another application", "google_other_audience", GOOGLE_CHECKS_AUDIENCE),
            ("expired", "google_expired", GOOGLE_CHECKS_EXPIRY),
        ];
        for (label, key, requirement) in forged {
            let id_token = run.value(key)?;
            run.mask(&key.to_uppercase(), id_token);
            let request = exchange(run, id_token).await?;
            let refusal = control.fault(label, |_| request).await?;
            refusal.holds(requirement, refused()).holds(requirement, gives_none());
        }
        Ok(())
    })
}

fn existing() -> Case {
    let says = "An address that Google has not verified is nobody's; what one of a user gets";
    let covers = &[GOOGLE_CHECKS_EMAIL_VERIFIED, GOOGLE_EXISTING_USER];
    let case = case("uptinio.google.existing-user", says, covers, async |run: &Run| {
        tokens_are_told_of(run).await?;
        let (control, _) = proper(run).await?;
        let account = Account::own(run)?;
        for key in ["google_unverified", "google_existing"] {
            run.mask(&key.to_uppercase(), run.value(key)?);
        }
        let request = exchange(run, run.value("google_unverified")?).await?;
        let refusal = control.fault("an address that is not verified", |_| request).await?;
        let whom = match token(&refusal.response()) {
            Some(token) => Some(told(run, &token).await?.email),
            None => None,
        };
        let own = account.email.clone();
        let nobody = crate::expect::never("that nobody is signed in as the user of the address", move || match &whom {
            Some(email) if email.eq_ignore_ascii_case(&own) => Err(format!("signed in as {email}")),
            _ => Ok(()),
        });
        refusal.holds(GOOGLE_CHECKS_EMAIL_VERIFIED, nobody);
        let request = exchange(run, run.value("google_existing")?).await?;
        let existing = control.variant("an address that is a user's", |_| request).await?;
        run.observe(GOOGLE_EXISTING_USER, existing.response().status.to_string());
        Ok(())
    });
    case.needs(USER)
}
