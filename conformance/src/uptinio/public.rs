//! What is there for everybody, with a token and without one.

use super::USER;
use super::account::{Account, is_there, session};
use super::quick_register::quick_registration;
use super::register::noted;
use crate::case::{Case, Effect, case};
use crate::exchange::Response;
use crate::expect::succeeds;
use crate::request::Request;
use crate::run::{Run, Stop};
use http::StatusCode;
use http::header::AUTHORIZATION;
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![
        open("uptinio.public.register", PUBLIC_REGISTER, REGISTER).effect(Effect::Permanent),
        open("uptinio.public.quick-register", PUBLIC_QUICK_REGISTER, QUICK_REGISTER).effect(Effect::Permanent),
        open("uptinio.public.sign-in", PUBLIC_SIGN_IN, SIGN_IN).needs(USER),
        stray_token().needs(USER).effect(Effect::Permanent),
        complete(),
    ]
}

/// Makes a request to a public endpoint, which has to succeed.
type Public = fn(&Run) -> Result<Request, Stop>;

const REGISTER: Public = |run| Ok(noted(run)?.registration());
const QUICK_REGISTER: Public = |run| Ok(quick_registration(&noted(run)?));
const SIGN_IN: Public = |run| Ok(Account::own(run)?.sign_in());

fn open(id: &'static str, requirement: &'static Requirement, request: Public) -> Case {
    let says = "A public endpoint answers without an Authorization header";
    case(id, says, &[requirement], async move |run| {
        is_there(run).await?;
        let request = request(run)?.without_header(&AUTHORIZATION);
        let answer = run.send("without an Authorization header", &request).await?;
        let status = answer.response().status;
        if status.is_success() || [StatusCode::UNAUTHORIZED, StatusCode::FORBIDDEN].contains(&status) {
            answer.holds(requirement, succeeds());
            return Ok(());
        }
        // It is refused for something else than the token.
        Err(refused_anyway(&request, &answer.response()))
    })
}

/// A public endpoint does not answer, whatever the header.
fn refused_anyway(request: &Request, answer: &Response) -> Stop {
    let reason = format!("it does not even answer as the document has it: {}", answer.summary());
    Stop::Inconclusive { reason, rests_on: request.succeeds_by() }
}

fn stray_token() -> Case {
    let says = "A public endpoint answers whoever brings an Authorization header too, a good one or garbage";
    case("uptinio.public.stray-token", says, &[PUBLIC_STRAY_TOKEN], async |run| {
        let good = session(run, &Account::own(run)?).await?.token;
        let headers = [
            ("with a good token", format!("Bearer {good}")),
            ("with a token that is none", format!("Bearer {}", run.random_text(40))),
            ("with another scheme", "Basic cHJvYml0eTpwcm9iaXR5".to_owned()),
        ];
        for public in [REGISTER, QUICK_REGISTER, SIGN_IN] {
            let plain = public(run)?;
            let control = run.send("without an Authorization header", &plain).await?.response();
            if !control.status.is_success() {
                return Err(refused_anyway(&plain, &control));
            }
            for (label, header) in &headers {
                let request = public(run)?.header(AUTHORIZATION, header);
                run.send(label, &request).await?.holds(PUBLIC_STRAY_TOKEN, succeeds());
            }
        }
        Ok(())
    })
}

fn complete() -> Case {
    let says = "Whether /api/v1/general-status answers without a token";
    case("uptinio.public.complete", says, &[PUBLIC_COMPLETE], async |run| {
        is_there(run).await?;
        let answer = run.send("without a token", &Request::new(operation::GENERAL_STATUS)).await?.response();
        run.observe(PUBLIC_COMPLETE, answer.summary());
        Ok(())
    })
}
