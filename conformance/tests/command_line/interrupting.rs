//! Whatever ends a run, what it created on a deployment is removed, then or later.

use crate::deployment::{Deployment, PASSWORD, USERNAME, http, token};
use crate::probity::{Ended, command, ended};
use crate::raw_server::{forward, read_request, serve};
use serde_json::Value;
use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use tempfile::TempDir;

/// A run that creates websites, with its ledger in a folder of its own.
struct Creating {
    command: Command,
    ledger: PathBuf,
    _folder: TempDir,
}

fn creating(url: &str, filter: &str) -> Creating {
    noting_in("ledger.jsonl", url, filter)
}

fn noting_in(ledger: &str, url: &str, filter: &str) -> Creating {
    let folder = tempfile::tempdir().expect("a temporary folder");
    std::fs::write(folder.path().join("file"), "").expect("it can be written");
    let ledger = folder.path().join(ledger);
    let mut command = command(&["--target", &format!("umami={url}"), "--allow", "write", "--filter", filter]);
    command.arg("--ledger").arg(&ledger);
    command.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    Creating { command, ledger, _folder: folder }
}

/// `probity clean`, told where the deployment is.
fn clean(ledger: &Path, url: &str) -> Ended {
    let mut command = command(&["clean", &ledger.display().to_string(), "--target", &format!("umami={url}")]);
    command.env("PROBITY_UMAMI_USERNAME", USERNAME).env("PROBITY_UMAMI_PASSWORD", PASSWORD);
    ended(command)
}

fn websites(url: &str) -> Value {
    http(url, "GET", "/api/websites", Some(&token(url)), &Value::Null)["count"].clone()
}

fn signal(child: u32, name: &str) {
    let sent = Command::new("kill").args([name, &child.to_string()]).status().expect("there is a `kill`");
    assert!(sent.success());
}

/// A server before another, which does something with the process that a test names, once a website was created, and
/// before it answers.
fn once_created(url: &str, act: impl Fn(u32) + Send + Sync + 'static) -> (SocketAddr, mpsc::Sender<u32>) {
    let (tell, told) = mpsc::channel();
    let (told, done) = (Mutex::new(told), AtomicBool::new(false));
    let url = url.to_owned();
    let address = serve(move |stream| {
        forward(stream, &url, |request, response| {
            if request.starts_with("POST /api/websites ") && !done.swap(true, Ordering::SeqCst) {
                act(told.lock().expect("nobody panics while it is held").recv().expect("the test tells which"));
            }
            response
        });
    });
    (address, tell)
}

fn waited_for(mut child: Child) -> (Option<i32>, String, String) {
    let (mut out, mut err) = (String::new(), String::new());
    child.stdout.take().expect("it is piped").read_to_string(&mut out).expect("text");
    if let Some(mut stderr) = child.stderr.take() {
        stderr.read_to_string(&mut err).expect("text");
    }
    (child.wait().expect("it ends").code(), out, err)
}

fn spawned(command: &mut Command) -> Child {
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary runs")
}

#[test]
fn what_a_killed_run_created_is_removed_by_its_ledger() {
    let deployment = Deployment::umami(&[]);
    let (address, tell) = once_created(&deployment.url, |child| signal(child, "-KILL"));
    let mut run = creating(&format!("http://{address}"), "umami.send.*");
    let child = spawned(&mut run.command);
    tell.send(child.id()).expect("the server waits");
    let (code, ..) = waited_for(child);
    assert_eq!(code, None, "it was killed");
    assert_eq!(websites(&deployment.url), 1);

    let ledger = std::fs::read_to_string(&run.ledger).expect("it was written before the website was asked for");
    assert!(ledger.contains("\"entry\":\"creates\"") && !ledger.contains(PASSWORD), "{ledger}");
    let cleaned = clean(&run.ledger, &format!("http://{address}")).with(0);
    assert!(cleaned.out.contains("gone: the website probity-"), "{}", cleaned.out);
    assert_eq!(websites(&deployment.url), 0);
    assert!(!run.ledger.exists(), "nothing is left, the ledger neither");
}

#[test]
fn an_interrupted_run_removes_what_it_created_reports_and_is_3() {
    for name in ["-INT", "-TERM"] {
        let deployment = Deployment::umami(&[]);
        let (address, tell) = once_created(&deployment.url, move |child| signal(child, name));
        let mut run = creating(&format!("http://{address}"), "umami.send.*");
        let child = spawned(&mut run.command);
        tell.send(child.id()).expect("the server waits");
        let (code, out, err) = waited_for(child);
        assert_eq!(code, Some(3), "{out}{err}");
        assert!(out.contains("the run was interrupted") && err.contains("once more ends at once"), "{out}{err}");
        assert!(!out.contains("✗"), "{out}");
        assert_eq!(websites(&deployment.url), 0);
        assert!(!run.ledger.exists());
    }
}

