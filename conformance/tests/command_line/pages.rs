//! The pages of `docs/`: every command on them is run, in order and in one shell, and prints what the page shows.
//!
//! In a `console` block a line that begins with `$ ` is a command, those that begin with `> ` go on with it, and what
//! follows is its output, where `…` stands for any text, and alone on its line for any lines. A `toml` block that names a
//! file is that file. A comment `<!-- tried: ADDRESS is umami-3.1.0 -->` says what is at an address from there on: a release,
//! or `umami`, which does as the document says; `answering only PATH` leaves it with that, and `behind TLS` has a certificate
//! that a CA of its own has signed, `private-ca.pem`.

use crate::deployment::Deployment;
use crate::probity::clean;
use crate::raw_server::{forward, respond_without, serve};
use crate::skipped;
use crate::tls_server::{Authority, in_front_of};
use std::fmt::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

const USERNAME: &str = "admin";
const PASSWORD: &str = "correct horse battery staple";

#[test]
fn verify_a_deployment() {
    is_true("verify-a-deployment.md");
}

#[test]
fn verify_an_implementation() {
    is_true("verify-an-implementation.md");
}

#[test]
fn pin_known_departures() {
    is_true("pin-known-departures.md");
}

#[test]
fn upgrade() {
    is_true("upgrade.md");
}

/// What a page has for its reader's shell.
#[derive(Debug, PartialEq)]
enum Step<'p> {
    /// What is at an address from here on.
    Deployment {
        address: &'p str,
        what: &'p str,
    },
    File {
        name: &'p str,
        text: String,
    },
    Command {
        line: String,
        output: Vec<&'p str>,
    },
}

fn is_true(page: &str) {
    if Command::new("bash").arg("--version").stdout(Stdio::null()).status().is_err() {
        return skipped("there is no bash here to run the commands of docs/");
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs").join(page);
    let text = std::fs::read_to_string(&path).expect("the page is there");
    let steps = steps(&text);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let at = |number: usize| folder.path().join(format!(".{number}.out"));

    let mut stages: Vec<Stage> = Vec::new();
    let mut script = String::new();
    for (number, step) in steps.iter().enumerate() {
        match step {
            Step::Deployment { address, what } => stages.push(Stage::set(address, what, folder.path())),
            Step::File { name, text } => {
                let text = Stage::as_it_is(&stages, text);
                writeln!(script, "cat >'{name}' <<'END OF FILE'\n{text}END OF FILE").expect("a text");
            }
            Step::Command { line, .. } => {
                let line = Stage::as_it_is(&stages, line);
                // `$?` is that of the command before, within the braces too.
                writeln!(script, "{{\n{line}\n}} >'{}' 2>&1", at(number).display()).expect("a text");
            }
        }
    }
    let mut bash = Command::new("bash");
    clean(&mut bash);
    let programs = Path::new(env!("CARGO_BIN_EXE_probity")).parent().expect("a folder").to_owned();
    let search = std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()).collect::<Vec<_>>();
    let search = std::env::join_paths([programs].into_iter().chain(search)).expect("no separators");
    bash.args(["--noprofile", "--norc", "-c", &script]).current_dir(folder.path()).env("PATH", search);
    bash.env("UMAMI_ADMIN_PASSWORD", PASSWORD).stdin(Stdio::null());
    bash.status().expect("bash runs");

    assert!(steps.iter().any(|step| matches!(step, Step::Command { .. })), "{page} has no commands");
    for (number, step) in steps.iter().enumerate() {
        if let Step::Command { line, output } = step {
            let told = std::fs::read_to_string(at(number)).expect("the command was run");
            let told = Stage::as_on_the_page(&stages, &told);
            let lines: Vec<&str> = told.lines().collect();
            assert!(fits(output, &lines), "docs/{page}\n$ {line}\nprints\n{told}\nand not\n{}", output.join("\n"));
        }
    }
}

fn steps(page: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(tried) = line.strip_prefix("<!-- tried: ").and_then(|rest| rest.strip_suffix(" -->")) {
            let (address, what) = tried.split_once(" is ").expect("ADDRESS is WHAT");
            steps.push(Step::Deployment { address, what });
        } else if let Some(name) = line.strip_prefix("```toml ") {
            let text = lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
            steps.push(Step::File { name, text });
        } else if line == "```console" {
            for line in lines.by_ref().take_while(|line| *line != "```") {
                match (line.strip_prefix("$ "), line.strip_prefix("> "), steps.last_mut()) {
                    (Some(line), ..) => steps.push(Step::Command { line: line.to_owned(), output: Vec::new() }),
                    (_, Some(more), Some(Step::Command { line, output })) if output.is_empty() => {
                        line.push('\n');
                        line.push_str(more);
                    }
                    (.., Some(Step::Command { output, .. })) => output.push(line),
                    _ => panic!("this is the output of no command: {line}"),
                }
            }
        }
    }
    steps
}

/// Whether a page's lines are those that a command printed.
fn fits(page: &[&str], told: &[&str]) -> bool {
    match page {
        [] => told.is_empty(),
        ["…"] => true,
        ["…", rest @ ..] => (0..told.len()).any(|skip| fits(rest, &told[skip..])),
        [line, rest @ ..] => told.first().is_some_and(|told| line_fits(line, told)) && fits(rest, &told[1..]),
    }
}

