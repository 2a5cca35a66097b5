//! Routes of operations that only read.

use super::Deviation;
use super::instance::Instance;
use crate::routing::method;
use axum::handler::Handler;
use axum::routing::{MethodFilter, MethodRouter, on};
use probity_fixtures::Operation;
use std::sync::Arc;

/// The route of one whose path has no other operation.
pub(super) fn reads<H, T>(instance: &Instance, operation: &Operation, handler: H) -> MethodRouter<Arc<Instance>>
where
    H: Handler<T, Arc<Instance>>,
    T: 'static,
{
    match instance.deviates(Deviation::ReadsByAnyMethod) {
        true => {
            let others = [MethodFilter::POST, MethodFilter::PUT, MethodFilter::PATCH, MethodFilter::DELETE];
            on(others.into_iter().fold(MethodFilter::GET, MethodFilter::or), handler)
        }
        false => on(method(operation), handler),
    }
}
