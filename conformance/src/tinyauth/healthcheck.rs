//! `GET /api/healthcheck`

use crate::case::{Case, case, shape_case};
use crate::expect::text;
use crate::request::Request;
use http::Method;
use probity_fixtures::tinyauth::operation;
use probity_fixtures::tinyauth::requirement::*;

pub(super) fn cases() -> Vec<Case> {
    vec![shape_case(operation::HEALTHCHECK, async |_| Ok(Request::new(operation::HEALTHCHECK))), head()]
}

fn head() -> Case {
    let says = "What HEAD answers where GET succeeds";
    case("tinyauth.healthcheck.head", says, &[HEALTHCHECK_HEAD], async |run| {
        let up = run.control(HEALTHCHECK_ANSWERS, Request::new(operation::HEALTHCHECK), text("/message")).await?;
        let head = up.variant("by HEAD", |request| request.method(Method::HEAD)).await?;
        run.observe(HEALTHCHECK_HEAD, head.response().status.to_string());
        Ok(())
    })
}
