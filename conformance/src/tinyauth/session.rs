//! How a case comes by what it needs of Tinyauth: a login in the form that the target takes, and what it gives.

use super::codes::Codes;
use super::cookies::Cookies;
use crate::exchange::Response;
use crate::expect::{Expect, that};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use http::StatusCode;
use probity_fixtures::Requirement;
use probity_fixtures::tinyauth::{operation, requirement};
use serde_json::{Map, Value, json};

/// A name and its password.
#[derive(Clone)]
pub(super) struct Account {
    pub(super) name: String,
    pub(super) password: String,
}

impl Account {
    /// The account without TOTP.
    pub(super) fn own(run: &Run) -> Result<Self, Stop> {
        Ok(Self { name: run.value("username")?.to_owned(), password: run.value("password")?.to_owned() })
    }

    /// The account with TOTP.
    pub(super) fn with_totp(run: &Run) -> Result<Self, Stop> {
        Ok(Self { name: run.value("totp_username")?.to_owned(), password: run.value("totp_password")?.to_owned() })
    }

    /// The request with the account's pair as Basic.
    pub(super) fn basic(&self, request: Request) -> Request {
        request.basic(&self.name, &self.password)
    }
}

/// A login whose name is in that member.
pub(super) fn login_as(member: &str, account: &Account) -> Request {
    let mut body = Map::new();
    body.insert(member.to_owned(), json!(account.name));
    body.insert("password".to_owned(), json!(account.password));
    Request::new(operation::LOGIN).json(Value::Object(body))
}

/// The members that the name may be in: the document's, and the releases'.
const MEMBERS: [&str; 2] = ["email", "username"];

/// The login with another name, in whichever member it has one.
pub(super) fn with_name(login: Request, name: impl Into<Value>) -> Request {
    let name = name.into();
    let members = MEMBERS.map(|member| format!("/{member}"));
    let named = members.iter().filter(|member| login.json_at(member).is_some()).cloned().collect::<Vec<_>>();
    named.iter().fold(login, |login, member| login.set(member, name.clone()))
}

/// The login without a name.
pub(super) fn without_name(login: Request) -> Request {
    MEMBERS.iter().fold(login, |login, member| login.without(&format!("/{member}")))
}

/// Why the accounts' credentials are not tried again.
pub(super) const OWN_REFUSED: &str = "the credentials of the account without TOTP";
const TOTP_REFUSED: &str = "the credentials of the account with TOTP";
const CODES_REFUSED: &str = "the codes of the account with TOTP";

/// Stops where what the configuration gives was refused before: were each case to try it again, so many failures would
/// have the account held off, for whoever uses it besides.
pub(super) fn not_refused(run: &Run, what: &'static str, rests_on: &'static Requirement) -> Result<(), Stop> {
    match run.way(what) {
        Some(why) => Err(Stop::Inconclusive { reason: format!("{what}: {why}"), rests_on: Some(rests_on) }),
        None => Ok(()),
    }
}

/// Remembers a refusal that would be no other one the next time: its status alone, since what else an answer holds is
/// masked in the case that it came to.
fn remember_refusal(run: &Run, what: &'static str, response: &Response) {
    if response.status.is_client_error() && response.status != StatusCode::TOO_MANY_REQUESTS {
        run.found_way(what, format!("they were refused before, with {}, and are not tried again", response.status));
    }
}

/// The member that the target takes the name in, found with the account without TOTP.
pub(super) async fn name_member(run: &Run) -> Result<String, Stop> {
    const WHAT: &str = "the member of a login that holds the name";
    if let Some(member) = run.way(WHAT) {
        return Ok(member);
    }
    let account = Account::own(run)?;
    not_refused(run, OWN_REFUSED, requirement::LOGIN_ACCEPTS_EMAIL)?;
    let mut refusal = None;
    for member in MEMBERS {
        // A form that a release does not take may count as a failure there, and too many of them be held off.
        let login = login_as(member, &account).may_be_held_off();
        let label = format!("log in by `{member}`");
        let response = run.arrange(async || run.send(&label, &login).await).await?.response();
        if response.status.is_success() {
            run.found_way(WHAT, member);
            return Ok(member.to_owned());
        }
        refusal = Some(response);
    }
    let told = refusal.as_ref().map(Response::summary).unwrap_or_default();
    let reason = format!("no form of login succeeded: {told}");
    if let Some(refusal) = &refusal {
        remember_refusal(run, OWN_REFUSED, refusal);
    }
    Err(Stop::Inconclusive { reason, rests_on: Some(requirement::LOGIN_ACCEPTS_EMAIL) })
}

/// A login of the account in the form that the target takes.
pub(super) async fn login(run: &Run, account: &Account) -> Result<Request, Stop> {
    Ok(login_as(&name_member(run).await?, account))
}

/// A login of the account without TOTP that was seen to set a cookie, for the same with a fault.
pub(super) async fn proper_login(run: &Run) -> Result<Control<'_>, Stop> {
    let login = login(run, &Account::own(run)?).await?;
    run.control(requirement::LOGIN_SETS_SESSION, login, sets_a_cookie(run)).await
}

/// A cookie that is not a deletion.
pub(super) fn sets_a_cookie(run: &Run) -> Expect {
    let now = run.now();
    that("a cookie that is set", move |response| match Cookies::set_by(response, now).is_empty() {
        true => Err(format!("no Set-Cookie that sets one; {}", response.summary())),
        false => Ok(()),
    })
}

/// The cookies of a login, to come by a session.
pub(super) async fn session(run: &Run) -> Result<Cookies, Stop> {
    cookies_of(run, "log in", login(run, &Account::own(run)?).await?, OWN_REFUSED).await
}

