//! Known lists: what is on one does not fail, and what should not be on one any more does.

use crate::probity::{Ended, probity};
use std::path::PathBuf;
use tempfile::TempDir;

/// What `umami-3.1.0` departs from: a `should`, by `umami.login.shape`.
const CREATED_AT: &str = "umami.login.created-at-format";

struct List {
    _folder: TempDir,
    file: PathBuf,
}

fn list(text: &str) -> List {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("known.toml");
    std::fs::write(&file, text).expect("it can be written");
    List { _folder: folder, file }
}

fn entry(requirement: &str, more: &str) -> String {
    format!("[[known]]\nrequirement = \"{requirement}\"\nreason = \"we know\"\n{more}")
}

/// A run of one case that departs from [`CREATED_AT`], and of one that does not.
fn run(list: &List, more: &[&str]) -> Ended {
    let known = ["--known", &list.file.display().to_string()].map(str::to_owned);
    let run = ["--release", "umami-3.1.0", "--filter", "umami.login.shape", "--filter", "umami.login.wrong-password"];
    let known: Vec<&str> = known.iter().map(String::as_str).collect();
    probity(&[&run, &known[..], more].concat())
}

#[test]
fn a_list_names_its_file_and_line_where_it_makes_no_sense() {
    let told = |text: &str, words: &[&str]| run(&list(text), &[]).told(words);
    told(&entry("umami.no.such", ""), &["known.toml: line 1", "there is no requirement umami.no.such"]);
    told(&entry("umami.login.user-i", ""), &["did you mean umami.login.user-id?"]);
    told("[[known]]\nrequirement = \"umami.token.expires\"\n", &["line 1", "reason"]);
    let no_case = entry(CREATED_AT, "cases = [\"umami.no.such\"]\n");
    told(&format!("# a comment\n\n{no_case}"), &["line 3", "there is no case umami.no.such"]);
    for until in ["\"soon\"", "2026", "2026-13-01", "\"2026-02-30\""] {
        told(&entry(CREATED_AT, &format!("until = {until}\n")), &["line"]);
    }
}

#[test]
fn a_listed_departure_is_known_and_one_that_holds_is_stale_with_its_line() {
    let known = run(&list(&entry(CREATED_AT, "")), &["--strict"]).with(0);
    assert!(known.out.contains("1 known, 1 pass"), "{}", known.out);
    let both = format!("{}\n{}", entry(CREATED_AT, ""), entry("umami.login.refusal-holds-no-token", ""));
    let more = ["--filter", "umami.login.*"];
    let stale = run(&list(&both), &more).with(1);
    let line = stale.out.lines().find(|line| line.contains("stale")).unwrap_or_default();
    assert!(line.contains("umami.login.refusal-holds-no-token") && line.contains("known.toml: line 5"), "{line}");
}

#[test]
fn an_entry_is_stale_once_all_cases_that_it_names_were_played_and_not_before() {
    let requirement = "umami.login.refusal-holds-no-token";
    let of_one = list(&entry(requirement, "cases = [\"umami.login.wrong-password\"]\n"));
    assert!(run(&of_one, &[]).with(1).out.contains("stale"));
    let of_two = list(&entry(requirement, "cases = [\"umami.login.wrong-password\", \"umami.login.unknown-user\"]\n"));
    let told = run(&of_two, &[]).with(0);
    assert!(told.out.contains("not exercised") && !told.out.contains("stale"), "{}", told.out);
    assert!(run(&of_two, &["--filter", "umami.login.*"]).with(1).out.contains("stale"));
    // No case of this run could show it: neither stale nor fine.
    let of_another_api = list(&entry("tinyauth.basic.accepts-credentials", ""));
    assert!(run(&of_another_api, &["--api", "umami"]).with(0).out.contains("not exercised"));
}

#[test]
fn a_departure_that_changes_is_a_fail_where_the_entry_says_how_it_was() {
    let as_it_was = "actual = '\"*T*Z\" at /user/createdAt'\n";
    assert!(run(&list(&entry(CREATED_AT, as_it_was)), &[]).with(0).out.contains("1 known"));
    let other = run(&list(&entry(CREATED_AT, "actual = \"a number at /user/createdAt\"\n")), &[]).with(1);
    assert!(other.out.contains("✗ umami.login.shape"), "{}", other.out);
    assert!(other.out.contains("departs otherwise than listed"), "{}", other.out);
}

#[test]
fn an_entry_counts_until_its_day_is_over_and_is_1_then() {
    for until in ["2999-12-31", "\"2999-12-31\""] {
        run(&list(&entry(CREATED_AT, &format!("until = {until}\n"))), &[]).with(0);
    }
    let expired = run(&list(&entry(CREATED_AT, "until = 2020-01-31\n")), &[]).with(1);
    assert!(expired.out.contains("expired: its `until` is over") && expired.out.contains("line 1"), "{}", expired.out);
    assert!(expired.out.contains("1 warn"), "it lists nothing any more\n{}", expired.out);
}

#[test]
fn what_is_listed_twice_is_1_with_the_line_of_the_second() {
    let twice = format!("{}\n{}", entry(CREATED_AT, ""), entry(CREATED_AT, "cases = [\"umami.login.shape\"]\n"));
    let told = run(&list(&twice), &[]).with(1);
    let line = told.out.lines().find(|line| line.contains("listed twice")).unwrap_or_default();
    assert!(line.contains("known.toml: line 5"), "{}", told.out);
    // A release's list beside one's own is no mistake.
    run(&list(&entry(CREATED_AT, "")), &["--known", "umami-3.1.0"]).with(0);
}

#[test]
fn a_list_is_made_of_what_a_run_finds_and_is_held_to_afterwards() {
    let nothing = list("");
    std::fs::remove_file(&nothing.file).expect("it is there");
    let file = nothing.file.display().to_string();
    let run = ["--release", "umami-3.1.0", "--api", "umami"];
    let made = probity(&[&run[..], &["--update-known", &file]].concat()).with(0);
    assert!(made.out.contains("10 known"), "{}", made.out);
    let again = probity(&[&run[..], &["--known", &file, "--strict"]].concat()).with(0);
    assert!(again.out.contains("10 known"), "{}", again.out);
    let written = std::fs::read_to_string(&nothing.file).expect("it is written");
    assert!(written.contains("reason = \"not looked at yet"), "{written}");
}

#[test]
fn an_update_keeps_comments_and_reasons_and_removes_what_is_stale() {
    let text = format!(
        "# What our deployment departs from.\n\n# It holds since 3.2.\n{}\n# Asked upstream.\n{}",
        entry("umami.login.refusal-holds-no-token", ""),
        entry(CREATED_AT, "actual = \"a number\" # once\nlink = \"https://issues.example.com/1\"\n")
    );
    let list = list(&text);
    let file = list.file.display().to_string();
    probity(&["--release", "umami-3.1.0", "--filter", "umami.login.*", "--update-known", &file]).with(0);
    let updated = std::fs::read_to_string(&list.file).expect("it is written");
    insta::assert_snapshot!(updated);
}
