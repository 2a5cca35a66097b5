//! The exit code is a promise to CI jobs: each from a run that earns it.

use crate::deployment::{Deployment, PASSWORD, USERNAME};
use crate::probity::{command, ended, probity};
use probity_server::umami::Deviation;

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
fn what_is_only_advised_against_is_0_and_1_if_strict() {
    let filter = ["--release", "umami-3.1.0", "--filter", "umami.login.*"];
    probity(&filter).with(0);
    probity(&[&filter[..], &["--strict"]].concat()).with(1);
}

#[test]
fn a_known_list_that_is_stale_is_1_and_names_its_entries() {
    let report = probity(&["--known", "umami-3.1.0"]).with(1);
    for requirement in ["umami.login.created-at-format", "umami.token.expires", "umami.verify.allow-header"] {
        let line = report.out.lines().find(|line| line.contains(&format!("✗ {requirement}")));
        assert!(line.is_some_and(|line| line.contains("stale")), "{requirement}\n{}", report.out);
    }
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
    probity(&["--report", "pdf=report.pdf"]).told(&["pdf", "json"]);
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

#[test]
fn a_known_entry_that_no_case_can_show_is_not_called_stale() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let list = folder.path().join("known.toml");
    let entry = "[[known]]\nrequirement = \"umami.auth.cloud-api-key\"\nreason = \"r\"\n";
    std::fs::write(&list, entry).expect("it can be written");
    let report = probity(&["--known", &list.display().to_string(), "--filter", "umami.login.shape"]).with(0);
    assert!(report.out.contains("not exercised") && !report.out.contains("stale"), "{}", report.out);
}
