//! `POST /api/v1/registrations`

use super::MAILBOX;
use super::account::{Account, is_there, newcomer, proper_sign_in};
use super::faults::{missing, no_objects, of_other_types};
use super::mailbox;
use super::passwords::tells_no_password;
use super::register::{faulty, form_of_errors, has_errors, no_addresses, noted, noticed, observe_variant};
use crate::case::{Case, Effect, case, shape_case};
use crate::exchange::Response;
use crate::expect::{Refusal, refused, shows, status, text, that, value};
use crate::request::Request;
use crate::run::{Control, Run, Stop};
use probity_fixtures::Requirement;
use probity_fixtures::uptinio::operation;
use probity_fixtures::uptinio::requirement::*;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::REGISTER_WITH_ENDPOINT, async |run| Ok(quick_registration(&noted(run)?))),
        own_user(),
        monitors_the_endpoint(),
        url_forms(),
        monitors_differ(),
        password_not_told(),
        creates_the_user(),
        is_missing("uptinio.quick-register.email-missing", "/email", QUICK_REGISTER_REQUIRES_EMAIL),
        is_missing("uptinio.quick-register.endpoint-missing", "/endpoint", QUICK_REGISTER_REQUIRES_ENDPOINT),
        of_another_type("uptinio.quick-register.email-of-another-type", "/email", QUICK_REGISTER_EMAIL_IS_TEXT),
        of_another_type(
            "uptinio.quick-register.endpoint-of-another-type",
            "/endpoint",
            QUICK_REGISTER_ENDPOINT_IS_TEXT,
        ),
        no_address(),
        odd_endpoints(),
        refusal(),
        taken(),
        taken_keeps_the_user().effect(Effect::Lockout),
        no_object(),
        wrapped(),
        sends_a_code().needs(MAILBOX),
    ];
    cases.into_iter().map(|case| case.effect(Effect::Permanent)).collect()
}

/// The registration of this account by its address and a website.
pub(super) fn quick_registration(account: &Account) -> Request {
    let body = json!({ "endpoint": "https://example.com", "email": account.email });
    Request::new(operation::REGISTER_WITH_ENDPOINT).json(body)
}

/// A registration that was seen to succeed, for others' with a fault; and whose it is.
async fn proper_registration(run: &Run) -> Result<(Account, Control<'_>), Stop> {
    let account = noted(run)?;
    let control = run.control(QUICK_REGISTER_USER_EMAIL, quick_registration(&account), text("/user/email")).await?;
    Ok((account, control))
}

// ── what a registration answers and does ──────────────────────────────────────────────────────────────────────────

fn own_user() -> Case {
    let says = "The answer to a quick registration is about the user who registered, at once";
    let covers = &[
        QUICK_REGISTER_NAMES_ITS_USER,
        QUICK_REGISTER_SUCCESS_STATUS,
        QUICK_REGISTER_NAME_TEXT,
        QUICK_REGISTER_FURTHER_MEMBERS,
        QUICK_REGISTER_BEFORE_VERIFICATION,
    ];
    case("uptinio.quick-register.own-user", says, covers, async |run| {
        let (account, proper) = proper_registration(run).await?;
        proper.answer().holds(QUICK_REGISTER_NAMES_ITS_USER, value("/user/email", account.email));
        let response = proper.answer().response();
        run.observe(QUICK_REGISTER_SUCCESS_STATUS, response.status.to_string());
        run.observe(QUICK_REGISTER_NAME_TEXT, response.text_at("/user/name").unwrap_or("no text"));
        let monitor = response.text_at("/network_monitor/uuid").map_or("without a monitor", |_| "with a monitor");
        run.observe(QUICK_REGISTER_BEFORE_VERIFICATION, format!("{}, {monitor}", response.status));
        let beside = response.members_beside("", &["message", "user", "network_monitor"]);
        let in_user = response.members_beside("/user", &["email", "name"]);
        let in_monitor = response.members_beside("/network_monitor", &["uuid", "url"]);
        let further = format!("{beside}; in `user`: {in_user}; in `network_monitor`: {in_monitor}");
        run.observe(QUICK_REGISTER_FURTHER_MEMBERS, further);
        Ok(())
    })
}

fn monitors_the_endpoint() -> Case {
    let says = "The monitor is shown with the endpoint that was sent";
    case("uptinio.quick-register.endpoint", says, &[QUICK_REGISTER_MONITORS_THE_ENDPOINT], async |run| {
        let (_, proper) = proper_registration(run).await?;
        let monitored = value("/network_monitor/url", "https://example.com");
        proper.answer().holds(QUICK_REGISTER_MONITORS_THE_ENDPOINT, monitored);
        Ok(())
    })
}

