//! Addresses of websites and services.

use serde::{Deserialize as _, Deserializer, de};
use url::Url;

/// How many bytes one may have.
const LONGEST: usize = 2048;

/// Whether a text is an address with http or https and a host.
pub(crate) fn is_web_address(text: &str) -> bool {
    let is_plain = text.len() <= LONGEST && !text.contains(|char: char| char.is_whitespace() || char.is_control());
    is_plain && Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Reads one of a seed file. Serde's own error would show what stands in its place.
pub(crate) fn url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Url, D::Error> {
    let url = toml::Value::deserialize(deserializer)?.as_str().and_then(|url| url.parse().ok());
    url.ok_or_else(|| de::Error::custom("an address is written like \"http://127.0.0.1:9000/token\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_websites_have_a_scheme_and_a_host() {
        for address in
            ["http://a", "https://example.com", "HTTPS://example.com:8443/a?b#c", "http://[::1]/", "http://ä.test"]
        {
            assert!(is_web_address(address), "{address}");
        }
        let long = format!("https://example.com/{}", "x".repeat(LONGEST));
        for other in
            ["", "example.com", "ftp://example.com", "http://", "https:// a", "javascript:alert(1)", "/a", &long]
        {
            assert!(!is_web_address(other), "{other}");
        }
    }
}
