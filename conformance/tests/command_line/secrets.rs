//! No secret leaves the program, whatever goes wrong in logging in.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{command, ended};
use crate::raw_server::{forward, serve};
use crate::skipped;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use probity_conformance::SUITES;
use probity_conformance::report::Form;
use probity_server::umami::Deviation;
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

/// A run in which logins and tokens fail in many ways, told at full length.
fn everything_told(deviations: &[Deviation]) -> String {
    let deployment = Deployment::umami(deviations);
    let target = format!("umami={}", deployment.url);
    let mut run = command(&["--target", &target, "--allow", "all", "-vv"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    in_all_forms(run)
}

/// All that a run prints, and writes to files of every form.
fn in_all_forms(mut run: std::process::Command) -> String {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = |form: &Form| folder.path().join(form.as_str());
    for form in &Form::ALL {
        run.args(["--report", &format!("{form}={}", file(form).display())]);
    }
    let report = ended(run);
    assert_ne!(report.code, Some(4), "{}{}", report.out, report.err);
    let files = Form::ALL.iter().map(|form| std::fs::read_to_string(file(form)).expect("the report is written"));
    files.fold(report.out + &report.err, |told, file| told + &file)
}

#[test]
fn neither_password_nor_token_is_shown_in_any_form() {
    let told = everything_told(&[
        Deviation::AnyPassword,
        Deviation::RefusalHoldsToken,
        Deviation::AnyToken,
        Deviation::LoginLabelledAsText,
        Deviation::CreatedAtIso,
    ]);
    let json = Value::from(PASSWORD).to_string();
    let forms = [
        PASSWORD.to_owned(),
        json.trim_matches('"').to_owned(),
        Value::from(json.trim_matches('"')).to_string().trim_matches('"').to_owned(),
        PASSWORD.replace('&', "&amp;").replace('"', "&quot;"),
        percent_encoding::utf8_percent_encode(PASSWORD, percent_encoding::NON_ALPHANUMERIC).to_string(),
        STANDARD.encode(PASSWORD),
        STANDARD.encode(format!("{USERNAME}:{PASSWORD}")),
    ];
    for form in forms {
        assert!(!told.contains(&form), "{form} is shown");
    }
    // The reference server's tokens are JSON Web Tokens: their first part is the same in each.
    let header = STANDARD.encode(r#"{"typ":"JWT","alg":"HS256"}"#);
    let shown = told.match_indices(header.trim_end_matches('=')).count();
    assert_eq!(shown, 0, "a token's beginning is shown {shown} times");
    assert!(told.contains("$UMAMI_TOKEN") && told.contains("$UMAMI_PASSWORD"));
}

#[test]
fn what_one_case_learned_is_masked_in_what_another_one_shows() {
    let deployment = Deployment::umami(&[]);
    let first = Arc::new(Mutex::new(None::<String>));
    let (url, kept) = (deployment.url, first.clone());
    let forgetful = serve(move |stream| {
        forward(stream, &url, |_, response| {
            let body = response.split_once("\r\n\r\n").map_or("", |(_, body)| body);
            let token =
                serde_json::from_str::<Value>(body).ok().and_then(|body| Some(body["token"].as_str()?.to_owned()));
            let mut first = kept.lock().expect("nobody panics while it is held");
            *first = first.take().or(token);
            match &*first {
                Some(token) => response.replacen("\r\n", &format!("\r\nX-Token-Of-Another: {token}\r\n"), 1),
                None => response,
            }
        });
    });
    let mut run = command(&["--target", &format!("umami=http://{forgetful}"), "--allow", "lockout", "-vv"]);
    run.args(["--filter", "umami.login.*"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let told = in_all_forms(run);
    let token = first.lock().expect("nobody panics while it is held").clone().expect("somebody logged in");
    assert!(told.contains("x-token-of-another: $UMAMI_TOKEN"), "{told}");
    assert!(!told.contains(&token), "{token} is shown");
}

#[test]
fn a_curl_line_reproduces_its_exchange_once_its_variables_are_set() {
    if std::process::Command::new("curl").arg("--version").output().is_err() {
        skipped("there is no curl here");
        return;
    }
    let deployment = Deployment::umami(&[Deviation::CreatedAtIso]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let json = folder.path().join("report.json");
    let mut run = command(&["--target", &format!("umami={}", deployment.url), "--filter", "umami.login.shape"]);
    run.arg("--report").arg(format!("json={}", json.display()));
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    ended(run).with(0);
    let report: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("written")).expect("JSON");
    let line = report["cases"][0]["findings"][0]["exchange"]["curl"].as_str().expect("a line").to_owned();
    let quoted = Value::from(PASSWORD).to_string();
    let again = std::process::Command::new("sh")
        .args(["-c", &line])
        .env("UMAMI_PASSWORD", PASSWORD)
        .env("UMAMI_PASSWORD_JSON", &quoted[1..quoted.len() - 1])
        .output()
        .expect("a shell");
    let answer = String::from_utf8_lossy(&again.stdout);
    assert!(answer.starts_with("HTTP/1.1 200 OK") && answer.contains("\"token\""), "{line}\n{answer}");
}

/// What goes over the wire between the suite and a server.
type Exchanges = Arc<Mutex<Vec<(String, String)>>>;

/// An address before a server's, where what goes over the wire is kept.
fn recorded(url: String) -> (String, Exchanges) {
    let record = Exchanges::default();
    let kept = record.clone();
    let address = serve(move |stream| {
        forward(stream, &url, |request, response| {
            kept.lock().expect("nobody panics while it is held").push((request.to_owned(), response.clone()));
            response
        });
    });
    (format!("http://{address}"), record)
}

/// The secrets of an exchange: the cookies that were set, members that hold tokens, and what an address carried that led
/// to a session.
fn secrets_in((request, response): &(String, String)) -> Vec<String> {
    let (head, body) = response.split_once("\r\n\r\n").unwrap_or((response, ""));
    let cookies = head.lines().filter_map(|line| Some(line.split_once("et-cookie: ")?.1));
    let mut found: Vec<String> =
        cookies.filter_map(|cookie| cookie.split([';', '=']).nth(1)).map(str::to_owned).collect();
    let logged_in = !found.is_empty();
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    found.extend(["token", "api_token", "cache"].iter().filter_map(|member| Some(json[*member].as_str()?.to_owned())));
    if logged_in {
        let query = request.lines().next().into_iter().flat_map(|line| line.split([' ', '?', '&']));
        let query = query.filter_map(|part| part.split_once('='));
        found.extend(query.filter(|(name, _)| ["code", "state"].contains(name)).map(|(_, value)| value.to_owned()));
    }
    found.retain(|secret| secret.chars().count() >= 16);
    found
}

/// The forms that a configured secret could be shown in.
fn forms(name: &str, secret: &str) -> [String; 4] {
    let json = Value::from(secret).to_string();
    let percent = percent_encoding::utf8_percent_encode(secret, percent_encoding::NON_ALPHANUMERIC).to_string();
    [secret.to_owned(), json.trim_matches('"').to_owned(), percent, STANDARD.encode(format!("{name}:{secret}"))]
}

#[test]
fn nothing_secret_of_what_went_over_the_wire_is_shown() {
    let ways_to_fail: [(&str, &[&str]); 3] = [
        (
            "tinyauth",
            &["tinyauth.any-password", "tinyauth.any-code", "tinyauth.code-counts-twice", "tinyauth.no-challenge"],
        ),
        ("tinyauth", &["tinyauth.refused-login-sets-session", "tinyauth.session-readable", "tinyauth.state-unchecked"]),
        ("umami", &["umami.any-password", "umami.refusal-holds-token", "umami.created-at-iso"]),
    ];
    for (api, deviations) in ways_to_fail {
        let deployment = Deployment::of(api, deviations);
        let (url, record) = recorded(deployment.url.clone());
        let allowed = "write,permanent,lockout,exhaust";
        let mut run = command(&["--target", &format!("{api}={url}"), "--allow", allowed, "-vv"]);
        for (key, value) in &deployment.values {
            run.env(format!("PROBITY_{}_{}", api.to_uppercase(), key.to_uppercase()), value);
        }
        let told = in_all_forms(run);
        assert!(told.contains("fail"), "nothing departed: {told}");
        let exchanges = record.lock().expect("nobody panics while it is held");
        let mut secrets: BTreeSet<String> = exchanges.iter().flat_map(secrets_in).collect();
        let suite = SUITES.iter().find(|suite| suite.api.name == api).expect("an API");
        for key in suite.keys.iter().filter(|key| key.secret) {
            let name = deployment.values.get(key.name.replace("password", "username").as_str());
            let secret = deployment.values.get(key.name).into_iter();
            secrets.extend(secret.flat_map(|secret| forms(name.map_or("", String::as_str), secret)));
        }
        let shown: Vec<_> = secrets.iter().filter(|secret| told.contains(secret.as_str())).collect();
        assert!(secrets.len() > 20, "{} secrets were seen", secrets.len());
        assert!(shown.is_empty(), "{api} shows {} of {}: {shown:?}", shown.len(), secrets.len());
        // Codes are short: they are looked for where they stand alone.
        let codes = exchanges.iter().filter_map(|(request, _)| request.split_once("\"code\":\"")?.1.get(..6));
        for code in codes.filter(|code| code.bytes().all(|byte| byte.is_ascii_digit())) {
            assert!(!told.contains(&format!("\"code\":\"{code}\"")), "the code {code} is shown");
        }
    }
}

#[test]
fn a_short_password_is_masked_in_its_fields_and_it_is_said_that_it_cannot_be_looked_for() {
    let mut run = command(&["--target", "tinyauth=http://127.0.0.1:9", "--filter", "tinyauth.basic.*", "-vv"]);
    run.env("PROBITY_TINYAUTH_USERNAME", "me").env("PROBITY_TINYAUTH_PASSWORD", "abc123");
    let report = ended(run).with(3);
    assert!(report.err.contains("[tinyauth] password is short"), "{}", report.err);
    let pair = STANDARD.encode("me:abc123");
    assert!(!report.out.contains("abc123") && !report.out.contains(&pair), "{}", report.out);
}
