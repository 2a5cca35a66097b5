//! The page that browsers are sent to.

use super::*;

#[tokio::test]
async fn a_browser_that_is_sent_to_log_in_sees_a_page() {
    let stage = Stage::new([]).await;
    for path in ["/login", "/login?redirect_uri=https%3A%2F%2Fapp.test%2F", "/error"] {
        let answer = stage.send(Request::new("GET", path)).await;
        assert_eq!((answer.status, answer.header("Content-Type")), (200, Some("text/html; charset=utf-8")));
        assert!(answer.header("Content-Security-Policy").expect("a policy").contains("default-src 'none'"));
        for used in [operation::LOGIN, operation::TOTP, operation::APP] {
            assert!(answer.body.contains(&format!("'{}'", used.path)), "{}", used.path);
        }
    }
}
