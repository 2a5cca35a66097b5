//! `POST /api/send`: that an event is registered, and when it is not.

mod browser;
mod payload;
mod user_agent;

use super::USER;
use super::site::{Form, Sent, Site, form};
use crate::case::{Case, Effect, case, shape_case};
use crate::expect::{allows, refused, status, succeeds};
use crate::request::Request;
use crate::run::{Run, Stop};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use probity_fixtures::Requirement;
use probity_fixtures::umami::operation;
use probity_fixtures::umami::requirement::*;
use serde_json::{Value, json};
use std::time::{Duration, SystemTime};

pub(super) fn cases() -> Vec<Case> {
    let own = [
        shape_case(operation::SEND, async |run| {
            let site = Site::arrange(run).await?;
            Ok(site.sample(&site.mark()))
        }),
        sample(),
        unicode(),
        no_token_needed(),
        website_left_out(),
        unknown_website(),
        made_up_type(),
        other_types(),
        no_object(),
        other_methods(),
        content_types(),
        what_registered_means(),
    ];
    let parts = own.into_iter().chain(payload::cases()).chain(user_agent::cases()).chain(browser::cases());
    let on_a_website = parts.map(|case| case.effect(Effect::Write).instead(Effect::Permanent, "website"));
    on_a_website.chain([on_its_website().effect(Effect::Write)]).map(|case| case.needs(USER)).collect()
}

fn sample() -> Case {
    let says = "The document's sample is registered once, by its name and on its page";
    let covers =
        &[SEND_REGISTERS_AN_EVENT, SEND_REGISTERS_IT_ONCE, SEND_NAME_IS_KEPT, SEND_URL_IS_KEPT, SEND_SUCCESS_STATUS];
    case("umami.send.sample", says, covers, async |run| {
        let site = Site::arrange(run).await?;
        let mark = site.mark();
        let answer = run.send("the sample", &site.sample(&mark)).await?;
        let registered = site.once_registered(&[&mark]).await?;
        answer
            .holds(SEND_REGISTERS_AN_EVENT, registered.has(&mark))
            .holds(SEND_NAME_IS_KEPT, registered.has_its_name(&mark))
            .holds(SEND_URL_IS_KEPT, registered.has_its_path(&mark));
        // A second copy may come late: it would be there when an event shows that was sent after it.
        let later = if registered.count(&mark) > 0 { site.settled().await? } else { registered };
        answer.holds(SEND_REGISTERS_IT_ONCE, later.has_one(&mark));
        run.observe(SEND_SUCCESS_STATUS, answer.response().summary());
        Ok(())
    })
}

fn on_its_website() -> Case {
    let says = "An event is registered on the website that it names, and on no other of the same owner";
    case("umami.send.on-its-website", says, &[SEND_ON_ITS_WEBSITE], async |run| {
        let site = Site::arrange(run).await?;
        let other = site.another().await?;
        let mark = site.mark();
        let answer = run.send("to the one website", &site.sample(&mark)).await?;
        let registered = site.once_registered(&[&mark]).await?;
        answer
            .holds(SEND_ON_ITS_WEBSITE, registered.has(&mark))
            .holds(SEND_ON_ITS_WEBSITE, other.settled().await?.lacks(&mark));
        Ok(())
    })
}

fn unicode() -> Case {
    let says = "Texts in other scripts are registered";
    case("umami.send.unicode", says, &[SEND_REGISTERS_AN_EVENT], async |run| {
        let site = Site::arrange(run).await?;
        let mark = site.mark();
        let event = site.sample(&mark).set("/payload/title", "Überblick – 概要 – لوحة 🦀 e\u{301}");
        let event = event.set("/payload/data", json!({ "план": "про", "🔑": "値" }));
        let answer = run.send("in other scripts", &event).await?;
        answer.holds(SEND_REGISTERS_AN_EVENT, site.once_registered(&[&mark]).await?.has(&mark));
        Ok(())
    })
}

