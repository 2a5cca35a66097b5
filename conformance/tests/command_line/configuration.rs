//! Where a target's settings come from, and what is said when they make no sense.

use crate::deployment::{Deployment, PASSWORD, USERNAME, http};
use crate::probity::{Ended, command, ended, probity};
use crate::raw_server::{forward, respond_without, serve};
use serde_json::{Value, json};
use std::path::PathBuf;
use tempfile::TempDir;

fn file(text: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("probity.toml");
    std::fs::write(&path, text).expect("it can be written");
    (folder, path)
}

fn configured(text: &str) -> Ended {
    let (_folder, path) = file(text);
    probity(&["--config", &path.display().to_string()])
}

#[test]
fn a_file_may_give_values_as_they_are_or_name_where_they_are() {
    let deployment = Deployment::umami(&[]);
    let (_folder, path) = file(&format!(
        "[umami]\nurl = \"{}\"\nusername = {{ command = \"printf %s {USERNAME}\" }}\npassword = {{ env = \"UMAMI_SECRET\" }}\nallow = [\"lockout\", \"write\"]\n",
        deployment.url
    ));
    let mut run = command(&["--config", &path.display().to_string()]);
    run.env("UMAMI_SECRET", PASSWORD);
    let report = ended(run).with(0);
    assert!(report.out.contains("1 skip"), "only the clock is missing\n{}", report.out);
}

#[test]
fn the_environment_alone_is_enough_and_the_first_line_says_so() {
    let deployment = Deployment::umami(&[]);
    let mut run = command(&[]);
    run.env("PROBITY_UMAMI_URL", &deployment.url);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    run.env("PROBITY_UMAMI_ALLOW", "lockout, write");
    let report = ended(run).with(0);
    assert!(report.out.lines().next().is_some_and(|line| line.contains("PROBITY_UMAMI_URL")), "{}", report.out);
    assert!(report.out.contains("1 skip"), "only the clock is missing\n{}", report.out);
}

#[test]
fn with_all_in_the_environment_a_run_lacks_nothing_but_what_a_real_server_cannot_give() {
    for (api, not_given) in [
        ("tinyauth", &["clock", "--allow slow"][..]),
        (
            "uptinio",
            &["clock", "`code_command`", "`google_id_token`", "`banned_token`", "--allow slow", "--allow exhaust"],
        ),
    ] {
        let deployment = Deployment::of(api, &[]);
        let prefix = format!("PROBITY_{}", api.to_uppercase());
        let mut run = command(&["--report", "json=-"]);
        run.env(format!("{prefix}_URL"), &deployment.url).env(format!("{prefix}_ALLOW"), "lockout, permanent");
        for (key, value) in deployment.values.iter().filter(|(key, _)| **key != "code_command") {
            // Its clock stands still: who may send but a hundred requests a minute would wait for the next one for good.
            let value = deployment.values.get(&*format!("enterprise_{key}")).unwrap_or(value);
            run.env(format!("{prefix}_{}", key.to_uppercase()), value);
        }
        let report: Value = serde_json::from_str(&ended(run).with(0).out).expect("JSON");
        let cases = report["cases"].as_array().expect("cases");
        let skipped: Vec<&str> = cases.iter().filter_map(|case| case["skip"].as_str()).collect();
        assert!(skipped.len() * 2 < cases.len(), "{api}: {skipped:#?}");
        for reason in skipped {
            assert!(not_given.iter().any(|word| reason.contains(word)), "{api}: {reason}");
        }
    }
}

