//! A protected app behind its proxy: what Tinyauth is for.

use super::authorization;
use super::forward::by_browser;
use super::mode::not_let_in;
use super::session::{Account, pending, session};
use super::{APP, TOTP, USER};
use crate::case::{Case, Effect, case};
use crate::expect::{Expect, succeeds, that};
use crate::request::Request;
use crate::run::{Answer, Control, Run, Stop};
use http::header::{AUTHORIZATION, COOKIE};
use probity_fixtures::tinyauth::requirement::*;
use url::Url;

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        by_basic(),
        by_session(),
        strangers().effect(Effect::Lockout),
        account_with_totp().needs(TOTP).effect(Effect::Lockout),
    ];
    cases.into_iter().map(|case| case.needs(USER).needs(APP)).collect()
}

/// A request to the app.
fn app(run: &Run) -> Result<Request, Stop> {
    let url = run.value("app")?;
    let url = Url::parse(url).map_err(|error| Stop::Skip(format!("`app` is no address: {url}: {error}")))?;
    Ok(Request::beside(url))
}

/// The app, seen to be reached with Basic, for the same with a fault.
async fn reached<'r>(run: &'r Run, account: &Account) -> Result<Control<'r>, Stop> {
    run.control(BASIC_OPENS_APP, account.basic(app(run)?), succeeds()).await
}

/// The app is reached, and a stranger does not reach it: what lets everybody through proves nothing of who may pass.
async fn reaches_app<'r>(run: &'r Run, label: &str, request: Request) -> Result<(Answer<'r>, Expect), Stop> {
    let stranger = request.clone().without_header(&AUTHORIZATION).without_header(&COOKIE);
    let stranger = run.arrange(async || run.send("a stranger", &stranger).await).await?.response();
    let answer = run.send(label, &request).await?;
    let open = stranger.status.is_success().then(|| stranger.summary());
    let expect = that("a status of the class 2xx, which a stranger does not get", move |response| {
        match (response.status.is_success(), &open) {
            (true, None) => Ok(()),
            (true, Some(open)) => Err(format!("a stranger gets the same: {open}")),
            (false, _) => Err(response.summary()),
        }
    });
    Ok((answer, expect))
}

fn by_basic() -> Case {
    let says = "The document's `curl -u user:password` gets through to the app";
    case("tinyauth.proxy.basic", says, &[BASIC_OPENS_APP], async |run| {
        let (answer, reached) = reaches_app(run, "with Basic", Account::own(run)?.basic(app(run)?)).await?;
        answer.holds(BASIC_OPENS_APP, reached);
        Ok(())
    })
}

fn by_session() -> Case {
    let says = "A session cookie gets through to the app";
    case("tinyauth.proxy.session", says, &[PROXY_SESSION_GETS_THROUGH], async |run| {
        let session = session(run).await?;
        let (answer, reached) = reaches_app(run, "with a session cookie", session.on(app(run)?)).await?;
        answer.holds(PROXY_SESSION_GETS_THROUGH, reached);
        Ok(())
    })
}

/// What makes a stranger of a user.
type Fault<'f> = Box<dyn Fn(Request) -> Request + 'f>;

fn strangers() -> Case {
    let says = "Nobody gets through to the app who is not logged in";
    let covers = &[PROXY_KEEPS_STRANGERS_OUT, PROXY_STRANGER_ANSWER];
    case("tinyauth.proxy.strangers", says, covers, async |run| {
        let account = Account::own(run)?;
        let session = session(run).await?;
        let (nobody, password) = (run.random_text(16), run.random_text(20));
        let reached = reached(run, &account).await?;
        let bare = |request: Request| request.without_header(&AUTHORIZATION);
        let strangers: [(&str, Fault<'_>); 5] = [
            ("an API client", Box::new(bare)),
            ("a browser", Box::new(move |request| by_browser(bare(request)))),
            ("a wrong password", Box::new(|request| request.basic(&account.name, &password))),
            ("an unknown user", Box::new(|request| request.basic(&nobody, &account.password))),
            ("a cookie that is none", Box::new(|request| session.map(|_| "garbage".to_owned()).on(bare(request)))),
        ];
        for (label, fault) in &strangers {
            let refusal = reached.fault(label, fault).await?;
            refusal.holds(PROXY_KEEPS_STRANGERS_OUT, not_let_in());
            if ["an API client", "a browser"].contains(label) {
                run.observe(PROXY_STRANGER_ANSWER, format!("{label}: {}", refusal.response().status));
            }
        }
        // So that the failures of an account never add up.
        authorization::let_in(run, "traefik", &account).await?;
        Ok(())
    })
}

fn account_with_totp() -> Case {
    let says = "Name and password of an account with TOTP do not get through to the app";
    case("tinyauth.proxy.account-with-totp", says, &[PROXY_KEEPS_TOTP_BASIC_OUT], async |run| {
        let account = Account::with_totp(run)?;
        pending(run).await?; // The password is right, or its refusal would tell nothing.
        let reached = reached(run, &Account::own(run)?).await?;
        let refusal = reached.fault("of an account with TOTP", |request| account.basic(request)).await?;
        refusal.holds(PROXY_KEEPS_TOTP_BASIC_OUT, not_let_in());
        Ok(())
    })
}