fn no_token_needed() -> Case {
    let says = "An event is registered without a token, and whatever an Authorization header holds";
    case("umami.send.no-token-needed", says, &[SEND_NEEDS_NO_TOKEN, SEND_TOKEN_HARMLESS], async |run| {
        let site = Site::arrange(run).await?;
        let (bare, registered) = site.in_forms(vec![form("without a token", |event| event)]).await?;
        for Sent { answer, mark, .. } in &bare {
            answer.holds(SEND_NEEDS_NO_TOKEN, registered.has(mark));
        }
        let headers = [
            ("with a token", format!("Bearer {}", site.token)),
            ("with garbage for a token", "Bearer garbage".to_owned()),
            ("with Basic credentials", format!("Basic {}", STANDARD.encode("visitor:visitor"))),
            ("with a header that is no credentials", "?".to_owned()),
        ];
        let forms = headers.map(|(label, value)| form(label, move |event| event.header(AUTHORIZATION, &value)));
        let (authorized, registered) = site.in_forms(forms.into()).await?;
        for Sent { answer, mark, .. } in &authorized {
            answer.holds(SEND_TOKEN_HARMLESS, registered.has(mark));
        }
        Ok(())
    })
}

fn website_left_out() -> Case {
    let says = "An event without a website is refused, and registered nowhere";
    case("umami.send.website-left-out", says, &[SEND_WEBSITE_REQUIRED], async |run| {
        let left_out = form("without a website", |event| event.without("/payload/website"));
        refused_and_not_registered(run, SEND_WEBSITE_REQUIRED, vec![left_out]).await
    })
}

fn unknown_website() -> Case {
    let says = "An event for a website that does not exist is refused, and registered nowhere";
    case("umami.send.unknown-website", says, &[SEND_WEBSITE_EXISTS], async |run| {
        let unknown = [
            ("an id that nobody has", "00000000-0000-4000-8000-000000000000".to_owned()),
            ("a text that is no id", format!("no-such-website-{}", run.random_text(8))),
            ("an empty id", String::new()),
        ];
        let faults = unknown.map(|(label, id)| form(label, move |event| event.set("/payload/website", id)));
        refused_and_not_registered(run, SEND_WEBSITE_EXISTS, faults.into()).await
    })
}

fn made_up_type() -> Case {
    let says = "A type that nobody knows, or of another JSON type, is refused, and nothing is registered";
    case("umami.send.made-up-type", says, &[SEND_TYPE_IS_EVENT], async |run| {
        let types = [
            ("a made-up type", json!("probity")),
            ("an empty type", json!("")),
            ("a number", json!(1)),
            ("an array of it", json!(["event"])),
            ("an object", json!({ "event": true })),
        ];
        let faults = types.map(|(label, value)| form(label, move |event| event.set("/type", value)));
        refused_and_not_registered(run, SEND_TYPE_IS_EVENT, faults.into()).await
    })
}

fn other_types() -> Case {
    let says = "What becomes of the types that releases know besides `event`, and of none";
    case("umami.send.other-types", says, &[SEND_OTHER_TYPES], async |run| {
        let forms = vec![
            form("identify", |event| event.set("/type", "identify")),
            form("performance", |event| event.set("/type", "performance")),
            form("EVENT", |event| event.set("/type", "EVENT")),
            form("no type", |event| event.without("/type")),
            form("null", |event| event.set("/type", Value::Null)),
        ];
        observe(run, SEND_OTHER_TYPES, forms).await
    })
}

