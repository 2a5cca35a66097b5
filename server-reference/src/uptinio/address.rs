//! E-mail addresses.

/// Whether a text is an e-mail address: one that browsers take (HTML Standard, "valid email address") and that stands
/// in a mail without quotes (RFC 5322 §3.2.3), no longer than mail servers have to take (RFC 5321 §4.5.3.1, §4.5.3.1.3).
pub(super) fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let is_local = local.len() <= 64 && local.split('.').all(|atom| !atom.is_empty() && atom.bytes().all(is_atext));
    is_local && text.len() <= 254 && domain.split('.').all(is_label)
}

fn is_atext(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~-".contains(&byte)
}

fn is_label(label: &str) -> bool {
    let is_inner = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    matches!(label.len(), 1..=63) && label.bytes().all(is_inner) && !label.starts_with('-') && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_mail_comes_to() {
        let long = format!("{}@example.com", "x".repeat(64));
        for address in ["a@b", "user@example.com", "o'neil+tag@x-y.example.co", "A.B@EXAMPLE.com", "1@2.3", &long] {
            assert!(is_address(address), "{address}");
        }
    }

    #[test]
    fn others_are_none() {
        let (local, label) = (format!("{}@example.com", "x".repeat(65)), format!("a@{}.com", "x".repeat(64)));
        let long = format!("a@{}com", "label.".repeat(42));
        let others = [
            "",
            "user",
            "@",
            "user@",
            "@example.com",
            "a@b@c",
            "a b@example.com",
            " a@b",
            "a@b ",
            "a@b\r\nBcc: c@d",
            ".a@b",
            "a.@b",
            "a..b@c",
            "a@-b",
            "a@b-",
            "a@b..c",
            "a@b.",
            "a@[127.0.0.1]",
            "\"a b\"@c",
            "ä@b",
            "a@ä",
            &local,
            &label,
            &long,
        ];
        for other in others {
            assert!(!is_address(other), "{other:?}");
        }
    }
}