#[test]
fn a_run_that_is_interrupted_twice_ends_at_once_and_says_what_is_left() {
    let deployment = Deployment::umami(&[]);
    let url = deployment.url;
    // A login is answered; the creating request after it is not.
    let posts = AtomicUsize::new(0);
    let (asked, creating_asked) = mpsc::channel();
    let asked = Mutex::new(asked);
    let address = serve(move |stream| {
        let mut first = [0; 5];
        stream.peek(&mut first).expect("a request");
        if first == *b"POST " && posts.fetch_add(1, Ordering::SeqCst) == 1 {
            read_request(stream);
            asked.lock().expect("nobody panics while it is held").send(()).expect("the test waits");
            let _ = stream.read_to_end(&mut Vec::new());
            return;
        }
        forward(stream, &url, |_, response| response);
    });
    let mut run = creating(&format!("http://{address}"), "umami.send.sample");
    run.command.args(["--timeout", "600"]);
    let mut child = spawned(&mut run.command);
    creating_asked.recv().expect("the run creates");
    signal(child.id(), "-INT");
    let mut err = BufReader::new(child.stderr.take().expect("it is piped"));
    let mut line = String::new();
    while !line.contains("once more ends at once") {
        line.clear();
        assert_ne!(err.read_line(&mut line).expect("text"), 0, "it ended without a word");
    }
    signal(child.id(), "-INT");
    line.clear();
    err.read_line(&mut line).expect("text");
    assert!(line.contains(&format!("probity clean {}", run.ledger.display())), "{line}");
    assert_eq!(waited_for(child).0, Some(4));
    // Nothing was created, which is found out later.
    clean(&run.ledger, &format!("http://{address}")).with(0);
}

#[test]
fn what_cannot_be_removed_is_left_to_the_ledger_which_goes_on_to_be_4_until_it_can() {
    let deployment = Deployment::umami(&[]);
    let url = deployment.url.clone();
    let refuses = Arc::new(AtomicBool::new(true));
    let refusing = refuses.clone();
    let address = serve(move |stream| {
        let mut first = [0; 7];
        stream.peek(&mut first).expect("a request");
        if first == *b"DELETE " && refusing.load(Ordering::SeqCst) {
            read_request(stream);
            let _ = std::io::Write::write_all(stream, b"HTTP/1.1 500 Oh\r\ncontent-length: 0\r\n\r\n");
            return;
        }
        forward(stream, &url, |_, response| response);
    });
    let at = format!("http://{address}");
    let run = creating(&at, "umami.send.sample");
    let ledger = run.ledger.clone();
    let report = ended(run.command).with(4);
    assert!(report.out.contains("left behind: the website probity-"), "{}", report.out);
    assert!(report.out.contains(&format!("probity clean {}", ledger.display())), "{}", report.out);
    assert!(report.err.contains(&ledger.display().to_string()), "{}", report.err);

    let still = clean(&ledger, &at).with(4);
    assert!(still.out.contains("left behind: the website probity-") && ledger.exists(), "{}", still.out);
    let elsewhere = clean(&ledger, "http://127.0.0.1:9").with(2);
    assert!(elsewhere.err.contains(&format!("--target umami={at}/")), "{}", elsewhere.err);
    refuses.store(false, Ordering::SeqCst);
    clean(&ledger, &at).with(0);
    assert_eq!(websites(&deployment.url), 0);
}

#[test]
fn a_ledger_is_not_written_over() {
    let run = creating("http://127.0.0.1:9", "umami.send.sample");
    std::fs::write(&run.ledger, "").expect("it can be written");
    ended(run.command).told(&["--ledger", "it is there already"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    clean(&folder.path().join("nothing"), "http://127.0.0.1:9").told(&["cannot be read"]);
}

#[test]
fn where_the_ledger_cannot_be_written_nothing_is_created() {
    let deployment = Deployment::umami(&[]);
    // A file is no folder.
    let run = noting_in("file/ledger.jsonl", &deployment.url, "umami.send.sample");
    let report = ended(run.command).with(3);
    assert!(report.out.contains("nothing is created"), "{}", report.out);
    assert_eq!(websites(&deployment.url), 0);
}
