//! What a server remembers for a while.

use indexmap::IndexMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

/// Things by their keys, each until its time is up, and no more than a number of them: the oldest makes room.
pub(crate) struct Expiring<K, V> {
    kept: Mutex<IndexMap<K, Kept<V>>>,
    at_most: usize,
}

struct Kept<V> {
    value: V,
    until: SystemTime,
}

/// Those whose time is not up. Nobody else gets at them while this is held.
pub(crate) struct Alive<'a, K, V> {
    kept: MutexGuard<'a, IndexMap<K, Kept<V>>>,
    at_most: usize,
    now: SystemTime,
}

impl<K: Hash + Eq, V> Expiring<K, V> {
    pub(crate) fn new(at_most: usize) -> Self {
        Self { kept: Mutex::default(), at_most }
    }

    pub(crate) fn alive(&self, now: SystemTime) -> Alive<'_, K, V> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, kept| now < kept.until);
        Alive { kept, at_most: self.at_most, now }
    }
}

impl<K: Hash + Eq, V> Alive<'_, K, V> {
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        self.kept.get(key).map(|kept| &kept.value)
    }

    /// Those of any key whose value is like that, with the time that they still have.
    pub(crate) fn find(&self, is_meant: impl Fn(&K, &V) -> bool) -> Option<(&V, Duration)> {
        let (_, found) = self.kept.iter().find(|(key, kept)| is_meant(key, &kept.value))?;
        Some((&found.value, found.until.duration_since(self.now).unwrap_or_default()))
    }

    pub(crate) fn newest(&self) -> Option<&V> {
        self.kept.last().map(|(_, kept)| &kept.value)
    }

    /// Keeps something, in place of what its key had, and returns that.
    pub(crate) fn insert(&mut self, key: K, value: V, lifetime: Duration) -> Option<V> {
        let replaced = self.take(&key);
        if self.kept.len() >= self.at_most {
            self.kept.shift_remove_index(0);
        }
        self.kept.insert(key, Kept { value, until: self.now + lifetime });
        replaced
    }

    pub(crate) fn take(&mut self, key: &K) -> Option<V> {
        self.kept.shift_remove(key).map(|kept| kept.value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    #[test]
    fn what_is_kept_is_there_until_its_time_is_up() {
        let (clock, kept) = (Clock::standing(), Expiring::new(2));
        kept.alive(clock.now()).insert("a", 1, Duration::from_secs(10));
        clock.advance(Duration::from_secs(9));
        assert_eq!(kept.alive(clock.now()).get(&"a"), Some(&1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(kept.alive(clock.now()).get(&"a"), None);
    }

    #[test]
    fn the_oldest_makes_room() {
        let (clock, kept) = (Clock::standing(), Expiring::new(2));
        let mut alive = kept.alive(clock.now());
        for (key, value) in [("a", 1), ("b", 2), ("a", 3), ("c", 4)] {
            alive.insert(key, value, Duration::from_secs(10));
        }
        assert_eq!((alive.get(&"a"), alive.get(&"b"), alive.newest()), (Some(&3), None, Some(&4)));
    }
}
