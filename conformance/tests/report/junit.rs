//! JUnit: what a CI system makes of a run.

use crate::parity::Told;
use crate::random;
use probity_conformance::report::Form;
use proptest::prelude::*;
use roxmltree::{Document, Node};

/// Reads a report back, as a CI system would, and holds its counts against what it holds.
pub(crate) fn read(text: &str) -> Told {
    let document = Document::parse(text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let root = document.root_element();
    let suites: Vec<_> = elements(root, "testsuite").collect();
    for element in suites.iter().chain([&root]) {
        let tests: Vec<_> = element.descendants().filter(|node| node.has_tag_name("testcase")).collect();
        let with = |child: &str| tests.iter().filter(|test| elements(**test, child).next().is_some()).count();
        let counted = [tests.len(), with("failure"), with("error")];
        let stated = ["tests", "failures", "errors"].map(|name| number(*element, name));
        assert_eq!(stated, counted, "{text}");
    }
    let mut told = Told::default();
    for suite in suites.iter().filter(|suite| suite.attribute("name") != Some("the run")) {
        for test in elements(*suite, "testcase") {
            let child = |name: &str| elements(test, name).next();
            let verdict = match (child("failure"), child("error"), child("skipped"), child("system-out")) {
                (Some(_), ..) => "fail",
                (_, Some(_), ..) => "inconclusive",
                (_, _, Some(skipped), _) => {
                    assert!(skipped.attribute("message").is_some(), "a skip says why");
                    skipped.attribute("type").expect("skip or known")
                }
                (.., Some(_)) => "warn",
                _ => "pass",
            };
            told.case(verdict, test.attribute("name").expect("an id"));
        }
    }
    told
}

fn elements<'a>(parent: Node<'a, 'a>, name: &str) -> impl Iterator<Item = Node<'a, 'a>> {
    parent.children().filter(move |node| node.has_tag_name(name))
}

fn number(element: Node<'_, '_>, attribute: &str) -> usize {
    element.attribute(attribute).and_then(|value| value.parse().ok()).unwrap_or_else(|| panic!("{attribute}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn it_is_red_where_the_exit_code_is_not_0(report in random::report(5)) {
        let text = Form::Junit.render(&report).expect("it can be written");
        let document = Document::parse(&text).expect("XML");
        let red = number(document.root_element(), "failures") + number(document.root_element(), "errors") > 0;
        prop_assert!(red || report.run.exit == 0, "{}", text);
    }

    #[test]
    fn a_failure_tells_its_story_and_what_xml_cannot_write_stays_visible(report in random::report(10)) {
        let text = Form::Junit.render(&report).expect("it can be written");
        let document = Document::parse(&text).expect("XML");
        for failure in document.descendants().filter(|node| node.has_tag_name("failure") && node.attribute("type").is_some()) {
            let story = failure.text().unwrap_or_default();
            prop_assert!(story.contains("expected") && story.contains("$ curl"), "{}", story);
        }
        prop_assert!(!text.contains(|letter: char| letter.is_control() && !"\n\t".contains(letter)));
    }
}
