//! `POST /api/auth/login`

use super::USER;
use super::session::{login, proper_login};
use crate::case::{Case, Effect, case, shape_case};
use crate::exchange::Response;
use crate::expect::{absent, allows, refused, same_answer_as, status, that, value};
use crate::request::Request;
use crate::run::{Run, Stop};
use http::Method;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use probity_fixtures::Requirement;
use probity_fixtures::umami::operation;
use probity_fixtures::umami::requirement::*;
use serde_json::{Value, json};

pub(super) fn cases() -> Vec<Case> {
    let cases = [
        shape_case(operation::LOGIN, async |run| login(run)),
        own_user(),
        not_stored(),
        wrong_password(),
        unknown_user(),
        tells_no_users(),
        username_missing(),
        password_missing(),
        username_of_another_type(),
        password_of_another_type(),
        no_object(),
        huge_password(),
        other_methods(),
        username_in_capitals(),
        content_types(),
        further_members(),
    ];
    cases.into_iter().map(|case| case.needs(USER)).collect()
}

/// What the sample shows of a user.
const USER_SHOWN: [&str; 3] = ["id", "username", "createdAt"];

fn own_user() -> Case {
    let says = "A login's answer is about the user that logged in";
    let covers = &[LOGIN_NAMES_ITS_USER, LOGIN_SUCCESS_STATUS, LOGIN_FURTHER_ANSWER, LOGIN_CREATED_AT_ZONE];
    case("umami.login.own-user", says, covers, async |run| {
        let login = proper_login(run).await?;
        login.answer().holds(LOGIN_NAMES_ITS_USER, value("/user/username", run.value("username")?));
        let response = login.answer().response();
        run.observe(LOGIN_SUCCESS_STATUS, response.status.to_string());
        let beside = [response.members_beside("", &["token", "user"]), response.members_beside("/user", &USER_SHOWN)];
        run.observe(LOGIN_FURTHER_ANSWER, format!("{}; in `user`: {}", beside[0], beside[1]));
        run.observe(LOGIN_CREATED_AT_ZONE, response.text_at("/user/createdAt").unwrap_or("no text"));
        Ok(())
    })
}

fn not_stored() -> Case {
    let says = "The answer to a login is not for caches to store";
    case("umami.login.not-stored", says, &[LOGIN_NOT_STORED], async |run| {
        let login = proper_login(run).await?;
        login.answer().holds(LOGIN_NOT_STORED, that("Cache-Control with no-store", forbids_storing));
        Ok(())
    })
}

fn forbids_storing(response: &Response) -> Result<(), String> {
    let lines = response.headers.get_all(CACHE_CONTROL).iter();
    let value = lines.map(|line| String::from_utf8_lossy(line.as_bytes())).collect::<Vec<_>>().join(", ");
    match value.split(',').any(|directive| directive.trim().eq_ignore_ascii_case("no-store")) {
        true => Ok(()),
        false if value.is_empty() => Err("no Cache-Control".to_owned()),
        false => Err(format!("Cache-Control: {value}")),
    }
}

fn wrong_password() -> Case {
    let says = "A password that is nearly the user's is refused, and gets no token";
    let covers = &[LOGIN_REFUSES_WRONG_PASSWORD, LOGIN_REFUSAL_HOLDS_NO_TOKEN, LOGIN_REFUSAL_STATUS];
    let scenario = async |run: &Run| {
        let login = proper_login(run).await?;
        let password = run.value("password")?;
        let nearly = [
            ("another password", run.random_text(20)),
            ("the password with a letter more", format!("{password}x")),
            ("the password without its last letter", all_but_last(password)),
            ("the password in the other case", other_case(password)),
            ("the password with a space before it", format!(" {password}")),
            ("the password with a zero byte after it", format!("{password}\0")),
            ("a password in other scripts", "пароль 密码 🔑 p\u{301}".to_owned()),
        ];
        for (label, wrong) in nearly.iter().filter(|(_, wrong)| wrong != password && !wrong.is_empty()) {
            run.mask(&format!("WRONG_{}", label.to_uppercase().replace(' ', "_")), wrong);
            let refusal = login.fault(label, |request| request.set("/password", wrong.as_str())).await?;
            refusal
                .holds(LOGIN_REFUSES_WRONG_PASSWORD, refused())
                .holds(LOGIN_REFUSAL_HOLDS_NO_TOKEN, absent("/token"));
            if *label == "another password" {
                run.observe(LOGIN_REFUSAL_STATUS, refusal.response().summary());
            }
        }
        Ok(())
    };
    case("umami.login.wrong-password", says, covers, scenario).effect(Effect::Lockout)
}

