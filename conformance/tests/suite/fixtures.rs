//! The data that the suite rests on fit together.

use jsonschema::Validator;
use probity_conformance::SUITES;
use probity_fixtures::{APIS, Api, Example, Side};
use serde_json::Value;

#[test]
fn every_api_of_the_fixtures_has_a_suite() {
    let suites: Vec<_> = SUITES.iter().map(|suite| suite.api.name).collect();
    let apis: Vec<_> = APIS.iter().map(|api| api.name).collect();
    assert_eq!(suites, apis);
}

#[test]
fn case_ids_are_unique_and_begin_with_their_api() {
    for suite in SUITES {
        let mut seen = std::collections::BTreeSet::new();
        for case in (suite.cases)() {
            assert!(case.id.starts_with(&format!("{}.", suite.api.name)), "{}", case.id);
            assert!(seen.insert(case.id.clone()), "{} stands twice", case.id);
        }
    }
}

#[test]
fn every_operation_of_the_document_has_the_one_case_of_its_shape() {
    for suite in SUITES {
        let shapes: Vec<_> =
            (suite.cases)().iter().filter_map(|case| case.shape_of).map(|operation| operation.id).collect();
        let operations: Vec<_> = suite.api.operations.iter().filter(|o| !o.observed).map(|o| o.id).collect();
        let sorted = |mut ids: Vec<&'static str>| {
            ids.sort_unstable();
            ids
        };
        assert_eq!(sorted(shapes), sorted(operations));
    }
}

#[test]
fn every_sample_of_a_document_fits_its_schema() {
    for api in APIS {
        for example in api.examples {
            let body: Value = serde_json::from_str(example.json).expect("the build checked it");
            let errors: Vec<_> = schema(api, example).iter_errors(&body).map(|error| error.to_string()).collect();
            assert_eq!(errors, Vec::<String>::new(), "{}", example.name);
        }
    }
}

fn schema(api: &Api, example: &Example) -> Validator {
    let document: Value = serde_json::from_str(api.openapi).expect("the build made it");
    let operation = &document["paths"][example.operation.path][example.operation.method.to_lowercase()];
    let body = match example.side {
        Side::Request => operation["requestBody"].clone(),
        Side::Response => serde_json::from_str(example.operation.answer).expect("the build made it"),
        Side::Refusal => {
            let status = example.name.rsplit('-').nth(1).expect("a refusal's name tells its status");
            operation["responses"][status].clone()
        }
    };
    let mut schema = body["content"]["application/json"]["schema"].clone();
    schema["components"] = document["components"].clone();
    jsonschema::validator_for(&schema).expect("a schema")
}
