//! Ids: UUIDs (RFC 9562), as Umami's are.

use uuid::{Builder, Uuid, Variant};

/// One that nothing else has. An id is no secret.
pub(super) fn random() -> Uuid {
    Builder::from_random_bytes(fastrand::u128(..).to_be_bytes()).into_uuid()
}

/// The one that belongs to a hash.
pub(super) fn of_hash(hash: u128) -> Uuid {
    Builder::from_custom_bytes(hash.to_be_bytes()).into_uuid()
}

/// Whether Umami would take a text for an id: 36 characters, of a version and variant that there is.
pub(super) fn is_uuid(text: &str) -> bool {
    let Ok(uuid) = Uuid::try_parse(text) else { return false };
    let defined = matches!(uuid.get_version_num(), 1..=8) && uuid.get_variant() == Variant::RFC4122;
    text.len() == 36 && (defined || uuid.is_nil() || uuid.is_max())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_ids_are_ids_and_differ() {
        assert!(is_uuid(&random().to_string()));
        assert!(is_uuid(&of_hash(u128::MAX).to_string()));
        assert_ne!(random(), random());
        assert_ne!(of_hash(1), of_hash(2));
    }

    #[test]
    fn an_id_is_written_in_one_way() {
        let ids = [
            "346abcfb-6694-4415-9bea-ba7c310989f2",
            "346ABCFB-6694-4415-9BEA-BA7C310989F2",
            "01890a5d-ac96-774b-bcce-b302099a8057",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ];
        for id in ids {
            assert!(is_uuid(id), "{id}");
        }
        let others = [
            "",
            "your-website-id",
            "346abcfb669444159beaba7c310989f2",
            "{346abcfb-6694-4415-9bea-ba7c310989f2}",
            "urn:uuid:346abcfb-6694-4415-9bea-ba7c310989f2",
            " 346abcfb-6694-4415-9bea-ba7c310989f2",
            "11111111-1111-1111-1111-111111111111",
            "11111111-1111-4111-c111-111111111111",
        ];
        for other in others {
            assert!(!is_uuid(other), "{other:?}");
        }
    }
}
