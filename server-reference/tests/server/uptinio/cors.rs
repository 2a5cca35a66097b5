//! Browsers of any origin.

use super::*;

#[tokio::test]
async fn any_origin_may_read_an_answer_and_its_limits() {
    let stage = Stage::new([]).await;
    for request in [to(operation::GENERAL_STATUS), Request::new("GET", "/nowhere"), sign_in("alice")] {
        let answer = stage.send(request.header("Origin", "https://app.test")).await;
        assert_eq!(answer.header("Access-Control-Allow-Origin"), Some("*"), "{}", answer.status);
        let exposed = answer.header("Access-Control-Expose-Headers").expect("a header").to_lowercase();
        assert_eq!(exposed.split(',').map(str::trim).count(), 4, "{exposed}");
    }
}

#[tokio::test]
async fn a_preflight_of_any_operation_is_answered_without_a_token() {
    let stage = Stage::new([]).await;
    for operation in probity_fixtures::uptinio::API.operations {
        let preflight = Request::new("OPTIONS", operation.path.replace("{id}", "1"))
            .header("Origin", "https://app.test")
            .header("Access-Control-Request-Method", operation.method)
            .header("Access-Control-Request-Headers", "authorization,content-type");
        let answer = stage.send(preflight).await;
        assert_eq!((answer.status, answer.header("Access-Control-Allow-Origin")), (200, Some("*")), "{}", operation.id);
        let methods = answer.header("Access-Control-Allow-Methods").expect("a header");
        assert!(methods.split(',').any(|method| method == operation.method), "{methods}");
        let headers = answer.header("Access-Control-Allow-Headers").expect("a header");
        assert_eq!(headers, "authorization,content-type,accept");
    }
}

pub(super) async fn departs(deviation: Deviation, stage: &Stage) -> Option<bool> {
    const ORIGIN: &str = "https://app.test";
    let preflight = || {
        Request::new("OPTIONS", operation::SIGN_OUT.path)
            .header("Origin", ORIGIN)
            .header("Access-Control-Request-Method", "DELETE")
    };
    let asked = async || stage.send(preflight()).await;
    let ok = async || stage.send(sign_in("alice").header("Origin", ORIGIN)).await;
    let refused = async || stage.send(sign_in_as("", "").header("Origin", ORIGIN)).await;
    let origin = |answer: &Answer| answer.header("Access-Control-Allow-Origin").map(str::to_owned);
    let lists = |answer: &Answer, name: &str, word: &str| {
        answer.header(name).is_some_and(|list| list.split(',').any(|listed| listed.trim().eq_ignore_ascii_case(word)))
    };
    let headers = "Access-Control-Allow-Headers";
    Some(match deviation {
        Deviation::NoCors => origin(&ok().await).is_none() && asked().await.status == 405,
        Deviation::CorsOnSuccessOnly => origin(&ok().await).is_some() && origin(&refused().await).is_none(),
        Deviation::CorsOfOneOrigin => origin(&ok().await).as_deref() == Some("https://app.uptinio.com"),
        Deviation::CorsWithoutProjects => {
            let project = stage.shop(to(operation::USAGE).header("Origin", ORIGIN)).await;
            origin(&ok().await).is_some() && origin(&project).is_none()
        }
        Deviation::PreflightWantsToken => asked().await.status == 401,
        Deviation::PreflightWithoutOrigin => asked().await.status == 200 && origin(&asked().await).is_none(),
        Deviation::PreflightAllowsHeadersByStar => asked().await.header(headers) == Some("*"),
        Deviation::PreflightWithoutContentType => !lists(&asked().await, headers, "content-type"),
        Deviation::PreflightWithoutAccept => !lists(&asked().await, headers, "accept"),
        Deviation::PreflightWithoutDelete => !lists(&asked().await, "Access-Control-Allow-Methods", "DELETE"),
        Deviation::CorsWithCredentials => {
            let answer = ok().await;
            origin(&answer).as_deref() == Some(ORIGIN)
                && answer.header("Access-Control-Allow-Credentials") == Some("true")
                && lists(&answer, "Vary", "origin")
        }
        Deviation::CorsWithoutVary => {
            let answer = ok().await;
            origin(&answer).as_deref() == Some(ORIGIN) && answer.header("Vary").is_none()
        }
        _ => return None,
    })
}