fn url_forms() -> Case {
    let says = "Which form an endpoint is kept in";
    case("uptinio.quick-register.url-form", says, &[QUICK_REGISTER_URL_FORM], async |run| {
        is_there(run).await?;
        for endpoint in
            ["HTTPS://EXAMPLE.COM", "https://example.com/a/path", "https://example.com/?a=query", "example.com"]
        {
            let registration = quick_registration(&noted(run)?).set("/endpoint", endpoint);
            let answer = run.send(endpoint, &registration).await?.response();
            let url = answer.text_at("/network_monitor/url").map_or_else(|| answer.summary(), str::to_owned);
            run.observe(QUICK_REGISTER_URL_FORM, format!("{endpoint}: {url}"));
        }
        Ok(())
    })
}

fn monitors_differ() -> Case {
    let says = "Each quick registration has a monitor of its own";
    case("uptinio.quick-register.monitors-differ", says, &[QUICK_REGISTER_MONITORS_DIFFER], async |run| {
        let (_, proper) = proper_registration(run).await?;
        let Some(first) = proper.answer().response().text_at("/network_monitor/uuid").map(str::to_owned) else {
            let reason = "the first registration tells no monitor's uuid".to_owned();
            return Err(Stop::Inconclusive { reason, rests_on: Some(QUICK_REGISTER_MONITOR_UUID) });
        };
        let another = quick_registration(&noted(run)?);
        let another = run.send("somebody else with the same endpoint", &another).await?;
        let differs = that("another uuid at /network_monitor/uuid", move |response| {
            match response.text_at("/network_monitor/uuid") {
                Some(uuid) if uuid != first => Ok(()),
                Some(uuid) => Err(format!("{uuid} again")),
                None => Err(response.summary()),
            }
        });
        another.holds(QUICK_REGISTER_MONITORS_DIFFER, differs);
        Ok(())
    })
}

fn password_not_told() -> Case {
    let says = "The answer to a quick registration does not tell the provisional password";
    case("uptinio.quick-register.password-not-told", says, &[QUICK_REGISTER_PASSWORD_NOT_TOLD], async |run| {
        let (_, proper) = proper_registration(run).await?;
        proper.answer().holds(QUICK_REGISTER_PASSWORD_NOT_TOLD, tells_no_password(None));
        Ok(())
    })
}

fn creates_the_user() -> Case {
    let says = "Who has registered by an endpoint cannot register again, by either form";
    case("uptinio.quick-register.creates-the-user", says, &[QUICK_REGISTER_CREATES_THE_USER], async |run| {
        let (account, proper) = proper_registration(run).await?;
        let again = proper.fault("the same once more", |registration| registration).await?;
        again.holds(QUICK_REGISTER_CREATES_THE_USER, refused());
        let by_password = proper.fault("by a password", |_| account.registration()).await?;
        by_password.holds(QUICK_REGISTER_CREATES_THE_USER, refused());
        Ok(())
    })
}

fn sends_a_code() -> Case {
    let says = "Whether a code is sent to an address that was registered with an endpoint";
    case("uptinio.quick-register.sends-a-code", says, &[QUICK_REGISTER_SENDS_A_CODE], async |run| {
        let (account, _) = proper_registration(run).await?;
        let came = match mailbox::arrived(run, &account.email, None).await {
            Ok(_) => "one came",
            Err(Stop::Inconclusive { rests_on: Some(_), .. }) => "none came",
            Err(stop) => return Err(stop),
        };
        run.observe(QUICK_REGISTER_SENDS_A_CODE, came);
        Ok(())
    })
}

// ── what is refused ───────────────────────────────────────────────────────────────────────────────────────────────

fn is_missing(id: &'static str, pointer: &'static str, requirement: &'static Requirement) -> Case {
    let says = "A quick registration that lacks one of its two fields is refused";
    case(id, says, &[requirement], async move |run| {
        let (_, proper) = proper_registration(run).await?;
        for (label, fault) in missing(pointer) {
            let registration = fault(quick_registration(&Account::nobody(run)));
            faulty(run, &proper, label, registration).await?.holds(requirement, refused());
        }
        Ok(())
    })
}