fn unknown_user() -> Case {
    let says = "A user name that nobody has is refused, whatever it is made of, and gets no token";
    let covers = &[LOGIN_REFUSES_UNKNOWN_USER, LOGIN_REFUSAL_HOLDS_NO_TOKEN];
    let scenario = async |run: &Run| {
        let login = proper_login(run).await?;
        let nobody = [
            ("an unknown user name", run.random_text(16)),
            ("a user name in other scripts", format!("пользователь-用户-🦀-{}", run.random_text(8))),
            ("a user name that is SQL", format!("{}' OR '1'='1' --", run.random_text(8))),
            ("a user name with a wildcard", "%".to_owned()),
            ("a user name of 300 letters", "x".repeat(300)),
            ("a user name with a zero byte", format!("{}\0", run.random_text(8))),
        ];
        for (label, name) in &nobody {
            let refusal = login.fault(label, |request| request.set("/username", name.as_str())).await?;
            refusal.holds(LOGIN_REFUSES_UNKNOWN_USER, refused()).holds(LOGIN_REFUSAL_HOLDS_NO_TOKEN, absent("/token"));
        }
        Ok(())
    };
    case("umami.login.unknown-user", says, covers, scenario).effect(Effect::Lockout)
}

fn tells_no_users() -> Case {
    let says = "A wrong password and an unknown user get the same answer";
    let scenario = async |run: &Run| {
        let login = proper_login(run).await?;
        let (password, nobody) = (run.random_text(20), run.random_text(16));
        let wrong_password =
            login.fault("a wrong password", |request| request.set("/password", password.as_str())).await?;
        let unknown_user = login.fault("an unknown user", |request| request.set("/username", nobody.as_str())).await?;
        unknown_user.holds(LOGIN_TELLS_NO_USERS, same_answer_as(&wrong_password.response()));
        Ok(())
    };
    case("umami.login.tells-no-users", says, &[LOGIN_TELLS_NO_USERS], scenario).effect(Effect::Lockout)
}

fn username_missing() -> Case {
    let says = "A login without a user name is refused";
    let scenario = async |run: &Run| {
        let login = proper_login(run).await?;
        for (label, fault) in missing("/username") {
            login.fault(label, fault).await?.holds(LOGIN_REQUIRES_USERNAME, refused());
        }
        Ok(())
    };
    case("umami.login.username-missing", says, &[LOGIN_REQUIRES_USERNAME], scenario).effect(Effect::Lockout)
}

fn password_missing() -> Case {
    let says = "A login without a password is refused";
    let scenario = async |run: &Run| {
        let login = proper_login(run).await?;
        for (label, fault) in missing("/password") {
            let refusal = login.fault(label, fault).await?;
            refusal.holds(LOGIN_REQUIRES_PASSWORD, refused());
            if label == "left out" {
                run.observe(LOGIN_MALFORMED_STATUS, format!("without a password: {}", refusal.response().summary()));
            }
        }
        Ok(())
    };
    case("umami.login.password-missing", says, &[LOGIN_REQUIRES_PASSWORD, LOGIN_MALFORMED_STATUS], scenario)
        .effect(Effect::Lockout)
}

fn username_of_another_type() -> Case {
    let says = "A user name that is no text is refused, a database's query operator included";
    let scenario = async |run: &Run| of_another_type(run, "username", LOGIN_USERNAME_IS_TEXT).await;
    case("umami.login.username-of-another-type", says, &[LOGIN_USERNAME_IS_TEXT], scenario).effect(Effect::Lockout)
}

fn password_of_another_type() -> Case {
    let says = "A password that is no text is refused, a database's query operator included";
    let scenario = async |run: &Run| of_another_type(run, "password", LOGIN_PASSWORD_IS_TEXT).await;
    case("umami.login.password-of-another-type", says, &[LOGIN_PASSWORD_IS_TEXT], scenario).effect(Effect::Lockout)
}

async fn of_another_type(run: &Run, member: &str, requirement: &'static Requirement) -> Result<(), Stop> {
    let login = proper_login(run).await?;
    for (label, other) in of_other_types(run.value(member)?) {
        let refusal = login.fault(label, |request| request.set(&format!("/{member}"), other)).await?;
        refusal.holds(requirement, refused());
    }
    Ok(())
}

fn no_object() -> Case {
    let says = "A login whose body is no JSON object is refused, and is not the server's own failure";
    let covers = &[LOGIN_REFUSES_WHAT_IS_NO_OBJECT, LOGIN_MALFORMED_STATUS];
    case("umami.login.no-object", says, covers, async |run| {
        let login = proper_login(run).await?;
        let proper = login.request_body();
        let bodies: [(&str, Vec<u8>); 11] = [
            ("an empty body", Vec::new()),
            ("a text that is no JSON", b"this is not JSON".to_vec()),
            ("a JSON object that is cut short", proper[..proper.len() - 1].to_vec()),
            ("two JSON objects", [&proper[..], &proper[..]].concat()),
            ("an array", b"[]".to_vec()),
            ("the object in an array", [b"[", &proper[..], b"]"].concat()),
            ("a JSON text", b"\"login\"".to_vec()),
            ("a number", b"1".to_vec()),
            ("null", b"null".to_vec()),
            ("bytes that are no UTF-8", b"{\"username\":\"\xff\xfe\",\"password\":\"\xff\xfe\"}".to_vec()),
            ("arrays nested 10 000 deep", b"[".repeat(10_000)),
        ];
        for (label, body) in bodies {
            let refusal = login.fault(label, |request| request.body(body)).await?;
            refusal.holds(LOGIN_REFUSES_WHAT_IS_NO_OBJECT, refused());
            if label == "a text that is no JSON" {
                run.observe(LOGIN_MALFORMED_STATUS, format!("no JSON: {}", refusal.response().summary()));
            }
        }
        let form = login.fault("a form", |request| {
            request.header(CONTENT_TYPE, "application/x-www-form-urlencoded").body("username=a&password=b")
        });
        form.await?.holds(LOGIN_REFUSES_WHAT_IS_NO_OBJECT, refused());
        Ok(())
    })
}

