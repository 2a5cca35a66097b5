//! Where an API is served.

use std::fmt;
use std::str::FromStr;

use url::Url;

/// The address that an API's paths are appended to: `https://api.example.com`, or `https://example.com/prefix`
/// for a server behind a path prefix.
///
/// ```
/// # use probity::BaseUrl;
/// let base: BaseUrl = "https://example.com/prefix/".parse()?;
/// assert_eq!(base.join(["api", "websites"])?.as_str(), "https://example.com/prefix/api/websites");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

/// Why a text is no [`BaseUrl`]. The text itself is not repeated: it may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidBaseUrl {
    /// It cannot be parsed.
    #[error("the base URL is no URL ({0}): it looks like https://api.example.com")]
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

/// A text that cannot be one segment of a URL's path: it would lead elsewhere, and no encoding helps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("what goes into the URL is empty, `.` or `..`, or has a control character: it would lead elsewhere")]
pub struct InvalidSegment;

impl BaseUrl {
    /// The URL of what lies at `segments` below this address. Each is percent-encoded, so that none can climb out.
    ///
    /// # Errors
    /// When a segment is one that no encoding makes harmless: it is empty, `.` or `..`, or has a control character,
    /// such as the line end that was read along with it.
    pub fn join<'a>(&self, segments: impl IntoIterator<Item = &'a str>) -> Result<Url, InvalidSegment> {
        let mut url = self.0.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty();
            for segment in segments {
                if matches!(segment, "" | "." | "..") || segment.contains(|c: char| c.is_ascii_control()) {
                    return Err(InvalidSegment);
                }
                path.push(segment);
            }
        }
        Ok(url)
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
    use percent_encoding::percent_decode_str;
    use proptest::prelude::*;

    use super::*;

    fn refused(text: &str) -> InvalidBaseUrl {
        text.parse::<BaseUrl>().expect_err(text)
    }

    #[test]
    fn a_path_prefix_is_kept_with_and_without_a_slash_at_its_end() {
        for text in ["https://example.com/prefix", "https://example.com/prefix/"] {
            let base: BaseUrl = text.parse().expect("a base URL");
            let url = base.join(["api", "send"]).expect("a URL");
            assert_eq!(url.as_str(), "https://example.com/prefix/api/send");
        }
    }

    #[test]
    fn a_segment_cannot_climb_out_or_add_a_query() {
        let base: BaseUrl = "https://example.com/prefix".parse().expect("a base URL");
        let url = base.join(["api", "websites", "../../admin?x#y"]).expect("a URL");
        assert_eq!(url.as_str(), "https://example.com/prefix/api/websites/..%2F..%2Fadmin%3Fx%23y");
    }

    #[test]
    fn what_no_encoding_makes_harmless_is_refused() {
        let base: BaseUrl = "https://example.com/prefix".parse().expect("a base URL");
        for segment in ["", ".", "..", ".\t.", ".\n.", "..\r", "\t..", "a\tb", "a\n", "\0", "\x7f"] {
            assert_eq!(base.join(["api", "websites", segment]), Err(InvalidSegment), "{segment:?}");
        }
    }

    proptest! {
        #[test]
        fn every_segment_stays_one_and_is_what_it_was(
            segments in prop::collection::vec(prop_oneof!["\\PC{0,8}", "[./%?#\\\\;@ 2eEfF\t\r\n]{0,8}"], 0..5),
        ) {
            let base: BaseUrl = "https://example.com/prefix".parse().expect("a base URL");
            let Ok(url) = base.join(segments.iter().map(String::as_str)) else { return Ok(()) };
            prop_assert_eq!((url.host_str(), url.query(), url.fragment()), (Some("example.com"), None, None));
            let again = Url::parse(url.as_str()).expect("a URL");
            let decode = |segment| percent_decode_str(segment).decode_utf8().expect("text").into_owned();
            let path: Vec<_> = again.path_segments().expect("a path").map(decode).collect();
            prop_assert_eq!(path, [vec!["prefix".to_owned()], segments].concat());
        }
    }

    #[test]
    fn what_does_not_belong_in_a_base_url_is_refused_by_name() {
        assert_eq!(refused("https://me:secret-word@example.com"), InvalidBaseUrl::Credentials);
        assert_eq!(refused("https://me:/secret-word@example.com"), InvalidBaseUrl::Credentials);
        assert_eq!(refused("https://example.com?token=1"), InvalidBaseUrl::Query);
        assert_eq!(refused("https://example.com/#top"), InvalidBaseUrl::Fragment);
        assert_eq!(refused("ftp://example.com"), InvalidBaseUrl::Scheme("ftp".into()));
        assert_eq!(refused("localhost:3000"), InvalidBaseUrl::Scheme("localhost".into()));
        assert!(matches!(refused("api.example.com"), InvalidBaseUrl::NotAUrl(_)));
    }
}
