//! What a proper User-Agent is. The document asks for one and does not say; this is the one place that decides it.

use super::Deviation;
use super::instance::Instance;

/// Whether a request that names itself so is registered.
pub(super) fn is_proper(instance: &Instance, user_agent: Option<&str>) -> bool {
    let Some(user_agent) = user_agent.filter(|name| !name.is_empty()) else {
        return instance.deviates(Deviation::NoUserAgentRegistered);
    };
    if instance.deviates(Deviation::BrowsersTakenForBots) {
        return is_browsers(user_agent) && user_agent.contains("X11; Linux") && user_agent.contains("Chrome/");
    }
    is_browsers(user_agent) || instance.deviates(Deviation::BotsRegistered)
}

/// Words that are in the names of programs that are no browsers, or in the addresses given after them.
const TELLTALES: [&str; 10] =
    ["bot", "crawl", "curl", "headless", "http", "lighthouse", "monitor", "preview", "server", "spider"];

/// Whether this has a browser's form: `Mozilla/5.0`, mostly a platform in brackets, and a program.
fn is_browsers(user_agent: &str) -> bool {
    let Some(rest) = user_agent.strip_prefix("Mozilla/5.0 ") else { return false };
    let named = match rest.strip_prefix('(') {
        Some(platform) => platform.split_once(')').map_or("", |(_, named)| named),
        None => rest,
    };
    let lower = user_agent.to_ascii_lowercase();
    !named.trim().is_empty() && !TELLTALES.iter().any(|word| lower.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_told_from_what_is_none() {
        let browsers = [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0",
            "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
            "Mozilla/5.0 (X11; Linux x86_64) umami-rs/0.1",
        ];
        for browser in browsers {
            assert!(is_browsers(browser), "{browser}");
        }
        let others = [
            "myapp",
            "curl/8.5.0",
            "Mozilla/5.0",
            "Mozilla/5.0 ",
            "Mozilla/5.0 (compatible; umami-rs/0.1)",
            "Mozilla/5.0 (X11; Linux x86_64",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/131.0.0.0 Safari/537.36",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/131.0.0.0 Safari/537.36",
        ];
        for other in others {
            assert!(!is_browsers(other), "{other}");
        }
    }
}