fn huge_password() -> Case {
    let says = "A password of 256 KiB is refused like any other wrong one";
    let covers = &[LOGIN_REFUSES_WRONG_PASSWORD, LOGIN_BODY_BOUND];
    let scenario = async |run: &Run| {
        let login = proper_login(run).await?;
        let huge = "p".repeat(256 << 10);
        let refusal = login.fault("a password of 256 KiB", |request| request.set("/password", huge)).await?;
        refusal.holds(LOGIN_REFUSES_WRONG_PASSWORD, refused());
        run.observe(LOGIN_BODY_BOUND, refusal.response().summary());
        Ok(())
    };
    case("umami.login.huge-password", says, covers, scenario).effect(Effect::Lockout)
}

fn other_methods() -> Case {
    let says = "Only POST logs in, and a 405 says so";
    case("umami.login.other-methods", says, &[LOGIN_ONLY_POST, LOGIN_ALLOW_HEADER], async |run| {
        let login = proper_login(run).await?;
        for method in [Method::GET, Method::PUT, Method::PATCH, Method::DELETE] {
            let refusal = login.fault(&format!("by {method}"), |request| request.method(method)).await?;
            refusal.holds(LOGIN_ONLY_POST, status(405)).holds(LOGIN_ALLOW_HEADER, allows("POST"));
        }
        Ok(())
    })
}

fn username_in_capitals() -> Case {
    let says = "What becomes of a login whose user name is in the other case";
    let scenario = async |run: &Run| {
        let name = run.value("username")?;
        let other = other_case(name);
        if other == name {
            return Err(Stop::Skip("`username` has no letter that has another case".to_owned()));
        }
        let login = proper_login(run).await?;
        let answer =
            login.variant("the user name in the other case", |request| request.set("/username", other)).await?;
        run.observe(LOGIN_USERNAME_CASE, answer.response().status.to_string());
        Ok(())
    };
    case("umami.login.username-in-other-case", says, &[LOGIN_USERNAME_CASE], scenario).effect(Effect::Lockout)
}

fn content_types() -> Case {
    let says = "Which labels a login's JSON may have";
    case("umami.login.content-types", says, &[LOGIN_REQUEST_CONTENT_TYPE], async |run| {
        let login = proper_login(run).await?;
        let as_text = login.variant("as text/plain", |request| request.header(CONTENT_TYPE, "text/plain")).await?;
        run.observe(LOGIN_REQUEST_CONTENT_TYPE, format!("as text/plain: {}", as_text.response().status));
        let bare = login.variant("without a Content-Type", |request| request.without_header(&CONTENT_TYPE)).await?;
        run.observe(LOGIN_REQUEST_CONTENT_TYPE, format!("without a Content-Type: {}", bare.response().status));
        Ok(())
    })
}

fn further_members() -> Case {
    let says = "Whether a login may hold a member that the document does not name";
    case("umami.login.further-members", says, &[LOGIN_UNKNOWN_MEMBERS], async |run| {
        let login = proper_login(run).await?;
        let answer = login.variant("with a further member", |request| request.set("/remember", true)).await?;
        run.observe(LOGIN_UNKNOWN_MEMBERS, answer.response().status.to_string());
        Ok(())
    })
}

// ── faults ────────────────────────────────────────────────────────────────────────────────────────────────────────

type Fault = Box<dyn FnOnce(Request) -> Request>;

/// The three ways in which a member may be missing.
fn missing(pointer: &'static str) -> [(&'static str, Fault); 3] {
    [
        ("left out", Box::new(move |request| request.without(pointer))),
        ("null", Box::new(move |request| request.set(pointer, Value::Null))),
        ("empty", Box::new(move |request| request.set(pointer, ""))),
    ]
}

/// Values of every JSON type but text and null, made of the proper one where that is possible.
fn of_other_types(proper: &str) -> [(&'static str, Value); 6] {
    [
        ("a number", json!(1)),
        ("true", json!(true)),
        ("an array of it", json!([proper])),
        ("an empty object", json!({})),
        ("a query operator that everything satisfies", json!({ "$ne": "" })),
        ("an object that holds it", json!({ "value": proper })),
    ]
}

fn all_but_last(text: &str) -> String {
    let mut letters = text.chars();
    letters.next_back();
    letters.collect()
}

/// The text with small letters for capitals, and capitals for small letters.
fn other_case(text: &str) -> String {
    let turned = |letter: char| match letter.is_uppercase() {
        true => letter.to_lowercase().collect::<String>(),
        false => letter.to_uppercase().collect::<String>(),
    };
    text.chars().map(turned).collect()
}