#[test]
fn a_path_before_the_apis_own_is_kept() {
    let mut run = command(&["--target", "umami=http://127.0.0.1:9/analytics/", "--filter", "umami.login.shape", "-vv"]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let report = ended(run).with(3);
    assert!(report.out.contains("POST http://127.0.0.1:9/analytics/api/auth/login"), "{}", report.out);
}

#[test]
fn a_deployment_is_only_read_unless_more_is_allowed() {
    let deployment = Deployment::umami(&[]);
    let mut run = command(&["--target", &format!("umami={}", deployment.url)]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let report = ended(run).with(0);
    let skipped = report.out.lines().find(|line| line.contains("- umami.login.wrong-password"));
    assert!(skipped.is_some_and(|line| line.contains("--allow lockout")), "{}", report.out);
}

#[test]
fn headers_of_an_access_proxy_are_sent_and_not_shown() {
    let deployment = Deployment::umami(&[]);
    let (_folder, path) = file(&format!(
        "[umami]\nurl = \"{}\"\nusername = \"{USERNAME}\"\nheaders = {{ X-Access = {{ env = \"ACCESS\" }} }}\n",
        deployment.url
    ));
    let mut run = command(&["--config", &path.display().to_string(), "--filter", "umami.verify.shape", "-vv"]);
    run.env("PROBITY_UMAMI_PASSWORD", PASSWORD).env("ACCESS", "open-sesame-1234");
    let report = ended(run).with(0);
    assert!(report.out.contains("x-access: $UMAMI_HEADER_X_ACCESS"), "{}", report.out);
    assert!(!report.out.contains("open-sesame"), "{}", report.out);
}

#[test]
fn an_access_proxy_lets_in_who_sends_its_headers_with_every_request() {
    let deployment = Deployment::umami(&[]);
    let behind = deployment.url;
    let proxy = serve(move |stream| {
        forward(stream, &behind, |request, response| {
            let is_let_in = request.to_lowercase().contains("\r\ncf-access-client-secret: open-sesame-1234\r\n");
            if is_let_in { response } else { respond_without("403 Forbidden") }
        });
    });
    let put_to = |headers: Option<&str>| {
        let mut run = command(&["--target", &format!("umami=http://{proxy}"), "--allow", "write,lockout"]);
        run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
        run.envs(headers.map(|headers| ("PROBITY_UMAMI_HEADERS", headers)));
        ended(run)
    };
    let told = put_to(None).with(1).out;
    assert!(told.contains("does an access proxy stand before it? `headers`"), "{told}");
    let told = put_to(Some("CF-Access-Client-Secret: open-sesame-1234")).with(0).out;
    assert!(told.contains("69 cases: 68 pass, 1 skip") && !told.contains("open-sesame"), "{told}");
}

#[test]
fn bad_input_names_the_file_the_key_and_what_was_expected() {
    configured("[umami\n").told(&["probity.toml: line 1", "no TOML"]);
    configured("[umamy]\n").told(&["probity.toml: [umamy]", "did you mean umami?"]);
    configured("umami = 1\n").told(&["a table was expected"]);
    configured("[umami]\nusrname = \"x\"\n").told(&["[umami] usrname", "did you mean username?", "`password`"]);
    configured("[umami]\nusername = \"x\"\n").told(&["umami", "`url` is missing"]);
    configured("[umami]\nurl = \"nowhere\"\n").told(&["[umami] url", "https://analytics.example.com"]);
    configured("[umami]\nurl = \"https://me:secret@host\"\n").told(&["[umami] url", "without user and password"]);
    configured("[umami]\nurl = \"http://h\"\npassword = { env = \"NOT_SET_ANYWHERE\" }\n")
        .told(&["[umami] password", "NOT_SET_ANYWHERE is not set"]);
    configured("[umami]\nurl = \"http://h\"\npassword = { command = \"echo locked >&2; exit 3\" }\n").told(&[
        "[umami] password",
        "locked",
        "exit status: 3",
    ]);
    configured("[umami]\nurl = \"http://h\"\npassword = [\"x\"]\n").told(&["[umami] password", "a text was expected"]);
    configured("[umami]\nurl = \"http://h\"\nallow = [\"writ\"]\n").told(&["[umami] allow", "did you mean write?"]);
    configured("[umami]\nurl = \"http://h\"\nrate = 0\n").told(&["[umami] rate", "requests a minute"]);
    configured("[umami]\nurl = \"http://h\"\ntimeout = -1\n").told(&["[umami] timeout", "seconds"]);
    configured("[umami]\nurl = \"http://h\"\nca = \"/nowhere.pem\"\n").told(&["[umami] ca", "/nowhere.pem"]);
    configured("[umami]\nurl = \"http://h\"\nheaders = { \"a b\" = \"x\" }\n")
        .told(&["[umami] headers", "no header's name"]);
    configured("").told(&["names no deployment"]);
}

#[test]
fn a_secret_that_stands_where_it_should_not_is_not_repeated() {
    let error = configured("[umami]\nurl = \"https://me:hunter2-hunter2@host\"\n");
    assert!(!error.err.contains("hunter2"), "{}", error.err);
}

#[test]
fn a_flag_is_true_or_false_and_false_enables_nothing() {
    let given = |value: &str| {
        let url = "http://127.0.0.1:9";
        let (_folder, file) =
            file(&format!("[tinyauth]\nurl = {url:?}\noauth_provider = \"generic\"\noauth_follow = {value}\n"));
        probity(&["--config", &file.display().to_string(), "--plan", "--filter", "tinyauth.oauth-callback.twice"])
    };
    for yes in ["true", "\"true\""] {
        let report = given(yes).with(0);
        assert!(!report.out.contains("oauth_follow"), "{}", report.out);
    }
    for no in ["false", "\"false\""] {
        let report = given(no).with(0);
        assert!(report.out.contains("set `oauth_follow` to true"), "{}", report.out);
    }
    for wrong in ["\"yes\"", "1"] {
        given(wrong).told(&["[tinyauth] oauth_follow", "true or false was expected"]);
    }
}

#[test]
fn a_wrong_password_costs_fewer_logins_than_lock_somebody_out() {
    let tinyauth = Deployment::tinyauth();
    for allow in [&[][..], &["--allow", "lockout"], &["--allow", "all"]] {
        let mut run = command(&["--target", &format!("tinyauth={}", tinyauth.url)]);
        run.args(allow).env("PROBITY_TINYAUTH_USERNAME", "user").env("PROBITY_TINYAUTH_PASSWORD", "another password");
        ended(run).with(1);
        // The right one is taken still, and so ends what the failures counted to.
        let login = json!({ "email": "user", "password": "password" });
        assert_eq!(http(&tinyauth.url, "POST", "/api/login", None, &login)["status"], 200, "{allow:?}");
    }
}

#[test]
fn wrong_passwords_in_the_configuration_lock_nobody_out() {
    let tinyauth = Deployment::of("tinyauth", &[]);
    let mut run = command(&["--target", &format!("tinyauth={}", tinyauth.url), "--allow", "all"]);
    for (key, value) in &tinyauth.values {
        let value = if key.ends_with("password") { "another password" } else { value };
        run.env(format!("PROBITY_TINYAUTH_{}", key.to_uppercase()), value);
    }
    let report = ended(run).with(1);
    assert!(report.out.contains("no form of login succeeded"), "{}", report.out);
    assert!(report.out.contains("they were refused before, with 401 Unauthorized"), "{}", report.out);
    for account in ["username", "totp_username", "colon_username"] {
        let password = &tinyauth.values[account.replace("username", "password").as_str()];
        let login = json!({ "email": tinyauth.values[account], "password": password });
        assert_eq!(http(&tinyauth.url, "POST", "/api/login", None, &login)["status"], 200, "{account}");
    }
}
