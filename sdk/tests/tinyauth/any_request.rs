//! Whatever is asked for, the request is one that `openapi.yaml` accepts.

use std::net::IpAddr;

use probity::endpoint::Endpoint;
use probity::tinyauth::{
    Access, AuthorizationResponse, Authorize, Credentials, ForwardedRequest, GetApp, GetUser, Healthcheck, Logout,
    OAuthCallback, OAuthUrl, PasswordLogin, PendingCookie, Proxy, SessionCookie, VerifyTotp,
};
use probity_fixtures::tinyauth::API;
use proptest::prelude::*;

use crate::acceptance::{Attempt, all_are_accepted, any_text};
use crate::answer::oauth_login;

fn ask<E: Endpoint>(endpoint: &E, credential: &E::Credential) -> Attempt {
    endpoint.request(&"https://example.com/tinyauth".parse().expect("a base URL"), credential)
}

fn any_session() -> impl Strategy<Value = SessionCookie> {
    let cookie = "tinyauth-session(-[0-9a-f]{8})?=[!-:<-~]{1,24}";
    cookie.prop_filter_map("what is no session", |cookie| SessionCookie::import(cookie).ok())
}

fn any_credentials() -> impl Strategy<Value = Credentials> {
    (any_text(), any_text()).prop_map(|(user, password)| Credentials::new(user, password))
}

/// By a session or Basic. What visitors bring is handed on as it is, whatever that is, and those who bring nothing are to be
/// refused.
fn any_access() -> impl Strategy<Value = Access> {
    prop_oneof![any_session().prop_map(Access::from), any_credentials().prop_map(Access::from)]
}

fn any_forwarded() -> impl Strategy<Value = ForwardedRequest> {
    let proxy = prop::sample::select(&[Proxy::Traefik, Proxy::Nginx, Proxy::Caddy][..]);
    let method = prop::sample::select(&[http::Method::GET, http::Method::PUT][..]);
    let option = |text: BoxedStrategy<String>| prop::option::of(text);
    let of_visitor = (option(any_text().boxed()), option(any_text().boxed()));
    let of_proxy = (prop::option::of(any::<IpAddr>()), prop::option::of(method));
    (any_text(), any_text(), any_text(), proxy, of_visitor, of_proxy).prop_map(
        |(scheme, host, path, proxy, (accept, agent), (address, method))| {
            let request = ForwardedRequest::new(scheme, host, path).proxy(proxy);
            let request = accept.into_iter().fold(request, ForwardedRequest::accept);
            let request = agent.into_iter().fold(request, ForwardedRequest::user_agent);
            let request = address.into_iter().fold(request, ForwardedRequest::client_address);
            method.into_iter().fold(request, ForwardedRequest::method)
        },
    )
}

/// One that the description has: others are for servers that know more.
fn any_provider() -> impl Strategy<Value = &'static str> {
    prop::sample::select(&["github", "google", "generic"][..])
}

#[test]
fn any_request_is_one_that_the_description_accepts() {
    let auth =
        (any_forwarded(), any_access()).prop_map(|(forwarded, access)| ask(&Authorize::new(&forwarded), &access));
    let login = any_credentials().prop_map(|credentials| ask(&PasswordLogin::new(&credentials), &()));
    let pending = any_session().prop_map(|session| PendingCookie::import(session.export()).expect("a cookie"));
    let totp = (any_text(), pending).prop_map(|(code, pending)| ask(&VerifyTotp::new(code), &pending));
    let url = (any_provider(), prop::option::of(any_text())).prop_map(|(provider, redirect_uri)| {
        ask(&redirect_uri.into_iter().fold(OAuthUrl::new(provider), OAuthUrl::redirect_uri), &())
    });
    // What binds it to the browser is not in the document.
    let callback = (any_text(), prop::option::of(any_text())).prop_map(|(code, state)| {
        let answered = state.into_iter().fold(AuthorizationResponse::new(code), AuthorizationResponse::state);
        ask(&OAuthCallback::new(&oauth_login(&[]), &answered), &())
    });
    let requests = vec![
        (Healthcheck::NAME, Just(()).prop_map(|()| ask(&Healthcheck, &())).boxed()),
        (Authorize::NAME, auth.boxed()),
        (PasswordLogin::NAME, login.boxed()),
        (VerifyTotp::NAME, totp.boxed()),
        (Logout::NAME, any_session().prop_map(|session| ask(&Logout, &session)).boxed()),
        (GetApp::NAME, Just(()).prop_map(|()| ask(&GetApp, &())).boxed()),
        (GetUser::NAME, any_access().prop_map(|access| ask(&GetUser, &access)).boxed()),
        (OAuthUrl::NAME, url.boxed()),
        (OAuthCallback::NAME, callback.boxed()),
    ];
    all_are_accepted(&API, "/tinyauth", requests);
}
