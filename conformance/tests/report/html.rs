//! The page: read as text, and looked at in a real browser.

use crate::browser::Browser;
use crate::parity::Told;
use crate::{random, skipped};
use probity_conformance::report::{Form, Report};
use probity_conformance::verdict::Verdict;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::json;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// Reads a page back, by the rows of its cases, and holds the counts of its head against them.
pub(crate) fn read(page: &str) -> Told {
    let mut told = Told::default();
    for row in page.split("<tr id=\"case-").skip(1) {
        told.case(attribute(row, "data-verdict"), attribute(row, "data-case"));
    }
    for button in page.split("<button").skip(1) {
        let counted = told.counts.get(attribute(button, "data-filter")).copied().unwrap_or_default();
        assert_eq!(attribute(button, "data-count"), counted.to_string());
    }
    told
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let value = element.split_once(&format!("{name}=\"")).and_then(|(_, rest)| rest.split_once('"'));
    value.map(|(value, _)| value).unwrap_or_else(|| panic!("{name}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_of_a_target_becomes_markup(report in random::report(10)) {
        let page = Form::Html.render(&report).expect("it can be written");
        prop_assert_eq!(page.matches("<script").count(), 1);
        prop_assert!(!page.contains("<img") && !page.contains(" onfocus=\"") && !page.contains("</pre></details>"));
        prop_assert!(!page.contains(|letter: char| letter.is_control() && !"\n\t".contains(letter)));
    }
}

#[test]
fn a_requirement_leads_to_its_lines_its_cases_what_proves_it_and_who_departs() {
    let page = fs::read_to_string(real(&["--release", "umami-3.1.0"]).file).expect("the page");
    let row = page.split("<tr id=\"requirement-umami.login.created-at-format\">").nth(1).expect("a row");
    let row = row.split("</tr>").next().unwrap_or_default();
    for part in
        ["line 19", "href=\"#case-umami.login.shape\"", "umami.login.2XX:/user/createdAt:another-value", "umami-3.1.0"]
    {
        assert!(row.contains(part), "{part} is not in {row}");
    }
}

#[test]
fn in_a_browser_the_page_shows_the_counts_and_asks_nobody_and_complains_of_nothing() {
    let Some(mut browser) = browser() else { return };
    for page in [real(&["--release", "umami-3.1.0"]), real(&["--target", "umami=http://127.0.0.1:9"]), hostile()] {
        browser.open(&page.file);
        let counts = browser.evaluate(
            "Object.fromEntries([...document.querySelectorAll('button[data-filter]')]
                .map((button) => [button.dataset.filter, button.querySelector('b').innerText]))",
        );
        for verdict in Verdict::ALL {
            let rows = format!(
                "[...document.querySelectorAll('tr[data-verdict={verdict}]')].filter((row) => row.checkVisibility()).length"
            );
            let rows = browser.evaluate(&rows);
            assert_eq!(counts[verdict.as_str()], rows.to_string(), "{verdict}");
        }
        assert_eq!(browser.evaluate("document.scripts.length"), 1);
        assert_eq!(browser.requests(), [format!("file://{}", page.file.display())]);
        assert_eq!(browser.complaints(), Vec::<String>::new());
    }
}

#[test]
fn in_a_browser_the_counts_are_buttons_that_filter_by_verdict_and_words_filter_by_id() {
    let Some(mut browser) = browser() else { return };
    let page = real(&["--release", "umami-3.1.0"]);
    browser.open(&page.file);
    let all = visible(&mut browser);
    assert!(all.iter().any(|verdict| verdict == "pass"), "{all:?}");
    let press = |verdict: &str| {
        format!(
            "(() => {{ const button = document.querySelector('[data-filter={verdict}]'); button.click(); return button.ariaPressed; }})()"
        )
    };
    assert_eq!(browser.evaluate(&press("warn")), "true");
    let warned = visible(&mut browser);
    assert!(!warned.is_empty() && warned.iter().all(|verdict| verdict == "warn"), "{warned:?}");
    let said = browser.evaluate("document.querySelector('[role=status]').innerText");
    assert_eq!(said, format!("{} of {} cases shown", warned.len(), all.len()));
    assert_eq!(browser.evaluate("document.querySelector('section#fail').checkVisibility()"), false);
    assert_eq!(browser.evaluate(&press("fail")), "true");
    let both = visible(&mut browser);
    assert!(both.len() > warned.len() && both.iter().all(|verdict| verdict != "pass"), "{both:?}");
    assert_eq!(browser.evaluate(&press("warn")), "false");
    assert_eq!(browser.evaluate(&press("fail")), "false");
    assert_eq!(visible(&mut browser), all);
    browser.evaluate("search.value = 'umami.login.shape'; search.dispatchEvent(new Event('input'))");
    assert_eq!(visible(&mut browser), ["warn"]);
}