fn of_another_type(id: &'static str, pointer: &'static str, requirement: &'static Requirement) -> Case {
    let says = "A quick registration one of whose fields is no text is refused";
    case(id, says, &[requirement], async move |run| {
        let (_, proper) = proper_registration(run).await?;
        let registration = quick_registration(&Account::nobody(run));
        let text = registration.json_at(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
        for (label, other) in of_other_types(&text) {
            let registration = registration.clone().set(pointer, other);
            faulty(run, &proper, label, registration).await?.holds(requirement, refused());
        }
        Ok(())
    })
}

fn no_address() -> Case {
    let says = "A quick registration of an address that nothing could be sent to is refused";
    let covers = &[QUICK_REGISTER_REFUSES_WHAT_IS_NO_ADDRESS];
    case("uptinio.quick-register.no-address", says, covers, async |run| {
        let (_, proper) = proper_registration(run).await?;
        for (label, text) in no_addresses(&run.own_name()) {
            let registration = quick_registration(&Account::nobody(run)).set("/email", text);
            let refusal = faulty(run, &proper, label, registration).await?;
            refusal.holds(QUICK_REGISTER_REFUSES_WHAT_IS_NO_ADDRESS, refused());
        }
        Ok(())
    })
}

fn odd_endpoints() -> Case {
    let says = "Which endpoints are taken that are no websites of the open net";
    case("uptinio.quick-register.endpoint-invalid", says, &[QUICK_REGISTER_ENDPOINT_INVALID], async |run| {
        for endpoint in ["no address", "ftp://example.com", "http://127.0.0.1"] {
            let registration = quick_registration(&noted(run)?).set("/endpoint", endpoint);
            observe_variant(run, QUICK_REGISTER_ENDPOINT_INVALID, endpoint, registration).await?;
        }
        Ok(())
    })
}

fn refusal() -> Case {
    let says = "A quick registration whose fields are at fault is answered 422, with messages";
    let covers = &[QUICK_REGISTER_REFUSAL_IS_422, QUICK_REGISTER_ERRORS];
    case("uptinio.quick-register.refusal", says, covers, async |run| {
        let (_, proper) = proper_registration(run).await?;
        let nobody = || quick_registration(&Account::nobody(run));
        let refusals = [
            faulty(run, &proper, "without an address", nobody().without("/email")).await?,
            faulty(run, &proper, "a text without an @", nobody().set("/email", run.own_name())).await?,
        ];
        for refusal in noticed(&refusals) {
            refusal.holds(QUICK_REGISTER_REFUSAL_IS_422, status(422)).holds(QUICK_REGISTER_ERRORS, has_errors());
        }
        Ok(())
    })
}

fn taken() -> Case {
    let says = "An address that is taken is refused, whichever way it was registered";
    let covers = &[
        QUICK_REGISTER_REFUSES_DUPLICATE,
        QUICK_REGISTER_ERRORS,
        QUICK_REGISTER_DUPLICATE_FORM,
        QUICK_REGISTER_DUPLICATE_TEXT,
    ];
    case("uptinio.quick-register.taken", says, covers, async |run| {
        let (account, proper) = proper_registration(run).await?;
        refuses_taken(run, &proper, "an address that was registered by an endpoint", &account).await?;
        let by_password = newcomer(run).await?;
        // That it is taken is seen by its sign-in.
        proper_sign_in(run, &by_password).await?;
        refuses_taken(run, &proper, "an address that was registered by a password", &by_password).await
    })
}

async fn refuses_taken(run: &Run, proper: &Control<'_>, label: &str, taken: &Account) -> Result<(), Stop> {
    let refusal = proper.fault(label, |_| quick_registration(taken)).await?;
    refusal.holds(QUICK_REGISTER_REFUSES_DUPLICATE, status(422));
    let response = refusal.response();
    if !response.status.is_success() {
        refusal.holds(QUICK_REGISTER_ERRORS, has_errors()).holds(QUICK_REGISTER_DUPLICATE_TEXT, says_exists());
        run.observe(QUICK_REGISTER_DUPLICATE_FORM, form_of_errors(&response));
    }
    Ok(())
}

fn says_exists() -> Refusal {
    shows("`User already exist` at /errors where that is one text", |response: &Response| {
        match response.text_at("/errors") {
            None | Some("User already exist") => Ok(()),
            Some(other) => Err(format!("`{other}`")),
        }
    })
}

fn taken_keeps_the_user() -> Case {
    let says = "A quick registration of an address that is taken leaves its user the old password";
    let covers = &[QUICK_REGISTER_DUPLICATE_KEEPS_THE_USER];
    case("uptinio.quick-register.taken-keeps-the-user", says, covers, async |run| {
        let (_, proper) = proper_registration(run).await?;
        let account = newcomer(run).await?;
        let sign_in = proper_sign_in(run, &account).await?;
        proper.fault("an address that is taken", |_| quick_registration(&account)).await?;
        let again = sign_in.variant("sign in as before", |sign_in| sign_in).await?;
        again.holds(QUICK_REGISTER_DUPLICATE_KEEPS_THE_USER, text("/user/authentication_token"));
        Ok(())
    })
}

fn no_object() -> Case {
    let says = "A quick registration whose body is no JSON object is refused";
    let covers = &[QUICK_REGISTER_REFUSES_WHAT_IS_NO_OBJECT];
    case("uptinio.quick-register.no-object", says, covers, async |run| {
        let (_, proper) = proper_registration(run).await?;
        for (label, body) in no_objects(&quick_registration(&Account::nobody(run)).bytes()) {
            let refusal = proper.fault(label, |request| request.body(body)).await?;
            refusal.holds(QUICK_REGISTER_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        Ok(())
    })
}

fn wrapped() -> Case {
    let says = "What becomes of a quick registration whose fields stand under `user`";
    case("uptinio.quick-register.wrapped", says, &[QUICK_REGISTER_WRAPPED], async |run| {
        let registration = quick_registration(&noted(run)?);
        let user = registration.json_at("").cloned().unwrap_or_default();
        observe_variant(run, QUICK_REGISTER_WRAPPED, "under `user`", registration.json(json!({ "user": user }))).await
    })
}
