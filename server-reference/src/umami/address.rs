//! The `url` and `referrer` of an event, taken apart as Umami does.

use axum::http::uri::Authority;

/// A page's address without scheme and host, which Umami does not keep.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// Begins with a slash and holds the fragment too; empty if there is no address at all.
    pub(super) path: String,
    /// Without the question mark.
    pub(super) query: String,
}

impl Address {
    /// Of an absolute URL, or of what stands after the host in one.
    pub(super) fn read(url: &str) -> Result<Self, String> {
        let after_host = after_host(url)?;
        let (page, fragment) = after_host.split_at(after_host.find('#').unwrap_or(after_host.len()));
        let (path, query) = page.split_once('?').unwrap_or((page, ""));
        let slash = if path.starts_with('/') { "" } else { "/" };
        Ok(Self { path: [slash, path, fragment].concat(), query: query.to_owned() })
    }
}

/// What stands after the host, if there is one, which then has to be one that could be.
pub(super) fn after_host(url: &str) -> Result<&str, String> {
    let Some(rest) = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://")) else { return Ok(url) };
    let (host, rest) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
    Authority::try_from(host).map_err(|_| "Invalid URL.".to_owned())?;
    Ok(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_with_its_fragment_and_a_query() {
        let addresses = [
            ("", "/", ""),
            ("/", "/", ""),
            ("/about?utm_source=news", "/about", "utm_source=news"),
            ("no-slash", "/no-slash", ""),
            ("/a b?c=d e", "/a b", "c=d e"),
            ("/%zz", "/%zz", ""),
            ("/a?b=c?d#e?f", "/a#e?f", "b=c?d"),
            ("https://other.example/abs?utm_source=x&utm_medium=y#frag", "/abs#frag", "utm_source=x&utm_medium=y"),
            ("https://other.example", "/", ""),
            ("https://[::1]:80?a", "/", "a"),
        ];
        for (url, path, query) in addresses {
            assert_eq!(Address::read(url), Ok(Address { path: path.to_owned(), query: query.to_owned() }), "{url}");
        }
    }

    #[test]
    fn an_address_without_a_host_that_could_be_one_is_refused() {
        for url in ["http://", "https://", "https://[bad", "http:///path", "http://a b/"] {
            assert!(Address::read(url).is_err(), "{url}");
        }
    }
}
