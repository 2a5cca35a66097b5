//! `--report`: files that are there after every run, whole, and nothing sent where they could not be written.

use crate::probity::{command, ended, probity};
use crate::raw_server::{answer, answering};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

const FORMS: [&str; 4] = ["json", "junit", "html", "markdown"];

fn report(form: &str, path: &Path) -> String {
    format!("{form}={}", path.display())
}

#[test]
fn every_form_is_written_also_when_the_run_fails() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (code, arguments) in [
        (0, &["--filter", "umami.login.shape"][..]),
        (1, &["--filter", "umami.login.shape", "--release", "umami-3.1.0", "--strict"]),
        (3, &["--target", "umami=http://127.0.0.1:9"]),
    ] {
        let mut run = command(arguments);
        for form in FORMS {
            run.arg("--report").arg(report(form, &folder.path().join(form)));
        }
        ended(run).with(code);
        for form in FORMS {
            let text = fs::read_to_string(folder.path().join(form)).expect("it is written");
            assert!(text.contains("umami.login.shape") || text.contains("umami"), "{form}: {text}");
            fs::remove_file(folder.path().join(form)).expect("it can be removed");
        }
        let left: Vec<_> = fs::read_dir(folder.path()).expect("it can be read").collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

#[test]
fn nothing_is_sent_where_a_report_could_not_be_written() {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    let address = answering(move |_| {
        count.fetch_add(1, Ordering::Relaxed);
        answer("200 OK", "application/json", "{}")
    });
    let folder = tempfile::tempdir().expect("a temporary folder");
    let target = format!("umami=http://{address}");
    let missing = folder.path().join("missing");
    let of_target = |flags: &[&str]| {
        let mut run = command(&["--target", &target]);
        run.args(flags).env("PROBITY_UMAMI_USERNAME", "u").env("PROBITY_UMAMI_PASSWORD", "a long password");
        ended(run)
    };
    let place = report("json", &missing.join("report.json"));
    of_target(&["--report", &place]).told(&["there is no folder", "missing"]);
    of_target(&["--report", &report("json", folder.path())]).told(&["it is a folder"]);
    let (one, other) = (report("json", &folder.path().join("report")), report("junit", &folder.path().join("report")));
    of_target(&["--report", &one, "--report", &other]).told(&["the same place"]);
    of_target(&["--report", "json=-", "--report", "junit=-"]).told(&["the same place"]);
    assert_eq!(asked.load(Ordering::Relaxed), 0);
}

#[test]
fn a_report_to_standard_output_leaves_it_to_the_report() {
    let run = probity(&["--filter", "umami.login.shape", "--report", "json=-"]).with(0);
    let report: Value = serde_json::from_str(&run.out).expect("standard output is the report and nothing else");
    assert_eq!(report["summary"]["pass"], 1);
    assert!(run.err.contains("1 case: 1 pass"), "{}", run.err);
}

#[cfg(unix)]
#[test]
fn a_report_that_stood_there_is_replaced_and_a_link_to_it_stays() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (file, link) = (folder.path().join("report.json"), folder.path().join("latest.json"));
    fs::write(&file, "an older report, and a much longer one than what comes".repeat(10_000))
        .expect("it can be written");
    std::os::unix::fs::symlink(&file, &link).expect("a link can be made");
    probity(&["--filter", "umami.login.shape", "--report", &report("json", &link)]).with(0);
    assert!(link.is_symlink());
    let report: Value = serde_json::from_str(&fs::read_to_string(&file).expect("it is there")).expect("JSON");
    assert_eq!(report["summary"]["pass"], 1);
    probity(&["--filter", "umami.login.shape", "--report", "json=/dev/null"]).with(0);
}