fn no_object() -> Case {
    let says = "A body that is no JSON object, or holds no payload, is refused, and is not the server's own failure";
    case("umami.send.no-object", says, &[SEND_REFUSES_WHAT_IS_NO_OBJECT], async |run| {
        let site = Site::arrange(run).await?;
        let event = site.proper_event().await?;
        let proper = event.request_body();
        let bodies: [(&str, Vec<u8>); 9] = [
            ("an empty body", Vec::new()),
            ("a text that is no JSON", b"this is not JSON".to_vec()),
            ("a JSON object that is cut short", proper[..proper.len() - 1].to_vec()),
            ("an empty object", b"{}".to_vec()),
            ("the event in an array", [b"[", &proper[..], b"]"].concat()),
            ("a JSON text", b"\"event\"".to_vec()),
            ("null", b"null".to_vec()),
            ("bytes that are no UTF-8", b"{\"type\":\"event\",\"payload\":\"\xff\xfe\"}".to_vec()),
            ("arrays nested 10 000 deep", b"[".repeat(10_000)),
        ];
        for (label, body) in bodies {
            let refusal = event.fault(label, |event| event.body(body)).await?;
            refusal.holds(SEND_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        for (label, payload) in
            [("a payload that is a text", json!("event")), ("a payload that is an array", json!([]))]
        {
            let refusal = event.fault(label, |event| event.set("/payload", payload)).await?;
            refusal.holds(SEND_REFUSES_WHAT_IS_NO_OBJECT, refused());
        }
        let bare = event.fault("without a payload", |event| event.without("/payload")).await?;
        bare.holds(SEND_REFUSES_WHAT_IS_NO_OBJECT, refused());
        Ok(())
    })
}

fn other_methods() -> Case {
    let says = "Only POST registers, and a 405 says so";
    case("umami.send.other-methods", says, &[SEND_ONLY_POST, SEND_ALLOW_HEADER], async |run| {
        let methods = [Method::GET, Method::PUT, Method::PATCH, Method::DELETE];
        let faults = methods.map(|method| form(format!("by {method}"), |event| event.method(method)));
        let (sent, registered) = Site::arrange(run).await?.with_faults(faults.into()).await?;
        for Sent { answer, mark, .. } in &sent {
            answer
                .holds(SEND_ONLY_POST, status(405))
                .holds(SEND_ONLY_POST, registered.has_none(mark))
                .holds(SEND_ALLOW_HEADER, allows("POST"));
        }
        Ok(())
    })
}

fn content_types() -> Case {
    let says = "Which labels an event's JSON may have";
    case("umami.send.content-types", says, &[SEND_REQUEST_CONTENT_TYPE], async |run| {
        let forms = vec![
            form("as text/plain", |event| event.header(CONTENT_TYPE, "text/plain")),
            form("without a Content-Type", |event| event.without_header(&CONTENT_TYPE)),
        ];
        observe(run, SEND_REQUEST_CONTENT_TYPE, forms).await
    })
}

fn what_registered_means() -> Case {
    let says = "What stats and active visitors show after a page view, and after a named event";
    case("umami.send.what-registered-means", says, &[SEND_WHAT_REGISTERED_MEANS], async |run| {
        let site = Site::arrange(run).await?;
        let (view, named) = (site.mark(), site.mark());
        let steps = [
            ("at first", None),
            ("after a page view", Some((&view, view.on(site.sample(&view).without("/payload/name"))))),
            ("after a named event too", Some((&named, site.sample(&named)))),
        ];
        for (when, event) in steps {
            if let Some((mark, event)) = event {
                run.control(SEND_REGISTERS_AN_EVENT, event, succeeds()).await?;
                site.once_registered(&[mark]).await?;
            }
            run.observe(SEND_WHAT_REGISTERED_MEANS, format!("{when}: {}", counts(run, &site).await?));
        }
        Ok(())
    })
}

/// What a website's stats and active visitors are, as far as the deployment tells.
async fn counts(run: &Run, site: &Site<'_>) -> Result<String, Stop> {
    let day = Duration::from_secs(24 * 3600);
    let millis = |time: SystemTime| time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = SystemTime::now();
    let of_site = |operation| Request::new(operation).at("websiteId", &site.id).bearer(&site.token);
    let stats = of_site(operation::STATS).query("startAt", millis(now - day)).query("endAt", millis(now + day));
    let stats = run.arrange(async || run.send("stats", &stats).await).await?.response();
    let active = run.arrange(async || run.send("active", &of_site(operation::ACTIVE)).await).await?.response();
    let number = |name: &str| {
        let json = stats.json().cloned().unwrap_or_default();
        // Releases before 3 tell each as an object of two.
        let value = if json[name].is_object() { &json[name]["value"] } else { &json[name] };
        if value.is_null() { format!("{name} unknown") } else { format!("{name} {value}") }
    };
    let told = ["pageviews", "visitors", "visits", "bounces"].map(number).join(", ");
    Ok(format!("{told}; active: {}", active.body_summary()))
}

// ── what is asked of several forms ────────────────────────────────────────────────────────────────────────────────

/// Holds each fault to: refused, and not registered.
async fn refused_and_not_registered(
    run: &Run,
    requirement: &'static Requirement,
    faults: Vec<Form>,
) -> Result<(), Stop> {
    let (sent, registered) = Site::arrange(run).await?.with_faults(faults).await?;
    for Sent { answer, mark, .. } in &sent {
        answer.holds(requirement, refused()).holds(requirement, registered.has_none(mark));
    }
    Ok(())
}

/// Observes of each form how it is answered, and whether it is registered.
async fn observe(run: &Run, requirement: &'static Requirement, forms: Vec<Form>) -> Result<(), Stop> {
    let (sent, registered) = Site::arrange(run).await?.with_faults(forms).await?;
    for Sent { label, answer, mark } in &sent {
        let status = answer.response().status;
        run.observe(requirement, format!("{label}: {status}, {}", registered.tells(mark)));
    }
    Ok(())
}
