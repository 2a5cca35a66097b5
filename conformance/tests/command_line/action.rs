//! `action.yml`, the suite as a step of a GitHub workflow: its scripts are run as GitHub would run them.

use crate::deployment::Deployment;
use crate::probity::clean;
use crate::skipped;
use serde_norway::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const USERNAME: &str = "admin";
const PASSWORD: &str = "correct horse battery staple";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository").to_owned()
}

fn action() -> Value {
    let text = fs::read_to_string(root().join("action.yml")).expect("it is there");
    serde_norway::from_str(&text).expect("YAML")
}

/// What a job has when its step is the action.
struct Job {
    folder: TempDir,
    inputs: BTreeMap<String, String>,
}

/// What the steps came to.
struct Done {
    code: Option<i32>,
    log: String,
    summary: String,
    output: String,
}

impl Job {
    /// With the inputs given, and what the others are by default.
    fn with(given: &[(&str, &str)]) -> Self {
        let action = action();
        let inputs = action["inputs"].as_mapping().expect("inputs");
        let name = |name: &Value| name.as_str().expect("a name").to_owned();
        let default = |input: &Value| input["default"].as_str().unwrap_or_default().to_owned();
        let mut inputs: BTreeMap<String, String> =
            inputs.iter().map(|(key, input)| (name(key), default(input))).collect();
        for (key, value) in given {
            let input = inputs.get_mut(*key).unwrap_or_else(|| panic!("the action has no input {key}"));
            *input = (*value).to_owned();
        }
        Self { folder: tempfile::tempdir().expect("a temporary folder"), inputs }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    /// An expression of the action's, where GitHub knows its value.
    fn value(&self, text: &str) -> String {
        let folder = self.folder.path().display().to_string();
        let mut value = text.replace("${{ github.action_path }}", &root().display().to_string());
        value = value.replace("${{ runner.temp }}", &folder);
        let built = format!("{folder}/probity/bin/probity");
        let binary = Some(&self.inputs["binary"]).filter(|binary| !binary.is_empty()).unwrap_or(&built);
        value = value.replace("${{ inputs.binary || format('{0}/probity/bin/probity', runner.temp) }}", binary);
        for (name, input) in &self.inputs {
            value = value.replace(&format!("${{{{ inputs.{name} }}}}"), input);
        }
        assert!(!value.contains("${{"), "an expression that this test does not know: {text}");
        value
    }

    /// Runs its steps, against a deployment's credentials, until one fails.
    fn run(&self) -> Done {
        let action = action();
        let mut log = String::new();
        let mut code = Some(0);
        fs::write(self.file("summary"), "What an earlier step said.\n").expect("it can be written");
        for step in action["runs"]["steps"].as_sequence().expect("steps") {
            let is_wanted = match step["if"].as_str() {
                None => true,
                Some("inputs.binary == ''") => self.inputs["binary"].is_empty(),
                Some(other) => panic!("a condition that this test does not know: {other}"),
            };
            if !is_wanted {
                continue;
            }
            let Output { status, stdout, stderr } = self.step(step).output().expect("bash runs");
            log.push_str(&String::from_utf8_lossy(&stdout));
            log.push_str(&String::from_utf8_lossy(&stderr));
            code = status.code();
            if code != Some(0) {
                break;
            }
        }
        Done { code, log, summary: self.text("summary"), output: self.text("output") }
    }

    fn step(&self, step: &Value) -> Command {
        assert_eq!(step["shell"].as_str(), Some("bash"));
        let script = step["run"].as_str().expect("a script");
        // Whoever fills in an input must not be able to add to the script.
        assert!(!script.contains("${{"), "{script}");
        fs::write(self.file("script"), script).expect("it can be written");
        let mut bash = Command::new("bash");
        clean(&mut bash);
        bash.args(["--noprofile", "--norc", "-eo", "pipefail"])
            .arg(self.file("script"))
            .current_dir(self.folder.path());
        for (name, value) in step["env"].as_mapping().expect("an environment") {
            let value = self.value(value.as_str().expect("a text"));
            bash.env(name.as_str().expect("a name"), value);
        }
        bash.env("GITHUB_STEP_SUMMARY", self.file("summary")).env("GITHUB_OUTPUT", self.file("output"));
        bash.env("TMPDIR", self.folder.path()).env("RUNNER_TEMP", self.folder.path());
        bash.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
        bash
    }
}

fn there_is_no(program: &str) -> bool {
    Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err()
}

fn there_is_no_bash() -> bool {
    let missing = there_is_no("bash");
    if missing {
        skipped("there is no bash here to run the scripts of action.yml");
    }
    missing
}

const BINARY: (&str, &str) = ("binary", env!("CARGO_BIN_EXE_probity"));

#[test]
fn a_run_that_fails_leaves_its_summary_its_reports_and_its_exit_code() {
    if there_is_no_bash() {
        return;
    }
    let deployment = Deployment::umami_of(USERNAME, PASSWORD, "umami-3.1.0");
    let target = format!("\n  umami={}  \n", deployment.url);
    let filter = "umami.login.*\numami.send.no-user-agent\n";
    let job = Job::with(&[
        BINARY,
        ("targets", &target),
        ("filter", filter),
        ("allow", "write,lockout"),
        ("html", "a b.html"),
    ]);
    let done = job.run();
    assert_eq!(done.code, Some(1), "{}", done.log);
    assert_eq!(done.output, "exit-code=1\n");
    assert!(
        done.summary.starts_with("What an earlier step said.\n## ❌ probity: does not conform\n"),
        "{}",
        done.summary
    );
    assert!(done.log.contains("✗ umami.send.no-user-agent") && done.log.contains("17 cases"), "{}", done.log);
    assert!(job.text("probity.json").contains("\"probity.report/1\""));
    assert!(job.text("probity.junit.xml").contains("<failure"));
    assert!(job.text("a b.html").contains("<!DOCTYPE html>"));
    for text in [done.log, done.summary, job.text("probity.json"), job.text("probity.junit.xml")] {
        assert!(!text.contains(PASSWORD), "{text}");
    }
}

#[test]
fn a_run_that_conforms_is_a_step_that_succeeds() {
    if there_is_no_bash() {
        return;
    }
    let deployment = Deployment::umami_of(USERNAME, PASSWORD, "umami-3.1.0");
    let (target, only) = (format!("umami={}", deployment.url), ("filter", "umami.login.shape"));
    let known = ("known", "umami-3.1.0\n");
    let strict = |known: &[(&str, &str)]| {
        let inputs = [BINARY, ("targets", &target), only, ("strict", "true"), ("json", ""), ("junit", "")];
        Job::with(&[&inputs, known].concat())
    };
    let job = strict(&[known, ("args", "--seed\n7\n")]);
    let done = job.run();
    assert_eq!((done.code, done.output.as_str()), (Some(0), "exit-code=0\n"), "{}", done.log);
    assert!(done.log.contains("seed 7"), "{}", done.log);
    assert!(!job.file("probity.json").exists() && !job.file("probity.junit.xml").exists());
    assert_eq!(strict(&[]).run().code, Some(1));
}

#[test]
fn what_makes_no_sense_is_2_and_said_in_the_log() {
    if there_is_no_bash() {
        return;
    }
    let done = Job::with(&[BINARY, ("api", "umamy")]).run();
    assert_eq!((done.code, done.output.as_str()), (Some(2), "exit-code=2\n"));
    assert!(done.log.contains("did you mean umami?"), "{}", done.log);
    let done = Job::with(&[BINARY, ("strict", "yes")]).run();
    assert!(done.code == Some(2) && done.log.contains("::error::strict is true or false"), "{}", done.log);
    // An input is a text, whatever it holds.
    let job = Job::with(&[BINARY, ("targets", "umami=$(touch intruder); touch intruder")]);
    let done = job.run();
    assert!(done.code == Some(2) && done.log.contains("an address such as"), "{}", done.log);
    assert!(!job.file("intruder").exists());
}

#[test]
fn the_command_is_built_from_the_actions_own_sources_unless_it_is_there() {
    if there_is_no_bash() {
        return;
    }
    let deployment = Deployment::umami_of(USERNAME, PASSWORD, "umami");
    let job = Job::with(&[("targets", &format!("umami={}", deployment.url)), ("filter", "umami.login.shape")]);
    // In the place of cargo, which would take minutes: it notes what it is asked for, and installs what is built already.
    let cargo = job.file("cargo");
    let binary = env!("CARGO_BIN_EXE_probity");
    let script =
        format!("#!/bin/sh\necho \"$@\" >asked\nmkdir -p probity/bin && ln -s '{binary}' probity/bin/probity\n");
    fs::write(&cargo, script).expect("it can be written");
    #[cfg(unix)]
    fs::set_permissions(&cargo, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("it is ours");
    let action = action();
    let steps = action["runs"]["steps"].as_sequence().expect("steps");
    let search = format!("{}:{}", job.folder.path().display(), std::env::var("PATH").unwrap_or_default());
    for step in steps {
        let Output { status, stderr, .. } = job.step(step).env("PATH", &search).output().expect("bash runs");
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
    }
    let asked = job.text("asked");
    let sources = root().join("conformance");
    assert!(
        asked.starts_with("install --locked") && asked.contains(&format!("--path {}", sources.display())),
        "{asked}"
    );
    assert!(sources.join("Cargo.toml").exists());
    assert_eq!(job.text("output"), "exit-code=0\n");
}

/// The workflow that the page shows.
fn workflow() -> String {
    let page = fs::read_to_string(root().join("docs/github-actions.md")).expect("the page is there");
    let (_, block) = page.split_once("```yaml\n").expect("a workflow");
    block.split_once("```").expect("its end").0.to_owned()
}

#[test]
fn the_pages_workflow_gives_the_action_inputs_that_it_has() {
    let workflow: Value = serde_norway::from_str(&workflow()).expect("YAML");
    let steps = workflow["jobs"]["analytics"]["steps"].as_sequence().expect("steps");
    let step = steps.iter().find(|step| step["uses"].as_str() == Some("./probity")).expect("the action");
    let given = step["with"].as_mapping().expect("inputs");
    let action = action();
    for name in given.keys() {
        assert!(action["inputs"].get(name).is_some(), "{name:?}");
    }
    assert!(given.len() > 3);
}

#[test]
fn action_and_workflow_are_what_githubs_schemas_ask_for() {
    if there_is_no("check-jsonschema") {
        return skipped("there is no check-jsonschema here: pip install check-jsonschema");
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("workflow.yml");
    fs::write(&file, workflow()).expect("it can be written");
    for (schema, file) in [("vendor.github-actions", root().join("action.yml")), ("vendor.github-workflows", file)] {
        let check = Command::new("check-jsonschema").args(["--builtin-schema", schema]).arg(&file).output();
        let Output { status, stdout, .. } = check.expect("it runs");
        assert!(status.success(), "{schema}: {}", String::from_utf8_lossy(&stdout));
    }
}
