//! Where an API is served.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The address that an API's paths are appended to: `https://analytics.example.com`, or `https://example.com/umami`
/// for a server behind a path prefix.
///
/// ```
/// # use probity::BaseUrl;
/// let base: BaseUrl = "https://example.com/umami/".parse()?;
/// assert_eq!(base.join(["api", "websites"]).as_str(), "https://example.com/umami/api/websites");
/// # Ok::<(), probity::InvalidBaseUrl>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is no [`BaseUrl`]. The text itself is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// It cannot be parsed.
    #[error("the base URL is no URL ({0}): it looks like https://analytics.example.com")]
    NotAUrl(#[from] url::ParseError),
    /// It names another scheme.
    #[error("the base URL begins with {0}: and not with https:// or http://")]
    Scheme(String),
    /// It holds `user:password@`.
    #[error("the base URL holds credentials (user:password@): hand them to the client's own methods")]
    Credentials,
    /// It holds `?query`.
    #[error("the base URL has a query (?…): leave it out")]
    Query,
    /// It holds `#fragment`.
    #[error("the base URL has a fragment (#…): leave it out")]
    Fragment,
}

impl BaseUrl {
    /// The URL of what lies at `segments` below this address. Each is percent-encoded, so that none can climb out; `.`
    /// and `..`, which no encoding can make harmless, are left out.
    pub fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Url {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().extend(segments);
        }
        url
    }

    /// Whether calls are encrypted.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl FromStr for BaseUrl {
    type Err = InvalidBaseUrl;

    fn from_str(text: &str) -> Result<Self, InvalidBaseUrl> {
        let url = Url::parse(text)?;
        if !matches!(url.scheme(), "https" | "http") {
            return Err(InvalidBaseUrl::Scheme(url.scheme().to_owned()));
        }
        // A password with a slash in it reads as a path, and the user's name as the host: no prefix has an `@`.
        if !url.username().is_empty() || url.password().is_some() || url.path().contains('@') {
            return Err(InvalidBaseUrl::Credentials);
        }
        if url.query().is_some() {
            return Err(InvalidBaseUrl::Query);
        }
        if url.fragment().is_some() {
            return Err(InvalidBaseUrl::Fragment);
        }
        Ok(Self(url))
    }
}

impl fmt::Debug for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BaseUrl({self})")
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> InvalidBaseUrl {
        text.parse::<BaseUrl>().expect_err(text)
    }

    #[test]
    fn a_path_prefix_is_kept_with_and_without_a_slash_at_its_end() {
        for text in ["https://example.com/umami", "https://example.com/umami/"] {
            let base: BaseUrl = text.parse().expect("a base URL");
            assert_eq!(base.join(["api", "send"]).as_str(), "https://example.com/umami/api/send");
        }
    }

    #[test]
    fn a_segment_cannot_climb_out_or_add_a_query() {
        let base: BaseUrl = "https://example.com/umami".parse().expect("a base URL");
        let url = base.join(["api", "websites", "../../admin?x#y"]);
        assert_eq!(url.as_str(), "https://example.com/umami/api/websites/..%2F..%2Fadmin%3Fx%23y");
        assert_eq!(base.join(["api", ".."]).as_str(), "https://example.com/umami/api");
    }

    #[test]
    fn what_does_not_belong_in_a_base_url_is_refused_by_name() {
        assert_eq!(refused("https://me:secret-word@example.com"), InvalidBaseUrl::Credentials);
        assert_eq!(refused("https://me:/secret-word@example.com"), InvalidBaseUrl::Credentials);
        assert_eq!(refused("https://example.com?token=1"), InvalidBaseUrl::Query);
        assert_eq!(refused("https://example.com/#top"), InvalidBaseUrl::Fragment);
        assert_eq!(refused("ftp://example.com"), InvalidBaseUrl::Scheme("ftp".into()));
        assert_eq!(refused("localhost:3000"), InvalidBaseUrl::Scheme("localhost".into()));
        assert!(matches!(refused("analytics.example.com"), InvalidBaseUrl::NotAUrl(_)));
    }
}