/// The cookies of a login that waits for its code.
pub(super) async fn pending(run: &Run) -> Result<Cookies, Stop> {
    let login = login(run, &Account::with_totp(run)?).await?;
    cookies_of(run, "log in to the account with TOTP", login, TOTP_REFUSED).await
}

async fn cookies_of(run: &Run, label: &str, request: Request, refused: &'static str) -> Result<Cookies, Stop> {
    not_refused(run, refused, requirement::LOGIN_SETS_SESSION)?;
    let response = run.arrange(async || run.send(label, &request).await).await?.response();
    let cookies = Cookies::set_by(&response, run.now());
    if response.status.is_success() && !cookies.is_empty() {
        return Ok(cookies);
    }
    let reason = format!("to {label} gave no cookie: {}", response.summary());
    remember_refusal(run, refused, &response);
    Err(Stop::Inconclusive { reason, rests_on: Some(requirement::LOGIN_SETS_SESSION) })
}

/// A code for the login that waits in these cookies.
pub(super) fn code(pending: &Cookies, code: &str) -> Request {
    pending.on(Request::new(operation::TOTP).json(json!({ "code": code })))
}

/// A login completed with its code, and the code.
pub(super) struct Verified<'r> {
    pub(super) pending: Cookies,
    pub(super) control: Control<'r>,
}

impl Verified<'_> {
    /// The cookies that a browser holds after the code.
    pub(super) fn session(&self, run: &Run) -> Cookies {
        self.pending.after(&self.control.answer().response(), run.now())
    }
}

/// A code that was seen to complete a login, for the same with a fault.
pub(super) async fn proper_code<'r>(run: &'r Run, codes: &Codes<'_>) -> Result<Verified<'r>, Stop> {
    not_refused(run, CODES_REFUSED, requirement::TOTP_SETS_SESSION)?;
    let first = verified(run, &fresh_code(run, codes).await?).await;
    let was_tried = [TOTP_REFUSED, OWN_REFUSED].into_iter().all(|refused| run.way(refused).is_none());
    if !matches!(first, Err(Stop::Inconclusive { .. })) || run.is_embedded() || !was_tried {
        return first;
    }
    // Another run, or somebody else, may have used the code a moment ago.
    run.wait_out(codes.until_next_step()).await?;
    let second = verified(run, &fresh_code(run, codes).await?).await;
    if matches!(second, Err(Stop::Inconclusive { .. })) {
        run.found_way(CODES_REFUSED, "two of them were refused before, and no further one is tried");
    }
    second
}

async fn verified<'r>(run: &'r Run, fresh: &str) -> Result<Verified<'r>, Stop> {
    let pending = pending(run).await?;
    let code = code(&pending, fresh);
    let control = run.control(requirement::TOTP_SETS_SESSION, code, sets_a_cookie(run)).await?;
    Ok(Verified { pending, control })
}

/// The code of the moment, good for a login: where an earlier case has used it, and the target takes a code but once, the
/// next one is waited for.
pub(super) async fn fresh_code(run: &Run, codes: &Codes<'_>) -> Result<String, Stop> {
    const USED: &str = "the step whose code was used last";
    if run.way(USED) == Some(codes.step().to_string()) && !takes_used_codes(run, codes).await? {
        run.wait_out(codes.until_next_step()).await?;
    }
    run.found_way(USED, codes.step().to_string());
    Ok(codes.now())
}

/// Whether the target takes a code again that an earlier login has used. It is tried once in a run.
async fn takes_used_codes(run: &Run, codes: &Codes<'_>) -> Result<bool, Stop> {
    const WHAT: &str = "what becomes of a code that was used";
    if run.way(WHAT).is_none() {
        let used = code(&pending(run).await?, &codes.now());
        let taken = run.arrange(async || run.send("a code that was used", &used).await).await?.response();
        run.found_way(WHAT, if taken.status.is_success() { "taken" } else { "refused" });
    }
    Ok(run.way(WHAT).as_deref() == Some("taken"))
}

/// Sees to it that `/api/user` can be asked who is logged in: of nobody it does not say that somebody is.
pub(super) async fn user_can_be_asked(run: &Run) -> Result<(), Stop> {
    const WHAT: &str = "asking who is logged in";
    if run.way(WHAT).is_some() {
        return Ok(());
    }
    let nobody = Request::new(operation::USER);
    let response = run.arrange(async || run.send("who nobody is", &nobody).await).await?.response();
    if response.json().and_then(|json| json.pointer("/isLoggedIn")).is_some_and(says_true) {
        let reason = format!("/api/user says of nobody that they are logged in: {}", response.summary());
        return Err(Stop::Inconclusive { reason, rests_on: Some(requirement::USER_NOBODY_WITHOUT_SESSION) });
    }
    run.found_way(WHAT, operation::USER.path);
    Ok(())
}

/// Who is logged in with these cookies, as `/api/user` tells it.
pub(super) async fn who(run: &Run, cookies: &Cookies) -> Result<Option<String>, Stop> {
    user_can_be_asked(run).await?;
    let user = cookies.on(Request::new(operation::USER));
    let response = run.arrange(async || run.send("who that is", &user).await).await?.response();
    let logged_in = response.json().and_then(|json| json.pointer("/isLoggedIn")).is_some_and(says_true);
    Ok(logged_in.then(|| response.text_at("/username").unwrap_or_default().to_owned()))
}

/// Whether a member says yes, as the document's text or as the releases' boolean.
pub(super) fn says_true(value: &Value) -> bool {
    *value == Value::Bool(true) || value.as_str() == Some("true")
}