#[test]
fn in_a_browser_a_failures_shell_line_can_be_copied() {
    let Some(mut browser) = browser() else { return };
    let page = real(&["--release", "umami-3.1.0"]);
    browser.open(&page.file);
    browser.call("Browser.grantPermissions", json!({"permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]}));
    browser.call("Emulation.setFocusEmulationEnabled", json!({"enabled": true}));
    let copied = browser.evaluate(
        "(async () => {
            const line = document.querySelector('.shell');
            line.querySelector('button').click();
            while (line.querySelector('button').innerText === 'Copy') await new Promise((done) => setTimeout(done, 5));
            return [line.querySelector('button').innerText, await navigator.clipboard.readText()];
        })()",
    );
    assert_eq!(copied[0], "Copied");
    assert!(copied[1].as_str().is_some_and(|line| line.starts_with("curl -i -X POST ")), "{copied}");
}

#[test]
fn in_a_browser_the_page_reads_whole_without_its_script() {
    let Some(mut browser) = browser() else { return };
    let page = real(&["--release", "umami-3.1.0"]);
    browser.open(&page.file);
    let with_script = visible(&mut browser);
    browser.call("Emulation.setScriptExecutionDisabled", json!({"value": true}));
    browser.open(&page.file);
    assert_eq!(browser.evaluate("document.querySelectorAll('button:enabled').length"), 0);
    assert_eq!(visible(&mut browser), with_script);
}

#[test]
fn in_a_browser_the_page_can_be_read_by_everybody_in_light_and_dark_on_a_desk_and_on_a_phone() {
    let Some(mut browser) = browser() else { return };
    for page in [real(&["--release", "umami-3.1.0", "--known", "umami-3.1.0"]), hostile()] {
        for scheme in ["light", "dark"] {
            for width in [1280, 390] {
                let features = json!([{"name": "prefers-color-scheme", "value": scheme}]);
                browser.call("Emulation.setEmulatedMedia", json!({"features": features}));
                let metrics = json!({"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 600});
                browser.call("Emulation.setDeviceMetricsOverride", metrics);
                browser.open(&page.file);
                browser.evaluate("for (const details of document.querySelectorAll('details')) details.open = true");
                assert_eq!(browser.evaluate(FAINT), json!([]), "{scheme} {width}");
                assert_eq!(browser.evaluate(LACKING), json!([]), "{scheme} {width}");
                assert!(
                    browser.evaluate("document.documentElement.scrollWidth").as_u64() <= Some(width),
                    "{scheme} {width}"
                );
            }
        }
    }
}

/// The texts whose contrast is less than WCAG's AA asks for: 4.5, or 3 where they are large.
const FAINT: &str = "(() => {
    const parts = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => {
        const linear = [r, g, b].map((part) => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const ground = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = parts(getComputedStyle(at).backgroundColor);
            if (color.length === 3 || color[3] === 1) return color;
        }
        return [255, 255, 255];
    };
    const faint = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
        const element = texts.currentNode.parentElement;
        if (!texts.currentNode.data.trim() || !element.checkVisibility() || element.closest('script, :disabled')) continue;
        const style = getComputedStyle(element);
        const [one, other] = [light(parts(style.color)), light(ground(element))].sort((a, b) => b - a);
        const size = parseFloat(style.fontSize);
        const large = size >= 24 || (size >= 18.66 && style.fontWeight >= 700);
        if ((one + 0.05) / (other + 0.05) < (large ? 3 : 4.5)) faint.push([texts.currentNode.data, style.color]);
    }
    return faint;
})()";

/// What those who use a screen reader or a keyboard would miss.
const LACKING: &str = "(() => {
    const lacking = [];
    const one = (selector) => document.querySelectorAll(selector).length === 1 || lacking.push(selector);
    ['h1', 'main', 'body > header', 'body > footer', 'nav[aria-label]', 'html[lang]'].forEach(one);
    let level = 0;
    for (const heading of document.querySelectorAll('h1, h2, h3, h4')) {
        const next = Number(heading.tagName[1]);
        if (next > level + 1) lacking.push('a heading is left out before ' + heading.innerText);
        level = next;
    }
    for (const control of document.querySelectorAll('button, input, a, summary')) {
        const name = control.innerText || control.ariaLabel || control.labels?.[0]?.textContent;
        if (!name?.trim()) lacking.push('no name: ' + control.outerHTML);
    }
    for (const table of document.querySelectorAll('table')) {
        if (!table.caption || !table.querySelector('th[scope]')) lacking.push('a table without caption or heads');
    }
    for (const link of document.querySelectorAll('a[href^=\"#\"]')) {
        if (!document.getElementById(decodeURIComponent(link.hash.slice(1)))) lacking.push('leads nowhere: ' + link.hash);
    }
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    if (new Set(ids).size < ids.length) lacking.push('an id is there twice');
    return lacking;
})()";

fn browser() -> Option<Browser> {
    let browser = Browser::start();
    if browser.is_none() {
        skipped("there is no Chromium here: install Debian's package chromium");
    }
    browser
}

/// The verdicts of the cases that are to be seen.
fn visible(browser: &mut Browser) -> Vec<String> {
    let rows = browser.evaluate(
        "[...document.querySelectorAll('tr[data-case]')].filter((row) => row.checkVisibility()).map((row) => row.dataset.verdict)",
    );
    serde_json::from_value(rows).expect("a list of texts")
}

/// A page in a folder of its own.
struct Page {
    file: PathBuf,
    _folder: TempDir,
}

fn page(write: impl FnOnce(&PathBuf)) -> Page {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("report.html");
    write(&file);
    Page { file, _folder: folder }
}

/// The page of a run.
fn real(arguments: &[&str]) -> Page {
    page(|file| {
        let mut probity = Command::new(env!("CARGO_BIN_EXE_probity"));
        probity.args(["--api", "umami"]).args(arguments).arg("--report").arg(format!("html={}", file.display()));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PROBITY_")) {
            probity.env_remove(name);
        }
        probity.output().expect("the binary runs");
    })
}

/// The page of a report into which a target has put whatever it liked.
fn hostile() -> Page {
    let every_verdict = |report: &Report| Verdict::ALL.into_iter().all(|verdict| report.summary.of(verdict) > 1);
    let strategy = random::report(60).prop_filter("every verdict", every_verdict);
    let report = strategy.new_tree(&mut TestRunner::deterministic()).expect("a report").current();
    page(|file| fs::write(file, Form::Html.render(&report).expect("it can be written")).expect("it can be written"))
}
