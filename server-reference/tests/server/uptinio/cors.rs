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
