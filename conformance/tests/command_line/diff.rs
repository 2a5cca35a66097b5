//! `probity diff`: two runs held against each other, as before and after an upgrade.

use crate::probity::{Ended, command, ended};
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// What differs from run to run.
const FILTERS: [(&str, &str); 3] = [
    (r"json · \S+Z", "json · STARTED"),
    (r"started \| `[^`]+` \| `[^`]+`", "started | STARTED | STARTED"),
    (r"probity \d+\.\d+\.\d+", "probity VERSION"),
];

/// A folder in which runs leave their reports.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// A run that leaves its report in `file`.
    fn run(&self, file: &str, arguments: &[&str]) {
        let mut run = command(arguments);
        run.args(["--report", &format!("json={file}")]).current_dir(self.path());
        assert!(matches!(ended(run).code, Some(0 | 1)), "{file}");
    }

    fn diff(&self, arguments: &[&str]) -> Ended {
        let mut diff = command(&["diff"]);
        diff.args(arguments).current_dir(self.path());
        ended(diff)
    }
}

const LOGIN: [&str; 6] = ["--api", "umami", "--filter", "umami.login.*", "--filter", "umami.send.no-user-agent"];

fn login_as(release: &[&'static str]) -> Vec<&'static str> {
    [&LOGIN[..], release].concat()
}

#[test]
fn an_upgrade_that_departs_more_got_worse_and_is_1() {
    let folder = Folder::new();
    folder.run("before.json", &LOGIN);
    folder.run("after.json", &login_as(&["--release", "umami-3.1.0"]));
    let text = folder.diff(&["before.json", "after.json"]).with(1).out;
    insta::with_settings!({filters => FILTERS}, { insta::assert_snapshot!("worse_as_text", text) });
    let markdown = folder.diff(&["before.json", "after.json", "--format", "markdown"]).with(1).out;
    insta::with_settings!({filters => FILTERS}, { insta::assert_snapshot!("worse_as_markdown", markdown) });
}

#[test]
fn an_upgrade_that_mends_departures_got_better_and_is_0() {
    let folder = Folder::new();
    folder.run("before.json", &login_as(&["--release", "umami-3.1.0"]));
    folder.run("after.json", &LOGIN);
    let json = folder.diff(&["before.json", "after.json", "--format", "json"]).with(0).out;
    let diff: Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(diff["schema"], "probity.diff/1");
    assert_eq!(diff["summary"]["worse"], 0);
    let fixed = diff["cases"].as_array().expect("cases").iter().find(|case| case["id"] == "umami.send.no-user-agent");
    let fixed = fixed.expect("it is among them");
    assert_eq!(
        (&fixed["change"], &fixed["before"], &fixed["after"]),
        (&"better".into(), &"fail".into(), &"pass".into())
    );
    assert_eq!(fixed["findings"][0]["after"], Value::Null);
    assert_eq!(diff["before"]["targets"][0], "umami at the embedded reference server as umami-3.1.0");
}

#[test]
fn two_runs_of_one_release_do_not_differ() {
    let folder = Folder::new();
    for (seed, file) in [("1", "before.json"), ("2", "after.json")] {
        folder.run(file, &["--api", "umami", "--release", "umami-3.1.0", "--seed", seed]);
    }
    let text = folder.diff(&["before.json", "after.json"]).with(0).out;
    assert!(text.contains("0 worse, 0 better, 0 changed, 0 new, 0 gone, 0 observed otherwise"), "{text}");
}

#[test]
fn what_only_one_run_looked_at_is_new_or_gone_and_no_worse_unless_it_departs() {
    let folder = Folder::new();
    folder.run("few.json", &["--filter", "umami.login.shape"]);
    folder.run("more.json", &["--filter", "umami.login.*"]);
    let text = folder.diff(&["few.json", "more.json"]).with(0).out;
    assert!(text.contains("umami.login.wrong-password absent → pass"), "{text}");
    let text = folder.diff(&["more.json", "few.json"]).with(0).out;
    assert!(text.contains("umami.login.wrong-password pass → absent"), "{text}");
    folder.run("departs.json", &["--filter", "umami.login.*", "--release", "umami-3.1.0"]);
    let text = folder.diff(&["few.json", "departs.json"]).with(1).out;
    assert!(text.contains("umami.login.not-stored absent → warn"), "{text}");
}

#[test]
fn listing_a_departure_as_known_makes_nothing_worse() {
    let folder = Folder::new();
    folder.run("before.json", &login_as(&["--release", "umami-3.1.0"]));
    folder.run("after.json", &login_as(&["--release", "umami-3.1.0", "--known", "umami-3.1.0"]));
    let text = folder.diff(&["before.json", "after.json"]).with(0).out;
    assert!(text.contains("umami.send.no-user-agent fail → known"), "{text}");
}

#[test]
fn what_is_no_report_is_2_and_told_with_the_file_and_what_was_expected() {
    let folder = Folder::new();
    folder.run("report.json", &["--filter", "umami.login.shape"]);
    folder.run("other.json", &["--filter", "tinyauth.login.shape"]);
    for (file, text) in [
        ("broken.json", "{\"schema\""),
        ("list.json", "[]"),
        ("config.json", "{}"),
        ("later.json", "{\"schema\":\"probity.report/2\"}"),
    ] {
        fs::write(folder.path().join(file), text).expect("it can be written");
    }
    let wrong = |file: &str| folder.diff(&["report.json", file]);
    wrong("missing.json").told(&["missing.json", "cannot be read", "--report json=FILE"]);
    wrong("broken.json").told(&["broken.json", "line 1", "--report json=FILE"]);
    wrong("list.json").told(&["list.json", "--report json=FILE"]);
    wrong("config.json").told(&["config.json", "no `schema`", "--report json=FILE"]);
    wrong("later.json").told(&["later.json", "probity.report/2", "probity.report/1 was expected"]);
    wrong("other.json").told(&["no case in common", "umami", "tinyauth"]);
    folder.diff(&["report.json"]).with(2);
}
