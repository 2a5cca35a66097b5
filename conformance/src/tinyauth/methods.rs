//! The methods that endpoints have, and those that they have not.

use super::codes::Codes;
use super::forward::asked_by;
use super::oauth_callback::{Flow, proper_callback};
use super::session::{Account, code, fresh_code, login, pending, session};
use super::{FOLLOWED, OAUTH, TOTP, USER};
use crate::case::{Case, Effect, case};
use crate::exchange::Response;
use crate::expect::{Refusal, refused, shows, text};
use crate::request::Request;
use crate::run::{Run, Stop};
use http::Method;
use http::header::ALLOW;
use probity_fixtures::tinyauth::requirement::*;
use probity_fixtures::tinyauth::{operation, requirement};
use probity_fixtures::{Operation, Requirement};

pub(super) fn cases() -> Vec<Case> {
    vec![
        other_methods("tinyauth.healthcheck.other-methods", operation::HEALTHCHECK, HEALTHCHECK_ONLY_GET, async |_| {
            Ok(Request::new(operation::HEALTHCHECK))
        }),
        other_methods("tinyauth.auth.other-methods", operation::AUTH, AUTH_ONLY_GET, async |run| {
            Ok(session(run).await?.on(asked_by(run, "traefik")))
        })
        .needs(USER),
        other_methods("tinyauth.login.other-methods", operation::LOGIN, LOGIN_ONLY_POST, async |run| {
            login(run, &Account::own(run)?).await
        })
        .needs(USER),
        other_methods("tinyauth.totp.other-methods", operation::TOTP, TOTP_ONLY_POST, async |run| {
            let fresh = fresh_code(run, &Codes::of(run)?).await?;
            Ok(code(&pending(run).await?, &fresh))
        })
        .needs(USER)
        .needs(TOTP)
        .effect(Effect::Lockout),
        other_methods("tinyauth.logout.other-methods", operation::LOGOUT, LOGOUT_ONLY_POST, async |run| {
            Ok(session(run).await?.on(Request::new(operation::LOGOUT)))
        })
        .needs(USER),
        other_methods("tinyauth.app.other-methods", operation::APP, APP_ONLY_GET, async |_| {
            Ok(Request::new(operation::APP))
        }),
        other_methods("tinyauth.user.other-methods", operation::USER, USER_ONLY_GET, async |run| {
            Ok(session(run).await?.on(Request::new(operation::USER)))
        })
        .needs(USER),
        other_methods("tinyauth.oauth-url.other-methods", operation::OAUTH_URL, OAUTH_URL_ONLY_GET, async |run| {
            Ok(Request::new(operation::OAUTH_URL).at("provider", run.value("oauth_provider")?))
        })
        .needs(OAUTH),
        oauth_callback().needs(OAUTH).needs(FOLLOWED),
    ]
}

const SAYS: &str = "An endpoint has the one method that the document gives it, and a 405 says so";
const METHODS: [Method; 5] = [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE];

/// A case of an endpoint that has one method. `proper` makes a request by it that succeeds.
fn other_methods<F>(id: &'static str, operation: &'static Operation, only: &'static Requirement, proper: F) -> Case
where
    F: AsyncFn(&Run) -> Result<Request, Stop> + Send + Sync + 'static,
{
    let covers = &[only, requirement::METHODS_NOT_ALLOWED];
    case(id, SAYS, covers, async move |run| {
        let proper = run.control(only, proper(run).await?, text("/message")).await?;
        for method in METHODS.into_iter().filter(|method| method.as_str() != operation.method) {
            let refusal = proper.fault(&format!("by {method}"), |request| request.method(method)).await?;
            refusal.holds(only, refused()).holds(METHODS_NOT_ALLOWED, not_allowed(operation.method));
        }
        Ok(())
    })
}

/// The callback has a flow of its own for each method: one that has counted would be refused by whichever.
fn oauth_callback() -> Case {
    let covers = &[OAUTH_CALLBACK_ONLY_GET, METHODS_NOT_ALLOWED];
    case("tinyauth.oauth-callback.other-methods", SAYS, covers, async |run| {
        let proper = proper_callback(run).await?;
        for method in METHODS.into_iter().filter(|method| method != Method::GET) {
            let flow = Flow::begin(run, None).await?;
            let refusal = proper.fault(&format!("by {method}"), |_| flow.callback().method(method)).await?;
            refusal.holds(OAUTH_CALLBACK_ONLY_GET, refused()).holds(METHODS_NOT_ALLOWED, not_allowed("GET"));
        }
        Ok(())
    })
}

/// A 405 whose Allow header lists the method.
fn not_allowed(method: &'static str) -> Refusal {
    shows(&format!("a 405 with an Allow header that lists {method}"), move |response: &Response| {
        let lines = response.headers.get_all(ALLOW).iter();
        let allowed = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect::<Vec<_>>().join(", ");
        match (response.status.as_u16(), allowed.split(',').any(|word| word.trim() == method)) {
            (405, true) => Ok(()),
            (405, false) if allowed.is_empty() => Err("405 without an Allow header".to_owned()),
            (405, false) => Err(format!("405 with Allow: {allowed}")),
            _ => Err(response.summary()),
        }
    })
}
