//! How the operations of the fixtures become routes.

use axum::http::Method;
use axum::routing::MethodFilter;
use probity_fixtures::Operation;

/// The method of an operation, as routes name it.
pub(crate) fn method(operation: &Operation) -> MethodFilter {
    let method = Method::from_bytes(operation.method.as_bytes()).ok();
    method.and_then(|method| method.try_into().ok()).expect("the fixtures name methods that can be routed")
}
