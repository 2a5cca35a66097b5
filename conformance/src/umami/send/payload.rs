//! The parameters of an event: their types, what may be left out, and what `data` may hold.

use super::{observe, refused_and_not_registered};
use crate::case::{Case, case};
use crate::property::{Budget, counterexample};
use crate::umami::site::{Form, Sent, Site, form};
use probity_fixtures::Requirement;
use probity_fixtures::umami::requirement::*;
use proptest::prelude::*;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let types = FIELDS.iter().map(of_another_type);
    types
        .chain([data_of_another_type(), data_holds_anything(), without_data(), generated()])
        .chain([fields_left_out(), null_fields(), lengths(), forms(), further_members()])
        .collect()
}

/// A field that is a text.
struct Field {
    name: &'static str,
    case: &'static str,
    requirement: &'static Requirement,
}

const FIELDS: [Field; 8] = [
    Field { name: "hostname", case: "umami.send.hostname-of-another-type", requirement: SEND_HOSTNAME_IS_TEXT },
    Field { name: "language", case: "umami.send.language-of-another-type", requirement: SEND_LANGUAGE_IS_TEXT },
    Field { name: "referrer", case: "umami.send.referrer-of-another-type", requirement: SEND_REFERRER_IS_TEXT },
    Field { name: "screen", case: "umami.send.screen-of-another-type", requirement: SEND_SCREEN_IS_TEXT },
    Field { name: "title", case: "umami.send.title-of-another-type", requirement: SEND_TITLE_IS_TEXT },
    Field { name: "url", case: "umami.send.url-of-another-type", requirement: SEND_URL_IS_TEXT },
    Field { name: "website", case: "umami.send.website-of-another-type", requirement: SEND_WEBSITE_IS_TEXT },
    Field { name: "name", case: "umami.send.name-of-another-type", requirement: SEND_NAME_IS_TEXT },
];

fn of_another_type(field: &'static Field) -> Case {
    let says = "A field that is no text is refused, and nothing is registered";
    case(field.case, says, &[field.requirement], async |run| {
        let pointer = format!("/payload/{}", field.name);
        let faults: [Fault; 4] = [
            ("a number", |_| json!(7)),
            ("true", |_| json!(true)),
            ("an array of it", |proper| json!([proper])),
            ("an object", |proper| json!({ "value": proper })),
        ];
        refused_and_not_registered(run, field.requirement, at(&pointer, faults)).await
    })
}

fn data_of_another_type() -> Case {
    let says = "`data` that is no object is refused, and nothing is registered";
    case("umami.send.data-of-another-type", says, &[SEND_DATA_IS_OBJECT], async |run| {
        let faults: [Fault; 4] = [
            ("a text", |_| json!("foo=bar")),
            ("a number", |_| json!(7)),
            ("true", |_| json!(true)),
            ("an array of it", |proper| json!([proper])),
        ];
        refused_and_not_registered(run, SEND_DATA_IS_OBJECT, at("/payload/data", faults)).await
    })
}

