//! The address that browsers know the server by, and what follows from it.

use ring::digest::{SHA256, digest};
use std::fmt::Write as _;
use url::{Host, Url};

/// `https://auth.example.com`: scheme, host and port, and nothing else.
pub(super) struct AppUrl {
    url: Url,
    /// In the names of all cookies, so that servers on neighbouring hosts do not take each other's: 8 hexadecimal digits.
    pub(super) suffix: String,
    /// The domain that the users' addresses are in: `example.com`.
    pub(super) domain: String,
    /// The Domain of session cookies, if they are for more than the host itself.
    pub(super) cookie_domain: Option<String>,
}

impl AppUrl {
    /// `None` if it has something else than scheme, host and port, or not those.
    pub(super) fn new(url: &Url) -> Option<Self> {
        let host = url.host()?;
        let is_bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        if !is_bare || !is_http(url) || names_user(url) {
            return None;
        }
        let cookie_domain = parent_domain(&host);
        let domain = cookie_domain.clone().unwrap_or_else(|| host.to_string());
        let mut suffix = String::new();
        for byte in &digest(&SHA256, host.to_string().as_bytes()).as_ref()[..4] {
            write!(suffix, "{byte:02x}").ok()?;
        }
        Some(Self { url: url.clone(), suffix, domain, cookie_domain })
    }

    /// Without a slash at the end.
    pub(super) fn as_str(&self) -> &str {
        self.url.as_str().trim_end_matches('/')
    }

    pub(super) fn is_secure(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// An address of the own domain: of the server's host, or of one that its session cookies go to.
    pub(super) fn own(&self, address: &str) -> Option<Url> {
        // Not every reader of addresses takes a backslash for a slash, and the one who follows this shall not differ.
        let url = http(address).filter(|_| !address.contains('\\'))?;
        let host = url.host_str()?;
        let is_below = |domain: &String| {
            let sub = host.strip_suffix(domain.as_str());
            sub.is_some_and(|sub| sub.is_empty() || sub.ends_with('.'))
        };
        let is_own = self.url.host_str() == Some(host) || self.cookie_domain.as_ref().is_some_and(is_below);
        is_own.then_some(url)
    }
}

/// An absolute http or https address that names no user.
pub(super) fn http(address: &str) -> Option<Url> {
    let url = Url::parse(address).ok()?;
    (is_http(&url) && !names_user(&url)).then_some(url)
}

fn is_http(url: &Url) -> bool {
    matches!(url.scheme(), "http" | "https")
}

fn names_user(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// A host without its first label, if that leaves a name of two labels at least: with fewer, the cookies would be
/// everybody's.
fn parent_domain(host: &Host<&str>) -> Option<String> {
    let Host::Domain(name) = host else { return None };
    let (_, parent) = name.split_once('.')?;
    parent.trim_end_matches('.').contains('.').then(|| parent.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(url: &str) -> Option<AppUrl> {
        AppUrl::new(&url.parse().expect("a URL"))
    }

    #[test]
    fn a_name_with_a_parent_domain_shares_its_cookies_with_it() {
        let domains = [
            ("https://auth.example.com", "example.com", Some("example.com")),
            ("https://auth.eu.example.com:8443", "eu.example.com", Some("eu.example.com")),
            ("http://example.com", "example.com", None),
            ("http://localhost:3000", "localhost", None),
            ("http://127.0.0.1:3000", "127.0.0.1", None),
            ("http://[::1]:3000", "[::1]", None),
        ];
        for (url, domain, cookie_domain) in domains {
            let app = of(url).expect(url);
            assert_eq!((&*app.domain, app.cookie_domain.as_deref(), app.as_str()), (domain, cookie_domain, url));
            assert_eq!(app.suffix.len(), 8);
        }
    }

    #[test]
    fn an_address_has_nothing_but_scheme_host_and_port() {
        for url in ["https://a.test/path", "https://a.test/?q", "https://a.test/#f", "https://u@a.test", "ftp://a.test"]
        {
            assert!(of(url).is_none(), "{url}");
        }
    }

    #[test]
    fn only_the_own_host_and_what_is_below_the_domain_is_own() {
        let app = of("https://auth.example.com").expect("an address");
        for own in [
            "https://auth.example.com/",
            "http://app.example.com:8080/a?b=c",
            "https://EXAMPLE.com",
            "https://a.b.example.com",
        ] {
            assert!(app.own(own).is_some(), "{own}");
        }
        let foreign = [
            "https://evil.test",
            "https://evilexample.com",
            "https://example.com.evil.test",
            "https://auth.example.com@evil.test",
            "https://user:pass@auth.example.com",
            "https://evil.test\\@auth.example.com",
            "https:\\\\auth.example.com",
            "//auth.example.com",
            "/path",
            "javascript:alert(1)//auth.example.com",
            "ftp://auth.example.com",
            "https://auth.example.com%2eevil.test",
            "",
        ];
        for address in foreign {
            assert!(app.own(address).is_none(), "{address}");
        }
        let local = of("http://127.0.0.1:3000").expect("an address");
        assert!(local.own("http://127.0.0.1:8080/").is_some());
        assert!(local.own("http://0.0.1:8080/").is_none() && local.own("http://1.127.0.0.1/").is_none());
    }
}
