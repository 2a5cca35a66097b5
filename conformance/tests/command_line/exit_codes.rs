//! The exit code is a promise to CI jobs: each from a run that earns it.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{command, ended, probity};
use probity_fixtures::APIS;
use probity_server::umami::Deviation;
use serde_json::Value;
use std::collections::BTreeMap;

#[test]
fn a_server_that_conforms_is_0() {
    probity(&[]).with(0);
}

#[test]
fn a_release_that_departs_from_a_must_is_1_and_its_departures_are_known_by_its_name() {
    let report = probity(&["--release", "umami-3.1.0"]).with(1);
    assert!(report.out.contains("1 fail, 9 warn"), "{}", report.out);
    let last = report.out.lines().last().unwrap_or_default();
    assert!(last.contains("try --known umami-3.1.0"), "{last}");
    let report = probity(&["--release", "umami-3.1.0", "--known", "umami-3.1.0", "--strict"]).with(0);
    assert!(report.out.contains("10 known"), "{}", report.out);
    assert!(!report.out.contains("warn"), "{}", report.out);
}

#[test]
fn each_release_is_known_by_its_name_and_something_passes_in_each_section() {
    for api in APIS {
        for release in api.releases {
            let as_release = ["--api", api.name, "--release", release.name];
            let departs = probity(&as_release).with(1);
            assert!(departs.out.lines().last().is_some_and(|last| last.contains(release.name)), "{}", departs.out);
            let folder = tempfile::tempdir().expect("a temporary folder");
            let json = folder.path().join("report.json");
            let known = ["--known", release.name, "--report", &format!("json={}", json.display())];
            probity(&[&as_release[..], &known[..]].concat()).with(0);
            let report: Value = serde_json::from_str(&std::fs::read_to_string(json).expect("written")).expect("JSON");
            let mut sections: BTreeMap<String, Vec<String>> = BTreeMap::new();
            for case in report["cases"].as_array().expect("cases") {
                let text = |member: &str| case[member].as_str().expect("a text").to_owned();
                sections.entry(text("section")).or_default().push(text("verdict"));
            }
            for (section, verdicts) in sections {
                let fine = ["pass", "warn", "known"];
                assert!(verdicts.iter().all(|verdict| fine.contains(&verdict.as_str())), "{section}: {verdicts:?}");
                assert!(verdicts.iter().any(|verdict| verdict != "known"), "{section} is known and no more");
            }
        }
    }
}

#[test]
fn a_releases_list_is_stale_for_a_server_that_conforms_and_each_entry_is_named() {
    for api in APIS {
        for release in api.releases {
            let report = probity(&["--api", api.name, "--known", release.name]).with(1);
            for broken in release.departures.iter().flat_map(|departure| departure.deviation.breaks) {
                let line = report.out.lines().find(|line| line.contains(&format!("✗ {}", broken.id)));
                assert!(line.is_some_and(|line| line.contains("stale")), "{}\n{}", broken.id, report.out);
            }
        }
    }
}

#[test]
fn what_is_only_advised_against_is_0_and_1_if_strict() {
    let filter = ["--release", "umami-3.1.0", "--filter", "umami.login.*"];
    probity(&filter).with(0);
    probity(&[&filter[..], &["--strict"]].concat()).with(1);
}

#[test]
fn a_known_entry_that_was_not_exercised_is_neither_stale_nor_fine() {
    let report =
        probity(&["--known", "umami-3.1.0", "--filter", "umami.login.shape", "--release", "umami-3.1.0"]).with(0);
    assert!(report.out.contains("not exercised"), "{}", report.out);
}

#[test]
fn a_must_that_departs_is_1() {
    let deployment = Deployment::umami(&[Deviation::TokenNotRequired]);
    let mut run = command(&["--target", &format!("umami={}", deployment.url)]);
    run.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let report = ended(run).with(1);
    assert!(report.out.contains("✗ umami.token.missing"), "{}", report.out);
    assert!(report.out.contains("✓ umami.token.altered"), "{}", report.out);
}

#[test]
fn usage_that_makes_no_sense_is_2() {
    probity(&["--no-such-flag"]).with(2);
    probity(&["--filter", "umami.login.nothing*"]).told(&["umami.login.nothing*", "list"]);
    probity(&["--api", "umamy"]).told(&["umamy", "did you mean umami?"]);
    probity(&["--release", "umami-9"]).told(&["umami-9", "umami-3.1.0"]);
    probity(&["--known", "umami-9"]).told(&["umami-9", "umami-3.1.0"]);
    probity(&["--report", "pdf=report.pdf"]).told(&["pdf", "json", "junit", "markdown"]);
    probity(&["--report", "markdwn=report.md"]).told(&["did you mean markdown?"]);
    probity(&["--report", "json"]).told(&["FORM=FILE"]);
    probity(&["--timeout", "soon"]).told(&["--timeout soon", "seconds"]);
    probity(&["--release", "umami-3.1.0", "--target", "umami=http://127.0.0.1:9"]).told(&["--release", "embedded"]);
    probity(&["explain", "umami.login.shap"]).told(&["did you mean umami.login.shape?"]);
}

#[test]
fn a_target_that_cannot_be_reached_or_asked_is_3() {
    let mut unreachable = command(&["--target", "umami=http://127.0.0.1:9"]);
    unreachable.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    let report = ended(unreachable).with(3);
    assert!(report.out.lines().last().is_some_and(|line| line.contains("cannot be reached")), "{}", report.out);
    let report = probity(&["--target", "umami=http://127.0.0.1:9"]).with(3);
    assert!(report.out.lines().last().is_some_and(|line| line.contains("PROBITY_UMAMI_USERNAME")), "{}", report.out);
}