/// A value of another type than the proper one, made of it.
type Fault = (&'static str, fn(&Value) -> Value);

/// The faults, each at that place of an event.
fn at(pointer: &str, faults: [Fault; 4]) -> Vec<Form> {
    let at = |(label, fault): Fault| {
        let pointer = pointer.to_owned();
        form(label, move |event| {
            let wrong = fault(event.json_at(&pointer).unwrap_or(&Value::Null));
            event.set(&pointer, wrong)
        })
    };
    faults.map(at).into()
}

fn data_holds_anything() -> Case {
    let says = "Events are registered whose data are empty, nested, deep, and of every JSON type";
    case("umami.send.data-forms", says, &[SEND_DATA_HOLDS_ANYTHING], async |run| {
        let deep = (0..20).fold(json!("bottom"), |inner, _| json!({ "in": inner }));
        let forms = [
            ("empty", json!({})),
            ("every type", json!({ "text": "a", "number": 1.5, "yes": true, "no": false, "nothing": null })),
            (
                "an object and arrays",
                json!({ "plan": { "name": "pro" }, "tags": ["a", "b"], "empty": [], "list": [{ "n": 1 }] }),
            ),
            ("20 deep", deep),
            ("50 members", (0..50).map(|n| (format!("member-{n}"), json!(n))).collect()),
            ("other scripts", json!({ "ключ 🔑": "値", "": "an empty name" })),
        ];
        let forms = forms.map(|(label, data)| form(label, move |event| event.set("/payload/data", data)));
        let (sent, registered) = Site::arrange(run).await?.in_forms(forms.into()).await?;
        for Sent { answer, mark, .. } in &sent {
            answer.holds(SEND_DATA_HOLDS_ANYTHING, registered.has(mark));
        }
        Ok(())
    })
}

fn without_data() -> Case {
    let says = "The programmatic example, which has no data, is registered";
    case("umami.send.without-data", says, &[SEND_DATA_IS_OPTIONAL], async |run| {
        let site = Site::arrange(run).await?;
        let mark = site.mark();
        let answer = run.send("without data", &site.sample(&mark).without("/payload/data")).await?;
        answer.holds(SEND_DATA_IS_OPTIONAL, site.once_registered(&[&mark]).await?.has(&mark));
        Ok(())
    })
}

/// What is drawn for an event: every text within the bounds that real releases have.
#[derive(Debug, Clone)]
struct Drawn {
    hostname: String,
    language: String,
    referrer: String,
    screen: String,
    title: String,
    data: Vec<(String, Value)>,
}

fn drawn() -> impl Strategy<Value = Drawn> {
    let value = prop_oneof![
        "[^\\x00]{0,40}".prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    let texts = (
        "[a-z][a-z0-9]{0,10}(\\.[a-z]{2,8}){0,3}",
        "[a-z]{2}(-[A-Z]{2})?",
        "(|https://[a-z]{1,20}\\.example/[a-z0-9/]{0,40})",
    );
    let data = prop::collection::vec(("[A-Za-z0-9_ ]{1,20}", value), 1..6);
    (texts, "[1-9][0-9]{2,3}x[1-9][0-9]{2,3}", "[^\\p{Cc}]{0,80}", data).prop_map(
        |((hostname, language, referrer), screen, title, data)| Drawn {
            hostname,
            language,
            referrer,
            screen,
            title,
            data,
        },
    )
}

fn generated() -> Case {
    let says = "Events with generated texts and data are registered; what is not is made as small as it gets";
    case("umami.send.generated", says, &[SEND_REGISTERS_AN_EVENT], async |run| {
        let site = Site::arrange(run).await?;
        let budget = Budget { values: 16, shrinks: 256 };
        let registered = async |drawn: &Drawn| {
            let mark = site.mark();
            let Drawn { hostname, language, referrer, screen, title, data } = drawn.clone();
            let event = site
                .sample(&mark)
                .set("/payload/hostname", hostname)
                .set("/payload/language", language)
                .set("/payload/referrer", referrer)
                .set("/payload/screen", screen)
                .set("/payload/title", title)
                .set("/payload/data", Value::from_iter(data));
            let answer = run.send("generated", &event).await?;
            let registered = site.once_registered(&[&mark]).await?;
            Ok(if registered.count(&mark) > 0 { Ok(()) } else { Err((answer, registered.has(&mark))) })
        };
        match counterexample(run, drawn(), budget, registered).await? {
            Some((answer, expected)) => drop(answer.holds(SEND_REGISTERS_AN_EVENT, expected)),
            None => {
                let mark = site.mark();
                let last = run.send("the sample, last", &site.sample(&mark)).await?;
                last.holds(SEND_REGISTERS_AN_EVENT, site.once_registered(&[&mark]).await?.has(&mark));
            }
        }
        Ok(())
    })
}

// ── what the document leaves open ─────────────────────────────────────────────────────────────────────────────────

fn fields_left_out() -> Case {
    let says = "Whether an event may lack a field that the sample has";
    case("umami.send.fields-left-out", says, &[SEND_FIELDS_LEFT_OUT], async |run| {
        let optional = FIELDS.iter().map(|field| field.name).filter(|name| *name != "website");
        let left_out = |name| form(name, move |event| event.without(&format!("/payload/{name}")));
        observe(run, SEND_FIELDS_LEFT_OUT, optional.map(left_out).collect()).await
    })
}

fn null_fields() -> Case {
    let says = "What becomes of an event with a field that is null";
    case("umami.send.null-fields", says, &[SEND_NULL_FIELDS], async |run| {
        let all = FIELDS.iter().map(|field| field.name).chain(["data"]);
        let null = |name| form(name, move |event| event.set(&format!("/payload/{name}"), Value::Null));
        observe(run, SEND_NULL_FIELDS, all.map(null).collect()).await
    })
}

fn lengths() -> Case {
    let says = "How long the fields may be: at and over the bounds that releases have, and far over";
    case("umami.send.lengths", says, &[SEND_LENGTHS], async |run| {
        let text = |letter: &str, length: usize| letter.repeat(length);
        let longs = [
            ("name of 50", "name", text("n", 50)),
            ("name of 51", "name", text("n", 51)),
            ("name of 25 emoji", "name", text("🦀", 25)),
            ("name of 26 emoji", "name", text("🦀", 26)),
            ("hostname of 100", "hostname", text("h", 100)),
            ("hostname of 101", "hostname", text("h", 101)),
            ("language of 35", "language", text("l", 35)),
            ("language of 36", "language", text("l", 36)),
            ("screen of 11", "screen", text("1", 11)),
            ("screen of 12", "screen", text("1", 12)),
            ("title of 500", "title", text("t", 500)),
            ("title of 501", "title", text("t", 501)),
            ("title of 10 000", "title", text("t", 10_000)),
            ("url of 500", "url", format!("/{}", text("u", 499))),
            ("url of 501", "url", format!("/{}", text("u", 500))),
            ("referrer of 500", "referrer", format!("/{}", text("r", 499))),
            ("referrer of 501", "referrer", format!("/{}", text("r", 500))),
            ("a text of 500 in data", "data/foo", text("d", 500)),
            ("a text of 501 in data", "data/foo", text("d", 501)),
        ];
        let long = |(label, name, text): (&'static str, &'static str, String)| {
            form(label, move |event| event.set(&format!("/payload/{name}"), text))
        };
        observe(run, SEND_LENGTHS, longs.map(long).into()).await
    })
}

fn forms() -> Case {
    let says = "Which forms of url, referrer, language and screen are taken besides those of the sample";
    case("umami.send.forms", says, &[SEND_FORMS], async |run| {
        let forms = vec![
            form("url a whole address", |event| event.set("/payload/url", "https://shop.example/pricing?plan=pro#top")),
            form("url with a query", |event| event.set("/payload/url", "/pricing?plan=pro")),
            form("url without a slash", |event| event.set("/payload/url", "pricing")),
            form("url empty", |event| event.set("/payload/url", "")),
            form("referrer an address", |event| event.set("/payload/referrer", "https://search.example/?q=shop")),
            form("referrer a path", |event| event.set("/payload/referrer", "/from-here")),
            form("language none", |event| event.set("/payload/language", "not a language!")),
            form("screen none", |event| event.set("/payload/screen", "huge")),
            form("hostname with a port", |event| event.set("/payload/hostname", "shop.example:8443")),
        ];
        observe(run, SEND_FORMS, forms).await
    })
}

fn further_members() -> Case {
    let says = "Whether a payload may hold a member that the document does not name";
    case("umami.send.further-members", says, &[SEND_UNKNOWN_MEMBERS], async |run| {
        let forms = vec![
            form("in the payload", |event| event.set("/payload/probity", "probity")),
            form("beside the payload", |event| event.set("/probity", "probity")),
        ];
        observe(run, SEND_UNKNOWN_MEMBERS, forms).await
    })
}