fn line_fits(page: &str, told: &str) -> bool {
    let (page, told) = (timeless(page), timeless(told));
    let parts: Vec<&str> = page.trim_end().split('…').collect();
    let (first, rest) = parts.split_first().expect("a split has a part");
    let Some(mut told) = told.trim_end().strip_prefix(first) else { return false };
    let Some((last, between)) = rest.split_last() else { return told.is_empty() };
    for part in between {
        let Some((_, after)) = told.split_once(part) else { return false };
        told = after;
    }
    told.ends_with(last)
}

/// The line, whatever time things took.
fn timeless(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let is_unit = |word: Option<&&str>| matches!(word.map(|word| word.trim_end_matches(',')), Some("ms" | "s"));
    let word = |(at, word): (usize, &&str)| match word.parse::<f64>().is_ok() && is_unit(words.get(at + 1)) {
        true => "0".to_owned(),
        false => (*word).to_owned(),
    };
    words.iter().enumerate().map(word).collect::<Vec<_>>().join(" ")
}

/// What stands at an address of a page.
struct Stage {
    address: String,
    url: String,
    _deployment: Deployment,
}

impl Stage {
    fn set(address: &str, what: &str, folder: &Path) -> Self {
        let (release, how) = what.split_once(", ").unwrap_or((what, ""));
        let deployment = Deployment::umami_of(USERNAME, PASSWORD, release);
        let url = match how.strip_prefix("answering only ") {
            Some(path) => answering_only(path.to_owned(), deployment.url.clone()),
            None if how == "behind TLS" => {
                let authority = Authority::new("private");
                std::fs::write(folder.join("private-ca.pem"), authority.pem()).expect("it can be written");
                format!("https://localhost:{}", in_front_of(&deployment.url, authority.certify("localhost")).port())
            }
            None => deployment.url.clone(),
        };
        Self { address: address.to_owned(), url, _deployment: deployment }
    }

    /// A text of the page, with what is at its addresses now.
    fn as_it_is(stages: &[Stage], text: &str) -> String {
        // The last that was said of an address counts.
        stages.iter().rev().fold(text.to_owned(), |text, stage| text.replace(&stage.address, &stage.url))
    }

    fn as_on_the_page(stages: &[Stage], text: &str) -> String {
        stages.iter().fold(text.to_owned(), |text, stage| text.replace(&stage.url, &stage.address))
    }
}

/// A server that has come no further than this.
fn answering_only(path: String, url: String) -> String {
    let address = serve(move |stream| {
        forward(stream, &url, |request, response| {
            let asked = request.split(' ').nth(1).unwrap_or_default();
            if asked == path { response } else { respond_without("404 Not Found") }
        });
    });
    format!("http://{address}")
}

#[test]
fn links_lead_to_what_is_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let in_folder =
        |folder: &str| std::fs::read_dir(root.join(folder)).expect("a folder").map(|file| file.expect("a file").path());
    let pages: Vec<_> =
        in_folder(".").chain(in_folder("docs")).filter(|path| path.extension() == Some("md".as_ref())).collect();
    assert!(pages.len() > 5);
    for page in pages {
        let text = std::fs::read_to_string(&page).expect("text");
        let links = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(link, _)| link);
        for link in links.filter(|link| !link.contains("://")) {
            let (file, heading) = link.split_once('#').unwrap_or((link, ""));
            let file = page.parent().expect("a folder").join(file);
            assert!(file.exists(), "{}: {link}", page.display());
            let has_heading = |text: &str| text.lines().any(|line| line.starts_with('#') && anchor(line) == heading);
            assert!(heading.is_empty() || has_heading(&std::fs::read_to_string(&file).expect("text")), "{link}");
        }
    }
}

/// How a heading is linked to.
fn anchor(heading: &str) -> String {
    heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-")
}

#[test]
fn a_page_is_read_as_its_readers_do() {
    let page = "# Title\n\n<!-- tried: https://a.example is umami -->\n```toml list.toml\na = 1\n```\n\n```console\n$ one \\\n> two\nout\n…\n$ three\n```\n";
    let command =
        |line: &str, output: &[&'static str]| Step::Command { line: line.to_owned(), output: output.to_vec() };
    let wanted = [
        Step::Deployment { address: "https://a.example", what: "umami" },
        Step::File { name: "list.toml", text: "a = 1\n".to_owned() },
        command("one \\\ntwo", &["out", "…"]),
        command("three", &[]),
    ];
    assert_eq!(steps(page), wanted);
}

#[test]
fn an_output_that_differs_is_seen() {
    let told = ["first", "second after 12 ms", "third"];
    for page in
        [&["first", "second after 3 ms", "third"][..], &["…", "third"], &["f…t", "…"], &["first", "…d after…", "…"]]
    {
        assert!(fits(page, &told), "{page:?}");
    }
    for page in [&["first"][..], &["…", "second"], &["first", "…", "second", "third"], &["f…s", "…"], &[]] {
        assert!(!fits(page, &told), "{page:?}");
    }
}
