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

impl<K: Hash + Eq> Expiring<K, u32> {
    /// Counts one more of a key, and tells how many there are with it in a time that began with the first of them, and how
    /// much of that time is left.
    pub(crate) fn count(&self, key: K, time: Duration, now: SystemTime) -> (u32, Duration) {
        let mut alive = self.alive(now);
        if let Some(kept) = alive.kept.get_mut(&key) {
            kept.value = kept.value.saturating_add(1);
            return (kept.value, kept.until.duration_since(now).unwrap_or_default());
        }
        alive.insert(key, 1, time);
        (1, time)
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

    /// Forgets all that are not like that.
    pub(crate) fn retain(&mut self, stays: impl Fn(&K, &V) -> bool) {
        self.kept.retain(|key, kept| stays(key, &kept.value));
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
    fn what_is_counted_is_counted_within_the_time_of_the_first() {
        let (clock, kept) = (Clock::standing(), Expiring::new(2));
        let count = |key| kept.count(key, Duration::from_secs(10), clock.now());
        assert_eq!(count("a"), (1, Duration::from_secs(10)));
        clock.advance(Duration::from_secs(4));
        assert_eq!((count("a"), count("b")), ((2, Duration::from_secs(6)), (1, Duration::from_secs(10))));
        clock.advance(Duration::from_secs(6));
        assert_eq!((count("a"), count("b")), ((1, Duration::from_secs(10)), (2, Duration::from_secs(4))));
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
